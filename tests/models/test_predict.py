"""Predictions for known groups, new groups, and new groups with a predictor."""

from __future__ import annotations

from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from hierarchical_models import (
    ModelData,
    ModelDataError,
    UnknownNameError,
    datasets,
    fit,
    get_model,
    heldout_log_density,
    list_models,
    log_score,
    predict,
)
from hierarchical_models.exact import normal_partial_posterior
from hierarchical_models.generative import (
    as_values,
    get_generative_model,
    list_generative_models,
)
from hierarchical_models.predictive.declaration import get_predictive
from hierarchical_models.predictive.fitted import read_fit
from tests.models.made_up_fits import design_inputs, made_up_fit, prior_draws
from tests.models.test_binomial_answers import assert_mean_of, fit_rats
from tests.models.test_same_density import CASES, fit_case

BACKENDS = ("pymc", "stan")
RADON = datasets.load("radon")
WITH_POPULATION = [
    (name, dim)
    for name in list_generative_models()
    for dim in get_predictive(get_model(name)).populations
]


def test_every_model_can_predict():
    assert all(get_predictive(get_model(name)) for name in list_models())


# --- known groups --------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_outcomes_in_known_groups_have_the_density_that_the_programs_report(case, backend):
    idata = fit_case(case, backend)
    spec = get_model(case.model)
    found = heldout_log_density(idata, in_rows(spec, case.data), seed=1)
    expected = idata.log_likelihood[spec.outcome]
    assert found.dims == expected.dims
    # where a probability rounds to 0 or 1 or a rate to 0, only the programs know the log-odds
    is_moderate = expected > -30
    np.testing.assert_allclose(
        found.where(is_moderate, 0), expected.where(is_moderate, 0), rtol=1e-6, atol=1e-6
    )


def in_rows(spec, data) -> dict[str, Any]:
    """Data of a fit as new observations: what belongs to groups stands in each row."""
    rows = {item.name: data[item.name] for item in spec.data if item.name in data}
    pointers = {item.indexes: item.name for item in spec.data if item.indexes}
    row_dim = spec.dims_of(spec.outcome)[0]
    for item in spec.data:
        if item.dims != (row_dim,):
            rows[item.name] = np.asarray(data[item.name])[data[pointers[item.dims[0]]]]
    if row_dim == "group":
        rows["group"] = range(len(data["y"]))
    return rows


@pytest.mark.parametrize("name", list_generative_models())
def test_outcomes_are_drawn_as_the_model_in_numpy_draws_them(name):
    spec, model = get_model(name), get_generative_model(get_model(name))
    inputs = design_inputs(spec)
    idata = made_up_fit(spec, n_draws=1000)
    found = predict(idata, in_rows(spec, inputs.values), seed=11)
    assert found.equals(predict(idata, in_rows(spec, inputs.values), seed=11))
    assert not found.equals(predict(idata, in_rows(spec, inputs.values), seed=12))
    random, values = np.random.default_rng(2), as_values(inputs)
    parameters = prior_draws(spec, inputs, 2000, seed=1)
    draws = [
        model.draw_outcome({key: of[at] for key, of in parameters.items()}, values, random)
        for at in range(2000)
    ]
    for outcome in spec.outcomes:
        ours = found[outcome].to_numpy().reshape(2000, -1)
        theirs = np.stack([draw[outcome] for draw in draws])
        for pair in zip(ours.T, theirs.T, strict=True):
            assert_same_distribution(*pair)
        # rows share their parameters
        centre = (ours.mean(axis=0) + theirs.mean(axis=0)) / 2
        products = [(one[:, 0] - centre[0]) * (one[:, -1] - centre[-1]) for one in (ours, theirs)]
        assert_same_distribution(*products)


def assert_same_distribution(draws, other_draws):
    assert ks_2samp(draws, other_draws, method="asymp").pvalue > 1e-5


