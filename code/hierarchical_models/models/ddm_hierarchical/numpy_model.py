"""Choices and response times, drift diffusion by person, in NumPy."""

import numpy as np

from hierarchical_models import wiener
from hierarchical_models.generative import GenerativeModel, draw_half_normal


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    n_persons, n_conditions = data["n_persons"], data["n_conditions"]
    drawn = {"beta": random.beta(hyper["beta_shape"], hyper["beta_shape"])}
    for name in ("alpha", "tau"):
        mean = random.normal(
            hyper[f"mu_{name}_mean"], hyper[f"mu_{name}_scale"]
        )
        spread = random.lognormal(
            hyper[f"sigma_{name}_log_mean"], hyper[f"sigma_{name}_log_scale"]
        )
        drawn[f"mu_{name}"], drawn[f"sigma_{name}"] = mean, spread
        drawn[name] = random.lognormal(mean, spread, n_persons)
    mean = random.normal(
        hyper["mu_delta_mean"], hyper["mu_delta_scale"], n_conditions
    )
    spread = draw_half_normal(hyper["sigma_delta_scale"], random)
    raw = random.normal(size=(n_persons, n_conditions))
    return {
        **drawn,
        "mu_delta": mean,
        "sigma_delta": spread,
        "delta_raw": raw,
        "delta": mean + spread * raw,
    }


def draw_outcome(parameters, data, random):
    """Response times and choices; see `GenerativeModel`."""
    person = data["person"]
    response = wiener.draw(
        parameters["alpha"][person],
        parameters["tau"][person],
        parameters["beta"],
        parameters["delta"][person, data["condition"]],
        rng=random,
    )
    return {"rt": np.abs(response), "choice": (response > 0).astype(np.int64)}


def log_likelihood(parameters, data):
    """Of draws of persons' parameters; see `GenerativeModel`."""
    person = data["person"]
    response = np.where(data["choice"] == 1, data["rt"], -data["rt"])
    return wiener.log_density(
        response,
        parameters["alpha"][..., person],
        parameters["tau"][..., person],
        np.asarray(parameters["beta"])[..., None],
        parameters["delta"][..., person, data["condition"]],
    ).sum(axis=-1)


MODEL = GenerativeModel(
    draw_parameters=draw_parameters,
    draw_outcome=draw_outcome,
    log_likelihood=log_likelihood,
    design={
        "person": np.repeat([0, 1, 2], 12),
        "condition": np.tile(np.repeat([0, 1], 6), 3),
    },
    hyperparameters={},
)
