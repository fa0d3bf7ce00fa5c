"""Linear regression, varying intercept and slope, correlated."""

from dataclasses import replace

from hierarchical_models.models.fields_linear import (
    CORRELATION,
    CORRELATION_PRIOR,
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
    name="radon_varying_slope_correlated",
    title="Linear regression, varying intercept and slope, correlated",
    summary=(
        "Each group has its own line; its intercept and slope come from one "
        "bivariate normal distribution that is learned, so that what is seen "
        "of the one tells of the other."
    ),
    equation=r"""
    y_i &\sim \mathrm{Normal}(\alpha_{j[i]} + \beta_{j[i]}\, x_i, \sigma_y) \\
    \begin{pmatrix} \alpha_j \\ \beta_j \end{pmatrix}
    &= \begin{pmatrix} \mu_\alpha \\ \mu_\beta \end{pmatrix}
    + \begin{pmatrix} \sigma_\alpha & 0 \\ 0 & \sigma_\beta \end{pmatrix} L
    \begin{pmatrix}
    \alpha^{\mathrm{raw}}_j \\ \beta^{\mathrm{raw}}_j
    \end{pmatrix}, \quad
    \alpha^{\mathrm{raw}}_j, \beta^{\mathrm{raw}}_j \sim \mathrm{Normal}(0, 1) \\
    L &= \begin{pmatrix} 1 & 0 \\ \rho & \sqrt{1 - \rho^2} \end{pmatrix}, \quad
    L L^\top \sim \mathrm{LKJ}(\eta) \\
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
        SLOPE_MEAN,
        SLOPE_SPREAD,
        CORRELATION,
        INTERCEPT_DEVIATION,
        replace(
            SLOPE_DEVIATION,
            description=(
                "what group j's intercept leaves unexplained of its slope's "
                "deviation, in units of that part's standard deviation"
            ),
        ),
        as_derived(INTERCEPT),
        as_derived(SLOPE),
        RESIDUAL_SPREAD,
    ),
    hyperparameters=(
        *INTERCEPT_MEAN_PRIOR,
        INTERCEPT_SPREAD_PRIOR,
        *SLOPE_MEAN_PRIOR,
        SLOPE_SPREAD_PRIOR,
        CORRELATION_PRIOR,
        RESIDUAL_SPREAD_PRIOR,
    ),
    package=__name__,
)
