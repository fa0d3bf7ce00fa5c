"""How well do predictions fare on data that the model has not seen?"""

from __future__ import annotations

from dataclasses import dataclass

import arviz as az
import numpy as np
import xarray as xr
from numpy.typing import ArrayLike
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
    return log_sum_exp(values, axis) - np.log(values.shape[axis])


def log_sum_exp(values: np.ndarray, axis: int) -> np.ndarray:
    """Logarithm of a sum, from the logarithms of what is added.

    Of numbers of either sign or with weights, `scipy.special.logsumexp` takes care as well; for
    the densities of many observations at every draw it takes several times as long.

    Parameters
    ----------
    values : ndarray of float
        Logarithms; minus infinity for zero.
    axis : int
        Over which the sum is taken.

    Returns
    -------
    ndarray of float
        One dimension less.

    Examples
    --------
    >>> float(log_sum_exp(np.array([-1000.0, -1000.0, -np.inf]), axis=0)).__round__(4)
    -999.3069
    """
    peak = values.max(axis=axis, keepdims=True)
    peak = np.where(np.isfinite(peak), peak, 0.0)
    with np.errstate(divide="ignore"):  # of nothing but zeros
        total = np.log(np.exp(values - peak).sum(axis=axis))
    return np.asarray(total + peak.squeeze(axis))


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

    Examples
    --------
    >>> theta = xr.DataArray([[0.5, 0.5], [0.5, 0.5]], dims=("chain", "draw"))
    >>> np.exp(heldout_binomial_log_density(theta, y=np.array([1, 2]), n=np.array([2, 2])))
    array([0.5 , 0.25])
    """
    y, n = np.asarray(y), np.asarray(n)
    if np.any((y < 0) | (y > n)):
        place = int(np.flatnonzero((y < 0) | (y > n))[0])
        raise ValueError(f"y[{place}]: found {y[place]}, allowed 0 to {n[place]} (n[{place}])")
    draws = theta.to_numpy().reshape(theta.sizes["chain"] * theta.sizes["draw"], -1)
    return log_mean_exp(binom.logpmf(y, n, draws), axis=0)


@dataclass(frozen=True, eq=False)
class LogScore:
    """Log predictive densities of data that the model has not seen; higher is better.

    Parameters
    ----------
    pointwise : xarray.DataArray
        Log predictive density of each observation: their sum estimates the expected log predictive
        density (elpd) of as many new ones.
    pointwise_mcse : xarray.DataArray
        Monte Carlo standard error of each: how far it would move if more were drawn.
    mcse : float
        Monte Carlo standard error of their sum.
    """

    pointwise: xr.DataArray
    pointwise_mcse: xr.DataArray
    mcse: float

    @property
    def elpd(self) -> float:
        """Sum of the observations' log predictive densities."""
        return float(self.pointwise.sum())

    @property
    def se(self) -> float:
        """Standard error of the sum, as other observations might have been seen."""
        return standard_error_of_sum(self.pointwise.to_numpy().ravel())


@dataclass(frozen=True)
class Difference:
    """How much better one model's predictions are than another's.

    Parameters
    ----------
    difference : float
        Sum over observations of the first model's scores less the second's.
    se : float
        Its standard error, from the spread of the observations' differences.
    n : int
        Number of observations.
    """

    difference: float
    se: float
    n: int


