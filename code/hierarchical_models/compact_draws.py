"""Draws in as little room as holds them exactly."""

from __future__ import annotations

from collections.abc import Callable

import arviz as az
import numpy as np
import xarray as xr

LOOK = 1000
"""Values that are looked at before all are: most draws need every digit they have."""


def compact(idata: az.InferenceData) -> az.InferenceData:
    """Give every array the smallest type that holds each of its values exactly.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit; it is left as it is.

    Returns
    -------
    arviz.InferenceData
        The same values: numbers of double precision that single precision holds are of that, and
        whole numbers of the smallest type that has them all.
    """
    return idata.map(_compact_group)


def widen(idata: az.InferenceData) -> az.InferenceData:
    """Undo `compact`.

    Parameters
    ----------
    idata : arviz.InferenceData
        What `compact` returned.

    Returns
    -------
    arviz.InferenceData
        Numbers of double precision, and whole numbers of 64 bits.
    """
    return idata.map(_widen_group)


def _compact_group(group: xr.Dataset) -> xr.Dataset:
    return _retyped(group, _smallest)


def _widen_group(group: xr.Dataset) -> xr.Dataset:
    wide = {"f": np.dtype(np.float64), "i": np.dtype(np.int64)}
    return _retyped(group, lambda values: wide.get(values.dtype.kind, values.dtype))


def _retyped(group: xr.Dataset, type_of: Callable[[np.ndarray], np.dtype]) -> xr.Dataset:
    return group.map(
        lambda variable: variable.astype(type_of(variable.to_numpy())), keep_attrs=True
    )


def _smallest(values: np.ndarray) -> np.dtype:
    if values.dtype == np.float64:
        few = values.ravel()[:LOOK]
        return np.dtype(np.float32) if _is_single(few) and _is_single(values) else values.dtype
    if values.dtype == np.int64 and values.size:
        return np.promote_types(_type_of(values.min()), _type_of(values.max()))
    return values.dtype


def _type_of(number: np.int64) -> np.dtype:
    types = (np.int8, np.int16, np.int32, np.int64)
    return next(
        np.dtype(kind) for kind in types if np.iinfo(kind).min <= number <= np.iinfo(kind).max
    )


def _is_single(values: np.ndarray) -> bool:
    with np.errstate(over="ignore"):
        return np.array_equal(values, values.astype(np.float32), equal_nan=True)
