"""From what a caller gives to what a program reads: every field checked, every dimension sized."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from hierarchical_models.errors import ModelDataError
from hierarchical_models.model_data import ModelData
from hierarchical_models.registry import DataField, ModelSpec

KIND_WORDS = {"real": "real numbers", "count": "whole numbers", "index": "whole numbers"}


@runtime_checkable
class HasModelData(Protocol):
    """Anything that can give its data in the models' form, such as a data set of this package."""

    def to_model_data(self) -> ModelData:
        """Give the data in the models' form."""
        ...


DataLike = HasModelData | ModelData | Mapping[str, Any] | pd.DataFrame


@dataclass(frozen=True)
class ModelInputs:
    """Checked data of one model.

    Parameters
    ----------
    values : dict of str to ndarray
        The model's fields; counts and indices as int64, the rest as float64; indices 0-based.
    sizes : dict of str to int
        Length of each of the model's dimensions.
    dims : dict of str to str
        The reader's name of each of the model's dimensions.
    coords : dict of str to ndarray
        Labels along each dimension, by the model's name of it.
    """

    values: Mapping[str, np.ndarray]
    sizes: Mapping[str, int]
    dims: Mapping[str, str]
    coords: Mapping[str, np.ndarray]

    @property
    def counts(self) -> dict[str, int]:
        """The length of each dimension as the programs name it, for example ``n_groups``."""
        return {f"n_{dim}s": size for dim, size in self.sizes.items()}


def as_model_data(data: DataLike) -> ModelData:
    """Bring what the caller gave into the form of `ModelData`.

    Parameters
    ----------
    data : Dataset, ModelData, mapping of str to array, or DataFrame
        A data set of this package, or the model's fields by name.

    Returns
    -------
    ModelData
        The same fields.

    Raises
    ------
    ModelDataError
        If it is none of these.
    """
    if isinstance(data, ModelData):
        return data
    if isinstance(data, HasModelData):
        return data.to_model_data()
    if isinstance(data, pd.DataFrame):
        return ModelData({str(name): column.to_numpy() for name, column in data.items()})
    if isinstance(data, Mapping):
        return ModelData(data)
    raise ModelDataError(
        f"data: found {type(data).__name__}, allowed a data set, ModelData, "
        "a mapping of field names to arrays, or a DataFrame with the fields as columns"
    )


def prepare_inputs(spec: ModelSpec, data: DataLike) -> ModelInputs:
    """Check data against a model's fields.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    data : Dataset, ModelData, mapping of str to array, or DataFrame
        At least the fields that the model reads.

    Returns
    -------
    ModelInputs
        Arrays of the right kind and length.

    Raises
    ------
    ModelDataError
        For a field that is missing, of the wrong kind or length, or with a value out of range;
        the message names the field, the value and the range, whichever backend is to be used.
    """
    given = as_model_data(data)
    missing = [item for item in spec.data if item.name not in given.values]
    if missing:
        wanted = "; ".join(f"{item.name}: {item.description}" for item in missing)
        raise ModelDataError(
            f"{spec.name}: data lack {', '.join(item.name for item in missing)} ({wanted}); "
            f"found {', '.join(sorted(given.values)) or 'no field'}"
        )
    raw = {item.name: _as_array(item, given.values[item.name]) for item in spec.data}
    model_dims = {dim for item in (*spec.data, *spec.parameters) for dim in item.dims}
    dims = {dim: given.dims.get(dim, dim) for dim in model_dims}
    sizes = _measure_dimensions(spec, raw, dims, given.coords)
    values = {item.name: _fill(item, raw[item.name], sizes, dims) for item in spec.data}
    for item in spec.data:
        _check_range(item, values, sizes)
    coords = {
        dim: np.asarray(given.coords.get(dims[dim], np.arange(size))) for dim, size in sizes.items()
    }
    return ModelInputs(values, sizes, dims, coords)


