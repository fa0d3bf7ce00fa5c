"""New observations as a table with a row for each, whatever form they are given in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hierarchical_models.errors import ModelDataError
from hierarchical_models.model_data import ModelData
from hierarchical_models.predictive.fitted import Fitted


def build_rows(fitted: Fitted, given: ModelData) -> pd.DataFrame:
    """Bring new observations into a table of the model's fields, with labels for groups.

    Parameters
    ----------
    fitted : Fitted
        The fit, for the names of its fields and dimensions.
    given : ModelData
        What the caller gave: columns by the name of a field or, for the label of a group, of the
        reader's dimension; or a whole data set, with positions and labels apart.

    Returns
    -------
    pandas.DataFrame
        A column for each field that was given. Single values are repeated; what belongs to a group
        stands in each of its rows.

    Raises
    ------
    ModelDataError
        If columns have different lengths, or one field is given twice.
    """
    columns = _with_labels(fitted, given) if given.coords else _by_field(fitted, given)
    lengths = {name: len(values) for name, values in columns.items() if np.ndim(values) == 1}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{length} for {name}" for name, length in lengths.items())
        raise ModelDataError(
            f"new data: found different numbers of values ({found}), allowed one for each row, "
            "or a single value for all"
        )
    return pd.DataFrame(columns, index=range(next(iter(lengths.values()), 1)))


def _by_field(fitted: Fitted, given: ModelData) -> dict[str, Any]:
    """Columns by the names of fields, though labels be given by the name of their dimension."""
    found = {}
    for name, other in _names(fitted).items():
        both = [one for one in dict.fromkeys((name, other)) if one in given.values]
        if len(both) == 2:
            raise ModelDataError(
                f"new data: found both {name!r} and {other!r}, which name the same field; "
                "allowed one of them"
            )
        if both:
            values = given.values[both[0]]
            found[name] = values if np.ndim(values) == 0 else list(values)
    return found


def _names(fitted: Fitted) -> dict[str, str]:
    """Each field, and what else it may be called; for rows that are groups their dimension too."""
    row_dim = fitted.row_dim
    names = {row_dim: fitted.dims[row_dim]}
    for item in fitted.spec.data:
        names[item.name] = fitted.dims[item.indexes] if item.indexes else item.name
    return names


def _with_labels(fitted: Fitted, given: ModelData) -> dict[str, Any]:
    """A data set's fields, with labels for positions, and one value in each row."""
    columns: dict[str, Any] = {}
    pointers = {item.indexes: item.name for item in fitted.spec.data if item.indexes}
    for item in fitted.spec.data:
        if item.name not in given.values:
            continue
        values = np.asarray(given.values[item.name])
        labels = _labels(given, item.indexes) if item.indexes else None
        if labels is not None:
            values = labels[values]
        if item.dims not in ((), (fitted.row_dim,)):
            values = values[np.asarray(given.values[pointers[item.dims[0]]])]
        columns[item.name] = values if values.ndim == 0 else values.tolist()
    labels = _labels(given, fitted.row_dim)
    if labels is not None:
        columns[fitted.row_dim] = labels.tolist()
    return columns


def _labels(given: ModelData, dim: str) -> np.ndarray | None:
    labels = given.coords.get(given.dims.get(dim, dim))
    if labels is None:
        return None
    found = np.empty(len(labels), dtype=object)
    found[:] = labels
    return found
