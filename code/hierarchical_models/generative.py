"""Models in NumPy: their priors, the data that they predict, and how likely data are.

Written apart from the PyMC and Stan programs, so that the programs can be checked against them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy.stats import binom, norm

from hierarchical_models.errors import ModelDataError
from hierarchical_models.inputs import ModelInputs
from hierarchical_models.names import unknown_name
from hierarchical_models.registry import ModelSpec, get_model, list_models

Values = Mapping[str, Any]
DrawParameters = Callable[[Values, Values, np.random.Generator], dict[str, Any]]
DrawOutcome = Callable[[Values, Values, np.random.Generator], dict[str, np.ndarray]]
LogLikelihood = Callable[[Values, Values], np.ndarray]


@dataclass(frozen=True)
class GenerativeModel:
    """A model as a way to make data.

    Parameters
    ----------
    draw_parameters : callable
        Takes data, hyperparameters and a random generator; gives one draw of parameters from the
        prior, by the names of the specification. Those that are left out are not calibrated.
    draw_outcome : callable
        Takes parameters, data and a random generator; gives the outcome, by the name of its field,
        and any further outcomes.
    log_likelihood : callable
        Takes parameters, each with any number of draws in front of its dimensions, and data with
        their outcome; gives the log likelihood of each draw.
    design : mapping of str to array
        Small data for calibration, without the outcome.
    hyperparameters : mapping of str to number or str
        Those that should differ from the defaults in calibration, for example because the default
        prior is so wide that data drawn from it are not worth fitting.
    """

    draw_parameters: DrawParameters
    draw_outcome: DrawOutcome
    log_likelihood: LogLikelihood
    design: Values
    hyperparameters: Values


def list_generative_models() -> tuple[str, ...]:
    """Names of the models that exist in NumPy too.

    Returns
    -------
    tuple of str
        In alphabetical order; each has a module ``numpy_model`` beside its two programs.

    Examples
    --------
    >>> "binomial_partial" in list_generative_models()
    True
    """
    return tuple(
        name
        for name in list_models()
        if find_spec(f"{get_model(name).package}.numpy_model") is not None
    )


def get_generative_model(spec: ModelSpec) -> GenerativeModel:
    """The NumPy form of a model.

    Parameters
    ----------
    spec : ModelSpec
        The model.

    Returns
    -------
    GenerativeModel
        How to make its data.

    Raises
    ------
    UnknownNameError
        If the model has none, as where its prior is improper and cannot be drawn from.
    """
    if find_spec(f"{spec.package}.numpy_model") is None:
        raise unknown_name("model with a NumPy form", spec.name, list_generative_models())
    found: GenerativeModel = import_module(f"{spec.package}.numpy_model").MODEL
    return found


def as_values(inputs: ModelInputs) -> dict[str, Any]:
    """Checked data in the form that the NumPy models take.

    Parameters
    ----------
    inputs : ModelInputs
        Of the model.

    Returns
    -------
    dict
        The fields, with indices from 0, and counts such as ``n_groups``.
    """
    return {**inputs.values, **inputs.counts}


def with_placeholder_outcome(spec: ModelSpec, design: Values) -> dict[str, Any]:
    """A design with ones for its outcome, so that it can be checked like data.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    design : mapping of str to array
        Its data; outcomes that are there are kept.

    Returns
    -------
    dict
        With every outcome.

    Raises
    ------
    ModelDataError
        If no field lies along the outcome's dimension, so that its length is not known.
    """
    missing = [name for name in spec.outcomes if name not in design]
    if not missing:
        return dict(design)
    dims = spec.dims_of(spec.outcome)
    known = [
        np.asarray(design[item.name])
        for item in spec.data
        if item.dims == dims and item.name in design and np.ndim(design[item.name]) == 1
    ]
    if not known:
        raise ModelDataError(
            f"{spec.name}: found no field with a value for each {dims[0]}, "
            f"allowed a design that says how many values of {spec.outcome} there are"
        )
    return {**design, **{name: np.ones(len(known[0])) for name in missing}}


def draw_binomial(
    parameters: Values, data: Values, random: np.random.Generator
) -> dict[str, np.ndarray]:
    """Successes in ``n`` trials of probability ``theta``; see `GenerativeModel.draw_outcome`."""
    return {"y": np.asarray(random.binomial(data["n"], parameters["theta"]))}


def binomial_log_likelihood(parameters: Values, data: Values) -> np.ndarray:
    """Log likelihood of draws of ``theta``; see `GenerativeModel.log_likelihood`."""
    return np.asarray(binom.logpmf(data["y"], data["n"], parameters["theta"]).sum(axis=-1))


def draw_normal(
    parameters: Values, data: Values, random: np.random.Generator
) -> dict[str, np.ndarray]:
    """Estimates of ``theta`` with errors ``sigma``; see `GenerativeModel.draw_outcome`."""
    return {"y": np.asarray(random.normal(parameters["theta"], data["sigma"]))}


def normal_log_likelihood(parameters: Values, data: Values) -> np.ndarray:
    """Log likelihood of draws of ``theta``; see `GenerativeModel.log_likelihood`."""
    return np.asarray(norm.logpdf(data["y"], parameters["theta"], data["sigma"]).sum(axis=-1))


def draw_half_normal(scale: float, random: np.random.Generator) -> float:
    """One draw from a half-normal distribution.

    Parameters
    ----------
    scale : float
        Standard deviation of the normal distribution, above 0.
    random : numpy.random.Generator
        Source of random numbers.

    Returns
    -------
    float
        Above 0.
    """
    return float(abs(random.normal(0, scale)))


def draw_spread(hyper: Values, random: np.random.Generator) -> float:
    """One draw of a standard deviation from the family that the hyperparameters name.

    Parameters
    ----------
    hyper : mapping of str to float or str
        ``tau_prior``, ``tau_scale``, ``tau_ig_shape`` and ``tau_ig_scale``, as in the models of
        estimates with known standard errors.
    random : numpy.random.Generator
        Source of random numbers.

    Returns
    -------
    float
        Above 0.

    Raises
    ------
    KeyError
        If the family is flat, from which nothing can be drawn.
    """
    scale = float(hyper["tau_scale"])
    families = {
        "half_normal": lambda: draw_half_normal(scale, random),
        "half_cauchy": lambda: float(abs(scale * random.standard_cauchy())),
        "exponential": lambda: random.exponential(scale),
        "inverse_gamma": lambda: float(
            np.sqrt(hyper["tau_ig_scale"] / random.gamma(hyper["tau_ig_shape"]))
        ),
    }
    return families[str(hyper["tau_prior"])]()
