"""Small made-up fits, and every figure drawn from them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import arviz as az
import numpy as np
import pandas as pd

from hierarchical_models import plots
from hierarchical_models.plots import Node

SCHOOLS = ("A", "B", "C", "D", "E", "F")
EFFECTS = np.array([28.0, 8.0, -3.0, 7.0, -1.0, 12.0])
PLAYERS = ("Roberto Clemente", "Frank Robinson", "Thurman Munson", "Max Alvis")
COUNTIES = ("AITKIN", "LAC QUI PARLE", "ST LOUIS", "HENNEPIN", "YELLOW MEDICINE")
HOUSES = (1, 2, 30, 12, 4)


@cache
def schools_fit(seed: int = 1, n_divergent: int = 0, n_draws: int = 150) -> az.InferenceData:
    """Draws that look like a posterior of six schools; two chains."""
    random = np.random.default_rng(seed)
    shape = (2, n_draws)
    tau = np.abs(random.normal(0, 5, shape)) + 0.05
    mu = random.normal(6, 2, shape)
    theta = (
        mu[..., None] + 0.3 * (EFFECTS - 6) + tau[..., None] * random.normal(0, 0.4, (*shape, 6))
    )
    diverging = np.zeros(shape, dtype=bool)
    diverging[0, :n_divergent] = True
    idata = az.from_dict(
        posterior={"mu": mu, "tau": tau, "theta": theta},
        prior={
            "mu": random.normal(0, 10, shape),
            "tau": np.abs(5 * random.standard_cauchy(shape)),
            "theta": random.normal(0, 20, (*shape, 6)),
        },
        posterior_predictive={"y": theta + random.normal(0, 10, theta.shape)},
        prior_predictive={"y": random.normal(0, 20, theta.shape)},
        observed_data={"y": EFFECTS},
        constant_data={"sigma": np.full(6, 10.0)},
        sample_stats={"diverging": diverging},
        coords={"school": list(SCHOOLS)},
        dims={"theta": ["school"], "y": ["school"], "sigma": ["school"]},
    )
    idata.posterior.attrs["model"] = "normal_partial_noncentred"
    return idata


@cache
def trials_fit() -> az.InferenceData:
    """Counts of successes of four players, with long names."""
    random = np.random.default_rng(2)
    theta = random.beta(20, 60, (2, 100, 4))
    trials = np.array([45, 45, 30, 10])
    return az.from_dict(
        posterior={"theta": theta},
        posterior_predictive={"y": random.binomial(trials, theta)},
        observed_data={"y": np.array([18, 12, 8, 1])},
        constant_data={"n": trials},
        coords={"player": list(PLAYERS)},
        dims={"theta": ["player"], "y": ["player"], "n": ["player"]},
    )


@cache
def houses_fit(kind: str = "partial", seed: int = 3) -> az.InferenceData:
    """Draws of a regression in five counties; `kind` says whose the intercept is."""
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(5), HOUSES)
    x = (np.arange(len(group)) % 3 == 0).astype(float)
    alpha = np.array([1.0, 2.5, 0.8, 1.4, 1.7])
    y = np.random.default_rng(4).normal(alpha[group] - 0.7 * x, 0.7)
    draws = random.normal(0, 0.15, (2, 100, 5))
    intercept = {
        "partial": 1.4 + 0.6 * (alpha - 1.4) + draws,
        "unpooled": alpha + 2 * draws,
        "pooled": (1.4 + draws)[..., 0],
    }[kind]
    beta = random.normal(-0.7, 0.1, (2, 100))
    sigma = 0.7 + 0.02 * random.normal(size=(2, 100))
    by_house = intercept[..., group] if kind != "pooled" else intercept[..., None]
    mean = by_house + beta[..., None] * x
    dims = {"y": ["house"], "x": ["house"], "group_index": ["house"]}
    dims |= {} if kind == "pooled" else {"alpha": ["county"]}
    idata = az.from_dict(
        posterior={
            "alpha": intercept,
            "beta": beta,
            "sigma_y": sigma,
            "sigma_alpha": 0.3 + 0.05 * np.abs(random.normal(size=(2, 100))),
        },
        posterior_predictive={"y": random.normal(mean, 0.7)},
        observed_data={"y": y},
        constant_data={"x": x, **({} if kind == "pooled" else {"group_index": group})},
        coords={"county": list(COUNTIES), "house": np.arange(len(group))},
        dims=dims,
    )
    model = {"partial": "varying_intercept", "unpooled": "unpooled", "pooled": "pooled"}[kind]
    idata.posterior.attrs["model"] = f"radon_{model}"
    return idata


def _ranks(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 100, shape)


def _differences() -> pd.DataFrame:
    values = np.random.default_rng(5).normal(size=8)
    index = ["mu", "tau", *(f"theta[{name}]" for name in SCHOOLS)]
    return pd.DataFrame({"difference_in_mcse": values}, index=index)


def _conditional(ax: Any = None) -> Any:
    tau = np.linspace(0, 20, 41)
    weight = (tau**2 / (tau**2 + 100))[:, None]
    means = 6 + weight * (EFFECTS - 6)
    return plots.conditional_means(
        tau,
        means,
        np.exp(-tau / 5),
        marginal=6 + 0.2 * (EFFECTS - 6),
        labels=SCHOOLS,
        unit="mean effect (points)",
        tau_unit="spread (points)",
        ax=ax,
    )


def _fan(ax: Any = None) -> Any:
    random = np.random.default_rng(6)
    time = np.arange(24.0)
    draws = np.sin(time) + 0.1 * time + random.normal(0, 0.3, (60, 24))
    return plots.fan(
        time,
        draws,
        observed=draws[0],
        forecast_from=18.0,
        unit="visitors",
        time_unit="month",
        ax=ax,
    )


def _pareto(ax: Any = None) -> Any:
    k = np.abs(np.random.default_rng(7).normal(0.2, 0.2, 40))
    k[[3, 30]] = 0.95, 1.2
    return plots.pareto_k(k, labels=[f"house {place}" for place in range(40)], ax=ax)


def _calibration(ax: Any = None) -> Any:
    random = np.random.default_rng(8)
    p = random.uniform(size=80)
    return plots.calibration_curve(p, random.uniform(size=80) < p, ax=ax)


def _recovery(ax: Any = None) -> Any:
    random = np.random.default_rng(9)
    truth = random.normal(size=12)
    draws = truth + random.normal(0, 0.3, 12) + random.normal(0, 0.3, (200, 12))
    return plots.recovery(truth, draws, unit="drift rate (per second)", ax=ax)


def _diagram(ax: Any = None) -> Any:
    nodes = [
        Node("mu", r"\mu"),
        Node("tau", r"\tau"),
        Node("raw", r"\theta^{\mathrm{raw}}_j", dims=("g",)),
        Node("theta", r"\theta_j", "computed", ("mu", "tau", "raw"), ("g",)),
        Node("y", "y_j", "observed", ("theta",), ("g",)),
    ]
    return plots.model_diagram(nodes, plates={"g": "school (8)"}, ax=ax)


def _compare(ax: Any = None) -> Any:
    return plots.compare_backends(schools_fit(1), schools_fit(2), "theta", ax=ax)


def _by_group(ax: Any = None) -> Any:
    fit = houses_fit()
    groups = fit.constant_data["group_index"]
    return plots.predictive_statistic_by_group(
        fit, "y", np.mean, groups, labels=COUNTIES, label="mean log radon (log pCi/L)", ax=ax
    )


def _statistic(ax: Any = None) -> Any:
    return plots.predictive_statistic(
        schools_fit(), "y", np.max, label="largest estimate (points)", ax=ax
    )


def _by_size(ax: Any = None) -> Any:
    return plots.estimates_by_size(
        houses_fit(),
        raw=houses_fit("unpooled"),
        name="alpha",
        pooled=houses_fit("pooled"),
        named=["LAC QUI PARLE", "ST LOUIS"],
        unit="log radon (log pCi/L)",
        size_label="houses in the county",
        ax=ax,
    )


def _lines(ax: Any = None) -> Any:
    fits = {
        "complete pooling": houses_fit("pooled"),
        "no pooling": houses_fit("unpooled"),
        "partial pooling": houses_fit("partial"),
    }
    return plots.regression_lines(
        fits,
        COUNTIES[:3],
        unit="log radon (log pCi/L)",
        predictor_unit="floor (0 basement, 1 first floor)",
        ax=ax,
    )


def _effects(ax: Any = None) -> Any:
    random = np.random.default_rng(10)
    raw = random.normal(0, 1, (2, 9))
    return plots.effect_pairs(
        tuple(0.5 * raw),
        raw=tuple(raw),
        population=([0.0, 0.0], [[0.3, 0.1], [0.1, 0.2]]),
        labels=[f"county {place}" for place in range(9)],
        named=["county 2"],
        units=("intercept (log pCi/L)", "slope (log pCi/L per floor)"),
        ax=ax,
    )


def _all_players(ax: Any = None) -> Any:
    return plots.shrinkage(
        trials_fit(),
        pooled=0.25,
        truth=[0.3, 0.25, 0.31, 0.2],
        unit="batting average (hits per at-bat)",
        ax=ax,
    )


def _named_counties(ax: Any = None) -> Any:
    return plots.shrinkage(
        houses_fit("unpooled"),
        houses_fit(),
        name="alpha",
        size=houses_fit(),
        named=["ST LOUIS", "YELLOW MEDICINE"],
        order=[1.0, 2.0, 3.0, 2.9, 2.8],
        ax=ax,
    )


def _ranked(ax: Any = None) -> Any:
    return plots.ranked(houses_fit(), "alpha", named=["AITKIN", "ST LOUIS"], reference=1.4, ax=ax)


SINGLE: dict[str, Callable[..., Any]] = {
    "backend_differences": lambda ax=None: plots.backend_differences(_differences(), ax=ax),
    "calibration_curve": _calibration,
    "chain_ranks": lambda ax=None: plots.chain_ranks(schools_fit(), "mu", ax=ax),
    "effect_pairs": _effects,
    "elpd_difference": lambda ax=None: plots.elpd_difference(
        [-1.0, -2.0, -1.5, -1.0], [-1.5, -1.8, -1.5, -3.0], labels=PLAYERS, ax=ax
    ),
    "fan": _fan,
    "intervals": lambda ax=None: plots.intervals(
        {"PyMC": schools_fit(1), "Stan": schools_fit(2)}, "theta", truth=EFFECTS, ax=ax
    ),
    "intervals of a scalar": lambda ax=None: plots.intervals(
        {"varying intercept": schools_fit(1), "with uranium": schools_fit(2)}, "tau", ax=ax
    ),
    "model_diagram": _diagram,
    "pareto_k": _pareto,
    "predictive_check": lambda ax=None: plots.predictive_check(
        schools_fit(), "y", unit="estimated effect (SAT points)", ax=ax
    ),
    "predictive_counts": lambda ax=None: plots.predictive_counts(
        trials_fit(), "y", unit="hits", ax=ax
    ),
    "predictive_density": lambda ax=None: plots.predictive_density(
        houses_fit(), "y", n_shown=10, ax=ax
    ),
    "predictive_ecdf": lambda ax=None: plots.predictive_ecdf(houses_fit(), "y", n_shown=10, ax=ax),
    "predictive_statistic": _statistic,
    "predictive_statistic_by_group": _by_group,
    "prior_to_posterior": lambda ax=None: plots.prior_to_posterior(schools_fit(), "tau", ax=ax),
    "prior_to_posterior of several": lambda ax=None: plots.prior_to_posterior(
        {"half-normal": schools_fit(1), "half-Cauchy": schools_fit(2)}, "tau", ax=ax
    ),
    "rank_histogram": lambda ax=None: plots.rank_histogram(_ranks(11, (100,)), 99, ax=ax),
    "rank_plot": lambda ax=None: plots.rank_plot(
        {"mu": _ranks(12, (60,)), "tau": _ranks(13, (60,)) // 2}, 99, ax=ax
    ),
    "ranked": _ranked,
    "recovery": _recovery,
    "shrinkage": _all_players,
    "shrinkage of named groups": _named_counties,
    "trace": lambda ax=None: plots.trace(schools_fit(n_divergent=3), "tau", ax=ax),
    "variance_components": lambda ax=None: plots.variance_components(
        houses_fit(), {"between counties": "sigma_alpha", "within counties": "sigma_y"}, ax=ax
    ),
}
"""Figures with one panel; each takes ``ax``."""
PANELS: dict[str, tuple[int, Callable[..., Any]]] = {
    "compare_backends": (2, _compare),
    "conditional_means": (2, _conditional),
    "estimates_by_size": (2, _by_size),
    "funnel_pair": (
        2,
        lambda ax=None: plots.funnel_pair(
            schools_fit(1, 5), schools_fit(2), unit="effect in A (points)", ax=ax
        ),
    ),
    "regression_lines": (3, _lines),
}
"""Figures with several, and their number of panels; each takes ``ax``."""
