"""What is written to a file of draws comes back as it was."""

from __future__ import annotations

import arviz as az
import numpy as np
import pytest
import xarray as xr

from hierarchical_models import fit
from hierarchical_models.draws_files import read_draws, write_draws
from tests.models.cases import EIGHT_SCHOOLS


def same(one: az.InferenceData, other: az.InferenceData) -> None:
    assert one.groups() == other.groups()
    for group in one.groups():
        xr.testing.assert_identical(one[group], other[group])
        assert list(one[group].data_vars) == list(other[group].data_vars)
        for name, variable in one[group].variables.items():
            assert variable.dtype == other[group][name].dtype
            assert other[group][name].to_numpy().flags["C_CONTIGUOUS"]


def made(values, **coords) -> az.InferenceData:
    return az.InferenceData(posterior=xr.Dataset({"x": (("chain", "draw"), values)}, coords))


@pytest.mark.usefixtures("empty_store")
@pytest.mark.parametrize(("backend", "store"), [("pymc", True), ("stan", True), ("stan", False)])
def test_a_fit_comes_back(tmp_path, backend, store):
    """A fresh one, not one that came from a file before."""

    def fitted() -> az.InferenceData:
        return fit("normal_partial_noncentred", EIGHT_SCHOOLS, backend=backend, seed=3, store=store,
                   expect="divergences: not the point here")  # fmt: skip

    fresh = fitted()
    write_draws(fresh, tmp_path / "fit")
    same(read_draws(tmp_path / "fit"), fresh)
    if store:
        same(fitted(), fresh)


@pytest.mark.parametrize(
    "values",
    [
        np.array([[1.0, np.nan, -np.inf, 1e-320]]),
        np.array([[True, False]]),
        np.array([[1, -1]], dtype=np.int8),
        np.array([[1.5]], dtype=np.float32),
        np.array([["a", "größer"]]),
        np.array([["a", "größer", ""]], dtype=object),
        np.zeros((2, 0)),
    ],
)
def test_every_kind_of_value_comes_back(tmp_path, values):
    idata = made(values, chain=("chain", np.arange(len(values)), {"unit": "none"}))
    write_draws(idata, tmp_path / "fit")
    same(read_draws(tmp_path / "fit"), idata)


def test_names_and_attributes_come_back(tmp_path):
    idata = made(np.zeros((1, 2)), outline=5)
    idata.posterior.attrs = {
        "text": "ä", "number": np.float64(1 / 3), "count": np.int64(3), "none": None, "list": [1, 2],
    }  # fmt: skip
    write_draws(idata, tmp_path / "fit")
    back = read_draws(tmp_path / "fit")
    same(back, idata)
    assert back.posterior.attrs["number"] == 1 / 3


def test_other_objects_are_refused(tmp_path):
    with pytest.raises(TypeError, match=r"posterior/x: found objects, allowed numbers"):
        write_draws(made(np.array([[None]], dtype=object)), tmp_path / "fit")


def test_another_file_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", x=[1])
    with pytest.raises(KeyError, match="outline"):
        read_draws(tmp_path / "other.npz")
