"""Exact posterior moments of small linear models, by brute force.

Given the standard deviations (and the correlation), the coefficients of a normal linear model are
jointly normal; what is left is an integral over one to four numbers, done here with a product of
Gauss-Legendre rules. Nothing is clever: whole covariance matrices, no sufficient statistics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.stats import gamma, norm, t

N_SCALES = 5
"""The half-normal priors are cut off at this many scales, where 6e-7 of them lies beyond."""


@dataclass(frozen=True)
class Prior:
    """Normal prior of the coefficients, given the spreads.

    `mean` has shape (n_coefficients,), `covariance` (n_nodes, n_coefficients, n_coefficients).
    """

    mean: np.ndarray
    covariance: np.ndarray


def legendre(lower: float, upper: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of a Gauss-Legendre rule."""
    nodes, weights = np.polynomial.legendre.leggauss(n)
    return lower + (upper - lower) * (nodes + 1) / 2, (upper - lower) / 2 * weights


def moments(draws: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation under normalised weights along the first axis."""
    mean = np.tensordot(weight, draws, axes=1)
    return mean, np.sqrt(np.tensordot(weight, (draws - mean) ** 2, axes=1))


def normal_linear_posterior(
    y: np.ndarray,
    design: np.ndarray,
    names: Mapping[str, slice | int],
    build_prior: Callable[[Mapping[str, np.ndarray]], Prior],
    scales: Mapping[str, float],
    *,
    eta: float | None = None,
    n_nodes: int = 16,
    n_sigma_y: int = 96,
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Posterior means and standard deviations.

    Parameters
    ----------
    y : ndarray, shape (n_observations,)
        Outcome, normal around ``design @ coefficients`` with standard deviation ``sigma_y``.
    design : ndarray, shape (n_observations, n_coefficients)
        Design matrix.
    names : mapping of str to slice or int
        Places of the coefficients.
    build_prior : callable
        From arrays of the spreads, one value for each node, to the prior of the coefficients.
    scales : mapping of str to float
        Scale of the half-normal prior of each spread, with ``sigma_y`` among them.
    eta : float, optional
        Shape of the LKJ prior of the correlation ``rho``, where there is one.
    n_nodes, n_sigma_y : int
        Of each rule, and of that of ``sigma_y``.

    Returns
    -------
    dict of str to (mean, sd)
        Of every spread and coefficient.
    """
    rules = {
        name: legendre(0, N_SCALES * scale, n_sigma_y if name == "sigma_y" else n_nodes)
        for name, scale in scales.items()
    }
    if eta is not None:
        rules["rho"] = legendre(-1, 1, n_nodes)
    first, *others = rules
    weights = np.array([np.prod(w) for w in product(*(rules[name][1] for name in others))])
    grid = np.array(list(product(*(rules[name][0] for name in others))))
    grid = grid.reshape(len(weights), len(others))
    parts = []
    for node, node_weight in zip(*rules[first], strict=True):
        spreads = {first: np.full(len(weights), node), **dict(zip(others, grid.T, strict=True))}
        log_density = sum(norm.logpdf(spreads[name], 0, scale) for name, scale in scales.items())
        if eta is not None:
            log_density = log_density + (eta - 1) * np.log1p(-(spreads["rho"] ** 2))
        prior = build_prior(spreads)
        noise = spreads["sigma_y"][:, None, None] ** 2 * np.eye(len(y))
        covariance = design @ prior.covariance @ design.T + noise
        residual = y - design @ prior.mean
        gain = np.linalg.solve(covariance, design @ prior.covariance)
        mean = prior.mean + np.einsum("kij,i->kj", gain, residual)
        spread = prior.covariance - np.einsum("kij,kil->kjl", design @ prior.covariance, gain)
        solved = np.linalg.solve(
            covariance, np.broadcast_to(residual, (len(noise), len(y)))[..., None]
        )
        log_likelihood = -(np.linalg.slogdet(covariance)[1] + solved[..., 0] @ residual) / 2
        parts.append(
            (
                log_density + log_likelihood + np.log(weights * node_weight),
                mean,
                np.diagonal(spread, axis1=1, axis2=2),
                np.column_stack([spreads[name] for name in rules]),
            )
        )
    log_weight, mean, variance, spread_values = (
        np.concatenate(part) for part in zip(*parts, strict=True)
    )
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    spread_mean, spread_sd = moments(spread_values, weight)
    overall, scatter = moments(mean, weight)
    sd = np.sqrt(weight @ variance + scatter**2)
    return {
        **{name: (spread_mean[i], spread_sd[i]) for i, name in enumerate(rules)},
        **{name: (overall[place], sd[place]) for name, place in names.items()},
    }


def student_posterior(
    y: np.ndarray,
    x: np.ndarray,
    priors: Mapping[str, float],
    ranges: Mapping[str, tuple[float, float]],
    n_nodes: int = 48,
) -> dict[str, tuple[float, float]]:
    """Posterior means and standard deviations of `robust_pooled`, on a grid of four dimensions.

    The `ranges` of alpha and beta are to hold all of the posterior.
    """
    rules = {
        **{name: legendre(*ranges[name], n_nodes) for name in ("alpha", "beta")},
        "sigma_y": legendre(0, N_SCALES * priors["sigma_y_scale"], n_nodes),
    }
    nu_prior = gamma(priors["nu_shape"], loc=1, scale=1 / priors["nu_rate"])
    upper = float(nu_prior.ppf(1 - 1e-6))
    # the density changes fastest near 1
    steps, step_weights = legendre(0, np.sqrt(upper - 1), n_nodes // 2)
    rules["nu"] = (1 + steps**2, 2 * steps * step_weights)
    alpha, beta, sigma_y, nu = np.meshgrid(
        *(rule[0] for rule in rules.values()), indexing="ij", sparse=True
    )
    log_density = (
        norm.logpdf(alpha, priors["alpha_mean"], priors["alpha_scale"])
        + norm.logpdf(beta, priors["beta_mean"], priors["beta_scale"])
        + norm.logpdf(sigma_y, 0, priors["sigma_y_scale"])
        + nu_prior.logpdf(nu)
    )
    for outcome, predictor in zip(y, x, strict=True):
        log_density = log_density + t.logpdf(outcome, nu, alpha + beta * predictor, sigma_y)
    weight = np.exp(log_density - log_density.max())
    for axis, (_, rule_weight) in enumerate(rules.values()):
        weight *= rule_weight.reshape([-1 if place == axis else 1 for place in range(4)])
    weight /= weight.sum()
    found = {}
    for axis, (name, (nodes, _)) in enumerate(rules.items()):
        marginal = weight.sum(tuple(place for place in range(4) if place != axis))
        mean, sd = moments(nodes, marginal)
        found[name] = (float(mean), float(sd))
    return found
