"""How well do predictions fare on data that the model has not seen?"""

from __future__ import annotations

import numpy as np
import xarray as xr
from scipy.special import logsumexp
from scipy.stats import binom


def log_mean_exp(values: np.ndarray, axis: int) -> np.ndarray:
    """Logarithm of the mean of exponentials, without overflow.

    Parameters
    ----------
    values : ndarray of float
        Logarithms.
    axis : int
        Over which the mean is taken.

    Returns
    -------
    ndarray of float
        One dimension less.

    Examples
    --------
    >>> float(log_mean_exp(np.log(np.array([1.0, 3.0])), axis=0)).__round__(4)
    0.6931
    """
    return np.asarray(logsumexp(values, axis=axis) - np.log(values.shape[axis]))


def heldout_binomial_log_density(theta: xr.DataArray, y: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Log predictive density of each group's held-out count, from posterior draws.

    Parameters
    ----------
    theta : xarray.DataArray, dims (chain, draw) or (chain, draw, group)
        Posterior draws of the probability of success; one for all groups where pooled.
    y, n : ndarray of int, shape (n_groups,)
        Held-out successes and trials.

    Returns
    -------
    ndarray of float, shape (n_groups,)
        ``log mean_s Binomial(y_j | n_j, theta_sj)``; their sum scores a model, higher is better.

    Raises
    ------
    ValueError
        If a count lies outside 0 to its number of trials.

    References
    ----------
    .. [1] Vehtari, Gelman and Gabry (2017). Practical Bayesian model evaluation using leave-one-out
       cross-validation and WAIC. Statistics and Computing 27, 1413-1432, equation 2.
    """
    y, n = np.asarray(y), np.asarray(n)
    if np.any((y < 0) | (y > n)):
        place = int(np.flatnonzero((y < 0) | (y > n))[0])
        raise ValueError(f"y[{place}]: found {y[place]}, allowed 0 to {n[place]} (n[{place}])")
    draws = theta.to_numpy().reshape(theta.sizes["chain"] * theta.sizes["draw"], -1)
    return log_mean_exp(binom.logpmf(y, n, draws), axis=0)
