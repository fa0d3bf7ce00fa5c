"""A model written as a formula is fitted, kept and refused like any other."""

from __future__ import annotations

import json

import bambi as bmb
import numpy as np
import pandas as pd
import pytest

from hierarchical_models import DiagnosticsError, fit, fit_formula, formulas, gate
from hierarchical_models.cache import CACHE_VARIABLE
from tests.models.cases import EIGHT_SCHOOLS

SCHOOLS = pd.DataFrame({"y": [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0], "x": range(8)})
PRIORS = {
    "Intercept": bmb.Prior("Normal", mu=0, sigma=20),
    "x": bmb.Prior("Normal", mu=0, sigma=5),
    "sigma": bmb.Prior("HalfNormal", sigma=10),
}
QUICK = {"draws": 100, "tune": 200, "chains": 2, "expect": ("ess: few draws", "rhat: few draws")}


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    return tmp_path / "fits"


@pytest.fixture
def sampled(monkeypatch):
    """The settings of each run of the sampler."""
    runs = []
    sample = formulas._sample

    def counted(*args):
        runs.append(args)
        return sample(*args)

    monkeypatch.setattr(formulas, "_sample", counted)
    return runs


def test_a_line_has_the_posterior_of_its_conjugate_answer():
    # with a known variance the answer is exact; a prior that all but fixes sigma makes it so
    priors = {**PRIORS, "sigma": bmb.Prior("Uniform", lower=9.999, upper=10.001)}
    idata = fit_formula("y ~ x", SCHOOLS, priors=priors, seed=4, store=False)
    # Bambi centres predictors, and its prior of the intercept is that of the centred line
    x = SCHOOLS["x"].to_numpy() - SCHOOLS["x"].mean()
    design = np.column_stack([np.ones_like(x), x])
    precision = design.T @ design / 100 + np.diag([1 / 20**2, 1 / 5**2])
    mean = np.linalg.solve(precision, design.T @ SCHOOLS["y"].to_numpy() / 100)
    sd = np.sqrt(np.diag(np.linalg.inv(precision)))
    slope = idata.posterior["x"].to_numpy()
    middle = (idata.posterior["Intercept"] + SCHOOLS["x"].mean() * idata.posterior["x"]).to_numpy()
    for draws, exact, spread in zip((middle, slope), mean, sd, strict=True):
        assert abs(draws.mean() - exact) < 5 * spread / np.sqrt(1000)
        assert draws.std() == pytest.approx(spread, rel=0.1)


def test_a_fit_has_what_every_fit_has():
    idata = fit_formula("y ~ x", SCHOOLS, priors=PRIORS, seed=4, store=False)
    schools = fit("normal_unpooled", EIGHT_SCHOOLS, seed=4)
    assert set(idata.sample_stats.data_vars) == set(schools.sample_stats.data_vars)
    assert set(json.loads(idata.posterior.attrs["diagnostics"])) == set(
        json.loads(schools.posterior.attrs["diagnostics"])
    )
    assert idata.posterior.attrs["backend"] == "bambi"
    assert idata.posterior.attrs["seed"] == 4
    assert set(idata.groups()) == {"posterior", "sample_stats", "observed_data"}
    np.testing.assert_array_equal(idata.observed_data["y"], SCHOOLS["y"])


def test_a_fit_is_sampled_once(store, sampled):
    first, second = (fit_formula("y ~ x", SCHOOLS, seed=4, **QUICK) for _ in range(2))
    assert len(sampled) == 1
    np.testing.assert_array_equal(first.posterior["x"], second.posterior["x"])


@pytest.mark.parametrize(
    "changed",
    [
        {"formula": "y ~ 1 + x"},
        {"family": "t"},
        {"seed": 5},
        {"target_accept": 0.9},
        {"priors": {**PRIORS, "x": bmb.Prior("Normal", mu=0, sigma=5.00000001)}},
        {"priors": {**PRIORS, "x": bmb.Prior("Laplace", mu=0, b=5)}},
        {"data": SCHOOLS.assign(x=SCHOOLS["x"] + 1e-12 * (SCHOOLS["x"] == 3))},
        {"data": SCHOOLS.assign(x=SCHOOLS["x"].astype(str))},
        {"data": SCHOOLS.assign(x=SCHOOLS["x"].astype("category"))},
        {"data": SCHOOLS.rename(columns={"x": "u"}), "formula": "y ~ u"},
    ],
)
def test_whatever_shapes_a_fit_is_in_its_key(store, monkeypatch, changed):
    keys = []
    fake = fit_formula("y ~ x", SCHOOLS, priors=PRIORS, seed=4, store=False, **QUICK)
    monkeypatch.setattr(gate, "load_or_sample", lambda key, *_: keys.append(key) or fake)
    options = {"formula": "y ~ x", "data": SCHOOLS, "priors": PRIORS, "seed": 4, **QUICK}
    for one in (options, options, {**options, **changed}):
        fit_formula(**one)
    first, same, other = keys
    assert first == same != other


def test_order_of_levels_is_in_the_key():
    column = pd.Series(["a", "b", "a"])
    one, other = (
        formulas._describe_column(column.astype(pd.CategoricalDtype(levels)))
        for levels in (["a", "b"], ["b", "a"])
    )
    assert one != other


def test_draws_that_cannot_be_trusted_are_refused():
    with pytest.raises(DiagnosticsError, match=r"y ~ x \(Bambi\): the draws cannot be trusted"):
        fit_formula("y ~ x", SCHOOLS, seed=4, store=False, **{**QUICK, "expect": None})


def test_the_build_is_told(tmp_path, monkeypatch):
    report = tmp_path / "fits.jsonl"
    monkeypatch.setenv("LESSONBOOK_FITS", str(report))
    fit_formula("y ~ x", SCHOOLS, seed=4, store=False, **QUICK)
    (record,) = [json.loads(line) for line in report.read_text().splitlines()]
    assert record["name"] == "y ~ x, gaussian: 2 × 100 draws by nutpie, seed 4"


def test_a_distribution_that_no_key_can_tell_is_refused():
    priors = {"x": bmb.Prior("Mine", dist=lambda name, **_: None, sigma=1)}
    with pytest.raises(ValueError, match=r"found Mine.* allowed distributions by name"):
        fit_formula("y ~ x", SCHOOLS, priors=priors, seed=4, **QUICK)
