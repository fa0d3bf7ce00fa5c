"""Estimates with known standard errors, one effect for all groups, in PyMC."""

import pymc as pm

from hierarchical_models.models.scale_priors import normal_or_flat


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    with pm.Model(coords=coords) as model:
        mu = normal_or_flat("mu", hyper["mu_mean"], hyper["mu_scale"])
        pm.Normal("y", mu, data["sigma"], observed=data["y"], dims="group")
    return model
