"""The binomial models reproduce answers that were computed without sampling, and known truths."""

from __future__ import annotations

from functools import cache

import arviz as az
import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import binom

from hierarchical_models import ModelDataError, datasets, fit
from hierarchical_models.exact import (
    BetaParetoHyperprior,
    PowerLawHyperprior,
    beta_binomial_posterior,
    logit_normal_binomial_posterior,
)
from tests.models.test_exact_answers import ROUNDING, assert_reproduced

BACKENDS = ("pymc", "stan")

pytestmark = pytest.mark.draws


def assert_quantiles_reproduced(idata, name, probs, exact, rounding=ROUNDING):
    """Posterior quantiles lie within four Monte Carlo errors of the exact ones."""
    for prob, value in zip(probs, exact, strict=True):
        found = idata.posterior[name].quantile(prob, ("chain", "draw")).to_numpy()
        error = az.mcse(idata, var_names=[name], method="quantile", prob=prob)[name].to_numpy()
        np.testing.assert_array_less(np.abs(found - value), 4 * error + rounding)


def assert_mean_of(values, exact, rounding=ROUNDING):
    """The mean of a function of draws, shape (chains, draws), is the exact one."""
    error = float(az.mcse(values, method="mean"))
    assert abs(values.mean() - exact) < 4 * error + rounding


def assert_truth_recovered(idata, truth, largest=4.0):
    """Truths lie within a few posterior standard deviations, and on average within one or so."""
    scores = np.concatenate(
        [
            np.ravel(
                (idata.posterior[name].mean(("chain", "draw")) - value)
                / idata.posterior[name].std(("chain", "draw"))
            )
            for name, value in truth.items()
        ]
    )
    assert np.abs(scores).max() < largest
    assert np.sqrt(np.mean(scores**2)) < 1.8


def fit_rats(backend):
    """The fit of the rat tumours; only the first call samples."""
    return fit("binomial_bda3", datasets.load("rat_tumours"), backend=backend, seed=71, draws=2000)


@pytest.mark.parametrize("backend", BACKENDS)
def test_rat_tumours_reproduce_the_published_shapes(reference, backend):
    rats = fit_rats(backend)
    exact = reference["rat_tumours"]["posterior_under_(alpha+beta)^-5/2"]
    for name, key in {"alpha": "alpha", "beta": "beta", "phi": "phi=a/(a+b)"}.items():
        assert_reproduced(rats, name, *exact[key])
    draws = rats.posterior
    logs = az.InferenceData(
        posterior=draws.assign(
            log_kappa=np.log(draws["kappa"]), log_ratio=np.log(draws["alpha"] / draws["beta"])
        )[["log_kappa", "log_ratio"]]
    )
    assert_reproduced(logs, "log_kappa", *exact["log(a+b)"])
    assert_reproduced(logs, "log_ratio", *exact["log(a/b)"])
    assert_reproduced(rats, "theta", np.array(exact["theta_mean"]), np.array(exact["theta_sd"]))


@pytest.mark.parametrize("backend", BACKENDS)
def test_rat_tumours_predict_the_published_new_group(reference, backend):
    rats = fit_rats(backend)
    mean, sd = reference["rat_tumours"]["posterior_under_(alpha+beta)^-5/2"]["theta_new"]
    phi, kappa = (rats.posterior[name].to_numpy() for name in ("phi", "kappa"))
    second_moment = phi * (1 - phi) / (kappa + 1) + phi**2
    assert_mean_of(phi, mean)
    assert_mean_of(second_moment, sd**2 + mean**2)


@pytest.mark.parametrize("backend", BACKENDS)
def test_rat_tumours_reproduce_the_grid_everywhere(backend):
    rats = fit_rats(backend)
    data = datasets.load("rat_tumours").to_model_data().values
    exact = beta_binomial_posterior(data["y"], data["n"], hyperprior=PowerLawHyperprior())
    assert_reproduced(rats, "kappa", exact.kappa_mean, exact.kappa_sd)
    probs = (0.05, 0.5, 0.95)
    assert_quantiles_reproduced(rats, "kappa", probs, exact.kappa_quantile(probs))
    assert_quantiles_reproduced(rats, "theta", probs, exact.theta_quantile(probs))


