"""Scores of predictions: leave-one-out, leave-one-group-out, held-out data, and comparisons."""

from __future__ import annotations

from typing import Any

import arviz as az
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.integrate import quad
from scipy.special import betaln, expit, logsumexp
from scipy.stats import beta, betabinom, binom, gamma, multivariate_normal, nbinom, norm, poisson, t

from hierarchical_models import (
    CrossValidation,
    ModelData,
    ModelDataError,
    UnknownNameError,
    compare,
    datasets,
    diagnostics_table,
    fit,
    get_model,
    leave_one_group_out,
    log_score,
    loo,
    paired_difference,
)
from hierarchical_models.cross_validation import importance_estimate, pareto_k_threshold
from hierarchical_models.group_data import group_data
from hierarchical_models.predictive.declaration import get_predictive
from tests.models.cases_binomial import CELLS, NESTED
from tests.models.cases_linear import LINEAR

BACKENDS = ("pymc", "stan")
RADON = datasets.load("radon")
SCHOOLS = datasets.load("eight_schools")
SCHOOL_PRIORS = {"mu_scale": 10.0, "tau_prior": "half_normal", "tau_scale": 5.0}


# --- scores of held-out data ---------------------------------------------------------------------


def beta_draws(random, shape=(4, 1000)):
    """Log probabilities of three counts at independent draws of their probability."""
    theta = random.beta(3.0, 5.0, size=shape)[..., None]
    return xr.DataArray(
        binom.logpmf([2, 5, 0], [6, 9, 3], theta), dims=("chain", "draw", "observation")
    )


def exact_beta_scores():
    return np.array(
        [
            np.log(quad(lambda p: binom.pmf(y, n, p) * beta.pdf(p, 3, 5), 0, 1)[0])  # noqa: B023
            for y, n in ((2, 6), (5, 9), (0, 3))
        ]
    )


def test_log_scores_are_right_and_so_are_their_monte_carlo_errors():
    random = np.random.default_rng(3)
    exact = exact_beta_scores()
    scores = [log_score(beta_draws(random, (2, 200))) for _ in range(200)]
    errors = np.array([score.pointwise - exact for score in scores])
    stated = np.mean([score.pointwise_mcse for score in scores], axis=0)
    np.testing.assert_array_less(np.abs(errors.mean(axis=0)), 4 * stated / np.sqrt(200) + 1e-3)
    # a standard deviation of 200 values is known to 5 %
    np.testing.assert_allclose(errors.std(axis=0) / stated, 1, atol=0.2)
    sums = np.array([score.elpd for score in scores])
    stated_of_sum = np.mean([score.mcse for score in scores])
    assert abs(sums.std() / stated_of_sum - 1) < 0.2
    # observations share their draws: their errors neither add up nor cancel as if they did not
    assert stated_of_sum < 0.9 * np.sqrt(np.sum(stated**2))


def test_chains_that_move_slowly_have_larger_monte_carlo_errors():
    random = np.random.default_rng(4)
    draws = beta_draws(random, (4, 100))
    slow = xr.concat([draws] * 10, "repeat").transpose("chain", "draw", "repeat", "observation")
    slow = xr.DataArray(slow.to_numpy().reshape(4, 1000, 3), dims=draws.dims)
    few, many = log_score(draws), log_score(slow)
    np.testing.assert_allclose(few.pointwise, many.pointwise)
    assert 0.7 < many.mcse / few.mcse < 1.4
    assert few.se > 0


def test_paired_differences_take_out_what_is_hard_for_both():
    random = np.random.default_rng(5)
    hard = random.normal(-3, 5, size=400)
    first, second = hard + random.normal(0.1, 0.2, 400), hard
    found = paired_difference(first, second)
    assert found.n == 400
    assert found.difference == pytest.approx(np.sum(first - second))
    assert found.se == pytest.approx(20 * np.std(first - second, ddof=1))
    assert found.se < 0.1 * log_score_of(first).se


