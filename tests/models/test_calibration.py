"""Simulation-based calibration passes right programs and catches wrong ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from hierarchical_models import (
    ModelDataError,
    UnknownNameError,
    calibration,
    calibration_command,
    calibration_store,
    get_model,
    list_models,
)
from hierarchical_models.cache import CACHE_VARIABLE
from hierarchical_models.calibration import calibrate
from hierarchical_models.generative import (
    as_values,
    get_generative_model,
    list_generative_models,
)
from hierarchical_models.inputs import prepare_inputs
from hierarchical_models.quick_stan import ThinnedDraws
from tests.models.cases import all_cases
from tests.models.test_same_density import fit_case

DESIGN = {"n": [5, 10, 20, 40]}
TABLE = Path(__file__).parents[2] / "book" / "calibration.csv"
RENEW = (
    "book/calibration.csv is not of the present models; renew it with `make validate`, or that model "
    "with `python -m hierarchical_models.calibration --models NAME --out book/calibration.csv`"
)


def _conjugate(prior_weight=1.0, data_weight=1.0):
    """Exact draws of a pooled probability, or of a wrong posterior where a weight is not 1."""

    def draw(inputs, names, n_draws, seed):
        y, n = (float(data_weight * inputs.values[name].sum()) for name in ("y", "n"))
        shape = 2 * prior_weight
        theta = np.random.default_rng(seed).beta(shape + y, shape + n - y, n_draws)
        return ThinnedDraws({"theta": theta})

    return draw


def _study(sampler, **settings):
    return calibrate("binomial_pooled", DESIGN, n_simulations=300, sampler=sampler, **settings)


def test_exact_draws_are_calibrated():
    study = _study(_conjugate())
    assert study.problems() == {}
    assert study.table()["rank_spread"].between(0.9, 1.1).all()
    assert study.table()["mean_rank"].between(0.45, 0.55).all()


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"data_weight": 2.0}, "the posterior is too narrow"),
        ({"data_weight": 0.4}, "the posterior is too wide"),
    ],
)
def test_posterior_of_the_wrong_width_is_caught_and_named(weights, message):
    problems = _study(_conjugate(**weights)).problems()
    assert message in problems["theta"]


def test_posterior_of_the_wrong_place_is_caught_and_named():
    def shifted(*arguments):
        theta = _conjugate()(*arguments).parameters["theta"]
        return ThinnedDraws({"theta": theta**1.2})

    problems = _study(shifted).problems()
    assert "the posterior lies too low" in problems["theta"]


def test_program_that_ignores_the_data_is_caught_by_the_log_likelihood_alone():
    assert set(_study(_conjugate(data_weight=0.0)).problems()) == {"log_likelihood"}


@pytest.mark.parametrize(
    "model", ["binomial_mean_concentration", "binomial_crossed_logit", "count_negative_binomial"]
)
def test_right_programs_are_calibrated(model):
    study = calibrate(model, n_simulations=100, seed=3, jobs=2)
    assert study.problems() == {}
    assert (study.effective_draws >= study.n_draws).mean() > 0.95
    assert set(study.ranks) == {
        *get_generative_model(get_model(model)).draw_parameters(
            *_data_and_hyper(model), np.random.default_rng(1)
        ),
        "log_likelihood",
    }


@pytest.mark.parametrize(
    ("model", "wrong", "parameter", "message"),
    [
        ("count_poisson", {"mu_mean": 3.0, "mu_scale": 0.5}, "mu", "too high"),
        ("binomial_logit_normal_noncentred", {"sigma_scale": 0.2}, "sigma", "too low"),
        ("binomial_partial", {"alpha_rate": 2.0, "beta_rate": 2.0}, "kappa", "too low"),
    ],
)
def test_wrong_prior_is_caught(model, wrong, parameter, message):
    study = calibrate(model, fit_hyperparameters=wrong, n_simulations=100, seed=3, jobs=2)
    assert message in study.problems()[parameter]


def test_study_is_the_same_whatever_the_number_of_jobs():
    one, two = (
        calibrate("binomial_pooled", DESIGN, n_simulations=20, seed=5, jobs=jobs, store=False)
        for jobs in (1, 2)
    )
    other = calibrate("binomial_pooled", DESIGN, n_simulations=20, seed=6)
    np.testing.assert_array_equal(one.ranks["theta"], two.ranks["theta"])
    assert (one.ranks["theta"] != other.ranks["theta"]).any()


@pytest.fixture
def studies(tmp_path, monkeypatch):
    """Studies by exact draws, in a store of their own; and for each whether it was made anew."""
    made = []

    def sampler(spec, hyper):
        made.append(hyper)
        return _conjugate()

    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setattr(calibration, "_stan_sampler", sampler)

    def study(**settings):
        before = len(made)
        found = calibrate("binomial_pooled", **{"n_simulations": 30, "design": DESIGN} | settings)
        return found, len(made) > before

    return study


def test_study_comes_from_the_store_as_it_was(studies):
    (first, is_new), (second, is_new_again) = studies(), studies()
    assert (is_new, is_new_again) == (True, False)
    pd.testing.assert_frame_equal(second.table(), first.table())
    for name in ("n_divergences", "effective_draws"):
        np.testing.assert_array_equal(getattr(second, name), getattr(first, name))
    assert studies(store=False)[1]


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 2},
        {"n_draws": 49},
        {"n_simulations": 31},
        {"design": {"n": [5, 10, 20, 41]}},
        {"hyperparameters": {"alpha": 3}},
        {"fit_hyperparameters": {"alpha": 3}},
    ],
    ids=lambda other: next(iter(other)),
)
def test_other_study_is_not_taken_for_it(studies, other):
    studies()
    assert studies(**other)[1]


def test_study_is_made_anew_when_its_code_has_changed(studies, tmp_path, monkeypatch):
    studies()
    changed = tmp_path / "generative.py"
    changed.write_text("# changed")
    monkeypatch.setattr(calibration_store, "MODULES", (*calibration_store.MODULES, changed))
    assert studies()[1]


def test_equal_draws_are_ranked_at_random():
    ranks = _study(lambda *_: ThinnedDraws({"theta": np.full(99, 2.0)})).ranks["theta"]
    assert (ranks == 0).all()
    tied = np.array(
        [calibration._rank(np.array(1.0), np.ones(99), random) for random in _randoms()]
    )
    assert tied.min() < 10 and tied.max() > 90


def _randoms():
    return [np.random.default_rng(seed) for seed in range(100)]


def test_chain_that_moves_slowly_is_run_for_longer():
    from hierarchical_models.quick_stan import QuickStan
    from hierarchical_models.stan_executables import compile_model

    spec = get_model("binomial_pooled")
    hyper = spec.resolve_hyperparameters({})
    quick = QuickStan(spec, compile_model(spec.stan_file), hyper, tune=20, thin=1)
    drawn = quick.draw(prepare_inputs(spec, {"y": [3], "n": [9]}), ("theta",), 40, seed=1)
    assert drawn.parameters["theta"].shape == (40,)
    assert drawn.effective_draws >= 40


def test_model_with_an_improper_prior_cannot_be_simulated_from():
    with pytest.raises(UnknownNameError, match="model with a NumPy form: found 'binomial_bda3'"):
        calibrate("binomial_bda3")


def test_design_without_a_length_is_refused():
    with pytest.raises(
        ModelDataError, match="binomial_pooled: found no field with a value for each"
    ):
        calibrate("binomial_pooled", {"n": 5})


def _data_and_hyper(model, case=None):
    spec = get_model(model)
    generative = get_generative_model(spec)
    if case is not None:
        hyper = spec.resolve_hyperparameters(case.hyperparameters)
        return as_values(prepare_inputs(spec, case.data)), hyper
    data = calibration.with_placeholder_outcome(spec, generative.design)
    hyper = spec.resolve_hyperparameters(generative.hyperparameters)
    return as_values(prepare_inputs(spec, data)), hyper


PROPER = [
    case for case in all_cases() if case.model in list_generative_models() and not case.is_improper
]


@pytest.mark.draws
@pytest.mark.parametrize("case", PROPER, ids=str)
def test_programs_draw_from_the_prior_that_is_written_in_numpy(case):
    idata = fit_case(case, "stan")
    generative = get_generative_model(get_model(case.model))
    data, hyper = _data_and_hyper(case.model, case)
    random = np.random.default_rng(2)
    drawn = [generative.draw_parameters(data, hyper, random) for _ in range(3000)]
    for name in drawn[0]:
        ours = np.array([np.ravel(draw[name])[-1] for draw in drawn])
        theirs = idata.prior[name].to_numpy().reshape(idata.prior.sizes["draw"], -1)[:, -1]
        assert ks_2samp(ours, theirs).pvalue > 1e-4, name
    outcome = get_model(case.model).outcome
    ours = np.array(
        [np.ravel(generative.draw_outcome(draw, data, random)[outcome])[-1] for draw in drawn],
        dtype=float,
    )
    theirs = idata.prior_predictive[outcome].to_numpy().astype(float)
    assert ks_2samp(ours, theirs.reshape(len(theirs[0]), -1)[:, -1]).pvalue > 1e-4


@pytest.mark.parametrize("case", PROPER, ids=str)
def test_log_likelihood_in_numpy_is_that_of_the_programs(case):
    idata = fit_case(case, "stan")
    generative = get_generative_model(get_model(case.model))
    data, _ = _data_and_hyper(case.model, case)
    flat = {
        name: values.to_numpy().reshape(-1, *values.shape[2:])[:200]
        for name, values in idata.posterior.items()
    }
    theirs = idata.log_likelihood[get_model(case.model).outcome].to_numpy()
    theirs = theirs.reshape(4000, -1)[:200].sum(axis=1)
    np.testing.assert_allclose(generative.log_likelihood(flat, data), theirs, rtol=1e-7, atol=1e-7)


@pytest.mark.usefixtures("empty_store")
def test_command_writes_a_table_and_says_what_it_found(tmp_path, capsys):
    out = tmp_path / "table.csv"
    models = ["binomial_pooled", "normal_pooled"]
    status = calibration_command.main(
        ["--models", *models, "--simulations", "40", "--draws", "19", "--out", str(out)]
    )
    table = pd.read_csv(out)
    said = capsys.readouterr()
    assert status == 0
    assert table.groupby("model").size().to_dict() == {"binomial_pooled": 2, "normal_pooled": 2}
    assert table["parameter"].tolist() == ["theta", "log_likelihood", "mu", "log_likelihood"]
    assert said.out.count("calibrated over 40 simulations") == 2
    assert "normal_pooled: 40 of 40" in said.err


@pytest.mark.usefixtures("empty_store")
def test_command_fails_for_a_program_that_is_not_calibrated(monkeypatch, capsys):
    monkeypatch.setattr(calibration, "_stan_sampler", lambda *_: _conjugate(data_weight=4.0))
    status = calibration_command.main(["--models", "binomial_pooled", "--simulations", "100"])
    assert status == 1
    assert "binomial_pooled: NOT calibrated" in capsys.readouterr().out


def test_table_of_the_site_is_what_the_command_writes_for_every_model():
    table = pd.read_csv(TABLE)
    assert tuple(table["model"].unique()) == list_generative_models(), RENEW
    settings = calibration_command.make_parser().parse_args([])
    assert set(table["n_simulations"]) == {settings.simulations}, RENEW
    assert set(table["n_draws"]) == {settings.draws}, RENEW
    for model, rows in table.groupby("model"):
        generative = get_generative_model(get_model(model))
        truth = generative.draw_parameters(*_data_and_hyper(model), np.random.default_rng(1))
        labels = [
            label
            for name, value in {**truth, "log_likelihood": 0.0}.items()
            for label, _ in calibration._elements(name, np.asarray(value)[None])
        ]
        assert rows["parameter"].tolist() == labels, f"{model}: {RENEW}"
        studied = calibration_command.fingerprint(get_model(model))
        assert set(rows["studied"]) == {studied}, f"{model} has changed: {RENEW}"


def test_every_model_in_the_table_of_the_site_is_calibrated():
    smallest = pd.read_csv(TABLE).groupby("model")["adjusted_p"].min()
    assert smallest[smallest * len(smallest) < calibration.LEVEL].to_dict() == {}


def test_every_model_whose_prior_can_be_drawn_from_exists_in_numpy():
    improper = {"binomial_bda3"}
    assert set(list_models()) - set(list_generative_models()) == improper


def test_fingerprint_of_a_study_changes_with_the_program_and_the_prior():
    spec = get_model("normal_pooled")
    before = calibration_command.fingerprint(spec)
    other = replace(spec.hyperparameters[0], default=1.0)
    wider = replace(spec, hyperparameters=(other, *spec.hyperparameters[1:]))
    fingerprints = {
        before,
        calibration_command.fingerprint(wider),
        calibration_command.fingerprint(get_model("normal_unpooled")),
    }
    assert len(fingerprints) == 3
    assert calibration_command.fingerprint(get_model("normal_pooled")) == before


def test_command_keeps_the_rows_of_other_models(tmp_path):
    out = tmp_path / "table.csv"

    def run(*models, simulations="20"):
        options = ["--simulations", simulations, "--draws", "9", "--out", str(out)]
        calibration_command.main(["--models", *models, *options])
        return out.read_text().splitlines()

    header, *first = run("normal_pooled", "binomial_pooled")
    assert [row.split(",")[0] for row in first] == ["binomial_pooled"] * 2 + ["normal_pooled"] * 2
    out.write_text("\n".join([header, *first, first[0].replace("binomial_pooled", "gone")]))
    again, *rows = run("binomial_pooled", simulations="30")
    assert again == header
    assert rows[2:] == first[2:]
    assert [row.split(",")[2] for row in rows] == ["30", "30", "20", "20"]


def test_command_refuses_an_unknown_model(capsys):
    with pytest.raises(SystemExit, match="2"):
        calibration_command.main(["--models", "binomial_poled"])
    assert "invalid choice: 'binomial_poled'" in capsys.readouterr().err
