"""Figures of samplers show what the draws are: backends, funnels, ranks, chains, priors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import arviz as az
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from hierarchical_models import plots
from hierarchical_models.calibration import Calibration
from hierarchical_models.errors import UnknownNameError
from hierarchical_models.plots.chain_plots import _chain_band
from hierarchical_models.plots.density import density_of, window
from tests.models.plot_figures import (
    schools_fit,
)
from tests.models.plot_reading import SAMPLE, key_of, points_of


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    plt.close("all")


# both backends


def test_backends_are_compared_in_monte_carlo_errors() -> None:
    first, second = schools_fit(1), schools_fit(2)
    left, right = plots.compare_backends(first, second, "theta")
    assert np.allclose(points_of(left, "PyMC")[:, 0], first.posterior["theta"].mean(SAMPLE))
    assert np.allclose(points_of(left, "Stan")[:, 0], second.posterior["theta"].mean(SAMPLE))
    tables = [az.summary(fit, ["theta"], kind="all", round_to="none") for fit in (first, second)]
    error = np.hypot(*(table["mcse_mean"] for table in tables))
    shown = np.sort(
        np.concatenate([line.get_xdata() for line in right.lines if line.get_marker() in "oX"])
    )
    expected = np.sort((tables[0]["mean"] - tables[1]["mean"]) / error)
    assert np.allclose(shown, expected)


def test_differences_beyond_four_errors_look_different() -> None:
    table = pd.DataFrame({"difference_in_mcse": [0.5, -6.0]}, index=["mu", "theta[A]"])
    ax = plots.backend_differences(table)
    crosses = [line for line in ax.lines if line.get_marker() == "X"]
    assert [line.get_xdata().tolist() for line in crosses] == [[-6.0]]
    assert ax.get_xlim()[0] < -6 and ax.get_xlim()[1] > 6


def test_a_table_without_differences_is_refused() -> None:
    with pytest.raises(ValueError, match="table: found columns mean, allowed a table from"):
        plots.backend_differences(pd.DataFrame({"mean": [1.0]}))


# funnel


def test_funnel_pair_marks_divergences_on_common_axes() -> None:
    centred, noncentred = schools_fit(1, 7), schools_fit(2)
    panels = plots.funnel_pair(centred, noncentred, at={"school": "C"})
    assert panels[0].get_xlim() == panels[1].get_xlim()
    assert panels[0].get_ylim() == panels[1].get_ylim()
    assert panels[0].get_yscale() == "log"
    marked = points_of(panels[0], "divergent draws")
    assert np.allclose(marked[:, 1], centred.posterior["tau"].to_numpy().ravel()[:7])
    assert np.allclose(
        marked[:, 0], centred.posterior["theta"].sel(school="C").to_numpy().ravel()[:7]
    )
    assert len(points_of(panels[0], "draws")) == 300 - 7
    titles = [panel.get_title(loc="left") for panel in panels]
    assert titles == ["centred\n7 divergences", "non-centred\n0 divergences"]
    low, high = panels[0].get_ylim()
    assert np.all((marked[:, 1] > low) & (marked[:, 1] < high))


def test_description_of_the_funnel_counts_divergences() -> None:
    text = plots.describe_funnel_pair(schools_fit(1, 1), schools_fit(2, 4))
    smallest = float(schools_fit(1).posterior["tau"].min())
    assert f"Centred: 300 draws, 1 divergence; the smallest tau is {smallest:.2f}" in text
    assert "Non-centred: 300 draws, 4 divergences" in text
    assert text.startswith("Spread tau on a logarithmic axis against theta of school A.")


def test_a_spread_that_is_not_positive_is_refused() -> None:
    fit = az.from_dict(
        posterior={"tau": np.array([[0.0, 1.0]]), "theta": np.zeros((1, 2))},
        sample_stats={"diverging": np.zeros((1, 2), bool)},
    )
    with pytest.raises(ValueError, match="tau: found 0, allowed above 0"):
        plots.funnel_pair(fit, fit)


def test_a_group_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="school: found 'Z', allowed A, B, C"):
        plots.funnel_pair(schools_fit(1), schools_fit(2), at={"school": "Z"})


def test_another_number_of_axes_is_refused() -> None:
    axes = plt.subplots(1, 3)[1]
    with pytest.raises(ValueError, match="ax: found 3 axes, allowed 2, one for each panel"):
        plots.funnel_pair(schools_fit(1), schools_fit(2), ax=axes)


# ranks and chains


def test_uniform_ranks_stay_inside_the_band_and_others_are_named() -> None:
    random = np.random.default_rng(1)
    good, bad = random.integers(0, 100, 200), random.integers(0, 60, 200)
    ax = plots.rank_plot({"mu": good, "tau": bad}, 99)
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert len(dashed) == 1
    assert [text.get_text() for text in ax.texts] == ["tau"]
    expected = np.mean(bad <= 49) - 0.5
    place = np.argmin(np.abs(dashed[0].get_xdata() - 0.5))
    assert dashed[0].get_ydata()[place] == pytest.approx(expected)


def test_rank_plot_takes_a_calibration_study() -> None:
    ranks = {"theta": np.arange(200).reshape(100, 2) % 100}
    study = Calibration("model", 99, ranks, np.zeros(100, int), np.full(100, 400.0))
    lines = plots.rank_plot(study).lines
    assert sum(len(line.get_xdata()) == 101 for line in lines) == 2


@pytest.mark.parametrize(
    ("ranks", "message"),
    [
        ([0, 100], r"ranks: found 100, allowed 0 to 99 \(n_draws\)"),
        ([0.5, 1.0], "ranks: found shape .* of float64, allowed whole numbers"),
        ({"a": [1, 2], "b": [1]}, r"ranks: found \[1, 2\] simulations, allowed one number"),
    ],
)
def test_ranks_that_are_none_are_refused(ranks: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plots.rank_plot(ranks, 99)


def test_rank_histogram_counts_ranks_in_bars_of_equal_width() -> None:
    ranks = np.repeat([0, 99], [30, 70])
    ax = plots.rank_histogram(ranks, 99)
    heights = ax.patches[-1].get_data().values
    assert len(heights) == 10 and heights[0] == 30 and heights[-1] == 70 and heights.sum() == 100
    with pytest.raises(ValueError, match="ranks: found 10, allowed from 20"):
        plots.rank_histogram(np.arange(10), 99)
    with pytest.raises(ValueError, match="n_draws: found 100, allowed one less than a product"):
        plots.rank_histogram(np.arange(100), 100)


def chains(shift: float, n_draws: int = 400) -> az.InferenceData:
    draws = np.random.default_rng(2).normal(size=(4, n_draws))
    draws[0] += shift
    return az.from_dict(posterior={"mu": draws})


def leaves_band(ax: Any) -> bool:
    vertices = ax.collections[0].get_paths()[0].vertices
    for line in ax.lines[:-1]:
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True):
            heights = vertices[np.isclose(vertices[:, 0], x), 1]
            if not heights.min() - 1e-9 <= y <= heights.max() + 1e-9:
                return True
    return False


def test_chains_that_agree_stay_inside_the_band_and_others_do_not() -> None:
    assert not leaves_band(plots.chain_ranks(chains(0.0), "mu"))
    assert leaves_band(plots.chain_ranks(chains(0.5), "mu"))


def test_the_band_of_chains_has_its_probability() -> None:
    n_chains, n_draws = 3, 60
    cuts = np.arange(5, 176, 5)
    lower, upper = _chain_band(n_chains, n_draws, cuts, 0.9)
    random = np.random.default_rng(3)
    inside = 0
    for _ in range(800):
        owner = random.permutation(np.repeat(np.arange(n_chains), n_draws))
        below = np.array([np.cumsum(owner == chain)[cuts - 1] for chain in range(n_chains)])
        inside += bool(np.all((below >= lower) & (below <= upper)))
    # the band is discrete, so that it may hold somewhat more
    assert 0.87 <= inside / 800 <= 0.96


def test_one_chain_alone_is_refused() -> None:
    fit = az.from_dict(posterior={"mu": np.random.default_rng(1).normal(size=(1, 100))})
    with pytest.raises(ValueError, match="mu: found 1 chain, allowed 2 or more"):
        plots.chain_ranks(fit, "mu")


def test_a_chain_with_few_independent_draws_is_refused() -> None:
    walk = np.random.default_rng(1).normal(size=(2, 300)).cumsum(axis=1)
    with pytest.raises(ValueError, match="independent draws in a chain, allowed from 20"):
        plots.chain_ranks(az.from_dict(posterior={"mu": walk}), "mu")


def test_trace_shows_every_draw_and_each_divergence() -> None:
    fit = schools_fit(n_divergent=4)
    ax = plots.trace(fit, "tau")
    paths = [line.get_ydata() for line in ax.lines if line.get_label() != "divergent"]
    assert np.allclose(paths, fit.posterior["tau"])
    assert points_of(ax, "divergent")[:, 0].tolist() == [0, 1, 2, 3]


def test_an_element_has_to_be_chosen() -> None:
    message = r"theta: found dimensions school, allowed a scalar; .* at=\{'school': 'A'\}"
    for draw in (plots.trace, plots.chain_ranks, plots.prior_to_posterior):
        with pytest.raises(ValueError, match=message):
            draw(schools_fit(), "theta")
    assert plots.trace(schools_fit(), "theta", at={"school": "B"}).get_ylabel() == "theta[B]"


# prior to posterior, densities


def test_prior_and_posterior_are_two_densities_on_one_scale() -> None:
    ax = plots.prior_to_posterior(schools_fit(), "mu", limits=(-40, 40))
    for label in ("prior", "posterior"):
        curve = points_of(ax, label)
        assert np.trapezoid(curve[:, 1], curve[:, 0]) == pytest.approx(1, abs=0.02)
    assert key_of(ax) == ["prior", "posterior"]


def test_a_density_does_not_fall_where_the_draws_stop() -> None:
    values = np.abs(np.random.default_rng(1).normal(size=4000))
    assert window(values)[0] == 0
    _, density = density_of(values, 0, 4)
    assert density[0] == pytest.approx(0.798, abs=0.06)


def test_a_density_of_a_part_holds_the_share_of_draws_in_it() -> None:
    values = np.random.default_rng(1).standard_cauchy(4000)
    place, density = density_of(values, -2, 2)
    share = np.mean(np.abs(values) <= 2)
    assert np.trapezoid(density, place) == pytest.approx(share, abs=0.01)


def test_limits_that_hold_no_draws_are_refused() -> None:
    with pytest.raises(ValueError, match="mu: found no two different draws from 900 to 901"):
        plots.prior_to_posterior(schools_fit(), "mu", limits=(900, 901))
    with pytest.raises(ValueError, match=r"limits: found \(2, 1\), allowed the lower end first"):
        plots.prior_to_posterior(schools_fit(), "mu", limits=(2, 1))


def test_a_fit_without_prior_is_refused() -> None:
    fit = az.from_dict(posterior={"mu": np.zeros((2, 9))})
    with pytest.raises(
        UnknownNameError, match="group of the fit: found 'prior', allowed posterior"
    ):
        plots.prior_to_posterior(fit, "mu")
