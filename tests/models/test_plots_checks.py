"""Figures that check models show what the data and predictions are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import arviz as az
import matplotlib.pyplot as plt
import numpy as np
import pytest

from hierarchical_models import plots
from hierarchical_models.errors import UnknownNameError
from hierarchical_models.plots import Estimates
from tests.models.plot_figures import (
    COUNTIES,
    EFFECTS,
    houses_fit,
    schools_fit,
    trials_fit,
)
from tests.models.plot_reading import SAMPLE, key_of, points_of


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    plt.close("all")


# predictive checks


def test_predictive_check_marks_observations_outside_their_interval() -> None:
    fit = schools_fit().copy()
    fit.observed_data["y"][2] = 500.0
    fit.observed_data["y"][0] = 14.0
    ax = plots.predictive_check(fit, "y", probability=0.8)
    assert points_of(ax, "observed, outside").tolist() == [[500.0, 3.0]]
    assert len(points_of(ax, "observed")) == 5
    ends = np.array([segment[:, 0] for segment in ax.collections[0].get_segments()])
    expected = fit.posterior_predictive["y"].quantile([0.1, 0.9], SAMPLE)
    assert np.allclose(ends.T, expected)


def test_predictive_check_before_the_data_shows_the_prior_s_predictions() -> None:
    ax = plots.predictive_check(schools_fit(), "y", is_prior=True)
    ends = np.array([segment[:, 0] for segment in ax.collections[0].get_segments()])
    expected = schools_fit().prior_predictive["y"].quantile([0.05, 0.95], SAMPLE)
    assert np.allclose(ends.T, expected)


def test_predictive_check_of_many_observations_says_what_else_to_use() -> None:
    fit = az.from_dict(
        posterior_predictive={"y": np.zeros((1, 5, 61))}, observed_data={"y": np.zeros(61)}
    )
    with pytest.raises(ValueError, match=r"y: found shape \(61,\), .* use predictive_density"):
        plots.predictive_check(fit, "y")


def test_an_outcome_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="variable of posterior_predictive: found 'z'"):
        plots.predictive_density(schools_fit(), "z")


def test_kinds_of_outcome_have_kinds_of_checks() -> None:
    with pytest.raises(ValueError, match="y: found counts, allowed real numbers; use predictive_c"):
        plots.predictive_density(trials_fit(), "y")
    with pytest.raises(ValueError, match="y: found real numbers, allowed counts; use predictive_d"):
        plots.predictive_counts(houses_fit(), "y")


def test_density_and_distribution_function_show_as_many_data_sets_as_asked_for() -> None:
    for draw in (plots.predictive_density, plots.predictive_ecdf):
        ax = draw(houses_fit(), "y", n_shown=7)
        assert len(ax.lines) == 8
        assert key_of(ax) == ["7 data sets from the fitted model", "observed"]


def test_distribution_function_of_the_observations_is_exact() -> None:
    fit = houses_fit()
    steps = points_of(plots.predictive_ecdf(fit, "y", n_shown=3), "observed")
    y = fit.observed_data["y"].to_numpy()
    for place, share in steps:
        assert share == pytest.approx(np.mean(y <= place))


def test_counts_show_frequencies_and_their_predictions() -> None:
    fit = trials_fit()
    ax = plots.predictive_counts(fit, "y", unit="hits")
    heights = {round(bar.get_x() + bar.get_width() / 2): bar.get_height() for bar in ax.patches}
    assert {place for place, height in heights.items() if height} == {1, 8, 12, 18}
    predicted = points_of(ax, "predicted, with 90% interval")
    made_up = fit.posterior_predictive["y"].to_numpy()
    at_8 = predicted[np.isclose(predicted[:, 0], 8), 1]
    assert at_8 == pytest.approx(np.mean((made_up == 8).sum(axis=-1)))


def test_statistic_gives_the_share_of_data_sets_that_reach_the_observed_one() -> None:
    fit = schools_fit()
    ax = plots.predictive_statistic(fit, "y", np.max, label="largest")
    share = float(np.mean(fit.posterior_predictive["y"].max("school") >= EFFECTS.max()))
    assert key_of(ax)[-1] == f"as large or larger: p = {share:.2f}"
    assert points_of(ax, "observed")[:, 0].tolist() == [28, 28]
    counts = sum(bar.get_height() for bar in ax.patches)
    assert counts == 300


def test_a_statistic_that_is_never_reached_does_not_have_probability_0() -> None:
    fit = schools_fit().copy()
    fit.observed_data["y"][:] = 1e6
    assert key_of(plots.predictive_statistic(fit, "y", np.max))[-1] == (
        "as large or larger: none of 300"
    )


def test_a_statistic_that_is_not_one_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"statistic: found shape \(6,\), allowed one finite"):
        plots.predictive_statistic(schools_fit(), "y", np.sort)


def test_statistic_by_group_is_that_of_each_group() -> None:
    fit = houses_fit()
    group = fit.constant_data["group_index"].to_numpy()
    ax = plots.predictive_statistic_by_group(fit, "y", np.max, group, labels=COUNTIES)
    y = fit.observed_data["y"].to_numpy()
    shown = np.concatenate([line.get_xdata() for line in ax.lines])
    assert sorted(shown) == pytest.approx(sorted(y[group == one].max() for one in range(5)))
    assert [text.get_text() for text in ax.get_yticklabels()] == list(COUNTIES)
    with pytest.raises(ValueError, match=r"groups: found shape \(2,\), allowed \(49,\)"):
        plots.predictive_statistic_by_group(fit, "y", np.max, [0, 1])


# regression


def test_regression_lines_are_the_means_of_each_fit_s_draws() -> None:
    fits = {kind: houses_fit(kind) for kind in ("pooled", "unpooled", "partial")}
    panels = plots.regression_lines(fits, ["ST LOUIS", "AITKIN"], probability=None)
    for panel, county in zip(panels, ("ST LOUIS", "AITKIN"), strict=True):
        for kind, fit in fits.items():
            alpha = fit.posterior["alpha"]
            alpha = alpha.sel(county=county) if "county" in alpha.dims else alpha
            ends = [float(alpha.mean()), float((alpha + fit.posterior["beta"]).mean())]
            assert points_of(panel, kind)[[0, -1], 1] == pytest.approx(ends)
    assert [panel.get_title(loc="left") for panel in panels] == [
        "ST LOUIS\n30 houses",
        "AITKIN\n1 house",
    ]
    group = houses_fit().constant_data["group_index"].to_numpy()
    own = houses_fit().observed_data["y"].to_numpy()[group == 2]
    assert np.allclose(panels[0].lines[0].get_ydata(), own)


def test_regression_lines_of_unknown_groups_or_of_none_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="county: found 'ANOKA', allowed AITKIN"):
        plots.regression_lines({"partial": houses_fit()}, ["ANOKA"])
    with pytest.raises(ValueError, match="groups: found none"):
        plots.regression_lines({"partial": houses_fit()}, [])
    with pytest.raises(ValueError, match="fits: found none whose alpha or beta has a value for"):
        plots.regression_lines({"pooled": houses_fit("pooled")}, ["AITKIN"])


# exact answers, variances, effects, recovery


def test_conditional_means_are_drawn_with_their_density_below() -> None:
    tau, means = [0.0, 1.0, 2.0], [[5.0, 5.0], [4.0, 6.0], [3.0, 9.0]]
    above, below = plots.conditional_means(
        tau, means, [3.0, 2.0, 1.0], marginal=[3.5, 7.5], labels=["A", "B"]
    )
    assert [line.get_ydata().tolist() for line in above.lines[:2]] == [[5, 4, 3], [5, 6, 9]]
    assert below.lines[0].get_ydata().tolist() == [3, 2, 1]
    dots = [(line.get_xdata()[0], line.get_ydata()[0]) for line in above.lines[2:]]
    assert dots == [(1.5, 3.5), (1.5, 7.5)]
    assert [text.get_text() for text in above.texts] == ["A", "B"]


def test_conditional_means_refuse_arrays_that_do_not_match() -> None:
    with pytest.raises(ValueError, match="tau: allowed two or more numbers that increase"):
        plots.conditional_means([1.0, 0.0], [[1.0], [1.0]], [1.0, 1.0])
    with pytest.raises(ValueError, match=r"theta_mean: found shape \(1, 2\)"):
        plots.conditional_means([0.0, 1.0], [[1.0, 2.0]], [1.0, 1.0])


def test_variance_components_are_shares_that_add_up_to_one() -> None:
    fit = houses_fit()
    ax = plots.variance_components(fit, {"between": "sigma_alpha", "within": "sigma_y"})
    widths = [bar.get_width() for bar in ax.patches]
    between, within = (fit.posterior[name] ** 2 for name in ("sigma_alpha", "sigma_y"))
    assert widths[0] == pytest.approx(float((between / (between + within)).mean()))
    assert sum(widths) == pytest.approx(1)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"a": [1.0]}, "components: found 1, allowed two or more"),
        ({"a": [1.0], "b": [1.0, 2.0]}, r"source: found \[1, 2\] draws"),
        ({"a": [1.0], "b": [-1.0]}, "b: found -1, allowed standard deviations from 0"),
    ],
)
def test_components_that_are_no_standard_deviations_are_refused(source: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plots.variance_components(source)


def test_effect_pairs_join_own_and_pooled_estimates() -> None:
    ax = plots.effect_pairs(
        ([1.0, 2.0], [0.0, 0.2]), raw=([0.5, 2.5], [-0.5, np.nan]), labels="AB", named="B"
    )
    assert points_of(ax, "partial pooling").tolist() == [[1, 0], [2, 0.2]]
    assert ax.lines[0].get_xdata().tolist() == [0.5, 1.0]
    assert "B" in [text.get_text() for text in ax.texts]


def test_ellipses_hold_their_share_of_the_population() -> None:
    mean, covariance = [1.0, -2.0], [[1.0, 0.6], [0.6, 2.0]]
    ax = plots.effect_pairs(([0.0, 2.0], [-3.0, 0.0]), population=(mean, covariance))
    draws = np.random.default_rng(1).multivariate_normal(mean, covariance, 4000)
    for ellipse, share in zip(ax.patches, (0.5, 0.9), strict=True):
        path = ellipse.get_path().transformed(ellipse.get_patch_transform())
        assert np.mean(path.contains_points(draws)) == pytest.approx(share, abs=0.03)


def test_recovery_counts_the_intervals_that_hold_the_truth() -> None:
    found = Estimates([0.1, 2.0, 3.0], [-1.0, 1.5, 2.0], [1.0, 2.5, 4.0])
    ax = plots.recovery([0.0, 1.0, 3.5], found)
    assert key_of(ax)[:2] == ["90% interval holds the truth (2 of 3)", "misses it (1)"]


# leave-one-out, calibration, forecasts


def test_pareto_k_marks_and_names_what_is_not_reliable() -> None:
    ax = plots.pareto_k([0.1, 0.9, 0.3, np.nan], labels="abcd")
    crosses = next(line for line in ax.lines if line.get_marker() == "X")
    assert crosses.get_xdata().tolist() == [1, 3]
    assert ax.get_xlabel() == "observation (2 of 4 above the line)"


def test_pareto_k_takes_the_threshold_that_loo_gives() -> None:
    random = np.random.default_rng(1)
    fit = az.from_dict(
        posterior={"mu": random.normal(size=(2, 100))},
        log_likelihood={"y": random.uniform(-1, 0, size=(2, 100, 6))},
    )
    loo = az.loo(fit, pointwise=True)
    ax = plots.pareto_k(loo)
    assert ax.lines[0].get_ydata()[0] == pytest.approx(loo.good_k)
    with pytest.raises(ValueError, match="loo: found no pointwise values"):
        plots.pareto_k(az.loo(fit, pointwise=False))


def test_elpd_difference_sums_within_groups() -> None:
    first, second = np.array([-1.0, -2.0, -3.0]), np.array([-1.5, -1.0, -5.0])
    ax = plots.elpd_difference(first, second, groups=["b", "a", "b"])
    assert sorted(bar.get_width() for bar in ax.patches) == [-1.0, 2.5]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a", "b"]
    error = np.sqrt(2) * np.std([2.5, -1.0], ddof=1)
    assert f"sum 1.5, standard error {error:.1f}" in ax.get_xlabel()


def test_calibrated_predictions_stay_inside_the_band_and_others_do_not() -> None:
    random = np.random.default_rng(1)
    p = random.uniform(size=2000)
    share_outside = {}
    for label, rate in {"right": p, "wrong": p**3}.items():
        ax = plots.calibration_curve(p, random.uniform(size=2000) < rate)
        curve = points_of(ax, "what happened")
        assert np.all(np.diff(curve[:, 1]) >= 0)
        vertices = ax.collections[0].get_paths()[0].vertices
        order = np.argsort(p)
        heights = {x: [] for x in p[order]}
        for x, y in vertices:
            if x in heights:
                heights[x].append(y)
        outside = [not min(heights[x]) <= y <= max(heights[x]) for x, y in curve]
        share_outside[label] = np.mean(outside)
    assert share_outside["right"] < 0.3 < 0.6 < share_outside["wrong"]


@pytest.mark.parametrize(
    ("predicted", "happened", "message"),
    [
        (np.linspace(0, 1.2, 10), np.zeros(10), r"predicted: found 1.0\d*, allowed 0 to 1"),
        (np.linspace(0, 1, 10), np.full(10, 2), "happened: found 2, allowed 0 or 1"),
        (np.linspace(0, 1, 10), np.zeros(9), r"happened: found shape \(9,\), allowed \(10,\)"),
        ([0.5], [1], r"predicted: found shape \(1,\), allowed 10"),
    ],
)
def test_probabilities_and_events_that_are_none_are_refused(
    predicted: Any, happened: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        plots.calibration_curve(predicted, happened)


def test_fan_shows_median_bands_and_what_was_observed_later() -> None:
    draws = np.random.default_rng(1).normal(size=(500, 4)) * [1, 1, 2, 3]
    ax = plots.fan(
        [1, 2, 3, 4], draws, observed=[0.0, np.nan, 1.0, 2.0], forecast_from=3, probabilities=[0.8]
    )
    assert np.allclose(points_of(ax, "median")[:, 1], np.median(draws, axis=0))
    assert points_of(ax, "observed later").tolist() == [[3, 1], [4, 2]]
    band = ax.collections[0].get_paths()[0].vertices
    assert band[:, 1].max() == pytest.approx(np.quantile(draws, 0.9, axis=0).max())


def test_a_forecast_out_of_order_or_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="time: found times out of order"):
        plots.fan([2, 1], np.zeros((5, 2)))
    with pytest.raises(ValueError, match=r"draws: found shape \(5, 3\), allowed \(n_draws, 2\)"):
        plots.fan([1, 2], np.zeros((5, 3)))
