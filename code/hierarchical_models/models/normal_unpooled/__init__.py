"""Known standard errors, an effect for each group that owes nothing to the others."""

from hierarchical_models.models.fields import ESTIMATES, STANDARD_ERRORS
from hierarchical_models.registry import Hyperparameter, ModelSpec, Parameter

SPEC = ModelSpec(
    name="normal_unpooled",
    title="Normal with known standard errors, no pooling",
    summary="Each group has its own effect under a fixed prior: no group learns from another.",
    equation=r"""
    y_j &\sim \mathrm{Normal}(\theta_j, \sigma_j) \\
    \theta_j &\sim \mathrm{Normal}(m_\theta, s_\theta)
    """,
    outcome="y",
    data=(ESTIMATES, STANDARD_ERRORS),
    parameters=(
        Parameter(
            "theta",
            r"\theta_j",
            "effect in group j, in the unit of the outcome",
            ("group",),
        ),
    ),
    hyperparameters=(
        Hyperparameter(
            "theta_mean", 0.0, "mean of the normal prior of each theta"
        ),
        Hyperparameter(
            "theta_scale",
            100.0,
            "standard deviation of the normal prior of each theta, in the unit of the outcome; "
            "inf makes it flat; 100 is wide beside the eight schools' errors of 9 to 18 points",
            is_positive=True,
            may_be_infinite=True,
        ),
    ),
    package=__name__,
)
