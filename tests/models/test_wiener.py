"""The density of choices and response times is right, to rounding, wherever a double can hold it."""

from __future__ import annotations

import csv
import json
import subprocess
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binomtest, kstest

from hierarchical_models import wiener

PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")
SCALED_TIMES = (1e-6, 1e-3, 0.02, 0.1, 0.3, 1 / 3 - 1e-12, 1 / 3, 0.34, 0.5, 1.0, 3.0, 10.0)
DISTANCES = (1e-6, 1e-3, 0.05, 0.3, 0.5, 0.7, 0.95, 0.999, 1 - 1e-6)
# alpha, tau, beta, delta: no drift, moderate, strong either way, near a boundary, wide and narrow
PARAMETERS = (
    (1.5, 0.3, 0.5, 0.0),
    (1.5, 0.3, 0.5, 1.0),
    (1.2, 0.2, 0.7, -2.5),
    (2.5, 0.0, 0.2, 6.0),
    (1.0, 0.3, 0.02, 0.8),
    (0.3, 0.1, 0.9, -0.5),
    (4.0, 0.5, 0.45, -1e-9),
)


def exact_log_density_without_drift(u: float, w: float) -> float:
    """The early series in 60 digits, with so many terms that it holds at late times too."""
    with localcontext() as context:
        context.prec = 60
        u_, w_ = Decimal(u), Decimal(w)
        total = sum((w_ + 2 * k) * (-((w_ + 2 * k) ** 2) / (2 * u_)).exp() for k in range(-60, 61))
        return float((total / (2 * PI * u_**3).sqrt()).ln())


def integral_over_time(function, tau: float) -> float:
    """From tau on; the density is smooth on the scale of the logarithm of the time after it."""
    value, _ = quad(
        lambda x: function(tau + np.exp(x)) * np.exp(x), -20, 6, limit=500, epsabs=1e-12
    )
    return value


def density(boundary: int, *parameters: float):
    return lambda t: float(np.exp(wiener.log_density(np.array(boundary * t), *parameters)))


@pytest.mark.parametrize("w", DISTANCES)
@pytest.mark.parametrize("u", SCALED_TIMES)
def test_both_series_are_exact_up_to_rounding(u, w):
    # the response at the lower boundary of a process with alpha = 1, without drift
    found = wiener.log_density(np.array(-u), 1.0, 0.0, w, 0.0)
    exact = exact_log_density_without_drift(u, w)
    assert abs(found - exact) < 1e-15 * abs(exact) + 3e-15 / (w * (1 - w))


def test_terms_left_out_are_below_the_stated_bound():
    near_the_ends = np.logspace(-9, -1, 40)
    w = np.concatenate([near_the_ends, np.linspace(0.1, 0.9, 33), 1 - near_the_ends])[:, None]
    early = np.linspace(0.02, wiener.SWITCH, 100)
    late = np.linspace(wiener.SWITCH, 5, 100)

    def early_sum(terms):
        return sum((w + 2 * k) * np.exp(-2 * k * (k + w) / early) for k in terms)

    def late_sum(terms):
        return sum(
            k * np.sin(k * np.pi * w) * np.exp(-(k**2 - 1) * np.pi**2 / 2 * late) for k in terms
        )

    left_out = [k for k in range(-40, 41) if abs(k) > wiener.EARLY_TERMS]
    errors = {
        "early": early_sum(left_out) / early_sum(range(-40, 41)),
        "late": late_sum(range(wiener.LATE_TERMS + 1, 40)) / late_sum(range(1, 40)),
    }
    for name, error in errors.items():
        assert np.max(np.abs(error) * (1 - w)) < wiener.TRUNCATION_ERROR, name


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_densities_of_the_boundaries_integrate_to_their_probabilities(parameters):
    alpha, tau, beta, delta = parameters
    upper, lower = (integral_over_time(density(sign, *parameters), tau) for sign in (1, -1))
    assert upper == pytest.approx(wiener.probability_of_upper(alpha, beta, delta), abs=1e-9)
    assert upper + lower == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("parameters", PARAMETERS[1:6])