def log_score_of(values):
    return log_score(xr.DataArray(np.tile(values, (1, 4, 1)), dims=("chain", "draw", "i")))


def test_scores_of_different_observations_are_not_compared():
    with pytest.raises(ValueError, match=r"found shape \(2,\), allowed \(3,\)"):
        paired_difference([1.0, 2.0, 3.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="found 1, allowed at least 2"):
        paired_difference([1.0], [2.0])
    one, other = (
        xr.DataArray([1.0, 2.0], coords={"house": labels}) for labels in (["a", "b"], ["b", "a"])
    )
    with pytest.raises(ValueError, match="found other labels"):
        paired_difference(one, other)


# --- leave-one-out -------------------------------------------------------------------------------


def test_leave_one_out_is_that_of_arviz():
    idata = fit("radon_varying_intercept", RADON, seed=1)
    found, expected = loo(idata), az.loo(idata, pointwise=True)
    assert found.left_out == "house"
    assert found.elpd == pytest.approx(expected.elpd_loo)
    assert found.p == pytest.approx(expected.p_loo)
    assert found.se == pytest.approx(expected.se * np.sqrt(919 / 918))
    assert found.k_threshold == expected.good_k
    np.testing.assert_allclose(found.pointwise["elpd"], expected.loo_i)
    np.testing.assert_allclose(found.pointwise["pareto_k"], expected.pareto_k)


def test_importance_sampling_gives_the_exact_density_and_its_error():
    """The mean of four observations with variance 1, and a flat prior: a quarter is its variance."""
    y = np.array([-1.0, 0.3, 0.8, -0.2])
    mean = np.random.default_rng(6).normal(y.mean(), 0.5, size=4000)
    table = importance_estimate(norm.logpdf(y, mean[:, None], 1.0), 1.0).table
    exact = [norm.logpdf(y[i], np.delete(y, i).mean(), np.sqrt(1 + 1 / 3)) for i in range(4)]
    np.testing.assert_array_less(np.abs(table["elpd"] - exact), 4 * table["mcse"])
    assert (table["mcse"] < 0.02).all()


def test_observations_that_importance_sampling_cannot_leave_out_are_named():
    """Weights with a Pareto distribution, whose shape is known."""
    shapes = np.array([0.2, 0.3, 0.1, 1.2])
    log_weights = np.random.default_rng(6).exponential(shapes, size=(4000, 4))
    table = importance_estimate(-log_weights, 1.0).table
    np.testing.assert_allclose(table["pareto_k"], shapes, atol=0.3)
    table.index = pd.Index(["a", "b", "c", "outlier"])
    found = CrossValidation("model", "school", table, np.zeros(4), 4000)
    assert found.unreliable == ["outlier"]
    assert np.isnan(table.loc["outlier", "mcse"])
    assert "1 of 4 estimates are not reliable (Pareto k above 0.70" in str(found)
    assert "outlier (" in str(found)


def test_few_draws_allow_less_heavy_tails():
    assert pareto_k_threshold(100) == 0.5
    assert pareto_k_threshold(1000) == pytest.approx(2 / 3)
    assert pareto_k_threshold(10_000) == 0.7


def test_a_fit_without_log_likelihood_cannot_be_scored():
    idata = fit("binomial_pooled", {"y": [3, 5], "n": 10}, seed=1)
    with pytest.raises(ModelDataError, match="allowed a fit with log_likelihood"):
        loo(az.InferenceData(posterior=idata.posterior))


# --- likelihoods without the parameters of a group -----------------------------------------------


def integrated(model, dim, parameters, data):
    """The model's own integral, at one draw."""
    population = get_predictive(get_model(model)).populations[dim]
    draws = {name: np.array([value]) for name, value in parameters.items()}
    arrays = {name: np.array(values) for name, values in data.items()}
    return population.log_marginal(draws, arrays).item()


def by_quad(log_integrand, centre, width):
    peak = log_integrand(centre)
    value, _ = quad(
        lambda x: np.exp(log_integrand(x) - peak),
        centre - 40 * width,
        centre + 40 * width,
        points=[centre],
        limit=500,
        epsabs=0,
        epsrel=1e-10,
    )
    return peak + np.log(value)


LOG_ODDS = {"mu": -0.4, "sigma": 0.7}
RATES = {"mu": 0.3, "sigma": 0.9}
COUNTS = {"y": [0, 4, 2], "exposure": [0.5, 3.0, 1.0], "group": [0, 0, 0]}
LINES = {"mu_alpha": 0.5, "sigma_alpha": 0.6, "mu_beta": -0.3, "sigma_beta": 0.8, "sigma_y": 0.9}
ROWS = {"y": [1.2, -0.3, 2.5], "x": [0.0, 1.0, 2.0], "group": [0, 0, 0]}
EXACT_INTEGRALS: dict[str, Any] = {
    "binomial_logit_normal_centred": (
        {**LOG_ODDS},
        {"y": [17], "n": [20]},
        lambda eta: norm.logpdf(eta, -0.4, 0.7) + binom.logpmf(17, 20, expit(eta)),
        (0.5, 0.3),
    ),
    "count_poisson": (
        RATES,
        COUNTS,
        lambda eta: (
            norm.logpdf(eta, 0.3, 0.9)
            + poisson.logpmf(COUNTS["y"], np.array(COUNTS["exposure"]) * np.exp(eta)).sum()
        ),
        (0.4, 0.25),
    ),
    "count_negative_binomial": (
        {**RATES, "phi": 0.8},
        COUNTS,
        lambda eta: (
            norm.logpdf(eta, 0.3, 0.9)
            + nbinom.logpmf(
                COUNTS["y"], 0.8, 0.8 / (0.8 + np.array(COUNTS["exposure"]) * np.exp(eta))
            ).sum()
        ),
        (0.4, 0.3),
    ),
    # the outlier at 2.5 gives the integrand a shoulder
    "robust_varying_intercept": (
        {"mu_alpha": 0.5, "sigma_alpha": 0.6, "beta": -0.3, "sigma_y": 0.1, "nu": 1.5},
        ROWS,
        lambda alpha: (
            norm.logpdf(alpha, 0.5, 0.6)
            + t.logpdf(ROWS["y"], 1.5, alpha - 0.3 * np.array(ROWS["x"]), 0.1).sum()
        ),
        (1.2, 0.1),
    ),
}


@pytest.mark.parametrize("model", EXACT_INTEGRALS)
def test_quadrature_is_that_of_scipy(model):
    parameters, data, log_integrand, place = EXACT_INTEGRALS[model]
    found = integrated(model, "group", parameters, data)
    assert found == pytest.approx(by_quad(log_integrand, *place), abs=1e-7)


@pytest.mark.parametrize("sigma", [1e-6, 1e-3, 0.05, 20.0])
def test_quadrature_holds_in_the_neck_of_the_funnel_and_far_out(sigma):
    """Without spread all groups are at mu; with very much, a count is as likely as any other."""
    found = integrated(
        "binomial_logit_normal_centred",
        "group",
        {"mu": -3.0, "sigma": sigma},
        {"y": [30], "n": [40]},
    )
    if sigma <= 1e-3:
        expected = binom.logpmf(30, 40, expit(-3.0))
        assert found == pytest.approx(expected, abs=500 * sigma**2 + 1e-8)
    else:
        log_integrand = lambda eta: norm.logpdf(eta, -3, sigma) + binom.logpmf(30, 40, expit(eta))  # noqa: E731
        nodes = np.linspace(-8, 8, 200_001)
        expected = logsumexp(log_integrand(nodes)) + np.log(nodes[1] - nodes[0])
        assert found == pytest.approx(expected, abs=1e-6)


def test_closed_forms_are_those_of_scipy():
    found = integrated(
        "binomial_partial", "group", {"alpha": 2.0, "beta": 5.0}, {"y": [3], "n": [7]}
    )
    expected = np.log(35) + betaln(5, 9) - betaln(2, 5)
    assert found == pytest.approx(expected, abs=1e-12)
    found = integrated(
        "normal_partial_centred", "group", {"mu": 1.0, "tau": 3.0}, {"y": [9.0], "sigma": [4.0]}
    )
    assert found == pytest.approx(norm.logpdf(9, 1, 5), abs=1e-12)
    design = np.column_stack([np.ones(3), ROWS["x"]])
    scale = np.array([[0.6, 0.0], [0.8 * 0.7, 0.8 * np.sqrt(1 - 0.49)]])
    covariance = design @ scale @ scale.T @ design.T + 0.81 * np.eye(3)
    expected = multivariate_normal(design @ [0.5, -0.3], covariance).logpdf(ROWS["y"])
    found = integrated("radon_varying_slope_correlated", "group", {**LINES, "rho": 0.7}, ROWS)
    assert found == pytest.approx(expected, abs=1e-10)


# --- leave-one-group-out -------------------------------------------------------------------------


def exact_schools_without_each():
    """Log densities of each estimate given the others, from ratios of evidences on a grid."""
    y, sigma = (np.array(SCHOOLS.frame[name], float) for name in ("effect", "standard_error"))
    mu, tau = np.meshgrid(np.linspace(-60, 70, 1301), np.linspace(0, 40, 801), indexing="ij")
    log_prior = norm.logpdf(mu, 0, 10) + norm.logpdf(tau, 0, 5)
    terms = np.stack(
        [norm.logpdf(one, mu, np.hypot(tau, error)) for one, error in zip(y, sigma, strict=True)]
    )
    log_joint = log_prior + terms.sum(axis=0)
    return np.array([logsumexp(log_joint) - logsumexp(log_joint - term) for term in terms])


@pytest.mark.draws
@pytest.mark.parametrize(
    ("backend", "method"),
    # a Stan program is compiled once, a PyMC model for each data set
    [("pymc", "importance"), ("stan", "importance"), ("stan", "refit")],
)
def test_schools_predicted_from_the_others_are_exact(backend, method):
    found = leave_one_group_out(
        "normal_partial_noncentred",
        SCHOOLS,
        seed=3,
        backend=backend,
        method=method,
        hyperparameters=SCHOOL_PRIORS,
        target_accept=0.99,
    )
    table = found.pointwise
    assert list(table.index) == list(SCHOOLS.frame["school"])
    assert found.refitted == (list(table.index) if method == "refit" else [])
    # on a grid, to three digits
    errors = np.abs(table["elpd"] - exact_schools_without_each())
    np.testing.assert_array_less(errors, 4 * table["mcse"] + 0.002)
    assert (table["mcse"] < 0.03).all()
    # one estimate for each: together and apart are the same
    np.testing.assert_allclose(table["elpd"], table["elpd_apart"])
    np.testing.assert_allclose(table["elpd"].to_numpy(), found.observations["elpd"].to_numpy())


@pytest.mark.draws
def test_players_predicted_from_the_others_are_exact():
    """Beta-binomial, by ratios of evidences on a grid of the two shapes."""
    y, n = np.array([18, 16, 12, 7, 1]), np.array([45, 45, 45, 45, 20])
    alpha, beta_ = np.meshgrid(
        np.linspace(0.01, 18, 600), np.linspace(0.01, 40, 800), indexing="ij"
    )
    log_prior = gamma.logpdf(alpha, 2) + gamma.logpdf(beta_, 2)
    terms = np.stack(
        [
            betaln(alpha + one, beta_ + trials - one) - betaln(alpha, beta_)
            for one, trials in zip(y, n, strict=True)
        ]
    )
    log_joint = log_prior + terms.sum(axis=0)
    exact = [logsumexp(log_joint) - logsumexp(log_joint - term) for term in terms]
    found = leave_one_group_out("binomial_partial", {"y": y, "n": n}, seed=4, draws=2000)
    choices = -betaln(y + 1, n - y + 1) - np.log(n + 1)
    table = found.pointwise
    assert found.unreliable == []
    np.testing.assert_array_less(np.abs(table["elpd"] - exact - choices), 4 * table["mcse"] + 0.002)


def lines(spread, n_groups=8, seed=8):
    """Groups of three to six observations, with intercepts of their own."""
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(n_groups), random.integers(3, 7, n_groups))
    alpha, slope = random.normal(1, spread, n_groups), random.normal(-0.5, 0.2, n_groups)
    x = random.normal(size=len(group))
    return {
        "x": x,
        "y": alpha[group] + slope[group] * x + random.normal(0, 0.5, len(group)),
        "group": group,
        "u": alpha + random.normal(0, 0.8, n_groups),
    }


