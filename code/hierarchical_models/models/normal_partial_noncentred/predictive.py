"""Predictions: new groups' effects come from Normal(mu, tau)."""

from hierarchical_models.predictive.normal import NORMAL_GROUPS

PREDICTIVE = NORMAL_GROUPS
