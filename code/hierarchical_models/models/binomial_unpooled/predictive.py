"""Predictions: the probabilities of success have no population."""

from hierarchical_models.predictive.binomial import WITHOUT_POPULATION

PREDICTIVE = WITHOUT_POPULATION