def counts(seed=9):
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(5), 3)
    rate = np.exp(random.normal(1, 0.7, 5))[group]
    return {"y": random.poisson(2 * rate), "exposure": np.full(15, 2.0), "group": group}


def cells(seed=10):
    random = np.random.default_rng(seed)
    factor_a, factor_b = (level.ravel() for level in np.indices((5, 4)))
    log_odds = random.normal(0, 0.7, 5)[factor_a] + random.normal(0, 0.7, 4)[factor_b]
    n = np.full(20, 15)
    return {
        "y": random.binomial(n, expit(log_odds)),
        "n": n,
        "factor_a": factor_a,
        "factor_b": factor_b,
    }


@pytest.mark.draws
@pytest.mark.parametrize(
    ("model", "data", "group"),
    [
        ("radon_pooled", lines(0.1), "group"),
        ("radon_varying_intercept_uranium", lines(0.8), None),
        ("count_poisson", counts(), None),
        ("binomial_crossed_logit", cells(), "factor_b"),
    ],
)
def test_importance_sampling_and_refits_agree(model, data, group):
    found = {
        method: leave_one_group_out(
            model, data, seed=5, group=group, method=method, backend="stan", target_accept=0.99
        )
        for method in ("importance", "refit")
    }
    quick, exact = (found[method].pointwise for method in ("importance", "refit"))
    # refits against refits would show nothing
    assert len(found["importance"].refitted) < len(quick) / 2
    error = np.hypot(quick["mcse"], exact["mcse"])
    np.testing.assert_array_less(np.abs(quick["elpd"] - exact["elpd"]), 4 * error + 0.01)
    assert (error < 0.25).all()
    np.testing.assert_allclose(
        found["importance"].observations["elpd"], found["refit"].observations["elpd"], atol=0.2
    )
    if model != "count_poisson":  # the means of rates have tails too heavy for a few draws
        means = [one.observations["mean"] for one in found.values()]
        spread = np.std(found["refit"].observations["observed"])
        np.testing.assert_allclose(*means, atol=0.15 * spread)


