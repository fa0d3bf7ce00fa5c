"""A fit as predictions read it: draws as plain arrays, and the groups that were seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import arviz as az
import numpy as np
import xarray as xr

from hierarchical_models.errors import ModelDataError
from hierarchical_models.predictive.declaration import Predictive, get_predictive
from hierarchical_models.registry import ModelSpec, get_model


@dataclass(frozen=True, eq=False)
class Fitted:
    """Draws of a fit, and the data that belong to its groups.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    predictive : Predictive
        How it predicts.
    parameters : mapping of str to ndarray, shape (n_draws, ...)
        Every parameter, with the draws of all chains in front of its own dimensions.
    n_chains : int
        Number of chains that the draws come from, each with as many.
    dims : mapping of str to str
        The reader's name of each of the model's dimensions.
    labels : mapping of str to list
        Labels along each dimension, by the model's name of it.
    fields : mapping of str to ndarray
        The data that the model was fitted to, but for the outcomes.
    """

    spec: ModelSpec
    predictive: Predictive
    parameters: Mapping[str, np.ndarray]
    n_chains: int
    dims: Mapping[str, str]
    labels: Mapping[str, list[Any]]
    fields: Mapping[str, np.ndarray]

    @property
    def n_draws(self) -> int:
        """Number of draws of all chains together."""
        return len(next(iter(self.parameters.values())))

    @property
    def row_dim(self) -> str:
        """The model's name of the dimension of its outcomes."""
        return self.spec.dims_of(self.spec.outcome)[0]

    @property
    def constants(self) -> dict[str, Any]:
        """What predictions need of the data that the model was fitted to."""
        constants = self.predictive.constants
        return {} if constants is None else constants(self.fields)

    @property
    def group_dims(self) -> tuple[str, ...]:
        """The dimensions of the parameters that predictions rest on, by the model's names."""
        known = [name for name in self.predictive.by_group if name in self.spec.parameter_names]
        return tuple(dict.fromkeys(dim for name in known for dim in self.spec.dims_of(name)))

    def parameters_along(self, dim: str) -> tuple[str, ...]:
        """The parameters that predictions rest on, with a value for each group of a dimension."""
        return tuple(
            name
            for name in self.predictive.by_group
            if name in self.spec.parameter_names and dim in self.spec.dims_of(name)
        )


def read_fit(idata: az.InferenceData, model: ModelSpec | str | None = None) -> Fitted:
    """Bring a fit into the form that predictions read.

    Parameters
    ----------
    idata : arviz.InferenceData
        From `fit`, of either backend.
    model : ModelSpec or str, optional
        The model; by default the one that the fit names.

    Returns
    -------
    Fitted
        The same draws.

    Raises
    ------
    ModelDataError
        If the fit does not say which model it is of.
    UnknownNameError
        If there is no such model, or it cannot predict.
    """
    name = idata.posterior.attrs.get("model") if model is None else model
    if name is None:
        raise ModelDataError(
            "idata: found no attribute 'model' of the posterior, allowed a fit made by fit(); "
            "for another one, say which model it is of: model=..."
        )
    spec = get_model(name) if isinstance(name, str) else name
    predictive = get_predictive(spec)
    posterior = idata.posterior.transpose("chain", "draw", ...)
    parameters = {
        parameter: np.concatenate(posterior[parameter].to_numpy())
        for parameter in spec.parameter_names
    }
    data = {
        item.name: _field(idata, item.name) for item in spec.data if item.name not in spec.outcomes
    }
    arrays = {
        **{name: posterior[name].isel(chain=0, draw=0) for name in spec.parameter_names},
        **data,
        **{name: idata.observed_data[name] for name in spec.outcomes},
    }
    dims, labels = _dimensions(spec, arrays)
    fields = {name: values.to_numpy() for name, values in data.items()}
    return Fitted(spec, predictive, parameters, posterior.sizes["chain"], dims, labels, fields)


def _field(idata: az.InferenceData, name: str) -> xr.DataArray:
    constant = idata.constant_data
    return constant[name if name in constant.data_vars else f"{name}_index"]


def _dimensions(
    spec: ModelSpec, arrays: Mapping[str, xr.DataArray]
) -> tuple[dict[str, str], dict[str, list[Any]]]:
    dims: dict[str, str] = {}
    labels: dict[str, list[Any]] = {}
    for name, values in arrays.items():
        for own, given in zip(spec.dims_of(name), values.dims, strict=True):
            dims[own] = str(given)
            labels[own] = values[given].to_numpy().tolist()
    return dims, labels
