"""Hyperpriors for the shapes of the Beta distribution that groups' probabilities come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import betaln, gammaln


class BetaHyperprior(Protocol):
    """What a hyperprior must be able to do.

    One whose density jumps to 0 below some ``alpha + beta`` also has an attribute ``kappa_min``
    that says where. Given ``alpha + beta``, ``alpha * beta * density`` should have one peak.
    """

    def log_density(self, alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
        """Log density with respect to ``alpha`` and ``beta``, up to a constant if improper.

        Parameters
        ----------
        alpha, beta : ndarray of float
            Shapes above 0, as arrays that broadcast.

        Returns
        -------
        ndarray of float
            ``-inf`` outside the support.
        """
        ...


@dataclass(frozen=True)
class GammaHyperprior:
    """Independent Gamma distributions of the two shapes.

    Parameters
    ----------
    alpha_shape, alpha_rate, beta_shape, beta_rate : float
        Above 0.

    Examples
    --------
    >>> round(float(GammaHyperprior().log_density(np.array(1.0), np.array(2.0))), 4)
    -2.3069
    """

    alpha_shape: float = 2.0
    alpha_rate: float = 1.0
    beta_shape: float = 2.0
    beta_rate: float = 1.0

    def __post_init__(self) -> None:
        _check_positive(self)

    def log_density(self, alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
        """Log density, normalised; see `BetaHyperprior.log_density`."""
        return _log_gamma(alpha, self.alpha_shape, self.alpha_rate) + _log_gamma(
            beta, self.beta_shape, self.beta_rate
        )


@dataclass(frozen=True)
class PowerLawHyperprior:
    """Improper density ``(alpha + beta)**-exponent``.

    With the default it is uniform on ``(alpha / (alpha + beta), (alpha + beta)**-0.5)``, the
    noninformative choice of BDA3, equation 5.9. The posterior is proper if some group has both
    successes and failures.

    Parameters
    ----------
    exponent : float
        Above 2; otherwise the posterior is never proper.

    References
    ----------
    .. [1] Gelman et al. (2013). Bayesian Data Analysis, 3rd ed., section 5.3.
    """

    exponent: float = 2.5

    def __post_init__(self) -> None:
        if not self.exponent > 2:
            raise ValueError(f"exponent: found {self.exponent:g}, allowed above 2")

    def log_density(self, alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
        """Log density, up to a constant; see `BetaHyperprior.log_density`."""
        return -self.exponent * np.log(alpha + beta)


@dataclass(frozen=True)
class BetaParetoHyperprior:
    """Mean ``alpha / (alpha + beta)`` Beta distributed, concentration ``alpha + beta`` Pareto.

    Parameters
    ----------
    phi_alpha, phi_beta : float
        Shapes of the Beta distribution of the mean, above 0; 1 and 1 make it uniform.
    kappa_min : float
        Smallest concentration, above 0.
    kappa_shape : float
        Exponent of the Pareto distribution, above 0.

    Examples
    --------
    >>> prior = BetaParetoHyperprior()
    >>> float(prior.log_density(np.array(0.25), np.array(0.5)))
    -inf
    """

    phi_alpha: float = 1.0
    phi_beta: float = 1.0
    kappa_min: float = 1.0
    kappa_shape: float = 1.5

    def __post_init__(self) -> None:
        _check_positive(self)

    def log_density(self, alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
        """Log density, normalised; see `BetaHyperprior.log_density`."""
        kappa = alpha + beta
        log_phi = (
            (self.phi_alpha - 1) * np.log(alpha / kappa)
            + (self.phi_beta - 1) * np.log(beta / kappa)
            - betaln(self.phi_alpha, self.phi_beta)
        )
        log_kappa = (
            np.log(self.kappa_shape)
            + self.kappa_shape * np.log(self.kappa_min)
            - (self.kappa_shape + 1) * np.log(kappa)
        )
        # the Jacobian of (mean, concentration) with respect to (alpha, beta) is 1 / kappa
        value = log_phi + log_kappa - np.log(kappa)
        # at the end of the support rounding may leave kappa a hair below it
        return np.where(kappa >= self.kappa_min * (1 - 1e-9), value, -np.inf)


def _log_gamma(value: np.ndarray, shape: float, rate: float) -> np.ndarray:
    return shape * np.log(rate) - gammaln(shape) + (shape - 1) * np.log(value) - rate * value


def _check_positive(hyperprior: GammaHyperprior | BetaParetoHyperprior) -> None:
    for name, value in vars(hyperprior).items():
        if not value > 0:
            raise ValueError(f"{name}: found {value:g}, allowed above 0")
