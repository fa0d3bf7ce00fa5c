"""Simulated data sets are repeatable, keep their truth, and look like it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, norm

from hierarchical_models import datasets, fit, get_model, simulate
from hierarchical_models.inputs import prepare_inputs

# the models that each data set is meant for
MEANT_FOR = {
    "ab_tests": ("binomial_pooled", "binomial_partial", "binomial_logit_normal_noncentred"),
    "advertisements": ("binomial_pooled", "binomial_partial", "binomial_logit_normal_noncentred"),
    "line_with_outliers": ("radon_pooled", "robust_pooled"),
    "regional_series": ("series_trend_season",),
    "reply_delays": ("count_poisson", "count_negative_binomial"),
    "two_choice_task": ("ddm_pooled", "ddm_hierarchical"),
}
PAIRS = [(name, model) for name, models in MEANT_FOR.items() for model in models]


def test_every_simulator_is_tested_with_its_models():
    assert set(MEANT_FOR) == set(simulate.SIMULATORS)


@pytest.mark.parametrize("name", simulate.SIMULATORS)
def test_same_seed_makes_the_same_data_and_another_seed_others(name):
    simulator = simulate.SIMULATORS[name]
    first, again, other = simulator(seed=1), simulator(seed=1), simulator(seed=2)
    assert first.frame.equals(again.frame)
    assert first.provenance == again.provenance
    assert not first.frame.equals(other.frame)
    for key, value in first.truth.items():
        np.testing.assert_array_equal(value, again.truth[key])


@pytest.mark.parametrize("name", simulate.SIMULATORS)
def test_load_finds_a_simulated_data_set(name):
    loaded = datasets.load(name)
    assert loaded.name == name
    assert loaded.frame.equals(simulate.SIMULATORS[name]().frame)
    assert name in datasets.list_datasets()


@pytest.mark.parametrize("name", simulate.SIMULATORS)
def test_card_describes_every_column_and_says_seed_and_truth(name):
    data = simulate.SIMULATORS[name](seed=3)
    assert list(data.provenance.columns) == list(data.frame.columns)
    assert data.provenance.origin.endswith(f"simulate.{name}(seed=3).")
    for key in data.truth:
        assert f" {key} " in data.provenance.description


@pytest.mark.parametrize("name", simulate.SIMULATORS)
def test_truth_and_data_cannot_be_changed_by_accident(name):
    data = simulate.SIMULATORS[name]()
    with pytest.raises(TypeError):
        data.truth["mu"] = 0
    array = next(value for value in data.truth.values() if np.ndim(value))
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 0
    key, given = next(iter(data.to_model_data().values.items()))
    given[:] = 0
    assert np.any(data.to_model_data().values[key] != 0)


@pytest.mark.parametrize(("name", "model"), PAIRS)
def test_models_read_the_data_under_the_readers_names(name, model):
    data = simulate.SIMULATORS[name]()
    inputs = prepare_inputs(get_model(model), data)
    given = data.to_model_data()
    for dim, reader_dim in given.dims.items():
        if dim in inputs.dims:
            assert inputs.dims[dim] == reader_dim
    for reader_dim, labels in given.coords.items():
        if reader_dim in inputs.dims.values():
            (dim,) = [own for own, theirs in inputs.dims.items() if theirs == reader_dim]
            assert tuple(inputs.coords[dim]) == labels


@pytest.mark.parametrize(("name", "model"), PAIRS)
def test_truth_has_the_shape_of_the_parameters_of_that_name(name, model):
    data, spec = simulate.SIMULATORS[name](), get_model(model)
    inputs = prepare_inputs(spec, data)
    shared = set(data.truth) & set(spec.parameter_names)
    assert shared
    if model in {MEANT_FOR[name][-1]}:
        for key in shared:
            expected = tuple(inputs.sizes[dim] for dim in spec.dims_of(key))
            assert np.shape(data.truth[key]) == expected, key


@pytest.mark.parametrize("name", ["ab_tests", "advertisements"])
def test_counts_are_likely_under_the_truth(name):
    data = simulate.SIMULATORS[name]()
    values = data.to_model_data().values
    tail = binom.cdf(values["y"], values["n"], data.truth["theta"])
    assert ((tail > 1e-4) & (tail < 1 - 1e-4)).all()


def test_five_sites_and_twenty_seven_advertisements():
    assert len(simulate.ab_tests().frame) == 5
    assert len(simulate.advertisements().frame) == 27


def test_delays_have_the_means_and_the_overdispersion_of_the_truth():
    data = simulate.reply_delays()
    truth, values = data.truth, data.to_model_data().values
    rate = truth["rate"][values["group"]]
    standardised = (values["y"] - rate) / np.sqrt(rate + rate**2 / truth["phi"])
    n = len(standardised)
    assert abs(standardised.mean()) < 4 / np.sqrt(n)
    assert 0.6 < standardised.var() < 1.6
    np.testing.assert_allclose(truth["rate"], np.exp(truth["eta"]))


def test_line_is_recovered_without_the_outliers_and_missed_with_them():
    data = simulate.line_with_outliers()
    x, y = (data.frame[column].to_numpy() for column in ("x", "y"))
    good = ~data.truth["is_outlier"]
    se = data.truth["sigma_y"] / np.sqrt(np.sum((x[good] - x[good].mean()) ** 2))
    assert abs(np.polyfit(x[good], y[good], 1)[0] - data.truth["beta"]) < 4 * se
    assert np.polyfit(x, y, 1)[0] < data.truth["beta"] - 5 * se
    assert (~good).sum() == 4


def test_each_person_has_sixty_trials_in_each_condition():
    frame = simulate.two_choice_task().frame
    assert (frame.groupby(["person", "condition"]).size() == 60).all()
    assert frame.groupby(["person", "condition"]).ngroups == 16


def test_task_can_be_made_larger_or_smaller():
    data = simulate.two_choice_task(n_persons=3, n_trials=5)
    assert len(data.frame) == 30 and data.truth["delta"].shape == (3, 2)
    assert data.to_model_data().coords["person"] == ("P1", "P2", "P3")


def test_responses_are_later_than_the_persons_non_decision_time():
    data = simulate.two_choice_task()
    values = data.to_model_data().values
    assert (values["rt"] > data.truth["tau"][values["person"]]).all()


def test_series_are_level_trend_and_season_with_noise():
    data = simulate.regional_series()
    truth, values = data.truth, data.to_model_data().values
    region = values["region"]
    mean = (
        truth["level"][region]
        + truth["slope"][region] * (values["time"] - values["time"].mean())
        + truth["seasonal"][region, values["season"]]
    )
    standardised = (values["y"] - mean) / truth["sigma_y"]
    n = len(standardised)
    assert n == 192
    assert abs(standardised.mean()) < 4 / np.sqrt(n)
    assert abs(standardised.std() - 1) < 4 / np.sqrt(2 * n)
    np.testing.assert_allclose(truth["seasonal"].sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(truth["mu_seasonal"].sum(), 0, atol=1e-12)


@pytest.mark.draws
@pytest.mark.parametrize("backend", ["pymc", "stan"])
def test_series_model_recovers_the_truth(backend):
    data = simulate.regional_series()
    idata = fit("series_trend_season", data, backend=backend, seed=13)
    scores = []
    for name in ("level", "slope", "seasonal", "mu_seasonal", "mu_slope", "sigma_y"):
        draws = idata.posterior[name]
        scores.append(
            ((draws.mean(("chain", "draw")) - data.truth[name]) / draws.std(("chain", "draw")))
            .to_numpy()
            .ravel()
        )
    z = np.concatenate(scores)
    assert np.abs(z).max() < norm.isf(0.001 / len(z))
    assert 0.3 < np.mean(z**2) < 2.0
    sums = idata.posterior["seasonal"].sum("quarter")
    assert float(np.abs(sums).max()) < 1e-9
