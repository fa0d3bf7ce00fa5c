"""Beta-distributed probabilities as log-odds, in PyMC; Stan holds the same.

Given phi, kappa and its data, a group's probability has a Beta distribution
whose log-odds have nearly the mean and standard deviation below, so that the
sampler sees numbers that are nearly standard normal whatever phi and kappa
are, and there is no funnel where the groups are alike.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pymc.distributions.dist_math import betaln
from scipy.special import logit

LARGEST_CONCENTRATION = 1e8
"""Of a Beta density that a double can hold; such groups are all but alike."""


def beta_log_odds(name, phi, kappa, y, n, dims):
    """Log-odds of probabilities from Beta(phi * kappa, (1 - phi) * kappa).

    Parameters
    ----------
    name : str
        Name of the variable that is sampled: the log-odds, standardised.
    phi : TensorVariable
        Mean of the Beta distribution, a scalar between 0 and 1.
    kappa : TensorVariable
        Its concentration, a scalar above 0, in trials; values above
        ``LARGEST_CONCENTRATION`` count as that.
    y, n : ndarray of int, shape (n_groups,)
        Successes and trials of each group.
    dims : str
        Dimension of the groups.

    Returns
    -------
    TensorVariable
        Log-odds of each group's probability, shape (n_groups,).
    """
    concentration = pm.math.minimum(kappa, LARGEST_CONCENTRATION)
    alpha, beta = phi * concentration, (1 - phi) * concentration
    location = pm.math.log(alpha + y) - pm.math.log(beta + n - y)
    scale = pm.math.sqrt(1 / (alpha + y) + 1 / (beta + n - y))
    standardised = pm.CustomDist(
        name,
        alpha,
        beta,
        location,
        scale,
        logp=_log_density,
        random=_draw,
        dims=dims,
    )
    return location + scale * standardised


def _log_density(value, alpha, beta, location, scale):
    log_odds = location + scale * value
    log_theta, log_1m_theta = -pt.softplus(-log_odds), -pt.softplus(log_odds)
    return (
        alpha * log_theta
        + beta * log_1m_theta
        - betaln(alpha, beta)
        + pt.log(scale)
    )


def _draw(alpha, beta, location, scale, rng: np.random.Generator, size):
    return (logit(rng.beta(alpha, beta, size)) - location) / scale
