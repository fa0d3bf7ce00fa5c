"""A build is told how each fit did."""

from __future__ import annotations

import json

import pytest

from hierarchical_models import DiagnosticsError, fit
from tests.models.cases import EIGHT_SCHOOLS

SHORT = {"chains": 2, "draws": 50, "tune": 100, "seed": 3}


@pytest.fixture
def report(tmp_path, monkeypatch):
    path = tmp_path / "fits.jsonl"
    monkeypatch.setenv("LESSONBOOK_FITS", str(path))
    return lambda: [json.loads(line) for line in path.read_text().splitlines()]


def test_fits_are_reported_with_their_limits_and_reasons(report):
    expect = ("ess: few draws", "rhat: few draws")
    fit("normal_unpooled", EIGHT_SCHOOLS, **SHORT, backend="stan", expect=expect)
    fit(
        "normal_partial_noncentred",
        EIGHT_SCHOOLS,
        backend="stan",
        seed=3,
        target_accept=0.99,
        hyperparameters={"tau_prior": "half_normal", "tau_scale": 10.0},
    )
    short, passed = report()
    assert short["name"] == "normal_unpooled: 2 × 50 draws by cmdstan, seed 3"
    rows = {row["label"]: row for row in short["rows"]}
    assert rows["smallest bulk ESS"]["limit"] == "at least 400"
    assert not rows["smallest bulk ESS"]["ok"]
    assert short["note"] == "ess: few draws; rhat: few draws"
    assert passed["name"].endswith("seed 3, tau_prior = half_normal, tau_scale = 10")
    assert all(row["ok"] for row in passed["rows"])
    assert passed["note"] == ""


def test_fit_that_is_refused_is_reported_too(report):
    with pytest.raises(DiagnosticsError):
        fit("normal_unpooled", EIGHT_SCHOOLS, **SHORT, backend="stan")
    (refused,) = report()
    assert not all(row["ok"] for row in refused["rows"])


def test_nothing_is_written_without_a_report(monkeypatch, tmp_path):
    monkeypatch.delenv("LESSONBOOK_FITS", raising=False)
    monkeypatch.chdir(tmp_path)
    fit("normal_unpooled", EIGHT_SCHOOLS, **SHORT, backend="stan", expect=("ess: x", "rhat: x"))
    assert list(tmp_path.iterdir()) == []
