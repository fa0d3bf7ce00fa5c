"""Exact posteriors of groups' probabilities whose log-odds come from one normal distribution.

The model is ``y[j] ~ Binomial(n[j], theta[j])``, ``logit(theta[j]) ~ Normal(mu, sigma)``. Given
``mu`` and ``sigma`` the groups are independent, and each is an integral over one number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike
from scipy.special import expit, log_expit, logit, logsumexp, ndtri

from hierarchical_models.exact_binomial import (
    Counts,
    HeldOutLogDensity,
    check_counts,
    log_choose,
)
from hierarchical_models.exact_quadrature import (
    Nodes,
    Plane,
    check_probs,
    fit_plane,
    invert_cdf,
)

LOG_ODDS_END = 700.0
MU_FAR = 1e12
SINH_END = 4.5
FEWEST_POINTS = 27
MOST_POINTS = 1281
LOG_NORMAL_CONSTANT = -0.5 * np.log(2 * np.pi)


@dataclass(frozen=True)
class _Group:
    """One group given ``mu`` and ``sigma``: everything in ``u = (logit(theta) - mu) / sigma``.

    The density of ``u``, a standard normal times a binomial likelihood, has one peak. With
    ``u = centre + scale * sinh(t)`` it is resolved both at the peak, whose width is `scale`, and
    in tails as wide as the normal's, so that the trapezoidal rule in ``t`` converges exponentially.
    """

    y: float
    n: float
    mu: np.ndarray
    sigma: np.ndarray

    @cached_property
    def centre(self) -> np.ndarray:
        """Where the density of ``u`` peaks: the root of a falling function, inside a bracket."""
        rate = (self.y + 0.5) / (self.n + 1)
        own, strength = logit(rate) - self.mu, self.sigma**2 * self.n * rate * (1 - rate)
        u = own / self.sigma * strength / (1 + strength)
        lower, upper = -self.sigma * (self.n - self.y), self.sigma * self.y
        u = np.clip(u, lower, upper)
        for _ in range(8):
            probability = expit(self.mu + self.sigma * u)
            slope = -u + self.sigma * (self.y - self.n * probability)
            lower, upper = np.where(slope > 0, u, lower), np.where(slope > 0, upper, u)
            curvature = 1 + self.sigma**2 * self.n * probability * (1 - probability)
            guess = u + slope / curvature
            u = np.where((guess >= lower) & (guess <= upper), guess, (lower + upper) / 2)
        return u

    @cached_property
    def scale(self) -> np.ndarray:
        """Width of the peak."""
        probability = expit(self.mu + self.sigma * self.centre)
        return (1 + self.sigma**2 * self.n * probability * (1 - probability)) ** -0.5

    @property
    def n_points(self) -> int:
        """Points that resolve the step of the logistic function, one unit of log-odds wide."""
        wanted = 25 * float((self.sigma * self.scale).max())
        return int(np.clip(wanted, FEWEST_POINTS, MOST_POINTS))

    def log_density(self, u: np.ndarray) -> np.ndarray:
        """Log density of ``u``, which has an axis more than ``mu``, and of the counts."""
        log_odds = self.mu[..., None] + self.sigma[..., None] * u
        likelihood = self.y * log_odds + self.n * log_expit(-log_odds)
        return likelihood - u**2 / 2 + LOG_NORMAL_CONSTANT

    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """Points in ``u`` and the log of their weights times densities."""
        t, step = np.linspace(-SINH_END, SINH_END, self.n_points, retstep=True)
        u = self.centre[..., None] + self.scale[..., None] * np.sinh(t)
        log_measure = np.log(self.scale)[..., None] + np.log(np.cosh(t) * step)
        return u, self.log_density(u) + log_measure

    @cached_property
    def log_likelihood(self) -> np.ndarray:
        """Log probability of the counts, without binomial coefficient."""
        return np.asarray(logsumexp(self.points()[1], axis=-1))

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of theta."""
        u, log_terms = self.points()
        weight = np.exp(log_terms - self.log_likelihood[..., None])
        theta = expit(self.mu[..., None] + self.sigma[..., None] * u)
        mean = (weight * theta).sum(axis=-1)
        return mean, (weight * (theta - mean[..., None]) ** 2).sum(axis=-1)

    def cdf(self, log_odds: float) -> np.ndarray:
        """Probability that the log-odds are at most a value, by Gauss's rule up to there."""
        end = np.arcsinh(((log_odds - self.mu) / self.sigma - self.centre) / self.scale)
        end = np.clip(end, -SINH_END, SINH_END)
        nodes, weights = leggauss(self.n_points)
        half = (end + SINH_END) / 2
        t = half[..., None] * (1 + nodes) - SINH_END
        u = self.centre[..., None] + self.scale[..., None] * np.sinh(t)
        log_density = self.log_density(u) - self.log_likelihood[..., None]
        mass = (np.exp(log_density) * np.cosh(t)) @ weights * half * self.scale
        return np.clip(mass, 0.0, 1.0)

    def pdf(self, log_odds: float) -> np.ndarray:
        """Density of the log-odds."""
        u = (log_odds - self.mu) / self.sigma
        return np.exp(self.log_density(u[..., None])[..., 0] - self.log_likelihood) / self.sigma


