"""Fits without a sampler: draws from a model's prior in place of its posterior, with data simulated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import arviz as az
import numpy as np

from hierarchical_models import ModelData, ModelSpec, get_model
from hierarchical_models.backends.draws import RawDraws
from hierarchical_models.generative import (
    as_values,
    get_generative_model,
    with_placeholder_outcome,
)
from hierarchical_models.inference_data import build_inference_data
from hierarchical_models.inputs import ModelInputs, prepare_inputs


def design_inputs(spec: ModelSpec, data: Mapping[str, Any] | None = None, **names: Any):
    """A model's own small design, or other data, checked; with names and labels where given."""
    values = get_generative_model(spec).design if data is None else data
    return prepare_inputs(spec, ModelData(with_placeholder_outcome(spec, values), **names))


def prior_draws(spec: ModelSpec, inputs: ModelInputs, n_draws: int, seed: int, **hyper: Any):
    """Independent draws of every parameter from the prior; those not in NumPy are 0."""
    model = get_generative_model(spec)
    given = spec.resolve_hyperparameters({**model.hyperparameters, **hyper})
    random = np.random.default_rng(seed)
    values = as_values(inputs)
    draws = [model.draw_parameters(values, given, random) for _ in range(n_draws)]
    return {
        name: np.stack([draw[name] for draw in draws])
        if name in draws[0]
        else np.zeros((n_draws, *(inputs.sizes[dim] for dim in spec.dims_of(name))))
        for name in spec.parameter_names
    }


def made_up_fit(
    spec: ModelSpec | str,
    n_draws: int = 100,
    seed: int = 1,
    data: Mapping[str, Any] | None = None,
    **names: Any,
) -> az.InferenceData:
    """A fit of two chains whose draws come from the prior."""
    spec = get_model(spec) if isinstance(spec, str) else spec
    inputs = design_inputs(spec, data, **names)
    drawn = prior_draws(spec, inputs, 2 * n_draws, seed)
    posterior = {
        name: values.reshape(2, n_draws, *values.shape[1:]) for name, values in drawn.items()
    }
    of_rows = np.zeros((2, n_draws, inputs.sizes[spec.dims_of(spec.outcome)[0]]))
    raw = RawDraws(
        posterior=posterior,
        sample_stats={"lp": np.zeros((2, n_draws))},
        log_likelihood=of_rows,
        posterior_predictive=dict.fromkeys(spec.outcomes, of_rows),
        prior={},
        prior_predictive={},
    )
    idata = build_inference_data(spec, inputs, raw)
    idata.posterior.attrs["model"] = spec.name
    return idata
