"""Predictions: new regions' trends and seasons come from their state's, or all's."""

import numpy as np
from scipy.linalg import helmert
from scipy.stats import norm

from hierarchical_models.predictive.declaration import Population, Predictive
from hierarchical_models.predictive.integrals import normal_group_log_density
from hierarchical_models.predictive.outcomes import ScipyOutcome


def constants(data):
    """The mean time of the data that were fitted; see `Predictive`."""
    return {"mean_time": data["time"].mean()}


def expected(parameters, data):
    """Trend and season; see `Predictive`."""
    region = data["region"]
    trend = parameters["slope"][:, region] * (data["time"] - data["mean_time"])
    season = parameters["seasonal"][:, region, data["season"]]
    return {"mu": parameters["level"][:, region] + trend + season}


def outcome(parameters, data):
    """Outcomes around trend and season; see `Predictive`."""
    centre = parameters["mu"]
    spread = parameters["sigma_y"][:, None]
    return ScipyOutcome(norm(centre, spread), centre.shape)


def draw(parameters, data, n_new, random):
    """Level, slope and season of new regions; see `Population`."""
    drawn = {}
    for name in ("level", "slope"):
        mean = parameters[f"mu_{name}"][:, data["state"]]
        spread = parameters[f"sigma_{name}"][:, None]
        drawn[name] = mean + spread * random.normal(size=mean.shape)
    mean = parameters["mu_seasonal"][:, None, :]
    n_draws, _, n_seasons = mean.shape
    contrasts = random.normal(size=(n_draws, n_new, n_seasons - 1))
    spread = parameters["sigma_seasonal"][:, None, None]
    drawn["seasonal"] = mean + spread * contrasts @ helmert(n_seasons)
    return drawn


def log_marginal(parameters, data):
    """Of one region's series; see `Population`."""
    at_mean = {
        "level": parameters["mu_level"][:, data["state"]],
        "slope": parameters["mu_slope"][:, data["state"]],
        "seasonal": parameters["mu_seasonal"][:, None, :],
    }
    rows = {**data, "region": np.zeros_like(data["region"])}
    residual = data["y"] - expected(at_mean, rows)["mu"]
    time = data["time"] - data["mean_time"]
    n_seasons = parameters["mu_seasonal"].shape[1]
    basis = helmert(n_seasons).T[data["season"]]
    design = np.column_stack([np.ones_like(time), time, basis])
    counts = {"level": 1, "slope": 1, "seasonal": n_seasons - 1}
    spreads = np.column_stack(
        [
            np.tile(parameters[f"sigma_{name}"][:, None], count)
            for name, count in counts.items()
        ]
    )
    scale = spreads[:, :, None] * np.eye(n_seasons + 1)
    return normal_group_log_density(
        residual, design, scale, parameters["sigma_y"]
    )


PREDICTIVE = Predictive(
    outcome=outcome,
    by_group=("level", "slope", "seasonal"),
    populations={"region": Population(draw, log_marginal)},
    expected=expected,
    constants=constants,
)
