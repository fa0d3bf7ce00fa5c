"""Exact posteriors, against the reference answers and against integration written another way."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.polynomial.hermite_e import hermegauss
from scipy import stats
from scipy.integrate import quad
from scipy.special import betainc, betaln, expit, log_expit, logsumexp

from hierarchical_models import datasets, exact
from hierarchical_models.exact_binomial import log_rising
from hierarchical_models.exact_quadrature import fit_marginal, fit_plane

REFERENCE = json.loads(
    (Path(__file__).parent / "reference" / "posteriors.json").read_text(encoding="utf-8")
)
SCHOOLS = REFERENCE["eight_schools"]
BASEBALL = REFERENCE["baseball"]["posteriors"]
SEED_PRIOR = BASEBALL["seed: alpha,beta~Gamma(2,1)"]
CASE_STUDY = BASEBALL["Stan case study logit: mu~N(-1,1), sigma~HN(1)"]
RATS = REFERENCE["rat_tumours"]["posterior_under_(alpha+beta)^-5/2"]
RADON = REFERENCE["radon_minnesota"]["posteriors"]
TAU_PRIORS = ("half_normal", "half_cauchy", "exponential", "inverse_gamma", "flat")
HYPERPRIORS = (
    exact.GammaHyperprior(),
    exact.GammaHyperprior(3.0, 0.5, 1.5, 0.1),
    exact.PowerLawHyperprior(),
    exact.BetaParetoHyperprior(),
    exact.BetaParetoHyperprior(2.0, 5.0, 0.5, 2.5),
)


@pytest.fixture(scope="module")
def batting():
    frame = datasets.load("baseball").frame
    return frame["hits"].to_numpy(), frame["at_bats"].to_numpy()


@pytest.fixture(scope="module")
def rest_of_season():
    frame = datasets.load("baseball").frame
    return frame["remaining_hits"].to_numpy(), frame["remaining_at_bats"].to_numpy()


@pytest.fixture(scope="module")
def batters(batting):
    return exact.beta_binomial_posterior(*batting)


@pytest.fixture(scope="module")
def logit_batters(batting):
    return exact.logit_normal_binomial_posterior(*batting)


@pytest.fixture(scope="module")
def rats():
    fields = datasets.load("rat_tumours").to_model_data().values
    return exact.beta_binomial_posterior(
        fields["y"], fields["n"], hyperprior=exact.PowerLawHyperprior()
    )


def within(value, expected, sd, share=1e-3):
    """Whether values agree to a share of a posterior standard deviation."""
    return np.all(np.abs(np.asarray(value) - expected) <= share * np.asarray(sd))


def moments(weight, values):
    mean = np.sum(weight * values)
    return mean, np.sqrt(np.sum(weight * (values - mean) ** 2))


# --- quadrature ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "distribution",
    [
        stats.gamma(3),
        stats.gamma(2000),
        stats.lomax(2.5),
        stats.halfnorm(scale=1e-6),
        stats.f(2, 9),
    ],
)
def test_marginal_of_a_known_distribution_has_its_moments_and_quantiles(distribution):
    marginal = fit_marginal(lambda z: distribution.logpdf(np.exp(z)) + z, (-2.0, 1.0))
    probs = np.array([0.001, 0.05, 0.5, 0.95, 0.999])
    assert marginal.mean == pytest.approx(distribution.mean(), rel=1e-7)
    assert marginal.sd == pytest.approx(distribution.std(), rel=1e-6)
    assert marginal.quantile(probs) == pytest.approx(distribution.ppf(probs), rel=1e-5)


def test_moments_that_do_not_exist_are_infinite():
    marginal = fit_marginal(lambda z: stats.lomax.logpdf(np.exp(z), 1.5) + z, (-2.0, 2.0))
    assert marginal.mean == pytest.approx(2.0, rel=1e-7)
    assert marginal.sd == np.inf


def test_two_separate_modes_are_both_counted():
    def log_density(z):
        return np.logaddexp(stats.norm.logpdf(z, -6, 0.5), np.log(3) + stats.norm.logpdf(z, 3, 0.4))

    marginal = fit_marginal(log_density, (-10.0, 5.0))
    assert marginal.log_mean == pytest.approx(0.25 * -6 + 0.75 * 3, abs=1e-6)


def test_a_plane_with_a_curved_ridge_is_resolved():
    def log_density(x, z):
        return stats.norm.logpdf(x, np.exp(z), 0.01) + stats.norm.logpdf(z, 1.0, 0.5)

    plane = fit_plane(log_density, (-1.0, 1.0), (-1.0, 1.0), x_far=1e9)
    assert plane.log_evidence == pytest.approx(0.0, abs=1e-8)
    mean = stats.lognorm(0.5, scale=np.e).mean()
    assert plane.nodes.mean(plane.nodes.x) == pytest.approx(mean, rel=1e-7)


def test_a_density_that_does_not_fall_off_is_refused():
    with pytest.raises(exact.ImproperPosteriorError, match="found mass beyond -300 to 300"):
        fit_marginal(np.zeros_like, (-1.0, 1.0))


def test_a_density_that_is_not_a_number_is_refused():
    with pytest.raises(exact.QuadratureError, match="found NaN"):
        fit_marginal(lambda z: np.full_like(z, np.nan), (-1.0, 1.0))


def test_a_density_that_jumps_is_resolved():
    marginal = fit_marginal(lambda z: np.where(z > 0.1234, -(z**2) / 2, -50.0), (-1.0, 1.0))
    expected = stats.truncnorm(0.1234, np.inf)
    assert marginal.log_mean == pytest.approx(expected.mean(), abs=1e-7)


def test_a_density_that_is_all_noise_is_refused():
    with pytest.raises(exact.QuadratureError, match="halving panels does not resolve"):
        fit_marginal(lambda z: -(z**2) + np.sin(1e9 * z), (-1.0, 1.0))


def test_quantiles_outside_zero_to_one_are_refused():
    marginal = fit_marginal(stats.norm.logpdf, (-1.0, 1.0))
    with pytest.raises(ValueError, match="probs: found 1, allowed above 0 and below 1"):
        marginal.quantile([0.5, 1.0])


# --- normal with known standard errors ----------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "priors"),
    [
        ("posteriordb: mu~N(0,5), tau~HalfCauchy(5)", {}),
        (
            "BDA3: flat mu, flat tau (trunc at 400)",
            {"mu_scale": np.inf, "tau_prior": "flat"},
        ),
        ("mu~N(0,10), tau~HalfNormal(5)", {"mu_scale": 10.0, "tau_prior": "half_normal"}),
    ],
)
def test_eight_schools_have_their_reference_posterior(entry, priors):
    data, expected = SCHOOLS["data"], SCHOOLS["posteriors"][entry]
    found = exact.normal_partial_posterior(data["y"], data["sigma"], **priors)
    for name in ("tau_mean", "tau_sd", "mu_mean", "mu_sd", "theta_mean", "theta_sd"):
        assert getattr(found, name) == pytest.approx(expected[name], abs=5e-4), name
    assert found.tau_mode == expected["tau_mode"]
    # the reference's quantiles are points of its grid
    quantiles = found.tau_quantile([0.05, 0.5, 0.95])
    assert quantiles == pytest.approx(expected["tau_q05_50_95"], abs=2e-3)


def brute_force_normal(y, sigma, mu_mean, mu_scale, log_prior):
    """All of (mu, tau) on a grid, nothing integrated in closed form."""
    log_tau = np.linspace(-9, 8, 1701)[:, None]
    tau = np.exp(log_tau)
    spread = 12 * np.sqrt(1 / np.sum(1 / (sigma**2 + tau[..., None] ** 2), axis=-1))
    mu = np.average(y) + np.linspace(-1, 1, 401) * (spread + 4 * np.ptp(y) + abs(mu_mean))
    log_density = log_prior(tau) + log_tau + stats.norm.logpdf(mu, mu_mean, mu_scale)
    for estimate, error in zip(y, sigma, strict=True):
        log_density = log_density + stats.norm.logpdf(estimate, mu, np.hypot(error, tau))
    step = mu[:, [1]] - mu[:, [0]]
    weight = np.exp(log_density - log_density.max()) * step
    weight /= weight.sum()
    pull = tau[..., None] ** 2 / (tau[..., None] ** 2 + sigma**2)
    theta = pull * y + (1 - pull) * mu[..., None]
    theta_mean = np.einsum("ij,ijk->k", weight, theta)
    theta_square = np.einsum("ij,ijk->k", weight, theta**2 + pull * sigma**2)
    return {
        "tau": moments(weight, tau),
        "mu": moments(weight, mu),
        "theta": (theta_mean, np.sqrt(theta_square - theta_mean**2)),
    }


@pytest.mark.parametrize("family", TAU_PRIORS)
def test_normal_posterior_agrees_with_a_grid_over_mean_and_spread(family):
    random = np.random.default_rng(TAU_PRIORS.index(family))
    sigma = random.uniform(0.5, 3.0, 9)
    y = random.normal(random.normal(2.0, 1.5, 9), sigma)
    log_priors = {
        "half_normal": lambda tau: stats.halfnorm.logpdf(tau, scale=2.0),
        "half_cauchy": lambda tau: stats.halfcauchy.logpdf(tau, scale=2.0),
        "exponential": lambda tau: stats.expon.logpdf(tau, scale=2.0),
        "inverse_gamma": lambda tau: stats.invgamma.logpdf(tau**2, 0.5, scale=0.2) + np.log(tau),
        "flat": np.zeros_like,
    }
    found = exact.normal_partial_posterior(
        y,
        sigma,
        mu_mean=1.0,
        mu_scale=4.0,
        tau_prior=family,
        tau_scale=2.0,
        tau_ig_shape=0.5,
        tau_ig_scale=0.2,
    )
    expected = brute_force_normal(y, sigma, 1.0, 4.0, log_priors[family])
    for name, (mean, sd) in expected.items():
        assert within(getattr(found, f"{name}_mean"), mean, sd), name
        assert within(getattr(found, f"{name}_sd"), sd, sd), name


def test_posterior_follows_the_unit_of_the_outcome():
    data = SCHOOLS["data"]
    points = exact.normal_partial_posterior(data["y"], data["sigma"])
    thousandths = exact.normal_partial_posterior(
        1000 * np.array(data["y"]), 1000 * np.array(data["sigma"]), mu_scale=5e3, tau_scale=5e3
    )
    assert thousandths.tau_mean == pytest.approx(1000 * points.tau_mean, rel=1e-9)
    assert thousandths.theta_sd == pytest.approx(1000 * points.theta_sd, rel=1e-9)


def test_many_groups_reveal_the_spread_that_they_were_drawn_with():
    random = np.random.default_rng(7)
    y = random.normal(random.normal(5.0, 1.3, 5000), 0.7)
    found = exact.normal_partial_posterior(y, np.full(5000, 0.7), mu_scale=np.inf)
    expected_sd = (1.3**2 + 0.7**2) / 1.3 / np.sqrt(2 * 5000)
    assert found.tau_sd == pytest.approx(expected_sd, rel=0.05)
    assert abs(found.tau_mean - 1.3) < 4 * expected_sd


def test_inverse_gamma_prior_piles_tau_up_near_zero_and_its_mode_is_found_there():
    data = SCHOOLS["data"]
    found = exact.normal_partial_posterior(
        data["y"], data["sigma"], mu_scale=np.inf, tau_prior="inverse_gamma"
    )
    assert found.tau_mode == pytest.approx(np.sqrt(2 * 0.001 / 1.002), rel=1e-3)
    assert found.tau_quantile(0.5) < found.tau_mean / 2


def test_density_of_tau_integrates_to_its_quantiles():
    data = SCHOOLS["data"]
    found = exact.normal_partial_posterior(data["y"], data["sigma"])
    median = found.tau_quantile(0.5)
    below, _ = quad(lambda tau: found.density([tau])[0], 0.0, float(median))
    assert below == pytest.approx(0.5, abs=1e-7)
    on_grid = np.trapezoid(found.tau_density, found.tau)
    assert on_grid == pytest.approx(0.995, abs=1e-4)
    assert found.tau_density[0] > 0


def test_without_spread_groups_are_pooled_and_with_much_they_are_not():
    data = SCHOOLS["data"]
    found = exact.normal_partial_posterior(data["y"], data["sigma"])
    pooled = exact.normal_pooled_posterior(data["y"], data["sigma"])
    ends = found.conditional([0.0, 1e6])
    assert ends.theta_mean[0] == pytest.approx(np.full(8, pooled.mu_mean))
    assert ends.theta_sd[0] == pytest.approx(np.full(8, pooled.mu_sd))
    assert ends.theta_mean[1] == pytest.approx(data["y"], abs=1e-6)
    assert ends.theta_sd[1] == pytest.approx(data["sigma"], abs=1e-6)
    assert found.given_tau.theta_mean[0] == pytest.approx(ends.theta_mean[0])


def test_a_prior_that_rules_out_spread_gives_the_pooled_posterior():
    data = SCHOOLS["data"]
    pooled = exact.normal_pooled_posterior(data["y"], data["sigma"])
    found = exact.normal_partial_posterior(
        data["y"], data["sigma"], tau_prior="half_normal", tau_scale=1e-6
    )
    assert found.mu_mean == pytest.approx(pooled.mu_mean, rel=1e-9)
    assert found.theta_sd == pytest.approx(np.full(8, pooled.mu_sd), rel=1e-9)


def test_flat_prior_of_unpooled_effects_leaves_the_estimates():
    unpooled = exact.normal_unpooled_posterior([28.0, 8.0], [15.0, 10.0], theta_scale=np.inf)
    assert unpooled.theta_mean.tolist() == [28.0, 8.0]
    assert unpooled.theta_sd == pytest.approx([15.0, 10.0])


def test_unpooled_prior_counts_as_one_more_estimate():
    unpooled = exact.normal_unpooled_posterior([4.0], [3.0], theta_mean=1.0, theta_scale=3.0)
    assert unpooled.theta_mean == pytest.approx([2.5])
    assert unpooled.theta_sd == pytest.approx([3.0 / np.sqrt(2)])


def test_moments_that_heavy_tails_deny_are_infinite_or_undefined():
    two = exact.normal_partial_posterior([1.0, 2.0], [1.0, 1.0], mu_scale=np.inf)
    assert np.isfinite(two.tau_mean) and two.tau_sd == np.inf and two.mu_sd == np.inf
    one = exact.normal_partial_posterior([1.0], [1.0], mu_scale=np.inf)
    assert one.tau_mean == np.inf and np.isnan(one.mu_mean)
    assert one.tau_quantile(0.5) == pytest.approx(5.0)


def test_flat_prior_of_tau_with_two_groups_is_refused():
    with pytest.raises(ValueError, match="found 2 groups, allowed at least 3"):
        exact.normal_partial_posterior([1.0, 2.0], [1.0, 1.0], tau_prior="flat")


def test_all_but_improper_posterior_of_a_single_group_is_refused():
    with pytest.raises(exact.ImproperPosteriorError):
        exact.normal_partial_posterior([1.0], [1.0], mu_scale=np.inf, tau_prior="inverse_gamma")


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([1.0, 2.0], [1.0]), {}, r"sigma: found shape \(1,\), allowed \(2,\)"),
        (([1.0], [0.0]), {}, "sigma: found 0, allowed finite numbers above 0"),
        (([np.nan], [1.0]), {}, "y: found no finite numbers"),
        (([1.0], [1.0]), {"mu_scale": 0.0}, "mu_scale: found 0, allowed above 0"),
        (([1.0], [1.0]), {"tau_scale": -1.0}, "tau_scale: found -1"),
        (
            ([1.0], [1.0]),
            {"tau_prior": "cauchy"},
            "tau_prior: found 'cauchy', allowed half_normal,",
        ),
    ],
)
def test_impossible_normal_input_is_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        exact.normal_partial_posterior(*arguments, **options)


# --- beta-binomial ------------------------------------------------------------------------------


def test_baseball_under_the_seed_prior_has_its_reference_posterior(batters):
    for name in ("phi", "alpha", "beta", "log_kappa"):
        found = [getattr(batters, f"{name}_mean"), getattr(batters, f"{name}_sd")]
        assert found == pytest.approx(SEED_PRIOR[name], abs=6e-5), name
    found = [batters.kappa_mean, batters.kappa_sd]
    assert found == pytest.approx(SEED_PRIOR["kappa_mean_sd"], abs=6e-5)
    assert batters.theta_mean == pytest.approx(SEED_PRIOR["theta_mean"], abs=6e-5)
    assert batters.theta_sd == pytest.approx(SEED_PRIOR["theta_sd"], abs=6e-5)


def test_baseball_quantiles_and_probabilities_are_those_of_the_reference(batters):
    # the reference's quantiles are points of its grids: 0.2% apart for kappa, 0.001 for theta
    kappa = batters.kappa_quantile([0.05, 0.1, 0.5, 0.9, 0.95])
    assert kappa == pytest.approx(SEED_PRIOR["kappa_q05_10_50_90_95"], rel=2.5e-3)
    low, high = batters.theta_quantile([0.1, 0.9])
    assert low == pytest.approx(SEED_PRIOR["theta_q10"], abs=1e-3)
    assert high == pytest.approx(SEED_PRIOR["theta_q90"], abs=1e-3)
    assert batters.probability_any_above(0.35) == pytest.approx(
        SEED_PRIOR["P(max theta>.350)"], abs=6e-4
    )
    assert batters.probability_above(0.4)[0] == pytest.approx(
        SEED_PRIOR["P(theta1>.400)"], abs=6e-4
    )


def test_draws_find_the_best_batter_as_often_as_the_reference(batters):
    draws = batters.sample(200_000, seed=1)
    found = np.bincount(draws.theta.argmax(axis=1), minlength=18) / 200_000
    expected = np.array(SEED_PRIOR["P(best)"])
    # two Monte Carlo errors, as the reference is one too, and its rounding
    error = np.sqrt(2 * expected * (1 - expected) / 200_000)
    assert np.all(np.abs(found - expected) < 4 * error + 6e-4)
    assert found.argmax() == 0


def test_draws_have_the_exact_moments_and_tails(batters):
    n_draws = 200_000
    draws = batters.sample(n_draws, seed=2)
    error = batters.theta_sd / np.sqrt(n_draws)
    assert np.all(np.abs(draws.theta.mean(axis=0) - batters.theta_mean) < 4.5 * error)
    assert draws.alpha.mean() == pytest.approx(batters.alpha_mean, abs=0.01)
    best = (draws.theta.max(axis=1) > 0.42).mean()
    exactly = batters.probability_any_above(0.42)
    assert best == pytest.approx(exactly, abs=4 * np.sqrt(exactly * (1 - exactly) / n_draws))


def test_draws_depend_on_the_seed_alone(batters):
    assert np.array_equal(batters.sample(5, seed=3).theta, batters.sample(5, seed=3).theta)
    assert not np.array_equal(batters.sample(5, seed=3).theta, batters.sample(5, seed=4).theta)


def brute_force_heldout(y, n, y_new, n_new):
    """Log predictive densities under Gamma(2, 1) hyperpriors, on a dense grid."""
    x, z = np.linspace(-3.0, 2.0, 601)[:, None], np.linspace(-1.0, 5.0, 601)
    alpha, beta = np.exp(z) * expit(x), np.exp(z) * expit(-x)
    log_posterior = 2 * np.log(alpha) - alpha + 2 * np.log(beta) - beta
    log_new = []
    for j in range(len(y)):
        after = alpha + y[j], beta + n[j] - y[j]
        log_posterior = log_posterior + betaln(*after) - betaln(alpha, beta)
        choose = -np.log(n_new[j] + 1) - betaln(y_new[j] + 1, n_new[j] - y_new[j] + 1)
        both = betaln(after[0] + y_new[j], after[1] + n_new[j] - y_new[j])
        log_new.append(both - betaln(*after) + choose)
    total = logsumexp(log_posterior)
    joint = logsumexp(log_posterior + np.sum(log_new, axis=0)) - total
    return joint, sum(logsumexp(log_posterior + one) - total for one in log_new)


def test_held_out_density_of_the_rest_of_the_season(batting, rest_of_season, batters):
    found = batters.held_out_log_density(*rest_of_season)
    assert found.pointwise_sum == pytest.approx(
        SEED_PRIOR["heldout_lpd_pointwise_sum_EfronMorris"], abs=0.01
    )
    joint, pointwise_sum = brute_force_heldout(*batting, *rest_of_season)
    assert found.joint == pytest.approx(joint, abs=1e-4)
    assert found.pointwise_sum == pytest.approx(pointwise_sum, abs=1e-4)
    # the reference's joint value, an average over draws of theta, falls short of the exact one
    assert found.joint == pytest.approx(-78.090, abs=1e-3)
    assert SEED_PRIOR["heldout_lpd_joint_EfronMorris"] < found.joint


def test_held_out_density_with_the_widely_copied_row_of_billy_williams(batters, rest_of_season):
    hits, at_bats = (counts.copy() for counts in rest_of_season)
    hits[11], at_bats[11] = 195, 591
    found = batters.held_out_log_density(hits, at_bats)
    assert found.pointwise_sum == pytest.approx(
        SEED_PRIOR["heldout_lpd_pointwise_sum_Everson/Stan"], abs=0.006
    )
    assert SEED_PRIOR["heldout_lpd_joint_Everson/Stan"] < found.joint < found.pointwise_sum + 1


def test_seed_prior_predicts_the_season_worse_than_complete_pooling(
    batting, rest_of_season, batters
):
    pooled = exact.binomial_pooled_posterior(*batting).held_out_log_density(*rest_of_season)
    unpooled = exact.binomial_unpooled_posterior(*batting).held_out_log_density(*rest_of_season)
    partial = batters.held_out_log_density(*rest_of_season)
    assert unpooled.joint < partial.joint < pooled.joint


def test_held_out_density_is_the_same_all_at_once_or_bit_by_bit():
    y, n = np.array([3, 7, 5]), np.array([10, 12, 20])
    first, second = (
        (np.array([2, 0, 4]), np.array([5, 3, 9])),
        (np.array([1, 3, 0]), np.array([8, 3, 2])),
    )
    prior = exact.BetaParetoHyperprior()
    before = exact.beta_binomial_posterior(y, n, hyperprior=prior)
    between = exact.beta_binomial_posterior(y + first[0], n + first[1], hyperprior=prior)
    steps = before.held_out_log_density(*first).joint + between.held_out_log_density(*second).joint
    both = before.held_out_log_density(first[0] + second[0], first[1] + second[1]).joint
    # the counts of a group come in one of several orders
    orders = sum(
        np.log(stats.hypergeom.pmf(a, total, success, b))
        for a, b, success, total in zip(
            first[0], first[1], first[0] + second[0], first[1] + second[1], strict=True
        )
    )
    assert steps == pytest.approx(both + orders, abs=1e-7)


def test_held_out_density_of_one_group_is_both_joint_and_pointwise():
    found = exact.beta_binomial_posterior([4], [9]).held_out_log_density([30], [100])
    assert found.joint == pytest.approx(found.pointwise_sum, abs=1e-6)


def test_no_new_trials_predict_with_certainty(batters):
    found = batters.held_out_log_density(np.zeros(18), np.zeros(18))
    assert found.joint == pytest.approx(0.0, abs=1e-9)
    assert found.pointwise == pytest.approx(np.zeros(18), abs=1e-9)


def test_rat_tumours_have_their_reference_posterior(rats):
    for name, entry in (
        ("phi", "phi=a/(a+b)"),
        ("log_kappa", "log(a+b)"),
        ("log_ratio", "log(a/b)"),
        ("theta_new", "theta_new"),
    ):
        found = [getattr(rats, f"{name}_mean"), getattr(rats, f"{name}_sd")]
        assert found == pytest.approx(RATS[entry], abs=6e-5), name
    assert rats.theta_mean == pytest.approx(RATS["theta_mean"], abs=6e-5)
    assert rats.theta_sd == pytest.approx(RATS["theta_sd"], abs=6e-5)
    assert rats.alpha_mean == pytest.approx(RATS["alpha"][0], abs=1e-4)
    assert rats.beta_mean == pytest.approx(RATS["beta"][0], abs=2e-4)


def test_standard_deviations_of_the_rats_shapes_depend_on_where_one_stops(rats):
    # infinite under this hyperprior; the reference stops at log(alpha + beta) = 9
    assert rats.alpha_sd == pytest.approx(RATS["alpha"][1], rel=0.01)
    assert rats.beta_sd == pytest.approx(RATS["beta"][1], rel=0.01)
    nodes = rats._plane.nodes
    kept = nodes.z < 9.0
    weight = nodes.weight[kept] / nodes.weight[kept].sum()
    for name, sign in (("alpha", 1), ("beta", -1)):
        shape = np.exp(nodes.z[kept]) * expit(sign * nodes.x[kept])
        assert moments(weight, shape)[1] == pytest.approx(RATS[name][1], rel=1e-3)


def test_mode_of_the_rats_shapes_is_that_of_the_reference(rats):
    mode = rats.mode
    logs = [np.log(mode.alpha / mode.beta), np.log(mode.alpha + mode.beta)]
    assert logs == pytest.approx(RATS["mode_(log a/b, log(a+b))"], abs=6e-5)
    assert list(mode) == pytest.approx(RATS["mode_alpha_beta"], abs=6e-4)
    around = rats.log_density(logs[0] + np.array([-0.1, 0, 0.1]), logs[1])
    assert around[1] > max(around[0], around[2])


def test_crude_and_maximum_likelihood_shapes_of_the_rats_are_those_of_the_reference():
    fields = datasets.load("rat_tumours").to_model_data().values
    rates = fields["y"][:70] / fields["n"][:70]
    assert [rates.mean(), rates.std(ddof=1)] == pytest.approx(RATS["mean_sd_of_70_rates"], abs=6e-5)
    assert list(exact.beta_moment_estimate(rates)) == pytest.approx(
        RATS["crude_moment_alpha_beta_from_70"], abs=6e-4
    )
    current = exact.binomial_unpooled_posterior([4], [14], alpha=1.4, beta=8.6)
    found = [current.theta_mean[0], current.theta_sd[0]]
    assert found == pytest.approx(RATS["theta71_given_crude_Beta(1.4,8.6)"], abs=6e-5)
    shapes = exact.beta_binomial_mle(fields["y"], fields["n"])
    assert list(shapes) == pytest.approx(RATS["marginal_MLE_alpha_beta"], abs=6e-5)


def brute_force_shapes(y, n, hyperprior):
    """Posterior weights on a dense grid of (log-odds of the mean, log concentration)."""
    floor = getattr(hyperprior, "kappa_min", 0.0)
    x = np.linspace(-7.0, 7.0, 351)[:, None]
    z = np.linspace(np.log(floor) if floor else -6.0, 14.0, 601)
    alpha, beta = np.exp(z) * expit(x), np.exp(z) * expit(-x)
    log_density = hyperprior.log_density(alpha, beta) + np.log(alpha) + np.log(beta)
    log_density = log_density - len(y) * betaln(alpha, beta)
    for success, trials in zip(y, n, strict=True):
        log_density = log_density + betaln(alpha + success, beta + trials - success)
    weight = np.exp(log_density - log_density.max())
    weight[:, [0, -1]] /= 2
    return alpha, beta, weight / weight.sum()


@pytest.mark.parametrize("hyperprior", HYPERPRIORS)
@pytest.mark.parametrize("kappa", [3.0, 12.0])
def test_beta_binomial_posterior_agrees_with_a_dense_grid(hyperprior, kappa):
    random = np.random.default_rng(int(kappa))
    n = random.integers(20, 80, 20)
    y = random.binomial(n, random.beta(0.3 * kappa, 0.7 * kappa, 20))
    found = exact.beta_binomial_posterior(y, n, hyperprior=hyperprior)
    alpha, beta, weight = brute_force_shapes(y, n, hyperprior)
    for name, values in (
        ("phi", alpha / (alpha + beta)),
        ("log_kappa", np.log(alpha + beta)),
        ("log_ratio", np.log(alpha / beta)),
    ):
        mean, sd = moments(weight, values)
        assert within(getattr(found, f"{name}_mean"), mean, sd), name
        assert within(getattr(found, f"{name}_sd"), sd, sd), name
    quantiles = found.theta_quantile([0.05, 0.5])
    for j in (0, 19):
        shapes = alpha + y[j], beta + n[j] - y[j]
        given = shapes[0] / (shapes[0] + shapes[1])
        mean = np.sum(weight * given)
        sd = np.sqrt(
            np.sum(weight * (given * (1 - given) / (sum(shapes) + 1) + (given - mean) ** 2))
        )
        assert within(found.theta_mean[j], mean, sd)
        assert within(found.theta_sd[j], sd, sd)
        for prob, quantile in zip([0.05, 0.5], quantiles[:, j], strict=True):
            assert np.sum(weight * betainc(*shapes, quantile)) == pytest.approx(prob, abs=3e-4)


def test_concentration_under_the_gamma_prior_agrees_with_a_dense_grid():
    y, n = [2, 9, 4, 4, 0, 7], [12, 15, 20, 9, 8, 11]
    found = exact.beta_binomial_posterior(y, n)
    alpha, beta, weight = brute_force_shapes(y, n, exact.GammaHyperprior())
    for name, values in (("alpha", alpha), ("beta", beta), ("kappa", alpha + beta)):
        mean, sd = moments(weight, values)
        assert within(getattr(found, f"{name}_mean"), mean, sd), name
        assert within(getattr(found, f"{name}_sd"), sd, sd), name


def test_alike_groups_under_a_heavy_tailed_prior_have_no_mean_concentration(batting):
    found = exact.beta_binomial_posterior(*batting, hyperprior=exact.PowerLawHyperprior())
    assert found.kappa_mean == np.inf and found.alpha_sd == np.inf
    assert np.isfinite(found.log_kappa_mean)
    pareto = exact.beta_binomial_posterior(*batting, hyperprior=exact.BetaParetoHyperprior())
    assert np.isfinite(pareto.kappa_mean) and pareto.kappa_sd == np.inf


def test_quantiles_are_right_where_the_shapes_all_but_fix_theta(batting):
    y, n = batting
    found = exact.beta_binomial_posterior(y, n, hyperprior=exact.BetaParetoHyperprior())
    x, z = np.linspace(-2.2, -0.2, 2001)[:, None], np.linspace(0.0, 14.0, 281)
    alpha, beta = np.exp(z) * expit(x), np.exp(z) * expit(-x)
    log_density = -3.5 * z + np.log(alpha) + np.log(beta)
    for success in y:
        log_density = log_density + log_rising(alpha, success) + log_rising(beta, 45 - success)
        log_density = log_density - log_rising(np.exp(z), 45)
    weight = np.exp(log_density)
    weight[:, 0] /= 2
    weight[:, -1] *= 0.5 + 20 / 1.5  # the rest of a tail that falls as exp(-1.5 z)
    weight /= weight.sum()
    for prob in (0.025, 0.9):
        quantile = found.theta_quantile(prob)[0]
        below = np.sum(weight * betainc(alpha + y[0], beta + 45 - y[0], quantile))
        assert below == pytest.approx(prob, abs=2e-5)


def test_density_of_the_shapes_integrates_to_one(rats):
    x, z = np.linspace(-2.6, -1.1, 301)[:, None], np.linspace(0.5, 7.0, 301)
    density = np.exp(rats.log_density(x, z))
    assert density.sum() * (x[1, 0] - x[0, 0]) * (z[1] - z[0]) == pytest.approx(1.0, abs=1e-5)


def test_any_object_with_a_log_density_is_a_hyperprior(batters, batting):
    class SameAsDefault:
        def log_density(self, alpha, beta):
            return stats.gamma.logpdf(alpha, 2) + stats.gamma.logpdf(beta, 2)

    found = exact.beta_binomial_posterior(*batting, hyperprior=SameAsDefault())
    assert found.kappa_mean == pytest.approx(batters.kappa_mean, rel=1e-9)
    assert found.log_evidence == pytest.approx(batters.log_evidence, abs=1e-9)


@pytest.mark.parametrize(
    "hyperprior", [exact.GammaHyperprior(), exact.BetaParetoHyperprior(2.0, 4.0, 0.5, 1.5)]
)
def test_proper_hyperpriors_integrate_to_one(hyperprior):
    # over the mean and the logarithm of the concentration, with Jacobian kappa**2
    phi, step = np.linspace(0.0, 1.0, 2001, retstep=True)
    phi = phi[:-1, None] + step / 2
    low = np.log(getattr(hyperprior, "kappa_min", 1e-6))
    z, width = np.linspace(low, 18.0, 2001, retstep=True)
    kappa = np.exp(z[:-1] + width / 2)
    density = np.exp(hyperprior.log_density(kappa * phi, kappa * (1 - phi))) * kappa**2
    assert density.sum() * step * width == pytest.approx(1.0, abs=1e-4)


def test_power_law_without_a_mixed_group_is_improper():
    with pytest.raises(exact.ImproperPosteriorError):
        exact.beta_binomial_posterior([0, 10, 0], [10] * 3, hyperprior=exact.PowerLawHyperprior())


def test_groups_without_any_success_are_handled_under_a_proper_prior():
    found = exact.beta_binomial_posterior([0] * 5, [10] * 5)
    alpha, beta, weight = brute_force_shapes([0] * 5, [10] * 5, exact.GammaHyperprior())
    mean, sd = moments(weight, alpha / (alpha + beta))
    assert within(found.phi_mean, mean, sd, 2e-3)


def test_millions_of_trials_do_not_spoil_the_quadrature():
    n = np.full(4, 4_000_000)
    y = (np.array([0.10, 0.11, 0.09, 0.12]) * n).astype(int)
    found = exact.beta_binomial_posterior(y, n)
    assert found.theta_mean == pytest.approx(y / n, abs=1e-6)
    assert found.theta_sd == pytest.approx(np.sqrt(y / n * (1 - y / n) / n), rel=1e-4)


def test_log_rising_is_the_logarithm_of_a_product():
    base = np.array([0.01, 3.7, 9_999.0, 10_001.0, 1e15])
    expected = [sum(np.log(b + i) for i in range(7)) for b in base]
    assert log_rising(base, 7) == pytest.approx(expected, rel=1e-12)
    assert log_rising(base, 0) == pytest.approx(np.zeros(5), abs=1e-12)


@pytest.mark.parametrize("y", [[10, 10, 10], [0, 0, 0], [3, 3, 3, 3]])
def test_maximum_likelihood_without_a_maximum_is_refused(y):
    with pytest.raises(ValueError, match="rises towards"):
        exact.beta_binomial_mle(y, [10] * len(y))


def test_moment_estimate_of_rates_without_variation_is_refused():
    with pytest.raises(ValueError, match="found mean 0.2 and variance 0"):
        exact.beta_moment_estimate([0.2, 0.2])


@pytest.mark.parametrize(
    ("y", "n", "message"),
    [
        ([5], [4], r"y\[0\]: found 5, allowed 0 to 4 \(n\[0\]\)"),
        ([1, -1], [4, 4], r"y\[1\]: found -1"),
        ([0.5], [4], "y: found 0.5, allowed whole numbers"),
        ([1], [np.inf], "n: found inf, allowed whole numbers"),
        ([0], [0], "n: found 0, allowed at least 1"),
        ([1, 2], [4, 4, 4], "y and n: found shapes"),
        ([], [], "y and n: found shapes"),
    ],
)
def test_impossible_counts_are_refused(y, n, message):
    with pytest.raises(ValueError, match=message):
        exact.beta_binomial_posterior(y, n)


def test_new_counts_of_other_groups_are_refused(batters):
    with pytest.raises(ValueError, match="y: found 2 groups, allowed 18"):
        batters.held_out_log_density([1, 2], [5, 5])


@pytest.mark.parametrize("threshold", [0.0, 1.0, 40.0])
def test_a_threshold_that_is_no_probability_is_refused(batters, threshold):
    with pytest.raises(ValueError, match="threshold: found"):
        batters.probability_above(threshold)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: exact.GammaHyperprior(alpha_rate=0.0), "alpha_rate: found 0"),
        (lambda: exact.PowerLawHyperprior(2.0), "exponent: found 2, allowed above 2"),
        (lambda: exact.BetaParetoHyperprior(kappa_shape=-1.0), "kappa_shape: found -1"),
    ],
)
def test_impossible_hyperpriors_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


# --- binomial without a hierarchy ---------------------------------------------------------------


def test_pooled_batters_share_a_beta_distribution(batting, rest_of_season):
    found = exact.binomial_pooled_posterior(*batting)
    assert (found.alpha, found.beta) == (217.0, 597.0)
    density = stats.beta(217, 597)
    assert [found.theta_mean, found.theta_sd] == pytest.approx([density.mean(), density.std()])
    assert found.theta_quantile(0.9) == pytest.approx(density.ppf(0.9))
    hits, at_bats = rest_of_season
    held_out = found.held_out_log_density(hits, at_bats)
    alone = stats.betabinom.logpmf(hits, at_bats, 217, 597)
    assert held_out.pointwise == pytest.approx(alone, abs=1e-8)
    theta = np.linspace(0.2, 0.35, 20_001)
    log_terms = density.logpdf(theta) + stats.binom.logpmf(
        hits[:, None], at_bats[:, None], theta
    ).sum(0)
    joint = logsumexp(log_terms) + np.log(theta[1] - theta[0])
    assert held_out.joint == pytest.approx(joint, abs=1e-6)


def test_unpooled_batters_have_a_beta_distribution_each(batting, rest_of_season):
    hits, at_bats = batting
    found = exact.binomial_unpooled_posterior(hits, at_bats, alpha=1.0, beta=3.0)
    density = stats.beta(1 + hits, 3 + at_bats - hits)
    assert found.theta_mean == pytest.approx(density.mean())
    assert found.theta_sd == pytest.approx(density.std())
    assert found.theta_quantile([0.1, 0.9])[1] == pytest.approx(density.ppf(0.9))
    held_out = found.held_out_log_density(*rest_of_season)
    alone = stats.betabinom.logpmf(*rest_of_season, found.alpha, found.beta)
    assert held_out.pointwise == pytest.approx(alone, abs=1e-8)
    assert held_out.joint == held_out.pointwise_sum


def test_pooled_posterior_predicts_any_number_of_new_groups(batting):
    found = exact.binomial_pooled_posterior(*batting).held_out_log_density([3], [10])
    assert found.joint == pytest.approx(found.pointwise_sum)


def test_impossible_prior_shapes_are_refused():
    with pytest.raises(ValueError, match="alpha: found 0, allowed above 0"):
        exact.binomial_pooled_posterior([1], [2], alpha=0.0)


# --- logit-normal -------------------------------------------------------------------------------


def test_baseball_under_the_case_study_prior_has_its_reference_posterior(logit_batters):
    for name, tolerance in (("mu", 1e-4), ("sigma", 6e-4)):
        found = [getattr(logit_batters, f"{name}_mean"), getattr(logit_batters, f"{name}_sd")]
        assert found == pytest.approx(CASE_STUDY[name], abs=tolerance), name
    assert logit_batters.theta_mean == pytest.approx(CASE_STUDY["theta_mean"], abs=1.1e-4)
    assert logit_batters.theta_sd == pytest.approx(CASE_STUDY["theta_sd"], abs=1.1e-4)


def test_case_study_quantiles_and_probabilities_are_those_of_the_reference(logit_batters):
    sigma = logit_batters.sigma_quantile([0.05, 0.1, 0.5, 0.9, 0.95])
    assert sigma == pytest.approx(CASE_STUDY["sigma_q05_10_50_90_95"], abs=2e-3)
    low, high = logit_batters.theta_quantile([0.1, 0.9])
    assert low == pytest.approx(CASE_STUDY["theta_q10"], abs=2e-3)
    assert high == pytest.approx(CASE_STUDY["theta_q90"], abs=2e-3)
    assert logit_batters.probability_any_above(0.35) == pytest.approx(
        CASE_STUDY["P(max theta>.350)"], abs=4e-3
    )
    assert logit_batters.probability_above(0.4)[0] == pytest.approx(
        CASE_STUDY["P(theta1>.400)"], abs=1e-3
    )


class BruteForceLogitNormal:
    """(mu, log sigma) on a dense grid, each group's log-odds by Gauss-Hermite nodes."""

    def __init__(self, y, n, mu_prior, sigma_scale, mu, n_nodes):
        mu = mu[:, None, None]
        log_sigma = np.linspace(-12.0, 2.0, 101)[:, None]
        nodes, weights = hermegauss(n_nodes)
        log_odds = mu + np.exp(log_sigma) * nodes
        self.theta, self.log_theta, self.log_rest = (
            expit(log_odds),
            log_expit(log_odds),
            log_expit(-log_odds),
        )
        self.log_nodes = np.log(weights / weights.sum())
        log_density = mu_prior.logpdf(mu[..., 0]) + log_sigma[:, 0]
        log_density = log_density + stats.halfnorm.logpdf(
            np.exp(log_sigma[:, 0]), scale=sigma_scale
        )
        self.given = []
        for success, trials in zip(y, n, strict=True):
            log_terms = self.log_pmf(success, trials) + self.log_nodes
            total = logsumexp(log_terms, axis=-1)
            log_density = log_density + total
            self.given.append(np.exp(log_terms - total[..., None]))
        self.weight = np.exp(log_density - log_density.max())
        self.weight /= self.weight.sum()
        self.mu = moments(self.weight, mu[..., 0])
        self.sigma = moments(self.weight, np.exp(log_sigma[:, 0]))

    def log_pmf(self, success, trials):
        choices = -np.log(trials + 1) - betaln(success + 1, trials - success + 1)
        return success * self.log_theta + (trials - success) * self.log_rest + choices

    def theta_moments(self, group):
        weight = self.weight[..., None] * self.given[group]
        return moments(weight, self.theta)

    def log_predictive(self, y_new, n_new):
        product = self.weight
        for success, trials, given in zip(y_new, n_new, self.given, strict=True):
            product = product * (given * np.exp(self.log_pmf(success, trials))).sum(axis=-1)
        return np.log(product.sum())


