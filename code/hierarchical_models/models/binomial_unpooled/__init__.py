"""Binomial outcomes, a probability for each group that owes nothing to the others."""

from hierarchical_models.models.fields import SUCCESSES, TRIALS
from hierarchical_models.registry import Hyperparameter, ModelSpec, Parameter

SPEC = ModelSpec(
    name="binomial_unpooled",
    title="Binomial, no pooling",
    summary="Each group has its own probability under a fixed prior: no group learns from another.",
    equation=r"""
    y_j &\sim \mathrm{Binomial}(n_j, \theta_j) \\
    \theta_j &\sim \mathrm{Beta}(\alpha, \beta)
    """,
    outcome="y",
    data=(SUCCESSES, TRIALS),
    parameters=(
        Parameter(
            "theta",
            r"\theta_j",
            "probability of success in group j",
            ("group",),
            support="0 to 1",
        ),
    ),
    hyperparameters=(
        Hyperparameter(
            "alpha",
            2.0,
            "first shape of the Beta prior of each theta; 2 and 2 rule out 0 and 1 and little else",
            is_positive=True,
        ),
        Hyperparameter(
            "beta",
            2.0,
            "second shape of the Beta prior of each theta",
            is_positive=True,
        ),
    ),
    package=__name__,
)
