"""Poisson counts, log rates from one normal distribution, in NumPy."""

import numpy as np
from scipy.stats import poisson

from hierarchical_models.generative import (
    GenerativeModel,
    draw_half_normal,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    mu = random.normal(hyper["mu_mean"], hyper["mu_scale"])
    sigma = draw_half_normal(hyper["sigma_scale"], random)
    eta = random.normal(mu, sigma, data["n_groups"])
    return {"mu": mu, "sigma": sigma, "eta": eta, "rate": np.exp(eta)}


def draw_outcome(parameters, data, random):
    """Counts at the groups' rates; see `GenerativeModel`."""
    mean = data["exposure"] * parameters["rate"][data["group"]]
    return {"y": random.poisson(mean)}


def log_likelihood(parameters, data):
    """Of draws of the rates; see `GenerativeModel`."""
    mean = data["exposure"] * parameters["rate"][..., data["group"]]
    return poisson.logpmf(data["y"], mean).sum(axis=-1)


MODEL = GenerativeModel(
    draw_parameters=draw_parameters,
    draw_outcome=draw_outcome,
    log_likelihood=log_likelihood,
    design={
        "exposure": [1.0, 1.0, 2.0, 0.5, 3.0, 1.0],
        "group": [0, 0, 1, 1, 2, 2],
    },
    hyperparameters={},
)
