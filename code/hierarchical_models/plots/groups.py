"""What a fit's data say of its groups, and whether two sources speak of the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import arviz as az
import numpy as np

from hierarchical_models.names import unknown_name
from hierarchical_models.plots.draws import draws_of, model_of, own_dims
from hierarchical_models.plots.estimates import Estimates


def own_estimates(idata: az.InferenceData, name: str) -> Estimates:
    """What each group's own data say, where the data hold one outcome for each group.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit, with its data.
    name : str
        The parameter that is estimated.

    Returns
    -------
    Estimates
        The outcome, or the proportion of successes where there are trials, ``n``.

    Raises
    ------
    ValueError
        If the outcome is not one number for each group.
    """
    dims = own_dims(draws_of(idata, name))
    observed = [one for one in idata.observed_data.data_vars.values() if list(one.dims) == dims]
    if len(observed) != 1 or len(dims) != 1:
        raise ValueError(
            f"raw: the data do not hold one outcome for each element of {name}; "
            "give the estimates without pooling, or a fit without pooling, as raw"
        )
    values = observed[0].astype(float)
    if "constant_data" in idata.groups() and "n" in idata.constant_data:
        values = values / idata.constant_data["n"]
    labels = tuple(str(label) for label in values[dims[0]].to_numpy())
    return Estimates(values.to_numpy(), labels=labels, dim=dims[0])


def group_sizes(idata: az.InferenceData, name: str) -> np.ndarray:
    """How many trials or observations each group has.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit, with its data.
    name : str
        A parameter with one value for each group.

    Returns
    -------
    ndarray of int, shape (n_groups,)
        Trials where the data have them, otherwise the number of observations.

    Raises
    ------
    ValueError
        If the data do not tell.
    """
    draws = draws_of(idata, name)
    dims, data = own_dims(draws), idata.get("constant_data", {})
    if "n" in data and list(data["n"].dims) == dims:
        return np.asarray(data["n"].to_numpy())
    indices = [str(one) for one in data if str(one).endswith("_index")]
    spec = model_of(idata)
    if spec is not None:
        indices = [f"{item.name}_index" for item in spec.data if item.indexes in spec.dims_of(name)]
    if len(dims) != 1 or len(indices) != 1:
        raise ValueError(f"size: the data do not tell the size of each group of {name}; give it")
    return np.bincount(data[indices[0]].to_numpy(), minlength=draws.sizes[dims[0]])


def check_same_groups(first: Estimates, others: Mapping[str, Estimates], argument: str) -> None:
    """Refuse estimates of other groups.

    Parameters
    ----------
    first : Estimates
        Of the groups, in their order.
    others : mapping of str to Estimates
        By the name of the argument they came in.
    argument : str
        Name of the argument that `first` came in.

    Raises
    ------
    ValueError
        If the number of groups or their names differ.
    """
    for name, other in others.items():
        if len(other) != len(first):
            raise ValueError(
                f"{name}: found {len(other)} groups, allowed {len(first)}, as {argument} has"
            )
        if first.labels is None or other.labels is None:
            continue
        for place, (mine, theirs) in enumerate(zip(first.labels, other.labels, strict=True)):
            if mine != theirs:
                raise ValueError(
                    f"{name}: found {theirs!r} as group {place}, allowed {mine!r}, as {argument} "
                    "has; bring both into one order"
                )


def name_groups(
    estimates: Sequence[Estimates], labels: Sequence[Any] | None
) -> tuple[str, ...] | None:
    """Names of the groups: those that the caller gave, or those of the first that has any.

    Parameters
    ----------
    estimates : sequence of Estimates
        Of the same groups.
    labels : sequence or None
        The caller's.

    Returns
    -------
    tuple of str or None
        None where nothing has names.

    Raises
    ------
    ValueError
        If the caller gave another number of names.
    """
    if labels is None:
        return next((one.labels for one in estimates if one.labels is not None), None)
    if len(labels) != len(estimates[0]):
        raise ValueError(
            f"labels: found {len(labels)} names, allowed {len(estimates[0])}, one for each group"
        )
    return tuple(str(label) for label in labels)


def find_groups(chosen: Sequence[Any], labels: Sequence[str] | None, argument: str) -> list[int]:
    """Positions of groups by their names.

    Parameters
    ----------
    chosen : sequence
        Some of the names.
    labels : sequence of str or None
        All of them.
    argument : str
        Name of the argument that `chosen` came in, for messages.

    Returns
    -------
    list of int
        In the order of `chosen`.

    Raises
    ------
    UnknownNameError
        If there is no group of that name.
    """
    known = {label: place for place, label in enumerate(labels or ())}
    for one in chosen:
        if str(one) not in known:
            raise unknown_name(argument, str(one), known)
    return [known[str(one)] for one in chosen]
