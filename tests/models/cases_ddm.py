"""Small data sets for the drift diffusion models, and points where their log density is worth a look."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.models.cases import Case

# both boundaries in both conditions; the slowest and the fastest response are far apart
RESPONSES = {
    "rt": [0.41, 0.55, 0.62, 1.9, 0.71, 0.47, 0.52, 0.66, 0.83, 3.1, 0.58, 0.49],
    "choice": [1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1],
    "person": [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2],
    "condition": [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0],
}
FASTEST = np.array([0.41, 0.47, 0.49])
JUST_BEFORE = 1 - 1e-3
"""Nearer to the fastest response, the log density is so large that a double cannot hold it to 1e-6."""

POOLED: dict[str, Any] = {
    "alpha": 1.4,
    "tau": 0.3,
    "beta": 0.5,
    "delta": np.array([0.5, 1.5]),
}
HIERARCHICAL: dict[str, Any] = {
    "mu_alpha": 0.3,
    "sigma_alpha": 0.2,
    "alpha": np.array([1.2, 1.4, 1.7]),
    "mu_tau": -1.2,
    "sigma_tau": 0.2,
    "tau": np.array([0.25, 0.3, 0.35]),
    "beta": 0.5,
    "mu_delta": np.array([0.5, 1.5]),
    "sigma_delta": 0.5,
    "delta_raw": np.array([[-1.0, 0.5], [0.2, 1.1], [0.8, -0.7]]),
}

CASES = (
    Case(
        "ddm_pooled",
        RESPONSES,
        (
            POOLED,
            POOLED | {"tau": 1e-6},
            POOLED | {"tau": FASTEST.min() * JUST_BEFORE},
            POOLED | {"beta": 1e-3},
            POOLED | {"beta": 1 - 1e-3},
            # every scaled time late, then every one early
            POOLED | {"alpha": 0.2},
            POOLED | {"alpha": 15.0},
            POOLED | {"delta": np.array([-9.0, 9.0])},
            POOLED | {"delta": np.zeros(2)},
        ),
        (
            POOLED | {"alpha": -1.0},
            POOLED | {"tau": -0.1},
            POOLED | {"tau": 0.42},
            POOLED | {"beta": -0.1},
            POOLED | {"beta": 1.1},
            POOLED | {"delta": np.array([math.nan, 1.0])},
        ),
        {"alpha_log_mean": 0.2, "tau_log_scale": 0.8, "beta_shape": 2.0, "delta_scale": 3.0},
    ),
    Case(
        "ddm_hierarchical",
        RESPONSES,
        (
            HIERARCHICAL,
            HIERARCHICAL | {"tau": FASTEST * JUST_BEFORE},
            HIERARCHICAL | {"tau": np.full(3, 0.01)},
            HIERARCHICAL
            | {"sigma_alpha": 1e-3, "alpha": np.exp(0.3 + 1e-3 * np.array([-1, 0, 1]))},
            HIERARCHICAL | {"sigma_tau": 20.0, "sigma_delta": 1e-6},
            HIERARCHICAL | {"beta": 1e-3},
            HIERARCHICAL | {"alpha": np.array([0.2, 1.0, 15.0])},
        ),
        (
            HIERARCHICAL | {"sigma_alpha": -0.2},
            HIERARCHICAL | {"sigma_delta": -0.2},
            HIERARCHICAL | {"alpha": np.array([1.2, -1.4, 1.7])},
            # below every response of the others, above one of the person's own
            HIERARCHICAL | {"tau": np.array([0.42, 0.3, 0.35])},
            HIERARCHICAL | {"beta": 1.0 + 1e-9},
            HIERARCHICAL | {"mu_tau": math.nan},
        ),
        {"mu_alpha_scale": 0.8, "sigma_tau_log_mean": -1.5, "beta_shape": 8.0},
    ),
)
