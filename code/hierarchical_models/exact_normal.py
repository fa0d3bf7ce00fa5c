"""Exact posteriors of groups whose estimates have known standard errors.

The model is ``y[j] ~ Normal(theta[j], sigma[j])``. Given the spread ``tau`` of the effects
everything is normal and known in closed form, so that the only numerical work is quadrature over
``tau``, on its logarithm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from hierarchical_models.exact_quadrature import LogScaleMarginal, fit_marginal

CURVE_POINTS = 201


class PooledNormalPosterior(NamedTuple):
    """Posterior of the one effect that all groups share.

    Parameters
    ----------
    mu_mean, mu_sd : float
        Mean and standard deviation, in the unit of the outcome; the posterior is normal.
    """

    mu_mean: float
    mu_sd: float


class UnpooledNormalPosterior(NamedTuple):
    """Posteriors of effects that owe nothing to each other.

    Parameters
    ----------
    theta_mean, theta_sd : ndarray of float, shape (n_groups,)
        Means and standard deviations, in the unit of the outcome; the posteriors are normal.
    """

    theta_mean: np.ndarray
    theta_sd: np.ndarray


class ConditionalEffects(NamedTuple):
    """Posterior given the spread of the effects, which is normal.

    Parameters
    ----------
    mu_mean, mu_sd : ndarray of float, shape (n_tau,)
        Mean of the effects.
    theta_mean, theta_sd : ndarray of float, shape (n_tau, n_groups)
        Effect of each group.
    """

    mu_mean: np.ndarray
    mu_sd: np.ndarray
    theta_mean: np.ndarray
    theta_sd: np.ndarray


@dataclass(frozen=True)
class _NormalModel:
    """Data and priors, and what follows from them in closed form."""

    y: np.ndarray
    sigma: np.ndarray
    prior_mean: float
    prior_scale: float
    log_tau_prior: Callable[[np.ndarray], np.ndarray]

    def mu_given_tau(self, tau: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and precision of mu given tau."""
        precision = 1 / (self.sigma**2 + tau[:, None] ** 2)
        prior_precision = self.prior_scale**-2.0
        total = precision.sum(axis=1) + prior_precision
        return (precision @ self.y + prior_precision * self.prior_mean) / total, total

    def log_density(self, tau: np.ndarray) -> np.ndarray:
        """Log density of tau given y, up to a constant (BDA3, equation 5.21)."""
        variance = self.sigma**2 + tau[:, None] ** 2
        mean, precision = self.mu_given_tau(tau)
        misfit = ((self.y - mean[:, None]) ** 2 / variance + np.log(variance)).sum(axis=1)
        prior_misfit = ((mean - self.prior_mean) / self.prior_scale) ** 2
        return self.log_tau_prior(tau) - (misfit + prior_misfit + np.log(precision)) / 2

    def conditional(self, tau: np.ndarray) -> ConditionalEffects:
        """Moments given tau (BDA3, equations 5.17 and 5.20)."""
        mean, precision = self.mu_given_tau(tau)
        variance = self.sigma**2 + tau[:, None] ** 2
        own = tau[:, None] ** 2 / variance
        shared = 1 - own
        theta_variance = own * self.sigma**2 + shared**2 / precision[:, None]
        return ConditionalEffects(
            mean,
            precision**-0.5,
            own * self.y + shared * mean[:, None],
            np.sqrt(theta_variance),
        )


