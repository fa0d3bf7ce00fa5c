"""Exact posteriors of groups' probabilities under binomial outcomes and Beta distributions.

The model is ``y[j] ~ Binomial(n[j], theta[j])``, ``theta[j] ~ Beta(alpha, beta)``. Given the two
shapes each ``theta[j]`` is Beta distributed, so that the only numerical work is quadrature over
the shapes, on ``log(alpha / beta)`` and ``log(alpha + beta)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import betainc, expit, gammaln, log_expit, logit, logsumexp, ndtr

from hierarchical_models.exact_binomial import (
    Counts,
    HeldOutLogDensity,
    check_counts,
    log_beta_binomial,
    log_choose,
    log_rising,
)
from hierarchical_models.exact_hyperpriors import BetaHyperprior, GammaHyperprior
from hierarchical_models.exact_quadrature import (
    Nodes,
    Plane,
    check_probs,
    fit_plane,
    invert_cdf,
    standard_deviation,
)

DEFAULT_HYPERPRIOR = GammaHyperprior()
NORMAL_FROM = 1e7
LOG_ODDS_END = 700.0


class BetaShapes(NamedTuple):
    """The two shapes of a Beta distribution."""

    alpha: float
    beta: float


class BetaBinomialDraws(NamedTuple):
    """Independent draws from a posterior.

    Parameters
    ----------
    alpha, beta : ndarray of float, shape (n_draws,)
        Shapes of the groups' distribution.
    theta : ndarray of float, shape (n_draws, n_groups)
        Probability of success in each group.
    """

    alpha: np.ndarray
    beta: np.ndarray
    theta: np.ndarray


@dataclass(frozen=True, eq=False)
class BetaBinomialPosterior:
    """Exact posterior of groups' probabilities that come from one Beta distribution.

    Parameters
    ----------
    alpha_mean, alpha_sd, beta_mean, beta_sd : float
        Shapes of the Beta distribution.
    phi_mean, phi_sd : float
        Its mean, ``alpha / (alpha + beta)``.
    kappa_mean, kappa_sd : float
        Its concentration, ``alpha + beta``, in trials. Like the shapes', its moments are ``inf``
        where they do not exist, as under heavy-tailed hyperpriors and groups that are all alike.
    log_kappa_mean, log_kappa_sd : float
        Natural logarithm of the concentration.
    log_ratio_mean, log_ratio_sd : float
        ``log(alpha / beta)``, the log-odds of ``phi``.
    theta_mean, theta_sd : ndarray of float, shape (n_groups,)
        Probability of success in each group.
    theta_new_mean, theta_new_sd : float
        Probability of success in a group not seen yet.
    log_evidence : float
        Log integral over the shapes, in nats, of hyperprior times likelihood, where the likelihood
        is ``B(alpha + y, beta + n - y) / B(alpha, beta)`` multiplied over groups, without binomial
        coefficients.
    """

    alpha_mean: float
    alpha_sd: float
    beta_mean: float
    beta_sd: float
    phi_mean: float
    phi_sd: float
    kappa_mean: float
    kappa_sd: float
    log_kappa_mean: float
    log_kappa_sd: float
    log_ratio_mean: float
    log_ratio_sd: float
    theta_mean: np.ndarray
    theta_sd: np.ndarray
    theta_new_mean: float
    theta_new_sd: float
    log_evidence: float
    _counts: Counts
    _hyperprior: BetaHyperprior
    _plane: Plane

    @cached_property
    def mode(self) -> BetaShapes:
        """Shapes at which the density of ``(log(alpha / beta), log(alpha + beta))`` is highest."""
        nodes = self._plane.nodes
        best = int(self.log_density(nodes.x, nodes.z).argmax())
        return _maximise_shapes(self.log_density, nodes.x[best], nodes.z[best])

    def log_density(self, log_ratio: ArrayLike, log_kappa: ArrayLike) -> np.ndarray:
        """Log density of ``(log(alpha / beta), log(alpha + beta))``, for contour plots.

        Parameters
        ----------
        log_ratio, log_kappa : array_like of float
            Arrays that broadcast.

        Returns
        -------
        ndarray of float
            Normalised, in nats.
        """
        x, z = np.asarray(log_ratio, dtype=float), np.asarray(log_kappa, dtype=float)
        return _log_joint(self._counts, self._hyperprior, x, z) - self.log_evidence

    def kappa_quantile(self, probs: ArrayLike) -> np.ndarray:
        """Quantiles of the concentration ``alpha + beta``, in trials.

        Parameters
        ----------
        probs : array_like of float
            Probabilities, above 0 and below 1.

        Returns
        -------
        ndarray of float
            In the shape of `probs`.
        """
        return self._plane.marginal.quantile(probs)

    def theta_quantile(self, probs: ArrayLike) -> np.ndarray:
        """Quantiles of each group's probability of success.

        Parameters
        ----------
        probs : array_like of float, shape (n_probs,)
            Probabilities, above 0 and below 1.

        Returns
        -------
        ndarray of float, shape (n_probs, n_groups)
            One row for each probability; one row less dimension for a single number.
        """
        wanted = check_probs(probs)
        rows = [self._theta_quantile_row(prob) for prob in wanted.ravel()]
        return np.array(rows).reshape(*wanted.shape, len(self.theta_mean))

    def probability_above(self, threshold: float) -> np.ndarray:
        """Posterior probability that each group's probability of success exceeds a threshold.

        Parameters
        ----------
        threshold : float
            Between 0 and 1.

        Returns
        -------
        ndarray of float, shape (n_groups,)
            One probability for each group.
        """
        return 1 - self._fine_nodes.mean(self._cdf_given_shapes(threshold))

    def probability_any_above(self, threshold: float) -> float:
        """Posterior probability that the largest probability of success exceeds a threshold.

        Parameters
        ----------
        threshold : float
            Between 0 and 1.

        Returns
        -------
        float
            ``1 - E(prod(P(theta[j] <= threshold | alpha, beta)))``: given the shapes, groups are
            independent.
        """
        below = self._cdf_given_shapes(threshold)
        return float(1 - self._fine_nodes.mean(below.prod(axis=0)))

    def sample(self, n_draws: int, seed: int) -> BetaBinomialDraws:
        """Draw independently from the posterior.

        Parameters
        ----------
        n_draws : int
            Number of draws.
        seed : int
            Seed of the random numbers.

        Returns
        -------
        BetaBinomialDraws
            Shapes from the quadrature nodes, with their probabilities, and each group's
            probability of success from its Beta distribution given the shapes.
        """
        random = np.random.default_rng(seed)
        nodes = self._fine_nodes
        places = random.choice(len(nodes.weight), size=n_draws, p=nodes.weight)
        alpha, beta = _shapes(nodes.x[places], nodes.z[places])
        failures = self._counts.n - self._counts.y
        theta = random.beta(alpha[:, None] + self._counts.y, beta[:, None] + failures)
        return BetaBinomialDraws(alpha, beta, theta)

    def held_out_log_density(self, y_new: ArrayLike, n_new: ArrayLike) -> HeldOutLogDensity:
        """Log predictive density of new counts of the same groups.

        Parameters
        ----------
        y_new, n_new : array_like of int, shape (n_groups,)
            Successes and trials that the posterior has not seen.

        Returns
        -------
        HeldOutLogDensity
            Jointly, as a ratio of two evidences, each integrated where it has its mass; and for
            each group alone.

        Raises
        ------
        ValueError
            If the counts are not valid, or not one for each group.
        """
        new = check_counts(y_new, n_new, len(self.theta_mean), fewest=0)
        all_counts = Counts(self._counts.y + new.y, self._counts.n + new.n)
        choices = log_choose(new.n, new.y)
        joint = _fit(all_counts, self._hyperprior).log_evidence - self.log_evidence + choices.sum()
        nodes = self._fine_nodes
        alpha, beta = _conditional_shapes(self._counts, nodes)
        log_terms = log_beta_binomial(new.y[:, None], new.n[:, None], alpha, beta)
        pointwise = logsumexp(log_terms + np.log(nodes.weight), axis=1) + choices
        return HeldOutLogDensity(float(joint), pointwise)

    @cached_property
    def _fine_nodes(self) -> Nodes:
        """Nodes close enough together for groups whose theta is all but fixed by the shapes."""
        phi = self._plane.slice_mean(expit(self._plane.x))
        trials = np.exp(self._plane.marginal.z) + self._counts.n.max()
        return self._plane.refine(
            lambda x, z: _log_joint(self._counts, self._hyperprior, x, z),
            1 / np.sqrt(trials * np.maximum(phi * (1 - phi), 1e-12)),
        )

    def _cdf_given_shapes(self, threshold: float) -> np.ndarray:
        """Probability at each node that each group's theta is at most a threshold."""
        if not 0 < threshold < 1:
            raise ValueError(f"threshold: found {threshold:g}, allowed above 0 and below 1")
        alpha, beta = _conditional_shapes(self._counts, self._fine_nodes)
        return _beta_cdf(np.array([[logit(threshold)]]), alpha, beta)

    def _theta_quantile_row(self, prob: float) -> np.ndarray:
        nodes = self._fine_nodes
        alpha, beta = _conditional_shapes(self._counts, nodes)
        log_odds = invert_cdf(
            lambda value: nodes.mean(_beta_cdf(value[:, None], alpha, beta)),
            lambda value: nodes.mean(_log_odds_pdf(value[:, None], alpha, beta)),
            prob,
            logit(self.theta_mean),
            LOG_ODDS_END,
        )
        return expit(log_odds)


