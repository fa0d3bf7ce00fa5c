"""Choices and response times, drift diffusion for all persons, in PyMC."""

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pymc.distributions.transforms import Interval

from hierarchical_models import wiener


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    fastest = data["rt"].min()
    with pm.Model(coords=coords) as model:
        alpha = pm.LogNormal(
            "alpha", hyper["alpha_log_mean"], hyper["alpha_log_scale"]
        )
        # no one responds before tau has passed
        tau = pm.LogNormal(
            "tau",
            hyper["tau_log_mean"],
            hyper["tau_log_scale"],
            default_transform=Interval(0, fastest),
            initval=fastest / 2,
        )
        beta = pm.Beta("beta", hyper["beta_shape"], hyper["beta_shape"])
        delta = pm.Normal(
            "delta",
            hyper["delta_mean"],
            hyper["delta_scale"],
            dims="condition",
        )

        # both outcomes in one: response times, negative at the lower boundary
        response = pm.CustomDist(
            "response",
            alpha,
            tau,
            beta,
            delta[data["condition"]],
            logp=wiener.pytensor_log_density,
            random=wiener.draw,
            observed=np.where(data["choice"] == 1, data["rt"], -data["rt"]),
            dims="observation",
        )
        pm.Deterministic("rt", pt.abs(response), dims="observation")
        pm.Deterministic("choice", pt.gt(response, 0), dims="observation")
    return model
