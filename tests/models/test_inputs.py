"""Data that do not fit a model are refused with field, value and range, before any backend runs."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from hierarchical_models import ModelData, ModelDataError, get_model
from hierarchical_models.inputs import prepare_inputs

BINOMIAL = get_model("binomial_partial")
NORMAL = get_model("normal_partial_noncentred")


@pytest.mark.parametrize(
    ("spec", "data", "message"),
    [
        (
            BINOMIAL,
            {"y": [1, 2]},
            "binomial_partial: data lack n (n: trials in each group); found y",
        ),
        (BINOMIAL, {"y": [1, 6], "n": [5, 5]}, "y[1]: found 6, allowed from 0 to 5 (n[1])"),
        (BINOMIAL, {"y": [1, -1], "n": 5}, "y[1]: found -1, allowed from 0 to 5 (n[1])"),
        (BINOMIAL, {"y": [1, 0], "n": [5, 0]}, "n[1]: found 0, allowed from 1"),
        (BINOMIAL, {"y": [1, 2.5], "n": 5}, "y[1]: found 2.5, allowed whole numbers"),
        (
            BINOMIAL,
            {"y": [1, 2], "n": [5, 5, 5]},
            "n: found 3 values, allowed 2 (one for each group, as y has)",
        ),
        (BINOMIAL, {"y": 3, "n": 5}, "binomial_partial: found one number for y, n"),
        (BINOMIAL, {"y": [], "n": []}, "y: found no values, allowed at least one"),
        (BINOMIAL, {"y": [[1, 2]], "n": 5}, "y: found an array with 2 dimensions, allowed one"),
        (BINOMIAL, {"y": ["a", "b"], "n": 5}, "y: found values that are not numbers"),
        (NORMAL, {"y": [1, np.nan], "sigma": [1, 1]}, "y[1]: found nan, allowed finite numbers"),
        (NORMAL, {"y": [1, 2], "sigma": [1, 0]}, "sigma[1]: found 0, allowed above 0"),
        (NORMAL, {"y": [1, 2], "sigma": [1, -3]}, "sigma[1]: found -3, allowed above 0"),
        (NORMAL, {"y": [1, np.inf], "sigma": 1}, "y[1]: found inf, allowed finite numbers"),
    ],
)
def test_data_that_do_not_fit_are_refused_with_field_value_and_range(spec, data, message):
    with pytest.raises(ModelDataError, match=re.escape(message)):
        prepare_inputs(spec, data)


def test_labels_of_the_wrong_number_are_refused():
    data = ModelData({"y": [1, 2], "n": 5}, {"group": "player"}, {"player": ("a", "b", "c")})
    with pytest.raises(
        ModelDataError, match=r"y: found 2 values, allowed 3 \(one for each player, as its labels"
    ):
        prepare_inputs(BINOMIAL, data)


def test_data_of_an_unknown_kind_are_refused():
    with pytest.raises(ModelDataError, match="data: found list, allowed a data set"):
        prepare_inputs(BINOMIAL, [1, 2, 3])


def test_one_number_is_repeated_for_every_group():
    inputs = prepare_inputs(BINOMIAL, {"y": [1, 2, 3], "n": 5})
    assert inputs.values["n"].tolist() == [5, 5, 5]
    assert inputs.counts == {"n_groups": 3}


def test_data_frames_and_mappings_are_read_alike():
    columns = {"y": [1, 2], "n": [4, 5], "not used": ["a", "b"]}
    from_frame = prepare_inputs(BINOMIAL, pd.DataFrame(columns))
    from_mapping = prepare_inputs(BINOMIAL, columns)
    assert {name: values.tolist() for name, values in from_frame.values.items()} == {
        name: values.tolist() for name, values in from_mapping.values.items()
    }


def test_the_callers_arrays_are_not_changed():
    y, n = np.array([1, 2]), np.array([4, 5])
    inputs = prepare_inputs(BINOMIAL, {"y": y, "n": n})
    inputs.values["n"][0] = 99
    assert n.tolist() == [4, 5]
