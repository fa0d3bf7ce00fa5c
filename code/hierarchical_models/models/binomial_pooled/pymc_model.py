"""Binomial outcomes, one probability for all groups, in PyMC."""

import pymc as pm


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    with pm.Model(coords=coords) as model:
        theta = pm.Beta("theta", hyper["alpha"], hyper["beta"])
        pm.Binomial(
            "y", n=data["n"], p=theta, observed=data["y"], dims="group"
        )
    return model