@dataclass(frozen=True, eq=False)
class NormalPartialPosterior:
    """Exact posterior of effects that come from one normal distribution.

    Everything is in the unit of the outcome.

    Parameters
    ----------
    tau_mean, tau_sd : float
        Spread of the effects; ``inf`` where the moment does not exist.
    tau_mode : float
        Where the density of ``tau`` is highest.
    mu_mean, mu_sd : float
        Mean of the effects; under a flat prior of ``mu`` and a heavy tail of ``tau`` the mean may
        not exist (``nan``) or the standard deviation be infinite.
    theta_mean, theta_sd : ndarray of float, shape (n_groups,)
        Effect of each group.
    tau : ndarray of float, shape (n_tau,)
        Grid for plots, from 0 to the 99.5% quantile.
    tau_density : ndarray of float, shape (n_tau,)
        Density of ``tau`` on the grid.
    given_tau : ConditionalEffects
        Means and standard deviations given each ``tau`` of the grid: how far the groups are drawn
        together as a function of the spread (BDA3, figures 5.6 and 5.7).
    """

    tau_mean: float
    tau_sd: float
    tau_mode: float
    mu_mean: float
    mu_sd: float
    theta_mean: np.ndarray
    theta_sd: np.ndarray
    tau: np.ndarray
    tau_density: np.ndarray
    given_tau: ConditionalEffects
    _model: _NormalModel
    _marginal: LogScaleMarginal

    def tau_quantile(self, probs: ArrayLike) -> np.ndarray:
        """Quantiles of the spread of the effects.

        Parameters
        ----------
        probs : array_like of float
            Probabilities, above 0 and below 1.

        Returns
        -------
        ndarray of float
            In the shape of `probs`.

        Raises
        ------
        ValueError
            If a probability is not between 0 and 1.
        """
        return self._marginal.quantile(probs)

    def density(self, tau: ArrayLike) -> np.ndarray:
        """Density of the spread of the effects, for a grid of the caller's choice.

        Parameters
        ----------
        tau : array_like of float, shape (n_tau,)
            Values, at least 0.

        Returns
        -------
        ndarray of float, shape (n_tau,)
            Density per unit of the outcome.
        """
        values = _check_tau(tau)
        return np.exp(self._model.log_density(values) - self._marginal.log_total)

    def conditional(self, tau: ArrayLike) -> ConditionalEffects:
        """Posterior means and standard deviations given the spread of the effects.

        Parameters
        ----------
        tau : array_like of float, shape (n_tau,)
            Values, at least 0.

        Returns
        -------
        ConditionalEffects
            One row for each value.
        """
        return self._model.conditional(_check_tau(tau))


def normal_pooled_posterior(
    y: ArrayLike, sigma: ArrayLike, *, mu_mean: float = 0.0, mu_scale: float = 5.0
) -> PooledNormalPosterior:
    """Posterior of one effect shared by all groups.

    Parameters
    ----------
    y, sigma : array_like of float, shape (n_groups,)
        Estimates and their standard errors, in the unit of the outcome.
    mu_mean, mu_scale : float
        Normal prior of the effect; an infinite scale makes it flat.

    Returns
    -------
    PooledNormalPosterior
        The precision-weighted mean of the estimates and of the prior's mean.

    Raises
    ------
    ValueError
        If a standard error or scale is not positive, or lengths differ.

    References
    ----------
    .. [1] Gelman et al. (2013). Bayesian Data Analysis, 3rd ed., section 5.4.

    Examples
    --------
    >>> pooled = normal_pooled_posterior([28, 8], [15, 10], mu_scale=np.inf)
    >>> round(pooled.mu_mean, 2), round(pooled.mu_sd, 2)
    (14.15, 8.32)
    """
    y, sigma = _check_estimates(y, sigma)
    _check_positive(mu_scale=mu_scale)
    precision = np.sum(sigma**-2) + mu_scale**-2.0
    mean = (np.sum(y * sigma**-2) + mu_mean * mu_scale**-2.0) / precision
    return PooledNormalPosterior(float(mean), float(precision**-0.5))


def normal_unpooled_posterior(
    y: ArrayLike, sigma: ArrayLike, *, theta_mean: float = 0.0, theta_scale: float = 100.0
) -> UnpooledNormalPosterior:
    """Posteriors of effects under a fixed prior, so that no group learns from another.

    Parameters
    ----------
    y, sigma : array_like of float, shape (n_groups,)
        Estimates and their standard errors, in the unit of the outcome.
    theta_mean, theta_scale : float
        Normal prior of each effect; an infinite scale makes it flat.

    Returns
    -------
    UnpooledNormalPosterior
        Means and standard deviations.

    Raises
    ------
    ValueError
        If a standard error or scale is not positive, or lengths differ.

    Examples
    --------
    >>> unpooled = normal_unpooled_posterior([28, 8], [15, 10], theta_scale=np.inf)
    >>> unpooled.theta_mean.round(1).tolist(), unpooled.theta_sd.round(1).tolist()
    ([28.0, 8.0], [15.0, 10.0])
    """
    y, sigma = _check_estimates(y, sigma)
    _check_positive(theta_scale=theta_scale)
    precision = sigma**-2 + theta_scale**-2.0
    mean = (y * sigma**-2 + theta_mean * theta_scale**-2.0) / precision
    return UnpooledNormalPosterior(mean, precision**-0.5)