@dataclass(frozen=True)
class _LogitNormalModel:
    """Data and priors."""

    counts: Counts
    prior_mean: float
    prior_scale: float
    sigma_scale: float

    @cached_property
    def distinct_groups(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Distinct pairs of successes and trials, where each is first found, and each group's."""
        pairs = np.column_stack([self.counts.y, self.counts.n])
        return np.unique(pairs, axis=0, return_index=True, return_inverse=True)

    def log_joint(self, mu: np.ndarray, log_sigma: np.ndarray) -> np.ndarray:
        """Log density of ``(mu, log(sigma))`` and the counts, up to a constant of flat priors."""
        sigma = np.exp(log_sigma)
        log_prior = -(((mu - self.prior_mean) / self.prior_scale) ** 2) / 2
        log_prior = log_prior - (sigma / self.sigma_scale) ** 2 / 2 + log_sigma
        sigmas = np.broadcast_to(sigma, mu.shape)
        return log_prior + self._log_likelihood(mu, sigmas)

    def _log_likelihood(self, mu: np.ndarray, sigma: np.ndarray) -> np.ndarray:
        # wide slices need many points, so that they are kept apart from narrow ones
        width = np.floor(np.log2(np.maximum(sigma[:, 0], 1.0)))
        result = np.empty(mu.shape)
        pairs, _, inverse = self.distinct_groups
        times = np.bincount(inverse)
        for level in np.unique(width):
            rows = width == level
            groups = (_Group(y, n, mu[rows], sigma[rows]) for y, n in pairs)
            result[rows] = sum(
                count * group.log_likelihood for group, count in zip(groups, times, strict=True)
            )
        return result

    def fit(self) -> Plane:
        """Resolve the posterior of ``(mu, log(sigma))``."""
        rate = (self.counts.y.sum() + 0.5) / (self.counts.n.sum() + 1)
        centre = float(logit(rate))
        # the prior all but rules out a sigma beyond twelve times its scale
        z_start = (np.log(self.sigma_scale) - 6.0, np.log(12 * self.sigma_scale))
        return fit_plane(self.log_joint, (centre - 3.0, centre + 3.0), z_start, x_far=MU_FAR)


@dataclass(frozen=True, eq=False)
class LogitNormalBinomialPosterior:
    """Exact posterior of probabilities whose log-odds come from one normal distribution.

    Parameters
    ----------
    mu_mean, mu_sd : float
        Mean of the groups' log-odds.
    sigma_mean, sigma_sd : float
        Standard deviation of the groups' log-odds.
    theta_mean, theta_sd : ndarray of float, shape (n_groups,)
        Probability of success in each group.
    theta_new_mean, theta_new_sd : float
        Probability of success in a group not seen yet.
    log_evidence : float
        Log integral of the priors' kernels times likelihood over ``mu`` and ``log(sigma)``, in
        nats; only differences between data sets under the same priors have a meaning.
    """

    mu_mean: float
    mu_sd: float
    sigma_mean: float
    sigma_sd: float
    theta_mean: np.ndarray
    theta_sd: np.ndarray
    theta_new_mean: float
    theta_new_sd: float
    log_evidence: float
    _model: _LogitNormalModel
    _plane: Plane

    def sigma_quantile(self, probs: ArrayLike) -> np.ndarray:
        """Quantiles of the standard deviation of the groups' log-odds.

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
            One row for each probability; one dimension less for a single number.
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
        return 1 - self._fine_nodes.mean(self._cdf_given_parameters(threshold))

    def probability_any_above(self, threshold: float) -> float:
        """Posterior probability that the largest probability of success exceeds a threshold.

        Parameters
        ----------
        threshold : float
            Between 0 and 1.

        Returns
        -------
        float
            ``1 - E(prod(P(theta[j] <= threshold | mu, sigma)))``.
        """
        below = self._cdf_given_parameters(threshold)
        return float(1 - self._fine_nodes.mean(below.prod(axis=0)))

    def held_out_log_density(self, y_new: ArrayLike, n_new: ArrayLike) -> HeldOutLogDensity:
        """Log predictive density of new counts of the same groups.

        Parameters
        ----------
        y_new, n_new : array_like of int, shape (n_groups,)
            Successes and trials that the posterior has not seen.

        Returns
        -------
        HeldOutLogDensity
            Jointly, as a ratio of two evidences, and for each group alone.

        Raises
        ------
        ValueError
            If the counts are not valid, or not one for each group.
        """
        model, nodes = self._model, self._fine_nodes
        old = model.counts
        new = check_counts(y_new, n_new, len(self.theta_mean), fewest=0)
        choices = log_choose(new.n, new.y)
        both = Counts(old.y + new.y, old.n + new.n)
        updated = _LogitNormalModel(both, model.prior_mean, model.prior_scale, model.sigma_scale)
        joint = updated.fit().log_evidence - self.log_evidence + choices.sum()
        log_ratios = np.array(
            [
                after.log_likelihood - before.log_likelihood
                for after, before in zip(_groups(both, nodes), self._fine_groups, strict=True)
            ]
        )
        pointwise = logsumexp(log_ratios + np.log(nodes.weight), axis=1) + choices
        return HeldOutLogDensity(float(joint), pointwise)

    @cached_property
    def _fine_nodes(self) -> Nodes:
        """Nodes close enough together for slices in which mu all but fixes the groups."""
        trials = self._model.counts.n.max()
        sigma = np.exp(self._plane.marginal.z)
        theta = expit(self._plane.slice_mean(self._plane.x))
        spread = sigma / np.sqrt(1 + sigma**2 * trials * theta * (1 - theta))
        return self._plane.refine(self._model.log_joint, spread)

    @cached_property
    def _fine_groups(self) -> list[_Group]:
        return _groups(self._model.counts, self._fine_nodes)

    def _cdf_given_parameters(self, threshold: float) -> np.ndarray:
        if not 0 < threshold < 1:
            raise ValueError(f"threshold: found {threshold:g}, allowed above 0 and below 1")
        return np.array([group.cdf(float(logit(threshold))) for group in self._fine_groups])

    def _theta_quantile_row(self, prob: float) -> np.ndarray:
        starts = logit(self.theta_mean) + ndtri(prob) * self.theta_sd / (
            self.theta_mean * (1 - self.theta_mean)
        )
        _, first, inverse = self._model.distinct_groups
        log_odds = [
            self._log_odds_quantile(self._fine_groups[place], prob, starts[place])
            for place in first
        ]
        return expit(np.array(log_odds))[inverse]

    def _log_odds_quantile(self, group: _Group, prob: float, start: float) -> float:
        nodes = self._fine_nodes
        found = invert_cdf(
            lambda value: nodes.mean(group.cdf(value[0]))[None],
            lambda value: nodes.mean(group.pdf(value[0]))[None],
            prob,
            np.array([start]),
            LOG_ODDS_END,
        )
        return float(found[0])


def logit_normal_binomial_posterior(
    y: ArrayLike,
    n: ArrayLike,
    *,
    mu_mean: float = -1.0,
    mu_scale: float = 1.0,
    sigma_scale: float = 1.0,
) -> LogitNormalBinomialPosterior:
    """Exact posterior of probabilities whose log-odds come from one normal distribution.

    Parameters
    ----------
    y, n : array_like of int, shape (n_groups,)
        Successes and trials of each group.
    mu_mean, mu_scale : float
        Normal prior of the mean of the log-odds; an infinite scale makes it flat.
    sigma_scale : float
        Scale of the half-normal prior of their standard deviation.

    Returns
    -------
    LogitNormalBinomialPosterior
        Moments, quantiles, probabilities and predictive densities.

    Raises
    ------
    ValueError
        If a count or a scale is not valid.
    ImproperPosteriorError
        If the posterior has no finite integral.
    QuadratureError
        If refining the grid does not settle the result.

    Notes
    -----
    With ``u`` standard normal, group ``j`` contributes
    ``E(theta**y[j] * (1 - theta)**(n[j] - y[j]))`` at ``theta = expit(mu + sigma * u)``: an
    integral by the trapezoidal rule after ``u = centre + scale * sinh(t)`` around the peak of the
    integrand. The posterior of ``(mu, log(sigma))`` is then resolved slice by slice as for
    `beta_binomial_posterior`.

    References
    ----------
    .. [1] Carpenter, B., Gabry, J. and Goodrich, B. (2018). Hierarchical partial pooling for
       repeated binary trials. Stan case studies.

    Examples
    --------
    >>> batters = logit_normal_binomial_posterior([18, 12, 7], [45, 45, 45])
    >>> batters.theta_mean.round(3).tolist()
    [0.36, 0.268, 0.195]
    """
    counts = check_counts(y, n)
    for name, value in (("mu_scale", mu_scale), ("sigma_scale", sigma_scale)):
        if not value > 0:
            raise ValueError(f"{name}: found {value:g}, allowed above 0")
    model = _LogitNormalModel(counts, mu_mean, mu_scale, sigma_scale)
    plane = model.fit()
    nodes = plane.nodes
    mean_of_mu = float(nodes.mean(nodes.x))
    moments = [_mixture_moments(group, nodes) for group in _groups(counts, nodes)]
    unseen = _Group(0.0, 0.0, nodes.x, np.exp(nodes.z))
    new_mean, new_sd = _mixture_moments(unseen, nodes)
    return LogitNormalBinomialPosterior(
        mu_mean=mean_of_mu,
        mu_sd=float(np.sqrt(nodes.mean((nodes.x - mean_of_mu) ** 2))),
        sigma_mean=plane.marginal.mean,
        sigma_sd=plane.marginal.sd,
        theta_mean=np.array([mean for mean, _ in moments]),
        theta_sd=np.array([sd for _, sd in moments]),
        theta_new_mean=new_mean,
        theta_new_sd=new_sd,
        log_evidence=plane.log_evidence,
        _model=model,
        _plane=plane,
    )


def _groups(counts: Counts, nodes: Nodes) -> list[_Group]:
    sigma = np.exp(nodes.z)
    return [_Group(y, n, nodes.x, sigma) for y, n in zip(counts.y, counts.n, strict=True)]


def _mixture_moments(group: _Group, nodes: Nodes) -> tuple[float, float]:
    mean, variance = group.moments()
    total = float(nodes.mean(mean))
    return total, float(np.sqrt(nodes.mean(variance + (mean - total) ** 2)))
