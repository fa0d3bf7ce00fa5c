"""Binomial outcomes, one probability for all groups."""

from hierarchical_models.models.fields import SUCCESSES, TRIALS
from hierarchical_models.registry import Hyperparameter, ModelSpec, Parameter

SPEC = ModelSpec(
    name="binomial_pooled",
    title="Binomial, complete pooling",
    summary="All groups have one probability of success: what one learns of a group holds for all.",
    equation=r"""
    y_j &\sim \mathrm{Binomial}(n_j, \theta) \\
    \theta &\sim \mathrm{Beta}(\alpha, \beta)
    """,
    outcome="y",
    data=(SUCCESSES, TRIALS),
    parameters=(
        Parameter(
            "theta",
            r"\theta",
            "probability of success in every group",
            support="0 to 1",
        ),
    ),
    hyperparameters=(
        Hyperparameter(
            "alpha",
            2.0,
            "first shape of the Beta prior; 2 and 2 rule out 0 and 1 and little else",
            is_positive=True,
        ),
        Hyperparameter(
            "beta", 2.0, "second shape of the Beta prior", is_positive=True
        ),
    ),
    package=__name__,
)
