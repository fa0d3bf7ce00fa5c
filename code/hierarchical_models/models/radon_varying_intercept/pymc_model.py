"""Linear regression, varying intercept, in PyMC."""

import pymc as pm


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    with pm.Model(coords=coords) as model:
        mu_alpha = pm.Normal(
            "mu_alpha", hyper["mu_alpha_mean"], hyper["mu_alpha_scale"]
        )
        sigma_alpha = pm.HalfNormal("sigma_alpha", hyper["sigma_alpha_scale"])
        alpha_raw = pm.Normal("alpha_raw", 0, 1, dims="group")
        alpha = pm.Deterministic(
            "alpha", mu_alpha + sigma_alpha * alpha_raw, dims="group"
        )
        beta = pm.Normal("beta", hyper["beta_mean"], hyper["beta_scale"])
        sigma_y = pm.HalfNormal("sigma_y", hyper["sigma_y_scale"])
        mean = alpha[data["group"]] + beta * data["x"]
        pm.Normal("y", mean, sigma_y, observed=data["y"], dims="observation")
    return model
