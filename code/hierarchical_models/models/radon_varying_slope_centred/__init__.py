"""Linear regression, varying intercept and slope, centred."""

from hierarchical_models.models.fields_linear import (
    GROUP,
    INTERCEPT,
    INTERCEPT_MEAN,
    INTERCEPT_MEAN_PRIOR,
    INTERCEPT_SPREAD,
    INTERCEPT_SPREAD_PRIOR,
    OUTCOME,
    PREDICTOR,
    RESIDUAL_SPREAD,
    RESIDUAL_SPREAD_PRIOR,
    SLOPE,
    SLOPE_MEAN,
    SLOPE_MEAN_PRIOR,
    SLOPE_SPREAD,
    SLOPE_SPREAD_PRIOR,
)
from hierarchical_models.registry import ModelSpec

SPEC = ModelSpec(
    name="radon_varying_slope_centred",
    title="Linear regression, varying intercept and slope, centred",
    summary=(
        "Each group has its own line; intercepts and slopes come from two "
        "independent normal distributions that are learned. Centred: good "
        "when every group says much of its line, troubled by a funnel when "
        "groups say little of their slope."
    ),
    equation=r"""
    y_i &\sim \mathrm{Normal}(\alpha_{j[i]} + \beta_{j[i]}\, x_i, \sigma_y) \\
    \alpha_j &\sim \mathrm{Normal}(\mu_\alpha, \sigma_\alpha) \\
    \beta_j &\sim \mathrm{Normal}(\mu_\beta, \sigma_\beta) \\
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
        INTERCEPT,
        SLOPE_MEAN,
        SLOPE_SPREAD,
        SLOPE,
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
