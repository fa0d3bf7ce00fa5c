"""Groups' log rates as standardised deviations, in PyMC; Stan holds the same.

Given mu, sigma and its counts, a group's log rate has nearly the mean and
standard deviation below, so that the sampler sees numbers that are nearly
standard normal: as the non-centred form where counts are few, as the centred
one where they are many.
"""

from __future__ import annotations

import numpy as np
import pymc as pm

LARGEST_MEAN = 1e15
"""Of a count that NumPy can draw, with room; larger ones are drawn as this."""


def log_rates(name, mu, sigma, data, dims, phi=np.inf):
    """Log rates of groups from Normal(mu, sigma).

    Parameters
    ----------
    name : str
        Name of the variable that is sampled: the log rates, standardised.
    mu, sigma : TensorVariable
        Mean and standard deviation of the log rates, scalars.
    data : mapping of str to ndarray
        The fields `y`, `exposure` and `group`, and `n_groups`.
    dims : str
        Dimension of the groups.
    phi : TensorVariable or float
        Size of the counts' negative binomial distribution; infinite for
        Poisson counts.

    Returns
    -------
    TensorVariable
        Log rates per unit of exposure, shape (n_groups,).
    """
    size, group = data["n_groups"], data["group"]
    # half a count on top, for groups without any
    counts = 0.5 + np.bincount(group, data["y"], size)
    estimate = np.log(counts / np.bincount(group, data["exposure"], size))
    information = counts / (1 + counts / np.bincount(group) / phi)
    scale = (information + sigma**-2) ** -0.5
    location = scale**2 * (information * estimate + mu * sigma**-2)
    standardised = pm.CustomDist(
        name,
        *(mu, sigma, location, scale),
        logp=_log_density,
        random=_draw,
        dims=dims,
    )
    return location + scale * standardised


def observe_counts(mean, data, phi=None):
    """Poisson counts, or negative binomial ones, with draws for any mean.

    The density is that of ``pm.Poisson`` or ``pm.NegativeBinomial``. Their own
    draws stop a fit where a wide prior has a mean that NumPy cannot draw from.

    Parameters
    ----------
    mean : TensorVariable
        Expected counts, shape (n_observations,).
    data : mapping of str to ndarray
        The field `y`.
    phi : TensorVariable, optional
        Size of the negative binomial distribution; without it the counts are
        Poisson.
    """
    if phi is None:
        parameters, logp, random = (mean,), _poisson_log_density, _draw_poisson
    else:
        parameters, logp, random = (
            (mean, phi),
            _dispersed_log_density,
            _draw_dispersed,
        )
    pm.CustomDist(
        "y",
        *parameters,
        logp=logp,
        random=random,
        dtype="int64",
        observed=data["y"],
        dims="observation",
    )


def _poisson_log_density(value, mean):
    return pm.logp(pm.Poisson.dist(mean), value)


def _dispersed_log_density(value, mean, phi):
    return pm.logp(pm.NegativeBinomial.dist(mu=mean, alpha=phi), value)


def _draw_poisson(mean, rng, size):
    return rng.poisson(np.minimum(mean, LARGEST_MEAN), size)


def _draw_dispersed(mean, phi, rng, size):
    # Poisson counts at Gamma-distributed rates, as Stan has them; a factor that
    # rounds to 0 is a rate of 0, however large the mean
    shape = np.broadcast_shapes(np.shape(mean), size or ())
    factor = rng.standard_gamma(phi, shape)
    with np.errstate(all="ignore"):
        rate = np.minimum(mean * (factor / phi), LARGEST_MEAN)
    return rng.poisson(np.where(factor > 0, rate, 0.0))


def _log_density(value, mu, sigma, location, scale):
    log_rate = location + scale * value
    density = pm.logp(pm.Normal.dist(mu, sigma), log_rate)
    return density + pm.math.log(scale)


def _draw(mu, sigma, location, scale, rng, size):
    return (rng.normal(mu, sigma, size) - location) / scale
