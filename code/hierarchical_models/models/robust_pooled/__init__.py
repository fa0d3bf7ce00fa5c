"""Student-t regression, one line for all groups."""

from hierarchical_models.models.fields_linear import (
    COMMON_INTERCEPT,
    COMMON_INTERCEPT_PRIOR,
    COMMON_SLOPE,
    COMMON_SLOPE_PRIOR,
    DEGREES_OF_FREEDOM,
    DEGREES_OF_FREEDOM_PRIOR,
    OUTCOME,
    PREDICTOR,
    RESIDUAL_SCALE,
    RESIDUAL_SPREAD_PRIOR,
)
from hierarchical_models.registry import ModelSpec

SPEC = ModelSpec(
    name="robust_pooled",
    title="Student-t regression, complete pooling",
    summary=(
        "One line for all observations, whose residuals may have heavy tails: "
        "outliers lose their pull, as far as the data ask for it."
    ),
    equation=r"""
    y_i &\sim \text{Student-}t(\nu, \alpha + \beta\, x_i, \sigma_y) \\
    \alpha &\sim \mathrm{Normal}(m_\alpha, s_\alpha) \\
    \beta &\sim \mathrm{Normal}(m_\beta, s_\beta) \\
    \sigma_y &\sim \text{half-Normal}(s_{\sigma_y}) \\
    \nu - 1 &\sim \mathrm{Gamma}(a_\nu, b_\nu)
    """,
    outcome="y",
    data=(OUTCOME, PREDICTOR),
    parameters=(
        COMMON_INTERCEPT,
        COMMON_SLOPE,
        RESIDUAL_SCALE,
        DEGREES_OF_FREEDOM,
    ),
    hyperparameters=(
        *COMMON_INTERCEPT_PRIOR,
        *COMMON_SLOPE_PRIOR,
        RESIDUAL_SPREAD_PRIOR,
        *DEGREES_OF_FREEDOM_PRIOR,
    ),
    package=__name__,
)