@pytest.mark.parametrize("sigma_scale", [0.3, 1.5])
def test_logit_normal_posterior_agrees_with_a_dense_grid(sigma_scale):
    y, n = np.array([0, 5, 9, 4]), np.array([12, 20, 14, 11])
    found = exact.logit_normal_binomial_posterior(
        y, n, mu_mean=-0.5, mu_scale=0.8, sigma_scale=sigma_scale
    )
    prior, mu = stats.norm(-0.5, 0.8), np.linspace(-4.5, 3.5, 81)
    expected = BruteForceLogitNormal(y, n, prior, sigma_scale, mu, n_nodes=120)
    for name in ("mu", "sigma"):
        mean, sd = getattr(expected, name)
        assert within(getattr(found, f"{name}_mean"), mean, sd), name
        assert within(getattr(found, f"{name}_sd"), sd, sd), name
    for group in range(4):
        mean, sd = expected.theta_moments(group)
        assert within(found.theta_mean[group], mean, sd)
        assert within(found.theta_sd[group], sd, sd)
    y_new, n_new = np.array([1, 3, 2, 0]), np.array([4, 9, 5, 6])
    joint = expected.log_predictive(y_new, n_new)
    assert found.held_out_log_density(y_new, n_new).joint == pytest.approx(joint, abs=1e-4)
    new_mean, new_sd = moments(
        expected.weight[..., None] * np.exp(expected.log_nodes), expected.theta
    )
    assert [found.theta_new_mean, found.theta_new_sd] == pytest.approx([new_mean, new_sd], abs=1e-5)


