"""Predictions: new groups' lines come from one bivariate normal distribution."""

import numpy as np

from hierarchical_models.predictive.linear import (
    Lines,
    independent_lines,
    predict_lines,
)


def distribution(parameters, data):
    """Of the groups' intercepts and slopes; see `Lines`."""
    independent = independent_lines(parameters, ("alpha", "beta"))
    rho = parameters["rho"]
    zero, one = np.zeros_like(rho), np.ones_like(rho)
    cholesky = np.stack([[one, zero], [rho, np.sqrt(1 - rho**2)]])
    scale = independent.scale @ np.moveaxis(cholesky, -1, 0)
    return Lines(independent.mean, scale)


PREDICTIVE = predict_lines(distribution)