@pytest.mark.parametrize("backend", BACKENDS)
def test_shapes_are_mean_times_concentration(backend):
    draws = fit_rats(backend).posterior
    np.testing.assert_allclose(draws["alpha"] + draws["beta"], draws["kappa"], rtol=1e-12)
    np.testing.assert_allclose(draws["alpha"] / draws["kappa"], draws["phi"], rtol=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_another_exponent_reproduces_the_grid(backend):
    y, n = [1, 4, 9, 12, 3], [12, 10, 15, 14, 20]
    exact = beta_binomial_posterior(y, n, hyperprior=PowerLawHyperprior(exponent=4.0))
    idata = fit(
        "binomial_bda3",
        {"y": y, "n": n},
        backend=backend,
        hyperparameters={"exponent": 4.0},
        seed=4,
        draws=2000,
        target_accept=0.99,
    )
    assert_reproduced(idata, "phi", exact.phi_mean, exact.phi_sd)
    assert_reproduced(idata, "kappa", exact.kappa_mean, exact.kappa_sd)
    assert_reproduced(idata, "theta", exact.theta_mean, exact.theta_sd)


@pytest.mark.parametrize("exponent", [2.0, -1.0])
def test_exponent_without_a_proper_posterior_is_refused(exponent):
    with pytest.raises(ValueError, match=rf"exponent: found {exponent:g}, allowed numbers above 2"):
        fit("binomial_bda3", {"y": [1], "n": [2]}, hyperparameters={"exponent": exponent}, seed=1)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "hyper",
    [{}, {"phi_alpha": 3.0, "phi_beta": 2.0, "kappa_min": 5.0, "kappa_shape": 3.0}],
    ids=str,
)
def test_baseball_by_mean_and_concentration_reproduces_the_grid(backend, hyper):
    baseball = datasets.load("baseball")
    data = baseball.to_model_data().values
    exact = beta_binomial_posterior(data["y"], data["n"], hyperprior=BetaParetoHyperprior(**hyper))
    idata = fit(
        "binomial_mean_concentration",
        baseball,
        backend=backend,
        hyperparameters=hyper,
        seed=18,
        draws=2000,
    )
    assert_reproduced(idata, "phi", exact.phi_mean, exact.phi_sd)
    assert_reproduced(idata, "theta", exact.theta_mean, exact.theta_sd)
    # kappa's mean hangs on rare huge draws, so that its quantiles are what can be compared
    probs = (0.05, 0.25, 0.5, 0.75, 0.95)
    assert_quantiles_reproduced(idata, "kappa", probs, exact.kappa_quantile(probs))
    assert_quantiles_reproduced(idata, "theta", (0.1, 0.9), exact.theta_quantile((0.1, 0.9)))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("y", [[5, 5, 5, 5], [0, 1, 0, 2]], ids=["alike", "rare"])
def test_groups_that_are_alike_or_rarely_succeed_reproduce_the_grid(backend, y):
    n = [20, 20, 20, 20]
    exact = beta_binomial_posterior(y, n, hyperprior=BetaParetoHyperprior())
    idata = fit(
        "binomial_mean_concentration",
        {"y": y, "n": n},
        backend=backend,
        seed=5,
        draws=4000,
        target_accept=0.99,
        expect="divergences: where alpha is near 0 one draw in thousands may diverge",
    )
    assert idata.sample_stats["diverging"].sum() < 20
    assert_reproduced(idata, "phi", exact.phi_mean, exact.phi_sd)
    assert_reproduced(idata, "theta", exact.theta_mean, exact.theta_sd)
    assert_quantiles_reproduced(idata, "kappa", (0.25, 0.5), exact.kappa_quantile((0.25, 0.5)))


