"""Varying intercept centred and slope non-centred, in PyMC."""

import pymc as pm


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    group = data["group"]
    with pm.Model(coords=coords) as model:
        mu_alpha = pm.Normal(
            "mu_alpha", hyper["mu_alpha_mean"], hyper["mu_alpha_scale"]
        )
        sigma_alpha = pm.HalfNormal("sigma_alpha", hyper["sigma_alpha_scale"])
        alpha = pm.Normal("alpha", mu_alpha, sigma_alpha, dims="group")
        mu_beta = pm.Normal(
            "mu_beta", hyper["mu_beta_mean"], hyper["mu_beta_scale"]
        )
        sigma_beta = pm.HalfNormal("sigma_beta", hyper["sigma_beta_scale"])
        beta_raw = pm.Normal("beta_raw", 0, 1, dims="group")
        beta = pm.Deterministic(
            "beta", mu_beta + sigma_beta * beta_raw, dims="group"
        )
        sigma_y = pm.HalfNormal("sigma_y", hyper["sigma_y_scale"])
        mean = alpha[group] + beta[group] * data["x"]
        pm.Normal("y", mean, sigma_y, observed=data["y"], dims="observation")
    return model
