"""The models reproduce answers that were computed without sampling."""

from __future__ import annotations

import arviz as az
import numpy as np
import pytest

from hierarchical_models import fit

BACKENDS = ("pymc", "stan")

pytestmark = pytest.mark.draws

ROUNDING = 0.002
"""Allowed on top of four Monte Carlo errors, because the reference is rounded."""

EIGHT_SCHOOLS_PRIORS = {
    "posteriordb: mu~N(0,5), tau~HalfCauchy(5)": {},
    "BDA3: flat mu, flat tau (trunc at 400)": {"mu_scale": np.inf, "tau_prior": "flat"},
    "mu~N(0,10), tau~HalfNormal(5)": {
        "mu_scale": 10.0,
        "tau_prior": "half_normal",
        "tau_scale": 5.0,
    },
}


def assert_reproduced(idata, name, mean, sd):
    """Posterior mean and standard deviation lie within four Monte Carlo errors of the exact ones."""
    draws = idata.posterior[name]
    found_mean = draws.mean(("chain", "draw")).to_numpy()
    found_sd = draws.std(("chain", "draw")).to_numpy()
    mcse_mean = az.mcse(idata, var_names=[name], method="mean")[name].to_numpy()
    mcse_sd = az.mcse(idata, var_names=[name], method="sd")[name].to_numpy()
    np.testing.assert_array_less(np.abs(found_mean - mean), 4 * mcse_mean + ROUNDING)
    np.testing.assert_array_less(np.abs(found_sd - sd), 4 * mcse_sd + ROUNDING)


@pytest.mark.parametrize("prior", EIGHT_SCHOOLS_PRIORS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_eight_schools_non_centred_reproduces_quadrature(reference, backend, prior):
    exact = reference["eight_schools"]["posteriors"][prior]
    idata = fit(
        "normal_partial_noncentred",
        reference["eight_schools"]["data"],
        backend=backend,
        hyperparameters=EIGHT_SCHOOLS_PRIORS[prior],
        seed=8,
        draws=4000,
        target_accept=0.99,
    )
    for name in ("mu", "tau", "theta"):
        assert_reproduced(
            idata, name, np.array(exact[f"{name}_mean"]), np.array(exact[f"{name}_sd"])
        )
    quantiles = np.quantile(idata.posterior["tau"].to_numpy(), [0.05, 0.5, 0.95])
    errors = [
        az.mcse(idata, var_names=["tau"], method="quantile", prob=prob)["tau"].item()
        for prob in (0.05, 0.5, 0.95)
    ]
    np.testing.assert_array_less(
        np.abs(quantiles - exact["tau_q05_50_95"]), 4 * np.array(errors) + ROUNDING
    )


@pytest.mark.parametrize("backend", BACKENDS)
def test_baseball_partial_pooling_reproduces_the_grid(reference, backend):
    exact = reference["baseball"]["posteriors"]["seed: alpha,beta~Gamma(2,1)"]
    data = reference["baseball"]["data"]
    idata = fit(
        "binomial_partial",
        {"y": data["hits"], "n": data["at_bats"]},
        backend=backend,
        seed=18,
        draws=4000,
    )
    for name, key in {
        "phi": "phi",
        "alpha": "alpha",
        "beta": "beta",
        "kappa": "kappa_mean_sd",
    }.items():
        assert_reproduced(idata, name, *exact[key])
    assert_reproduced(idata, "theta", np.array(exact["theta_mean"]), np.array(exact["theta_sd"]))
    for prob, key in {0.1: "theta_q10", 0.9: "theta_q90"}.items():
        found = idata.posterior["theta"].quantile(prob, ("chain", "draw")).to_numpy()
        error = az.mcse(idata, var_names=["theta"], method="quantile", prob=prob)[
            "theta"
        ].to_numpy()
        np.testing.assert_array_less(np.abs(found - exact[key]), 4 * error + ROUNDING)
    kappa = idata.posterior["kappa"].to_numpy()
    errors = [
        az.mcse(idata, var_names=["kappa"], method="quantile", prob=prob)["kappa"].item()
        for prob in (0.05, 0.1, 0.5, 0.9, 0.95)
    ]
    np.testing.assert_array_less(
        np.abs(np.quantile(kappa, [0.05, 0.1, 0.5, 0.9, 0.95]) - exact["kappa_q05_10_50_90_95"]),
        4 * np.array(errors) + ROUNDING,
    )


@pytest.mark.parametrize("backend", BACKENDS)
def test_baseball_statements_about_several_players_reproduce_the_grid(reference, backend):
    exact = reference["baseball"]["posteriors"]["seed: alpha,beta~Gamma(2,1)"]
    data = reference["baseball"]["data"]
    idata = fit(
        "binomial_partial",
        {"y": data["hits"], "n": data["at_bats"]},
        backend=backend,
        seed=18,
        draws=4000,
    )
    theta = idata.posterior["theta"].to_numpy()
    best = theta.argmax(axis=-1)
    statements = {
        "P(max theta>.350)": (theta.max(axis=-1) > 0.35, exact["P(max theta>.350)"]),
        "P(theta1>.400)": (theta[..., 0] > 0.4, exact["P(theta1>.400)"]),
        **{
            f"P({player} is best)": (best == player, probability)
            for player, probability in enumerate(exact["P(best)"])
        },
    }
    for statement, (is_true, probability) in statements.items():
        ess = float(az.ess(is_true.astype(float))) if is_true.any() else is_true.size
        error = np.sqrt(max(probability * (1 - probability), 1 / is_true.size) / ess)
        assert abs(is_true.mean() - probability) < 4 * error + ROUNDING, statement


@pytest.mark.parametrize("backend", BACKENDS)
def test_conjugate_models_reproduce_their_beta_posteriors(backend):
    from scipy.stats import beta

    y, n = np.array([1, 4, 9]), np.array([10, 10, 11])
    hyper = {"alpha": 1.5, "beta": 2.5}
    pooled = fit(
        "binomial_pooled", {"y": y, "n": n}, backend=backend, hyperparameters=hyper, seed=3
    )
    exact = beta(1.5 + y.sum(), 2.5 + (n - y).sum())
    assert_reproduced(pooled, "theta", exact.mean(), exact.std())
    unpooled = fit(
        "binomial_unpooled", {"y": y, "n": n}, backend=backend, hyperparameters=hyper, seed=3
    )
    exact = beta(1.5 + y, 2.5 + n - y)
    assert_reproduced(unpooled, "theta", exact.mean(), exact.std())


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("scale", [4.0, np.inf])
def test_normal_models_without_a_learned_spread_reproduce_their_normal_posteriors(backend, scale):
    y, sigma = np.array([1.0, -2.0, 6.0]), np.array([1.0, 2.0, 0.5])
    prior_precision = 0.0 if np.isinf(scale) else scale**-2
    data = {"y": y, "sigma": sigma}
    pooled = fit(
        "normal_pooled",
        data,
        backend=backend,
        hyperparameters={"mu_mean": 1.0, "mu_scale": scale},
        seed=4,
    )
    precision = prior_precision + np.sum(sigma**-2)
    mean = (prior_precision * 1.0 + np.sum(y / sigma**2)) / precision
    assert_reproduced(pooled, "mu", mean, precision**-0.5)
    unpooled = fit(
        "normal_unpooled",
        data,
        backend=backend,
        hyperparameters={"theta_mean": 1.0, "theta_scale": scale},
        seed=4,
    )
    precision = prior_precision + sigma**-2
    mean = (prior_precision * 1.0 + y / sigma**2) / precision
    assert_reproduced(unpooled, "theta", mean, precision**-0.5)
