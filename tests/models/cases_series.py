"""A small data set for the time series model, and points where its log density is worth a look."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.models.cases import Case

# three regions, the third alone in its state; three seasons, one region without the last of them
SERIES = {
    "y": [11.0, 14.5, 9.0, 12.5, 15.0, 10.0, 19.0, 23.5, 18.5, 18.0, 24.0, 31.0, 33.5, 29.0, 30.0],
    "time": [
        *(2020.0, 2020.3, 2020.7, 2021.0, 2021.3, 2021.7),
        *(2020.0, 2020.3, 2020.7, 2021.0, 2021.3),
        *(2020.0, 2020.3, 2021.0, 2021.3),
    ],
    "season": [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 0, 1, 0, 1],
    "region": [0] * 6 + [1] * 5 + [2] * 4,
    "state": [0, 0, 1],
}
POINT: dict[str, Any] = {
    "mu_level": np.array([15.0, 30.0]),
    "sigma_level": 5.0,
    "level": np.array([12.0, 20.0, 31.0]),
    "mu_slope": np.array([0.5, -1.0]),
    "sigma_slope": 0.4,
    "slope_raw": np.array([-1.0, 0.3, 1.2]),
    "mu_seasonal_raw": np.array([-0.5, 0.2]),
    "sigma_seasonal": 0.8,
    "seasonal_raw": np.array([[0.5, -1.0], [1.5, 0.1], [-0.3, 0.4]]),
    "sigma_y": 1.2,
}

CASES = (
    Case(
        "series_trend_season",
        SERIES,
        (
            POINT,
            POINT | {"sigma_slope": 1e-6},
            POINT | {"sigma_seasonal": 1e-6},
            POINT | {"sigma_y": 0.01},
            POINT | {"sigma_y": 500.0, "sigma_level": 500.0},
            POINT | {"level": np.array([15.0, 15.001, 30.0]), "sigma_level": 0.001},
            POINT | {"mu_slope": np.array([-40.0, 40.0])},
        ),
        (
            POINT | {"sigma_level": -1.0},
            POINT | {"sigma_slope": -1.0},
            POINT | {"sigma_seasonal": -1e-9},
            POINT | {"sigma_y": -1.0},
            POINT | {"level": np.array([12.0, math.nan, 31.0])},
        ),
        {
            "mu_level_mean": 10.0,
            # a rate of 3 / 4, whose reciprocal single precision would round
            "sigma_level_mean": 4.0,
            "mu_slope_scale": 3.0,
            "sigma_slope_mean": 0.8,
            "spread_shape": 3.0,
            "sigma_y_scale": 2.0,
        },
    ),
)
