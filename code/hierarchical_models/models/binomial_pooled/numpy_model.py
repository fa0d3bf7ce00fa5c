"""Binomial outcomes, one probability for all groups, in NumPy."""

import numpy as np
from scipy.stats import binom

from hierarchical_models.generative import (
    GenerativeModel,
    draw_binomial,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    return {"theta": random.beta(hyper["alpha"], hyper["beta"])}


def log_likelihood(parameters, data):
    """Of draws of the one probability; see `GenerativeModel`."""
    theta = np.asarray(parameters["theta"])[..., None]
    return binom.logpmf(data["y"], data["n"], theta).sum(axis=-1)


MODEL = GenerativeModel(
    draw_parameters=draw_parameters,
    draw_outcome=draw_binomial,
    log_likelihood=log_likelihood,
    design={"n": [5, 10, 20]},
    hyperparameters={},
)
