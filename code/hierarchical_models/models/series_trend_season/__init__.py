"""Regional time series: level, trend and season of each region from those of its state or all."""

from hierarchical_models.models.fields_series import (
    COMMON_SEASONAL,
    COMMON_SEASONAL_DEVIATION,
    LEVEL,
    LEVEL_SPREAD,
    OUTCOME,
    PRIORS,
    REGION,
    RESIDUAL_SPREAD,
    SEASON,
    SEASONAL,
    SEASONAL_DEVIATION,
    SEASONAL_SPREAD,
    SLOPE,
    SLOPE_DEVIATION,
    SLOPE_SPREAD,
    STATE,
    STATE_LEVEL,
    STATE_SLOPE,
    TIME,
)
from hierarchical_models.registry import ModelSpec

SPEC = ModelSpec(
    name="series_trend_season",
    title="Time series, trend and season partially pooled",
    summary=(
        "Each region has a level, a linear trend and a season. Levels and trends are pooled "
        "towards those of the region's state, seasons towards one season of all regions. The means "
        "of the states are not pooled, as two or three states say nothing of their spread. "
        "Seasonal effects sum to 0: they are made of orthonormal contrasts, the columns of H."
    ),
    equation=r"""
    y_i &\sim \mathrm{Normal}(\mathit{level}_{r[i]} + \mathit{slope}_{r[i]} (t_i - \bar t)
    + \mathit{seasonal}_{r[i], q[i]}, \sigma_y) \\
    \mathit{level}_r &\sim \mathrm{Normal}(\mu_{\mathrm{level},s[r]}, \sigma_{\mathrm{level}}) \\
    \mathit{slope}_r &= \mu_{\mathrm{slope},s[r]}
    + \sigma_{\mathrm{slope}}\, \mathit{slope}^{\mathrm{raw}}_r \\
    \mathit{seasonal}_{rq} &= \mu_{\mathrm{seasonal},q} + \sigma_{\mathrm{seasonal}}
    \textstyle\sum_k H_{qk}\, \mathit{seasonal}^{\mathrm{raw}}_{rk} \\
    \mu_{\mathrm{seasonal},q} &= s_{\mathrm{seasonal}}
    \textstyle\sum_k H_{qk}\, \mu^{\mathrm{raw}}_{\mathrm{seasonal},k} \\
    \mathit{slope}^{\mathrm{raw}}_r, \mathit{seasonal}^{\mathrm{raw}}_{rk},
    \mu^{\mathrm{raw}}_{\mathrm{seasonal},k} &\sim \mathrm{Normal}(0, 1) \\
    \mu_{\mathrm{level},s} &\sim \mathrm{Normal}(m_{\mathrm{level}}, s_{\mathrm{level}}), \quad
    \mu_{\mathrm{slope},s} \sim \mathrm{Normal}(0, s_{\mathrm{slope}}) \\
    \sigma_{\mathrm{level}} &\sim \mathrm{Gamma}(k, k / r_{\mathrm{level}}), \quad
    \sigma_{\mathrm{slope}} \sim \mathrm{Gamma}(k, k / r_{\mathrm{slope}}) \\
    \sigma_{\mathrm{seasonal}} &\sim \mathrm{Gamma}(k, k / r_{\mathrm{seasonal}}), \quad
    \sigma_y \sim \text{half-Normal}(r_y)
    """,
    outcome="y",
    data=(OUTCOME, TIME, SEASON, REGION, STATE),
    parameters=(
        STATE_LEVEL,
        LEVEL_SPREAD,
        LEVEL,
        STATE_SLOPE,
        SLOPE_SPREAD,
        SLOPE_DEVIATION,
        SLOPE,
        COMMON_SEASONAL_DEVIATION,
        COMMON_SEASONAL,
        SEASONAL_SPREAD,
        SEASONAL_DEVIATION,
        SEASONAL,
        RESIDUAL_SPREAD,
    ),
    hyperparameters=PRIORS,
    contrasts={"contrast": "season"},
    package=__name__,
)
