"""Tests of uniformity have the size they claim, and see what is not uniform."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
from scipy.stats import binom, kstest

from hierarchical_models.rank_tests import chi_square_p_value, ecdf_band, ecdf_p_value


def _least_tail_probability(ranks, n_draws):
    """The statistic of the test, spelled out."""
    least = 1.0
    for place in range(1, n_draws + 1):
        below = sum(rank < place for rank in ranks)
        at_most = binom.cdf(below, len(ranks), place / (n_draws + 1))
        at_least = binom.sf(below - 1, len(ranks), place / (n_draws + 1))
        least = min(least, 2 * min(at_most, at_least))
    return min(least, 1.0)


@pytest.mark.parametrize("ranks", [(0, 0, 0, 0), (0, 1, 2, 3), (3, 3, 2, 3), (1, 1, 2, 2)])
def test_ecdf_p_value_is_the_share_of_all_outcomes_that_are_as_extreme(ranks):
    observed = _least_tail_probability(ranks, 3)
    outcomes = [_least_tail_probability(other, 3) for other in product(range(4), repeat=4)]
    share = np.mean([value <= observed * (1 + 1e-9) for value in outcomes])
    assert ecdf_p_value(np.array(ranks), 3) == pytest.approx(share, abs=1e-12)


def test_ecdf_band_holds_its_share_of_all_outcomes():
    n_draws, n_simulations = 3, 5
    band = ecdf_band(n_simulations, n_draws, 0.8)
    inside = 0
    for ranks in product(range(n_draws + 1), repeat=n_simulations):
        height = np.mean(np.array(ranks)[:, None] < np.arange(1, n_draws + 1), axis=0)
        inside += np.all((band.lower <= height + 1e-12) & (height <= band.upper + 1e-12))
    share = inside / (n_draws + 1) ** n_simulations
    assert 0.8 <= share < 0.95


def test_p_values_of_uniform_ranks_are_uniform():
    random = np.random.default_rng(3)
    studies = random.integers(0, 100, (300, 150))
    ecdf = [ecdf_p_value(ranks, 99) for ranks in studies]
    chi_square = [chi_square_p_value(ranks, 99) for ranks in studies]
    for found in (ecdf, chi_square):
        assert kstest(found, "uniform").pvalue > 1e-3
        assert 0.02 < np.mean(np.array(found) < 0.05) < 0.09


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("posterior too low", (1.5, 1.0)),
        ("posterior too high", (1.0, 1.5)),
        ("posterior too narrow", (0.6, 0.6)),
        ("posterior too wide", (2.0, 2.0)),
    ],
)
def test_ranks_that_are_not_uniform_are_seen_by_both_tests(name, shape):
    ranks = (np.random.default_rng(4).beta(*shape, 300) * 100).astype(int)
    assert ecdf_p_value(ranks, 99) < 1e-3, name
    assert chi_square_p_value(ranks, 99) < 1e-3, name


@pytest.mark.parametrize(
    ("ranks", "n_draws", "message"),
    [
        ([0, 5, 11], 10, "ranks: found 11, allowed 0 to 10 (n_draws)"),
        ([-1, 5], 10, "ranks: found -1, allowed 0 to 10 (n_draws)"),
        ([], 10, "ranks: found shape (0,) of float64, allowed one row of whole numbers"),
        ([0.5], 10, "ranks: found shape (1,) of float64, allowed one row of whole numbers"),
    ],
)
def test_ranks_out_of_range_are_refused(ranks, n_draws, message):
    for test in (ecdf_p_value, chi_square_p_value):
        with pytest.raises(ValueError, match=re.escape(message)):
            test(ranks, n_draws)


def test_too_few_ranks_for_bins_are_refused():
    with pytest.raises(ValueError, match=r"ranks: found 19, allowed from 20; simulate more"):
        chi_square_p_value(np.arange(19), 99)


def test_draws_that_leave_no_equal_bins_are_refused():
    with pytest.raises(ValueError, match="n_draws: found 100, allowed numbers that are 1 less"):
        chi_square_p_value(np.arange(100), 100)


@pytest.mark.parametrize("probability", [0.0, 1.0, float("nan")])
def test_band_of_an_impossible_probability_is_refused(probability):
    with pytest.raises(ValueError, match="probability: found .*, allowed above 0 and below 1"):
        ecdf_band(100, 99, probability)
