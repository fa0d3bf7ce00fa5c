"""Data fields and parameters that several models share, so that they mean the same everywhere."""

from __future__ import annotations

from hierarchical_models.registry import DataField, Hyperparameter, Parameter

SUCCESSES = DataField(
    "y", "count", "successes in each group", ("group",), lower=0, upper="n"
)
TRIALS = DataField("n", "count", "trials in each group", ("group",), lower=1)

ESTIMATES = DataField(
    "y", "real", "estimate of each group's effect, in its unit", ("group",)
)
STANDARD_ERRORS = DataField(
    "sigma",
    "real",
    "known standard error of each estimate, in the same unit",
    ("group",),
    lower=0,
    is_above_lower=True,
)

MEAN_EFFECT = Parameter(
    "mu", r"\mu", "mean of the groups' effects, in the unit of the outcome"
)
EFFECT_SPREAD = Parameter(
    "tau",
    r"\tau",
    "standard deviation of the groups' effects, in the unit of the outcome",
    support="above 0",
)

MEAN_EFFECT_PRIORS = (
    Hyperparameter(
        "mu_mean",
        0.0,
        "mean of the normal prior of mu; 0 favours no effect in either direction",
    ),
    Hyperparameter(
        "mu_scale",
        5.0,
        "standard deviation of the normal prior of mu, in the unit of the outcome; inf makes it "
        "flat; 5 is the choice of posteriordb for the eight schools, so that its reference applies",
        is_positive=True,
        may_be_infinite=True,
    ),
)

SPREAD_FAMILIES = (
    "half_normal",
    "half_cauchy",
    "exponential",
    "inverse_gamma",
    "flat",
)

EFFECT_SPREAD_PRIORS = (
    Hyperparameter(
        "tau_prior",
        "half_cauchy",
        "family of tau's prior: half_normal or half_cauchy with scale tau_scale, exponential "
        "with mean tau_scale, inverse_gamma on tau squared, or flat above 0; "
        "half_cauchy is the choice of posteriordb for the eight schools",
        choices=SPREAD_FAMILIES,
    ),
    Hyperparameter(
        "tau_scale",
        5.0,
        "scale (half_normal, half_cauchy) or mean (exponential) of the prior of tau, in units of "
        "the outcome; 5 expects effects that differ by a few units",
        is_positive=True,
    ),
    Hyperparameter(
        "tau_ig_shape",
        0.001,
        "shape of the inverse-gamma prior of tau squared; 0.001 is the once popular choice that "
        "episode 4 warns of",
        is_positive=True,
    ),
    Hyperparameter(
        "tau_ig_scale",
        0.001,
        "scale of the inverse-gamma prior of tau squared, in squared units of the outcome",
        is_positive=True,
    ),
)
