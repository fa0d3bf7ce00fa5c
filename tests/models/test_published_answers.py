"""Fits of the real tables reproduce answers that others have published, with their priors.

Where a publication has another prior of the spread than the model, each draw is weighted by the
ratio of the two densities.
"""

from __future__ import annotations

import arviz as az
import numpy as np
import pytest
from scipy.special import expit

from hierarchical_models import datasets, fit

BACKENDS = ("pymc", "stan")

pytestmark = pytest.mark.draws


def weighted_mean(values, log_weight):
    """Mean of draws, shape (chains, draws), under weights, and its Monte Carlo standard error."""
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.mean()
    mean = (weight * values).mean()
    return mean, float(az.mcse(weight * (values - mean), method="mean"))


def assert_published(values, log_weight, published, error, rounding):
    """A weighted mean lies within four of both Monte Carlo errors of the published one."""
    mean, own_error = weighted_mean(values, log_weight)
    assert abs(mean - published) < 4 * np.hypot(own_error, error) + rounding


# Mean and Monte Carlo error of each parameter, from 10,000 draws of OpenBUGS: the result that is
# distributed with the example "Surgical: institutional ranking", random effects.
SURGICAL = {
    "mu": (-2.558, 0.002212),
    "pop.mean": (0.07258, 1.443e-4),
    "sigma": (0.4077, 0.004062),
    "p": [
        (0.0528, 3.693e-4), (0.103, 3.087e-4), (0.07071, 1.967e-4), (0.05925, 1.004e-4),
        (0.05147, 2.515e-4), (0.06915, 1.696e-4), (0.06683, 1.978e-4), (0.1237, 4.045e-4),
        (0.06967, 1.629e-4), (0.07849, 2.362e-4), (0.1022, 2.439e-4), (0.06865, 1.419e-4),
    ],
}  # fmt: skip


@pytest.mark.parametrize("backend", BACKENDS)
def test_surgical_deaths_reproduce_the_bugs_manual(backend):
    posterior = fit(
        "binomial_logit_normal_noncentred",
        datasets.load("surgical_deaths"),
        backend=backend,
        hyperparameters={"mu_mean": 0.0, "mu_scale": 1000.0, "sigma_scale": 1.0},
        seed=12,
        draws=2000,
    ).posterior
    mu, sigma = (posterior[name].to_numpy() for name in ("mu", "sigma"))
    # the manual has 1 / sigma**2 ~ Gamma(0.001, 0.001), the fit sigma ~ half-Normal(1)
    log_weight = -1.002 * np.log(sigma) - 0.001 / sigma**2 + sigma**2 / 2
    assert_published(mu, log_weight, *SURGICAL["mu"], rounding=5e-4)
    assert_published(expit(mu), log_weight, *SURGICAL["pop.mean"], rounding=5e-6)
    assert_published(sigma, log_weight, *SURGICAL["sigma"], rounding=5e-5)
    for hospital, published in enumerate(SURGICAL["p"]):
        theta = posterior["theta"].to_numpy()[..., hospital]
        assert_published(theta, log_weight, *published, rounding=5e-5)


@pytest.mark.parametrize("backend", BACKENDS)
def test_tadpoles_reproduce_the_book(backend):
    """Model 13.2 of McElreath (2020): mean and standard deviation of a_bar and sigma.

    To two decimals, from about 2,500 (a_bar) and 1,500 (sigma) effective draws.
    """
    posterior = fit(
        "binomial_logit_normal_centred",
        datasets.load("tadpoles"),
        backend=backend,
        hyperparameters={"mu_mean": 0.0, "mu_scale": 1.5, "sigma_scale": 2.0},
        seed=13,
        draws=2000,
    ).posterior
    mu, sigma = (posterior[name].to_numpy() for name in ("mu", "sigma"))
    # the book has sigma ~ Exponential(1), the fit sigma ~ half-Normal(2)
    log_weight = -sigma + sigma**2 / 8
    for values, mean, sd, n_draws in ((mu, 1.35, 0.26, 2500), (sigma, 1.62, 0.21, 1500)):
        assert_published(values, log_weight, mean, sd / n_draws**0.5, rounding=0.005)
        square, square_error = (values - mean) ** 2, sd**2 * (2 / n_draws) ** 0.5
        assert_published(square, log_weight, sd**2, square_error, rounding=2 * sd * 0.005)


@pytest.mark.parametrize("backend", BACKENDS)
def test_cattle_herds_reproduce_the_estimates_of_lme4_but_pool_the_periods(backend):
    """Estimates and standard errors of periods against the first, as lme4's help page has them.

    It takes the periods for fixed effects, whose estimates should lie a little further out.
    """
    posterior = fit(
        "binomial_crossed_logit",
        datasets.load("cattle_herds"),
        backend=backend,
        seed=14,
        target_accept=0.99,
    ).posterior
    effects = posterior["b"] - posterior["b"].sel(period=1)
    estimates = {2: (-0.9919, 0.3032), 3: (-1.1282, 0.3228), 4: (-1.5797, 0.4220)}
    for period, (estimate, error) in estimates.items():
        draws = effects.sel(period=period)
        assert estimate < draws.mean() < estimate + 0.75 * error
        assert float(draws.std()) == pytest.approx(error, rel=0.15)
    # the standard deviation of the herds that has the largest likelihood
    assert 0.2 < float((posterior["sigma_a"] < 0.6421).mean()) < 0.6