@pytest.mark.parametrize("backend", BACKENDS)
def test_baseball_log_odds_reproduce_the_case_study(reference, backend):
    exact = reference["baseball"]["posteriors"]["Stan case study logit: mu~N(-1,1), sigma~HN(1)"]
    idata = fit(
        "binomial_logit_normal_noncentred",
        datasets.load("baseball"),
        backend=backend,
        seed=18,
        draws=4000,
    )
    assert_reproduced(idata, "mu", *exact["mu"])
    assert_reproduced(idata, "sigma", *exact["sigma"])
    assert_reproduced(idata, "theta", np.array(exact["theta_mean"]), np.array(exact["theta_sd"]))
    assert_quantiles_reproduced(
        idata, "sigma", (0.05, 0.1, 0.5, 0.9, 0.95), exact["sigma_q05_10_50_90_95"]
    )
    assert_quantiles_reproduced(
        idata, "theta", (0.1, 0.9), [np.array(exact["theta_q10"]), np.array(exact["theta_q90"])]
    )
    theta = idata.posterior["theta"].to_numpy()
    assert_mean_of(1.0 * (theta.max(axis=-1) > 0.35), exact["P(max theta>.350)"], rounding=0.005)
    assert_mean_of(1.0 * (theta[..., 0] > 0.4), exact["P(theta1>.400)"], rounding=0.005)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("form", ["centred", "noncentred"])
def test_log_odds_with_other_priors_reproduce_the_grid(backend, form):
    y, n = [10, 75, 120, 60, 150, 90], [200, 150, 200, 80, 200, 300]
    hyper = {"mu_mean": 0.5, "mu_scale": 2.0, "sigma_scale": 0.7}
    exact = logit_normal_binomial_posterior(y, n, **hyper)
    idata = fit(
        f"binomial_logit_normal_{form}",
        {"y": y, "n": n},
        backend=backend,
        hyperparameters=hyper,
        seed=6,
        draws=4000,
    )
    assert_reproduced(idata, "mu", exact.mu_mean, exact.mu_sd)
    assert_reproduced(idata, "sigma", exact.sigma_mean, exact.sigma_sd)
    assert_reproduced(idata, "theta", exact.theta_mean, exact.theta_sd)
    assert_quantiles_reproduced(
        idata, "sigma", (0.1, 0.9), exact.sigma_quantile((0.1, 0.9)), rounding=0.001
    )


CELLS = {
    "y": np.array([1, 3, 4, 9, 2]),
    "n": np.array([5, 8, 6, 12, 6]),
    "factor_a": np.array([0, 0, 0, 1, 1]),
    "factor_b": np.array([0, 1, 2, 0, 1]),
}