def test_case_study_held_out_density(logit_batters, batting, rest_of_season):
    found = logit_batters.held_out_log_density(*rest_of_season)
    mu = np.linspace(-1.6, -0.4, 81)
    expected = BruteForceLogitNormal(*batting, stats.norm(-1, 1), 1.0, mu, n_nodes=60)
    assert found.joint == pytest.approx(expected.log_predictive(*rest_of_season), abs=1e-3)
    # the reference's joint value, an average over draws of theta, falls short of the exact one
    assert CASE_STUDY["heldout_lpd_joint_EfronMorris"] < found.joint
    assert found.joint == pytest.approx(CASE_STUDY["heldout_lpd_joint_EfronMorris"], abs=0.3)


def test_logit_normal_quantiles_agree_with_their_probabilities(logit_batters):
    quantiles = logit_batters.theta_quantile([0.2, 0.7])
    for prob, row in zip([0.2, 0.7], quantiles, strict=True):
        assert 1 - logit_batters.probability_above(row[3])[3] == pytest.approx(prob, abs=1e-6)
    assert quantiles.shape == (2, 18)
    assert logit_batters.theta_quantile(0.2) == pytest.approx(quantiles[0])


def test_groups_with_only_successes_or_failures_are_handled():
    y, n = np.array([0, 10, 0, 10]), np.full(4, 10)
    found = exact.logit_normal_binomial_posterior(y, n, mu_mean=0.0, mu_scale=1.0, sigma_scale=5.0)
    assert found.mu_mean == pytest.approx(0.0, abs=1e-9)
    assert found.theta_mean[0] == pytest.approx(1 - found.theta_mean[1], abs=1e-9)
    assert found.sigma_mean > 3


