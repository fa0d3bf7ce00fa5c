"""Data fields and parameters of the hierarchical time series.

The defaults of the priors suit series of values in the tens, such as thousands of overnight stays
in a quarter, whose trends and seasons move them by a few units.
"""

from __future__ import annotations

from hierarchical_models.registry import DataField, Hyperparameter, Parameter

OUTCOME = DataField(
    "y", "real", "outcome of each observation, in its unit", ("observation",)
)
TIME = DataField(
    "time",
    "real",
    "time of each observation, in years from any origin",
    ("observation",),
)
SEASON = DataField(
    "season",
    "index",
    "season of each observation, such as its quarter or month, counted from 0",
    ("observation",),
    indexes="season",
)
REGION = DataField(
    "region",
    "index",
    "region of each observation, counted from 0",
    ("observation",),
    indexes="region",
)
STATE = DataField(
    "state",
    "index",
    "state of each region, counted from 0",
    ("region",),
    indexes="state",
)

STATE_LEVEL = Parameter(
    "mu_level",
    r"\mu_{\mathrm{level},s}",
    "mean level of the regions of state s, in the unit of the outcome",
    ("state",),
)
LEVEL_SPREAD = Parameter(
    "sigma_level",
    r"\sigma_{\mathrm{level}}",
    "standard deviation of the levels of a state's regions, in the unit of the outcome",
    support="above 0",
)
LEVEL = Parameter(
    "level",
    r"\mathit{level}_r",
    "outcome of region r at the mean of all times, without season, in its unit",
    ("region",),
)
STATE_SLOPE = Parameter(
    "mu_slope",
    r"\mu_{\mathrm{slope},s}",
    "mean slope of the regions of state s, in units of the outcome per year",
    ("state",),
)
SLOPE_SPREAD = Parameter(
    "sigma_slope",
    r"\sigma_{\mathrm{slope}}",
    "standard deviation of the slopes of a state's regions, in units of the outcome per year",
    support="above 0",
)
SLOPE_DEVIATION = Parameter(
    "slope_raw",
    r"\mathit{slope}^{\mathrm{raw}}_r",
    "deviation of region r's slope from its state's mean, in units of sigma_slope",
    ("region",),
)
SLOPE = Parameter(
    "slope",
    r"\mathit{slope}_r",
    "change of the outcome of region r in a year, in its unit",
    ("region",),
    is_derived=True,
)
COMMON_SEASONAL_DEVIATION = Parameter(
    "mu_seasonal_raw",
    r"\mu^{\mathrm{raw}}_{\mathrm{seasonal},k}",
    "contrast k of the mean seasonal effects, in units of mu_seasonal_scale",
    ("contrast",),
)
COMMON_SEASONAL = Parameter(
    "mu_seasonal",
    r"\mu_{\mathrm{seasonal},q}",
    "mean effect of season q over regions, in the unit of the outcome; sums to 0 over seasons",
    ("season",),
    is_derived=True,
)
SEASONAL_SPREAD = Parameter(
    "sigma_seasonal",
    r"\sigma_{\mathrm{seasonal}}",
    "standard deviation of each contrast of a region's seasonal effects around its mean, "
    "in the unit of the outcome",
    support="above 0",
)
SEASONAL_DEVIATION = Parameter(
    "seasonal_raw",
    r"\mathit{seasonal}^{\mathrm{raw}}_{rk}",
    "contrast k of the deviations of region r's seasonal effects from their means, "
    "in units of sigma_seasonal",
    ("region", "contrast"),
)
SEASONAL = Parameter(
    "seasonal",
    r"\mathit{seasonal}_{rq}",
    "effect of season q in region r, in the unit of the outcome; sums to 0 over seasons",
    ("region", "season"),
    is_derived=True,
)
RESIDUAL_SPREAD = Parameter(
    "sigma_y",
    r"\sigma_y",
    "standard deviation of observations around their mean, in the unit of the outcome",
    support="above 0",
)

PRIORS = (
    Hyperparameter(
        "mu_level_mean",
        0.0,
        "mean of the normal prior of each mu_level, in units of the outcome",
    ),
    Hyperparameter(
        "mu_level_scale",
        50.0,
        "standard deviation of the normal prior of each mu_level, in units of the outcome; 50 says "
        "little of a level in the tens",
        is_positive=True,
    ),
    Hyperparameter(
        "sigma_level_mean",
        8.0,
        "mean of the gamma prior of sigma_level, in units of the outcome; 8 allows regions of a "
        "state that are alike beside states whose largest region is several times the smallest",
        is_positive=True,
    ),
    Hyperparameter(
        "mu_slope_scale",
        2.0,
        "standard deviation of the normal prior of each mu_slope around 0, in units of the outcome "
        "per year; 2 is a tenth of a level of 20 in a year",
        is_positive=True,
    ),
    Hyperparameter(
        "sigma_slope_mean",
        0.5,
        "mean of the gamma prior of sigma_slope, in units of the outcome per year; 0.5 allows "
        "regions that shrink beside others that grow",
        is_positive=True,
    ),
    Hyperparameter(
        "mu_seasonal_scale",
        5.0,
        "standard deviation of each contrast of the mean season, in units of the outcome; 5 allows"
        " a season that moves a level of 20 by a quarter",
        is_positive=True,
    ),
    Hyperparameter(
        "sigma_seasonal_mean",
        1.0,
        "mean of the gamma prior of sigma_seasonal, in units of the outcome; 1 expects the "
        "regions' seasons to differ less from each other than from no season",
        is_positive=True,
    ),
    Hyperparameter(
        "spread_shape",
        4.0,
        "shape of the gamma priors of sigma_level, sigma_slope and sigma_seasonal; 4 puts each "
        "between a quarter and twice its mean in 95 of 100 cases, clear of 0 and of very large "
        "values, where the sampler would go astray",
        is_positive=True,
    ),
    Hyperparameter(
        "sigma_y_scale",
        5.0,
        "scale of the half-normal prior of sigma_y, in units of the outcome; 5 allows noise as "
        "large as the seasons",
        is_positive=True,
    ),
)
