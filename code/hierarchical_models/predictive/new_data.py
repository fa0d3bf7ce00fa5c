"""New observations, checked, with their groups found among those of a fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import process

from hierarchical_models.errors import ModelDataError
from hierarchical_models.inputs import DataLike, as_model_data, prepare_inputs
from hierarchical_models.model_data import ModelData
from hierarchical_models.predictive.fitted import Fitted
from hierarchical_models.predictive.new_rows import build_rows
from hierarchical_models.registry import DataField


@dataclass(frozen=True, eq=False)
class NewData:
    """Checked new observations.

    Parameters
    ----------
    values : mapping of str to ndarray
        The rows' fields; index fields hold positions in `labels`, as does the dimension's name
        where the rows are groups themselves.
    row_labels : list
        Labels of the rows.
    labels : mapping of str to list
        For each dimension of groups, by the model's name, the labels of the fit and after them
        the new ones.
    used : mapping of str to ndarray of int
        Positions of the labels that are in the rows, in order of appearance.
    of_new : mapping of str to mapping of str to ndarray
        For each dimension, the fields that belong to its groups, with a value for each new one.
    """

    values: Mapping[str, np.ndarray]
    row_labels: list[Any]
    labels: Mapping[str, list[Any]]
    used: Mapping[str, np.ndarray]
    of_new: Mapping[str, Mapping[str, np.ndarray]]


def read_new_data(
    fitted: Fitted, new_data: DataLike, *, allow_new_groups: bool, needs_outcome: bool = False
) -> NewData:
    """Check new observations against a fit.

    Parameters
    ----------
    fitted : Fitted
        The fit.
    new_data : Dataset, ModelData, mapping of str to array, or DataFrame
        Fields of the model for each row; groups by their labels.
    allow_new_groups : bool
        Whether a label that the fit has not seen is a new group.
    needs_outcome : bool
        Whether the outcomes have to be there.

    Returns
    -------
    NewData
        In the form that predictions read.

    Raises
    ------
    ModelDataError
        For a field that is missing or out of range, and for a label that is not allowed.
    """
    rows = build_rows(fitted, as_model_data(new_data))
    of_rows = _fields_of_rows(fitted, needs_outcome)
    pointers = {item.name: item.indexes for item in of_rows if item.indexes}
    if fitted.row_dim in fitted.group_dims:
        pointers[fitted.row_dim] = fitted.row_dim
    _check_presence(fitted, of_rows, pointers, rows)
    checked = _check_values(fitted, of_rows, rows)
    labels, positions, of_groups = {}, {}, {}
    for name, dim in pointers.items():
        labels[dim], positions[name] = _find(fitted, dim, rows[name], allow_new_groups)
        for item in _fields_of_groups(fitted, dim):
            of_groups[item.name] = _one_for_each(fitted, item, labels[dim], rows[name], rows)
    values = {item.name: checked[item.name] for item in of_rows if not item.indexes} | positions
    of_new = {
        dim: {
            item.name: of_groups[item.name][len(fitted.labels[dim]) :]
            for item in _fields_of_groups(fitted, dim)
        }
        for dim in labels
    }
    used = {dim: pd.unique(positions[name]) for name, dim in pointers.items()}
    return NewData(values, _label_rows(fitted, rows), labels, used, of_new)


def _fields_of_rows(fitted: Fitted, needs_outcome: bool) -> list[DataField]:
    spec = fitted.spec
    unneeded = () if needs_outcome else spec.outcomes
    return [
        item for item in spec.data if item.dims == (fitted.row_dim,) and item.name not in unneeded
    ]


def _fields_of_groups(fitted: Fitted, dim: str) -> list[DataField]:
    if dim == fitted.row_dim:
        return []
    return [item for item in fitted.spec.data if item.dims == (dim,)]


def _check_presence(
    fitted: Fitted, of_rows: list[DataField], pointers: Mapping[str, str], rows: pd.DataFrame
) -> None:
    wanted = {item.name: item.description for item in of_rows}
    wanted |= {
        name: f"label of each row's {fitted.dims[dim]}, under this name or {fitted.dims[dim]!r}"
        for name, dim in pointers.items()
    }
    missing = {name: text for name, text in wanted.items() if name not in rows}
    if missing:
        listed = "; ".join(f"{name}: {text}" for name, text in missing.items())
        raise ModelDataError(
            f"{fitted.spec.name}: new data lack {', '.join(missing)} ({listed}); "
            f"found {', '.join(map(str, rows.columns)) or 'no field'}"
        )


def _find(
    fitted: Fitted, dim: str, column: pd.Series, allow_new_groups: bool
) -> tuple[list[Any], np.ndarray]:
    """Labels of the fit with the new ones after them, and the position of each row's."""
    labels = list(fitted.labels[dim])
    places = {label: place for place, label in enumerate(labels)}
    for row, label in enumerate(column):
        if pd.isna(label):
            raise ModelDataError(
                f"{column.name}[{row}]: found {label}, allowed the label of a {fitted.dims[dim]}"
            )
        if label not in places:
            _check_new(fitted, dim, label, allow_new_groups)
            places[label] = len(labels)
            labels.append(label)
    return labels, np.array([places[label] for label in column], dtype=np.int64)


