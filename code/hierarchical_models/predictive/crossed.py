"""How the models of two crossed factors predict."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit

from hierarchical_models.predictive.binomial import log_marginal_of_logit, successes
from hierarchical_models.predictive.declaration import Population, Predictive, Values
from hierarchical_models.predictive.outcomes import ScipyOutcome

Factor = tuple[str, str, str]
"""A factor's dimension, its parameter and its field."""
A: Factor = ("a_level", "a", "factor_a")
B: Factor = ("b_level", "b", "factor_b")


def _log_odds(parameters: Values, data: Values) -> np.ndarray:
    """Of each cell, shape (n_draws, n_cells)."""
    total = parameters["intercept"][:, None]
    for _, name, field in (A, B):
        total = total + parameters[name][:, data[field]]
    if "ab" in parameters:
        total = total + parameters["ab"][:, data["factor_a"], data["factor_b"]]
    return np.asarray(total)


def _expected(parameters: Values, data: Values) -> dict[str, np.ndarray]:
    return {"theta": expit(_log_odds(parameters, data))}


def _outcome(parameters: Values, data: Values) -> ScipyOutcome:
    return successes(parameters["theta"], data["n"])


def _draw_levels(name: str) -> Callable[..., dict[str, np.ndarray]]:
    def draw(
        parameters: Values, data: Values, n_new: int, random: np.random.Generator
    ) -> dict[str, np.ndarray]:
        spread = parameters[f"sigma_{name}"][:, None]
        drawn = {name: spread * random.normal(size=(len(spread), n_new))}
        if "ab" in parameters:
            n_a, n_b = (parameters[other].shape[1] for other in ("a", "b"))
            shape = (n_new, n_b) if name == "a" else (n_a, n_new)
            deviation = random.normal(size=(len(spread), *shape))
            drawn["ab"] = parameters["sigma_ab"][:, None, None] * deviation
        return drawn

    return draw


def _log_marginal_of_level(factor: Factor) -> Callable[[Values, Values], np.ndarray]:
    _, other, field = B if factor == A else A

    def log_marginal(parameters: Values, data: Values) -> np.ndarray:
        log_odds = parameters["intercept"][:, None] + parameters[other][:, data[field]]
        sd = parameters[f"sigma_{factor[1]}"]
        return log_marginal_of_logit(data["y"], data["n"], log_odds, np.zeros_like(sd), sd)

    return log_marginal


CROSSED = Predictive(
    outcome=_outcome,
    by_group=("a", "b"),
    populations={
        factor[0]: Population(_draw_levels(factor[1]), _log_marginal_of_level(factor))
        for factor in (A, B)
    },
    expected=_expected,
)
"""For effects of levels from Normal(0, sigma_a) and Normal(0, sigma_b)."""

CROSSED_WITH_INTERACTION = Predictive(
    outcome=_outcome,
    by_group=("a", "b", "ab"),
    # a level goes with an effect for each pair that it is in: too many for an integral
    populations={factor[0]: Population(_draw_levels(factor[1])) for factor in (A, B)},
    expected=_expected,
)
"""For the same, and effects of pairs of levels from Normal(0, sigma_ab)."""
