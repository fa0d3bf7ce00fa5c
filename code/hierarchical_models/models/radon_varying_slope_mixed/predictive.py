"""Predictions: new groups' lines come from two normal distributions."""

from hierarchical_models.predictive.linear import (
    independent_lines,
    predict_lines,
)


def distribution(parameters, data):
    """Of the groups' intercepts and slopes; see `Lines`."""
    return independent_lines(parameters, ("alpha", "beta"))


PREDICTIVE = predict_lines(distribution)
