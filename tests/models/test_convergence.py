"""Convergence of many parameters at once is what ArviZ computes for each."""

from __future__ import annotations

import arviz as az
import numpy as np
import pytest

from hierarchical_models import convergence
from hierarchical_models.convergence import measure_convergence


def awkward_draws(n_chains: int, n_draws: int) -> np.ndarray:
    """Chains that mix well, not at all, and in all ways between."""
    rng = np.random.default_rng(n_chains * n_draws)
    noise = rng.normal(size=(n_chains, n_draws, 8))
    zigzag = noise[..., 3].copy()
    slow = noise[..., 4].copy()
    for at in range(1, n_draws):
        zigzag[:, at] -= 0.9 * zigzag[:, at - 1]
        slow[:, at] += 0.95 * slow[:, at - 1]
    noise[..., 1] = noise[..., 1].cumsum(axis=1)
    noise[..., 2] = noise[..., 2].round()  # many draws are equal
    noise[..., 3], noise[..., 4] = zigzag, slow
    noise[0, :, 5] += 3
    noise[0, :, 6] *= 10
    noise[..., 7] = np.exp(2 * noise[..., 7])
    return noise


@pytest.mark.parametrize("n_chains", [1, 2, 4])
@pytest.mark.parametrize("n_draws", [*range(4, 16), 51, 100, 999, 1000, 4000])
def test_numbers_are_those_of_arviz(n_chains, n_draws):
    draws = awkward_draws(n_chains, n_draws)
    found = measure_convergence(draws)
    data = az.convert_to_dataset({"x": draws})
    with np.errstate(divide="ignore", invalid="ignore"):
        r_hat = az.rhat(data)["x"].to_numpy()
    np.testing.assert_allclose(found.r_hat, r_hat, rtol=1e-9)
    for method, numbers in (("bulk", found.ess_bulk), ("tail", found.ess_tail)):
        expected = az.ess(data, method=method)["x"].to_numpy()
        np.testing.assert_allclose(numbers, expected, rtol=1e-9)


def test_constants_are_worth_all_their_draws():
    draws = np.full((4, 100, 1), 3.5)
    found = measure_convergence(draws)
    assert np.isnan(found.r_hat)
    assert found.ess_bulk == found.ess_tail == 400
    assert az.ess(az.convert_to_dataset({"x": draws}), method="bulk")["x"] == 400


def test_what_is_not_a_number_is_not_hidden():
    draws = awkward_draws(4, 100)
    draws[2, 50, 0] = np.nan
    found = measure_convergence(draws)
    for numbers in (found.r_hat, found.ess_bulk, found.ess_tail):
        assert np.isnan(numbers).tolist() == [True, *[False] * 7]


def test_three_draws_say_nothing():
    found = measure_convergence(np.random.default_rng(1).normal(size=(4, 3, 2)))
    assert np.isnan([found.r_hat, found.ess_bulk, found.ess_tail]).all()


def test_blocks_change_nothing(monkeypatch):
    draws = awkward_draws(4, 100)
    whole = measure_convergence(draws)
    monkeypatch.setattr(convergence, "BLOCK", 4 * 100 * 3)
    parts = measure_convergence(draws)
    np.testing.assert_array_equal(whole.r_hat, parts.r_hat)
    np.testing.assert_array_equal(whole.ess_bulk, parts.ess_bulk)
    np.testing.assert_array_equal(whole.ess_tail, parts.ess_tail)


def test_no_parameters_give_no_numbers():
    assert measure_convergence(np.zeros((4, 100, 0))).r_hat.shape == (0,)
