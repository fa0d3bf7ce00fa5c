"""Choices and response times, drift diffusion by person, in PyMC."""

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pymc.distributions.transforms import Interval

from hierarchical_models import wiener


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    person, condition = data["person"], data["condition"]
    fastest = np.full(data["n_persons"], np.inf)
    np.minimum.at(fastest, person, data["rt"])
    with pm.Model(coords=coords) as model:
        mu_alpha = pm.Normal(
            "mu_alpha", hyper["mu_alpha_mean"], hyper["mu_alpha_scale"]
        )
        sigma_alpha = pm.LogNormal(
            "sigma_alpha",
            hyper["sigma_alpha_log_mean"],
            hyper["sigma_alpha_log_scale"],
        )
        alpha = pm.LogNormal("alpha", mu_alpha, sigma_alpha, dims="person")

        mu_tau = pm.Normal(
            "mu_tau", hyper["mu_tau_mean"], hyper["mu_tau_scale"]
        )
        sigma_tau = pm.LogNormal(
            "sigma_tau",
            hyper["sigma_tau_log_mean"],
            hyper["sigma_tau_log_scale"],
        )
        # no one responds before tau has passed
        tau = pm.LogNormal(
            "tau",
            mu_tau,
            sigma_tau,
            default_transform=Interval(
                bounds_fn=lambda *_: (0.0, pt.constant(fastest))
            ),
            initval=fastest / 2,
            dims="person",
        )

        beta = pm.Beta("beta", hyper["beta_shape"], hyper["beta_shape"])

        mu_delta = pm.Normal(
            "mu_delta",
            hyper["mu_delta_mean"],
            hyper["mu_delta_scale"],
            dims="condition",
        )
        sigma_delta = pm.HalfNormal("sigma_delta", hyper["sigma_delta_scale"])
        delta_raw = pm.Normal("delta_raw", 0, 1, dims=("person", "condition"))
        delta = pm.Deterministic(
            "delta",
            mu_delta + sigma_delta * delta_raw,
            dims=("person", "condition"),
        )

        # both outcomes in one: response times, negative at the lower boundary
        response = pm.CustomDist(
            "response",
            alpha[person],
            tau[person],
            beta,
            delta[person, condition],
            logp=wiener.pytensor_log_density,
            random=wiener.draw,
            observed=np.where(data["choice"] == 1, data["rt"], -data["rt"]),
            dims="observation",
        )
        pm.Deterministic("rt", pt.abs(response), dims="observation")
        pm.Deterministic("choice", pt.gt(response, 0), dims="observation")
    return model