def _as_array(item: DataField, value: Any) -> np.ndarray:
    try:
        numbers = np.asarray(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise ModelDataError(
            f"{item.name}: found values that are not numbers ({error}), "
            f"allowed {KIND_WORDS[item.kind]}"
        ) from error
    if numbers.ndim > 1:
        raise ModelDataError(
            f"{item.name}: found an array with {numbers.ndim} dimensions, allowed one"
        )
    if not np.all(np.isfinite(numbers)):
        place = int(np.flatnonzero(~np.isfinite(np.atleast_1d(numbers)))[0])
        raise ModelDataError(
            f"{item.name}[{place}]: found {np.atleast_1d(numbers)[place]}, allowed finite numbers; "
            "drop the row or model why it is missing"
        )
    if item.kind == "real":
        return numbers
    if np.any(numbers != np.round(numbers)):
        place = int(np.flatnonzero(np.atleast_1d(numbers != np.round(numbers)))[0])
        raise ModelDataError(
            f"{item.name}[{place}]: found {np.atleast_1d(numbers)[place]}, allowed whole numbers"
        )
    return numbers.astype(np.int64)


def _measure_dimensions(
    spec: ModelSpec,
    raw: Mapping[str, np.ndarray],
    dims: Mapping[str, str],
    labels: Mapping[str, tuple[Any, ...]],
) -> dict[str, int]:
    """Length of each dimension, from its labels, the arrays along it or the indices into it."""
    sizes: dict[str, int] = {}
    source: dict[str, str] = {}
    for dim, name in dims.items():
        if name in labels:
            sizes[dim], source[dim] = len(labels[name]), "its labels have"
    for item in spec.data:
        if raw[item.name].ndim == 1 and item.dims:
            dim, length = item.dims[0], len(raw[item.name])
            if length == 0:
                raise ModelDataError(f"{item.name}: found no values, allowed at least one")
            if sizes.setdefault(dim, length) != length:
                raise ModelDataError(
                    f"{item.name}: found {length} values, allowed {sizes[dim]} "
                    f"(one for each {dims[dim]}, as {source[dim]})"
                )
            source.setdefault(dim, f"{item.name} has")
    for item in spec.data:
        if item.indexes:
            sizes.setdefault(item.indexes, int(raw[item.name].max()) + 1)
    for dim, of in spec.contrasts.items():
        if sizes[of] < 2:
            raise ModelDataError(f"{dims[of]}: found 1, allowed at least 2 for a contrast")
        sizes[dim] = sizes[of] - 1
    for dim, name in dims.items():
        if dim not in sizes:
            along = ", ".join(item.name for item in spec.data if dim in item.dims)
            raise ModelDataError(
                f"{spec.name}: found one number for {along}, "
                f"allowed an array with a value for each {name}"
            )
    return sizes


def _fill(
    item: DataField, values: np.ndarray, sizes: Mapping[str, int], dims: Mapping[str, str]
) -> np.ndarray:
    """Repeat a single number along the field's dimension; scalars without dimensions stay."""
    if not item.dims:
        if values.ndim:
            raise ModelDataError(f"{item.name}: found {values.size} values, allowed one number")
        return values
    return np.array(np.broadcast_to(values, tuple(sizes[dim] for dim in item.dims)))


def _check_range(
    item: DataField, values: Mapping[str, np.ndarray], sizes: Mapping[str, int]
) -> None:
    found = np.atleast_1d(values[item.name])
    lower = _bound(item.lower, values, found)
    upper = _bound(item.upper, values, found)
    if item.indexes:
        lower, upper = np.zeros(len(found)), np.full(len(found), sizes[item.indexes] - 1.0)
    too_low = np.zeros(len(found), bool) if lower is None else found < lower
    if lower is not None and item.is_above_lower:
        too_low = found <= lower
    too_high = np.zeros(len(found), bool) if upper is None else found > upper
    if not np.any(too_low | too_high):
        if item.indexes:
            _check_no_empty_group(item, found, sizes[item.indexes])
        return
    place = int(np.flatnonzero(too_low | too_high)[0])
    parts = []
    if lower is not None:
        parts.append(f"{'above' if item.is_above_lower else 'from'} {lower[place]:g}")
    if upper is not None:
        owner = f" ({item.upper}[{place}])" if isinstance(item.upper, str) else ""
        parts.append(f"to {upper[place]:g}{owner}")
    remedy = "; recode with pandas.factorize" if item.indexes else ""
    raise ModelDataError(
        f"{item.name}[{place}]: found {found[place]:g}, allowed {' '.join(parts)}{remedy}"
    )


def _bound(
    bound: float | str | None, values: Mapping[str, np.ndarray], like: np.ndarray
) -> np.ndarray | None:
    if bound is None:
        return None
    limit = values[bound] if isinstance(bound, str) else np.asarray(bound, dtype=float)
    return np.array(np.broadcast_to(limit, like.shape), dtype=float)


def _check_no_empty_group(item: DataField, found: np.ndarray, size: int) -> None:
    absent = np.setdiff1d(np.arange(size), found)
    if absent.size:
        shown = ", ".join(str(place) for place in absent[:5])
        raise ModelDataError(
            f"{item.name}: found no observation for {absent.size} of {size} groups ({shown}), "
            "allowed at least one for each; recode with pandas.factorize, or drop the unused labels"
        )
