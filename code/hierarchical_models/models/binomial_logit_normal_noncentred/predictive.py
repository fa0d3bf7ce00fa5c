"""Predictions: new groups' log-odds come from Normal(mu, sigma)."""

from hierarchical_models.predictive.binomial import LOGIT_NORMAL_GROUPS

PREDICTIVE = LOGIT_NORMAL_GROUPS