@pytest.mark.draws
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_group_that_the_weights_cannot_leave_out_is_left_out_by_a_refit(backend):
    """Of 422 trials one group has 400: without it the posterior is four times as wide."""
    y, n = np.array([3, 5, 130]), np.array([10, 12, 400])
    found = leave_one_group_out("binomial_pooled", {"y": y, "n": n}, seed=6, backend=backend)
    table = found.pointwise
    assert found.refitted == [2]
    assert found.unreliable == []
    assert np.isnan(table["pareto_k"][2]) and (table["pareto_k"][:2] < 0.7).all()
    exact = [
        betabinom.logpmf(one, trials, 2 + y.sum() - one, 2 + (n - y).sum() - trials + one)
        for one, trials in zip(y, n, strict=True)
    ]
    np.testing.assert_array_less(np.abs(table["elpd"] - exact), 4 * table["mcse"])
    assert (table["mcse"] < 0.1).all()


@pytest.fixture(scope="module")
def radon_without_each_county():
    return {
        model: leave_one_group_out(model, RADON, seed=1, group="county", backend="stan")
        for model in ("radon_pooled", "radon_varying_intercept", "radon_varying_intercept_uranium")
    }


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("radon_pooled", "pooled"),
        ("radon_varying_intercept", "M1"),
        ("radon_varying_intercept_uranium", "M2"),
    ],
)
def test_errors_in_counties_left_out_are_those_of_the_reference(
    reference, radon_without_each_county, model, name
):
    """The reference predicts by estimates without priors: these agree to a hundredth of its digits."""
    expected = reference["radon_minnesota"]["cross_validated_rmse_plug_in"][f"LOGO RMSE {name}"]
    found = radon_without_each_county[model]
    assert found.rmse == pytest.approx(expected, abs=0.002)
    assert len(found.pointwise) == 85 and len(found.observations) == 919
    assert len(found.refitted) <= 3


