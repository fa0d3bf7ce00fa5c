"""Likelihoods of a group with its own parameters integrated out over their population."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import betaln, gammaln, logsumexp

COARSE_NODES = 12
FINE_NODES = 64
N_NARROWINGS = 5
NEGLIGIBLE = 35.0
"""Logarithm of how far below its largest value an integrand may be left out."""
FAR = 10.0
"""Standard deviations of a normal density beyond which nothing of it matters."""


def log_integral(
    log_integrand: Callable[[np.ndarray], np.ndarray], lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """Logarithm of the integrals of positive functions whose logarithms are concave.

    Each of five passes evaluates the functions on an even grid and keeps the part around the
    grid's largest value where they are not negligible; being concave, they have their peak there,
    though it be 10,000 times narrower than the interval. On the last, finer grid the trapezoidal
    rule is accurate to many digits.

    Parameters
    ----------
    log_integrand : callable
        Takes points of shape (..., n_nodes); gives the logarithms of the functions there.
    lower, upper : ndarray of float, shape (...)
        Interval in which the integrand's mass lies, for each function.

    Returns
    -------
    ndarray of float, shape (...)
        The logarithms of the integrals.

    Examples
    --------
    >>> from scipy.stats import norm
    >>> lower, upper = np.array([-8.0, -8.0]), np.array([9.0, 9.0])
    >>> log_integral(lambda x: norm.logpdf(x, 0.3, 0.002), lower, upper).round(6) + 0
    array([0., 0.])
    """
    steps = np.arange(COARSE_NODES)
    for _ in range(N_NARROWINGS):
        spacing = (upper - lower) / (COARSE_NODES - 1)
        values = log_integrand(lower[..., None] + spacing[..., None] * steps)
        matters = values >= values.max(axis=-1, keepdims=True) - NEGLIGIBLE
        first = matters.argmax(axis=-1) - 1
        last = COARSE_NODES - matters[..., ::-1].argmax(axis=-1)
        lower, upper = lower + spacing * first, lower + spacing * last
    return log_trapezoid(log_integrand, lower, upper, FINE_NODES)


def log_trapezoid(
    log_integrand: Callable[[np.ndarray], np.ndarray],
    lower: np.ndarray,
    upper: np.ndarray,
    n_nodes: int,
) -> np.ndarray:
    """Logarithm of the integrals of positive functions that vanish at both ends.

    Parameters
    ----------
    log_integrand, lower, upper
        As for `log_integral`.
    n_nodes : int
        Number of points, for a spacing below about the width of the narrowest peak.

    Returns
    -------
    ndarray of float, shape (...)
        The logarithms of the integrals.
    """
    spacing = (upper - lower) / (n_nodes - 1)
    values = log_integrand(lower[..., None] + spacing[..., None] * np.arange(n_nodes))
    return np.asarray(logsumexp(values, axis=-1) + np.log(spacing))


def integration_limits(
    mean: np.ndarray, sd: np.ndarray, estimates: np.ndarray, steepest: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """Interval that holds all that matters of a normal density times a likelihood.

    The product's peak lies between the density's and the likelihood's. No likelihood moves it by
    more than the variance times the likelihood's slope, so that the interval is short where the
    standard deviation is tiny.

    Parameters
    ----------
    mean, sd : ndarray of float, shape (...)
        Of the normal density.
    estimates : ndarray of float, shape (..., n_rows)
        Where each row's likelihood has its peak.
    steepest : ndarray of float, shape (...), or float
        Largest slope of the log likelihood of all rows between `mean` and its peak.

    Returns
    -------
    lower, upper : ndarray of float, shape (...)
        Its ends.
    """
    reach = sd**2 * steepest
    lowest = np.maximum(estimates.min(axis=-1), mean - reach)
    highest = np.minimum(estimates.max(axis=-1), mean + reach)
    return np.minimum(mean, lowest) - FAR * sd, np.maximum(mean, highest) + FAR * sd


def beta_binomial_log_mass(
    y: np.ndarray, n: np.ndarray, alpha: np.ndarray, beta: np.ndarray
) -> np.ndarray:
    """Log probability of counts whose probability of success has a Beta distribution.

    Parameters
    ----------
    y, n : ndarray of int
        Successes and trials.
    alpha, beta : ndarray of float
        The Beta distribution's shapes; all broadcast.

    Returns
    -------
    ndarray of float
        ``log C(n, y) + log B(y + alpha, n - y + beta) - log B(alpha, beta)``.

    Examples
    --------
    >>> np.exp(beta_binomial_log_mass(np.arange(3), 2, 1.0, 1.0)).round(4)
    array([0.3333, 0.3333, 0.3333])
    """
    log_choices = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
    return np.asarray(log_choices + betaln(y + alpha, n - y + beta) - betaln(alpha, beta))


def normal_group_log_density(
    residual: np.ndarray, design: np.ndarray, scale: np.ndarray, sigma: np.ndarray
) -> np.ndarray:
    """Log density of a group's outcomes around lines whose coefficients are normal.

    Outcomes are ``residual = design @ scale @ z + sigma * e`` with standard normal z and e, so that
    their covariance is ``sigma**2 I + A A'`` with ``A = design @ scale``. Its inverse and
    determinant come from the small matrix ``I + A'A / sigma**2`` (Woodbury).

    Parameters
    ----------
    residual : ndarray of float, shape (n_draws, n_rows)
        Outcomes less their mean over the population.
    design : ndarray of float, shape (n_rows, n_coefficients)
        What the group's own coefficients are multiplied with.
    scale : ndarray of float, shape (n_draws, n_coefficients, n_coefficients)
        A square root of the coefficients' covariance.
    sigma : ndarray of float, shape (n_draws,)
        Standard deviation of an outcome around its line.

    Returns
    -------
    ndarray of float, shape (n_draws,)
        The log density of all outcomes of the group together.

    Examples
    --------
    Two outcomes with unit variances and covariance 0.5:

    >>> half = np.array([0.5**0.5])
    >>> found = normal_group_log_density(
    ...     np.array([[1.0, 0.0]]), np.ones((2, 1)), half.reshape(1, 1, 1), half
    ... )
    >>> from scipy.stats import multivariate_normal
    >>> bool(np.isclose(found[0], multivariate_normal(cov=[[1, 0.5], [0.5, 1]]).logpdf([1, 0])))
    True
    """
    n_rows, size = design.shape
    loadings = design @ scale / sigma[:, None, None]
    standardised = residual / sigma[:, None]
    inner = np.eye(size) + np.swapaxes(loadings, 1, 2) @ loadings
    projected = np.einsum("srk,sr->sk", loadings, standardised)
    explained = np.einsum(
        "sk,sk->s", projected, np.linalg.solve(inner, projected[..., None])[..., 0]
    )
    quadratic = (standardised**2).sum(axis=1) - explained
    log_det = np.linalg.slogdet(inner)[1] + 2 * n_rows * np.log(sigma)
    return np.asarray(-0.5 * (quadratic + log_det + n_rows * np.log(2 * np.pi)))
