"""Negative binomial counts, log rates from one normal distribution, in NumPy."""

import numpy as np
from scipy.stats import nbinom

from hierarchical_models.generative import (
    GenerativeModel,
    draw_half_normal,
)


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    mu = random.normal(hyper["mu_mean"], hyper["mu_scale"])
    sigma = draw_half_normal(hyper["sigma_scale"], random)
    eta = random.normal(mu, sigma, data["n_groups"])
    return {
        "mu": mu,
        "sigma": sigma,
        "eta": eta,
        "rate": np.exp(eta),
        "phi": random.gamma(hyper["phi_shape"]) / hyper["phi_rate"],
    }


def draw_outcome(parameters, data, random):
    """Poisson counts at Gamma-distributed rates; see `GenerativeModel`."""
    phi = parameters["phi"]
    rate = parameters["rate"][data["group"]]
    factor = random.gamma(phi, size=rate.shape) / phi
    return {"y": random.poisson(data["exposure"] * rate * factor)}


def log_likelihood(parameters, data):
    """Of draws of rates and phi; see `GenerativeModel`."""
    phi = np.asarray(parameters["phi"])[..., None]
    mean = data["exposure"] * parameters["rate"][..., data["group"]]
    return nbinom.logpmf(data["y"], phi, phi / (phi + mean)).sum(axis=-1)


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
