"""Cases of the linear models with groups."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.models.cases import Case

# four groups: the first has one observation, the second a single value of x
LINEAR = {
    "y": [1.2, 0.3, 0.9, -0.4, 2.1, 0.8, 1.7, 0.2, -1.1],
    "x": [0.0, 1.0, 1.0, 0.0, 1.0, -0.5, 0.0, 1.5, 2.0],
    "group": [0, 1, 1, 2, 2, 2, 3, 3, 3],
    "u": [-0.7, 0.1, 0.9, 0.3],
}
OUTLIER = {**LINEAR, "y": [1.2, 0.3, 0.9, -0.4, 2.1, 25.0, 1.7, 0.2, -1.1]}
ALPHAS = np.array([1.1, 0.6, 0.4, -0.2])
BETAS = np.array([-0.7, 0.2, 0.5, -1.4])
RAW = np.array([-1.3, 0.1, 0.4, 2.2])

LINE = {"alpha": 0.7, "beta": -0.4, "sigma_y": 0.9}
LINES = {"alpha": ALPHAS, "beta": BETAS, "sigma_y": 0.9}
VARYING = {"mu_alpha": 0.5, "sigma_alpha": 0.6, "alpha_raw": RAW, "beta": -0.4, "sigma_y": 0.9}
SLOPES = {"mu_alpha": 0.5, "sigma_alpha": 0.6, "mu_beta": -0.3, "sigma_beta": 0.8, "sigma_y": 0.9}
RAW_SLOPES = {**SLOPES, "alpha_raw": RAW, "beta_raw": -RAW[::-1]}
MIXED = {**SLOPES, "alpha": ALPHAS, "beta_raw": RAW}
CENTRED = {**SLOPES, "alpha": ALPHAS, "beta": BETAS}

LINE_PRIORS = {
    "alpha_mean": 1.0,
    "alpha_scale": 2.0,
    "beta_mean": -0.5,
    "beta_scale": 1.5,
    "sigma_y_scale": 0.7,
}
VARYING_PRIORS = {
    "mu_alpha_mean": 1.0,
    "mu_alpha_scale": 2.0,
    "sigma_alpha_scale": 0.4,
    "beta_mean": -0.5,
    "beta_scale": 1.5,
    "sigma_y_scale": 0.7,
}
SLOPE_PRIORS = {
    "mu_alpha_mean": 1.0,
    "mu_alpha_scale": 2.0,
    "sigma_alpha_scale": 0.4,
    "mu_beta_mean": -0.5,
    "mu_beta_scale": 1.5,
    "sigma_beta_scale": 0.6,
    "sigma_y_scale": 0.7,
}


def _varied(base: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {**base, **changes}


def _inside(base: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """The point itself, and others with each standard deviation nearly 0 or large.

    The residual standard deviation stays above 0.01: the squares of the residuals over its square
    are to leave a double the digits to hold 1e-6.
    """
    points = [dict(base), _varied(base, sigma_y=0.01), _varied(base, sigma_y=300.0)]
    for spread, effect, mean in (
        ("sigma_alpha", "alpha", "mu_alpha"),
        ("sigma_beta", "beta", "mu_beta"),
    ):
        if spread not in base:
            continue
        for value in (1e-6, 30.0):
            point = _varied(base, **{spread: value})
            if f"{effect}_raw" not in base:
                # centred: the effects stay as far from their mean, in units of the spread
                point[effect] = base[mean] + value / base[spread] * (base[effect] - base[mean])
            points.append(point)
    return tuple(points)


def _outside(base: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    spreads = [name for name in base if name.startswith("sigma_")]
    first = next(name for name in base if not name.startswith("sigma_"))
    return (
        *(_varied(base, **{name: -0.5}) for name in spreads),
        _varied(base, sigma_y=math.nan),
        _varied(base, **{first: np.full(np.shape(base[first]), math.nan)}),
    )


def _case(
    model: str, base: Mapping[str, Any], priors: Mapping[str, Any], data: Mapping[str, Any] = LINEAR
) -> Case:
    return Case(model, data, _inside(base), _outside(base), priors)


def _with_tails(case: Case) -> Case:
    """Degrees of freedom from nearly none to nearly normal, and refused up to 1."""
    base = case.inside[0]
    inside = tuple(_varied(base, nu=nu) for nu in (1 + 1e-6, 1.5, 30.0, 1000.0))
    outside = tuple(_varied(base, nu=nu) for nu in (0.5, -3.0, math.nan))
    return Case(
        case.model,
        case.data,
        (*case.inside, *inside),
        (*case.outside, *outside),
        case.hyperparameters,
    )


def _with_correlations(case: Case) -> Case:
    """Correlations close to either end, and beyond."""
    base = case.inside[0]
    inside = tuple(_varied(base, rho=rho) for rho in (-1 + 1e-6, 0.0, 0.9, 1 - 1e-6))
    outside = tuple(_varied(base, rho=rho) for rho in (-1.2, 1.001, math.nan))
    return Case(
        case.model,
        case.data,
        (*case.inside, *inside),
        (*case.outside, *outside),
        case.hyperparameters,
    )


# single precision holds 3 exactly, but not its reciprocal
TAILS = {"nu_shape": 3.0, "nu_rate": 3.0}

CASES: tuple[Case, ...] = (
    _case("radon_pooled", LINE, LINE_PRIORS),
    _case("radon_unpooled", _varied(LINE, alpha=ALPHAS), LINE_PRIORS),
    _case("radon_unpooled_slopes", LINES, LINE_PRIORS),
    _case("radon_varying_intercept", VARYING, VARYING_PRIORS),
    _case(
        "radon_varying_intercept_uranium",
        _varied(VARYING, gamma=0.4),
        {**VARYING_PRIORS, "gamma_mean": 0.3, "gamma_scale": 0.8},
    ),
    _case("radon_varying_slope", RAW_SLOPES, SLOPE_PRIORS),
    _case("radon_varying_slope_mixed", MIXED, SLOPE_PRIORS),
    _case("radon_varying_slope_centred", CENTRED, SLOPE_PRIORS),
    *(
        _with_correlations(
            _case(
                "radon_varying_slope_correlated",
                _varied(RAW_SLOPES, rho=-0.3),
                {**SLOPE_PRIORS, "eta": eta},
            )
        )
        for eta in (0.8, 4.0)
    ),
    _with_tails(_case("robust_pooled", _varied(LINE, nu=4.0), {**LINE_PRIORS, **TAILS}, OUTLIER)),
    _with_tails(
        _case(
            "robust_varying_intercept",
            _varied(VARYING, nu=4.0),
            {**VARYING_PRIORS, **TAILS},
            OUTLIER,
        )
    ),
)
