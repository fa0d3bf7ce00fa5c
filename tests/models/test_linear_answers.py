"""The linear models reproduce exact answers, published fits, and the truth behind simulated data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest

from hierarchical_models import DiagnosticsError, datasets, exact, fit
from tests.models.cases_linear import (
    LINE_PRIORS,
    LINEAR,
    OUTLIER,
    SLOPE_PRIORS,
    TAILS,
    VARYING_PRIORS,
)
from tests.models.linear_quadrature import Prior, normal_linear_posterior, student_posterior
from tests.models.test_exact_answers import BACKENDS, assert_reproduced

pytestmark = pytest.mark.draws

RADON = datasets.load("radon")
# at an acceptance of 0.98 one fit in ten has a divergence, which the gate does not let pass
SETTINGS: dict[str, Any] = {"seed": 31, "draws": 2000, "target_accept": 0.995}
Values = Mapping[str, Any]

OUR_NAMES = {
    "sigma_y": "sigma_y",
    "sigma_a": "sigma_alpha",
    "mu_a": "mu_alpha",
    "g0": "mu_alpha",
    "g1": "gamma",
    "b": "beta",
    "alpha": "alpha",
}
"""What the reference's names for parameters are called here."""


# --- the radon data, by the reference's quadrature and its restricted maximum likelihood fits -----


