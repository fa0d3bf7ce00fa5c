"""Linear regression, varying intercept and slope, correlated, in PyMC."""

import pymc as pm
import pytensor.tensor as pt
from pymc.distributions.transforms import Interval


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    group = data["group"]
    with pm.Model(coords=coords) as model:
        mu_alpha = pm.Normal(
            "mu_alpha", hyper["mu_alpha_mean"], hyper["mu_alpha_scale"]
        )
        sigma_alpha = pm.HalfNormal("sigma_alpha", hyper["sigma_alpha_scale"])
        mu_beta = pm.Normal(
            "mu_beta", hyper["mu_beta_mean"], hyper["mu_beta_scale"]
        )
        sigma_beta = pm.HalfNormal("sigma_beta", hyper["sigma_beta_scale"])
        rho = pm.CustomDist(
            "rho",
            hyper["eta"],
            dist=lkj_correlation,
            transform=Interval(-1, 1),
        )
        alpha_raw = pm.Normal("alpha_raw", 0, 1, dims="group")
        beta_raw = pm.Normal("beta_raw", 0, 1, dims="group")
        alpha = pm.Deterministic(
            "alpha", mu_alpha + sigma_alpha * alpha_raw, dims="group"
        )
        # the second row of the correlation matrix's Cholesky factor at work
        deviation = rho * alpha_raw + pt.sqrt(1 - rho**2) * beta_raw
        beta = pm.Deterministic(
            "beta", mu_beta + sigma_beta * deviation, dims="group"
        )
        sigma_y = pm.HalfNormal("sigma_y", hyper["sigma_y_scale"])
        mean = alpha[group] + beta[group] * data["x"]
        pm.Normal("y", mean, sigma_y, observed=data["y"], dims="observation")
    return model


def lkj_correlation(eta, size):
    """The correlation of two effects under LKJ(eta): a Beta on -1 to 1."""
    return 2 * pm.Beta.dist(eta, eta, size=size) - 1