def test_flat_mu_without_any_success_is_improper():
    with pytest.raises(exact.ImproperPosteriorError):
        exact.logit_normal_binomial_posterior([0, 0], [5, 5], mu_scale=np.inf)


def test_impossible_logit_normal_scales_are_refused():
    with pytest.raises(ValueError, match="sigma_scale: found 0, allowed above 0"):
        exact.logit_normal_binomial_posterior([1], [2], sigma_scale=0.0)


# --- varying intercept --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def radon():
    return datasets.load("radon").to_model_data().values


@pytest.mark.parametrize(
    ("entry", "has_floor", "has_uranium", "tolerance"),
    [
        ("M0: y~1+(1|county)", False, False, 6e-6),
        ("M1: y~floor+(1|county)", True, False, 6e-6),
        ("M2: y~floor+u+(1|county)", True, True, 1.5e-4),
    ],
)
def test_radon_has_its_reference_posterior(radon, entry, has_floor, has_uranium, tolerance):
    found = exact.varying_intercept_posterior(
        radon["y"],
        radon["x"] if has_floor else None,
        radon["group"],
        u=radon["u"] if has_uranium else None,
    )
    expected = RADON[entry]
    names = {
        "sigma_y": "sigma_y",
        "sigma_a": "sigma_alpha",
        "mu_a": "mu_alpha",
        "g0": "mu_alpha",
        "b": "beta",
        "g1": "gamma",
    }
    for key in expected.keys() & names.keys():
        mean_and_sd = [getattr(found, f"{names[key]}_{part}") for part in ("mean", "sd")]
        assert mean_and_sd == pytest.approx(expected[key], abs=tolerance), key
    if "alpha_mean" in expected:
        assert found.alpha_mean == pytest.approx(expected["alpha_mean"], abs=tolerance)
        assert found.alpha_sd == pytest.approx(expected["alpha_sd"], abs=tolerance)
    assert np.isnan(found.beta_mean) != has_floor and np.isnan(found.gamma_sd) != has_uranium


