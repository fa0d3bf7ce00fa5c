"""Exact posterior of a linear regression whose intercept varies between groups.

Given the two standard deviations the coefficients and intercepts are normal and known in closed
form, so that the only numerical work is quadrature over the standard deviations, on their
logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from hierarchical_models.exact_quadrature import LogScaleMarginal, Nodes, fit_plane


@dataclass(frozen=True, eq=False)
class VaryingInterceptPosterior:
    """Exact posterior of a regression with an intercept for each group.

    Parameters
    ----------
    sigma_y_mean, sigma_y_sd : float
        Standard deviation of observations around their group's line, in the unit of the outcome.
    sigma_alpha_mean, sigma_alpha_sd : float
        Standard deviation of the groups' intercepts, around `mu_alpha` or around the line in the
        groups' predictor, in the unit of the outcome.
    mu_alpha_mean, mu_alpha_sd : float
        Mean of the groups' intercepts; with a predictor of the groups, where that predictor is 0.
    beta_mean, beta_sd : float
        Slope of the observations' predictor; ``nan`` without one.
    gamma_mean, gamma_sd : float
        Slope of the groups' predictor; ``nan`` without one.
    alpha_mean, alpha_sd : ndarray of float, shape (n_groups,)
        Intercept of each group, in the unit of the outcome.
    """

    sigma_y_mean: float
    sigma_y_sd: float
    sigma_alpha_mean: float
    sigma_alpha_sd: float
    mu_alpha_mean: float
    mu_alpha_sd: float
    beta_mean: float
    beta_sd: float
    gamma_mean: float
    gamma_sd: float
    alpha_mean: np.ndarray
    alpha_sd: np.ndarray
    _marginal: LogScaleMarginal

    def sigma_alpha_quantile(self, probs: ArrayLike) -> np.ndarray:
        """Quantiles of the standard deviation of the groups' intercepts.

        Parameters
        ----------
        probs : array_like of float
            Probabilities, above 0 and below 1.

        Returns
        -------
        ndarray of float
            In the shape of `probs`.
        """
        return self._marginal.quantile(probs)


@dataclass(frozen=True)
class _Regression:
    """Data and priors of the regression; columns of `design` are 1, and x and u where given.

    `is_of_groups` says which columns belong to the mean of the intercepts: all but x. `priors` has
    a row for each column, with the mean and standard deviation of its coefficient's prior.
    """

    y: np.ndarray
    design: np.ndarray
    is_of_groups: np.ndarray
    group: np.ndarray
    priors: np.ndarray
    sigma_alpha_scale: float
    sigma_y_scale: float

    @cached_property
    def counts(self) -> np.ndarray:
        """Observations in each group, shape (n_groups,)."""
        return np.bincount(self.group).astype(float)

    @cached_property
    def means(self) -> np.ndarray:
        """Means of the design's columns and of y in each group, shape (n_groups, n_columns + 1)."""
        table = np.column_stack([self.design, self.y])
        sums = [np.bincount(self.group, weights=column) for column in table.T]
        return np.column_stack(sums) / self.counts[:, None]

    @cached_property
    def within(self) -> np.ndarray:
        """A square root of the cross-products of deviations from the groups' means."""
        table = np.column_stack([self.design, self.y]) - self.means[self.group]
        # exactly, so that dividing by a tiny sigma_y does not blow up what rounding left
        table[:, :-1][:, self.is_of_groups] = 0.0
        return np.linalg.qr(table, mode="r")

    def solve(self, log_sigma_y: np.ndarray, log_sigma_alpha: np.ndarray) -> _Coefficients:
        """Posterior of the coefficients given the standard deviations, each of shape (n_nodes,).

        The covariance of a group's outcomes, ``sigma_y**2 I + sigma_alpha**2 11'``, weights
        deviations within groups by ``sigma_y**-2`` and groups' means by
        ``n / (sigma_y**2 + n * sigma_alpha**2)``.
        """
        shape = (len(log_sigma_y), *self.within.shape)
        ratio = self.counts * np.exp(2 * (log_sigma_alpha - log_sigma_y))[:, None]
        weight = self.counts / (1 + ratio) * np.exp(-2 * log_sigma_y)[:, None]
        rows = np.concatenate(
            [
                np.broadcast_to(self.within, shape) * np.exp(-log_sigma_y)[:, None, None],
                np.sqrt(weight)[:, :, None] * self.means,
                np.broadcast_to(self.prior_rows, (shape[0], *self.prior_rows.shape)),
            ],
            axis=1,
        )
        precision = np.swapaxes(rows[:, :, :-1], 1, 2) @ rows[:, :, :-1]
        covariance, log_determinant = _invert(precision)
        projected = np.swapaxes(rows[:, :, :-1], 1, 2) @ rows[:, :, -1:]
        mean = (covariance @ projected)[:, :, 0]
        # squares of residuals cannot turn negative, as a difference of two sums of squares can
        residual = rows[:, :, -1] - (rows[:, :, :-1] @ mean[:, :, None])[:, :, 0]
        log_likelihood = (
            -(residual**2).sum(axis=1) / 2
            - len(self.y) * log_sigma_y
            - np.log1p(ratio).sum(axis=1) / 2
            - log_determinant / 2
        )
        return _Coefficients(mean, covariance, log_likelihood)

    @cached_property
    def prior_rows(self) -> np.ndarray:
        """The priors of the coefficients as further observations, in units of their scales."""
        mean, scale = self.priors.T
        return np.column_stack([np.diag(1 / scale), mean / scale])

    def log_joint(self, log_sigma_y: np.ndarray, log_sigma_alpha: np.ndarray) -> np.ndarray:
        """Log density of the standard deviations' logarithms, up to a constant."""
        x, z = np.broadcast_arrays(log_sigma_y, log_sigma_alpha)
        log_prior = x - (np.exp(x) / self.sigma_y_scale) ** 2 / 2
        log_prior = log_prior + z - (np.exp(z) / self.sigma_alpha_scale) ** 2 / 2
        return log_prior + self.solve(x.ravel(), z.ravel()).log_likelihood.reshape(x.shape)


