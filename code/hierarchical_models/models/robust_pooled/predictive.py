"""Predictions: the lines have no population."""

from hierarchical_models.predictive.linear import WITHOUT_POPULATION

PREDICTIVE = WITHOUT_POPULATION
