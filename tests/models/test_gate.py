"""Diagnostics are kept with the draws that they are of, and with no others."""

from __future__ import annotations

import pytest

from hierarchical_models import diagnose, diagnostics_table, fit, gate
from hierarchical_models.cache import CACHE_VARIABLE
from hierarchical_models.gate import note_diagnostics, noted_diagnostics
from tests.models.cases import EIGHT_SCHOOLS


@pytest.fixture
def diagnosed(monkeypatch):
    """The fits that were diagnosed, not read."""
    found = []

    def counted(idata):
        found.append(idata)
        return diagnose(idata)

    monkeypatch.setattr(gate, "diagnose", counted)
    return found


@pytest.fixture(scope="module")
def schools():
    return fit("normal_unpooled", EIGHT_SCHOOLS, seed=8, store=False)


def test_a_stored_fit_is_not_diagnosed_again(tmp_path, monkeypatch, diagnosed):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    first, second = (fit("normal_unpooled", EIGHT_SCHOOLS, seed=8) for _ in range(2))
    assert len(diagnosed) == 1
    assert first.posterior.attrs == second.posterior.attrs
    assert noted_diagnostics(second) == diagnose(second)
    diagnostics_table({"first": first, "second": second})
    assert len(diagnosed) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda idata: idata.sel(chain=[0, 1]),
        lambda idata: idata.isel(draw=slice(None, None, 2)),
        lambda idata: idata.map(
            lambda group: (group + 1).assign_attrs(group.attrs), groups="posterior"
        ),
        lambda idata: idata.rename_vars({"theta": "mean"}, groups="posterior"),
    ],
)
def test_diagnostics_of_other_draws_are_computed_anew(schools, diagnosed, change):
    assert noted_diagnostics(schools) == diagnose(schools)
    assert diagnosed == []
    other = change(schools)
    assert other.posterior.attrs["diagnostics_of"]  # xarray hands them on
    assert noted_diagnostics(other) == diagnose(other)
    assert len(diagnosed) == 1


def test_a_divergence_that_is_added_is_seen(schools):
    other = schools.copy()
    other.sample_stats["diverging"][0, 0] = True
    assert noted_diagnostics(other).n_divergences == 1
    assert noted_diagnostics(note_diagnostics(other)).n_divergences == 1


def test_diagnostics_of_other_code_are_computed_anew(schools, diagnosed, monkeypatch):
    monkeypatch.setattr(gate, "_own_digests", lambda: {"diagnostics.py": "of tomorrow"})
    noted_diagnostics(schools)
    assert len(diagnosed) == 1
