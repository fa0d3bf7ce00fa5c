"""Linear regression, unrelated lines of the groups."""

from hierarchical_models.models.fields_linear import (
    GROUP,
    INTERCEPT,
    OUTCOME,
    PREDICTOR,
    RESIDUAL_SPREAD,
    RESIDUAL_SPREAD_PRIOR,
    SLOPE,
    UNRELATED_INTERCEPTS_PRIOR,
    UNRELATED_SLOPES_PRIOR,
)
from hierarchical_models.registry import ModelSpec

SPEC = ModelSpec(
    name="radon_unpooled_slopes",
    title="Linear regression, lines without pooling",
    summary=(
        "Separate regressions: each group has its own intercept and slope "
        "under fixed priors. A group whose observations share one value of x "
        "learns nothing about its slope."
    ),
    equation=r"""
    y_i &\sim \mathrm{Normal}(\alpha_{j[i]} + \beta_{j[i]}\, x_i, \sigma_y) \\
    \alpha_j &\sim \mathrm{Normal}(m_\alpha, s_\alpha) \\
    \beta_j &\sim \mathrm{Normal}(m_\beta, s_\beta) \\
    \sigma_y &\sim \text{half-Normal}(s_{\sigma_y})
    """,
    outcome="y",
    data=(OUTCOME, PREDICTOR, GROUP),
    parameters=(INTERCEPT, SLOPE, RESIDUAL_SPREAD),
    hyperparameters=(
        *UNRELATED_INTERCEPTS_PRIOR,
        *UNRELATED_SLOPES_PRIOR,
        RESIDUAL_SPREAD_PRIOR,
    ),
    package=__name__,
)
