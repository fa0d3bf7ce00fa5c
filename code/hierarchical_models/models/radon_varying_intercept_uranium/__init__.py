"""Linear regression, intercepts that follow a predictor of the group."""

from hierarchical_models.models.fields_linear import (
    COMMON_SLOPE,
    COMMON_SLOPE_PRIOR,
    GROUP,
    GROUP_PREDICTOR,
    GROUP_SLOPE,
    GROUP_SLOPE_PRIOR,
    INTERCEPT,
    INTERCEPT_DEVIATION,
    INTERCEPT_MEAN_AT_U_0,
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
    name="radon_varying_intercept_uranium",
    title="Linear regression, varying intercept with a group-level predictor",
    summary=(
        "Parallel lines whose intercepts scatter around a line of their own, "
        "in a predictor that is measured once for each group: groups are "
        "drawn to what that predictor says of them."
    ),
    equation=r"""
    y_i &\sim \mathrm{Normal}(\alpha_{j[i]} + \beta\, x_i, \sigma_y) \\
    \alpha_j &= \mu_\alpha + \gamma\, u_j
    + \sigma_\alpha\, \alpha^{\mathrm{raw}}_j, \quad
    \alpha^{\mathrm{raw}}_j \sim \mathrm{Normal}(0, 1) \\
    \mu_\alpha &\sim \mathrm{Normal}(m_{\mu_\alpha}, s_{\mu_\alpha}) \\
    \gamma &\sim \mathrm{Normal}(m_\gamma, s_\gamma) \\
    \sigma_\alpha &\sim \text{half-Normal}(s_{\sigma_\alpha}) \\
    \beta &\sim \mathrm{Normal}(m_\beta, s_\beta) \\
    \sigma_y &\sim \text{half-Normal}(s_{\sigma_y})
    """,
    outcome="y",
    data=(OUTCOME, PREDICTOR, GROUP, GROUP_PREDICTOR),
    parameters=(
        INTERCEPT_MEAN_AT_U_0,
        GROUP_SLOPE,
        INTERCEPT_SPREAD,
        INTERCEPT_DEVIATION,
        as_derived(INTERCEPT),
        COMMON_SLOPE,
        RESIDUAL_SPREAD,
    ),
    hyperparameters=(
        *INTERCEPT_MEAN_PRIOR,
        *GROUP_SLOPE_PRIOR,
        INTERCEPT_SPREAD_PRIOR,
        *COMMON_SLOPE_PRIOR,
        RESIDUAL_SPREAD_PRIOR,
    ),
    package=__name__,
)
