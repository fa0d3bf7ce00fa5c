"""Student-t regression, one line for all groups, in PyMC."""

import pymc as pm

from hierarchical_models.models.tail_priors import degrees_of_freedom


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    with pm.Model(coords=coords) as model:
        alpha = pm.Normal("alpha", hyper["alpha_mean"], hyper["alpha_scale"])
        beta = pm.Normal("beta", hyper["beta_mean"], hyper["beta_scale"])
        sigma_y = pm.HalfNormal("sigma_y", hyper["sigma_y_scale"])
        nu = degrees_of_freedom("nu", hyper["nu_shape"], hyper["nu_rate"])
        mean = alpha + beta * data["x"]
        pm.StudentT(
            "y",
            nu=nu,
            mu=mean,
            sigma=sigma_y,
            observed=data["y"],
            dims="observation",
        )
    return model