def beta_binomial_posterior(
    y: ArrayLike, n: ArrayLike, *, hyperprior: BetaHyperprior = DEFAULT_HYPERPRIOR
) -> BetaBinomialPosterior:
    """Exact posterior of groups' probabilities that come from one Beta distribution.

    Parameters
    ----------
    y, n : array_like of int, shape (n_groups,)
        Successes and trials of each group.
    hyperprior : BetaHyperprior
        Prior of the two shapes: `GammaHyperprior`, `PowerLawHyperprior`,
        `BetaParetoHyperprior`, or any object with a method ``log_density(alpha, beta)``.

    Returns
    -------
    BetaBinomialPosterior
        Moments, quantiles, probabilities, draws and predictive densities.

    Raises
    ------
    ValueError
        If a count is not a whole number, or `y` exceeds `n`, or a group has no trials.
    ImproperPosteriorError
        If the posterior has no finite integral.
    QuadratureError
        If refining the grid does not settle the result.

    Notes
    -----
    With ``theta`` integrated out the density of ``x = log(alpha / beta)`` and
    ``z = log(alpha + beta)`` is proportional to

    ``p(alpha, beta) alpha beta prod(B(alpha + y, beta + n - y) / B(alpha, beta))``

    (BDA3, equation 5.8, with the Jacobian ``alpha * beta``). For each ``z`` the grid in ``x`` spans
    the window where the density is within 34 nats of that slice's peak, and is refined until the
    slices' integrals settle; ``z`` has Gauss-Legendre panels that are halved until their integrals
    settle. Beyond the last panel the tail of ``z`` is a power law of ``alpha + beta``, added in
    closed form.

    References
    ----------
    .. [1] Gelman et al. (2013). Bayesian Data Analysis, 3rd ed., section 5.3.

    Examples
    --------
    >>> batters = beta_binomial_posterior([18, 12, 7], [45, 45, 45])
    >>> batters.theta_mean.round(3).tolist()
    [0.394, 0.274, 0.173]
    """
    counts = check_counts(y, n)
    return _summarise(counts, hyperprior, _fit(counts, hyperprior))