def test_outcomes_of_known_groups_are_those_of_the_fit():
    """In a known group, draws are of the posterior predictive distribution that the fit has too."""
    idata = fit("radon_varying_slope", RADON, seed=1, draws=2000)
    found = predict(idata, RADON, seed=3)
    theirs = idata.posterior_predictive["y"]
    assert found["y"].dims == theirs.dims
    assert found["group_label"][0] == "AITKIN"
    difference = (found["y"] - theirs).mean(("chain", "draw")) / theirs.std(("chain", "draw"))
    # 919 standardised differences of two means of 8,000 draws
    assert np.abs(difference).max() < 5 * np.sqrt(2 / 8000)
    ratio = found["y"].std(("chain", "draw")) / theirs.std(("chain", "draw"))
    assert np.abs(np.log(ratio)).max() < 5 * np.sqrt(1 / 8000)


def test_parameters_of_known_groups_are_those_of_the_posterior():
    idata = fit("radon_varying_slope", RADON, seed=1, draws=2000)
    rows = pd.DataFrame({"county": ["WRIGHT", "AITKIN", "WRIGHT"], "x": [0.0, 1.0, 1.0]})
    found = predict(idata, rows, seed=3)
    assert found["county"].values.tolist() == ["WRIGHT", "AITKIN"]
    assert not found["county_is_new"].any()
    for name in ("alpha", "beta"):
        expected = idata.posterior[name].sel(county=["WRIGHT", "AITKIN"])
        np.testing.assert_array_equal(found[name], expected)
    np.testing.assert_allclose(
        found["mu"][..., 1],
        found["alpha"].sel(county="AITKIN") + found["beta"].sel(county="AITKIN"),
    )


# --- new groups ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "dim"), WITH_POPULATION)
def test_new_groups_come_from_the_distribution_that_the_known_ones_come_from(name, dim):
    """With the prior in place of the posterior, known groups are draws from the population too."""
    spec = get_model(name)
    idata = made_up_fit(spec, n_draws=2000)
    rows = pd.DataFrame(in_rows(spec, design_inputs(spec).values))
    column = next((item.name for item in spec.data if item.indexes == dim), dim)
    first = rows[rows[column] == rows[column][0]]
    other = first.assign(**{column: "new"})
    known = predict(idata, first, seed=11)
    new = predict(idata, other, seed=11, allow_new_groups=True)
    assert new[f"{dim}_is_new"].values.tolist() == [True]
    along = [one for one in get_predictive(spec).by_group if one in new and dim in new[one].dims]
    assert along
    for one in along:
        pairs = [known[one].stack(s=("chain", "draw")), new[one].stack(s=("chain", "draw"))]
        known_draws, new_draws = (
            np.moveaxis(pair.to_numpy(), -1, 0).reshape(4000, -1) for pair in pairs
        )
        assert (known_draws != new_draws).mean() > 0.9
        for column_of_each in zip(known_draws.T, new_draws.T, strict=True):
            assert_same_distribution(*column_of_each)


def test_new_intercepts_and_slopes_are_correlated():
    spec = get_model("radon_varying_slope_correlated")
    idata = made_up_fit(spec, n_draws=4000)
    found = predict(idata, {"group": "new", "x": 1.0}, seed=11, allow_new_groups=True)
    posterior = idata.posterior
    z = {
        name: ((found[name][..., 0] - posterior[f"mu_{name}"]) / posterior[f"sigma_{name}"])
        for name in ("alpha", "beta")
    }
    rho = posterior["rho"]
    # given rho the product has mean rho and variance 1 + rho**2
    surprise = (z["alpha"] * z["beta"] - rho) / np.sqrt(1 + rho**2)
    assert abs(surprise.mean().item()) < 4 / np.sqrt(8000)
    assert (
        np.corrcoef(z["alpha"].values.ravel() * z["beta"].values.ravel(), rho.values.ravel())[0, 1]
        > 0.3
    )


def test_a_new_group_is_the_same_in_all_its_rows():
    idata = made_up_fit("radon_varying_slope")
    rows = {"group": ["b", "a", "b", 0], "x": [0.0, 0.0, 0.0, 0.0]}
    found = predict(idata, rows, seed=11, allow_new_groups=True)
    assert found["group"].values.tolist() == ["b", "a", 0]
    assert found["group_is_new"].values.tolist() == [True, True, False]
    np.testing.assert_array_equal(found["mu"][..., 0], found["mu"][..., 2])
    assert (found["mu"][..., 0] != found["mu"][..., 1]).all()
    np.testing.assert_array_equal(found["mu"][..., 3], idata.posterior["alpha"].sel(group=0))


