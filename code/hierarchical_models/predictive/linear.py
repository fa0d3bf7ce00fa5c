"""How the linear models predict: lines whose coefficients come from normal distributions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm, t

from hierarchical_models.predictive.declaration import Population, Predictive, Values
from hierarchical_models.predictive.integrals import (
    integration_limits,
    log_trapezoid,
    normal_group_log_density,
)
from hierarchical_models.predictive.outcomes import ScipyOutcome

COEFFICIENTS = ("alpha", "beta")
NODES_PER_WIDTH = 2
"""Points of a grid in the width of the narrowest peak, in standard deviations."""
LARGEST_GRID = 1_000_000
"""Points at a time, of all draws together."""


@dataclass(frozen=True, eq=False)
class Lines:
    """The normal distribution that groups' own coefficients come from.

    Parameters
    ----------
    mean : mapping of str to ndarray of float, shape (n_draws,) or (n_draws, n_groups)
        Mean of each coefficient that differs between groups, ``alpha`` before ``beta``; of two
        dimensions where it differs from group to group too.
    scale : ndarray of float, shape (n_draws, n_coefficients, n_coefficients)
        A square root of their covariance.
    """

    mean: dict[str, np.ndarray]
    scale: np.ndarray


LineDistribution = Callable[[Values, Values], Lines]


def independent_lines(parameters: Values, names: tuple[str, ...]) -> Lines:
    """Coefficients from independent normal distributions.

    Parameters
    ----------
    parameters : mapping of str to ndarray
        With ``mu_<name>`` and ``sigma_<name>``.
    names : tuple of str
        The coefficients.

    Returns
    -------
    Lines
        Their distribution.
    """
    spreads = np.stack([parameters[f"sigma_{name}"] for name in names], axis=-1)
    return Lines(
        {name: parameters[f"mu_{name}"] for name in names}, spreads[..., None] * np.eye(len(names))
    )


def predict_lines(distribution: LineDistribution) -> Predictive:
    """How a linear model predicts whose groups have coefficients from a population.

    Parameters
    ----------
    distribution : callable
        Takes parameters and the fields that belong to groups; gives `Lines`. Where there is a
        parameter ``nu``, outcomes have heavier tails and only the intercept may differ between
        groups.

    Returns
    -------
    Predictive
        For dimension ``group``.
    """

    def draw(
        parameters: Values, data: Values, n_new: int, random: np.random.Generator
    ) -> dict[str, np.ndarray]:
        lines = distribution(parameters, data)
        shape = (len(lines.scale), n_new, lines.scale.shape[-1])
        deviation = np.einsum("skl,sgl->sgk", lines.scale, random.normal(size=shape))
        return {
            name: by_draw(lines.mean[name]) + deviation[..., place]
            for place, name in enumerate(lines.mean)
        }

    def log_marginal(parameters: Values, data: Values) -> np.ndarray:
        lines = distribution(parameters, data)
        at_mean = {**parameters, **{name: by_draw(lines.mean[name]) for name in lines.mean}}
        residual = data["y"] - expected(at_mean, {**data, "group": 0 * data["group"]})["mu"]
        if "nu" in parameters:
            return _log_marginal_of_student(residual, lines.scale[:, 0, 0], parameters)
        design = np.column_stack([_multiplier(name, data) for name in lines.mean])
        return normal_group_log_density(residual, design, lines.scale, parameters["sigma_y"])

    return Predictive(
        outcome=draw_around_line,
        by_group=COEFFICIENTS,
        populations={"group": Population(draw, log_marginal)},
        expected=expected,
    )


def expected(parameters: Values, data: Values) -> dict[str, np.ndarray]:
    """Expected outcomes, from coefficients of groups or of all.

    Parameters
    ----------
    parameters : mapping of str to ndarray
        With ``alpha`` and ``beta``, each of shape (n_draws,) or (n_draws, n_groups).
    data : mapping of str to ndarray
        With ``x``, and ``group`` where a coefficient is of groups.

    Returns
    -------
    dict of str to ndarray
        ``mu``, shape (n_draws, n_rows), in the unit of the outcome.
    """
    alpha, beta = (
        parameters[name][:, data["group"]]
        if parameters[name].ndim == 2
        else parameters[name][:, None]
        for name in COEFFICIENTS
    )
    return {"mu": alpha + beta * data["x"]}


def draw_around_line(parameters: Values, data: Values) -> ScipyOutcome:
    """Normal outcomes or, where there is a parameter ``nu``, Student-t ones.

    Parameters
    ----------
    parameters : mapping of str to ndarray
        With ``mu``, ``sigma_y`` and perhaps ``nu``.
    data : mapping of str to ndarray
        Not needed beyond what is in ``mu``.

    Returns
    -------
    ScipyOutcome
        Of the field ``y``.
    """
    centre, spread = parameters["mu"], parameters["sigma_y"][:, None]
    is_heavy = "nu" in parameters
    found = t(parameters["nu"][:, None], centre, spread) if is_heavy else norm(centre, spread)
    return ScipyOutcome(found, centre.shape)


WITHOUT_POPULATION = Predictive(outcome=draw_around_line, by_group=COEFFICIENTS, expected=expected)
"""For one line for all, and for groups' lines that have nothing in common."""