def normal_partial_posterior(
    y: ArrayLike,
    sigma: ArrayLike,
    *,
    mu_mean: float = 0.0,
    mu_scale: float = 5.0,
    tau_prior: str = "half_cauchy",
    tau_scale: float = 5.0,
    tau_ig_shape: float = 0.001,
    tau_ig_scale: float = 0.001,
) -> NormalPartialPosterior:
    """Exact posterior of effects that come from one normal distribution.

    Parameters
    ----------
    y, sigma : array_like of float, shape (n_groups,)
        Estimates and their known standard errors, in the unit of the outcome.
    mu_mean, mu_scale : float
        Normal prior of the effects' mean; an infinite scale makes it flat.
    tau_prior : {"half_normal", "half_cauchy", "exponential", "inverse_gamma", "flat"}
        Family of the prior of the effects' spread. ``"inverse_gamma"`` is a prior of ``tau**2``;
        ``"flat"`` is uniform on ``tau > 0``, improper, and needs at least three groups.
    tau_scale : float
        Scale of the half-normal or half-Cauchy, mean of the exponential.
    tau_ig_shape, tau_ig_scale : float
        Shape, and scale in squared units, of the inverse-gamma prior.

    Returns
    -------
    NormalPartialPosterior
        Means, standard deviations, quantiles and densities.

    Raises
    ------
    ValueError
        If a standard error, scale or shape is not positive, lengths differ, the family is unknown
        or there are too few groups for a flat prior.
    ImproperPosteriorError
        If the posterior has no finite integral.

    Notes
    -----
    With ``v[j] = sigma[j]**2 + tau**2`` and ``mu_hat``, ``V`` the mean and variance of ``mu`` given
    ``tau``, the density of ``tau`` is proportional to

    ``p(tau) V**0.5 prod(v**-0.5 exp(-(y - mu_hat)**2 / (2 v))) exp(-(mu_hat - m)**2 / (2 s**2))``

    It is integrated on ``log(tau)`` by Gauss-Legendre panels over the window where it is within
    34 nats of its peak; panels are halved until their integrals change by less than 1e-10 of the
    total. The power-law tail beyond the window is added in closed form.

    References
    ----------
    .. [1] Gelman et al. (2013). Bayesian Data Analysis, 3rd ed., section 5.4.

    Examples
    --------
    >>> schools = normal_partial_posterior(
    ...     [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18]
    ... )
    >>> round(schools.tau_mean, 2), round(schools.mu_mean, 2)
    (3.6, 4.4)
    """
    y, sigma = _check_estimates(y, sigma)
    _check_positive(mu_scale=mu_scale)
    log_prior = _log_tau_prior(tau_prior, tau_scale, tau_ig_shape, tau_ig_scale)
    if tau_prior == "flat" and len(y) < 3:
        raise ValueError(
            f"y: found {len(y)} groups, allowed at least 3 with a flat prior of tau; "
            "choose a proper tau_prior"
        )
    model = _NormalModel(y, sigma, mu_mean, mu_scale, log_prior)
    centre = np.log(np.median(sigma))
    marginal = fit_marginal(
        lambda z: model.log_density(np.exp(z)) + z, (centre - 8.0, centre + 8.0)
    )
    given_nodes = model.conditional(np.exp(marginal.z))
    theta_mean, theta_sd = _mix(given_nodes.theta_mean, given_nodes.theta_sd, marginal.weight)
    mean_of_mu, sd_of_mu = _mu_moments(model, given_nodes, marginal)
    curve = np.linspace(0.0, marginal.quantile([0.995])[0], CURVE_POINTS)
    return NormalPartialPosterior(
        tau_mean=marginal.mean,
        tau_sd=marginal.sd,
        tau_mode=_tau_mode(model, marginal),
        mu_mean=mean_of_mu,
        mu_sd=sd_of_mu,
        theta_mean=theta_mean,
        theta_sd=theta_sd,
        tau=curve,
        tau_density=np.exp(model.log_density(curve) - marginal.log_total),
        given_tau=model.conditional(curve),
        _model=model,
        _marginal=marginal,
    )