def test_new_levels_of_one_factor_meet_known_levels_of_the_other():
    idata = made_up_fit("binomial_crossed_interaction_logit")
    rows = {"factor_a": [0, "new", "new"], "factor_b": [2, 2, "new too"], "n": 10}
    found = predict(idata, rows, seed=11, allow_new_groups=True)
    assert found["ab"].shape[2:] == (2, 2)
    posterior = idata.posterior
    log_odds = (
        posterior["intercept"]
        + found["a"].sel(a_level="new")
        + posterior["b"].sel(b_level=2)
        + found["ab"].sel(a_level="new", b_level=2)
    )
    np.testing.assert_allclose(found["theta"][..., 1], 1 / (1 + np.exp(-log_odds)))
    np.testing.assert_allclose(
        found["theta"][..., 0],
        1 / (1 + np.exp(-posterior["eta"].sel(a_level=0, b_level=2))),
    )


def test_a_new_region_has_the_trend_of_its_state_at_times_to_come():
    data = datasets.load("regional_series")
    model_data = data.to_model_data()
    spec = get_model("series_trend_season")
    inputs = design_inputs(spec, model_data.values, dims=model_data.dims, coords=model_data.coords)
    idata = made_up_fit(
        spec, 400, data=model_data.values, dims=model_data.dims, coords=model_data.coords
    )
    rows = pd.DataFrame(
        {"region": ["Bay", "Delta"], "state": [None, "Coast"], "quarter": "Q2", "time": 2026.25}
    )
    found = predict(idata, rows, seed=11, allow_new_groups=True)
    assert found["seasonal"].dims == ("chain", "draw", "region", "quarter")
    years = 2026.25 - inputs.values["time"].mean()
    posterior = idata.posterior
    expected = (
        posterior["level"].sel(region="Bay")
        + years * posterior["slope"].sel(region="Bay")
        + posterior["seasonal"].sel(region="Bay", quarter="Q2")
    )
    np.testing.assert_allclose(found["mu"][..., 0], expected)
    z = (found["level"].sel(region="Delta") - posterior["mu_level"].sel(state="Coast")) / posterior[
        "sigma_level"
    ]
    assert abs(z.mean().item()) < 4 / np.sqrt(800)
    assert abs(z.std().item() - 1) < 4 / np.sqrt(1600)


def test_seasons_of_a_new_region_sum_to_zero():
    spec = get_model("series_trend_season")
    idata = made_up_fit(spec)
    rows = {"region": "new", "state": 0, "season": [0, 1, 2], "time": 0.0}
    found = predict(idata, rows, seed=11, allow_new_groups=True)
    np.testing.assert_allclose(found["seasonal"].sum("season"), 0, atol=1e-9)


def test_a_new_person_responds_in_every_known_condition():
    idata = made_up_fit("ddm_hierarchical")
    found = predict(idata, {"person": "new", "condition": [0, 1]}, seed=11, allow_new_groups=True)
    assert found["delta"].dims == ("chain", "draw", "person", "condition")
    assert (found["rt"] > found["tau"].sel(person="new")).all()
    assert set(np.unique(found["choice"])) == {0, 1}


# --- exact answers -------------------------------------------------------------------------------


@pytest.mark.draws
@pytest.mark.parametrize("backend", BACKENDS)
def test_rats_of_a_72nd_experiment_reproduce_the_reference(reference, backend):
    mean, sd = reference["rat_tumours"]["posterior_under_(alpha+beta)^-5/2"]["theta_new"]
    idata = fit_rats(backend)
    found = predict(idata, {"group": ["new"], "n": 20}, seed=72, allow_new_groups=True)
    theta = found["theta"].to_numpy()[..., 0]
    assert_mean_of(theta, mean)
    assert_mean_of(theta**2, sd**2 + mean**2)
    assert_mean_of(found["y"].to_numpy()[..., 0], 20 * mean, 20 * 5e-5)


