"""Figures of groups' estimates show what the numbers are, and refuse what does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color

from hierarchical_models import plots
from hierarchical_models.errors import UnknownNameError
from hierarchical_models.plots import Estimates
from hierarchical_models.plots.groups import group_sizes, own_estimates
from tests.models.plot_figures import (
    COUNTIES,
    EFFECTS,
    HOUSES,
    PLAYERS,
    SCHOOLS,
    houses_fit,
    schools_fit,
    trials_fit,
)
from tests.models.plot_reading import SAMPLE, arrows_of, key_of, points_of


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    plt.close("all")


# shrinkage


def test_shrinkage_shows_each_group_from_top_to_bottom() -> None:
    ax = plots.shrinkage([20.0, 0.0, 5.0], [12.0, 6.0, 5.0], labels=["A", "B", "C"], pooled=8.0)
    assert points_of(ax, "own data only").tolist() == [[20, 2], [0, 1], [5, 0]]
    assert points_of(ax, "partial pooling").tolist() == [[12, 2], [6, 1], [5, 0]]
    assert points_of(ax, "complete pooling")[:, 0].tolist() == [8, 8]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["A", "B", "C"]
    assert key_of(ax) == ["own data only", "partial pooling", "complete pooling"]


def test_shrinkage_draws_an_arrow_for_each_visible_move_only() -> None:
    arrows = arrows_of(plots.shrinkage([20.0, 0.0, 5.0], [12.0, 6.0, 5.0]))
    assert [(arrow.xyann[0], arrow.xy[0]) for arrow in arrows] == [(20, 12), (0, 6)]


def test_shrinkage_of_a_fit_takes_the_own_estimates_from_its_data() -> None:
    fit = trials_fit()
    ax = plots.shrinkage(fit)
    rate = fit.observed_data["y"] / fit.constant_data["n"]
    mean = fit.posterior["theta"].mean(SAMPLE)
    assert np.allclose(points_of(ax, "own data only")[:, 0], rate)
    assert np.allclose(points_of(ax, "partial pooling")[:, 0], mean)
    assert [text.get_text() for text in ax.get_yticklabels()] == list(PLAYERS)


def test_shrinkage_shows_truth_size_and_order() -> None:
    ax = plots.shrinkage(
        [3.0, 1.0, 2.0], [2.5, 1.5, 2.0], truth=[2.2, 1.1, 1.9], size=[10, 40, 5], order=[1, 3, 2]
    )
    assert points_of(ax, "what happened later").tolist() == [[2.2, 0], [1.1, 2], [1.9, 1]]
    areas = next(one.get_sizes() for one in ax.collections if one.get_label() == "partial pooling")
    assert np.allclose(areas / areas.max(), [0.25, 1, 0.125])
    assert key_of(ax)[-2:] == ["size 5", "size 40"]


def test_shrinkage_leaves_out_an_own_estimate_that_a_group_does_not_have() -> None:
    ax = plots.shrinkage([1.0, np.nan], [1.5, 2.0], labels=["A", "B"])
    assert len(arrows_of(ax)) == 1
    assert np.isfinite(points_of(ax, "partial pooling")).all()


def test_shrinkage_names_chosen_groups_of_many() -> None:
    labels = [f"county {place}" for place in range(100)]
    raw = np.linspace(0, 1, 100)
    ax = plots.shrinkage(raw, 0.5 * raw, labels=labels, named=["county 3", "county 4"])
    names = [text.get_text() for text in ax.texts if text.get_text()]
    assert names == ["county 3", "county 4"]
    assert ax.figure.get_size_inches()[1] < 12


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 2.0], [1.0]), "partial: found 1 groups, allowed 2, as raw has"),
        (([1.0, 2.0],), "partial: found nothing, allowed the partially pooled estimates"),
        (([1.0], [np.nan]), r"partial\[0\]: found nan, allowed finite numbers"),
    ],
)
def test_shrinkage_refuses_estimates_that_do_not_match(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plots.shrinkage(*arguments)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": ["A"]}, "labels: found 1 names, allowed 2, one for each group"),
        ({"truth": [1.0]}, r"truth: found shape \(1,\), allowed \(2,\)"),
        ({"size": [1.0, 0.0]}, "size: found 0, allowed above 0"),
        ({"order": [[1, 2]]}, r"order: found shape \(1, 2\), allowed \(2,\)"),
        ({"pooled": [1.0, 2.0]}, "pooled: found 2 numbers, allowed one"),
    ],
)
def test_shrinkage_refuses_options_of_another_length(options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plots.shrinkage([1.0, 2.0], [1.2, 1.8], **options)


def test_shrinkage_refuses_groups_in_another_order() -> None:
    first = Estimates([1.0, 2.0], labels=("A", "B"))
    second = Estimates([2.0, 1.0], labels=("B", "A"))
    with pytest.raises(ValueError, match="partial: found 'B' as group 0, allowed 'A', as raw has"):
        plots.shrinkage(first, second)


def test_shrinkage_with_too_many_names_says_how_to_choose_some() -> None:
    values = np.zeros(61)
    with pytest.raises(ValueError, match=r"labels: found 61 groups, .* choose some with named="):
        plots.shrinkage(values, values, labels=range(61))


def test_an_unknown_group_is_named_with_the_nearest_known_one() -> None:
    with pytest.raises(
        UnknownNameError, match="named: found 'ST LUIS', .* did you mean 'ST LOUIS'"
    ):
        plots.ranked(houses_fit(), "alpha", named=["ST LUIS"])


def test_own_estimates_need_one_outcome_for_each_group() -> None:
    with pytest.raises(ValueError, match="raw: the data do not hold one outcome for each element"):
        plots.shrinkage(houses_fit(), name="alpha")
    assert own_estimates(schools_fit(), "theta").mean.tolist() == EFFECTS.tolist()


def test_description_of_shrinkage_is_true_of_its_numbers() -> None:
    text = plots.describe_shrinkage(
        [20.0, -4.0, np.nan], [12.0, 1.0, 7.0], labels=["A", "B", "C"], pooled=8.0
    )
    assert text == (
        "3 groups. 1 group without an own estimate. From their own data alone, estimates run from "
        "−4.0 to 20.0; with partial pooling, from 1.0 to 12.0. The largest move is that of A, from "
        "20.0 to 12.0. Complete pooling gives 8.0; all partially pooled estimates lie nearer to it "
        "than the groups' own."
    )


def test_description_of_shrinkage_counts_groups_that_move_away() -> None:
    text = plots.describe_shrinkage([1.0, 3.0], [0.5, 2.5], pooled=2.0)
    assert text.endswith("1 of 2 partially pooled estimates lie nearer to it than the groups' own.")


def test_description_of_groups_that_do_not_move_says_so() -> None:
    assert "No estimate moves." in plots.describe_shrinkage([1.0, 3.0], [1.0, 3.0])
    only_partial = plots.describe_shrinkage([np.nan, np.nan], [1.0, 3.0], pooled=2.0)
    assert only_partial.endswith("With partial pooling, estimates run from 1.00 to 3.00.")


# intervals


def test_intervals_show_means_and_quantiles_of_the_draws() -> None:
    fit = schools_fit()
    ax = plots.intervals({"one": fit}, "theta", probability=0.5)
    draws = fit.posterior["theta"]
    assert np.allclose(points_of(ax, "one")[:, 0], draws.mean(SAMPLE))
    ends = np.array([segment[:, 0] for segment in ax.collections[0].get_segments()])
    assert np.allclose(ends.T, draws.quantile([0.25, 0.75], SAMPLE))
    assert ax.get_ylabel() == "school"
    assert "effect in group j, in the unit of the outcome" in ax.get_xlabel().replace("\n", " ")


def test_intervals_of_several_fits_differ_in_place_colour_and_marker() -> None:
    ax = plots.intervals({"PyMC": schools_fit(1), "Stan": schools_fit(2)}, "theta")
    first, second = ax.lines[:2]
    assert first.get_marker() != second.get_marker()
    assert not same_color(first.get_color(), second.get_color())
    assert np.all(first.get_ydata() > second.get_ydata())
    assert key_of(ax) == ["PyMC", "Stan"]


def test_intervals_accept_exact_answers_and_arrays_of_draws() -> None:
    exact = Estimates([1.0, 2.0], [0.5, 1.0], [1.5, 3.0], labels=("A", "B"))
    draws = np.array([[0.0, 1.0], [2.0, 3.0]])
    ax = plots.intervals({"exact": exact, "draws": draws}, unit="points")
    assert points_of(ax, "exact")[:, 0].tolist() == [1, 2]
    assert points_of(ax, "draws")[:, 0].tolist() == [1, 2]
    assert ax.get_xlabel() == "points"


def test_intervals_of_a_scalar_have_a_row_for_each_fit() -> None:
    fits = {"plain": schools_fit(1), "with uranium": schools_fit(2)}
    ax = plots.intervals(fits, "tau")
    assert [text.get_text() for text in ax.get_yticklabels()] == list(fits)
    means = [float(fit.posterior["tau"].mean()) for fit in fits.values()]
    assert [line.get_xdata()[0] for line in ax.lines] == pytest.approx(means)


@pytest.mark.parametrize(
    ("fits", "message"),
    [
        ({}, "fits: found 0, allowed 1 to 5"),
        ([[1.0, 2.0]], r"fits: found list, allowed a mapping"),
        ({"a": [1.0, 2.0], "b": [1.0]}, r"fits\['b'\]: found 1 groups, allowed 2"),
        ({"a": np.zeros((2, 2, 2, 2))}, r"fits\['a'\]: found 4 dimensions, allowed 1"),
        ({"a": np.zeros(61)}, "fits: found 61 groups, allowed up to 60"),
    ],
)
def test_intervals_refuse_what_is_no_mapping_of_matching_groups(fits: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plots.intervals(fits)


@pytest.mark.parametrize("probability", [0.0, 1.0, 90, float("nan")])
def test_a_probability_outside_its_range_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="probability: found .*, allowed above 0 and below 1"):
        plots.intervals({"a": schools_fit()}, "theta", probability=probability)


def test_a_parameter_that_the_fit_does_not_have_is_named_with_those_it_has() -> None:
    message = "variable of posterior: found 'thet', allowed mu, tau, theta; did you mean 'theta'?"
    with pytest.raises(UnknownNameError, match=message.replace("?", r"\?")):
        plots.intervals({"a": schools_fit()}, "thet")


def test_a_fit_without_the_name_of_a_parameter_is_refused() -> None:
    with pytest.raises(ValueError, match=r"fits\['a'\]: found a fit, allowed with the name"):
        plots.intervals({"a": schools_fit()})


def test_description_of_intervals_is_true_of_its_numbers() -> None:
    given = {
        "exact": Estimates([1.0, 5.0], [0.0, 3.0], [2.0, 7.0], labels=("A", "B"), dim="city"),
        "points": [2.0, 4.0],
    }
    assert plots.describe_intervals(given) == (
        "2 cities, with 90% intervals. exact: estimates run from 1.00 (A) to 5.00 (B), and "
        "intervals are 2.00 to 4.00 wide. points: estimates run from 2.00 (A) to 4.00 (B)."
    )


def test_description_of_a_scalar_names_each_fit() -> None:
    text = plots.describe_intervals({"a": schools_fit()}, "tau")
    low, high = np.quantile(schools_fit().posterior["tau"], [0.05, 0.95])
    mean = float(schools_fit().posterior["tau"].mean())
    assert text == f"tau, with 90% interval: a {mean:.2f} ({low:.2f} to {high:.2f})."


def test_ranked_sorts_groups_and_names_those_chosen() -> None:
    fit = houses_fit()
    ax = plots.ranked(fit, "alpha", named=["ST LOUIS"])
    mean = fit.posterior["alpha"].mean(SAMPLE).to_numpy()
    assert np.allclose(ax.lines[0].get_ydata(), np.sort(mean))
    rank = int(np.flatnonzero(np.argsort(mean) == COUNTIES.index("ST LOUIS"))[0]) + 1
    assert [text.get_text() for text in ax.texts] == ["ST LOUIS"]
    assert ax.texts[0].xy[0] == rank


# estimates by size


def test_estimates_by_size_show_both_kinds_against_the_data_s_own_sizes() -> None:
    partial, unpooled = houses_fit("partial"), houses_fit("unpooled")
    panels = plots.estimates_by_size(
        partial, raw=unpooled, name="alpha", pooled=houses_fit("pooled"), named=["ST LOUIS"]
    )
    for panel, fit in zip(panels, (unpooled, partial), strict=True):
        assert np.allclose(panel.lines[0].get_xdata(), HOUSES)
        assert np.allclose(panel.lines[0].get_ydata(), fit.posterior["alpha"].mean(SAMPLE))
        assert panel.get_xscale() == "log"
        line = points_of(panel, "complete pooling")[:, 1]
        assert np.allclose(line, houses_fit("pooled").posterior["alpha"].mean())
        assert [text.get_text() for text in panel.texts] == ["ST LOUIS"]


def test_groups_of_one_size_are_set_side_by_side() -> None:
    panels = plots.estimates_by_size([1.0, 2.0, 3.0], size=[4, 4, 40])
    across = panels[0].lines[0].get_xdata()
    assert across[0] < 4 < across[1] and across[2] == 40
    assert across[1] / across[0] < 1.1


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (None, "size: found nothing, allowed the size of each group"),
        ([1, 2, 3], r"size: found shape \(3,\), allowed \(2,\)"),
        ([1, 0], "size: found 0, allowed above 0"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(size: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plots.estimates_by_size([1.0, 2.0], size=size)


def test_sizes_come_from_trials_or_from_counting_observations() -> None:
    assert group_sizes(trials_fit(), "theta").tolist() == [45, 45, 30, 10]
    assert group_sizes(houses_fit(), "alpha").tolist() == list(HOUSES)
    with pytest.raises(ValueError, match="size: the data do not tell the size of each group"):
        group_sizes(schools_fit(), "theta")


def test_description_by_size_is_true_of_its_numbers() -> None:
    text = plots.describe_estimates_by_size(
        [0.2, 0.3, 0.3, 0.2], raw=[0.0, 0.9, 0.35, 0.15], size=[2, 3, 40, 50], pooled=0.25
    )
    assert text == (
        "4 groups, of sizes 2 to 50. From their own data alone, the 2 groups of size 3 or below "
        "have estimates from 0.000 to 0.900, and the 2 larger ones from 0.150 to 0.350. With "
        "partial pooling, the 2 groups of size 3 or below have estimates from 0.200 to 0.300, and "
        "the 2 larger ones from 0.200 to 0.300. Complete pooling gives 0.250."
    )
    same = plots.describe_estimates_by_size([0.2, 0.3], size=[5, 5])
    assert same.startswith("2 groups, all of size 5. With partial pooling, estimates run from")


# estimates


def test_estimates_refuse_parts_of_different_lengths() -> None:
    with pytest.raises(ValueError, match="lower: found 1 values, allowed 2, as mean has"):
        Estimates([1.0, 2.0], [0.0], [3.0])
    with pytest.raises(ValueError, match="lower, upper: found one of them, allowed both"):
        Estimates([1.0], lower=[0.0])
    with pytest.raises(ValueError, match=r"mean: found shape \(0,\)"):
        Estimates([])


def test_the_key_can_be_brought_up_to_date() -> None:
    ax = plots.shrinkage([20.0, 0.0], [12.0, 6.0], labels=SCHOOLS[:2])
    ax.axvline(9, label="mean of the effects")
    plots.add_key(ax)
    assert key_of(ax) == ["own data only", "partial pooling", "mean of the effects"]
