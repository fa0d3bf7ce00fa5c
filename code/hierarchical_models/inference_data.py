"""From a backend's arrays to InferenceData, with the reader's dimension names and labels."""

from __future__ import annotations

from collections.abc import Mapping

import arviz as az
import numpy as np
import xarray as xr

from hierarchical_models.backends.draws import RawDraws
from hierarchical_models.inputs import ModelInputs
from hierarchical_models.registry import ModelSpec

PRIOR_DATA_SETS = 1000
"""The most data sets that a fit keeps of the prior predictive distribution.

A page shows a few dozen of them or their quantiles; with as many as there are posterior draws,
they were a quarter of what a course keeps. The parameters' prior draws are all kept.
"""

STAT_TYPES = {
    "diverging": bool,
    "reached_max_treedepth": bool,
    "tree_depth": np.int64,
    "n_steps": np.int64,
}


def build_inference_data(spec: ModelSpec, inputs: ModelInputs, raw: RawDraws) -> az.InferenceData:
    """Name the dimensions of a fit and label them.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    inputs : ModelInputs
        Its data.
    raw : RawDraws
        What a backend drew.

    Returns
    -------
    arviz.InferenceData
        Groups posterior, sample_stats, log_likelihood, posterior_predictive, observed_data,
        constant_data (an index field such as ``group`` as ``group_index``), and, where the prior
        is proper, prior and prior_predictive. Predicted outcomes have the seven digits of single
        precision, and their coordinate ``draw`` says to which draws of the parameters they belong.
    """
    groups = {
        "posterior": _dataset(spec, inputs, raw.posterior),
        "posterior_predictive": _predicted(spec, inputs, raw.posterior_predictive),
        "log_likelihood": _dataset(spec, inputs, {spec.outcome: raw.log_likelihood}),
        "sample_stats": _dataset(
            spec,
            inputs,
            {
                name: values.astype(STAT_TYPES.get(name, float))
                for name, values in raw.sample_stats.items()
            },
        ),
        "observed_data": _dataset(
            spec, inputs, {name: inputs.values[name] for name in spec.outcomes}, sampled=False
        ),
        "constant_data": _dataset(
            spec,
            inputs,
            {
                item.name: inputs.values[item.name]
                for item in spec.data
                if item.name not in spec.outcomes
            },
            sampled=False,
        ),
    }
    if raw.prior:
        groups["prior"] = _dataset(spec, inputs, raw.prior)
        predicted = _predicted(spec, inputs, raw.prior_predictive)
        every = -(-predicted.sizes["draw"] // PRIOR_DATA_SETS)
        groups["prior_predictive"] = predicted.isel(draw=slice(None, None, every))
    return az.InferenceData(**groups)


def _predicted(
    spec: ModelSpec, inputs: ModelInputs, arrays: Mapping[str, np.ndarray]
) -> xr.Dataset:
    """Predicted outcomes, of the type of the observed ones."""
    return _dataset(
        spec,
        inputs,
        {
            name: _rounded(values.astype(inputs.values[name].dtype))
            for name, values in arrays.items()
        },
    )


def _rounded(values: np.ndarray) -> np.ndarray:
    """Measurements to seven digits, so that they can be stored in half the room; counts exactly."""
    if values.dtype.kind != "f":
        return values
    with np.errstate(over="ignore"):
        rounded = values.astype(np.float32).astype(values.dtype)
    # what single precision is too small for stays as it is
    return np.where(np.isinf(rounded), values, rounded)


def _dataset(
    spec: ModelSpec, inputs: ModelInputs, arrays: Mapping[str, np.ndarray], sampled: bool = True
) -> xr.Dataset:
    known = {*spec.parameter_names, *(item.name for item in spec.data)}
    leading = ("chain", "draw") if sampled else ()
    # a dimension may have the name of the field that points into it, a variable may not
    positions = {item.name: f"{item.name}_index" for item in spec.data if item.indexes}
    variables = {}
    used: set[str] = set()
    for name, values in arrays.items():
        own = spec.dims_of(name) if name in known else ()
        used.update(own)
        dims = (*leading, *(inputs.dims[dim] for dim in own))
        # one order in memory: a sum over draws depends on it in the last digit, and what is
        # read from the store has this one
        variables[positions.get(name, name)] = (dims, np.ascontiguousarray(values))
    coords: dict[str, object] = {inputs.dims[dim]: inputs.coords[dim] for dim in used}
    if sampled and variables:
        chains, draws = next(iter(arrays.values())).shape[:2]
        coords |= {"chain": np.arange(chains), "draw": np.arange(draws)}
    return xr.Dataset(variables, coords=coords)
