"""Data fields, parameters and priors of the linear models with groups.

The defaults of the priors suit an outcome and predictors that differ by about 1,
such as the logarithm of radon and the floor of a house.
"""

from __future__ import annotations

from dataclasses import replace

from hierarchical_models.registry import DataField, Hyperparameter, Parameter

OUTCOME = DataField(
    "y", "real", "outcome of each observation, in its unit", ("observation",)
)
PREDICTOR = DataField(
    "x", "real", "predictor of each observation, in its unit", ("observation",)
)
GROUP = DataField(
    "group",
    "index",
    "group of each observation, counted from 0",
    ("observation",),
    indexes="group",
)
GROUP_PREDICTOR = DataField(
    "u", "real", "predictor of each group, in its unit", ("group",)
)

COMMON_INTERCEPT = Parameter(
    "alpha", r"\alpha", "mean outcome where x is 0, in the unit of the outcome"
)
COMMON_SLOPE = Parameter(
    "beta",
    r"\beta",
    "change of the mean outcome with x, in units of the outcome per unit of x",
)
INTERCEPT = Parameter(
    "alpha",
    r"\alpha_j",
    "mean outcome in group j where x is 0, in the unit of the outcome",
    ("group",),
)
SLOPE = Parameter(
    "beta",
    r"\beta_j",
    "change of the mean outcome with x in group j, in units of the outcome per unit of x",
    ("group",),
)
RESIDUAL_SPREAD = Parameter(
    "sigma_y",
    r"\sigma_y",
    "standard deviation of observations around their mean, in the unit of the outcome",
    support="above 0",
)
RESIDUAL_SCALE = Parameter(
    "sigma_y",
    r"\sigma_y",
    "scale of observations around their mean, in the unit of the outcome; "
    "below their standard deviation, which is infinite for nu up to 2",
    support="above 0",
)
DEGREES_OF_FREEDOM = Parameter(
    "nu",
    r"\nu",
    "degrees of freedom: how heavy the tails are, from near 1 (heavy) to above 30 (nearly normal)",
    support="above 1",
)

INTERCEPT_MEAN = Parameter(
    "mu_alpha",
    r"\mu_\alpha",
    "mean of the groups' intercepts, in the unit of the outcome",
)
INTERCEPT_MEAN_AT_U_0 = Parameter(
    "mu_alpha",
    r"\mu_\alpha",
    "mean intercept of groups whose u is 0, in the unit of the outcome",
)
INTERCEPT_SPREAD = Parameter(
    "sigma_alpha",
    r"\sigma_\alpha",
    "standard deviation of the groups' intercepts around their mean, in the unit of the outcome",
    support="above 0",
)
INTERCEPT_DEVIATION = Parameter(
    "alpha_raw",
    r"\alpha^{\mathrm{raw}}_j",
    "deviation of group j's intercept from its mean, in units of sigma_alpha",
    ("group",),
)
GROUP_SLOPE = Parameter(
    "gamma",
    r"\gamma",
    "change of the groups' mean intercept with u, in units of the outcome per unit of u",
)
SLOPE_MEAN = Parameter(
    "mu_beta",
    r"\mu_\beta",
    "mean of the groups' slopes, in units of the outcome per unit of x",
)
SLOPE_SPREAD = Parameter(
    "sigma_beta",
    r"\sigma_\beta",
    "standard deviation of the groups' slopes, in units of the outcome per unit of x",
    support="above 0",
)
SLOPE_DEVIATION = Parameter(
    "beta_raw",
    r"\beta^{\mathrm{raw}}_j",
    "deviation of group j's slope from its mean, in units of sigma_beta",
    ("group",),
)
CORRELATION = Parameter(
    "rho",
    r"\rho",
    "correlation of the groups' intercepts with their slopes",
    support="-1 to 1",
)


def as_derived(parameter: Parameter) -> Parameter:
    """The same parameter, computed from others instead of sampled.

    Parameters
    ----------
    parameter : Parameter
        A sampled parameter.

    Returns
    -------
    Parameter
        A copy whose `is_derived` is true.
    """
    return replace(parameter, is_derived=True)


