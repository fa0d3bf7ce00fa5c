"""Draws that cannot be trusted are told from those that can."""

from __future__ import annotations

import arviz as az
import numpy as np
import pytest
import xarray as xr

from hierarchical_models import DiagnosticsError, diagnose
from hierarchical_models.diagnostics import (
    Diagnostics,
    check_diagnostics,
    e_bfmi,
    times_to_extend,
)


def made_up_fit(draws, divergences=0, energy=None):
    """A fit of one vector parameter with the given draws, shape (chains, draws, 2)."""
    shape = draws.shape[:2]
    rng = np.random.default_rng(3)
    diverging = np.zeros(shape, bool)
    diverging[0, :divergences] = True
    stats = {
        "energy": rng.normal(size=shape) if energy is None else energy,
        "diverging": diverging,
        "reached_max_treedepth": np.zeros(shape, bool),
    }
    return az.InferenceData(
        posterior=xr.Dataset(
            {"theta": (("chain", "draw", "group"), draws)}, {"group": ["first", "second"]}
        ),
        sample_stats=xr.Dataset({name: (("chain", "draw"), v) for name, v in stats.items()}),
    )


@pytest.fixture
def good_draws():
    return np.random.default_rng(1).normal(size=(4, 1000, 2))


def test_independent_draws_pass(good_draws):
    diagnostics = diagnose(made_up_fit(good_draws))
    assert diagnostics.problems() == {}
    check_diagnostics(diagnostics, "model")


def test_chains_that_disagree_are_found_and_named(good_draws):
    good_draws[0, :, 1] += 1
    problems = diagnose(made_up_fit(good_draws)).problems()
    assert problems["rhat"].startswith("R-hat of theta[second] is")


def test_too_few_effective_draws_are_found_and_named():
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(4, 1000, 2))
    draws = noise.copy()
    for step in range(1, 1000):
        draws[:, step, 0] = 0.97 * draws[:, step - 1, 0] + noise[:, step, 0]
    problems = diagnose(made_up_fit(draws)).problems()
    assert "bulk ESS of theta[first] is" in problems["ess"]


def test_divergences_are_counted(good_draws):
    problems = diagnose(made_up_fit(good_draws, divergences=3)).problems()
    assert problems["divergences"].startswith("3 of 4000 draws diverged, allowed 0")


def test_slow_energy_is_found(good_draws):
    walk = np.cumsum(np.random.default_rng(4).normal(size=(4, 1000)), axis=1)
    problems = diagnose(made_up_fit(good_draws, energy=walk)).problems()
    assert problems["ebfmi"].startswith("E-BFMI is 0.0")


def test_a_parameter_that_is_not_a_number_does_not_pass(good_draws):
    good_draws[0, 0, 1] = np.nan
    problems = diagnose(made_up_fit(good_draws)).problems()
    assert "theta[second]" in problems["rhat"]


def test_a_stuck_sampler_does_not_pass():
    stuck = made_up_fit(np.ones((4, 1000, 2)), energy=np.ones((4, 1000)))
    with np.errstate(invalid="ignore"):
        assert "ebfmi" in diagnose(stuck).problems()


def test_an_element_constant_by_construction_is_passed_over(good_draws):
    good_draws[:, :, 0] = 1.0
    assert diagnose(made_up_fit(good_draws)).problems() == {}


def test_every_unexpected_problem_is_reported_at_once(good_draws):
    good_draws[0, :, 1] += 1
    diagnostics = diagnose(made_up_fit(good_draws, divergences=2))
    with pytest.raises(
        DiagnosticsError, match=r"(?s)model \(stan\).*divergences: 2 of.*rhat: R-hat"
    ):
        check_diagnostics(diagnostics, "model (stan)")


def test_an_expectation_excuses_its_own_kind_only(good_draws):
    good_draws[0, :, 1] += 1
    diagnostics = diagnose(made_up_fit(good_draws, divergences=2))
    with pytest.raises(DiagnosticsError, match="rhat") as raised:
        check_diagnostics(diagnostics, "model", "divergences: part of the lesson")
    assert "divergences:" not in str(raised.value)


def test_energy_fraction_of_independent_energies_is_two():
    energy = np.random.default_rng(5).normal(size=(2, 20000))
    np.testing.assert_allclose(e_bfmi(energy), 2, atol=0.1)


def slow_diagnostics(**changes):
    passing = {
        "max_r_hat": 1.004,
        "max_r_hat_of": "tau",
        "min_ess_bulk": 900.0,
        "min_ess_bulk_of": "tau",
        "min_ess_tail": 800.0,
        "min_ess_tail_of": "tau",
        "min_e_bfmi": 0.9,
        "n_divergences": 0,
        "n_max_treedepth": 0,
        "n_draws": 4000,
    }
    return Diagnostics(**(passing | changes))


@pytest.mark.parametrize(
    ("changes", "times"),
    [
        ({}, 1),
        ({"min_ess_bulk": 390.0}, 2),
        ({"min_ess_tail": 200.0}, 3),
        ({"min_ess_tail": 20.0}, 4),
        ({"max_r_hat": 1.02}, 2),
        ({"min_ess_bulk": 390.0, "n_divergences": 1}, 1),
        ({"min_ess_bulk": 390.0, "min_e_bfmi": 0.1}, 1),
        ({"min_ess_bulk": 390.0, "n_draws": 400}, 1),
        ({"min_ess_bulk": np.nan, "max_r_hat": np.nan}, 1),
    ],
    ids=str,
)
def test_only_a_fit_that_lacks_nothing_but_draws_is_extended(changes, times):
    assert times_to_extend(slow_diagnostics(**changes), (), 4) == times


def test_too_few_draws_that_are_expected_do_not_extend_a_fit():
    assert times_to_extend(slow_diagnostics(min_ess_bulk=390.0), {"ess": "shown here"}, 4) == 1