def radon_without_floor() -> dict[str, Any]:
    """Data whose predictor says nothing: the slope keeps its prior, the rest is a model without."""
    return {**RADON.to_model_data().values, "x": 0.0}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("title", "model", "data"),
    [
        ("M0: y~1+(1|county)", "radon_varying_intercept", radon_without_floor()),
        ("M1: y~floor+(1|county)", "radon_varying_intercept", RADON),
        ("M2: y~floor+u+(1|county)", "radon_varying_intercept_uranium", RADON),
    ],
)
def test_varying_intercepts_of_radon_reproduce_the_reference(
    reference, backend, title, model, data
):
    answers = reference["radon_minnesota"]["posteriors"][title]
    if "alpha_mean" in answers:
        answers = {
            **{name: answers[name] for name in answers if not name.startswith("alpha")},
            "alpha": (np.array(answers["alpha_mean"]), np.array(answers["alpha_sd"])),
        }
    idata = fit(model, data, backend=backend, seed=1, draws=2000)
    for name, (mean, sd) in answers.items():
        assert_reproduced(idata, OUR_NAMES[name], mean, sd)
    if title.startswith("M0"):
        assert_reproduced(idata, "beta", 0.0, 1.0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_unvarying_lines_of_radon_lie_at_least_squares(reference, backend):
    """With a hundredth of a standard error for the pull of the priors, which least squares lack."""
    fits = reference["radon_minnesota"]["reml_fits"]
    pooled, least_squares = (
        fit("radon_pooled", RADON, backend=backend, seed=1),
        fits["complete pooling lm(y~x)"],
    )
    for place, name in enumerate(("alpha", "beta")):
        error = least_squares["se"][place]
        assert_near(pooled, name, least_squares["coef"][place], error, 0.02 * error)
    assert abs(pooled.posterior["sigma_y"].mean().item() - least_squares["sigma"]) < 0.003
    unpooled, least_squares = (
        fit("radon_unpooled", RADON, backend=backend, seed=1),
        fits["no pooling lm(y~x+county-1)"],
    )
    assert_near(unpooled, "beta", least_squares["slope"], least_squares["se"], 0.001)
    assert abs(unpooled.posterior["sigma_y"].mean().item() - least_squares["sigma"]) < 0.003
    alpha = unpooled.posterior["alpha"].mean(("chain", "draw"))
    # the county of the largest intercept has two houses, and the prior takes 0.3 % of it
    np.testing.assert_allclose([alpha.min(), alpha.max()], least_squares["range alpha"], atol=0.06)


def assert_near(idata, name, estimate, standard_error, slack):
    """The posterior is an estimate with its standard error, up to Monte Carlo error and slack."""
    draws = idata.posterior[name]
    error = standard_error / np.sqrt(1000)  # of at least 1,000 effective draws
    assert abs(draws.mean().item() - estimate) < 4 * error + slack
    assert abs(draws.std().item() / standard_error - 1) < 0.1


def test_correlated_slopes_of_radon_are_plausible_beside_restricted_maximum_likelihood(reference):
    """A mode with flat priors is no posterior mean: it has to lie within its standard deviation."""
    reml = reference["radon_minnesota"]["reml_fits"]["M3 lmer(y~x+(1+x|county))"]
    idata = fit("radon_varying_slope_correlated", RADON, seed=1, draws=2000)
    estimates = {
        "mu_alpha": reml["coef"][0],
        "mu_beta": reml["coef"][1],
        "sigma_y": reml["sigma_y"],
        "sigma_alpha": reml["sd_groups"][0],
        "sigma_beta": reml["sd_groups"][1],
        "rho": reml["corr"],
    }
    for name, estimate in estimates.items():
        draws = idata.posterior[name]
        assert abs(draws.mean().item() - estimate) < draws.std().item(), name


def test_centred_slopes_of_radon_do_not_pass_the_gate():
    with pytest.raises(DiagnosticsError, match="ESS of sigma_beta"):
        fit("radon_varying_slope_centred", RADON, seed=1)


@pytest.mark.parametrize("model", ["radon_varying_slope", "radon_varying_slope_mixed"])
def test_counties_without_a_first_floor_have_the_slopes_of_any_county(model):
    """Their slopes are draws of the distribution of slopes: as wide as it, around its mean."""
    frame = RADON.frame
    idata = fit(model, RADON, seed=1, draws=2000)
    floors = frame.groupby("county", sort=False)["floor"].max()
    silent = floors.index[floors == 0].to_list()
    assert len(silent) == 25
    posterior = idata.posterior
    standardised = (posterior["beta"].sel(county=silent) - posterior["mu_beta"]) / posterior[
        "sigma_beta"
    ]
    # 25 counties with 8,000 draws each, of which at least a tenth are effective
    assert abs(standardised.mean().item()) < 4 / np.sqrt(25 * 800)
    assert abs(standardised.std().item() - 1) < 4 / np.sqrt(2 * 25 * 800)


# --- small data with other priors, by quadrature --------------------------------------------------


def rich_lines() -> dict[str, Any]:
    """Four groups of 14 observations: each says much of its own line."""
    rng = np.random.default_rng(5)
    group = np.repeat(np.arange(4), 14)
    x = rng.normal(0, 1, group.size)
    alpha, beta = np.array([-0.4, 0.9, 1.6, 0.3]), np.array([0.5, -0.6, -1.2, 0.1])
    y = alpha[group] + beta[group] * x + rng.normal(0, 0.4, group.size)
    return {"y": y, "x": x, "group": group}


def quadrature(data: Values, hyper: Values, *, varying: bool, eta: float | None = None, n_nodes=16):
    """Exact answers of the models whose intercepts and slopes both differ between groups."""
    y, x, group = (np.asarray(data[name]) for name in ("y", "x", "group"))
    n_groups = int(group.max()) + 1
    one_hot = np.eye(n_groups)[group]
    lines = np.column_stack([one_hot, one_hot * x[:, None]])
    if not varying:
        return normal_linear_posterior(
            y,
            lines,
            {"alpha": slice(n_groups), "beta": slice(n_groups, 2 * n_groups)},
            _fixed(
                np.repeat([hyper["alpha_mean"], hyper["beta_mean"]], n_groups),
                np.repeat([hyper["alpha_scale"], hyper["beta_scale"]], n_groups),
            ),
            {"sigma_y": hyper["sigma_y_scale"]},
        )
    alpha, beta = np.arange(2, n_groups + 2), np.arange(n_groups + 2, 2 * n_groups + 2)
    # which coefficients share the uncertainty of either mean
    shares = np.zeros((2, 2 * n_groups + 2))
    shares[0, [0, *alpha]] = shares[1, [1, *beta]] = 1
    means = np.array([hyper["mu_alpha_mean"], hyper["mu_beta_mean"]])
    scales = np.array([hyper["mu_alpha_scale"], hyper["mu_beta_scale"]])

    def build_prior(spreads: Values) -> Prior:
        covariance = np.tile((shares.T * scales**2) @ shares, (len(spreads["sigma_y"]), 1, 1))
        covariance[:, alpha, alpha] += spreads["sigma_alpha"][:, None] ** 2
        covariance[:, beta, beta] += spreads["sigma_beta"][:, None] ** 2
        if eta is not None:
            common = spreads["rho"] * spreads["sigma_alpha"] * spreads["sigma_beta"]
            covariance[:, alpha, beta] += common[:, None]
            covariance[:, beta, alpha] += common[:, None]
        return Prior(means @ shares, covariance)

    return normal_linear_posterior(
        y,
        np.column_stack([np.zeros((len(y), 2)), lines]),
        {
            "mu_alpha": 0,
            "mu_beta": 1,
            "alpha": slice(2, n_groups + 2),
            "beta": slice(n_groups + 2, None),
        },
        build_prior,
        {name: hyper[f"{name}_scale"] for name in ("sigma_y", "sigma_alpha", "sigma_beta")},
        eta=eta,
        n_nodes=n_nodes,
    )


@cache
def rich_quadrature():
    return quadrature(rich_lines(), SLOPE_PRIORS, varying=True, n_nodes=24)


def _fixed(mean: np.ndarray, scale: np.ndarray):
    return lambda spreads: Prior(mean, np.tile(np.diag(scale**2), (len(spreads["sigma_y"]), 1, 1)))


def lines_in_common(data: Values, hyper: Values, *, pooled: bool):
    """Exact answers of the models with one slope whose intercepts are one or unrelated."""
    y, x, group = (np.asarray(data[name]) for name in ("y", "x", "group"))
    intercepts = np.ones((len(y), 1)) if pooled else np.eye(int(group.max()) + 1)[group]
    n = intercepts.shape[1]
    return normal_linear_posterior(
        y,
        np.column_stack([intercepts, x]),
        {"alpha": 0 if pooled else slice(n), "beta": n},
        _fixed(
            np.append(np.full(n, hyper["alpha_mean"]), hyper["beta_mean"]),
            np.append(np.full(n, hyper["alpha_scale"]), hyper["beta_scale"]),
        ),
        {"sigma_y": hyper["sigma_y_scale"]},
    )


EXACT = {
    "radon_pooled": (
        LINEAR,
        LINE_PRIORS,
        lambda: lines_in_common(LINEAR, LINE_PRIORS, pooled=True),
    ),
    "radon_unpooled": (
        LINEAR,
        LINE_PRIORS,
        lambda: lines_in_common(LINEAR, LINE_PRIORS, pooled=False),
    ),
    "radon_unpooled_slopes": (
        LINEAR,
        LINE_PRIORS,
        lambda: quadrature(LINEAR, LINE_PRIORS, varying=False),
    ),
    "radon_varying_slope": (
        LINEAR,
        SLOPE_PRIORS,
        lambda: quadrature(LINEAR, SLOPE_PRIORS, varying=True),
    ),
    "radon_varying_slope_mixed": (
        rich_lines(),
        SLOPE_PRIORS,
        rich_quadrature,
    ),
    "radon_varying_slope_centred": (
        rich_lines(),
        SLOPE_PRIORS,
        rich_quadrature,
    ),
    "radon_varying_slope_correlated": (
        LINEAR,
        {**SLOPE_PRIORS, "eta": 4.0},
        lambda: quadrature(LINEAR, SLOPE_PRIORS, varying=True, eta=4.0),
    ),
    "robust_pooled": (
        OUTLIER,
        {**LINE_PRIORS, **TAILS},
        lambda: student_posterior(
            np.array(OUTLIER["y"]),
            np.array(OUTLIER["x"]),
            {**LINE_PRIORS, **TAILS},
            {"alpha": (-4, 6), "beta": (-5, 4)},
        ),
    ),
}


@pytest.mark.parametrize("model", EXACT)
def test_small_data_reproduce_quadrature(model):
    data, hyper, answer = EXACT[model]
    answers = answer()
    for backend in BACKENDS:
        idata = fit(model, data, backend=backend, hyperparameters=hyper, **SETTINGS)
        for name, (mean, sd) in answers.items():
            assert_reproduced(idata, name, mean, sd)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("u", [None, np.array(LINEAR["u"])], ids=["without u", "with u"])
def test_varying_intercepts_of_small_data_reproduce_the_exact_module(backend, u):
    predictor = {} if u is None else {"gamma_mean": 0.3, "gamma_scale": 0.8}
    answer = exact.varying_intercept_posterior(
        LINEAR["y"], LINEAR["x"], LINEAR["group"], u=u, **VARYING_PRIORS, **predictor
    )
    idata = fit(
        "radon_varying_intercept" if u is None else "radon_varying_intercept_uranium",
        LINEAR,
        backend=backend,
        hyperparameters={**VARYING_PRIORS, **predictor},
        **SETTINGS,
    )
    names = [
        "mu_alpha",
        "sigma_alpha",
        "alpha",
        "beta",
        "sigma_y",
        *(["gamma"] if predictor else []),
    ]
    for name in names:
        assert_reproduced(
            idata, name, getattr(answer, f"{name}_mean"), getattr(answer, f"{name}_sd")
        )


@pytest.mark.parametrize("backend", BACKENDS)
def test_robust_lines_without_room_between_groups_are_the_pooled_robust_line(backend):
    priors = {**VARYING_PRIORS, **TAILS, "sigma_alpha_scale": 1e-4}
    answers = student_posterior(
        np.array(OUTLIER["y"]),
        np.array(OUTLIER["x"]),
        {**priors, "alpha_mean": priors["mu_alpha_mean"], "alpha_scale": priors["mu_alpha_scale"]},
        {"alpha": (-4, 6), "beta": (-5, 4)},
    )
    idata = fit(
        "robust_varying_intercept", OUTLIER, backend=backend, hyperparameters=priors, **SETTINGS
    )
    for name, (mean, sd) in answers.items():
        assert_reproduced(idata, name.replace("alpha", "mu_alpha"), mean, sd)


@pytest.mark.parametrize("backend", BACKENDS)
def test_robust_lines_without_tails_are_normal_ones(backend):
    tails = {"nu_shape": 1e4, "nu_rate": 1e-3}  # ten million degrees of freedom
    answer = exact.varying_intercept_posterior(
        LINEAR["y"], LINEAR["x"], LINEAR["group"], **VARYING_PRIORS
    )
    idata = fit(
        "robust_varying_intercept",
        LINEAR,
        backend=backend,
        hyperparameters={**VARYING_PRIORS, **tails},
        **SETTINGS,
    )
    for name in ("mu_alpha", "sigma_alpha", "alpha", "beta", "sigma_y"):
        assert_reproduced(
            idata, name, getattr(answer, f"{name}_mean"), getattr(answer, f"{name}_sd")
        )


# --- simulated data -------------------------------------------------------------------------------


def simulate(truth: Values, seed: int, n_groups: int = 40, n: int = 12) -> tuple[dict, dict]:
    """Observations of groups with known lines, and everything that was put in."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(n_groups), n)
    x = rng.normal(0, 1, group.size)
    u = rng.normal(0, 1, n_groups)
    raw = rng.normal(0, 1, (2, n_groups))
    rho = truth.get("rho", 0.0)
    alpha = truth["mu_alpha"] + truth.get("gamma", 0.0) * u + truth["sigma_alpha"] * raw[0]
    if "mu_beta" in truth:
        deviation = rho * raw[0] + np.sqrt(1 - rho**2) * raw[1]
        beta = truth["mu_beta"] + truth["sigma_beta"] * deviation
        slopes = beta[group]
        effects = {"alpha": alpha, "beta": beta}
    else:
        slopes = truth["beta"]
        effects = {"alpha": alpha}
    noise = (
        rng.standard_t(truth["nu"], group.size) if "nu" in truth else rng.normal(0, 1, group.size)
    )
    y = alpha[group] + slopes * x + truth["sigma_y"] * noise
    return {"y": y, "x": x, "group": group, "u": u}, {**truth, **effects}


TRUTHS = {
    "radon_varying_intercept": {"mu_alpha": 1.2, "sigma_alpha": 0.5, "beta": -0.6, "sigma_y": 0.8},
    "radon_varying_intercept_uranium": {
        "mu_alpha": 1.2,
        "gamma": 0.7,
        "sigma_alpha": 0.3,
        "beta": -0.6,
        "sigma_y": 0.8,
    },
    "radon_varying_slope": {
        "mu_alpha": 1.2,
        "sigma_alpha": 0.5,
        "mu_beta": -0.6,
        "sigma_beta": 0.4,
        "sigma_y": 0.8,
    },
    "radon_varying_slope_correlated": {
        "mu_alpha": 1.2,
        "sigma_alpha": 0.5,
        "mu_beta": -0.6,
        "sigma_beta": 0.4,
        "rho": -0.6,
        "sigma_y": 0.8,
    },
    "robust_varying_intercept": {
        "mu_alpha": 1.2,
        "sigma_alpha": 0.5,
        "beta": -0.6,
        "sigma_y": 0.5,
        "nu": 3.0,
    },
}


@pytest.mark.parametrize("model", TRUTHS)
def test_truth_behind_simulated_data_is_recovered(model):
    data, truth = simulate(TRUTHS[model], seed=11)
    idata = fit(model, data, backend="stan", seed=2)
    for name, value in truth.items():
        draws = idata.posterior[name]
        z = (draws.mean(("chain", "draw")) - value) / draws.std(("chain", "draw"))
        if z.size == 1:
            assert abs(z.item()) < 3, name
        else:
            # the z-scores of 40 effects, which share what is uncertain of their mean
            assert abs(z).max().item() < 4, name
            assert 0.7 < np.sqrt((z**2).mean()).item() < 1.4, name


@pytest.mark.parametrize("backend", BACKENDS)
def test_outliers_hardly_move_the_robust_line(backend):
    rng = np.random.default_rng(3)
    x = np.linspace(0, 1, 60)
    y = 1 + 2 * x + rng.normal(0, 0.3, x.size)
    y[:3] += 8.0
    wide = {"beta_scale": 10.0}
    robust, normal = (
        fit(model, {"y": y, "x": x}, backend=backend, hyperparameters=wide, seed=4)
        for model in ("robust_pooled", "radon_pooled")
    )
    slope = robust.posterior["beta"]
    assert abs(slope.mean().item() - 2) < 3 * slope.std().item() < 0.4
    assert normal.posterior["beta"].mean().item() < 0.5
    assert robust.posterior["nu"].mean().item() < 5
