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
"""Of a count that NumPy can draw, with room; draws from wide priors only."""


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


def drawable(mean):
    """Means of counts, those too large to be drawn replaced by a large one.

    Parameters
    ----------
    mean : TensorVariable
        Expected counts.

    Returns
    -------
    TensorVariable
        The smaller of `mean` and ``LARGEST_MEAN``.
    """
    return pm.math.minimum(mean, LARGEST_MEAN)


def _log_density(value, mu, sigma, location, scale):
    log_rate = location + scale * value
    density = pm.logp(pm.Normal.dist(mu, sigma), log_rate)
    return density + pm.math.log(scale)


def _draw(mu, sigma, location, scale, rng, size):
    return (rng.normal(mu, sigma, size) - location) / scale
