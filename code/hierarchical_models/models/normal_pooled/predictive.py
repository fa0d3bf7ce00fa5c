"""Predictions: the effects have no population."""

from hierarchical_models.predictive.normal import WITHOUT_POPULATION

PREDICTIVE = WITHOUT_POPULATION
