"""Linear regression, intercepts from one learned normal distribution."""

from hierarchical_models.models.fields_linear import (
    COMMON_SLOPE,
    COMMON_SLOPE_PRIOR,
    GROUP,
    INTERCEPT,
    INTERCEPT_DEVIATION,
    INTERCEPT_MEAN,
    INTERCEPT_MEAN_PRIOR,
    INTERCEPT_SPREAD,
    INTERCEPT_SPREAD_PRIOR,
    OUTCOME,
    PREDICTOR,
    RESIDUAL_SPREAD,
    RESIDUAL_SPREAD_PRIOR,
    as_derived,
)
from hierarchical_models.registry import ModelSpec

SPEC = ModelSpec(
    name="radon_varying_intercept",
    title="Linear regression, varying intercept",
    summary=(
        "Parallel lines whose intercepts come from one normal distribution, "
        "its mean and spread learned: groups with few observations are drawn "
        "to the mean."
    ),
    equation=r"""
    y_i &\sim \mathrm{Normal}(\alpha_{j[i]} + \beta\, x_i, \sigma_y) \\
    \alpha_j &= \mu_\alpha + \sigma_\alpha\, \alpha^{\mathrm{raw}}_j, \quad
    \alpha^{\mathrm{raw}}_j \sim \mathrm{Normal}(0, 1) \\
    \mu_\alpha &\sim \mathrm{Normal}(m_{\mu_\alpha}, s_{\mu_\alpha}) \\
    \sigma_\alpha &\sim \text{half-Normal}(s_{\sigma_\alpha}) \\
    \beta &\sim \mathrm{Normal}(m_\beta, s_\beta) \\
    \sigma_y &\sim \text{half-Normal}(s_{\sigma_y})
    """,
    outcome="y",
    data=(OUTCOME, PREDICTOR, GROUP),
    parameters=(
        INTERCEPT_MEAN,
        INTERCEPT_SPREAD,
        INTERCEPT_DEVIATION,
        as_derived(INTERCEPT),
        COMMON_SLOPE,
        RESIDUAL_SPREAD,
    ),
    hyperparameters=(
        *INTERCEPT_MEAN_PRIOR,
        INTERCEPT_SPREAD_PRIOR,
        *COMMON_SLOPE_PRIOR,
        RESIDUAL_SPREAD_PRIOR,
    ),
    package=__name__,
)
