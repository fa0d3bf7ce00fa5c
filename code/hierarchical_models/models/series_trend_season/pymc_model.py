"""Regional time series, level, trend and season partially pooled, in PyMC."""

import numpy as np
import pymc as pm
from scipy.linalg import helmert


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    # a NumPy float: PyTensor may take a Python one, and then the reciprocal of
    # a rate too, in single precision
    shape = np.float64(hyper["spread_shape"])
    region, season, state = data["region"], data["season"], data["state"]
    time = data["time"] - data["time"].mean()
    # columns at right angles to a constant: effects made of them sum to 0
    basis = helmert(data["n_seasons"]).T
    with pm.Model(coords=coords) as model:
        mu_level = pm.Normal(
            "mu_level",
            hyper["mu_level_mean"],
            hyper["mu_level_scale"],
            dims="state",
        )
        sigma_level = pm.Gamma(
            "sigma_level", shape, shape / hyper["sigma_level_mean"]
        )
        level = pm.Normal("level", mu_level[state], sigma_level, dims="region")

        mu_slope = pm.Normal(
            "mu_slope", 0, hyper["mu_slope_scale"], dims="state"
        )
        sigma_slope = pm.Gamma(
            "sigma_slope", shape, shape / hyper["sigma_slope_mean"]
        )
        slope_raw = pm.Normal("slope_raw", 0, 1, dims="region")
        slope = pm.Deterministic(
            "slope", mu_slope[state] + sigma_slope * slope_raw, dims="region"
        )

        mu_seasonal_raw = pm.Normal("mu_seasonal_raw", 0, 1, dims="contrast")
        mu_seasonal = pm.Deterministic(
            "mu_seasonal",
            hyper["mu_seasonal_scale"] * basis @ mu_seasonal_raw,
            dims="season",
        )
        sigma_seasonal = pm.Gamma(
            "sigma_seasonal", shape, shape / hyper["sigma_seasonal_mean"]
        )
        seasonal_raw = pm.Normal(
            "seasonal_raw", 0, 1, dims=("region", "contrast")
        )
        seasonal = pm.Deterministic(
            "seasonal",
            mu_seasonal + sigma_seasonal * seasonal_raw @ basis.T,
            dims=("region", "season"),
        )

        sigma_y = pm.HalfNormal("sigma_y", hyper["sigma_y_scale"])
        mean = level[region] + slope[region] * time + seasonal[region, season]
        pm.Normal("y", mean, sigma_y, observed=data["y"], dims="observation")
    return model