def log_score(log_density: xr.DataArray) -> LogScore:
    """Score a model by the log predictive density of held-out data, with Monte Carlo errors.

    Parameters
    ----------
    log_density : xarray.DataArray, dims (chain, draw, ...)
        Log density of each held-out observation at each posterior draw, as from
        `heldout_log_density`.

    Returns
    -------
    LogScore
        ``log mean_s p(y_i | theta_s)`` of each observation i, and their sum.

    Notes
    -----
    With :math:`p_i` the mean over draws of :math:`p_{is}`, the Monte Carlo error of
    :math:`\\log p_i` is that of :math:`p_i` over :math:`p_i`, from the effective number of draws.
    Observations share their draws: the error of the sum is that of the mean of
    :math:`\\sum_i p_{is} / p_i`.

    References
    ----------
    .. [1] Vehtari, Gelman and Gabry (2017). Practical Bayesian model evaluation using leave-one-out
       cross-validation and WAIC. Statistics and Computing 27, 1413-1432, section 2.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> draws = xr.DataArray(
    ...     np.log(random.uniform(size=(4, 1000, 2))), dims=("chain", "draw", "observation")
    ... )
    >>> score = log_score(draws)
    >>> bool(abs(score.elpd - 2 * np.log(0.5)) < 4 * score.mcse)
    True
    """
    draws = log_density.transpose("chain", "draw", ...)
    largest = draws.max(("chain", "draw"))
    density = np.exp(draws - largest)
    mean = density.mean(("chain", "draw"))
    relative = density / mean
    others = [dim for dim in draws.dims if dim not in ("chain", "draw")]
    return LogScore(
        pointwise=np.log(mean) + largest,
        pointwise_mcse=_mcse(relative),
        mcse=float(_mcse(relative.sum(others))),
    )


def paired_difference(scores: ArrayLike, other_scores: ArrayLike) -> Difference:
    """Compare two models by their scores of the same observations.

    Observations that are hard to predict are so for both models: the spread of the differences is
    smaller than that of either model's scores.

    Parameters
    ----------
    scores, other_scores : array_like of float, shape (n,)
        Scores of the same observations in the same order, such as ``LogScore.pointwise``.

    Returns
    -------
    Difference
        Of the first from the second: above 0 where the first is better.

    Raises
    ------
    ValueError
        If the scores are not of the same observations, or of fewer than two.

    References
    ----------
    .. [1] Vehtari, Gelman and Gabry (2017), Practical Bayesian model evaluation using leave-one-out
       cross-validation and WAIC. Statistics and Computing 27, 1413-1432, section 5.
    .. [2] Sivula et al. (2020). Uncertainty in Bayesian leave-one-out cross-validation based model
       comparison. arXiv:2008.10296: the standard error is too small where models are much alike
       (differences below 4) or observations few.

    Examples
    --------
    >>> found = paired_difference([-1.0, -2.0, -3.0], [-1.5, -2.0, -4.0])
    >>> found.difference, round(found.se, 3)
    (1.5, 0.866)
    """
    if isinstance(scores, xr.DataArray) and isinstance(other_scores, xr.DataArray):
        _check_same_labels(scores, other_scores)
    first, second = np.asarray(scores, dtype=float), np.asarray(other_scores, dtype=float)
    if first.shape != second.shape:
        raise ValueError(
            f"other_scores: found shape {second.shape}, allowed {first.shape}, that of scores: "
            "both models have to predict the same observations"
        )
    difference = (first - second).ravel()
    return Difference(
        float(difference.sum()), standard_error_of_sum(difference), int(difference.size)
    )


def standard_error_of_sum(values: np.ndarray) -> float:
    """Standard error of a sum of independent values.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        At least two.

    Returns
    -------
    float
        ``sqrt(n)`` times their standard deviation.

    Raises
    ------
    ValueError
        If there are fewer than two.

    Examples
    --------
    >>> standard_error_of_sum(np.array([1.0, 2.0, 3.0])).__round__(4)
    1.7321
    """
    if values.size < 2:
        raise ValueError(f"scores: found {values.size}, allowed at least 2 for a standard error")
    return float(np.sqrt(values.size) * np.std(values, ddof=1))


def _mcse(draws: xr.DataArray) -> xr.DataArray:
    """Monte Carlo standard error of the mean; 0 where all draws are the same."""
    if bool((draws.std(("chain", "draw")) == 0).all()):
        return xr.zeros_like(draws.mean(("chain", "draw")))
    name = "value"
    return az.mcse(draws.to_dataset(name=name), method="mean")[name]


def _check_same_labels(scores: xr.DataArray, other_scores: xr.DataArray) -> None:
    try:
        xr.align(scores, other_scores, join="exact")
    except ValueError as error:
        raise ValueError(
            f"other_scores: found other labels than those of scores ({error}), allowed scores of "
            "the same observations in the same order"
        ) from error
