"""The drift diffusion models reproduce quadrature, recover known drifts and predict what they should."""

from __future__ import annotations

import arviz as az
import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import beta as beta_distribution
from scipy.stats import ks_2samp, lognorm, norm

from hierarchical_models import ModelDataError, fit, get_model, simulate, wiener
from tests.models.cases_ddm import RESPONSES

BACKENDS = ("pymc", "stan")

pytestmark = pytest.mark.draws

# those of the course's episode on response times: a build has these very fits in its store
OF_EPISODE = {"seed": 8, "chains": 2, "draws": 1000, "tune": 500, "target_accept": 0.9}
# a prior so narrow that it holds its parameter fixed, and a posterior can be had by quadrature
FIXED = 1e-4


def signed(data) -> np.ndarray:
    return np.where(np.asarray(data["choice"]) == 1, data["rt"], -np.asarray(data["rt"]))


def assert_moments(idata, name, grid, weights):
    """Mean and standard deviation of the draws lie within four Monte Carlo errors of the grid's."""
    mean = np.sum(weights * grid)
    sd = np.sqrt(np.sum(weights * (grid - mean) ** 2))
    draws = idata.posterior[[name]].squeeze()
    for found, exact, method in (
        (draws[name].mean(), mean, "mean"),
        (draws[name].std(), sd, "sd"),
    ):
        error = float(az.mcse(draws, method=method)[name])
        assert abs(float(found) - exact) < 4 * error + 10 * FIXED, (name, method)


def normalised(log_weights: np.ndarray) -> np.ndarray:
    weights = np.exp(log_weights - log_weights.max())
    return weights / weights.sum()


def one_condition():
    return {**RESPONSES, "condition": np.zeros(len(RESPONSES["rt"]), int)}


@pytest.mark.parametrize("backend", BACKENDS)
def test_starting_point_and_drift_reproduce_quadrature(backend):
    data = one_condition()
    idata = fit(
        "ddm_pooled",
        data,
        backend=backend,
        hyperparameters={
            "alpha_log_mean": np.log(1.4),
            "alpha_log_scale": FIXED,
            "tau_log_mean": np.log(0.3),
            "tau_log_scale": FIXED,
            "beta_shape": 3.0,
            "delta_mean": 0.5,
            "delta_scale": 1.5,
        },
        seed=11,
    )
    # the trapezoidal rule on the logit of beta, where the posterior dies out to either side
    b = expit(np.linspace(-6, 6, 241))[:, None]
    d = np.linspace(-7, 8, 241)[None, :]
    log_weights = (
        wiener.log_density(signed(data)[:, None, None], 1.4, 0.3, b, d).sum(axis=0)
        + beta_distribution.logpdf(b, 3, 3)
        + np.log(b * (1 - b))
        + norm.logpdf(d, 0.5, 1.5)
    )
    weights = normalised(log_weights)
    assert_moments(idata, "beta", b[:, 0], weights.sum(axis=1))
    assert_moments(idata, "delta", d[0], weights.sum(axis=0))


@pytest.mark.parametrize("backend", BACKENDS)
def test_boundaries_and_non_decision_time_reproduce_quadrature(backend):
    data = one_condition()
    idata = fit(
        "ddm_pooled",
        data,
        backend=backend,
        hyperparameters={
            "alpha_log_mean": 0.4,
            "alpha_log_scale": 0.6,
            "tau_log_mean": -1.0,
            "tau_log_scale": 0.7,
            "beta_shape": 1e8,
            "delta_mean": 0.8,
            "delta_scale": FIXED,
        },
        seed=12,
    )
    fastest = min(data["rt"])
    a = np.exp(np.linspace(-2, 2, 241))[:, None]
    t = (fastest * expit(np.linspace(-9, 9, 361)))[None, :]
    log_weights = (
        wiener.log_density(signed(data)[:, None, None], a, t, 0.5, 0.8).sum(axis=0)
        + lognorm.logpdf(a, 0.6, scale=np.exp(0.4))
        + np.log(a)
        + lognorm.logpdf(t, 0.7, scale=np.exp(-1.0))
        + np.log(t * (fastest - t))
    )
    weights = normalised(log_weights)
    assert_moments(idata, "alpha", a[:, 0], weights.sum(axis=1))
    assert_moments(idata, "tau", t[0], weights.sum(axis=0))


def z_scores(idata, truth, names) -> np.ndarray:
    scores = []
    for name in names:
        draws = idata.posterior[name]
        error = draws.mean(("chain", "draw")) - truth[name]
        scores.append((error / draws.std(("chain", "draw"))).to_numpy().ravel())
    return np.concatenate(scores)


@pytest.mark.parametrize("backend", BACKENDS)
def test_pooled_model_recovers_one_set_of_parameters(backend):
    random = np.random.default_rng(31)
    truth = {"alpha": 1.6, "tau": 0.25, "beta": 0.4, "delta": np.array([-0.5, 1.5])}
    condition = np.repeat([0, 1], 150)
    responses = wiener.draw(
        truth["alpha"], truth["tau"], truth["beta"], truth["delta"][condition], random
    )
    data = {"rt": np.abs(responses), "choice": (responses > 0).astype(int), "condition": condition}
    idata = fit("ddm_pooled", data, backend=backend, seed=31)
    z = z_scores(idata, truth, truth)
    assert np.abs(z).max() < norm.isf(0.001 / len(z))
    # known so well that a mirrored boundary or drift could not pass
    assert float(idata.posterior["delta"].std(("chain", "draw")).max()) < 0.2
    assert float(idata.posterior["beta"].std()) < 0.05


