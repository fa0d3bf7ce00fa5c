"""Predictions: new groups' log rates come from Normal(mu, sigma)."""

from hierarchical_models.predictive.counts import LOG_RATE_GROUPS

PREDICTIVE = LOG_RATE_GROUPS
