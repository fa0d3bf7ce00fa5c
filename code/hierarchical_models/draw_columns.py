"""A variable's draws as columns, one for each of its elements, and the names of these."""

from __future__ import annotations

import numpy as np
import xarray as xr


def as_columns(variable: xr.DataArray) -> np.ndarray:
    """Draws with a column for each element.

    Parameters
    ----------
    variable : xarray.DataArray, dims (chain, draw, ...)
        Draws.

    Returns
    -------
    ndarray, shape (chains, draws, k)
        Elements in the order of memory; one for a variable without further dimensions.
    """
    values = variable.transpose("chain", "draw", ...).to_numpy()
    return values.reshape(*values.shape[:2], -1)


def label_of(variable: xr.DataArray, place: int) -> str:
    """Name of an element of a variable.

    Parameters
    ----------
    variable : xarray.DataArray, dims (chain, draw, ...)
        Draws.
    place : int
        Column of `as_columns`.

    Returns
    -------
    str
        As ArviZ writes it in its tables.

    Examples
    --------
    >>> draws = np.zeros((4, 10, 2))
    >>> theta = xr.DataArray(draws, dims=("chain", "draw", "player"), name="theta")
    >>> label_of(theta.assign_coords(player=["Ann", "Bo"]), 1)
    'theta[Bo]'
    """
    element = variable.transpose("chain", "draw", ...)
    own = element.dims[2:]
    if not own:
        return str(variable.name)
    position = np.unravel_index(place, element.shape[2:])
    labels = [str(element[dim].to_numpy()[at]) for dim, at in zip(own, position, strict=True)]
    return f"{variable.name}[{', '.join(labels)}]"
