"""Predictions: new levels, and new pairs of levels, have normal effects."""

from hierarchical_models.predictive.crossed import CROSSED_WITH_INTERACTION

PREDICTIVE = CROSSED_WITH_INTERACTION
