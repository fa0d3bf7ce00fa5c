"""Closed forms of shrinkage: how far estimates of groups are drawn together, and by which rule."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class JamesSteinFit(NamedTuple):
    """Estimates of the groups' means, and how much of each group's own mean they keep.

    Parameters
    ----------
    estimates : ndarray of float, shape (n_groups,)
        In the unit of the outcome.
    c : float
        The factor on each group's distance from the grand mean; negative where groups differ by
        much less than their sampling error.
    """

    estimates: np.ndarray
    c: float


def shrinkage_weight(tau: float, sigma: ArrayLike) -> np.ndarray:
    """Weight that partial pooling gives to a group's own mean.

    Parameters
    ----------
    tau : float
        Standard deviation of the groups' means, in the units of the outcome; at least 0.
    sigma : array_like of float, shape (n_groups,)
        Standard error of each group's mean, in the same units; above 0.

    Returns
    -------
    ndarray of float, shape (n_groups,)
        ``tau**2 / (tau**2 + sigma**2)``, between 0 (complete pooling) and 1 (none).

    Raises
    ------
    ValueError
        If `tau` is negative or any `sigma` is not positive.

    References
    ----------
    .. [1] Gelman et al. (2013). Bayesian Data Analysis, 3rd ed., section 5.4.

    Examples
    --------
    >>> shrinkage_weight(10.0, np.array([10.0, 30.0]))
    array([0.5, 0.1])
    """
    errors = np.asarray(sigma, dtype=float)
    if not tau >= 0:
        raise ValueError(f"tau: found {tau:g}, allowed at least 0")
    if not (errors > 0).all():
        raise ValueError(f"sigma: found {errors.min():g}, allowed above 0")
    # a ratio, so that an infinite tau gives 1
    return 1 / (1 + (errors / tau) ** 2) if tau > 0 else np.zeros_like(errors)


def shrink(y: ArrayLike, sigma: ArrayLike, mu: float, tau: float) -> np.ndarray:
    """Posterior means of the groups' means, given the mean and spread of their distribution.

    Parameters
    ----------
    y : array_like of float, shape (n_groups,)
        Mean observed in each group.
    sigma : array_like of float, shape (n_groups,)
        Standard error of each, in the same units; above 0.
    mu, tau : float
        Mean and standard deviation of the groups' means, in the same units; `tau` at least 0.

    Returns
    -------
    ndarray of float, shape (n_groups,)
        ``w * y + (1 - w) * mu`` with ``w = shrinkage_weight(tau, sigma)``.

    Raises
    ------
    ValueError
        If `tau` is negative or any `sigma` is not positive.

    References
    ----------
    .. [1] Gelman et al. (2013). Bayesian Data Analysis, 3rd ed., section 5.4.

    Examples
    --------
    >>> shrink([20.0, 20.0], [10.0, 30.0], mu=0.0, tau=10.0)
    array([10.,  2.])
    """
    weight = shrinkage_weight(tau, sigma)
    return np.asarray(weight * np.asarray(y, dtype=float) + (1 - weight) * mu)


def james_stein(y: ArrayLike, variance: float) -> JamesSteinFit:
    """Estimates of means that are shrunk towards their grand mean by James and Stein's rule.

    Parameters
    ----------
    y : array_like of float, shape (n_groups,)
        Mean observed in each of at least four groups.
    variance : float
        Sampling variance of each, in squared units of `y`, the same for all; above 0.

    Returns
    -------
    JamesSteinFit
        ``ybar + c * (y - ybar)`` with ``c = 1 - (n_groups - 3) * variance / sum((y - ybar)**2)``,
        and ``c``. There is no positive part: where ``c`` is negative, 0 is the better choice.

    Raises
    ------
    ValueError
        If there are fewer than four groups, all are equal, or `variance` is not positive.

    References
    ----------
    .. [1] Efron, B. and Morris, C. (1975). Data analysis using Stein's estimator and its
       generalizations. Journal of the American Statistical Association 70, 311-319.

    Examples
    --------
    >>> fit = james_stein([0.0, 2.0, 4.0, 6.0], variance=2.0)
    >>> fit.estimates.round(1).tolist(), round(fit.c, 2)
    ([0.3, 2.1, 3.9, 5.7], 0.9)
    """
    means = np.asarray(y, dtype=float)
    if means.ndim != 1 or means.size < 4:
        raise ValueError(f"y: found {means.size} groups, allowed at least 4 in one dimension")
    if not variance > 0:
        raise ValueError(f"variance: found {variance:g}, allowed above 0")
    centre = means.mean()
    spread = float(np.sum((means - centre) ** 2))
    if spread == 0:
        raise ValueError(f"y: found {means.size} equal means, allowed means that differ")
    c = 1 - (means.size - 3) * variance / spread
    return JamesSteinFit(centre + c * (means - centre), c)


def arcsine_transform(rate: ArrayLike, n: ArrayLike) -> np.ndarray:
    """Proportions on a scale where their sampling variance is close to 1.

    Parameters
    ----------
    rate : array_like of float
        Proportions of successes, from 0 to 1.
    n : array_like of float
        Trials behind each; above 0.

    Returns
    -------
    ndarray of float
        ``sqrt(n) * arcsin(2 * rate - 1)``.

    Raises
    ------
    ValueError
        If a rate is not between 0 and 1.

    References
    ----------
    .. [1] Efron, B. and Morris, C. (1975). Data analysis using Stein's estimator and its
       generalizations. Journal of the American Statistical Association 70, 311-319.

    Examples
    --------
    >>> arcsine_transform([0.5, 0.75], 36).round(3).tolist()
    [0.0, 3.142]
    """
    rates = np.asarray(rate, dtype=float)
    outside = ~((rates >= 0) & (rates <= 1))
    if outside.any():
        raise ValueError(f"rate: found {rates[outside].ravel()[0]:g}, allowed 0 to 1")
    return np.asarray(np.sqrt(n) * np.arcsin(2 * rates - 1))


def rate_from_arcsine(value: ArrayLike, n: ArrayLike) -> np.ndarray:
    """Proportions from the scale of `arcsine_transform`.

    Parameters
    ----------
    value : array_like of float
        Transformed proportions.
    n : array_like of float
        Trials behind each; above 0.

    Returns
    -------
    ndarray of float
        ``(1 + sin(value / sqrt(n))) / 2``.

    Examples
    --------
    >>> rate_from_arcsine(arcsine_transform([0.5, 0.75], 36), 36).round(3).tolist()
    [0.5, 0.75]
    """
    return np.asarray((1 + np.sin(np.asarray(value, dtype=float) / np.sqrt(n))) / 2)


def pooling_factor(errors: ArrayLike) -> float:
    """How far a model pools a batch of group effects, from posterior draws.

    Parameters
    ----------
    errors : array_like of float, shape (n_draws, n_groups)
        Draws of each group's error: its effect minus what the model above it predicts for it, for
        example ``theta - mu``.

    Returns
    -------
    float
        ``1 - V(E(errors)) / E(V(errors))``, where E is the mean over draws and V the variance over
        groups with denominator ``n_groups - 1``. 0 is no pooling, 1 complete pooling; above 0.5 the
        model says more about the groups than their own data.

    Raises
    ------
    ValueError
        If there are fewer than two draws or groups, or the errors of the groups never differ.

    References
    ----------
    .. [1] Gelman, A. and Pardoe, I. (2006). Bayesian measures of explained variance and pooling in
       multilevel (hierarchical) models. Technometrics 48, 241-251.

    Examples
    --------
    >>> round(pooling_factor([[1.0, -1.0], [3.0, -3.0]]), 2)
    0.2
    >>> pooling_factor([[1.0, -1.0], [-1.0, 1.0]])
    1.0
    """
    draws = np.asarray(errors, dtype=float)
    if draws.ndim != 2 or min(draws.shape) < 2:
        raise ValueError(
            f"errors: found shape {draws.shape}, allowed at least two draws (rows) of at least two "
            "groups (columns)"
        )
    expected_variance = draws.var(axis=1, ddof=1).mean()
    if expected_variance == 0:
        raise ValueError("errors: found groups that never differ, allowed errors that do")
    return float(1 - draws.mean(axis=0).var(ddof=1) / expected_variance)
