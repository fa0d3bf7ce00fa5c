"""Regional time series, level, trend and season pooled, in NumPy."""

import numpy as np
from scipy.linalg import helmert
from scipy.stats import norm

from hierarchical_models.generative import GenerativeModel, draw_half_normal


def draw_parameters(data, hyper, random):
    """Draw from the prior; see `GenerativeModel`."""
    n_regions, n_states = data["n_regions"], data["n_states"]
    basis = helmert(data["n_seasons"]).T
    mu_level = random.normal(
        hyper["mu_level_mean"], hyper["mu_level_scale"], n_states
    )
    mu_slope = random.normal(0, hyper["mu_slope_scale"], n_states)
    sigma_level, sigma_slope, sigma_seasonal = (
        random.gamma(hyper["spread_shape"])
        * hyper[f"sigma_{name}_mean"]
        / hyper["spread_shape"]
        for name in ("level", "slope", "seasonal")
    )
    slope_raw = random.normal(size=n_regions)
    mu_seasonal_raw = random.normal(size=data["n_seasons"] - 1)
    mu_seasonal = hyper["mu_seasonal_scale"] * basis @ mu_seasonal_raw
    seasonal_raw = random.normal(size=(n_regions, data["n_seasons"] - 1))
    return {
        "mu_level": mu_level,
        "sigma_level": sigma_level,
        "level": random.normal(mu_level[data["state"]], sigma_level),
        "mu_slope": mu_slope,
        "sigma_slope": sigma_slope,
        "slope_raw": slope_raw,
        "slope": mu_slope[data["state"]] + sigma_slope * slope_raw,
        "mu_seasonal_raw": mu_seasonal_raw,
        "mu_seasonal": mu_seasonal,
        "sigma_seasonal": sigma_seasonal,
        "seasonal_raw": seasonal_raw,
        "seasonal": mu_seasonal + sigma_seasonal * seasonal_raw @ basis.T,
        "sigma_y": draw_half_normal(hyper["sigma_y_scale"], random),
    }


def mean(parameters, data):
    """Expected outcomes, for any number of draws.

    Parameters
    ----------
    parameters : mapping of str to ndarray
        With ``level``, ``slope`` and ``seasonal``.
    data : mapping of str to ndarray
        With ``time``, ``season`` and ``region``.

    Returns
    -------
    ndarray of float, shape (..., n_observations)
        In the unit of the outcome.
    """
    region = data["region"]
    time = data["time"] - data["time"].mean()
    trend = parameters["slope"][..., region] * time
    season = parameters["seasonal"][..., region, data["season"]]
    return parameters["level"][..., region] + trend + season


def draw_outcome(parameters, data, random):
    """Series around their means; see `GenerativeModel`."""
    return {"y": random.normal(mean(parameters, data), parameters["sigma_y"])}


def log_likelihood(parameters, data):
    """Of draws of means and residual spread; see `GenerativeModel`."""
    spread = np.asarray(parameters["sigma_y"])[..., None]
    return norm.logpdf(data["y"], mean(parameters, data), spread).sum(axis=-1)


MODEL = GenerativeModel(
    draw_parameters=draw_parameters,
    draw_outcome=draw_outcome,
    log_likelihood=log_likelihood,
    # three regions in two states, two years of three seasons
    design={
        "time": np.tile(np.arange(6) / 3, 3),
        "season": np.tile([0, 1, 2], 6),
        "region": np.repeat([0, 1, 2], 6),
        "state": [0, 0, 1],
    },
    hyperparameters={},
)