def brute_force_intercepts(y, x, group, u):
    """Full covariance matrices on a grid of the standard deviations; nothing done by hand."""
    member = (group[:, None] == np.arange(len(u))).astype(float)
    design = np.column_stack([np.ones_like(y), x, u[group]])
    prior = np.diag([9.0, 1.0, 1.0])
    of_group = np.column_stack([np.ones_like(u), np.zeros_like(u), u])
    grid = np.linspace(-9.0, 2.0, 111)
    log_weights, means, seconds = [], [], []
    for log_y in np.linspace(-2.5, 1.5, 81):
        for log_a in grid:
            sigma_y, sigma_a = np.exp(log_y), np.exp(log_a)
            covariance = design @ prior @ design.T + sigma_a**2 * member @ member.T
            covariance += sigma_y**2 * np.eye(len(y))
            with_y = np.vstack(
                [of_group @ prior @ design.T + sigma_a**2 * member.T, prior @ design.T]
            )
            of_target = np.block(
                [
                    [of_group @ prior @ of_group.T + sigma_a**2 * np.eye(len(u)), of_group @ prior],
                    [prior @ of_group.T, prior],
                ]
            )
            gain = np.linalg.solve(covariance, with_y.T).T
            mean = gain @ y
            log_weights.append(
                stats.multivariate_normal.logpdf(y, np.zeros_like(y), covariance)
                + stats.halfnorm.logpdf(sigma_y)
                + stats.halfnorm.logpdf(sigma_a)
                + log_y
                + log_a
            )
            means.append([*mean, sigma_y, sigma_a])
            variance = np.diagonal(of_target - gain @ with_y.T)
            seconds.append([*(variance + mean**2), sigma_y**2, sigma_a**2])
    weight = np.exp(log_weights - np.max(log_weights))
    weight /= weight.sum()
    mean = weight @ np.array(means)
    return mean, np.sqrt(weight @ np.array(seconds) - mean**2)


