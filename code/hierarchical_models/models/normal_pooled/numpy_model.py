"""Known standard errors, one effect for all groups, in NumPy."""

import numpy as np
from scipy.stats import norm

from hierarchical_models.generative import (
    GenerativeModel,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    return {"mu": random.normal(hyper["mu_mean"], hyper["mu_scale"])}


def draw_outcome(parameters, data, random):
    """Estimates of the one effect; see `GenerativeModel`."""
    return {"y": random.normal(parameters["mu"], data["sigma"])}


def log_likelihood(parameters, data):
    """Of draws of the one effect; see `GenerativeModel`."""
    mu = np.asarray(parameters["mu"])[..., None]
    return norm.logpdf(data["y"], mu, data["sigma"]).sum(axis=-1)


MODEL = GenerativeModel(
    draw_parameters=draw_parameters,
    draw_outcome=draw_outcome,
    log_likelihood=log_likelihood,
    design={"sigma": [1.0, 3.0, 10.0]},
    hyperparameters={},
)
