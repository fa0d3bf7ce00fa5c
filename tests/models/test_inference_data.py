"""What a fit returns has names and labels for everything in it."""

from __future__ import annotations

from dataclasses import replace

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


def test_predicted_measurements_have_seven_digits_and_few_sets_are_kept_of_the_prior():
    inputs = prepare_inputs(SPEC, ModelData(LINEAR))
    raw = raw_draws(inputs)
    random = np.random.default_rng(4)
    n_observations = inputs.sizes["observation"]
    prior = {
        name: random.normal(size=(1, 2500, *values.shape[2:]))
        for name, values in raw.posterior.items()
    }
    predicted = random.normal(size=(1, 2500, n_observations))
    predicted[0, 0, 0] = 1e200
    raw = replace(raw, prior=prior, prior_predictive={"y": predicted})
    idata = build_inference_data(SPEC, inputs, raw)
    np.testing.assert_array_equal(idata.prior["mu_alpha"], prior["mu_alpha"])
    kept = idata.prior_predictive
    # every third, because every second would be more than a thousand
    np.testing.assert_array_equal(kept["draw"], np.arange(0, 2500, 3))
    np.testing.assert_allclose(kept["y"], predicted[:, ::3], rtol=1e-7)
    assert kept["y"].values[0, 0, 0] == 1e200
    assert (kept["y"] != predicted[:, ::3]).any()


def test_stored_draws_are_in_one_order_in_memory():
    inputs = prepare_inputs(SPEC, ModelData(LINEAR))
    raw = raw_draws(inputs)
    turned = {name: np.asfortranarray(values) for name, values in raw.posterior.items()}
    idata = build_inference_data(SPEC, inputs, replace(raw, posterior=turned))
    for values in idata.posterior.data_vars.values():
        assert values.to_numpy().flags["C_CONTIGUOUS"]
