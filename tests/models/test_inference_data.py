"""What a fit returns has names and labels for everything in it."""

from __future__ import annotations

import numpy as np
import pytest

from hierarchical_models import ModelData, get_model
from hierarchical_models.backends.draws import RawDraws
from hierarchical_models.inference_data import build_inference_data
from hierarchical_models.inputs import prepare_inputs
from tests.models.cases_linear import LINEAR

SPEC = get_model("radon_varying_intercept_uranium")


def raw_draws(inputs) -> RawDraws:
    draws = {
        name: np.zeros((2, 5, *(inputs.sizes[dim] for dim in SPEC.dims_of(name))))
        for name in SPEC.parameter_names
    }
    of_outcome = np.zeros((2, 5, inputs.sizes["observation"]))
    return RawDraws(
        posterior=draws,
        sample_stats={"lp": np.zeros((2, 5))},
        log_likelihood=of_outcome,
        posterior_predictive={"y": of_outcome},
        prior={},
        prior_predictive={},
    )


@pytest.mark.parametrize("dims", [{}, {"group": "county", "observation": "house"}])
def test_groups_of_observations_stand_beside_the_dimension_of_groups(dims):
    inputs = prepare_inputs(SPEC, ModelData(LINEAR, dims=dims))
    idata = build_inference_data(SPEC, inputs, raw_draws(inputs))
    group, observation = dims.get("group", "group"), dims.get("observation", "observation")
    constant = idata.constant_data
    assert constant["group_index"].dims == (observation,)
    np.testing.assert_array_equal(constant["group_index"], LINEAR["group"])
    np.testing.assert_array_equal(constant[group], np.arange(4))
    assert constant["u"].dims == (group,)
    assert idata.posterior["alpha"].dims == ("chain", "draw", group)
