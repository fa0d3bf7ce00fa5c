"""Linear regression, varying intercept and slope, non-centred."""

from hierarchical_models.models.fields_linear import (
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
    SLOPE,
    SLOPE_DEVIATION,
    SLOPE_MEAN,
    SLOPE_MEAN_PRIOR,
    SLOPE_SPREAD,
    SLOPE_SPREAD_PRIOR,
    as_derived,
)
from hierarchical_models.registry import ModelSpec

SPEC = ModelSpec(
    name="radon_varying_slope",
    title="Linear regression, varying intercept and slope",
    summary=(
        "Each group has its own line; intercepts and slopes come from two "
        "independent normal distributions that are learned. Non-centred: good "
        "when groups say little of their slope."
    ),
    equation=r"""
    y_i &\sim \mathrm{Normal}(\alpha_{j[i]} + \beta_{j[i]}\, x_i, \sigma_y) \\
    \alpha_j &= \mu_\alpha + \sigma_\alpha\, \alpha^{\mathrm{raw}}_j, \quad
    \alpha^{\mathrm{raw}}_j \sim \mathrm{Normal}(0, 1) \\
    \beta_j &= \mu_\beta + \sigma_\beta\, \beta^{\mathrm{raw}}_j, \quad
    \beta^{\mathrm{raw}}_j \sim \mathrm{Normal}(0, 1) \\
    \mu_\alpha &\sim \mathrm{Normal}(m_{\mu_\alpha}, s_{\mu_\alpha}) \\
    \sigma_\alpha &\sim \text{half-Normal}(s_{\sigma_\alpha}) \\
    \mu_\beta &\sim \mathrm{Normal}(m_{\mu_\beta}, s_{\mu_\beta}) \\
    \sigma_\beta &\sim \text{half-Normal}(s_{\sigma_\beta}) \\
    \sigma_y &\sim \text{half-Normal}(s_{\sigma_y})
    """,
    outcome="y",
    data=(OUTCOME, PREDICTOR, GROUP),
    parameters=(
        INTERCEPT_MEAN,
        INTERCEPT_SPREAD,
        INTERCEPT_DEVIATION,
        as_derived(INTERCEPT),
        SLOPE_MEAN,
        SLOPE_SPREAD,
        SLOPE_DEVIATION,
        as_derived(SLOPE),
        RESIDUAL_SPREAD,
    ),
    hyperparameters=(
        *INTERCEPT_MEAN_PRIOR,
        INTERCEPT_SPREAD_PRIOR,
        *SLOPE_MEAN_PRIOR,
        SLOPE_SPREAD_PRIOR,
        RESIDUAL_SPREAD_PRIOR,
    ),
    package=__name__,
)
