"""Data fields, parameters and priors of the drift diffusion models.

Evidence has unit noise: distances are in units of the square root of a second, drifts in units of
one over it. The defaults of the priors hold what is usual in quick decisions between two answers,
with responses between 0.3 and 3 seconds.
"""

from __future__ import annotations

from hierarchical_models.registry import DataField, Hyperparameter, Parameter

RESPONSE_TIME = DataField(
    "rt",
    "real",
    "response time of each observation, in seconds",
    ("observation",),
    lower=0,
    is_above_lower=True,
)
CHOICE = DataField(
    "choice",
    "count",
    "boundary that each observation ended at: 1 the upper, 0 the lower",
    ("observation",),
    lower=0,
    upper=1,
)
PERSON = DataField(
    "person",
    "index",
    "person of each observation, counted from 0",
    ("observation",),
    indexes="person",
)
CONDITION = DataField(
    "condition",
    "index",
    "condition of each observation, counted from 0",
    ("observation",),
    indexes="condition",
)

STARTING_POINT = Parameter(
    "beta",
    r"\beta",
    "starting point as a fraction of the way from the lower to the upper boundary",
    support="0 to 1",
)
STARTING_POINT_PRIOR = Hyperparameter(
    "beta_shape",
    5.0,
    "both shapes of the Beta prior of beta; 5 favours neither boundary, with beta between 0.2 and "
    "0.8 in 95 of 100 cases",
    is_positive=True,
)
