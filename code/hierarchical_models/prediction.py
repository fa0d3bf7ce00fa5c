"""Predictions for new observations, in groups that a fit has seen and in new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import arviz as az
import numpy as np
import xarray as xr

from hierarchical_models.inputs import DataLike
from hierarchical_models.predictive.extension import Extended, extend
from hierarchical_models.predictive.fitted import Fitted, read_fit
from hierarchical_models.predictive.new_data import NewData, read_new_data
from hierarchical_models.registry import ModelSpec


def predict(
    idata: az.InferenceData,
    new_data: DataLike,
    *,
    seed: int,
    allow_new_groups: bool = False,
    model: ModelSpec | str | None = None,
) -> xr.Dataset:
    """Draw new observations from the posterior predictive distribution of a fit.

    A group that the fit has seen keeps the posterior of its parameters. The parameters of a new
    group are drawn from the population at each posterior draw, given what the model knows of
    groups, such as a predictor ``u``: one new group in several rows is the same in all of them.

    Parameters
    ----------
    idata : arviz.InferenceData
        From `fit`, of either backend.
    new_data : Dataset, ModelData, mapping of str to array, or DataFrame
        A value of each of the model's fields for each row, without the outcome; single values are
        repeated. Groups are given by their labels, under the name of the model's field or of the
        fit's dimension, for example ``{"county": ["AITKIN", "a new one"], "x": 0}``. What belongs
        to a group stands in its rows, and may be left out or ``nan`` for groups of the fit.
    seed : int
        Makes the draws repeatable.
    allow_new_groups : bool
        Whether a label that the fit has not seen is a new group rather than a mistake.
    model : ModelSpec or str, optional
        The model, if it is not one of `list_models`.

    Returns
    -------
    xarray.Dataset
        With the posterior's chains and draws, and its names for dimensions: the parameters of the
        groups that are in the rows; what is expected in each row given the parameters (``mu`` of
        the linear and time series models, ``theta`` of cells) where that is not a parameter; and
        the outcomes. Coordinates ``<dim>_is_new`` tell new groups, and ``<field>_label`` the group
        of each row.

    Raises
    ------
    ModelDataError
        For a field that is missing or out of range; for a label that the fit has not seen, unless
        new groups are allowed; and for one that has no population to be drawn from, as in a model
        without pooling.
    UnknownNameError
        If the model cannot predict.

    Notes
    -----
    With parameters :math:`\\theta_j` of group j and :math:`\\phi` of the population, the draws are
    of :math:`p(\\tilde y \\mid y) = \\int p(\\tilde y \\mid \\theta_j, \\phi)\\,
    p(\\theta_j, \\phi \\mid y)\\, d\\theta_j\\, d\\phi` in a known group, and of the same with
    :math:`p(\\theta_j \\mid \\phi)\\, p(\\phi \\mid y)` in a new one.

    References
    ----------
    .. [1] Gelman, A. and Hill, J. (2007). Data Analysis Using Regression and
       Multilevel/Hierarchical Models. Cambridge University Press, section 12.8.

    Examples
    --------
    >>> from hierarchical_models import datasets, fit
    >>> idata = fit("radon_varying_intercept", datasets.load("radon"), seed=1)
    >>> houses = {"county": ["ST LOUIS", "a new one"], "x": 0}
    >>> found = predict(idata, houses, seed=2, allow_new_groups=True)
    >>> found["alpha"].dims, found["county_is_new"].values
    (('chain', 'draw', 'county'), array([False,  True]))
    >>> spread = found["mu"].std(("chain", "draw"))
    >>> bool(spread[1] > 3 * spread[0])  # 116 houses tell much of the one, nothing of the other
    True
    """
    fitted = read_fit(idata, model)
    new = read_new_data(fitted, new_data, allow_new_groups=allow_new_groups)
    random = np.random.default_rng(seed)
    extended = extend(fitted, new, random)
    arrays = {
        name: values
        for dim in fitted.group_dims
        for name, values in _used_parameters(fitted, new, extended, dim).items()
    }
    of_rows = {**extended.expected, **extended.outcome.draw(random)}
    arrays |= {name: ((fitted.row_dim,), values) for name, values in of_rows.items()}
    found = _as_dataset(idata, fitted, new, arrays)
    return found.assign_attrs(model=fitted.spec.name, seed=seed)


def heldout_log_density(
    idata: az.InferenceData,
    new_data: DataLike,
    *,
    seed: int,
    allow_new_groups: bool = False,
    model: ModelSpec | str | None = None,
) -> xr.DataArray:
    """Log density of outcomes that the fit has not seen, at each posterior draw.

    Parameters
    ----------
    idata, new_data, seed, allow_new_groups, model
        As for `predict`, with the outcomes among the data. The seed matters to new groups only,
        whose parameters are drawn.

    Returns
    -------
    xarray.DataArray, dims (chain, draw, row)
        The logarithm of each row's density or, for counts, probability; `log_score` makes a score
        of it.

    Raises
    ------
    ModelDataError, UnknownNameError
        As for `predict`.

    Examples
    --------
    >>> from hierarchical_models import fit, log_score
    >>> idata = fit("binomial_pooled", {"y": [3, 5], "n": 10}, seed=1)
    >>> round(log_score(heldout_log_density(idata, {"y": [4], "n": 10}, seed=1)).elpd, 1)
    -1.6
    """
    fitted = read_fit(idata, model)
    new = read_new_data(fitted, new_data, allow_new_groups=allow_new_groups, needs_outcome=True)
    extended = extend(fitted, new, np.random.default_rng(seed))
    density = extended.outcome.log_density(extended.data)
    arrays = {"log_density": ((fitted.row_dim,), density)}
    return _as_dataset(idata, fitted, new, arrays)["log_density"]


Arrays = Mapping[str, tuple[tuple[str, ...], np.ndarray]]


def _used_parameters(fitted: Fitted, new: NewData, extended: Extended, dim: str) -> Arrays:
    """The parameters along a dimension, of the groups that are in the rows."""
    found = {}
    for name in fitted.parameters_along(dim):
        values, dims = extended.parameters[name], fitted.spec.dims_of(name)
        for axis, own in enumerate(dims, start=1):
            values = np.take(values, new.used[own], axis=axis)
        found[name] = (dims, values)
    return found


def _as_dataset(
    idata: az.InferenceData, fitted: Fitted, new: NewData, arrays: Arrays
) -> xr.Dataset:
    """Arrays with the posterior's chains and draws, and the reader's names for the rest."""
    chains, draws = idata.posterior["chain"], idata.posterior["draw"]
    shape = (len(chains), len(draws))
    variables = {
        name: (
            ("chain", "draw", *(fitted.dims[dim] for dim in dims)),
            values.reshape(*shape, *values.shape[1:]),
        )
        for name, (dims, values) in arrays.items()
    }
    coords: dict[str, Any] = {"chain": chains, "draw": draws}
    row_dim = fitted.dims[fitted.row_dim]
    coords[row_dim] = as_labels(new.row_labels)
    for item in fitted.spec.data:
        if item.indexes and item.dims == (fitted.row_dim,):
            labels = as_labels(new.labels[item.indexes])
            coords[f"{item.name}_label"] = (row_dim, labels[new.values[item.name]])
    used_dims = {dim for dims, _ in arrays.values() for dim in dims} & {*new.labels}
    for dim in used_dims:
        name, positions = fitted.dims[dim], new.used[dim]
        coords[name] = as_labels(new.labels[dim])[positions]
        if dim in fitted.predictive.populations:
            coords[f"{name}_is_new"] = (name, positions >= len(fitted.labels[dim]))
    return xr.Dataset(variables, coords=coords)


def as_labels(values: Sequence[Any]) -> np.ndarray:
    """Labels as an array, of their own type where they have one in common.

    Parameters
    ----------
    values : sequence
        Labels, of one type or of several.

    Returns
    -------
    ndarray, shape (n,)
        Objects where types are mixed.

    Examples
    --------
    >>> as_labels([1, "new"]), as_labels(["a", "b"])
    (array([1, 'new'], dtype=object), array(['a', 'b'], dtype='<U1'))
    """
    if len({type(value) for value in values}) == 1:
        return np.asarray(values)
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found
