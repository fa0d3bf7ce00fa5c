"""Binomial counts in groups: the pieces of their likelihood, and the models without a hierarchy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, gammaln

from hierarchical_models.exact_quadrature import check_probs

STIRLING_FROM = 1e4


class HeldOutLogDensity(NamedTuple):
    """Log predictive density of counts that the posterior has not seen.

    Parameters
    ----------
    joint : float
        Of all the new counts together, in nats.
    pointwise : ndarray of float, shape (n_groups,)
        Of each group's new count alone, in nats.
    """

    joint: float
    pointwise: np.ndarray

    @property
    def pointwise_sum(self) -> float:
        """Sum of the groups' own log densities, in nats."""
        return float(self.pointwise.sum())


@dataclass(frozen=True, eq=False)
class Counts:
    """Checked counts, and the likelihood of the shapes that their probabilities come from.

    Parameters
    ----------
    y, n : ndarray of float, shape (n_groups,)
        Successes and trials; whole numbers.
    """

    y: np.ndarray
    n: np.ndarray

    @cached_property
    def _tallies(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Distinct successes, failures and trials, and how many groups have each."""
        kinds = (self.y, self.n - self.y, self.n)
        return [np.unique(counts, return_counts=True) for counts in kinds]

    def log_likelihood(self, alpha: np.ndarray, beta: np.ndarray, kappa: np.ndarray) -> np.ndarray:
        """Log likelihood of the shapes, without binomial coefficients.

        Parameters
        ----------
        alpha, beta, kappa : ndarray of float
            The shapes and their sum, as arrays that broadcast; the sum is asked for because where
            it varies along fewer dimensions its part costs less.

        Returns
        -------
        ndarray of float
            ``log(prod(B(alpha + y, beta + n - y) / B(alpha, beta)))``, in nats.
        """
        successes, failures, trials = (
            sum(times * log_rising(base, count) for count, times in zip(*tally, strict=True))
            for base, tally in zip((alpha, beta, kappa), self._tallies, strict=True)
        )
        return np.asarray(successes + failures - trials)


@dataclass(frozen=True, eq=False)
class BinomialPooledPosterior:
    """Exact posterior of the one probability that all groups share, a Beta distribution.

    Parameters
    ----------
    alpha, beta : float
        Its shapes.
    """

    alpha: float
    beta: float

    @property
    def theta_mean(self) -> float:
        """Mean of the probability of success."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def theta_sd(self) -> float:
        """Standard deviation of the probability of success."""
        return float(_beta_sd(self.alpha, self.beta))

    def theta_quantile(self, probs: ArrayLike) -> np.ndarray:
        """Quantiles of the probability of success.

        Parameters
        ----------
        probs : array_like of float
            Probabilities, above 0 and below 1.

        Returns
        -------
        ndarray of float
            In the shape of `probs`.
        """
        return np.asarray(betaincinv(self.alpha, self.beta, check_probs(probs)))

    def held_out_log_density(self, y_new: ArrayLike, n_new: ArrayLike) -> HeldOutLogDensity:
        """Log predictive density of new counts, from the same groups or others.

        Parameters
        ----------
        y_new, n_new : array_like of int, shape (n_groups,)
            Successes and trials that the posterior has not seen.

        Returns
        -------
        HeldOutLogDensity
            Jointly, where the counts inform each other through the probability they share, and
            for each group alone.

        Raises
        ------
        ValueError
            If the counts are not valid.
        """
        new = check_counts(y_new, n_new, fewest=0)
        choices = log_choose(new.n, new.y)
        together = log_beta_binomial(new.y.sum(), new.n.sum(), self.alpha, self.beta)
        alone = log_beta_binomial(new.y, new.n, self.alpha, self.beta)
        return HeldOutLogDensity(float(together + choices.sum()), alone + choices)


@dataclass(frozen=True, eq=False)
class BinomialUnpooledPosterior:
    """Exact posteriors of probabilities that owe nothing to each other, Beta distributions.

    Parameters
    ----------
    alpha, beta : ndarray of float, shape (n_groups,)
        Their shapes.
    """

    alpha: np.ndarray
    beta: np.ndarray

    @property
    def theta_mean(self) -> np.ndarray:
        """Mean of each group's probability of success, shape (n_groups,)."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def theta_sd(self) -> np.ndarray:
        """Standard deviation of each group's probability of success, shape (n_groups,)."""
        return np.asarray(_beta_sd(self.alpha, self.beta))

    def theta_quantile(self, probs: ArrayLike) -> np.ndarray:
        """Quantiles of each group's probability of success.

        Parameters
        ----------
        probs : array_like of float, shape (n_probs,)
            Probabilities, above 0 and below 1.

        Returns
        -------
        ndarray of float, shape (n_probs, n_groups)
            One row for each probability; one dimension less for a single number.
        """
        return np.asarray(betaincinv(self.alpha, self.beta, check_probs(probs)[..., None]))

    def held_out_log_density(self, y_new: ArrayLike, n_new: ArrayLike) -> HeldOutLogDensity:
        """Log predictive density of new counts of the same groups.

        Parameters
        ----------
        y_new, n_new : array_like of int, shape (n_groups,)
            Successes and trials that the posterior has not seen.

        Returns
        -------
        HeldOutLogDensity
            The joint density is the sum of the groups' own, for the groups are independent.

        Raises
        ------
        ValueError
            If the counts are not valid, or not one for each group.
        """
        new = check_counts(y_new, n_new, len(self.alpha), fewest=0)
        alone = log_beta_binomial(new.y, new.n, self.alpha, self.beta) + log_choose(new.n, new.y)
        return HeldOutLogDensity(float(alone.sum()), alone)


def binomial_pooled_posterior(
    y: ArrayLike, n: ArrayLike, *, alpha: float = 2.0, beta: float = 2.0
) -> BinomialPooledPosterior:
    """Exact posterior of one probability shared by all groups.

    Parameters
    ----------
    y, n : array_like of int, shape (n_groups,)
        Successes and trials of each group.
    alpha, beta : float
        Shapes of the Beta prior, above 0.

    Returns
    -------
    BinomialPooledPosterior
        ``Beta(alpha + sum(y), beta + sum(n - y))``.

    Raises
    ------
    ValueError
        If a count is not valid or a shape not positive.

    References
    ----------
    .. [1] Gelman et al. (2013). Bayesian Data Analysis, 3rd ed., section 2.4.

    Examples
    --------
    >>> round(binomial_pooled_posterior([18, 7], [45, 45]).theta_mean, 4)
    0.2872
    """
    counts = check_counts(y, n)
    _check_shapes(alpha=alpha, beta=beta)
    successes, trials = counts.y.sum(), counts.n.sum()
    return BinomialPooledPosterior(float(alpha + successes), float(beta + trials - successes))


def binomial_unpooled_posterior(
    y: ArrayLike, n: ArrayLike, *, alpha: float = 2.0, beta: float = 2.0
) -> BinomialUnpooledPosterior:
    """Exact posteriors of probabilities under a fixed prior, so that no group learns from another.

    Parameters
    ----------
    y, n : array_like of int, shape (n_groups,)
        Successes and trials of each group.
    alpha, beta : float
        Shapes of the Beta prior of each probability, above 0.

    Returns
    -------
    BinomialUnpooledPosterior
        ``Beta(alpha + y[j], beta + n[j] - y[j])`` for group ``j``.

    Raises
    ------
    ValueError
        If a count is not valid or a shape not positive.

    References
    ----------
    .. [1] Gelman et al. (2013). Bayesian Data Analysis, 3rd ed., section 2.4.

    Examples
    --------
    >>> binomial_unpooled_posterior([18, 7], [45, 45]).theta_mean.round(4).tolist()
    [0.4082, 0.1837]
    """
    counts = check_counts(y, n)
    _check_shapes(alpha=alpha, beta=beta)
    return BinomialUnpooledPosterior(alpha + counts.y, beta + counts.n - counts.y)


def log_rising(base: np.ndarray, count: ArrayLike) -> np.ndarray:
    """Log of ``gamma(base + count) / gamma(base)``, without cancellation for large bases.

    Parameters
    ----------
    base : ndarray of float
        Above 0.
    count : array_like of float
        At least 0; broadcasts with `base`.

    Returns
    -------
    ndarray of float
        Differences of log-gamma functions below a base of 10000, and from there on Stirling's
        series, whose first omitted term is under 1e-14.

    Examples
    --------
    >>> bool(np.isclose(log_rising(np.array(3.0), 2), np.log(3 * 4)))
    True
    """
    base, count = np.broadcast_arrays(np.asarray(base, dtype=float), np.asarray(count, dtype=float))
    result = np.empty(base.shape)
    small = base < STIRLING_FROM
    low, few = base[small], count[small]
    result[small] = gammaln(low + few) - gammaln(low)
    high, more = base[~small], count[~small]
    series = (1 / (high + more) - 1 / high) / 12
    result[~small] = (
        (high - 0.5) * np.log1p(more / high) + more * (np.log(high + more) - 1) + series
    )
    return result


def log_beta_binomial(
    y: np.ndarray, n: np.ndarray, alpha: np.ndarray, beta: np.ndarray
) -> np.ndarray:
    """Log density of a count under a Beta-binomial distribution, without binomial coefficient.

    Parameters
    ----------
    y, n : ndarray of float
        Successes and trials.
    alpha, beta : ndarray of float
        Shapes of the distribution of the probability of success; all arrays broadcast.

    Returns
    -------
    ndarray of float
        ``log(B(alpha + y, beta + n - y) / B(alpha, beta))``, in nats.
    """
    return log_rising(alpha, y) + log_rising(beta, n - y) - log_rising(alpha + beta, n)


def log_choose(n: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Log of the binomial coefficient.

    Parameters
    ----------
    n, y : ndarray of float
        Trials and successes.

    Returns
    -------
    ndarray of float
        ``log(n! / (y! (n - y)!))``.
    """
    return np.asarray(gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1))


def check_counts(
    y: ArrayLike, n: ArrayLike, n_groups: int | None = None, fewest: int = 1
) -> Counts:
    """Return successes and trials as arrays, or say what is wrong with them.

    Parameters
    ----------
    y, n : array_like of int, shape (n_groups,)
        What the caller gave; a single number of trials holds for every group.
    n_groups : int, optional
        The number of groups that is wanted; any without.
    fewest : int
        The smallest number of trials allowed.

    Returns
    -------
    Counts
        The same.

    Raises
    ------
    ValueError
        If a count is not a whole number, or `y` exceeds `n`, or lengths are wrong.
    """
    successes = np.atleast_1d(np.asarray(y, dtype=float))
    trials = np.atleast_1d(np.asarray(n, dtype=float))
    trials = np.broadcast_to(trials, successes.shape) if trials.size == 1 else trials
    if successes.ndim != 1 or not successes.size or trials.shape != successes.shape:
        raise ValueError(
            f"y and n: found shapes {successes.shape} and {trials.shape}, allowed one count of "
            "each for each group"
        )
    if n_groups is not None and successes.size != n_groups:
        raise ValueError(f"y: found {successes.size} groups, allowed {n_groups}")
    for name, counts in (("y", successes), ("n", trials)):
        whole = np.isfinite(counts) & (counts == np.round(counts))
        if not whole.all():
            raise ValueError(f"{name}: found {counts[~whole][0]:g}, allowed whole numbers")
    if (trials < fewest).any():
        raise ValueError(f"n: found {trials.min():g}, allowed at least {fewest}")
    wrong = (successes < 0) | (successes > trials)
    if wrong.any():
        place = int(wrong.argmax())
        raise ValueError(
            f"y[{place}]: found {successes[place]:g}, allowed 0 to {trials[place]:g} (n[{place}])"
        )
    return Counts(successes, trials)


def _beta_sd(alpha: ArrayLike, beta: ArrayLike) -> np.ndarray:
    total = np.add(alpha, beta)
    return np.sqrt(np.multiply(alpha, beta) / (total**2 * (total + 1)))


def _check_shapes(**shapes: float) -> None:
    for name, value in shapes.items():
        if not value > 0:
            raise ValueError(f"{name}: found {value:g}, allowed above 0")