def test_mean_decision_time_is_the_known_one(parameters):
    alpha, tau, beta, delta = parameters

    def mean_at(boundary: int) -> float:
        at_boundary = density(boundary, *parameters)
        return integral_over_time(lambda t: (t - tau) * at_boundary(t), tau)

    mean = mean_at(1) + mean_at(-1)
    # the mean position at the end is that of the start and the drift's work
    expected = alpha * (wiener.probability_of_upper(alpha, beta, delta) - beta) / delta
    assert mean == pytest.approx(expected, rel=1e-7)


def test_probability_of_upper_is_known_without_drift_and_keeps_small_chances():
    assert wiener.probability_of_upper(2.0, 0.3, 0.0) == 0.3
    assert wiener.probability_of_upper(2.0, 0.3, 1e-12) == pytest.approx(0.3, rel=1e-9)
    # exp(-2 |delta| alpha (1 - beta)), far below the rounding of 1
    assert wiener.probability_of_upper(4.0, 0.5, -12.0) == pytest.approx(np.exp(-48), rel=1e-12)
    assert wiener.probability_of_upper(4.0, 0.5, -400.0) == 0.0
    assert wiener.probability_of_upper(4.0, 0.5, 400.0) == 1.0


def test_mirrored_process_has_the_mirrored_density():
    responses = np.array([0.4, 0.9, -0.5, 2.2, -0.35])
    np.testing.assert_allclose(
        wiener.log_density(responses, 1.5, 0.3, 0.35, 1.2),
        wiener.log_density(-responses, 1.5, 0.3, 0.65, -1.2),
        rtol=1e-14,
    )


def test_response_before_the_non_decision_time_is_impossible():
    found = wiener.log_density(np.array([0.3, -0.3, 0.2, 0.3001]), 1.5, 0.3, 0.5, 1.0)
    assert np.isneginf(found[:3]).all() and np.isfinite(found[3])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"alpha": 0}, "alpha: found 0, allowed numbers above 0"),
        ({"alpha": [1.0, np.nan]}, "alpha: found nan, allowed numbers above 0"),
        ({"alpha": np.inf}, "alpha: found inf, allowed numbers above 0"),
        ({"tau": -0.1}, "tau: found -0.1, allowed numbers from 0"),
        ({"beta": 0}, "beta: found 0, allowed numbers above 0 and below 1"),
        ({"beta": 1}, "beta: found 1, allowed numbers above 0 and below 1"),
    ],
)
def test_parameters_out_of_range_are_refused(values, message):
    parameters = {"alpha": 1.5, "tau": 0.3, "beta": 0.5, "delta": 1.0} | values
    for call in (
        lambda: wiener.log_density(np.array([0.6]), **parameters),
        lambda: wiener.draw(**parameters, rng=np.random.default_rng(1)),
    ):
        with pytest.raises(ValueError, match=message):
            call()


@pytest.fixture(scope="module")
def pytensor_functions():
    import pytensor
    import pytensor.tensor as pt

    names = ("response", "alpha", "tau", "beta", "delta")
    variables = [pt.dscalar(name) for name in names]
    value = wiener.pytensor_log_density(*variables)
    return (
        pytensor.function(variables, value, mode="FAST_COMPILE"),
        pytensor.function(variables, pt.grad(value, variables), mode="FAST_COMPILE"),
    )


