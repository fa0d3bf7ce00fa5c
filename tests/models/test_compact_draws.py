"""Draws take as little room as holds them exactly, and come back as they were."""

from __future__ import annotations

import arviz as az
import numpy as np
import pytest
import xarray as xr

from hierarchical_models.compact_draws import compact, widen


def group(values) -> az.InferenceData:
    dims = ("chain", "draw", "house")
    return az.InferenceData(posterior=xr.Dataset({"y": (dims, np.asarray(values))}))


ALL_DIGITS = np.random.default_rng(1).normal(size=(2, 600, 3))
LATE = np.zeros((2, 600, 3))
LATE[-1, -1, -1] = 0.1


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        (ALL_DIGITS, "float64"),
        (ALL_DIGITS.astype("float32").astype("float64"), "float32"),
        (LATE, "float64"),
        ([[[np.nan, np.inf, 0.5]]], "float32"),
        ([[[1e300]]], "float64"),
        ([[[1e-320]]], "float64"),
        ([[[0, 127]]], "int8"),
        ([[[-1, 128]]], "int16"),
        ([[[-(2**31) - 1, 0]]], "int64"),
        ([[[np.iinfo("int64").min]]], "int64"),
        (np.zeros((1, 0, 1), dtype=int), "int64"),
        ([[[True, False]]], "bool"),
        ([[["a", "b"]]], "<U1"),
    ],
)
def test_smallest_type_that_holds_every_value_is_taken_and_undone(values, stored):
    fit = group(values)
    before = fit.posterior["y"].copy(deep=True)
    small = compact(fit)
    assert small.posterior["y"].dtype == stored
    xr.testing.assert_identical(widen(small).posterior["y"], before)
    assert widen(small).posterior["y"].dtype == before.dtype
    xr.testing.assert_identical(fit.posterior["y"], before)
