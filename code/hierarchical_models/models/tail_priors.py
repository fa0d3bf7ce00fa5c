"""The prior of Student's degrees of freedom, in PyMC; the Stan programs hold the same."""

from __future__ import annotations

import pymc as pm
from pymc.distributions.transforms import Interval


def degrees_of_freedom(name, shape, rate):
    """Degrees of freedom above 1, so that the mean exists: 1 and a Gamma variable.

    Parameters
    ----------
    name : str
        Name of the variable.
    shape, rate : float
        Shape and rate of the Gamma distribution of the degrees of freedom less 1.

    Returns
    -------
    TensorVariable
        The random variable, a scalar above 1, in the model of the current context.
    """
    return pm.CustomDist(
        name, shape, rate, dist=_one_and_gamma, transform=Interval(1, None)
    )


def _one_and_gamma(shape, rate, size):
    return 1 + pm.Gamma.dist(alpha=shape, beta=rate, size=size)
