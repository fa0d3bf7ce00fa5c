"""Linear regression, unrelated intercepts and slopes, in PyMC."""

import pymc as pm


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    group = data["group"]
    with pm.Model(coords=coords) as model:
        alpha = pm.Normal(
            "alpha", hyper["alpha_mean"], hyper["alpha_scale"], dims="group"
        )
        beta = pm.Normal(
            "beta", hyper["beta_mean"], hyper["beta_scale"], dims="group"
        )
        sigma_y = pm.HalfNormal("sigma_y", hyper["sigma_y_scale"])
        mean = alpha[group] + beta[group] * data["x"]
        pm.Normal("y", mean, sigma_y, observed=data["y"], dims="observation")
    return model
