"""Linear regression, unrelated intercepts of the groups and one slope."""

from hierarchical_models.models.fields_linear import (
    COMMON_SLOPE,
    COMMON_SLOPE_PRIOR,
    GROUP,
    INTERCEPT,
    OUTCOME,
    PREDICTOR,
    RESIDUAL_SPREAD,
    RESIDUAL_SPREAD_PRIOR,
    UNRELATED_INTERCEPTS_PRIOR,
)
from hierarchical_models.registry import ModelSpec

SPEC = ModelSpec(
    name="radon_unpooled",
    title="Linear regression, intercepts without pooling",
    summary=(
        "Parallel lines: each group has its own intercept under a fixed, wide "
        "prior, so that no group's intercept learns from another's; the slope "
        "is common."
    ),
    equation=r"""
    y_i &\sim \mathrm{Normal}(\alpha_{j[i]} + \beta\, x_i, \sigma_y) \\
    \alpha_j &\sim \mathrm{Normal}(m_\alpha, s_\alpha) \\
    \beta &\sim \mathrm{Normal}(m_\beta, s_\beta) \\
    \sigma_y &\sim \text{half-Normal}(s_{\sigma_y})
    """,
    outcome="y",
    data=(OUTCOME, PREDICTOR, GROUP),
    parameters=(INTERCEPT, COMMON_SLOPE, RESIDUAL_SPREAD),
    hyperparameters=(
        *UNRELATED_INTERCEPTS_PRIOR,
        *COMMON_SLOPE_PRIOR,
        RESIDUAL_SPREAD_PRIOR,
    ),
    package=__name__,
)