@dataclass(frozen=True)
class _Coefficients:
    """Posterior of the coefficients at each node; the log likelihood has them integrated out."""

    mean: np.ndarray
    covariance: np.ndarray
    log_likelihood: np.ndarray


def _invert(precision: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inverses and log determinants, after scaling to a unit diagonal."""
    scale = np.sqrt(np.diagonal(precision, axis1=1, axis2=2))
    outer = scale[:, :, None] * scale[:, None, :]
    scaled = precision / outer
    log_determinant = np.linalg.slogdet(scaled)[1] + 2 * np.log(scale).sum(axis=1)
    return np.linalg.inv(scaled) / outer, log_determinant


def varying_intercept_posterior(
    y: ArrayLike,
    x: ArrayLike | None,
    group: ArrayLike,
    *,
    u: ArrayLike | None = None,
    mu_alpha_mean: float = 0.0,
    mu_alpha_scale: float = 3.0,
    beta_mean: float = 0.0,
    beta_scale: float = 1.0,
    gamma_mean: float = 0.0,
    gamma_scale: float = 1.0,
    sigma_alpha_scale: float = 1.0,
    sigma_y_scale: float = 1.0,
) -> VaryingInterceptPosterior:
    """Exact posterior of a linear regression whose intercept varies between groups.

    Parameters
    ----------
    y : array_like of float, shape (n_observations,)
        Outcome.
    x : array_like of float, shape (n_observations,), or None
        Predictor of the observations; None for a model without one.
    group : array_like of int, shape (n_observations,)
        Group of each observation, 0 to ``n_groups - 1``, each at least once.
    u : array_like of float, shape (n_groups,), optional
        Predictor of the groups.
    mu_alpha_mean, mu_alpha_scale : float
        Mean and standard deviation of the normal prior of the intercepts' mean.
    beta_mean, beta_scale, gamma_mean, gamma_scale : float
        The same of the slopes of `x` and of `u`.
    sigma_alpha_scale, sigma_y_scale : float
        Scales of the half-normal priors of the two standard deviations.

    Returns
    -------
    VaryingInterceptPosterior
        Means and standard deviations.

    Raises
    ------
    ValueError
        If lengths differ, a group is empty, a scale is not positive, or there are no more
        observations than coefficients.
    ImproperPosteriorError
        If the posterior has no finite integral, as when every group's outcomes lie on its line.
    QuadratureError
        If refining the grid does not settle the result.

    Notes
    -----
    The model is ``y[i] ~ Normal(alpha[group[i]] + beta * x[i], sigma_y)`` with
    ``alpha[j] ~ Normal(mu_alpha + gamma * u[j], sigma_alpha)``. The intercepts and coefficients
    are integrated out in closed form; the density of ``(log(sigma_y), log(sigma_alpha))`` is
    resolved slice by slice as for `beta_binomial_posterior`.

    References
    ----------
    .. [1] Gelman et al. (2013). Bayesian Data Analysis, 3rd ed., chapter 15.

    Examples
    --------
    >>> fit = varying_intercept_posterior(
    ...     [1.0, 1.4, 2.9, 3.1, 2.0, 2.3], None, [0, 0, 1, 1, 2, 2]
    ... )
    >>> fit.alpha_mean.round(1).tolist()
    [1.3, 2.9, 2.1]
    """
    n_coefficients = 1 + (x is not None) + (u is not None)
    _check_positive(
        mu_alpha_scale=mu_alpha_scale,
        beta_scale=beta_scale,
        gamma_scale=gamma_scale,
        sigma_alpha_scale=sigma_alpha_scale,
        sigma_y_scale=sigma_y_scale,
    )
    priors = {
        "mu_alpha": (mu_alpha_mean, mu_alpha_scale),
        "beta": (beta_mean, beta_scale),
        "gamma": (gamma_mean, gamma_scale),
    }
    outcome, groups = _check_groups(y, group)
    if len(outcome) <= n_coefficients:
        raise ValueError(
            f"y: found {len(outcome)} observations, allowed more than the {n_coefficients} "
            "coefficients; leave out a predictor"
        )
    columns = {"mu_alpha": np.ones_like(outcome)}
    if x is not None:
        columns["beta"] = _check_predictor("x", x, len(outcome))
    if u is not None:
        columns["gamma"] = _check_predictor("u", u, int(groups.max()) + 1)[groups]
    model = _Regression(
        outcome,
        np.column_stack(list(columns.values())),
        np.array([name != "beta" for name in columns]),
        groups,
        np.array([priors[name] for name in columns]),
        sigma_alpha_scale,
        sigma_y_scale,
    )
    return _summarise(model, list(columns))


def _summarise(model: _Regression, names: list[str]) -> VaryingInterceptPosterior:
    centre = float(np.log(model.y.std() or 1.0))
    plane = fit_plane(model.log_joint, (centre - 4.0, centre + 4.0), (centre - 6.0, centre + 3.0))
    nodes = plane.nodes
    given = model.solve(nodes.x, nodes.z)
    variances = np.diagonal(given.covariance, axis1=1, axis2=2)
    coefficients = _mix(nodes, given.mean, variances)
    summary = {"mu_alpha": (np.nan, np.nan), "beta": (np.nan, np.nan), "gamma": (np.nan, np.nan)}
    summary |= {
        name: (float(mean), float(sd)) for name, mean, sd in zip(names, *coefficients, strict=True)
    }
    alpha_mean, alpha_sd = _intercepts(model, nodes, given.mean, given.covariance)
    sigma_y_mean = float(nodes.mean(np.exp(nodes.x)))
    return VaryingInterceptPosterior(
        sigma_y_mean=sigma_y_mean,
        sigma_y_sd=float(np.sqrt(nodes.mean((np.exp(nodes.x) - sigma_y_mean) ** 2))),
        sigma_alpha_mean=plane.marginal.mean,
        sigma_alpha_sd=plane.marginal.sd,
        mu_alpha_mean=summary["mu_alpha"][0],
        mu_alpha_sd=summary["mu_alpha"][1],
        beta_mean=summary["beta"][0],
        beta_sd=summary["beta"][1],
        gamma_mean=summary["gamma"][0],
        gamma_sd=summary["gamma"][1],
        alpha_mean=alpha_mean,
        alpha_sd=alpha_sd,
        _marginal=plane.marginal,
    )


def _intercepts(
    model: _Regression, nodes: Nodes, mean: np.ndarray, covariance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Each is ``pull * (mean of y - beta * mean of x) + (1 - pull) * (mu_alpha + gamma * u)``."""
    ratio = np.exp(2 * (nodes.z - nodes.x))[:, None]
    pull = model.counts * ratio / (1 + model.counts * ratio)
    own_mean, columns = model.means[:, -1], model.means[:, :-1]
    alphas, variances = np.empty_like(pull), np.empty_like(pull)
    for place in range(len(model.counts)):
        share = pull[:, [place]]
        slopes = np.where(model.is_of_groups, 1 - share, -share) * columns[place]
        alphas[:, place] = share[:, 0] * own_mean[place] + (slopes * mean).sum(axis=1)
        variances[:, place] = np.einsum("ki,kij,kj->k", slopes, covariance, slopes)
    variances += np.exp(2 * nodes.x)[:, None] * pull / model.counts
    return _mix(nodes, alphas, variances)


def _mix(nodes: Nodes, means: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means and standard deviations of mixtures over the nodes, column by column."""
    mean = nodes.mean(means.T)
    return mean, np.sqrt(nodes.mean((variances + (means - mean) ** 2).T))


def _check_groups(y: ArrayLike, group: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    outcome = np.asarray(y, dtype=float)
    codes = np.asarray(group)
    if outcome.ndim != 1 or not outcome.size or not np.isfinite(outcome).all():
        raise ValueError("y: found no finite numbers in one dimension, allowed an outcome per row")
    if codes.shape != outcome.shape or not np.issubdtype(codes.dtype, np.integer):
        raise ValueError(
            f"group: found {codes.dtype} of shape {codes.shape}, allowed whole numbers of shape "
            f"{outcome.shape}; recode with pandas.factorize"
        )
    if codes.min() < 0 or (np.bincount(codes) == 0).any():
        raise ValueError(
            f"group: found {codes.min()} to {codes.max()} with gaps or below 0, allowed every "
            "number from 0 on; recode with pandas.factorize"
        )
    return outcome, codes


def _check_predictor(name: str, values: ArrayLike, length: int) -> np.ndarray:
    column = np.asarray(values, dtype=float)
    if column.shape != (length,) or not np.isfinite(column).all():
        raise ValueError(f"{name}: found shape {column.shape}, allowed {length} finite numbers")
    return column


def _check_positive(**scales: float) -> None:
    for name, value in scales.items():
        if not value > 0:
            raise ValueError(f"{name}: found {value:g}, allowed above 0")