def beta_binomial_mle(y: ArrayLike, n: ArrayLike) -> BetaShapes:
    """Shapes that maximise the marginal likelihood of the counts.

    Parameters
    ----------
    y, n : array_like of int, shape (n_groups,)
        Successes and trials of each group.

    Returns
    -------
    BetaShapes
        The empirical-Bayes estimate.

    Raises
    ------
    ValueError
        If the likelihood has no maximum: it rises without end where groups differ no more than by
        chance (towards equal probabilities), or where every group has only successes or failures.

    Examples
    --------
    >>> shapes = beta_binomial_mle([0, 2, 5, 9], [10, 10, 10, 10])
    >>> round(shapes.alpha, 2), round(shapes.beta, 2)
    (0.56, 0.88)
    """
    counts = check_counts(y, n)
    rate = (counts.y.sum() + 0.5) / (counts.n.sum() + 1)

    def log_likelihood(x: np.ndarray, z: np.ndarray) -> np.ndarray:
        return counts.log_likelihood(*_shapes(x, z), np.exp(z))

    starts = np.linspace(-6.0, 12.0, 73)
    heights = log_likelihood(np.full_like(starts, np.log(rate / (1 - rate))), starts)
    start = starts[int(heights.argmax())]
    shapes = _maximise_shapes(log_likelihood, np.log(rate / (1 - rate)), start)
    if not 1e-4 < shapes.alpha + shapes.beta < 1e6:
        raise ValueError(
            f"y: found a likelihood that rises towards alpha + beta = {sum(shapes):.3g}, allowed "
            "groups that differ by more than chance; use beta_binomial_posterior"
        )
    return shapes


