"""How the binomial models predict."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, gammaln, logit
from scipy.stats import binom, norm

from hierarchical_models.predictive.declaration import Population, Predictive, Values
from hierarchical_models.predictive.integrals import (
    beta_binomial_log_mass,
    integration_limits,
    log_integral,
)
from hierarchical_models.predictive.outcomes import ScipyOutcome


def successes_of_groups(parameters: Values, data: Values) -> ScipyOutcome:
    """Successes, from each group's probability or from the one of all.

    Parameters
    ----------
    parameters : mapping of str to ndarray
        With ``theta``, of shape (n_draws, n_groups) or (n_draws,).
    data : mapping of str to ndarray
        With ``n``, and ``group`` where there is a probability for each.

    Returns
    -------
    ScipyOutcome
        Of the field ``y``.
    """
    theta = parameters["theta"]
    return successes(theta[:, data["group"]] if theta.ndim == 2 else theta[:, None], data["n"])


def successes(theta: np.ndarray, n: np.ndarray) -> ScipyOutcome:
    """Successes in trials.

    Parameters
    ----------
    theta : ndarray of float, shape (n_draws, n_rows) or (n_draws, 1)
        Probability of success.
    n : ndarray of int, shape (n_rows,)
        Trials.

    Returns
    -------
    ScipyOutcome
        Of the field ``y``.
    """
    return ScipyOutcome(binom(n, theta), (len(theta), len(n)))


def _draw_beta(
    parameters: Values, data: Values, n_new: int, random: np.random.Generator
) -> dict[str, np.ndarray]:
    shapes = (parameters[name][:, None] for name in ("alpha", "beta"))
    return {"theta": random.beta(*shapes, size=(len(parameters["alpha"]), n_new))}


def _log_marginal_of_beta(parameters: Values, data: Values) -> np.ndarray:
    return beta_binomial_log_mass(
        data["y"], data["n"], parameters["alpha"][:, None], parameters["beta"][:, None]
    ).sum(axis=1)


def _draw_log_odds(
    parameters: Values, data: Values, n_new: int, random: np.random.Generator
) -> dict[str, np.ndarray]:
    deviation = random.normal(size=(len(parameters["mu"]), n_new))
    eta = parameters["mu"][:, None] + parameters["sigma"][:, None] * deviation
    return {"eta": eta, "theta": expit(eta)}


def _log_marginal_of_log_odds(parameters: Values, data: Values) -> np.ndarray:
    offset = np.zeros((len(parameters["mu"]), len(data["y"])))
    return log_marginal_of_logit(
        data["y"], data["n"], offset, parameters["mu"], parameters["sigma"]
    )


def log_marginal_of_logit(
    y: np.ndarray, n: np.ndarray, offset: np.ndarray, mean: np.ndarray, sd: np.ndarray
) -> np.ndarray:
    """Log probability of counts whose log-odds share a normal effect, which is integrated out.

    Parameters
    ----------
    y, n : ndarray of int, shape (n_rows,)
        Successes and trials.
    offset : ndarray of float, shape (n_draws, n_rows)
        Log-odds of each row where the effect is 0.
    mean, sd : ndarray of float, shape (n_draws,)
        Of the effect's normal distribution.

    Returns
    -------
    ndarray of float, shape (n_draws,)
        Of all rows together.
    """

    def log_integrand(effect: np.ndarray) -> np.ndarray:
        total = norm.logpdf(effect, mean[..., None], sd[..., None])
        for row, (successes_of_row, trials) in enumerate(zip(y, n, strict=True)):
            log_odds = offset[..., row, None] + effect
            total = total + successes_of_row * log_odds - trials * np.logaddexp(0, log_odds)
        return total

    estimates = logit((y + 0.5) / (n + 1)) - offset
    log_choices = (gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)).sum()
    limits = integration_limits(mean, sd, estimates, float(n.sum()))
    return np.asarray(log_choices + log_integral(log_integrand, *limits))


WITHOUT_POPULATION = Predictive(outcome=successes_of_groups, by_group=("theta",))
"""For one probability for all groups, and for probabilities that have nothing in common."""

BETA_GROUPS = Predictive(
    outcome=successes_of_groups,
    by_group=("theta",),
    populations={"group": Population(_draw_beta, _log_marginal_of_beta)},
)
"""For probabilities from Beta(alpha, beta)."""

LOGIT_NORMAL_GROUPS = Predictive(
    outcome=successes_of_groups,
    by_group=("eta", "theta"),
    populations={"group": Population(_draw_log_odds, _log_marginal_of_log_odds)},
)
"""For log-odds from Normal(mu, sigma)."""
