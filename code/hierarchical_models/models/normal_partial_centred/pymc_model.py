"""Known standard errors, effects from one normal distribution, centred, in PyMC."""

import pymc as pm

from hierarchical_models.models.scale_priors import (
    normal_or_flat,
    spread_prior,
)


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    with pm.Model(coords=coords) as model:
        mu = normal_or_flat("mu", hyper["mu_mean"], hyper["mu_scale"])
        tau = spread_prior(
            "tau",
            hyper["tau_prior"],
            hyper["tau_scale"],
            hyper["tau_ig_shape"],
            hyper["tau_ig_scale"],
        )
        theta = pm.Normal("theta", mu, tau, dims="group")
        pm.Normal("y", theta, data["sigma"], observed=data["y"], dims="group")
    return model