def test_varying_intercepts_agree_with_full_covariance_matrices():
    random = np.random.default_rng(11)
    group = np.array([0, 0, 0, 1, 1, 2, 3, 3, 3, 3, 4, 4])
    u = random.normal(size=5)
    x = random.normal(size=12)
    x[group == 1] = 0.7  # does not vary within its group, and is no predictor of groups for that
    y = 1.0 + 0.5 * x + 0.8 * u[group] + random.normal(0, 0.6, 5)[group] + random.normal(0, 0.5, 12)
    found = exact.varying_intercept_posterior(y, x, group, u=u)
    mean, sd = brute_force_intercepts(y, x, group, u)
    assert within(found.alpha_mean, mean[:5], sd[:5])
    assert within(found.alpha_sd, sd[:5], sd[:5])
    for place, name in enumerate(("mu_alpha", "beta", "gamma", "sigma_y", "sigma_alpha"), start=5):
        assert within(getattr(found, f"{name}_mean"), mean[place], sd[place]), name
        assert within(getattr(found, f"{name}_sd"), sd[place], sd[place]), name


def test_a_predictor_constant_within_every_group_belongs_to_the_observations():
    # with one observation in each group, x cannot be told from a predictor of groups by its values
    y, x = np.array([1.0, 2.0, 2.5, 4.1]), np.array([0.0, 1.0, 2.0, 3.0])
    found = exact.varying_intercept_posterior(y, x, np.arange(4))
    fitted = found.alpha_mean + found.beta_mean * x
    assert found.beta_mean > 0.3
    assert np.abs(fitted - y).max() < np.abs(found.alpha_mean - y).max()


