"""Priors that a caller chooses by name, in PyMC; the Stan programs hold the same five families."""

from __future__ import annotations

import math

import pymc as pm
import pytensor.tensor as pt
from pymc.distributions.transforms import log as log_transform


def normal_or_flat(name, mean, scale, dims=None):
    """A normal prior, or a flat one where the scale is infinite.

    Parameters
    ----------
    name : str
        Name of the variable.
    mean, scale : float
        Mean and standard deviation, in the unit of the variable; `scale` may be ``inf``.
    dims : str, optional
        Its dimension; a scalar without.

    Returns
    -------
    TensorVariable
        The random variable, in the model of the current context.
    """
    if math.isinf(scale):
        return pm.Flat(name, dims=dims)
    return pm.Normal(name, mean, scale, dims=dims)


def spread_prior(name, family, scale, ig_shape, ig_scale):
    """A prior for a standard deviation, by the name of its family.

    Parameters
    ----------
    name : str
        Name of the variable.
    family : str
        One of ``half_normal``, ``half_cauchy``, ``exponential``, ``inverse_gamma``, ``flat``.
    scale : float
        Scale of the half-normal or half-Cauchy, mean of the exponential.
    ig_shape, ig_scale : float
        Shape and scale of the inverse-gamma distribution of the squared standard deviation.

    Returns
    -------
    TensorVariable
        The random variable, a scalar above 0, in the model of the current context.

    Raises
    ------
    KeyError
        If the family is not one of the five.
    """
    families = {
        "half_normal": lambda: pm.HalfNormal(name, scale),
        "half_cauchy": lambda: pm.HalfCauchy(name, scale),
        "exponential": lambda: pm.Exponential(name, scale=scale),
        "inverse_gamma": lambda: pm.CustomDist(
            name,
            ig_shape,
            ig_scale,
            dist=_root_of_inverse_gamma,
            transform=log_transform,
        ),
        "flat": lambda: pm.HalfFlat(name),
    }
    return families[family]()


def _root_of_inverse_gamma(shape, scale, size):
    # by way of the gamma distribution of the precision, whose draws of 0 become an infinite spread
    return 1 / pt.sqrt(pm.Gamma.dist(alpha=shape, beta=scale, size=size))
