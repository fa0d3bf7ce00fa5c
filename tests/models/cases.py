"""One small data set for each model, and points where its log density is worth a look.

The models with group-level data alone are here; each further family has a module ``cases_*.py`` with
its own ``CASES``, which `all_cases` collects.
"""

from __future__ import annotations

import math
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

EIGHT_SCHOOLS = {
    "y": [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0],
    "sigma": [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0],
}
# four groups, one without success, one without failure: the edges of the data
TRIALS = {"y": [0, 3, 7, 12], "n": [5, 11, 9, 12]}


@dataclass(frozen=True)
class Case:
    """A model with data, hyperparameters and points.

    `inside` lie in the support, some close to its edge; `outside` are refused.
    """

    model: str
    data: Mapping[str, Any]
    inside: tuple[Mapping[str, Any], ...]
    outside: tuple[Mapping[str, Any], ...]
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_improper(self) -> bool:
        """Whether a prior is flat, so that nothing can be drawn from it."""
        return self.model == "binomial_bda3" or bool(
            {"flat", math.inf} & {*self.hyperparameters.values()}
        )

    def __str__(self) -> str:
        chosen = ",".join(f"{name}={value}" for name, value in self.hyperparameters.items())
        return f"{self.model}({chosen})"


def _varied(base: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {**base, **changes}


THETA = {"theta": np.array([0.1, 0.4, 0.6, 0.9])}
SHAPES = {"alpha": 2.0, "beta": 3.0, **THETA}
CENTRED = {"mu": 3.0, "tau": 4.0, "theta": np.linspace(-5, 12, 8)}
NONCENTRED = {"mu": 3.0, "tau": 4.0, "theta_raw": np.linspace(-2, 2, 8)}


def _at_spread(base: Mapping[str, Any], tau: float) -> dict[str, Any]:
    """The same deviations from mu, in units of tau, at another tau.

    Points that no draw could be near have log densities so large that a double cannot hold them
    to 1e-6.
    """
    if "theta_raw" in base:
        return _varied(base, tau=tau)
    deviations = (base["theta"] - base["mu"]) / base["tau"]
    return _varied(base, tau=tau, theta=base["mu"] + tau * deviations)


def _spread_cases(model: str, base: Mapping[str, Any]) -> list[Case]:
    """Each family of the prior of tau, at points from almost no spread to a very large one."""
    outside = (_varied(base, tau=-1.0), _varied(base, tau=math.nan))
    choices: list[dict[str, Any]] = [
        {},
        {"mu_mean": 2.0, "mu_scale": 10.0, "tau_prior": "half_normal", "tau_scale": 2.5},
        {"tau_prior": "exponential", "tau_scale": 3.0},
        {"tau_prior": "inverse_gamma", "tau_ig_shape": 1.5, "tau_ig_scale": 2.0},
        {"tau_prior": "flat", "mu_scale": math.inf},
    ]
    cases = []
    for chosen in choices:
        # the inverse gamma has a wall at 0 that grows with the inverse square of tau
        smallest = 1e-2 if chosen.get("tau_prior") == "inverse_gamma" else 1e-6
        inside = (
            base,
            *(_at_spread(base, tau) for tau in (smallest, 0.1, 250.0)),
            _varied(base, mu=-80.0),
        )
        cases.append(Case(model, EIGHT_SCHOOLS, inside, outside, chosen))
    return cases


CASES: tuple[Case, ...] = (
    Case(
        "binomial_pooled",
        TRIALS,
        tuple({"theta": value} for value in (1e-6, 0.01, 0.3, 0.99, 1 - 1e-6)),
        ({"theta": -0.1}, {"theta": 1.1}, {"theta": math.nan}),
        {"alpha": 1.5, "beta": 4.0},
    ),
    Case(
        "binomial_unpooled",
        TRIALS,
        (THETA, {"theta": np.array([1e-6, 0.5, 0.5, 1 - 1e-6])}),
        ({"theta": np.array([0.1, -0.4, 0.6, 0.9])}, {"theta": np.array([0.1, 0.4, 1.6, 0.9])}),
    ),
    Case(
        "binomial_partial",
        TRIALS,
        (
            SHAPES,
            _varied(SHAPES, alpha=1e-6),
            _varied(SHAPES, alpha=1e-3, beta=1e-3),
            _varied(SHAPES, alpha=500.0, beta=900.0),
            _varied(SHAPES, theta=np.array([1e-6, 0.5, 0.5, 1 - 1e-6])),
        ),
        (
            _varied(SHAPES, alpha=-2.0),
            _varied(SHAPES, beta=-1e-9),
            _varied(SHAPES, theta=np.array([0.1, 0.4, 0.6, 1.2])),
            _varied(SHAPES, beta=math.nan),
        ),
        # single precision holds 3 exactly, but not its reciprocal
        {"alpha_shape": 1.2, "alpha_rate": 3.0, "beta_shape": 3.0, "beta_rate": 0.5},
    ),
    Case(
        "normal_pooled",
        EIGHT_SCHOOLS,
        ({"mu": 0.0}, {"mu": 8.0}, {"mu": -300.0}),
        ({"mu": math.inf}, {"mu": math.nan}),
        {"mu_mean": 1.0, "mu_scale": 7.0},
    ),
    Case(
        "normal_pooled",
        EIGHT_SCHOOLS,
        ({"mu": 0.0}, {"mu": 8.0}, {"mu": 1e5}),
        ({"mu": math.nan},),
        {"mu_scale": math.inf},
    ),
    Case(
        "normal_unpooled",
        EIGHT_SCHOOLS,
        ({"theta": np.zeros(8)}, {"theta": np.linspace(-40, 60, 8)}),
        ({"theta": np.array([0, 0, 0, math.nan, 0, 0, 0, 0])},),
    ),
    Case(
        "normal_unpooled",
        EIGHT_SCHOOLS,
        ({"theta": np.zeros(8)}, {"theta": np.linspace(-40, 60, 8)}),
        ({"theta": np.array([0, 0, 0, math.inf, 0, 0, 0, 0])},),
        {"theta_scale": math.inf},
    ),
    *_spread_cases("normal_partial_centred", CENTRED),
    *_spread_cases("normal_partial_noncentred", NONCENTRED),
)


def all_cases() -> tuple[Case, ...]:
    """The cases of every family."""
    modules = sorted(
        found.name
        for found in pkgutil.iter_modules([str(Path(__file__).parent)])
        if found.name.startswith("cases_")
    )
    further = [case for name in modules for case in import_module(f"tests.models.{name}").CASES]
    return (*CASES, *further)
