"""Cases of the models of counts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.models.cases import Case

# three groups, the first without a single event; exposures from small to large
COUNTS = {
    "y": [0, 0, 3, 1, 40, 75, 2],
    "exposure": [2.0, 0.5, 1.0, 0.25, 10.0, 12.0, 1.0],
    "group": [0, 0, 1, 1, 2, 2, 2],
}
RATES = {"mu": 0.5, "sigma": 0.9, "eta_raw": np.array([-1.5, 0.2, 1.1])}
DISPERSED = {**RATES, "phi": 3.0}
PRIORS = {"mu_mean": 1.0, "mu_scale": 1.5, "sigma_scale": 0.7}


def _varied(base: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {**base, **changes}


def _points(base: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    return (
        dict(base),
        _varied(base, sigma=1e-6),
        _varied(base, sigma=6.0),
        _varied(base, mu=-20.0),
        _varied(base, mu=9.0),
        _varied(base, eta_raw=np.zeros(3)),
    )


CASES: tuple[Case, ...] = (
    Case(
        "count_poisson",
        COUNTS,
        _points(RATES),
        (
            _varied(RATES, sigma=-0.9),
            _varied(RATES, sigma=math.nan),
            _varied(RATES, mu=math.inf),
        ),
        PRIORS,
    ),
    Case(
        "count_negative_binomial",
        COUNTS,
        (
            *_points(DISPERSED),
            _varied(DISPERSED, phi=1e4),
            _varied(DISPERSED, phi=1e-3),
            # means so large that no count could be drawn from them
            _varied(DISPERSED, mu=60.0, sigma=1.0),
            _varied(DISPERSED, mu=300.0, sigma=1.0, phi=1e-6),
        ),
        (
            _varied(DISPERSED, phi=-3.0),
            _varied(DISPERSED, phi=math.nan),
            _varied(DISPERSED, sigma=-0.9),
            _varied(DISPERSED, mu=math.inf),
        ),
        # single precision holds 3 exactly, but not its reciprocal
        {**PRIORS, "phi_shape": 3.0, "phi_rate": 3.0},
    ),
)
