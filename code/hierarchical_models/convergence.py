"""R-hat and effective numbers of draws, of many parameters at once.

The numbers are those of ArviZ (the tests hold them side by side), which computes them for one
element of one array after another, and ranks the same draws once for each number. A fit with a
parameter for each of many groups waits for that longer than for its sampler.

References
----------
.. [1] Vehtari et al. (2021). Rank-normalization, folding, and localization: an improved R-hat.
   Bayesian Analysis 16, 667-718.
.. [2] Geyer (1992). Practical Markov chain Monte Carlo. Statistical Science 7, 473-483.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft, special, stats

TAILS = (0.05, 0.95)
"""Quantiles whose effective numbers of draws are those of the tails."""

FEWEST_DRAWS = 4
BLOCK = 4_000_000
"""Draws that are worked on at once: few enough for the memory of a small machine."""


@dataclass(frozen=True)
class Convergence:
    """How well the chains of each parameter agree, and what their draws are worth.

    Parameters
    ----------
    r_hat : ndarray, shape (k,)
        Larger of the rank-normalised split R-hats of the draws and of their distances from the
        median; not a number for a constant, and with fewer than two chains.
    ess_bulk, ess_tail : ndarray, shape (k,)
        Effective numbers of draws in the bulk, and the smaller one of those of the 5% and 95%
        quantiles; the number of draws for a constant.
    """

    r_hat: np.ndarray
    ess_bulk: np.ndarray
    ess_tail: np.ndarray


def measure_convergence(draws: np.ndarray) -> Convergence:
    """Compute the convergence of every parameter.

    Parameters
    ----------
    draws : ndarray, shape (chains, draws, k)
        A column for each parameter.

    Returns
    -------
    Convergence
        Not a number where a draw is none, or where there are fewer than four draws.

    Examples
    --------
    >>> draws = np.random.default_rng(1).normal(size=(4, 1000, 2))
    >>> measure_convergence(draws).r_hat.round(2)
    array([1., 1.])
    """
    n_chains, n_draws, n_columns = draws.shape
    if n_draws < FEWEST_DRAWS or not n_columns:
        nothing = np.full(n_columns, np.nan)
        return Convergence(nothing, nothing, nothing)
    step = max(1, BLOCK // (n_chains * n_draws))
    blocks = [_measure(draws[..., at : at + step]) for at in range(0, n_columns, step)]
    r_hat, bulk, tail = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return Convergence(r_hat, bulk, tail)


def effective_for_mean(draws: np.ndarray) -> np.ndarray:
    """Effective number of draws for the mean of every parameter.

    Parameters
    ----------
    draws : ndarray, shape (chains, draws, k)
        A column for each parameter.

    Returns
    -------
    ndarray, shape (k,)
        How many independent draws would give as good a mean; not a number where a draw is none, or
        where there are fewer than four.

    Examples
    --------
    >>> draws = np.random.default_rng(1).normal(size=(4, 1000, 1))
    >>> bool(3000 < effective_for_mean(draws)[0] < 5000)
    True
    """
    if draws.shape[1] < FEWEST_DRAWS or not draws.size:
        return np.full(draws.shape[2], np.nan)
    columns = _columns(draws)
    found = _effective(_halves(columns))
    found[np.isnan(columns).any(axis=(1, 2))] = np.nan
    return found


def _columns(draws: np.ndarray) -> np.ndarray:
    """Columns first, so that the draws of a parameter lie side by side."""
    return np.ascontiguousarray(np.moveaxis(draws, -1, 0), dtype=float)


def _measure(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    columns = _columns(draws)
    n_chains = columns.shape[1]
    halves = _halves(columns)
    normal = _normal_scores(halves)
    bulk = _effective(normal)
    quantiles = np.quantile(columns.reshape(len(columns), -1), TAILS, axis=1)
    tail = np.min(
        [_effective(_halves(columns <= one[:, None, None]).astype(float)) for one in quantiles],
        axis=0,
    )
    r_hat = np.full(len(columns), np.nan)
    if n_chains > 1:
        median = np.median(halves, axis=(1, 2), keepdims=True)
        folded = _normal_scores(np.abs(halves - median))
        spread = _r_hat(folded)  # none where all draws are equally far from the median
        r_hat = np.where(np.isnan(spread), _r_hat(normal), np.maximum(_r_hat(normal), spread))
    unknown = np.isnan(columns).any(axis=(1, 2))
    for values in (r_hat, bulk, tail):
        values[unknown] = np.nan
    return r_hat, bulk, tail


def _halves(columns: np.ndarray) -> np.ndarray:
    """Each chain as two, without the middle draw of an odd number; shape (k, 2 chains, half)."""
    half = columns.shape[2] // 2
    return np.concatenate([columns[..., :half], columns[..., -half:]], axis=1)


def _normal_scores(values: np.ndarray) -> np.ndarray:
    """Normal quantiles of the ranks of each column's draws."""
    flat = values.reshape(len(values), -1)
    ranks = stats.rankdata(flat, axis=1)
    return special.ndtri((ranks - 0.375) / (flat.shape[1] + 0.25)).reshape(values.shape)


def _r_hat(values: np.ndarray) -> np.ndarray:
    n_draws = values.shape[2]
    between = n_draws * np.var(values.mean(axis=2), axis=1, ddof=1)
    within = np.var(values, axis=2, ddof=1).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):  # of constants
        return np.asarray(np.sqrt((between / within + n_draws - 1) / n_draws))


def _effective(values: np.ndarray) -> np.ndarray:
    """Effective number of draws for the mean of each column, by Geyer's sequences."""
    n_columns, n_chains, n_draws = values.shape
    n_values = n_chains * n_draws
    covariance = _autocovariance(values)
    within = covariance[:, 0] * n_draws / (n_draws - 1)
    variance = covariance[:, 0] + np.var(values.mean(axis=2), axis=1, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):  # of constants
        correlation = 1 - (within[:, None] - covariance) / variance[:, None]
    correlation[:, 0] = 1
    last = max(0, (n_draws - 3) // 2)  # the last pair of lags that is looked at
    even, odd = correlation[:, 0 : 2 * last + 1 : 2], correlation[:, 1 : 2 * last + 2 : 2]
    pairs = even[:, : odd.shape[1]] + odd
    # the initial positive sequence ends before the first pair that is not positive
    is_end = pairs <= 0
    end = np.where(is_end.any(axis=1), is_end.argmax(axis=1), pairs.shape[1] - 1)
    rows = np.arange(n_columns)
    monotone = np.minimum.accumulate(pairs, axis=1)
    counted = np.where(np.arange(pairs.shape[1]) < end[:, None], monotone, 0).sum(axis=1)
    left_over = np.where(pairs[rows, end] < 0, np.maximum(even[rows, end], 0), even[rows, end])
    time = np.maximum(2 * counted + left_over - 1, 1 / np.log10(n_values))
    is_constant = np.ptp(values, axis=(1, 2)) < np.finfo(float).resolution
    return np.where(is_constant, n_values, n_values / time)


def _autocovariance(values: np.ndarray) -> np.ndarray:
    """Autocovariance at each lag, averaged over the chains; shape (k, half)."""
    n_draws = values.shape[2]
    length = fft.next_fast_len(2 * n_draws, real=True)
    centred = values - values.mean(axis=2, keepdims=True)
    spectrum = np.abs(fft.rfft(centred, n=length, axis=2)) ** 2
    # the mean over chains of the inverse is the inverse of the mean
    return fft.irfft(spectrum.mean(axis=1), n=length, axis=1)[:, :n_draws] / n_draws
