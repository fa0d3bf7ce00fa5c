"""Predictions: new persons' parameters come from their population.

No integral over all of a person's parameters is both quick and accurate, so
that persons can be predicted but not left out.
"""

import numpy as np

from hierarchical_models.predictive.declaration import Population, Predictive
from hierarchical_models.predictive.outcomes import WienerOutcome


def draw(parameters, data, n_new, random):
    """Parameters of new persons, in every condition; see `Population`."""
    mean = parameters["mu_delta"][:, None, :]
    n_draws, _, n_conditions = mean.shape
    spread = parameters["sigma_delta"][:, None, None]
    deviation = random.normal(size=(n_draws, n_new, n_conditions))
    drawn = {"delta": mean + spread * deviation}
    for name in ("alpha", "tau"):
        centre, sd = (parameters[f"{of}_{name}"] for of in ("mu", "sigma"))
        deviation = random.normal(size=(n_draws, n_new))
        drawn[name] = np.exp(centre[:, None] + sd[:, None] * deviation)
    return drawn


def outcome(parameters, data):
    """Response times and choices; see `Predictive`."""
    person = data["person"]
    return WienerOutcome(
        parameters["alpha"][:, person],
        parameters["tau"][:, person],
        parameters["beta"][:, None],
        parameters["delta"][:, person, data["condition"]],
    )


PREDICTIVE = Predictive(
    outcome=outcome,
    by_group=("alpha", "tau", "delta"),
    populations={"person": Population(draw)},
)