@pytest.mark.draws
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_ninth_school_reproduces_quadrature(reference, backend):
    """To exact quadrature a ninth school is one whose estimate says nothing."""
    data = reference["eight_schools"]["data"]
    priors = {"mu_scale": 10.0, "tau_prior": "half_normal", "tau_scale": 5.0}
    exact = normal_partial_posterior(
        [*data["y"], 0.0],
        [*data["sigma"], 1e7],
        mu_scale=10.0,
        tau_prior="half_normal",
        tau_scale=5.0,
    )
    idata = fit(
        "normal_partial_noncentred",
        data,
        backend=backend,
        hyperparameters=priors,
        seed=8,
        draws=4000,
        target_accept=0.99,
    )
    found = predict(idata, {"group": ["new"], "sigma": 12.0}, seed=9, allow_new_groups=True)
    mean, sd = exact.theta_mean[-1], exact.theta_sd[-1]
    theta, y = (found[name].to_numpy()[..., 0] for name in ("theta", "y"))
    assert_mean_of(theta, mean)
    assert_mean_of(theta**2, mean**2 + sd**2, 0.05)
    assert_mean_of(y**2, mean**2 + sd**2 + 12.0**2, 0.05)


@pytest.mark.draws
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_new_county_reproduces_quadrature(reference, backend):
    exact = reference["radon_minnesota"]["posteriors"]["M1: y~floor+(1|county)"]
    idata = fit("radon_varying_intercept", RADON, backend=backend, seed=1)
    rows = {"county": "new", "x": [0.0, 1.0]}
    found = predict(idata, rows, seed=2, allow_new_groups=True)
    (mu, mu_sd), (spread, spread_sd), (noise, noise_sd) = (
        exact[name] for name in ("mu_a", "sigma_a", "sigma_y")
    )
    variance = mu_sd**2 + spread**2 + spread_sd**2
    alpha, y = found["alpha"].to_numpy()[..., 0], found["y"].to_numpy()[..., 0]
    assert_mean_of(alpha, mu)
    assert_mean_of(alpha**2, mu**2 + variance)
    assert_mean_of(y**2, mu**2 + variance + noise**2 + noise_sd**2)
    assert_mean_of(np.diff(found["mu"].to_numpy(), axis=-1)[..., 0], exact["b"][0])


@pytest.mark.draws
@pytest.mark.parametrize("backend", BACKENDS)
def test_uranium_tells_new_counties_apart(reference, backend):
    exact = reference["radon_minnesota"]["posteriors"]["M2: y~floor+u+(1|county)"]
    idata = fit("radon_varying_intercept_uranium", RADON, backend=backend, seed=1)
    rows = {"county": ["a", "b", "c"], "x": 0.0, "u": [-1.0, 0.0, 1.0]}
    found = predict(idata, rows, seed=2, allow_new_groups=True)
    alpha = np.moveaxis(found["alpha"].to_numpy(), -1, 0)
    (mean, sd), (slope, _), (spread, spread_sd) = (exact[name] for name in ("g0", "g1", "sigma_a"))
    assert_mean_of(alpha[1], mean)
    assert_mean_of(alpha[1] ** 2, mean**2 + sd**2 + spread**2 + spread_sd**2)
    assert_mean_of((alpha[2] - alpha[0]) / 2, slope)


@pytest.mark.draws
def test_both_backends_predict_the_same():
    rows = {"county": ["AITKIN", "new", "new"], "x": [1.0, 0.0, 1.0]}
    found = [
        predict(
            fit("radon_varying_slope", RADON, backend=backend, seed=1, draws=2000),
            rows,
            seed=4,
            allow_new_groups=True,
        )
        for backend in BACKENDS
    ]
    assert set(found[0].data_vars) == set(found[1].data_vars) == {"alpha", "beta", "mu", "y"}
    for moment in (lambda draws: draws, np.square):
        means = [moment(one).mean(("chain", "draw")) for one in found]
        errors = [az.mcse(moment(one), method="mean") for one in found]
        for name in found[0].data_vars:
            assert found[0][name].dims == found[1][name].dims
            error = np.hypot(*(one[name].to_numpy() for one in errors))
            difference = np.abs(means[0][name] - means[1][name]).to_numpy()
            np.testing.assert_array_less(difference, 4 * error)


# --- held-out data -------------------------------------------------------------------------------