@pytest.mark.parametrize("parameters", PARAMETERS)
# after the non-decision time: at once, early, around the switch of the series, late, very late
@pytest.mark.parametrize("wait", [1e-4, 0.05, 0.3, 0.75, 2.0, 60.0])
@pytest.mark.parametrize("boundary", [1, -1])
def test_pytensor_has_the_same_density_and_its_gradient(
    pytensor_functions, parameters, wait, boundary
):
    value, gradient = pytensor_functions
    point = np.array([boundary * (parameters[1] + wait), *parameters])
    assert value(*point) == pytest.approx(
        float(wiener.log_density(point[0], *point[1:])), rel=1e-14
    )
    found = np.array(gradient(*point))
    assert np.isfinite(found).all()
    if parameters[1] > 0:
        # a five-point difference; the steps stay small beside the waiting time
        steps = 1e-3 * np.array([wait, point[1], min(wait, point[2]), min(point[3], 0.1), 0.1])
        expected = [
            (8 * (value(*(point + e)) - value(*(point - e))) - value(*(point + 2 * e)) + value(*(point - 2 * e)))
            / (12 * step)
            for step, e in zip(steps, np.diag(steps), strict=True)
        ]  # fmt: skip
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_gradient_where_the_density_is_0_is_no_number_trap(pytensor_functions):
    value, gradient = pytensor_functions
    point = (0.2, 1.5, 0.3, 0.5, 1.0)
    assert np.isneginf(value(*point))
    assert np.isfinite(gradient(*point)).all()


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_draws_follow_the_density(parameters):
    alpha, tau, beta, delta = parameters
    random = np.random.default_rng(20)
    draws = wiener.draw(*parameters, random, size=4000)
    chance = float(wiener.probability_of_upper(alpha, beta, delta))
    assert binomtest(int((draws > 0).sum()), len(draws), chance).pvalue > 1e-4
    for sign in (1, -1):
        times = np.sort(np.abs(draws[np.sign(draws) == sign])) - tau
        if len(times) < 50:
            continue
        # the distribution function, by the trapezoidal rule on the scale of log time
        grid = np.linspace(np.log(times[0]) - 5, np.log(times[-1]) + 3, 20_000)
        heights = np.exp(
            wiener.log_density(sign * (tau + np.exp(grid)), alpha, tau, beta, delta) + grid
        )
        cumulative = np.concatenate([[0], np.cumsum((heights[1:] + heights[:-1]) / 2)])
        cumulative /= cumulative[-1]
        found = kstest(np.log(times), lambda x, g=grid, c=cumulative: np.interp(x, g, c))
        assert found.pvalue > 1e-4, sign


def test_draws_come_in_the_shape_of_the_parameters_or_the_one_asked_for():
    random = np.random.default_rng(1)
    assert wiener.draw(1.5, 0.3, 0.5, np.zeros((4, 3)), random).shape == (4, 3)
    assert wiener.draw(1.5, 0.3, 0.5, 1.0, random, size=(2, 5)).shape == (2, 5)
    assert wiener.draw(np.ones(7), 0.3, 0.5, 1.0, random, size=7).shape == (7,)


def test_draws_do_not_stall_at_parameters_far_out():
    random = np.random.default_rng(3)
    for alpha, beta, delta in (
        (9.0, 0.5, 12.0),
        (9.0, 1e-6, -12.0),
        (0.01, 0.5, 0.0),
        (50.0, 0.999, 0.0),
    ):
        draws = wiener.draw(alpha, 0.3, beta, delta, random, size=1000)
        assert np.isfinite(draws).all() and (np.abs(draws) >= 0.3).all()


def test_stans_own_density_is_the_same_where_it_holds_it(tmp_path):
    from hierarchical_models.stan_executables import compile_model

    random = np.random.default_rng(5)
    n = 400
    parameters = {
        "alpha": random.uniform(0.6, 3, n),
        "tau": random.uniform(0.1, 0.5, n),
        "beta": random.uniform(0.2, 0.8, n),
        "delta": random.normal(0, 2, n),
    }
    responses = wiener.draw(**parameters, rng=random)
    data = {"n": n, "rt": np.abs(responses), "choice": (responses > 0).astype(int), **parameters}
    (tmp_path / "data.json").write_text(
        json.dumps({name: np.asarray(value).tolist() for name, value in data.items()})
    )
    executable = compile_model(Path(__file__).parent / "wiener_builtin.stan")
    subprocess.run(
        [
            str(executable), "sample", "algorithm=fixed_param", "num_samples=1", "num_warmup=0",
            "random", "seed=1", "data", f"file={tmp_path / 'data.json'}",
            "output", f"file={tmp_path / 'out.csv'}", "sig_figs=18",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    lines = (tmp_path / "out.csv").read_text().splitlines()
    row = next(csv.DictReader(line for line in lines if not line.startswith("#")))
    stan = np.array([float(row[f"log_density.{place}"]) for place in range(1, n + 1)])
    ours = wiener.log_density(responses, **parameters)
    # Stan stops its series at an error of 1e-6 of the density that is scaled to alpha = 1
    t, a, b, d = (
        np.abs(responses) - parameters["tau"],
        *(parameters[k] for k in ("alpha", "beta", "delta")),
    )
    w, v = np.where(responses > 0, 1 - b, b), np.where(responses > 0, -d, d)
    scaled = np.exp(ours + 2 * np.log(a) + a * v * w + v**2 * t / 2)
    assert np.max(np.abs(np.expm1(stan - ours)) * scaled) < 2e-6
