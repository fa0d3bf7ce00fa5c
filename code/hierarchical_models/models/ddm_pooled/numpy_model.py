"""Choices and response times, one drift diffusion for all, in NumPy."""

import numpy as np

from hierarchical_models import wiener
from hierarchical_models.generative import GenerativeModel


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    return {
        "alpha": random.lognormal(
            hyper["alpha_log_mean"], hyper["alpha_log_scale"]
        ),
        "tau": random.lognormal(hyper["tau_log_mean"], hyper["tau_log_scale"]),
        "beta": random.beta(hyper["beta_shape"], hyper["beta_shape"]),
        "delta": random.normal(
            hyper["delta_mean"], hyper["delta_scale"], data["n_conditions"]
        ),
    }


def draw_outcome(parameters, data, random):
    """Response times and choices; see `GenerativeModel`."""
    response = wiener.draw(
        parameters["alpha"],
        parameters["tau"],
        parameters["beta"],
        parameters["delta"][data["condition"]],
        rng=random,
    )
    return {"rt": np.abs(response), "choice": (response > 0).astype(np.int64)}


def log_likelihood(parameters, data):
    """Of draws of the four parameters; see `GenerativeModel`."""
    alpha, tau, beta = (
        np.asarray(parameters[name])[..., None]
        for name in ("alpha", "tau", "beta")
    )
    delta = parameters["delta"][..., data["condition"]]
    response = np.where(data["choice"] == 1, data["rt"], -data["rt"])
    return wiener.log_density(response, alpha, tau, beta, delta).sum(axis=-1)


MODEL = GenerativeModel(
    draw_parameters=draw_parameters,
    draw_outcome=draw_outcome,
    log_likelihood=log_likelihood,
    design={"condition": np.repeat([0, 1], 8)},
    hyperparameters={},
)