def test_log_score_of_a_new_group_is_that_of_the_integrated_likelihood():
    idata = made_up_fit("normal_partial_noncentred", n_draws=4000)
    rows = {"group": ["new"], "y": [3.0], "sigma": [2.0]}
    score = log_score(heldout_log_density(idata, rows, seed=11, allow_new_groups=True))
    posterior = idata.posterior
    spread = np.hypot(posterior["tau"], 2.0)
    exact = np.log(np.mean(np.exp(-0.5 * ((3.0 - posterior["mu"]) / spread) ** 2) / spread))
    assert abs(score.elpd - (exact.item() - 0.5 * np.log(2 * np.pi))) < 4 * score.mcse


def test_held_out_data_need_their_outcome():
    idata = made_up_fit("binomial_pooled")
    with pytest.raises(ModelDataError, match="new data lack y"):
        heldout_log_density(idata, {"n": [3]}, seed=1)
    with pytest.raises(ModelDataError, match=r"y\[0\]: found 4, allowed from 0 to 3"):
        heldout_log_density(idata, {"n": [3], "y": [4]}, seed=1)


# --- misuse --------------------------------------------------------------------------------------

COUNTIES = {
    "dims": {"group": "county", "observation": "house"},
    "coords": {"county": ("AITKIN", "ANOKA", "BECKER", "WRIGHT")},
}


@pytest.mark.parametrize(
    ("model", "rows", "message"),
    [
        (
            "radon_varying_intercept",
            {"county": "AITKEN", "x": 0.0},
            r"county: found 'AITKEN', which the fit has not seen \(did you mean 'AITKIN'\?\); "
            "to draw a new county from the population, pass allow_new_groups=True",
        ),
        ("radon_varying_intercept", {"county": "AITKIN"}, "new data lack x .*predictor of each"),
        ("radon_varying_intercept", {"x": 0.0}, "new data lack group .*'county'"),
        (
            "radon_varying_intercept",
            {"county": ["AITKIN", "ANOKA"], "x": [0.0, 1.0, 2.0]},
            "different numbers of values .*3 for x",
        ),
        ("radon_varying_intercept", {"county": "AITKIN", "x": np.nan}, r"x\[0\]: found nan"),
        ("radon_varying_intercept", {"county": None, "x": 0.0}, r"group\[0\]: found None"),
        (
            "radon_varying_intercept",
            {"county": "AITKIN", "group": "AITKIN", "x": 0.0},
            "found both 'group' and 'county'",
        ),
        (
            "radon_varying_intercept_uranium",
            {"county": "AITKIN", "x": 0.0, "u": 0.2},
            r"u\[0\]: found 0.2 for 'AITKIN', allowed the -1.0 that it has elsewhere",
        ),
    ],
)
def test_mistakes_in_new_data_are_explained(model, rows, message):
    idata = made_up_fit(model, **COUNTIES)
    with pytest.raises(ModelDataError, match=message):
        predict(idata, rows, seed=1)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"county": "X", "x": 0.0}, "u: found none for 'X'"),
        ({"county": "X", "x": 0.0, "u": np.inf}, r"u\[0\]: found inf, allowed finite"),
        ({"county": ["X", "X"], "x": 0.0, "u": [1.0, 2.0]}, r"u\[1\]: found 2.0 for 'X'"),
    ],
)
def test_new_groups_need_their_predictor(rows, message):
    idata = made_up_fit("radon_varying_intercept_uranium", **COUNTIES)
    with pytest.raises(ModelDataError, match=message):
        predict(idata, rows, seed=11, allow_new_groups=True)


@pytest.mark.parametrize(
    ("model", "rows"),
    [
        ("radon_unpooled", {"group": "new", "x": 0.0}),
        ("radon_unpooled_slopes", {"group": "new", "x": 0.0}),
        ("binomial_unpooled", {"group": ["new"], "n": 3}),
        ("normal_unpooled", {"group": ["new"], "sigma": 3.0}),
        ("ddm_hierarchical", {"person": 0, "condition": "new"}),
        ("ddm_pooled", {"condition": "new"}),
        ("series_trend_season", {"region": 0, "season": "new", "time": 0.0}),
        ("series_trend_season", {"region": "x", "state": "new", "season": 0, "time": 0.0}),
    ],
)
def test_groups_without_a_population_cannot_be_new(model, rows):
    idata = made_up_fit(model)
    with pytest.raises(ModelDataError, match=f"found 'new'.*{model} has no population of"):
        predict(idata, rows, seed=11, allow_new_groups=True)


