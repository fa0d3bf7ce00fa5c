"""Poisson counts, log rates from one normal distribution, in PyMC."""

import pymc as pm

from hierarchical_models.models.log_rates import log_rates, observe_counts


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    with pm.Model(coords=coords) as model:
        mu = pm.Normal("mu", hyper["mu_mean"], hyper["mu_scale"])
        sigma = pm.HalfNormal("sigma", hyper["sigma_scale"])
        # eta ~ Normal(mu, sigma), sampled as standardised deviations
        eta = log_rates("eta_raw", mu, sigma, data, dims="group")
        pm.Deterministic("eta", eta, dims="group")
        rate = pm.Deterministic("rate", pm.math.exp(eta), dims="group")
        # y ~ Poisson(mean)
        observe_counts(data["exposure"] * rate[data["group"]], data)
    return model