def test_partial_pooling_alone_does_not_help_a_new_county_and_uranium_does(
    radon_without_each_county,
):
    found = radon_without_each_county
    apart = compare(found, "elpd_apart")
    assert apart.index[0] == "radon_varying_intercept_uranium"
    pooled, varying = (
        apart.loc[name, "elpd"] for name in ("radon_pooled", "radon_varying_intercept")
    )
    assert varying < pooled + 5
    assert apart["elpd"].iloc[0] > max(pooled, varying) + 40
    # that houses of a county go together is known to both hierarchical models
    together = compare(found)
    assert together.index.tolist()[-1] == "radon_pooled"


def test_new_houses_in_known_counties_are_another_matter():
    models = ("radon_pooled", "radon_varying_intercept", "radon_varying_intercept_uranium")
    table = compare({model: loo(fit(model, RADON, seed=1)) for model in models})
    assert table.index.tolist() == list(models[::-1])
    row = table.loc["radon_pooled"]
    assert row["elpd_difference"] < -3 * row["se_difference"]
    assert row["se_difference"] < 0.5 * row["se"]
    assert table["elpd_difference"].iloc[0] == table["se_difference"].iloc[0] == 0


# --- groups and their data -----------------------------------------------------------------------


def test_data_without_a_group_are_numbered_anew():
    data = ModelData(
        LINEAR, {"group": "county", "observation": "house"}, {"county": ("a", "b", "c", "d")}
    )
    grouped = group_data(get_model("radon_varying_intercept_uranium"), data)
    left = grouped.without(1)
    assert left.values["group"].tolist() == [0, 1, 1, 1, 2, 2, 2]
    assert left.values["u"].tolist() == [-0.7, 0.9, 0.3]
    assert left.coords["county"] == ("a", "c", "d")
    assert left.coords["house"] == (0, 3, 4, 5, 6, 7, 8)
    only = grouped.only(1)
    assert only["y"].tolist() == [0.3, 0.9]
    assert only["group"].tolist() == [0, 0]
    assert only["u"].tolist() == [0.1]


