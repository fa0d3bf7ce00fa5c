"""Linear regression, one line for all groups."""

from hierarchical_models.models.fields_linear import (
    COMMON_INTERCEPT,
    COMMON_INTERCEPT_PRIOR,
    COMMON_SLOPE,
    COMMON_SLOPE_PRIOR,
    OUTCOME,
    PREDICTOR,
    RESIDUAL_SPREAD,
    RESIDUAL_SPREAD_PRIOR,
)
from hierarchical_models.registry import ModelSpec

SPEC = ModelSpec(
    name="radon_pooled",
    title="Linear regression, complete pooling",
    summary=(
        "One line for all observations: which group they belong to is ignored."
    ),
    equation=r"""
    y_i &\sim \mathrm{Normal}(\alpha + \beta\, x_i, \sigma_y) \\
    \alpha &\sim \mathrm{Normal}(m_\alpha, s_\alpha) \\
    \beta &\sim \mathrm{Normal}(m_\beta, s_\beta) \\
    \sigma_y &\sim \text{half-Normal}(s_{\sigma_y})
    """,
    outcome="y",
    data=(OUTCOME, PREDICTOR),
    parameters=(COMMON_INTERCEPT, COMMON_SLOPE, RESIDUAL_SPREAD),
    hyperparameters=(
        *COMMON_INTERCEPT_PRIOR,
        *COMMON_SLOPE_PRIOR,
        RESIDUAL_SPREAD_PRIOR,
    ),
    package=__name__,
)
