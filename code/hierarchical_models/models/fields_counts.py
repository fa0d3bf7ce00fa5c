"""Data fields, parameters and priors of the models of counts in groups."""

from __future__ import annotations

from hierarchical_models.registry import DataField, Hyperparameter, Parameter

COUNTS = DataField(
    "y", "count", "count of each observation", ("observation",), lower=0
)
EXPOSURE = DataField(
    "exposure",
    "real",
    "what each count was collected over, for example hours or persons; rates are per unit of it",
    ("observation",),
    lower=0,
    is_above_lower=True,
)
GROUP = DataField(
    "group",
    "index",
    "group of each observation, counted from 0",
    ("observation",),
    indexes="group",
)
COUNT_DATA = (COUNTS, EXPOSURE, GROUP)

LOG_RATE_PARAMETERS = (
    Parameter(
        "mu", r"\mu", "mean of the groups' log rates, per unit of exposure"
    ),
    Parameter(
        "sigma",
        r"\sigma",
        "standard deviation of the groups' log rates",
        support="above 0",
    ),
    Parameter(
        "eta_raw",
        r"\eta^{\mathrm{raw}}_j",
        "log rate of group j, standardised by its approximate mean and standard deviation given "
        "mu, sigma and the group's counts",
        ("group",),
    ),
    Parameter(
        "eta",
        r"\eta_j",
        "log rate of group j, per unit of exposure",
        ("group",),
        is_derived=True,
    ),
    Parameter(
        "rate",
        r"\lambda_j = e^{\eta_j}",
        "expected count in group j, per unit of exposure",
        ("group",),
        support="above 0",
        is_derived=True,
    ),
)
LOG_RATE_PRIORS = (
    Hyperparameter(
        "mu_mean",
        0.0,
        "mean of the normal prior of mu; 0 is one count per unit of exposure",
    ),
    Hyperparameter(
        "mu_scale",
        2.5,
        "standard deviation of the normal prior of mu; 2.5 covers rates of a typical group from "
        "1/150 to 150 per unit of exposure",
        is_positive=True,
    ),
    Hyperparameter(
        "sigma_scale",
        1.0,
        "scale of the half-normal prior of sigma; 1 allows groups from all alike to rates that "
        "differ by a factor of 7 from the typical group's",
        is_positive=True,
    ),
)
