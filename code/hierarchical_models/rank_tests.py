"""Are ranks uniform? Tests for simulation-based calibration.

Where a model is right, the rank of a simulated truth among `L` independent posterior draws is
uniform on 0 to `L`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, xlog1py, xlogy
from scipy.stats import binom, chi2

FEWEST_PER_BIN = 10


@dataclass(frozen=True, eq=False)
class EcdfBand:
    """Where the empirical distribution function of uniform ranks stays, all of it at once.

    Parameters
    ----------
    point : ndarray of float, shape (n_draws,)
        Fractions of the ranks' range at which the function is looked at.
    lower, upper : ndarray of float, shape (n_draws,)
        Smallest and largest fraction of ranks below each point.
    """

    point: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def chi_square_p_value(ranks: ArrayLike, n_draws: int) -> float:
    """Test of uniformity by counting ranks in bins.

    Parameters
    ----------
    ranks : array_like of int, shape (n_simulations,)
        From 0 to `n_draws`.
    n_draws : int
        Number of posterior draws among which each truth was ranked; above 0.

    Returns
    -------
    float
        Small where ranks are not uniform. Bins are equally wide, as many as leave 10 expected
        ranks or more in each, at most 20.

    Raises
    ------
    ValueError
        If a rank is out of range, or there are fewer than 20 ranks.

    References
    ----------
    .. [1] Talts et al. (2018). Validating Bayesian inference algorithms with simulation-based
       calibration. arXiv:1804.06788.

    Examples
    --------
    >>> round(chi_square_p_value(np.arange(100), n_draws=99), 3)
    1.0
    """
    values = _check_ranks(ranks, n_draws)
    if len(values) < 2 * FEWEST_PER_BIN:
        raise ValueError(
            f"ranks: found {len(values)}, allowed from {2 * FEWEST_PER_BIN}; simulate more"
        )
    n_bins = _number_of_bins(len(values), n_draws + 1)
    found = np.bincount(values * n_bins // (n_draws + 1), minlength=n_bins)
    expected = len(values) / n_bins
    return float(chi2.sf(np.sum((found - expected) ** 2) / expected, n_bins - 1))


def ecdf_p_value(ranks: ArrayLike, n_draws: int) -> float:
    """Test of uniformity by the largest deviation of the empirical distribution function.

    Parameters
    ----------
    ranks : array_like of int, shape (n_simulations,)
        From 0 to `n_draws`.
    n_draws : int
        Number of posterior draws among which each truth was ranked; above 0.

    Returns
    -------
    float
        Probability that uniform ranks would have an empirical distribution function that is
        somewhere as unlikely as the most unlikely point of this one.

    Raises
    ------
    ValueError
        If a rank is out of range.

    Notes
    -----
    At each point the number of ranks below it is binomial. The statistic is the smallest two-sided
    tail probability over the points. Its distribution is computed, not simulated: the numbers at
    successive points form a Markov chain, followed through the paths that stay less extreme.

    References
    ----------
    .. [1] Säilynoja, Bürkner and Vehtari (2022). Graphical test for discrete uniformity and its
       applications in goodness-of-fit evaluation and multiple sample comparison. Statistics and
       Computing 32, 32, section 2.

    Examples
    --------
    >>> round(ecdf_p_value(np.arange(100), n_draws=99), 3)
    1.0
    """
    values = _check_ranks(ranks, n_draws)
    below = np.cumsum(np.bincount(values, minlength=n_draws + 1))[:-1]
    most_extreme = float(_tail_probability(len(values), n_draws)[np.arange(n_draws), below].min())
    return 1 - _probability_inside(len(values), n_draws, most_extreme)


def ecdf_band(n_simulations: int, n_draws: int, probability: float = 0.95) -> EcdfBand:
    """Band that holds the whole empirical distribution function of uniform ranks.

    Parameters
    ----------
    n_simulations : int
        Number of ranks.
    n_draws : int
        Number of posterior draws among which each truth was ranked.
    probability : float
        That uniform ranks stay inside everywhere; above 0 and below 1.

    Returns
    -------
    EcdfBand
        The narrowest of its kind that has at least this probability.

    References
    ----------
    .. [1] Säilynoja, Bürkner and Vehtari (2022), as for `ecdf_p_value`.

    Examples
    --------
    >>> band = ecdf_band(200, 99)
    >>> bool(band.lower[49] < 0.5 < band.upper[49])
    True
    """
    if not 0 < probability < 1:
        raise ValueError(f"probability: found {probability:g}, allowed above 0 and below 1")
    low, high = 0.0, 1 - probability
    while high - low > 1e-4 * high:
        middle = (low + high) / 2
        if _probability_inside(n_simulations, n_draws, middle) >= probability:
            low = middle
        else:
            high = middle
    inside = _tail_probability(n_simulations, n_draws) > low
    return EcdfBand(
        point=np.arange(1, n_draws + 1) / (n_draws + 1),
        lower=inside.argmax(axis=1) / n_simulations,
        upper=(n_simulations - inside[:, ::-1].argmax(axis=1)) / n_simulations,
    )


def _check_ranks(ranks: ArrayLike, n_draws: int) -> np.ndarray:
    values = np.asarray(ranks)
    if values.ndim != 1 or values.size == 0 or values.dtype.kind not in "iu":
        raise ValueError(
            f"ranks: found shape {values.shape} of {values.dtype}, allowed one row of whole numbers"
        )
    outside = values[(values < 0) | (values > n_draws)]
    if outside.size:
        raise ValueError(f"ranks: found {outside[0]}, allowed 0 to {n_draws} (n_draws)")
    return values


def _number_of_bins(n_simulations: int, n_values: int) -> int:
    """The most bins, up to 20, of equally many values and enough ranks; 2 at the least."""
    most = min(20, n_simulations // FEWEST_PER_BIN)
    even = [count for count in range(2, most + 1) if n_values % count == 0]
    if not even:
        raise ValueError(
            f"n_draws: found {n_values - 1}, allowed numbers that are 1 less than a product, "
            "such as 99; ranks then fall into bins of equal width"
        )
    return max(even)


@cache
def _tail_probability(n_simulations: int, n_draws: int) -> np.ndarray:
    """Two-sided tail probability of each number of ranks below each point."""
    point = np.arange(1, n_draws + 1)[:, None] / (n_draws + 1)
    count = np.arange(n_simulations + 1)[None, :]
    tails = np.minimum(
        binom.cdf(count, n_simulations, point), binom.sf(count - 1, n_simulations, point)
    )
    return np.minimum(2 * tails, 1)


def _probability_inside(n_simulations: int, n_draws: int, extreme: float) -> float:
    """Probability that every tail probability of uniform ranks exceeds `extreme`."""
    # equal tail probabilities may differ by rounding
    inside = _tail_probability(n_simulations, n_draws) > extreme * (1 + 1e-9)
    lower = inside.argmax(axis=1)
    upper = n_simulations - inside[:, ::-1].argmax(axis=1)
    log_factorial = gammaln(np.arange(n_simulations + 1) + 1.0)
    start, weight = 0, np.ones(1)
    for place in range(n_draws):
        if not inside[place].any():
            return 0.0
        old = start + np.arange(len(weight))[:, None]
        new = np.arange(lower[place], upper[place] + 1)[None, :]
        left, more = n_simulations - old, np.maximum(new - old, 0)
        rate = 1 / (n_draws + 1 - place)
        rest = np.maximum(left - more, 0)
        log_step = log_factorial[left] - log_factorial[np.minimum(more, left)] - log_factorial[rest]
        log_step += xlogy(more, rate) + xlog1py(rest, -rate)
        step = np.where((new >= old) & (new - old <= left), np.exp(log_step), 0.0)
        start, weight = int(lower[place]), weight @ step
    return float(min(weight.sum(), 1.0))
