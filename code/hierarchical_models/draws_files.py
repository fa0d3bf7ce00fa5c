"""InferenceData in a file that is read in a moment.

A file is a zip archive of NumPy arrays, as `numpy.savez` writes it, with one more that holds the
names, dimensions and attributes as JSON. NetCDF, which others read too, takes ten times as long
for the few dozen arrays of a fit; ``idata.to_netcdf(...)`` writes it for those who want it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import arviz as az
import numpy as np
import xarray as xr

OUTLINE = "outline"
"""The array with the JSON."""


def write_draws(idata: az.InferenceData, path: Path) -> None:
    """Write InferenceData to a file.

    Parameters
    ----------
    idata : arviz.InferenceData
        Of numbers, truth values and text; attributes are such as JSON holds.
    path : pathlib.Path
        The file; what it held is lost.

    Raises
    ------
    TypeError
        If an array or an attribute is of another kind.
    """
    arrays: dict[str, np.ndarray] = {}
    outline = {}
    for group in idata.groups():
        # with the arrays taken out, what is left is plain
        outline[group] = idata[group].to_dict(data="array")
        for name, variable in _variables(outline[group]):
            values = np.asarray(variable.pop("data"))
            if values.dtype == object:
                variable["text"] = True
                values = _as_text(values, f"{group}/{name}")
            arrays[f"{group}/{name}"] = values
    arrays[OUTLINE] = np.frombuffer(json.dumps(outline, default=_plain).encode(), dtype=np.uint8)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def read_draws(path: Path) -> az.InferenceData:
    """Read InferenceData from a file.

    Parameters
    ----------
    path : pathlib.Path
        Written by `write_draws`.

    Returns
    -------
    arviz.InferenceData
        In memory, with the same values, types, order and attributes.

    Raises
    ------
    ValueError, KeyError, OSError
        If the file is another one.
    """
    groups = {}
    with np.load(path, allow_pickle=False) as arrays:
        for group, content in json.loads(arrays[OUTLINE].tobytes()).items():
            for name, variable in _variables(content):
                values = arrays[f"{group}/{name}"]
                variable["data"] = values.astype(object) if variable.pop("text", 0) else values
            groups[group] = xr.Dataset.from_dict(content)
    return az.InferenceData(**groups)


def _variables(content: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [*content["coords"].items(), *content["data_vars"].items()]


def _as_text(values: np.ndarray, what: str) -> np.ndarray:
    if not all(isinstance(value, str) for value in values.flat):
        raise TypeError(f"{what}: found objects, allowed numbers, truth values and text")
    return values.astype(str)


def _plain(value: Any) -> Any:
    """What NumPy has instead of a number that JSON knows."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"found {value!r}, allowed what JSON holds")
