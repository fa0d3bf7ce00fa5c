"""How the models of counts predict."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln
from scipy.stats import nbinom, norm, poisson

from hierarchical_models.predictive.declaration import Population, Predictive, Values
from hierarchical_models.predictive.integrals import integration_limits, log_integral
from hierarchical_models.predictive.outcomes import ScipyOutcome


def _counts(parameters: Values, data: Values) -> ScipyOutcome:
    mean = data["exposure"] * parameters["rate"][:, data["group"]]
    if "phi" not in parameters:
        return ScipyOutcome(poisson(mean), mean.shape)
    phi = parameters["phi"][:, None]
    return ScipyOutcome(nbinom(phi, phi / (phi + mean)), mean.shape)


def _draw(
    parameters: Values, data: Values, n_new: int, random: np.random.Generator
) -> dict[str, np.ndarray]:
    deviation = random.normal(size=(len(parameters["mu"]), n_new))
    eta = parameters["mu"][:, None] + parameters["sigma"][:, None] * deviation
    return {"eta": eta, "rate": np.exp(eta)}


def _log_marginal(parameters: Values, data: Values) -> np.ndarray:
    """By quadrature over the group's log rate."""
    mu, sigma = parameters["mu"], parameters["sigma"]
    phi = parameters["phi"][:, None] if "phi" in parameters else None

    def log_integrand(eta: np.ndarray) -> np.ndarray:
        total = norm.logpdf(eta, mu[:, None], sigma[:, None])
        for y, log_exposure in zip(data["y"], np.log(data["exposure"]), strict=True):
            total = total + _log_mass(y, log_exposure + eta, phi)
        return total

    estimates = np.log((data["y"] + 0.5) / data["exposure"])
    # of Poisson counts at mu; that of negative binomial ones is smaller
    slopes = data["y"] - data["exposure"] * np.exp(mu)[:, None]
    limits = integration_limits(mu, sigma, estimates, np.abs(slopes).sum(axis=1))
    return log_integral(log_integrand, *limits)


def _log_mass(y: int, log_mean: np.ndarray, phi: np.ndarray | None) -> np.ndarray:
    """Of a Poisson or negative binomial count, from the logarithm of its mean."""
    if phi is None:
        return np.asarray(y * log_mean - np.exp(log_mean) - gammaln(y + 1))
    choices = gammaln(y + phi) - gammaln(phi) - gammaln(y + 1)
    log_phi = np.log(phi)
    log_total = np.logaddexp(log_phi, log_mean)
    return np.asarray(choices + phi * (log_phi - log_total) + y * (log_mean - log_total))


LOG_RATE_GROUPS = Predictive(
    outcome=_counts,
    by_group=("eta", "rate"),
    populations={"group": Population(_draw, _log_marginal)},
)
"""For log rates from Normal(mu, sigma); negative binomial where there is a parameter ``phi``."""
