"""The models of counts reproduce answers that were computed without sampling, and known truths."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.polynomial.legendre import leggauss
from scipy.special import logsumexp
from scipy.stats import gamma, nbinom, norm, poisson

from hierarchical_models import ModelDataError, fit
from tests.models.test_binomial_answers import assert_mean_of, assert_truth_recovered
from tests.models.test_exact_answers import assert_reproduced

BACKENDS = ("pymc", "stan")

pytestmark = pytest.mark.draws

COUNTS = {
    "y": np.array([0, 1, 3, 9, 14, 2, 5]),
    "exposure": np.array([1.0, 2.0, 1.0, 1.5, 2.0, 0.5, 1.0]),
    "group": np.array([0, 0, 0, 1, 1, 2, 2]),
}
PRIORS = {"mu_mean": 0.5, "mu_scale": 1.5, "sigma_scale": 0.8}
OVERDISPERSED = {**PRIORS, "phi_shape": 2.0, "phi_rate": 0.5}
HYPERPARAMETERS = {"count_poisson": PRIORS, "count_negative_binomial": OVERDISPERSED}
LARGEST_SIGMA = 4.5  # nearly six times the scale of its prior


def fit_counts(model, backend):
    """The fit that several tests look at; it is drawn once."""
    return fit(
        model,
        COUNTS,
        backend=backend,
        hyperparameters=HYPERPARAMETERS[model],
        seed=12,
        draws=4000,
        target_accept=0.99,
    )


def _grid_posterior(log_likelihood, mu, n_sigmas, n_deviations=201):
    """First and second moments of mu, sigma and the log rates, and the log evidence.

    On a grid of mu and sigma with the priors of PRIORS, and deviations of the log rates from mu.
    `log_likelihood(group, eta)` is that of a group's counts at log rates `eta`. Sigma is at Gauss's
    nodes: its density does not vanish at 0, and a sum over equal steps would count that end twice.
    """
    node, node_weight = leggauss(n_sigmas)
    sigma = LARGEST_SIGMA * (1 + node) / 2
    u = np.linspace(-8, 8, n_deviations)
    grid_mu, grid_sigma = np.meshgrid(mu, sigma, indexing="ij")
    eta = grid_mu[..., None] + grid_sigma[..., None] * u
    weights = norm.logpdf(u) + np.log(u[1] - u[0])
    log_joint = norm.logpdf(grid_mu, 0.5, 1.5) + norm.logpdf(grid_sigma, 0, 0.8)
    log_joint = log_joint + np.log(node_weight)
    terms = [log_likelihood(group, eta) + weights for group in range(3)]
    log_joint = log_joint + sum(logsumexp(term, axis=-1) for term in terms)
    posterior = np.exp(log_joint - logsumexp(log_joint))
    moments = {
        name: (np.sum(posterior * values), np.sum(posterior * values**2))
        for name, values in {"mu": grid_mu, "sigma": grid_sigma}.items()
    }
    within = [np.exp(term - logsumexp(term, axis=-1, keepdims=True)) for term in terms]
    moments["eta"] = tuple(
        np.array([np.sum(posterior * np.sum(inner * eta**power, axis=-1)) for inner in within])
        for power in (1, 2)
    )
    return moments, logsumexp(log_joint)


def _mean_and_sd(first, second):
    return first, np.sqrt(second - np.square(first))


@pytest.fixture(scope="module")
def exact_poisson():
    def log_likelihood(group, eta):
        mine = COUNTS["group"] == group
        total, exposure = COUNTS["y"][mine].sum(), COUNTS["exposure"][mine].sum()
        return total * eta - exposure * np.exp(eta)

    moments, _ = _grid_posterior(log_likelihood, np.linspace(-4, 5, 121), n_sigmas=48)
    return {name: _mean_and_sd(*pair) for name, pair in moments.items()}


@pytest.mark.parametrize("backend", BACKENDS)
def test_poisson_counts_reproduce_quadrature(exact_poisson, backend):
    idata = fit_counts("count_poisson", backend)
    for name, (mean, sd) in exact_poisson.items():
        assert_reproduced(idata, name, mean, sd)


@pytest.fixture(scope="module")
def exact_negative_binomial():
    def posterior_at(phi):
        def log_likelihood(group, eta):
            mine = COUNTS["group"] == group
            mean = COUNTS["exposure"][mine] * np.exp(eta)[..., None]
            return nbinom.logpmf(COUNTS["y"][mine], phi, phi / (phi + mean)).sum(axis=-1)

        mu = np.linspace(-4, 5, 37)
        return _grid_posterior(log_likelihood, mu, n_sigmas=24, n_deviations=51)

    # phi on a grid of its logarithm, with the prior of OVERDISPERSED
    phi = np.exp(np.linspace(-2.5, 3.8, 30))
    found = [posterior_at(value) for value in phi]
    log_weight = np.array([evidence for _, evidence in found])
    log_weight += gamma.logpdf(phi, 2.0, scale=2.0) + np.log(phi)
    weight = np.exp(log_weight - logsumexp(log_weight))
    answers = {
        name: _mean_and_sd(
            *(
                sum(
                    share * moments[name][at]
                    for share, (moments, _) in zip(weight, found, strict=True)
                )
                for at in (0, 1)
            )
        )
        for name in ("mu", "sigma", "eta")
    }
    return {**answers, "phi": _mean_and_sd(weight @ phi, weight @ phi**2)}


@pytest.mark.parametrize("backend", BACKENDS)
def test_negative_binomial_counts_reproduce_quadrature(exact_negative_binomial, backend):
    idata = fit_counts("count_negative_binomial", backend)
    for name, (mean, sd) in exact_negative_binomial.items():
        assert_reproduced(idata, name, mean, sd)


@pytest.mark.parametrize("backend", BACKENDS)
def test_predicted_counts_have_the_variance_of_the_negative_binomial(backend):
    idata = fit_counts("count_negative_binomial", backend)
    rate = idata.posterior["rate"].to_numpy()[..., COUNTS["group"]]
    mean = rate * COUNTS["exposure"]
    phi = idata.posterior["phi"].to_numpy()[..., None]
    standardised = (idata.posterior_predictive["y"].to_numpy() - mean) / np.sqrt(
        mean + mean**2 / phi
    )
    assert_mean_of(standardised.mean(axis=-1), 0.0, rounding=0.005)
    assert_mean_of((standardised**2).mean(axis=-1), 1.0, rounding=0.02)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("model", ["count_poisson", "count_negative_binomial"])
def test_log_likelihood_is_that_of_the_draws(backend, model):
    idata = fit_counts(model, backend)
    rate = idata.posterior["rate"].to_numpy()[..., COUNTS["group"]]
    mean = rate * COUNTS["exposure"]
    if model == "count_poisson":
        expected = poisson.logpmf(COUNTS["y"], mean)
    else:
        phi = idata.posterior["phi"].to_numpy()[..., None]
        expected = nbinom.logpmf(COUNTS["y"], phi, phi / (phi + mean))
    np.testing.assert_allclose(idata.log_likelihood["y"].to_numpy(), expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("seed", [3, 5])
@pytest.mark.parametrize("backend", BACKENDS)
def test_prior_so_wide_that_counts_overflow_can_still_be_drawn_from(backend, seed):
    idata = fit(
        "count_negative_binomial",
        COUNTS,
        backend=backend,
        hyperparameters={"mu_scale": 100.0, "sigma_scale": 5.0, "phi_shape": 0.5},
        seed=seed,
        target_accept=0.99,
    )
    drawn = idata.prior_predictive["y"].to_numpy()
    assert drawn.dtype == np.int64
    assert drawn.min() == 0
    assert drawn.max() > 1e8


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("model", ["count_poisson", "count_negative_binomial"])
def test_simulated_truth_is_recovered_from_groups_with_few_and_with_many_counts(backend, model):
    random = np.random.default_rng(33)
    eta = random.normal(1.0, 0.7, 25)
    group = np.repeat(np.arange(25), random.integers(1, 40, 25))
    exposure = random.uniform(0.2, 6.0, len(group))
    mean = exposure * np.exp(eta[group])
    truth = {"mu": 1.0, "sigma": 0.7, "eta": eta}
    if model == "count_negative_binomial":
        mean = mean * random.gamma(4.0, 1 / 4.0, len(group))
        truth["phi"] = 4.0
    data = {"y": random.poisson(mean), "exposure": exposure, "group": group}
    assert_truth_recovered(fit(model, data, backend=backend, seed=2, draws=2000), truth)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": [0, 1, 3, 9, 14, 2, -5]}, r"y\[6\]: found -5, allowed from 0"),
        ({"exposure": 0.0}, r"exposure\[0\]: found 0, allowed above 0"),
        ({"group": [0, 0, 0, 1, 1, 3, 3]}, "group: found no observation for 1 of 4 groups"),
        ({"y": [0.5, 1, 3, 9, 14, 2, 5]}, r"y\[0\]: found 0.5, allowed whole numbers"),
    ],
)
@pytest.mark.parametrize("backend", BACKENDS)
def test_counts_that_do_not_fit_are_refused_alike(backend, change, message):
    with pytest.raises(ModelDataError, match=message):
        fit("count_poisson", {**COUNTS, **change}, backend=backend, seed=1)
