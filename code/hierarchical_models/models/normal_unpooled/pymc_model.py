"""Estimates with known standard errors, unrelated effects, in PyMC."""

import pymc as pm

from hierarchical_models.models.scale_priors import normal_or_flat


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    with pm.Model(coords=coords) as model:
        theta = normal_or_flat(
            "theta", hyper["theta_mean"], hyper["theta_scale"], dims="group"
        )
        pm.Normal("y", theta, data["sigma"], observed=data["y"], dims="group")
    return model