def beta_moment_estimate(rates: ArrayLike) -> BetaShapes:
    """Shapes of the Beta distribution with the mean and standard deviation of observed rates.

    Crude: it takes sampling error for differences between groups.

    Parameters
    ----------
    rates : array_like of float, shape (n_groups,)
        Observed proportions, at least two of them different.

    Returns
    -------
    BetaShapes
        ``mean * kappa`` and ``(1 - mean) * kappa`` with ``kappa = mean * (1 - mean) / sd**2 - 1``.

    Raises
    ------
    ValueError
        If the rates do not vary, or vary more than any Beta distribution.

    References
    ----------
    .. [1] Gelman et al. (2013). Bayesian Data Analysis, 3rd ed., section 5.1.

    Examples
    --------
    >>> shapes = beta_moment_estimate([0.1, 0.2, 0.3])
    >>> round(shapes.alpha, 2), round(shapes.beta, 2)
    (3.0, 12.0)
    """
    values = np.asarray(rates, dtype=float)
    mean, variance = values.mean(), values.var(ddof=1) if values.size > 1 else 0.0
    if not 0 < variance < mean * (1 - mean):
        raise ValueError(
            f"rates: found mean {mean:g} and variance {variance:g}, allowed a variance above 0 and "
            "below mean * (1 - mean)"
        )
    kappa = mean * (1 - mean) / variance - 1
    return BetaShapes(float(mean * kappa), float((1 - mean) * kappa))


def _fit(counts: Counts, hyperprior: BetaHyperprior) -> Plane:
    rate = (counts.y.sum() + 0.5) / (counts.n.sum() + 1)
    centre = float(np.log(rate / (1 - rate)))
    floor = getattr(hyperprior, "kappa_min", 0.0)
    z_floor = float(np.log(floor)) if floor > 0 else -np.inf
    lowest = max(-4.0, z_floor)
    return fit_plane(
        lambda x, z: _log_joint(counts, hyperprior, x, z),
        (centre - 4.0, centre + 4.0),
        (lowest, lowest + 12.0),
        z_floor=z_floor,
    )