def test_a_group_that_is_a_row_stands_once():
    idata = made_up_fit("binomial_partial")
    with pytest.raises(ModelDataError, match="group: found 'a' in several rows, allowed one row"):
        predict(idata, {"group": ["a", "a"], "n": 5}, seed=11, allow_new_groups=True)


def test_complete_pooling_takes_no_notice_of_groups():
    idata = made_up_fit("radon_pooled")
    found = predict(idata, {"county": "any", "x": [0.0, 1.0]}, seed=1)
    np.testing.assert_allclose(
        found["mu"][..., 1], idata.posterior["alpha"] + idata.posterior["beta"]
    )


def test_fits_of_unknown_origin_have_to_name_their_model():
    idata = made_up_fit("binomial_pooled")
    del idata.posterior.attrs["model"]
    with pytest.raises(ModelDataError, match="say which model it is of"):
        predict(idata, {"n": [3]}, seed=1)
    assert predict(idata, {"n": [3]}, seed=1, model="binomial_pooled")["y"].max() <= 3
    with pytest.raises(UnknownNameError, match="did you mean 'binomial_pooled'"):
        predict(idata, {"n": [3]}, seed=1, model="binomial_poled")


def test_labels_of_a_data_set_are_found_in_the_fit():
    """A data set's positions are its own: its labels say which groups of the fit they are."""
    idata = made_up_fit("radon_varying_intercept", **COUNTIES)
    data = ModelData(
        {"x": [0.0, 0.0, 0.0], "group": [0, 1, 0]},
        {"group": "county"},
        {"county": ("WRIGHT", "AITKIN")},
    )
    found = predict(idata, data, seed=1)
    np.testing.assert_array_equal(
        found["alpha"], idata.posterior["alpha"].sel(county=["WRIGHT", "AITKIN"])
    )
    np.testing.assert_array_equal(
        found["mu"][..., 2], idata.posterior["alpha"].sel(county="WRIGHT")
    )


# --- groups without their parameters -------------------------------------------------------------


def rows_of_first_group(name, dim):
    """The design of the first group, at most four rows of it, and a point from the prior."""
    spec = get_model(name)
    inputs = design_inputs(spec)
    fitted = read_fit(made_up_fit(spec, n_draws=1))
    point = {key: values[:1] for key, values in prior_draws(spec, inputs, 1, seed=5).items()}
    values = as_values(inputs)
    row_dim = spec.dims_of(spec.outcome)[0]
    field = next((item.name for item in spec.data if item.indexes == dim), None)
    groups = np.asarray(values[field]) if field else np.arange(inputs.sizes[dim])
    mine = np.flatnonzero(groups == 0)[:4]
    data = {}
    for item in spec.data:
        value = np.asarray(values[item.name])
        data[item.name] = (
            value[mine] if item.dims == (row_dim,) else value[:1] if item.dims == (dim,) else value
        )
    if field is None:
        data[dim] = np.zeros(1, dtype=int)
    return spec, point, {**data, **fitted.constants}


@pytest.mark.parametrize(
    ("name", "dim"),
    [
        pair
        for pair in WITH_POPULATION
        if get_predictive(get_model(pair[0])).populations[pair[1]].log_marginal
    ],
)
def test_the_integrated_likelihood_is_the_mean_over_new_groups(name, dim):
    """An integral by closed form or quadrature against the average over 200,000 groups."""
    spec, point, data = rows_of_first_group(name, dim)
    predictive = get_predictive(spec)
    random = np.random.default_rng(2)
    population = predictive.populations[dim]
    many = {key: np.repeat(values, 200_000, axis=0) for key, values in point.items()}
    drawn = population.draw(many, data, 1, random)
    _, outcome = predictive.rows({**many, **drawn}, data)
    # outcomes of one of the groups, so that the average over all converges
    data |= {key: values[0] for key, values in outcome.draw(random).items()}
    _, outcome = predictive.rows({**many, **drawn}, data)
    log_density = outcome.log_density(data).sum(axis=1)
    density = np.exp(log_density - log_density.max())
    error = density.std() / density.mean() / np.sqrt(len(density))
    found = population.log_marginal(point, data).item()
    assert error < 0.1
    assert abs(found - np.log(density.mean()) - log_density.max()) < 4 * error + 1e-9
