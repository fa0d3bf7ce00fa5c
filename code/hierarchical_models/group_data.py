"""Data split by the groups that they come from, to leave one out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hierarchical_models.errors import ModelDataError
from hierarchical_models.inputs import DataLike, ModelInputs, as_model_data, prepare_inputs
from hierarchical_models.model_data import ModelData
from hierarchical_models.names import unknown_name
from hierarchical_models.predictive.declaration import get_predictive
from hierarchical_models.registry import DataField, ModelSpec


@dataclass(frozen=True, eq=False)
class GroupedData:
    """Checked data of a model, and the group of each of its rows.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    inputs : ModelInputs
        All data.
    dim : str
        The dimension of the groups, by the model's name; one that the model does not have where
        it takes no notice of groups.
    name : str
        What the reader calls it.
    labels : list
        The groups.
    group_of_row : ndarray of int, shape (n_rows,)
        Position in `labels` of each row's group.
    """

    spec: ModelSpec
    inputs: ModelInputs
    dim: str
    name: str
    labels: list[Any]
    group_of_row: np.ndarray

    @property
    def row_dim(self) -> str:
        """The dimension of the outcomes, by the model's name."""
        return self.spec.dims_of(self.spec.outcome)[0]

    def rows_of(self, place: int) -> np.ndarray:
        """Positions of the rows of a group."""
        return np.flatnonzero(self.group_of_row == place)

    def only(self, place: int, rows: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """The data of one group, which becomes the first and only one.

        Parameters
        ----------
        place : int
            Position of the group in `labels`.
        rows : ndarray of int, optional
            Some of its rows; by default all.

        Returns
        -------
        dict of str to ndarray
            The model's fields, in the form that `Population` takes.
        """
        rows = self.rows_of(place) if rows is None else rows
        found = {}
        for item in self.spec.data:
            values = self.inputs.values[item.name]
            if item.dims == (self.row_dim,):
                values = values[rows]
                found[item.name] = 0 * values if item.indexes == self.dim else values
            else:
                found[item.name] = values[[place]] if item.dims == (self.dim,) else values
        if self.dim == self.row_dim:
            found[self.dim] = np.zeros(len(rows), dtype=np.int64)
        return found

    def without(self, place: int) -> ModelData:
        """All data but those of one group.

        Parameters
        ----------
        place : int
            Position of the group in `labels`.

        Returns
        -------
        ModelData
            What to fit the model to.
        """
        kept_rows = self.group_of_row != place
        kept_groups = np.arange(len(self.labels)) != place
        values = {}
        for item in self.spec.data:
            field = self.inputs.values[item.name]
            if item.dims == (self.row_dim,):
                field = field[kept_rows]
            elif item.dims == (self.dim,):
                field = field[kept_groups]
            values[item.name] = field - (field > place) if item.indexes == self.dim else field
        coords = {}
        for dim, labels in self.inputs.coords.items():
            # each dimension by the rows or groups that are left of it
            kept = {self.row_dim: kept_rows, self.dim: kept_groups}.get(dim, slice(None))
            coords[self.inputs.dims[dim]] = tuple(np.asarray(labels, dtype=object)[kept])
        return ModelData(values, self.inputs.dims, coords)


def group_data(spec: ModelSpec, data: DataLike, group: str | None = None) -> GroupedData:
    """Find the groups of a model's data.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    data : Dataset, ModelData, mapping of str to array, or DataFrame
        Its data.
    group : str, optional
        The groups' dimension, by the reader's name or the model's, or the field that points into
        it; by default the only one there is.

    Returns
    -------
    GroupedData
        Of two groups or more.

    Raises
    ------
    ModelDataError
        If the data do not fit the model, there is only one group, or a level of another
        dimension is in one group alone and would vanish with it.
    UnknownNameError
        If there are no such groups.

    Examples
    --------
    >>> from hierarchical_models import datasets, get_model
    >>> grouped = group_data(get_model("radon_varying_intercept"), datasets.load("radon"), "county")
    >>> len(grouped.labels), len(grouped.rows_of(grouped.labels.index("ST LOUIS")))
    (85, 116)
    """
    inputs, given = prepare_inputs(spec, data), as_model_data(data)
    candidates = _candidates(spec, inputs, given)
    dim = _choose(spec, candidates, inputs, given, group)
    codes = candidates[dim]
    name = given.dims.get(dim, dim)
    labels = list(given.coords.get(name, range(int(codes.max()) + 1)))
    found = GroupedData(spec, inputs, dim, name, labels, codes)
    _check_population(spec, dim, name)
    if len(labels) < 2:
        raise ModelDataError(f"{name}: found 1, allowed 2 or more, to leave one out")
    for item in spec.data:
        if item.indexes and item.indexes != dim:
            _check_no_level_vanishes(found, item)
    return found


def _candidates(spec: ModelSpec, inputs: ModelInputs, given: ModelData) -> Mapping[str, np.ndarray]:
    """Position of each row's group, for each dimension that rows can be grouped by."""
    row_dim = spec.dims_of(spec.outcome)[0]
    found = {
        item.indexes: inputs.values[item.name]
        for item in spec.data
        if item.indexes in get_predictive(spec).populations and item.dims == (row_dim,)
    }
    if found:
        return found
    n_rows = inputs.sizes[row_dim]
    if row_dim == "group":
        return {row_dim: np.arange(n_rows)}
    # a model that takes no notice of groups can still be asked to predict one from the others
    fields = {name: np.asarray(values) for name, values in given.values.items()}
    return {
        name: codes
        for name, codes in fields.items()
        if codes.shape == (n_rows,) and codes.dtype.kind in "iu" and name not in spec.outcomes
    }


def _choose(
    spec: ModelSpec,
    candidates: Mapping[str, np.ndarray],
    inputs: ModelInputs,
    given: ModelData,
    group: str | None,
) -> str:
    names = {dim: {dim, given.dims.get(dim, dim)} for dim in candidates}
    for item in spec.data:
        if item.indexes in names:
            names[item.indexes].add(item.name)
    if group is None and len(names) == 1:
        return next(iter(names))
    for dim, known in names.items():
        if group in known:
            return dim
    listed = sorted({given.dims.get(dim, dim) for dim in names})
    if group is None:
        raise ModelDataError(
            f"group: found none given, allowed one of {', '.join(listed)}: what to leave out"
            if listed
            else f"{spec.name}: found data without groups, allowed an index field 'group'"
        )
    raise unknown_name(f"group of {spec.name}", group, listed)


def _check_population(spec: ModelSpec, dim: str, name: str) -> None:
    """A model without pooling says nothing of a group that it has not seen."""
    if dim in get_predictive(spec).populations:
        return
    own = [parameter.name for parameter in spec.parameters if dim in parameter.dims]
    if own:
        raise ModelDataError(
            f"{spec.name}: found {', '.join(own)} of each {name} without a population, allowed a "
            f"model with partial or complete pooling: one without says nothing of a {name} that "
            "it has not seen, beyond its prior"
        )


def _check_no_level_vanishes(data: GroupedData, item: DataField) -> None:
    """Every level of another dimension has to be left when a group is taken out."""
    codes = data.inputs.values[item.name]
    # what belongs to rows by way of their groups, such as the state of a region
    groups = data.group_of_row if item.dims == (data.row_dim,) else np.arange(len(codes))
    for level in np.unique(codes):
        owners = np.unique(groups[codes == level])
        if len(owners) == 1:
            dim = item.indexes or ""
            raise ModelDataError(
                f"{data.inputs.dims[dim]}: found {data.inputs.coords[dim][level]!r} in "
                f"{data.labels[owners[0]]!r} alone, allowed levels in two or more {data.name}: "
                "without it nothing would be known of that level"
            )