@pytest.mark.parametrize("backend", BACKENDS)
def test_hierarchical_model_recovers_each_persons_parameters(backend):
    task = simulate.two_choice_task()
    idata = fit("ddm_hierarchical", task, backend=backend, **OF_EPISODE)
    assert idata.posterior["delta"].dims == ("chain", "draw", "person", "condition")
    z = z_scores(idata, task.truth, ("alpha", "tau", "delta", "beta", "mu_delta"))
    assert np.abs(z).max() < norm.isf(0.001 / len(z))
    assert 0.4 < np.mean(z**2) < 1.8


def test_few_trials_shrink_persons_towards_the_group():
    task = simulate.two_choice_task(n_trials=12)
    frame = task.frame
    together = (
        fit("ddm_hierarchical", task, backend="stan", **OF_EPISODE)
        .posterior["delta"]
        .mean(("chain", "draw"))
    )
    alone = np.empty(together.shape)
    for place, (_, rows) in enumerate(frame.groupby("person", sort=False)):
        condition = (rows["condition"] == "strong").to_numpy().astype(int)
        data = {"rt": rows["rt"], "choice": rows["choice"], "condition": condition}
        fitted = fit("ddm_pooled", data, backend="stan", **OF_EPISODE)
        alone[place] = fitted.posterior["delta"].mean(("chain", "draw"))
    assert (together.to_numpy().std(axis=0) < alone.std(axis=0)).all()
    errors = {
        "together": together.to_numpy() - task.truth["delta"],
        "alone": alone - task.truth["delta"],
    }
    assert np.sum(errors["together"] ** 2) < np.sum(errors["alone"] ** 2)


def fit_known_parameters(backend):
    """A fit whose prior holds all parameters fixed, and exact draws with the same parameters."""
    hyper = {
        "alpha_log_mean": np.log(1.3),
        "alpha_log_scale": FIXED,
        "tau_log_mean": np.log(0.3),
        "tau_log_scale": FIXED,
        "beta_shape": 1e8,
        "delta_mean": 0.9,
        "delta_scale": FIXED,
    }
    data = {"rt": [0.5, 0.8], "choice": [1, 0], "condition": [0, 0]}
    idata = fit("ddm_pooled", data, backend=backend, hyperparameters=hyper, seed=4)
    return idata, wiener.draw(1.3, 0.3, 0.5, 0.9, np.random.default_rng(4), size=8000)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("group", ["posterior_predictive", "prior_predictive"])
def test_predictions_have_the_distribution_of_exact_draws(backend, group):
    idata, exact = fit_known_parameters(backend)
    drawn = idata[group]
    predicted = np.where(drawn["choice"] == 1, drawn["rt"], -drawn["rt"]).ravel()
    assert set(np.unique(drawn["choice"])) == {0, 1}
    assert drawn["choice"].dtype == np.int64
    assert ks_2samp(predicted, exact).pvalue > 1e-4
    np.testing.assert_allclose((predicted > 0).mean(), (exact > 0).mean(), atol=0.03)


@pytest.mark.parametrize("backend", BACKENDS)
def test_log_likelihood_is_that_of_choice_and_response_time_together(backend):
    idata = fit("ddm_pooled", RESPONSES, backend=backend, seed=6)
    posterior = idata.posterior
    expected = wiener.log_density(
        signed(RESPONSES),
        posterior["alpha"].to_numpy()[..., None],
        posterior["tau"].to_numpy()[..., None],
        posterior["beta"].to_numpy()[..., None],
        posterior["delta"].to_numpy()[..., RESPONSES["condition"]],
    )
    np.testing.assert_allclose(idata.log_likelihood["rt"].to_numpy(), expected, rtol=1e-9)
    assert set(idata.observed_data.data_vars) == {"rt", "choice"}


@pytest.mark.parametrize("name", ["ddm_pooled", "ddm_hierarchical"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_non_decision_time_stays_below_the_fastest_response(name, backend):
    idata = fit(name, RESPONSES, backend=backend, seed=6, expect="divergences: four trials each")
    largest = idata.posterior["tau"].max(("chain", "draw")).to_numpy()
    fastest = {"ddm_pooled": min(RESPONSES["rt"]), "ddm_hierarchical": [0.41, 0.47, 0.49]}[name]
    assert (largest < fastest).all()


def test_both_programs_hold_one_density():
    blocks = {
        name: get_model(name).stan_file.read_text().split("functions {")[1].split("\ndata {")[0]
        for name in ("ddm_pooled", "ddm_hierarchical")
    }
    assert len(set(blocks.values())) == 1


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rt": [0.0] * 12}, r"rt\[0\]: found 0, allowed above 0"),
        ({"rt": [-0.5] * 12}, r"rt\[0\]: found -0.5, allowed above 0"),
        ({"choice": [2] * 12}, r"choice\[0\]: found 2, allowed from 0 to 1"),
        ({"choice": [0.5] * 12}, r"choice\[0\]: found 0.5, allowed whole numbers"),
        ({"person": [0] * 6 + [2] * 6}, "person: found no observation for 1 of 3"),
        ({"rt": [0.5] * 11}, "12 values, allowed 11|11 values, allowed 12"),
    ],
)
def test_misfitting_responses_are_refused_before_any_sampling(backend, changes, message):
    with pytest.raises(ModelDataError, match=message):
        fit("ddm_hierarchical", RESPONSES | changes, backend=backend, seed=1)
