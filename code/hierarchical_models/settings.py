"""How a fit is sampled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BACKENDS = ("pymc", "stan")
SAMPLERS = {"pymc": ("nutpie", "pymc"), "stan": ("cmdstan",)}


@dataclass(frozen=True)
class SamplerSettings:
    """Settings of the No-U-Turn sampler, the same for every backend.

    Parameters
    ----------
    sampler : str
        ``"nutpie"`` or ``"pymc"`` for PyMC models, ``"cmdstan"`` for Stan.
    seed : int
        Seed of all random numbers of the fit, 0 to 2**31 - 2.
    chains, draws, tune : int
        Number of chains, and of kept and of warm-up draws in each.
    target_accept : float
        Acceptance rate that the step size is tuned to, between 0 and 1. Hierarchical models have
        narrow corners, so the default asks for smaller steps than the samplers' own 0.8.
    max_treedepth : int
        Largest depth of a trajectory's tree.
    """

    sampler: str
    seed: int
    chains: int = 4
    draws: int = 1000
    tune: int = 1000
    target_accept: float = 0.95
    max_treedepth: int = 10

    def __post_init__(self) -> None:
        limits = {
            "seed": (0, 2**31 - 2),
            "chains": (1, 64),
            "draws": (4, 1_000_000),
            "tune": (1, 1_000_000),
            "max_treedepth": (1, 20),
        }
        for name, (lower, upper) in limits.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not lower <= value <= upper:
                raise ValueError(
                    f"{name}: found {value!r}, allowed whole numbers from {lower} to {upper}"
                )
        if not 0 < self.target_accept < 1:
            raise ValueError(
                f"target_accept: found {self.target_accept!r}, allowed numbers between 0 and 1; "
                "0.8 to 0.99 are usual"
            )


@dataclass(frozen=True)
class StudySettings:
    """What a study depends on beside the model and its data.

    Parameters
    ----------
    fit_hyperparameters : mapping of str to float or str
        Every hyperparameter of the fits.
    n_simulations, n_draws : int
        Data sets, and draws of each.
    seed : int
        Of the study.
    """

    fit_hyperparameters: Mapping[str, Any]
    n_simulations: int
    n_draws: int
    seed: int
