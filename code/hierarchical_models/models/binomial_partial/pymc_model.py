"""Binomial outcomes, probabilities from one learned Beta distribution, in PyMC."""

import pymc as pm


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    with pm.Model(coords=coords) as model:
        alpha = pm.Gamma(
            "alpha", alpha=hyper["alpha_shape"], beta=hyper["alpha_rate"]
        )
        beta = pm.Gamma(
            "beta", alpha=hyper["beta_shape"], beta=hyper["beta_rate"]
        )
        theta = pm.Beta("theta", alpha, beta, dims="group")
        pm.Binomial(
            "y", n=data["n"], p=theta, observed=data["y"], dims="group"
        )
        pm.Deterministic("phi", alpha / (alpha + beta))
        pm.Deterministic("kappa", alpha + beta)
    return model