def normal_prior(
    name: str, scale: float, unit: str, reason: str
) -> tuple[Hyperparameter, ...]:
    """Mean and standard deviation of a parameter's normal prior.

    Parameters
    ----------
    name : str
        The parameter.
    scale : float
        Default of the standard deviation; that of the mean is 0.
    unit : str
        Unit of the parameter, in words.
    reason : str
        Why `scale` is what it is.

    Returns
    -------
    tuple of Hyperparameter
        ``<name>_mean`` and ``<name>_scale``.
    """
    return (
        Hyperparameter(
            f"{name}_mean",
            0.0,
            f"mean of the normal prior of {name}, in {unit}; 0 takes no side",
        ),
        Hyperparameter(
            f"{name}_scale",
            scale,
            f"standard deviation of the normal prior of {name}, in {unit}; {reason}",
            is_positive=True,
        ),
    )


def half_normal_prior(name: str, unit: str, reason: str) -> Hyperparameter:
    """Scale of a standard deviation's half-normal prior, by default 1.

    Parameters
    ----------
    name : str
        The standard deviation.
    unit : str
        Its unit, in words.
    reason : str
        Why 1 is a good default.

    Returns
    -------
    Hyperparameter
        ``<name>_scale``.
    """
    return Hyperparameter(
        f"{name}_scale",
        1.0,
        f"scale of the half-normal prior of {name}, in {unit}; {reason}",
        is_positive=True,
    )


OUTCOME_UNIT = "the unit of the outcome"
SLOPE_UNIT = "units of the outcome per unit of x"
GROUP_SLOPE_UNIT = "units of the outcome per unit of u"

COMMON_INTERCEPT_PRIOR = normal_prior(
    "alpha",
    3.0,
    OUTCOME_UNIT,
    "3 is wide for the logarithm of radon, whose mean is near 1",
)
UNRELATED_INTERCEPTS_PRIOR = normal_prior(
    "alpha",
    10.0,
    OUTCOME_UNIT,
    "10 leaves even a group of a single observation to itself",
)
INTERCEPT_MEAN_PRIOR = normal_prior(
    "mu_alpha",
    3.0,
    OUTCOME_UNIT,
    "3 is wide for the logarithm of radon, whose mean is near 1",
)
COMMON_SLOPE_PRIOR = normal_prior(
    "beta",
    1.0,
    SLOPE_UNIT,
    "1 allows a floor to change radon by a factor of 7 either way",
)
UNRELATED_SLOPES_PRIOR = normal_prior(
    "beta",
    1.0,
    SLOPE_UNIT,
    "1 allows a floor to change radon by a factor of 7 either way, "
    "and is all that is known of the slope of a group with a single value of x",
)
SLOPE_MEAN_PRIOR = normal_prior(
    "mu_beta",
    1.0,
    SLOPE_UNIT,
    "1 allows a floor to change radon by a factor of 7 either way",
)
GROUP_SLOPE_PRIOR = normal_prior(
    "gamma",
    1.0,
    GROUP_SLOPE_UNIT,
    "radon in proportion to uranium would be a slope of 1 on the log scales",
)
RESIDUAL_SPREAD_PRIOR = half_normal_prior(
    "sigma_y",
    OUTCOME_UNIT,
    "1 is near the spread of log radon over all houses, 0.85",
)
INTERCEPT_SPREAD_PRIOR = half_normal_prior(
    "sigma_alpha",
    OUTCOME_UNIT,
    "1 allows counties whose radon differs by a factor of 7",
)
SLOPE_SPREAD_PRIOR = half_normal_prior(
    "sigma_beta",
    SLOPE_UNIT,
    "1 lets slopes differ as much as the mean slope may lie from 0",
)
CORRELATION_PRIOR = Hyperparameter(
    "eta",
    2.0,
    "shape of the LKJ prior of the correlation matrix; 1 is uniform over correlations, "
    "2 leans towards 0 and away from -1 and 1",
    is_positive=True,
)
DEGREES_OF_FREEDOM_PRIOR = (
    Hyperparameter(
        "nu_shape",
        2.0,
        "shape of the Gamma prior of nu - 1, so that the mean of the outcome exists; Gamma(2, 0.1) "
        "covers heavy tails and nearly normal ones, and avoids both ends",
        is_positive=True,
    ),
    Hyperparameter(
        "nu_rate", 0.1, "rate of the Gamma prior of nu - 1", is_positive=True
    ),
)
