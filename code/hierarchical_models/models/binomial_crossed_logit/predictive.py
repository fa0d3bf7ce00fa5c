"""Predictions: new levels of either factor have normal effects."""

from hierarchical_models.predictive.crossed import CROSSED

PREDICTIVE = CROSSED
