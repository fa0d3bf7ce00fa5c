"""Distributions of outcomes, in the form of `declaration.Outcome`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hierarchical_models import wiener


@dataclass(frozen=True, eq=False)
class ScipyOutcome:
    """One outcome with a distribution of SciPy.

    Parameters
    ----------
    distribution : frozen distribution of scipy.stats
        Its arguments broadcast to shape (n_draws, n_rows).
    shape : tuple of int
        That shape.
    name : str
        The outcome's field.
    """

    distribution: Any
    shape: tuple[int, ...]
    name: str = "y"

    def mean(self) -> np.ndarray:
        """Expected outcomes; see `Outcome`."""
        return np.broadcast_to(self.distribution.mean(), self.shape)

    def draw(self, random: np.random.Generator) -> dict[str, np.ndarray]:
        """Outcomes; see `Outcome`."""
        return {self.name: np.asarray(self.distribution.rvs(self.shape, random_state=random))}

    def log_density(self, data: Mapping[str, Any]) -> np.ndarray:
        """Log density or mass; see `Outcome`."""
        # only continuous distributions have a density
        is_continuous = hasattr(self.distribution.dist, "logpdf")
        found = self.distribution.logpdf if is_continuous else self.distribution.logpmf
        return np.broadcast_to(found(data[self.name]), self.shape)


@dataclass(frozen=True, eq=False)
class WienerOutcome:
    """Response times and choices of a drift diffusion.

    Parameters
    ----------
    alpha, tau, beta, delta : ndarray of float
        As for `wiener.log_density`, broadcasting to shape (n_draws, n_rows).
    """

    alpha: np.ndarray
    tau: np.ndarray
    beta: np.ndarray
    delta: np.ndarray

    def mean(self) -> np.ndarray:
        """No number: pairs of a time and a choice have no mean."""
        shapes = (np.shape(values) for values in (self.alpha, self.tau, self.beta, self.delta))
        return np.full(np.broadcast_shapes(*shapes), np.nan)

    def draw(self, random: np.random.Generator) -> dict[str, np.ndarray]:
        """Response times and choices; see `Outcome`."""
        response = wiener.draw(self.alpha, self.tau, self.beta, self.delta, rng=random)
        return {"rt": np.abs(response), "choice": (response > 0).astype(np.int64)}

    def log_density(self, data: Mapping[str, Any]) -> np.ndarray:
        """Log density of time and choice together; see `Outcome`."""
        response = np.where(data["choice"] == 1, data["rt"], -data["rt"])
        return np.asarray(wiener.log_density(response, self.alpha, self.tau, self.beta, self.delta))
