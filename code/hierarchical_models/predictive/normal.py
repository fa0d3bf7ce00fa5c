"""How the models of estimates with known standard errors predict."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from hierarchical_models.predictive.declaration import Population, Predictive, Values
from hierarchical_models.predictive.outcomes import ScipyOutcome


def _estimates(parameters: Values, data: Values) -> ScipyOutcome:
    # without effects of groups there is one mean of all
    effect = parameters["theta"][:, data["group"]] if "theta" in parameters else None
    centre = parameters["mu"][:, None] if effect is None else effect
    return ScipyOutcome(norm(centre, data["sigma"]), (len(centre), len(data["sigma"])))


def _draw(
    parameters: Values, data: Values, n_new: int, random: np.random.Generator
) -> dict[str, np.ndarray]:
    deviation = random.normal(size=(len(parameters["mu"]), n_new))
    return {"theta": parameters["mu"][:, None] + parameters["tau"][:, None] * deviation}


def _log_marginal(parameters: Values, data: Values) -> np.ndarray:
    spread = np.hypot(parameters["tau"][:, None], data["sigma"])
    return np.asarray(norm.logpdf(data["y"], parameters["mu"][:, None], spread).sum(axis=1))


WITHOUT_POPULATION = Predictive(outcome=_estimates, by_group=("theta",))
"""For one effect of all groups, and for effects that have nothing in common."""

NORMAL_GROUPS = Predictive(
    outcome=_estimates,
    by_group=("theta",),
    populations={"group": Population(_draw, _log_marginal)},
)
"""For effects from Normal(mu, tau)."""