def test_intercepts_shrink_more_where_a_county_has_fewer_houses(radon):
    found = exact.varying_intercept_posterior(radon["y"], radon["x"], radon["group"])
    counts = np.bincount(radon["group"])
    residual = radon["y"] - found.beta_mean * radon["x"]
    own = np.bincount(radon["group"], weights=residual) / counts
    kept = (found.alpha_mean - found.mu_alpha_mean) / (own - found.mu_alpha_mean)
    assert kept[counts >= 20].min() > kept[counts <= 2].max()


def test_quantiles_of_the_spread_of_intercepts_surround_its_mean(radon):
    found = exact.varying_intercept_posterior(radon["y"], None, radon["group"])
    low, high = found.sigma_alpha_quantile([0.05, 0.95])
    assert low < found.sigma_alpha_mean < high
    assert high - low == pytest.approx(2 * 1.645 * found.sigma_alpha_sd, rel=0.03)


def test_moving_outcomes_and_priors_together_moves_the_posterior():
    random = np.random.default_rng(12)
    group, x, u = np.repeat(np.arange(6), 4), random.normal(size=24), random.normal(size=6)
    y = random.normal(random.normal(size=6)[group], 0.5)
    near = exact.varying_intercept_posterior(y, x, group, u=u)
    line = 7.0 - 2.0 * x + 3.0 * u[group]
    far = exact.varying_intercept_posterior(
        y + line, x, group, u=u, mu_alpha_mean=7.0, beta_mean=-2.0, gamma_mean=3.0
    )
    assert far.mu_alpha_mean == pytest.approx(near.mu_alpha_mean + 7.0, abs=1e-7)
    assert far.beta_mean == pytest.approx(near.beta_mean - 2.0, abs=1e-7)
    assert far.alpha_mean == pytest.approx(near.alpha_mean + 7.0 + 3.0 * u, abs=1e-7)
    assert far.sigma_alpha_sd == pytest.approx(near.sigma_alpha_sd, abs=1e-7)


def test_outcomes_that_lie_on_their_groups_lines_are_improper():
    with pytest.raises(exact.ImproperPosteriorError):
        exact.varying_intercept_posterior([1.0, 1.0, 2.0, 2.0, 3.0, 3.0], None, [0, 0, 1, 1, 2, 2])


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([1.0, 2.0], None, [0, 2]), {}, "group: found 0 to 2 with gaps"),
        (([1.0, 2.0], None, [0.0, 1.0]), {}, "recode with pandas.factorize"),
        (
            ([1.0, 2.0, 2.0], [1.0], [0, 1, 1]),
            {},
            r"x: found shape \(1,\), allowed 3 finite numbers",
        ),
        (([1.0, 2.0, 2.0], None, [0, 1, 1]), {"u": [1.0]}, r"u: found shape \(1,\), allowed 2"),
        (([1.0, 2.0], [0.0, 1.0], [0, 1]), {}, "found 2 observations, allowed more than the 2"),
        (([1.0, 2.0], None, [0, 1]), {"beta_scale": 0.0}, "beta_scale: found 0, allowed above 0"),
    ],
)
def test_impossible_regression_input_is_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        exact.varying_intercept_posterior(*arguments, **options)