def _summarise(counts: Counts, hyperprior: BetaHyperprior, plane: Plane) -> BetaBinomialPosterior:
    nodes = plane.nodes
    alpha, beta = _conditional_shapes(counts, nodes)
    given_mean = alpha / (alpha + beta)
    given_variance = given_mean * (1 - given_mean) / (alpha + beta + 1)
    theta_mean = nodes.mean(given_mean)
    theta_variance = nodes.mean(given_variance + (given_mean - theta_mean[:, None]) ** 2)
    phi = expit(nodes.x)
    phi_mean, log_ratio_mean = float(nodes.mean(phi)), float(nodes.mean(nodes.x))
    phi_variance = float(nodes.mean((phi - phi_mean) ** 2))
    new_variance = float(nodes.mean(phi * (1 - phi) / (np.exp(nodes.z) + 1))) + phi_variance
    alpha_mean, alpha_sd = _shape_moments(plane, expit(plane.x))
    beta_mean, beta_sd = _shape_moments(plane, expit(-plane.x))
    return BetaBinomialPosterior(
        alpha_mean=alpha_mean,
        alpha_sd=alpha_sd,
        beta_mean=beta_mean,
        beta_sd=beta_sd,
        phi_mean=phi_mean,
        phi_sd=float(np.sqrt(phi_variance)),
        kappa_mean=plane.marginal.mean,
        kappa_sd=plane.marginal.sd,
        log_kappa_mean=plane.marginal.log_mean,
        log_kappa_sd=plane.marginal.log_sd,
        log_ratio_mean=log_ratio_mean,
        log_ratio_sd=float(np.sqrt(nodes.mean((nodes.x - log_ratio_mean) ** 2))),
        theta_mean=theta_mean,
        theta_sd=np.sqrt(theta_variance),
        theta_new_mean=phi_mean,
        theta_new_sd=float(np.sqrt(new_variance)),
        log_evidence=plane.log_evidence,
        _counts=counts,
        _hyperprior=hyperprior,
        _plane=plane,
    )


def _shape_moments(plane: Plane, share: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation of ``kappa * share``."""
    mean = plane.marginal.moment(1, plane.slice_mean(share))
    second = plane.marginal.moment(2, plane.slice_mean(share**2))
    return mean, standard_deviation(mean, second)


def _log_joint(
    counts: Counts, hyperprior: BetaHyperprior, x: np.ndarray, z: np.ndarray
) -> np.ndarray:
    alpha, beta = _shapes(x, z)
    log_jacobian = log_expit(x) + log_expit(-x) + 2 * z
    log_prior = hyperprior.log_density(alpha, beta)
    return log_prior + log_jacobian + counts.log_likelihood(alpha, beta, np.exp(z))


def _shapes(x: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.exp(z + log_expit(x)), np.exp(z + log_expit(-x))


def _conditional_shapes(counts: Counts, nodes: Nodes) -> tuple[np.ndarray, np.ndarray]:
    """Shapes of each theta's distribution at the nodes, each (n_groups, n_nodes)."""
    alpha, beta = _shapes(nodes.x, nodes.z)
    return alpha + counts.y[:, None], beta + (counts.n - counts.y)[:, None]


def _maximise_shapes(log_height, x: float, z: float) -> BetaShapes:
    found = minimize(
        lambda place: -log_height(np.array(place[0]), np.array(place[1])),
        (x, z),
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 2000},
    )
    alpha, beta = _shapes(*found.x)
    return BetaShapes(float(alpha), float(beta))


def _beta_cdf(log_odds: np.ndarray, alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Regularised incomplete beta function; its normal limit where both shapes are huge."""
    log_odds = np.broadcast_to(log_odds, alpha.shape)
    result = np.empty(alpha.shape)
    huge = np.minimum(alpha, beta) > NORMAL_FROM
    low, high = ~huge & (log_odds < 0), ~huge & (log_odds >= 0)
    result[low] = betainc(alpha[low], beta[low], expit(log_odds[low]))
    result[high] = 1 - betainc(beta[high], alpha[high], expit(-log_odds[high]))
    mean = alpha[huge] / (alpha[huge] + beta[huge])
    sd = np.sqrt(mean * (1 - mean) / (alpha[huge] + beta[huge]))
    result[huge] = ndtr((expit(log_odds[huge]) - mean) / sd)
    return result


def _log_odds_pdf(log_odds: np.ndarray, alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Density of the log-odds of a Beta distributed probability."""
    log_norm = log_rising(alpha, beta) - gammaln(beta)
    return np.exp(alpha * log_expit(log_odds) + beta * log_expit(-log_odds) + log_norm)