@pytest.mark.parametrize(
    ("model", "data", "group", "error", "message"),
    [
        ("radon_unpooled", LINEAR, None, ModelDataError, "found alpha of each group without a pop"),
        ("binomial_unpooled", {"y": [1, 2], "n": 5}, None, ModelDataError, "found theta of each"),
        (
            "radon_varying_slope",
            LINEAR,
            "county",
            UnknownNameError,
            "found 'county', allowed group",
        ),
        ("binomial_crossed_logit", CELLS, None, ModelDataError, "allowed one of a_level, b_level"),
        (
            "binomial_crossed_logit",
            NESTED,
            "factor_a",
            ModelDataError,
            "alone, allowed levels in two",
        ),
        (
            "radon_pooled",
            {"x": [0.0, 1.0], "y": [0.1, 0.2]},
            None,
            ModelDataError,
            "without groups",
        ),
        (
            "normal_partial_noncentred",
            {"y": [1.0], "sigma": [2.0]},
            None,
            ModelDataError,
            "found 1, allowed 2 or more",
        ),
        (
            "binomial_crossed_interaction_logit",
            cells(),
            "factor_b",
            ModelDataError,
            "parameters of each b_level that cannot be integrated out",
        ),
        (
            "ddm_hierarchical",
            datasets.load("two_choice_task"),
            None,
            ModelDataError,
            "parameters of each person that cannot be integrated out",
        ),
    ],
)
def test_groups_that_cannot_be_left_out_are_refused_before_anything_is_fitted(
    model, data, group, error, message, monkeypatch
):
    monkeypatch.setattr("hierarchical_models.group_validation.fit", None)
    with pytest.raises(error, match=message):
        leave_one_group_out(model, data, seed=1, group=group)


