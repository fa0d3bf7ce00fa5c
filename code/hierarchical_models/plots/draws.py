"""From a fit to the draws that a figure shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import arviz as az
import numpy as np
import xarray as xr

from hierarchical_models.names import unknown_name
from hierarchical_models.registry import ModelSpec, get_model, list_models

SAMPLE = ("chain", "draw")


def draws_of(
    idata: az.InferenceData,
    name: str,
    group: str = "posterior",
    at: Mapping[str, Any] | None = None,
) -> xr.DataArray:
    """Draws of one variable of a fit.

    Parameters
    ----------
    idata : arviz.InferenceData
        The fit.
    name : str
        The variable.
    group : str
        The group it is in.
    at : mapping of str to label, optional
        Where to look along its dimensions, for example ``{"school": "A"}``.

    Returns
    -------
    xarray.DataArray, dims (chain, draw, ...)
        The draws.

    Raises
    ------
    UnknownNameError
        If the fit has no such group or variable, or a dimension no such label.
    """
    if group not in idata.groups():
        raise unknown_name("group of the fit", group, idata.groups())
    variables = idata[group]
    if name not in variables:
        raise unknown_name(f"variable of {group}", name, [str(one) for one in variables.data_vars])
    draws = variables[name]
    for dim, label in (at or {}).items():
        if dim not in draws.dims:
            raise unknown_name(f"dimension of {name}", dim, own_dims(draws))
        if label not in draws[dim].to_numpy():
            raise unknown_name(dim, str(label), [str(one) for one in draws[dim].to_numpy()])
        draws = draws.sel({dim: label})
    return draws


def own_dims(draws: xr.DataArray) -> list[str]:
    """The dimensions of a variable, beside those of sampling.

    Parameters
    ----------
    draws : xarray.DataArray
        Draws, or data.

    Returns
    -------
    list of str
        Empty for a scalar.
    """
    return [str(dim) for dim in draws.dims if dim not in SAMPLE]


def scalar_draws(
    idata: az.InferenceData,
    name: str,
    group: str = "posterior",
    at: Mapping[str, Any] | None = None,
) -> np.ndarray:
    """Draws of a scalar, all chains after each other.

    Parameters
    ----------
    idata, name, group, at
        As for `draws_of`.

    Returns
    -------
    ndarray of float, shape (n_draws,)
        The draws.

    Raises
    ------
    ValueError
        If the variable has dimensions that `at` leaves open.
    UnknownNameError
        As for `draws_of`.
    """
    draws = draws_of(idata, name, group, at)
    if own_dims(draws):
        example = {dim: draws[dim].to_numpy()[0].item() for dim in own_dims(draws)}
        raise ValueError(
            f"{name}: found dimensions {', '.join(own_dims(draws))}, allowed a scalar; "
            f"choose one element, for example at={example}"
        )
    return np.asarray(draws.to_numpy(), dtype=float).ravel()


def check_probability(probability: float) -> None:
    """Refuse what is no probability of an interval.

    Parameters
    ----------
    probability : float
        To check.

    Raises
    ------
    ValueError
        If it is not above 0 and below 1.
    """
    if not 0 < probability < 1:
        raise ValueError(f"probability: found {probability:g}, allowed above 0 and below 1")


def model_of(idata: az.InferenceData) -> ModelSpec | None:
    """The course's model that a fit is of.

    Parameters
    ----------
    idata : arviz.InferenceData
        The fit.

    Returns
    -------
    ModelSpec or None
        None for a fit that does not come from `fit`.
    """
    name = idata.posterior.attrs.get("model") if "posterior" in idata.groups() else None
    return get_model(name) if name in list_models() else None


def describe_parameter(idata: az.InferenceData, name: str) -> str:
    """What a parameter is, for the label of an axis.

    Parameters
    ----------
    idata : arviz.InferenceData
        The fit.
    name : str
        The parameter.

    Returns
    -------
    str
        Symbol and description with unit, where the fit's model knows them; otherwise the name.
    """
    spec = model_of(idata)
    known = {one.name: one for one in spec.parameters} if spec else {}
    if name not in known:
        return name
    # of a definition, such as "alpha = phi kappa", the left side
    symbol = known[name].symbol.split("=")[0].strip()
    return f"${symbol}$: {known[name].description}"
