"""Predictions: new groups' intercepts lie around a line in their predictor."""

from hierarchical_models.predictive.linear import (
    Lines,
    by_draw,
    independent_lines,
    predict_lines,
)


def distribution(parameters, data):
    """Of the intercepts of groups with predictor ``u``; see `Lines`."""
    scale = independent_lines(parameters, ("alpha",)).scale
    slope = by_draw(parameters["gamma"])
    mean = by_draw(parameters["mu_alpha"]) + slope * data["u"]
    return Lines({"alpha": mean}, scale)


PREDICTIVE = predict_lines(distribution)
