"""What a backend hands back: arrays by name, before they become InferenceData."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class RawDraws:
    """Draws of one fit.

    Parameters
    ----------
    posterior : mapping of str to ndarray, shape (chains, draws, ...)
        Every parameter of the specification.
    sample_stats : mapping of str to ndarray, shape (chains, draws)
        By ArviZ's names: lp, diverging, energy, tree_depth, n_steps, step_size, acceptance_rate,
        reached_max_treedepth.
    log_likelihood : ndarray, shape (chains, draws, ...)
        Of the outcome, jointly with any further ones.
    posterior_predictive : mapping of str to ndarray, shape (chains, draws, ...)
        Every outcome.
    prior : mapping of str to ndarray, shape (1, prior draws, ...)
        Empty where a prior is improper and cannot be drawn from.
    prior_predictive : mapping of str to ndarray, shape (1, prior draws, ...)
        Every outcome, likewise.
    attrs : mapping of str to str or float
        Versions and times.
    """

    posterior: Arrays
    sample_stats: Arrays
    log_likelihood: np.ndarray
    posterior_predictive: Arrays
    prior: Arrays
    prior_predictive: Arrays
    attrs: Mapping[str, str | float] = field(default_factory=dict)
