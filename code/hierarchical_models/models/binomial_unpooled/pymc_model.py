"""Binomial outcomes, an unrelated probability for each group, in PyMC."""

import pymc as pm


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    with pm.Model(coords=coords) as model:
        theta = pm.Beta("theta", hyper["alpha"], hyper["beta"], dims="group")
        pm.Binomial(
            "y", n=data["n"], p=theta, observed=data["y"], dims="group"
        )
    return model