def test_an_unknown_method_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'refit'"):
        leave_one_group_out("radon_pooled", LINEAR, seed=1, method="refits")


def test_progress_says_which_group_is_left_out(capsys):
    leave_one_group_out(
        "binomial_pooled",
        {"y": [3, 4, 5], "n": 10},
        seed=1,
        method="refit",
        backend="stan",
        progress=True,
    )
    assert "binomial_pooled without 2 (3 of 3)" in capsys.readouterr().err


# --- comparing -----------------------------------------------------------------------------------


def made_up_result(elpd, left_out="house", outcome=(1.0, 2.0, 3.0), labels=(0, 1, 2)):
    table = pd.DataFrame(
        {"elpd": elpd, "mcse": 0.01, "p": 0.1, "pareto_k": [0.1, 0.2, 0.9]}, index=pd.Index(labels)
    )
    return CrossValidation("model", left_out, table, np.array(outcome), 4000)


def test_comparisons_are_paired():
    results = {"a": made_up_result([-1.0, -2.0, -9.0]), "b": made_up_result([-1.1, -1.8, -8.0])}
    found = compare(results)
    assert found.index.tolist() == ["b", "a"]
    expected = paired_difference([-1.0, -2.0, -9.0], [-1.1, -1.8, -8.0])
    assert found.loc["a", "elpd_difference"] == pytest.approx(expected.difference)
    assert found.loc["a", "se_difference"] == pytest.approx(expected.se)
    assert found["n_unreliable"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (made_up_result([0.0, 1.0, 2.0], left_out="county"), "found each county left out"),
        (made_up_result([0.0, 1.0, 2.0], outcome=(1.0, 2.0, 4.0)), "found other data"),
        (made_up_result([0.0, 1.0, 2.0], labels=(0, 2, 1)), "found other data"),
    ],
)
def test_results_that_cannot_be_compared_are_refused(other, message):
    with pytest.raises(ValueError, match=message):
        compare({"a": made_up_result([0.0, 1.0, 2.0]), "b": other})


def test_one_result_or_an_unknown_score_cannot_be_compared():
    one = made_up_result([0.0, 1.0, 2.0])
    with pytest.raises(ValueError, match="found 1, allowed two or more"):
        compare({"a": one})
    with pytest.raises(UnknownNameError, match="found 'elpd_apart', allowed elpd"):
        compare({"a": one, "b": one}, "elpd_apart")


def test_fits_stand_side_by_side_with_what_is_wrong_with_them():
    coins = {"y": [3, 5], "n": 10}
    short = "ess: to show a fit that is too short"
    fits = {
        "enough": fit("binomial_pooled", coins, seed=1),
        "short": fit(
            "binomial_pooled",
            coins,
            backend="stan",
            seed=1,
            draws=50,
            expect=[short, "rhat: as before", "ebfmi: as before"],
        ),
    }
    found = diagnostics_table(fits)
    assert found.index.tolist() == ["enough", "short"]
    assert found["backend"].tolist() == ["pymc", "stan"]
    assert found.loc["enough", "problems"] == ""
    assert "ess" in found.loc["short", "problems"]
    assert found.loc["short", "n_draws"] == 200
