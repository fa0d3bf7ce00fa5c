"""Predictions: new groups' probabilities come from Beta(alpha, beta)."""

from hierarchical_models.predictive.binomial import BETA_GROUPS

PREDICTIVE = BETA_GROUPS
