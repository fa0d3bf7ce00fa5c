"""Cases of the binomial models with a hierarchy by mean and concentration, or on the log-odds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.models.cases import TRIALS, Case

# five cells of two factors with two and three levels; the pair (1, 2) has no data
CELLS = {
    "y": [0, 3, 7, 12, 2],
    "n": [5, 11, 9, 12, 6],
    "factor_a": [0, 0, 0, 1, 1],
    "factor_b": [0, 1, 2, 0, 1],
}
# two factors of which the second is nested in the first
NESTED = {"y": [1, 4, 6, 3], "n": 8, "factor_a": [0, 0, 1, 1], "factor_b": [0, 1, 2, 3]}

RAW = np.array([-1.2, 0.3, 0.8, 1.5])
CONCENTRATION = {"phi": 0.4, "kappa": 6.0, "theta_raw": RAW}
IMPROPER = {"phi": 0.4, "spread": 0.4, "theta_raw": RAW}
CENTRED = {"mu": -0.5, "sigma": 0.8, "eta": np.array([-2.0, -0.6, 0.4, 2.1])}
NONCENTRED = {"mu": -0.5, "sigma": 0.8, "eta_raw": RAW}
CROSSED = {
    "intercept_adj": 0.3,
    "sigma_a": 0.7,
    "sigma_b": 1.2,
    "a_raw": np.array([-0.4, 0.9]),
    "b_raw": np.array([0.2, -1.1, 1.4]),
}
INTERACTION = {
    **CROSSED,
    "sigma_ab": 0.5,
    "ab_raw": np.array([[0.1, -0.7, 0.4], [1.3, 0.2, -1.9]]),
}


def _varied(base: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {**base, **changes}


def _concentration_points(base: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Points with phi near its ends, and deviations that put theta near its own."""
    return (
        dict(base),
        _varied(base, phi=1e-4),
        _varied(base, phi=1 - 1e-6),
        _varied(base, theta_raw=np.array([-30.0, 0.0, 0.0, 30.0])),
        _varied(base, theta_raw=np.zeros(4)),
    )


CASES: tuple[Case, ...] = (
    Case(
        "binomial_mean_concentration",
        TRIALS,
        (
            *_concentration_points(CONCENTRATION),
            _varied(CONCENTRATION, kappa=0.5 + 1e-6),
            _varied(CONCENTRATION, kappa=3000.0),
        ),
        (
            _varied(CONCENTRATION, phi=-0.1),
            _varied(CONCENTRATION, phi=1.1),
            _varied(CONCENTRATION, kappa=0.4),
            _varied(CONCENTRATION, kappa=math.nan),
        ),
        {"phi_alpha": 2.0, "phi_beta": 3.0, "kappa_min": 0.5, "kappa_shape": 3.0},
    ),
    Case(
        "binomial_mean_concentration",
        {"y": [4, 6, 5, 9], "n": [10, 12, 9, 15]},
        (dict(CONCENTRATION),),
        (_varied(CONCENTRATION, kappa=1.0 - 1e-6),),
        {"kappa_shape": 4.0},
    ),
    Case(
        "binomial_bda3",
        {"y": [0, 3, 7, 11], "n": [15, 14, 16, 15]},
        (
            *_concentration_points(IMPROPER),
            _varied(IMPROPER, spread=30.0),
            _varied(IMPROPER, spread=0.01),
        ),
        (
            _varied(IMPROPER, phi=-0.1),
            _varied(IMPROPER, phi=1.1),
            _varied(IMPROPER, spread=-0.4),
            _varied(IMPROPER, spread=math.nan),
        ),
        {"exponent": 3.5},
    ),
    Case(
        "binomial_logit_normal_centred",
        TRIALS,
        (
            CENTRED,
            _varied(CENTRED, sigma=1e-3, eta=np.array([-0.501, -0.5, -0.499, -0.4995])),
            _varied(CENTRED, sigma=40.0),
            _varied(CENTRED, mu=-9.0),
            _varied(CENTRED, eta=np.array([-45.0, 0.0, 0.0, 45.0]), sigma=20.0),
        ),
        (
            _varied(CENTRED, sigma=-0.8),
            _varied(CENTRED, sigma=math.nan),
            _varied(CENTRED, mu=math.inf),
        ),
        {"mu_mean": 0.5, "mu_scale": 2.0, "sigma_scale": 1.5},
    ),
    Case(
        "binomial_logit_normal_noncentred",
        TRIALS,
        (
            NONCENTRED,
            _varied(NONCENTRED, sigma=1e-6),
            _varied(NONCENTRED, sigma=25.0),
            _varied(NONCENTRED, mu=-9.0),
            _varied(NONCENTRED, eta_raw=np.zeros(4)),
        ),
        (
            _varied(NONCENTRED, sigma=-0.8),
            _varied(NONCENTRED, sigma=math.nan),
            _varied(NONCENTRED, mu=math.inf),
        ),
        {"mu_mean": 0.5, "mu_scale": 2.0, "sigma_scale": 1.5},
    ),
    Case(
        "binomial_crossed_logit",
        CELLS,
        (
            CROSSED,
            _varied(CROSSED, sigma_a=1e-6, sigma_b=15.0),
            _varied(CROSSED, intercept_adj=-30.0),
            _varied(CROSSED, a_raw=np.zeros(2), b_raw=np.zeros(3)),
        ),
        (
            _varied(CROSSED, sigma_a=-0.1),
            _varied(CROSSED, sigma_b=-0.1),
            _varied(CROSSED, intercept_adj=math.nan),
        ),
        {
            "intercept_mean": 0.4,
            "intercept_scale": 2.0,
            "sigma_a_scale": 0.6,
            "sigma_b_scale": 1.4,
        },
    ),
    Case(
        "binomial_crossed_logit",
        NESTED,
        (_varied(CROSSED, b_raw=RAW),),
        (_varied(CROSSED, b_raw=RAW, sigma_b=math.nan),),
    ),
    Case(
        "binomial_crossed_interaction_logit",
        CELLS,
        (
            INTERACTION,
            _varied(INTERACTION, sigma_ab=1e-6),
            _varied(INTERACTION, sigma_ab=15.0),
            _varied(INTERACTION, intercept_adj=-30.0),
            _varied(INTERACTION, ab_raw=np.zeros((2, 3))),
        ),
        (
            _varied(INTERACTION, sigma_ab=-0.1),
            _varied(INTERACTION, sigma_a=-0.1),
            _varied(INTERACTION, ab_raw=np.full((2, 3), math.inf)),
        ),
        {
            "intercept_mean": 0.4,
            "intercept_scale": 2.0,
            "sigma_a_scale": 0.6,
            "sigma_b_scale": 1.4,
            "sigma_ab_scale": 0.9,
        },
    ),
)