def _check_new(fitted: Fitted, dim: str, label: Any, allow_new_groups: bool) -> None:
    kind = fitted.dims[dim]
    found = (
        f"{kind}: found {label!r}, which the fit has not seen ({_nearest(fitted, dim, label)}); "
    )
    if dim not in fitted.predictive.populations:
        raise ModelDataError(
            f"{found}{fitted.spec.name} has no population of {kind} that a new one could be drawn "
            "from: what it learned of those it has seen says nothing of another; allowed those, "
            "or a fit of a model with partial pooling"
        )
    if not allow_new_groups:
        raise ModelDataError(
            f"{found}to draw a new {kind} from the population, pass allow_new_groups=True"
        )


def _nearest(fitted: Fitted, dim: str, label: Any) -> str:
    known = [str(one) for one in fitted.labels[dim]]
    found = process.extractOne(str(label), known, score_cutoff=60)
    if found:
        return f"did you mean {found[0]!r}?"
    return f"it knows {', '.join(known[:5])}{', ...' if len(known) > 5 else ''}"


def _one_for_each(
    fitted: Fitted, item: DataField, labels: list[Any], groups: pd.Series, rows: pd.DataFrame
) -> np.ndarray:
    """What belongs to each group of the fit and each new one, from the fit and from the rows."""
    known = fitted.fields[item.name]
    seen = dict(zip(labels, known, strict=False))
    column = rows[item.name] if item.name in rows else pd.Series(np.nan, index=rows.index)
    for row, (label, value) in enumerate(zip(groups, column, strict=True)):
        if pd.isna(value):
            continue
        number = _known_position(fitted, item.indexes, value) if item.indexes else value
        if label not in seen:
            seen[label] = number
        elif not _is_same(seen[label], number):
            raise ModelDataError(
                f"{item.name}[{row}]: found {value} for {label!r}, allowed the "
                f"{_shown(fitted, item, seen[label])} that it has elsewhere: {item.description}"
            )
    for label in labels[len(known) :]:
        if label not in seen:
            raise ModelDataError(
                f"{item.name}: found none for {label!r}, allowed a value for each group that the "
                f"fit has not seen ({item.description})"
            )
    return np.array([seen[label] for label in labels])


def _known_position(fitted: Fitted, dim: str, label: Any) -> int:
    if label not in fitted.labels[dim]:
        _check_new(fitted, dim, label, allow_new_groups=False)
    return fitted.labels[dim].index(label)


def _is_same(one: Any, other: Any) -> bool:
    try:
        return bool(np.isclose(float(one), float(other), rtol=1e-9, atol=0))
    except (TypeError, ValueError):
        return False


def _shown(fitted: Fitted, item: DataField, value: Any) -> Any:
    return fitted.labels[item.indexes][int(value)] if item.indexes else value


def _check_values(
    fitted: Fitted, of_rows: list[DataField], rows: pd.DataFrame
) -> Mapping[str, np.ndarray]:
    """The rows' numbers, after the checks of `fit`; what belongs to groups may be missing."""
    fields = [item for item in of_rows if not item.indexes]
    values = {item.name: rows[item.name].to_numpy() for item in fields}
    for dim in fitted.group_dims:
        for item in _fields_of_groups(fitted, dim):
            if item.name in rows and not item.indexes:
                fields.append(replace(item, dims=(fitted.row_dim,)))
                values[item.name] = rows[item.name].fillna(0.0).to_numpy()
    if not fields:
        return {}
    numbers = replace(fitted.spec, data=tuple(fields), parameters=(), contrasts={})
    return prepare_inputs(numbers, ModelData(values, dims=fitted.dims)).values


def _label_rows(fitted: Fitted, rows: pd.DataFrame) -> list[Any]:
    if fitted.row_dim not in rows:
        return list(range(len(rows)))
    labels = rows[fitted.row_dim]
    repeated = labels[labels.duplicated()]
    if len(repeated):
        kind = fitted.dims[fitted.row_dim]
        raise ModelDataError(
            f"{kind}: found {repeated.iloc[0]!r} in several rows, allowed one row for each {kind}; "
            "predict the others in a call of their own"
        )
    return list(labels.tolist())