def _log_tau_prior(
    family: str, scale: float, ig_shape: float, ig_scale: float
) -> Callable[[np.ndarray], np.ndarray]:
    """Log density of tau, up to a constant."""

    def inverse_gamma(tau: np.ndarray) -> np.ndarray:
        positive = np.where(tau > 0, tau, 1.0)
        value = -(2 * ig_shape + 1) * np.log(positive) - ig_scale / positive**2
        return np.where(tau > 0, value, -np.inf)

    families: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "half_normal": lambda tau: -((tau / scale) ** 2) / 2,
        "half_cauchy": lambda tau: -np.log1p((tau / scale) ** 2),
        "exponential": lambda tau: -tau / scale,
        "inverse_gamma": inverse_gamma,
        "flat": np.zeros_like,
    }
    if family not in families:
        raise ValueError(f"tau_prior: found {family!r}, allowed {', '.join(families)}")
    _check_positive(tau_scale=scale, tau_ig_shape=ig_shape, tau_ig_scale=ig_scale)
    return families[family]


def _mix(mean: np.ndarray, sd: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of a mixture, component by component."""
    total = weight @ mean
    return total, np.sqrt(weight @ (sd**2 + (mean - total) ** 2))


def _mu_moments(
    model: _NormalModel, given: ConditionalEffects, marginal: LogScaleMarginal
) -> tuple[float, float]:
    """Moments of mu, whose conditional variance grows as tau squared under a flat prior."""
    mean, _ = _mix(given.mu_mean, given.mu_sd, marginal.weight)
    tau = np.exp(marginal.z)
    if np.isinf(model.prior_scale) and np.isinf(marginal.moment(1)):
        return np.nan, np.inf
    within = marginal.moment(2, (given.mu_sd / tau) ** 2)
    if np.isfinite(model.prior_scale):
        within = float(marginal.weight @ given.mu_sd**2)
    between = marginal.weight @ (given.mu_mean - mean) ** 2
    return float(mean), float(np.sqrt(within + between))


def _tau_mode(model: _NormalModel, marginal: LogScaleMarginal) -> float:
    candidates = np.concatenate([[0.0], np.exp(marginal.z)])
    heights = model.log_density(candidates)
    best = int(heights.argmax())
    if best == 0:
        return 0.0
    found = minimize_scalar(
        lambda tau: -model.log_density(np.array([tau]))[0],
        bounds=(candidates[best - 1], candidates[min(best + 1, len(candidates) - 1)]),
        method="bounded",
        options={"xatol": 1e-10},
    )
    # a density that falls from 0 on has its highest node next to 0
    return 0.0 if heights[0] >= -found.fun - 1e-9 else float(found.x)


def _check_estimates(y: ArrayLike, sigma: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    estimates = np.atleast_1d(np.asarray(y, dtype=float))
    errors = np.atleast_1d(np.asarray(sigma, dtype=float))
    if estimates.ndim != 1 or not estimates.size or not np.isfinite(estimates).all():
        raise ValueError("y: found no finite numbers in one dimension, allowed one for each group")
    if errors.shape != estimates.shape:
        raise ValueError(f"sigma: found shape {errors.shape}, allowed {estimates.shape} as for y")
    if not (np.isfinite(errors) & (errors > 0)).all():
        raise ValueError(f"sigma: found {errors.min():g}, allowed finite numbers above 0")
    return estimates, errors


def _check_positive(**scales: float) -> None:
    for name, value in scales.items():
        if not value > 0:
            raise ValueError(f"{name}: found {value:g}, allowed above 0")


def _check_tau(tau: ArrayLike) -> np.ndarray:
    values = np.atleast_1d(np.asarray(tau, dtype=float))
    if not (values >= 0).all():
        raise ValueError(f"tau: found {values.min():g}, allowed at least 0")
    return values
