"""Predictions: new groups' intercepts come from a normal distribution."""

from hierarchical_models.predictive.linear import (
    independent_lines,
    predict_lines,
)


def distribution(parameters, data):
    """Of the groups' intercepts; see `Lines`."""
    return independent_lines(parameters, ("alpha",))


PREDICTIVE = predict_lines(distribution)
