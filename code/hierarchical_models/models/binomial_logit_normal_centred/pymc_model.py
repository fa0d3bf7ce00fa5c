"""Binomial outcomes, log-odds from one normal distribution, centred, in PyMC."""

import pymc as pm


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    with pm.Model(coords=coords) as model:
        mu = pm.Normal("mu", hyper["mu_mean"], hyper["mu_scale"])
        sigma = pm.HalfNormal("sigma", hyper["sigma_scale"])
        eta = pm.Normal("eta", mu, sigma, dims="group")
        pm.Deterministic("theta", pm.math.invlogit(eta), dims="group")
        pm.Binomial(
            "y", n=data["n"], logit_p=eta, observed=data["y"], dims="group"
        )
    return model