def by_draw(values: Any) -> np.ndarray:
    """A second dimension, for groups or rows, where there is none yet.

    Parameters
    ----------
    values : ndarray, shape (n_draws,) or (n_draws, n)
        One value at each draw, or several.

    Returns
    -------
    ndarray, shape (n_draws, 1) or (n_draws, n)
        The same values.
    """
    return np.asarray(values if np.ndim(values) == 2 else np.expand_dims(values, 1))


def _multiplier(name: str, data: Values) -> np.ndarray:
    return np.asarray(np.ones(len(data["x"])) if name == "alpha" else data["x"])


def _log_marginal_of_student(
    residual: np.ndarray, sigma_alpha: np.ndarray, parameters: Values
) -> np.ndarray:
    """By quadrature over the deviation of the group's intercept from its mean.

    The integrand may have a peak at each observation, none of which a grid may step over.
    """
    nu, sigma_y = parameters["nu"], parameters["sigma_y"]
    n_rows = residual.shape[1]
    steepest = n_rows * (nu + 1) / (2 * np.sqrt(nu) * sigma_y)
    zero = np.zeros_like(sigma_alpha)
    lower, upper = integration_limits(zero, sigma_alpha, residual, steepest)
    narrowest = np.minimum(sigma_alpha, sigma_y / np.sqrt(n_rows + 1))
    n_nodes = 1 + int(np.ceil(NODES_PER_WIDTH * np.max((upper - lower) / narrowest)))
    parts = np.arange(0, len(nu), max(1, LARGEST_GRID // n_nodes))[1:]
    pieces = (
        np.split(values, parts) for values in (residual, sigma_alpha, nu, sigma_y, lower, upper)
    )
    integrals = [_integrate_student(*piece, n_nodes) for piece in zip(*pieces, strict=True)]
    return np.asarray(n_rows * t.logpdf(0, nu, 0, sigma_y) + np.concatenate(integrals))


def _integrate_student(
    residual: np.ndarray,
    sigma_alpha: np.ndarray,
    nu: np.ndarray,
    sigma_y: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    n_nodes: int,
) -> np.ndarray:
    def log_integrand(deviation: np.ndarray) -> np.ndarray:
        total = norm.logpdf(deviation, 0, sigma_alpha[:, None])
        for row in residual.T:
            distance = (row[:, None] - deviation) / sigma_y[:, None]
            total -= 0.5 * (nu + 1)[:, None] * np.log1p(distance**2 / nu[:, None])
        return total

    return log_trapezoid(log_integrand, lower, upper, n_nodes)
