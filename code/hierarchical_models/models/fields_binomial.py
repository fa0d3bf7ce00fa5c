"""What several binomial models share, beside the fields of `fields`."""

from __future__ import annotations

from hierarchical_models.registry import DataField, Hyperparameter, Parameter

MEAN_PROBABILITY = Parameter(
    "phi", r"\phi", "mean of the groups' Beta distribution", support="0 to 1"
)
BETA_SHAPES = (
    Parameter(
        "alpha",
        r"\alpha = \phi\, \kappa",
        "first shape of the groups' Beta distribution",
        support="above 0",
        is_derived=True,
    ),
    Parameter(
        "beta",
        r"\beta = (1 - \phi)\, \kappa",
        "second shape of the groups' Beta distribution",
        support="above 0",
        is_derived=True,
    ),
)
GROUP_PROBABILITIES = (
    Parameter(
        "theta_raw",
        r"\theta^{\mathrm{raw}}_j",
        "log-odds of success in group j, standardised by their approximate mean and standard "
        "deviation given phi, kappa and the group's data",
        ("group",),
    ),
    Parameter(
        "theta",
        r"\theta_j",
        "probability of success in group j",
        ("group",),
        support="0 to 1",
        is_derived=True,
    ),
)

LOG_ODDS_MEAN = Parameter(
    "mu", r"\mu", "mean of the groups' log-odds of success"
)
LOG_ODDS_SPREAD = Parameter(
    "sigma",
    r"\sigma",
    "standard deviation of the groups' log-odds of success",
    support="above 0",
)
PROBABILITY_FROM_LOG_ODDS = Parameter(
    "theta",
    r"\theta_j = \mathrm{logit}^{-1}(\eta_j)",
    "probability of success in group j",
    ("group",),
    support="0 to 1",
    is_derived=True,
)
LOG_ODDS_PRIORS = (
    Hyperparameter(
        "mu_mean",
        -1.0,
        "mean of the normal prior of mu, in log-odds; -1 is a probability of 0.27, the choice of "
        "the Stan case study of batting averages that this model comes from",
    ),
    Hyperparameter(
        "mu_scale",
        1.0,
        "standard deviation of the normal prior of mu, in log-odds; 1 leaves the probability of a "
        "typical group between 0.05 and 0.73",
        is_positive=True,
    ),
    Hyperparameter(
        "sigma_scale",
        1.0,
        "scale of the half-normal prior of sigma, in log-odds; 1 allows groups from all alike to "
        "odds that differ by a factor of 7 from the typical group's",
        is_positive=True,
    ),
)

CELL_SUCCESSES = DataField(
    "y", "count", "successes in each cell", ("cell",), lower=0, upper="n"
)
CELL_TRIALS = DataField(
    "n", "count", "trials in each cell", ("cell",), lower=1
)
FACTOR_A = DataField(
    "factor_a",
    "index",
    "level of the first factor of each cell, from 0",
    ("cell",),
    indexes="a_level",
)
FACTOR_B = DataField(
    "factor_b",
    "index",
    "level of the second factor of each cell, from 0",
    ("cell",),
    indexes="b_level",
)
CROSSED_DATA = (CELL_SUCCESSES, CELL_TRIALS, FACTOR_A, FACTOR_B)

INTERCEPT = Parameter(
    "intercept",
    r"\gamma",
    "log-odds of success at a typical level of both factors",
    is_derived=True,
)
SPREAD_A = Parameter(
    "sigma_a",
    r"\sigma_a",
    "standard deviation of the first factor's effects, in log-odds",
    support="above 0",
)
SPREAD_B = Parameter(
    "sigma_b",
    r"\sigma_b",
    "standard deviation of the second factor's effects, in log-odds",
    support="above 0",
)
RAW_EFFECTS = (
    Parameter(
        "a_raw",
        r"a^{\mathrm{raw}}_k",
        "effect of level k of the first factor, in units of sigma_a",
        ("a_level",),
    ),
    Parameter(
        "b_raw",
        r"b^{\mathrm{raw}}_l",
        "effect of level l of the second factor, in units of sigma_b",
        ("b_level",),
    ),
)
EFFECTS = (
    Parameter(
        "a",
        r"a_k = \sigma_a\, a^{\mathrm{raw}}_k",
        "effect of level k of the first factor, in log-odds against a typical level",
        ("a_level",),
        is_derived=True,
    ),
    Parameter(
        "b",
        r"b_l = \sigma_b\, b^{\mathrm{raw}}_l",
        "effect of level l of the second factor, in log-odds against a typical level",
        ("b_level",),
        is_derived=True,
    ),
)
CELL_PROBABILITY = Parameter(
    "theta",
    r"\theta_i",
    "probability of success in cell i",
    ("cell",),
    support="0 to 1",
    is_derived=True,
)
CROSSED_PRIORS = (
    Hyperparameter(
        "intercept_mean",
        0.0,
        "mean of the normal prior of intercept, in log-odds; 0 is one half",
    ),
    Hyperparameter(
        "intercept_scale",
        1.5,
        "standard deviation of the normal prior of intercept, in log-odds; 1.5 is nearly uniform "
        "on the probability and rules out only what is all but certain",
        is_positive=True,
    ),
    Hyperparameter(
        "sigma_a_scale",
        1.0,
        "scale of the half-normal prior of sigma_a, in log-odds; a factor with few levels says "
        "little of its spread, so that this prior matters",
        is_positive=True,
    ),
    Hyperparameter(
        "sigma_b_scale",
        1.0,
        "scale of the half-normal prior of sigma_b, in log-odds, as for sigma_a",
        is_positive=True,
    ),
)
