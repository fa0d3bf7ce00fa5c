"""Predictions: one drift diffusion for all, with a drift in each condition."""

from hierarchical_models.predictive.declaration import Predictive
from hierarchical_models.predictive.outcomes import WienerOutcome


def outcome(parameters, data):
    """Response times and choices; see `Predictive`."""
    return WienerOutcome(
        *(parameters[name][:, None] for name in ("alpha", "tau", "beta")),
        delta=parameters["delta"][:, data["condition"]],
    )


PREDICTIVE = Predictive(outcome=outcome, by_group=("delta",))