@cache
def _weighted_prior(with_interaction, n_draws=4_000_000):
    """Moments of the posterior from draws of the prior weighted by the likelihood."""
    random = np.random.default_rng(11)
    a, b = CELLS["factor_a"], CELLS["factor_b"]
    shape = (n_draws // 8, 2, 3)
    parts = []
    for _ in range(8):
        intercept = random.normal(0, 1.5, shape[0])
        sigma_a, sigma_b, sigma_ab = np.abs(random.normal(0, [[1], [1], [0.5]], (3, shape[0])))
        effect_a = sigma_a[:, None] * random.normal(size=(shape[0], 2))
        effect_b = sigma_b[:, None] * random.normal(size=(shape[0], 3))
        eta = intercept[:, None, None] + effect_a[:, :, None] + effect_b[:, None, :]
        if with_interaction:
            eta = eta + sigma_ab[:, None, None] * random.normal(size=shape)
        likelihood = binom.pmf(CELLS["y"], CELLS["n"], expit(eta[:, a, b])).prod(axis=1)
        columns = [intercept, sigma_a, sigma_b, *effect_a.T, *effect_b.T, eta[:, 1, 2]]
        parts.append((likelihood, np.column_stack(columns)))
    weight = np.concatenate([part[0] for part in parts])
    weight /= weight.sum()
    values = np.concatenate([part[1] for part in parts])
    mean = weight @ values
    sd = np.sqrt(weight @ (values - mean) ** 2)
    return mean, sd, np.sqrt(np.sum(weight**2))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("with_interaction", [False, True], ids=["additive", "interaction"])
def test_crossed_factors_reproduce_the_prior_weighted_by_the_likelihood(backend, with_interaction):
    mean, sd, relative_error = _weighted_prior(with_interaction)
    assert relative_error < 0.004
    name = "binomial_crossed_interaction_logit" if with_interaction else "binomial_crossed_logit"
    idata = fit(name, CELLS, backend=backend, seed=9, draws=2000, target_accept=0.99)
    draws = idata.posterior
    # the cell (1, 2) has no data
    empty = (
        draws["eta"][..., 1, 2]
        if with_interaction
        else draws["intercept"] + draws["a"][..., 1] + draws["b"][..., 2]
    )
    found = np.stack(
        [
            *(draws[name].to_numpy() for name in ("intercept", "sigma_a", "sigma_b")),
            *np.moveaxis(draws["a"].to_numpy(), -1, 0),
            *np.moveaxis(draws["b"].to_numpy(), -1, 0),
            empty.to_numpy(),
        ]
    )
    for values, exact, spread in zip(found, mean, sd, strict=True):
        assert_mean_of(values, exact, rounding=4 * relative_error * spread)
        assert_mean_of(
            (values - exact) ** 2, spread**2, rounding=4 * relative_error * 2 * spread**2
        )


@pytest.mark.parametrize("backend", BACKENDS)
def test_adjusted_effects_sum_to_zero_and_add_up_to_the_log_odds(backend):
    idata = fit(
        "binomial_crossed_interaction_logit",
        CELLS,
        backend=backend,
        seed=9,
        draws=2000,
        target_accept=0.99,
    )
    draws = idata.posterior
    for name, dims in {"a_adj": ["a_level"], "b_adj": ["b_level"]}.items():
        np.testing.assert_allclose(draws[name].sum(dims), 0, atol=1e-8)
    for dim in ("a_level", "b_level"):
        np.testing.assert_allclose(draws["ab_adj"].sum(dim), 0, atol=1e-8)
    total = draws["intercept_adj"] + draws["a_adj"] + draws["b_adj"] + draws["ab_adj"]
    np.testing.assert_allclose(total.transpose(*draws["eta"].dims), draws["eta"], atol=1e-8)
    theta = expit(draws["eta"].to_numpy()[..., CELLS["factor_a"], CELLS["factor_b"]])
    np.testing.assert_allclose(theta, draws["theta"], rtol=1e-6)


def test_level_without_a_cell_is_refused():
    with pytest.raises(ModelDataError, match="factor_b: found no observation for 1 of 3 groups"):
        fit("binomial_crossed_logit", {**CELLS, "factor_b": [0, 0, 2, 0, 2]}, seed=1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_simulated_truth_is_recovered_by_mean_and_concentration(backend):
    random = np.random.default_rng(30)
    n = random.integers(20, 60, 40)
    theta = random.beta(0.3 * 25, 0.7 * 25, 40)
    idata = fit(
        "binomial_mean_concentration",
        {"y": random.binomial(n, theta), "n": n},
        backend=backend,
        seed=2,
        draws=2000,
    )
    assert_truth_recovered(idata, {"phi": 0.3, "kappa": 25.0, "theta": theta})


@pytest.mark.parametrize("backend", BACKENDS)
def test_simulated_truth_is_recovered_with_crossed_factors(backend):
    random = np.random.default_rng(31)
    factor_a, factor_b = (grid.ravel() for grid in np.mgrid[:6, :12])
    a, b = random.normal(0, 0.8, 6), random.normal(0, 0.5, 12)
    theta = expit(-0.4 + a[factor_a] + b[factor_b])
    n = random.integers(5, 30, len(theta))
    idata = fit(
        "binomial_crossed_logit",
        {"y": random.binomial(n, theta), "n": n, "factor_a": factor_a, "factor_b": factor_b},
        backend=backend,
        seed=2,
        target_accept=0.99,
    )
    truth = {"sigma_a": 0.8, "sigma_b": 0.5, "a": a, "b": b, "intercept": -0.4, "theta": theta}
    assert_truth_recovered(idata, truth)
    # only the priors tell the intercept from the averages of the effects
    adjusted = idata.posterior["intercept_adj"]
    assert idata.posterior["intercept"].std() > 2 * adjusted.std()
    observed = logit(theta).mean()
    assert abs(adjusted.mean() - observed) < 4 * adjusted.std()
