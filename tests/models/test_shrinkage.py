"""Closed forms of shrinkage, against published numbers and against the limits they must have."""

import json
from pathlib import Path

import numpy as np
import pytest

from hierarchical_models import datasets
from hierarchical_models.shrinkage import (
    arcsine_transform,
    james_stein,
    pooling_factor,
    rate_from_arcsine,
    shrink,
    shrinkage_weight,
)

REFERENCE = json.loads(
    (Path(__file__).parent / "reference" / "posteriors.json").read_text(encoding="utf-8")
)["baseball"]["james_stein"]


@pytest.fixture(scope="module")
def batting():
    frame = datasets.load("baseball").frame
    rates = (frame["hits"] / frame["at_bats"]).to_numpy()
    rest = np.array(REFERENCE["data"]["remaining_avg_EM"])
    return rates, rest


def test_weight_is_the_share_of_the_variance_between_groups():
    assert shrinkage_weight(3.0, [4.0, 3.0]) == pytest.approx([9 / 25, 0.5])


def test_weight_goes_from_complete_pooling_to_none():
    assert shrinkage_weight(0.0, [1.0, 5.0]).tolist() == [0.0, 0.0]
    assert shrinkage_weight(np.inf, [1.0, 5.0]).tolist() == [1.0, 1.0]


def test_weight_neither_overflows_nor_underflows():
    assert shrinkage_weight(1e-200, 1e-200) == pytest.approx(0.5)
    assert shrinkage_weight(1e200, 1e200) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("tau", "sigma", "message"),
    [
        (-1.0, [1.0], "tau: found -1, allowed at least 0"),
        (float("nan"), [1.0], "tau: found nan"),
        (1.0, [1.0, 0.0], "sigma: found 0, allowed above 0"),
        (1.0, [-2.0], "sigma: found -2, allowed above 0"),
    ],
)
def test_weight_refuses_what_is_no_standard_deviation(tau, sigma, message):
    with pytest.raises(ValueError, match=message):
        shrinkage_weight(tau, sigma)


def test_shrunk_estimates_lie_between_the_group_and_the_mean():
    y, sigma = np.array([28.0, -3.0]), np.array([15.0, 16.0])
    assert shrink(y, sigma, mu=8.0, tau=0.0).tolist() == [8.0, 8.0]
    assert shrink(y, sigma, mu=8.0, tau=np.inf).tolist() == [28.0, -3.0]
    between = shrink(y, sigma, mu=8.0, tau=10.0)
    assert 8.0 < between[0] < 28.0 and -3.0 < between[1] < 8.0


def test_james_stein_on_baseball_is_that_of_efron_and_morris(batting):
    rates, rest = batting
    mean = rates.mean()
    fit = james_stein(rates, mean * (1 - mean) / 45)
    assert mean == pytest.approx(REFERENCE["ybar"], abs=5e-5)
    assert fit.c == pytest.approx(REFERENCE["c"], abs=5e-5)
    assert fit.estimates == pytest.approx(REFERENCE["raw-scale JS"], abs=5.1e-5)
    assert np.sum((rates - rest) ** 2) == pytest.approx(REFERENCE["SSE_MLE"], abs=5e-5)
    assert np.sum((fit.estimates - rest) ** 2) == pytest.approx(REFERENCE["SSE_JS"], abs=5e-5)


def test_james_stein_after_the_arcsine_transform_is_that_of_efron_and_morris(batting):
    rates, _ = batting
    fit = james_stein(arcsine_transform(rates, 45), 1.0)
    assert fit.c == pytest.approx(REFERENCE["arcsine 1-15/V"], abs=5e-4)
    back = rate_from_arcsine(fit.estimates, 45)
    assert back == pytest.approx(REFERENCE["arcsine JS (prob scale)"], abs=5.1e-5)


def test_james_stein_keeps_the_grand_mean_and_unpacks():
    estimates, c = james_stein([1.0, 2.0, 4.0, 9.0, 3.0], 0.5)
    assert estimates.mean() == pytest.approx(3.8)
    assert c == pytest.approx(1 - 2 * 0.5 / np.sum((np.array([1, 2, 4, 9, 3]) - 3.8) ** 2))


def test_james_stein_beats_the_groups_own_means_in_total_squared_error():
    random = np.random.default_rng(1)
    means = random.normal(0, 1, 10)
    losses = np.zeros(2)
    for _ in range(400):
        y = random.normal(means, 1.0)
        losses += np.sum((y - means) ** 2), np.sum((james_stein(y, 1.0).estimates - means) ** 2)
    assert losses[1] < 0.9 * losses[0]


@pytest.mark.parametrize(
    ("y", "variance", "message"),
    [
        ([1.0, 2.0, 3.0], 1.0, "y: found 3 groups, allowed at least 4"),
        ([1.0] * 5, 1.0, "found 5 equal means"),
        ([1.0, 2.0, 3.0, 4.0], 0.0, "variance: found 0, allowed above 0"),
    ],
)
def test_james_stein_refuses_what_it_cannot_shrink(y, variance, message):
    with pytest.raises(ValueError, match=message):
        james_stein(y, variance)


def test_arcsine_transform_has_unit_variance():
    random = np.random.default_rng(2)
    for rate in (0.2, 0.5):
        transformed = arcsine_transform(random.binomial(200, rate, 20_000) / 200, 200)
        assert transformed.std() == pytest.approx(1.0, abs=0.02)


def test_arcsine_transform_refuses_counts():
    with pytest.raises(ValueError, match="rate: found 18, allowed 0 to 1"):
        arcsine_transform([18, 0.3], 45)


def test_pooling_factor_is_the_share_of_variance_that_is_not_between_the_means():
    # groups independent given tau: posterior mean w * d, posterior variance w * sigma**2
    random = np.random.default_rng(3)
    d, sigma, tau = random.normal(0, 2, 40), 1.0, 2.0
    weight = tau**2 / (tau**2 + sigma**2)
    draws = random.normal(weight * d, np.sqrt(weight) * sigma, (20_000, 40))
    expected = 1 - (weight * d).var(ddof=1) / ((weight * d).var(ddof=1) + weight * sigma**2)
    assert pooling_factor(draws) == pytest.approx(expected, abs=0.003)


def test_pooling_factor_does_not_depend_on_the_unit():
    errors = np.random.default_rng(4).normal([1.0, 0.0, -1.0], 1.0, (50, 3))
    assert pooling_factor(1000 * errors) == pytest.approx(pooling_factor(errors))


@pytest.mark.parametrize("errors", [[1.0, 2.0], [[1.0, 2.0]], [[1.0], [2.0]]])
def test_pooling_factor_refuses_too_few_draws_or_groups(errors):
    with pytest.raises(ValueError, match="errors: found shape"):
        pooling_factor(errors)


def test_pooling_factor_refuses_errors_without_variation():
    with pytest.raises(ValueError, match="groups that never differ"):
        pooling_factor(np.ones((3, 2)))
