"""Student-t regression, intercepts from one learned normal distribution."""

from hierarchical_models.models.fields_linear import (
    COMMON_SLOPE,
    COMMON_SLOPE_PRIOR,
    DEGREES_OF_FREEDOM,
    DEGREES_OF_FREEDOM_PRIOR,
    GROUP,
    INTERCEPT,
    INTERCEPT_DEVIATION,
    INTERCEPT_MEAN,
    INTERCEPT_MEAN_PRIOR,
    INTERCEPT_SPREAD,
    INTERCEPT_SPREAD_PRIOR,
    OUTCOME,
    PREDICTOR,
    RESIDUAL_SCALE,
    RESIDUAL_SPREAD_PRIOR,
    as_derived,
)
from hierarchical_models.registry import ModelSpec

SPEC = ModelSpec(
    name="robust_varying_intercept",
    title="Student-t regression, varying intercept",
    summary=(
        "Parallel lines whose intercepts come from one normal distribution, "
        "and residuals that may have heavy tails: an outlier moves its "
        "group's line less than it would a normal one."
    ),
    equation=r"""
    y_i &\sim \text{Student-}t(\nu, \alpha_{j[i]} + \beta\, x_i, \sigma_y) \\
    \alpha_j &= \mu_\alpha + \sigma_\alpha\, \alpha^{\mathrm{raw}}_j, \quad
    \alpha^{\mathrm{raw}}_j \sim \mathrm{Normal}(0, 1) \\
    \mu_\alpha &\sim \mathrm{Normal}(m_{\mu_\alpha}, s_{\mu_\alpha}) \\
    \sigma_\alpha &\sim \text{half-Normal}(s_{\sigma_\alpha}) \\
    \beta &\sim \mathrm{Normal}(m_\beta, s_\beta) \\
    \sigma_y &\sim \text{half-Normal}(s_{\sigma_y}) \\
    \nu - 1 &\sim \mathrm{Gamma}(a_\nu, b_\nu)
    """,
    outcome="y",
    data=(OUTCOME, PREDICTOR, GROUP),
    parameters=(
        INTERCEPT_MEAN,
        INTERCEPT_SPREAD,
        INTERCEPT_DEVIATION,
        as_derived(INTERCEPT),
        COMMON_SLOPE,
        RESIDUAL_SCALE,
        DEGREES_OF_FREEDOM,
    ),
    hyperparameters=(
        *INTERCEPT_MEAN_PRIOR,
        INTERCEPT_SPREAD_PRIOR,
        *COMMON_SLOPE_PRIOR,
        RESIDUAL_SPREAD_PRIOR,
        *DEGREES_OF_FREEDOM_PRIOR,
    ),
    package=__name__,
)
