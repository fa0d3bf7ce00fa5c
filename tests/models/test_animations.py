"""Animations: what they show is what the course computes."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr
from scipy import stats

from hierarchical_models import animations, datasets, exact, wiener
from hierarchical_models.plots.style import STYLE, TRUTH


@pytest.fixture(autouse=True)
def figures():
    with plt.rc_context(dict(STYLE)):
        yield
    plt.close("all")


def end_of(film, number):
    """Show the end of a scene, after those before it."""
    for scene in film.scenes[: number + 1]:
        scene.draw(0.0)
        scene.draw(1.0)


def seconds_of(film):
    return sum(scene.seconds for scene in film.scenes)


def test_ease_begins_and_ends_without_a_jerk():
    steps = np.array([animations.film.ease(t) for t in np.linspace(0, 1, 101)])
    assert steps[0] == 0 and steps[-1] == 1 and (np.diff(steps) > 0).all()
    assert max(steps[1], 1 - steps[-2]) < 5e-4


@pytest.fixture(scope="module")
def baseball():
    frame = datasets.load("baseball").frame
    names = ("hits", "at_bats", "remaining_hits", "remaining_at_bats")
    return [frame[name].to_numpy() for name in names]


@pytest.fixture
def pooling_film(baseball):
    return animations.pooling(*baseball, np.array([80.0, 190.0, 400.0]), labels=("a", "b"))


def test_pooling_ends_are_no_and_complete_pooling(baseball, pooling_film):
    hits, at_bats, rest_hits, rest_at_bats = baseball
    above, below = pooling_film.figure.axes
    estimates = next(line for line in above.lines if line.get_label() == "estimate")
    curve = next(line for line in below.lines if line.get_color() == TRUTH)
    end_of(pooling_film, 0)
    pooling_film.scenes[1].draw(0.0)
    assert np.allclose(estimates.get_xdata(), hits / at_bats)
    end_of(pooling_film, 1)
    assert np.allclose(estimates.get_xdata(), hits.sum() / at_bats.sum())
    weights, scores = curve.get_data()
    assert weights[0] == 1 and weights[-1] == 0
    pooled = exact.binomial_pooled_posterior(hits, at_bats)
    complete = pooled.held_out_log_density(rest_hits, rest_at_bats).pointwise_sum
    assert scores[-1] == pytest.approx(complete, abs=0.02)
    alone = stats.betabinom.logpmf(rest_hits, rest_at_bats, hits, at_bats - hits).sum()
    assert scores[0] == pytest.approx(alone, abs=0.02)


def test_pooling_settles_at_the_weight_of_the_median(baseball, pooling_film):
    end_of(pooling_film, len(pooling_film.scenes) - 1)
    hits, at_bats, *_ = baseball
    estimates = next(
        line for line in pooling_film.figure.axes[0].lines if line.get_label() == "estimate"
    )
    kappa, mean = 190, hits.sum() / at_bats.sum()
    assert np.allclose(estimates.get_xdata(), (hits + kappa * mean) / (at_bats + kappa))
    assert f"{45 / (45 + 190):.2f}" in pooling_film.scenes[-1].caption


def test_pooling_needs_equally_many_trials(baseball):
    hits, at_bats, *rest = baseball
    with pytest.raises(ValueError, match=r"at_bats: found \[44, 45\], allowed one number"):
        animations.pooling(hits, at_bats - (hits == 18), *rest, [1, 2, 3], labels=("a", "b"))


def make_chains(shares, n_draws=200):
    rng = np.random.default_rng(1)
    tau = np.exp(rng.normal(1.5, 0.3, (len(shares), n_draws)))
    for chain, share in enumerate(shares):
        tau[chain, : round(share * n_draws)] = 0.2
    theta = rng.normal(5, 5, (*tau.shape, 2))
    coords = {"school": ["A", "B"]}
    return xr.Dataset(
        {"tau": (("chain", "draw"), tau), "theta": (("chain", "draw", "school"), theta)}, coords
    )


def test_two_samplers_show_the_typical_chain_in_its_order():
    draws = {"one": make_chains([0.0, 0.02, 0.3]), "other": make_chains([0.1, 0.09, 0.11])}
    film = animations.two_samplers(draws, 0.1, limit=0.5, school="B")
    end_of(film, 2)
    for panel, share, chain in ((2, 0.02, 1), (3, 0.1, 0)):
        line = film.figure.axes[panel].lines[-1]
        so_far = line.get_ydata()
        assert len(so_far) == 200 and so_far[-1] == pytest.approx(share)
        past = film.figure.axes[panel - 2].lines[-3]
        own = list(draws.values())[panel - 2].isel(chain=chain)
        assert np.array_equal(past.get_xdata(), own["theta"].sel(school="B"))
    assert "4 draws" in film.scenes[-1].caption and "20." in film.scenes[-1].caption


def test_possible_lines_are_draws_of_both_models():
    rng = np.random.default_rng(2)
    alpha = rng.normal(size=(2, 100, 3))
    beta = rng.normal(size=(2, 100))
    dims = {"alpha": (("chain", "draw", "county"), alpha), "beta": (("chain", "draw"), beta)}
    unpooled = xr.Dataset(dims)
    partial = unpooled + 1
    data = rng.normal(size=6), np.array([0, 1, 0, 1, 0, 1]), np.array([0, 1, 1, 2, 2, 2])
    film = animations.possible_lines(
        unpooled, partial, ["P", "R"], data, names=["P", "Q", "R"], labels=["p", "r"], unit="y"
    )
    for scene, plus in ((1, 0), (2, 1)):
        end_of(film, scene)
        for panel, county in zip(film.figure.axes, (0, 2), strict=True):
            start, end = panel.lines[-1].get_ydata()
            assert start == pytest.approx(alpha[0, -1, county] + plus)
            assert end - start == pytest.approx(beta[0, -1] + plus)
    assert [panel.get_title("left") for panel in film.figure.axes] == ["p\n1 house", "r\n3 houses"]


def test_weeks_stop_at_the_limit_and_show_that_weeks_curves():
    theta = np.linspace(0.01, 0.3, 200)
    y, n = np.array([[2, 9], [20, 35], [60, 80]]), np.array([[20, 90], [200, 300], [600, 700]])
    together = stats.beta.pdf(theta, y[..., None] + 5, (n - y)[..., None] + 40)
    film = animations.weeks_of_testing(
        (y, n), theta, together, np.array([0.01, 0.002, 0.0005]),
        names=["a", "b"], truth=np.array([0.1, 0.12]), limit=0.003,
    )  # fmt: skip
    (panel,) = film.figure.axes
    assert film.scenes[2].caption.startswith("Week 1:")
    end_of(film, 1)
    assert panel.get_title("left") == "week 1: expected loss 2.0 per 1000"
    lines = {line.get_label(): line for line in panel.lines}
    curve = lines["together"].get_ydata() - 1
    assert theta[curve.argmax()] == pytest.approx(24 / 243, abs=0.002)
    alone = lines["each site alone"].get_ydata() - 1
    assert theta[alone.argmax()] == pytest.approx(20 / 200, abs=0.002)
    own = stats.beta.pdf(theta, 21, 181)
    assert np.allclose(alone / alone.max(), own / own.max(), atol=1e-9)
    assert alone.max() / curve.max() == pytest.approx(own.max() / together[1, 0].max())
    end_of(film, 4)
    assert np.allclose(lines["truth"].get_xdata(), [10, 12])


def test_decisions_are_those_of_the_model():
    people = {
        "x": {"alpha": 1.0, "tau": 0.3, "beta": 0.5, "delta": 0.8},
        "y": {"alpha": 1.6, "tau": 0.25, "beta": 0.55, "delta": 1.2},
    }
    film = animations.decisions(people, n_trials=300, seed=4)
    end_of(film, len(film.scenes) - 1)
    caption = film.scenes[-1].caption
    rng = np.random.default_rng(5)
    for name, values in people.items():
        drawn = wiener.draw(**values, rng=rng, size=40_000)
        wrong, mean = (drawn < 0).mean(), np.abs(drawn).mean()
        said = caption.split(f"{name} ")[1].replace("is wrong in ", "in ")
        share, time = said.removeprefix("in ").split(" s")[0].split("%, after ")
        assert float(share) / 100 == pytest.approx(wrong, abs=0.012)
        assert float(time) == pytest.approx(mean, abs=0.015)
    for panel, values in zip(film.figure.axes, people.values(), strict=True):
        right, wrong = (np.asarray(bars.get_data().values) for bars in panel.patches[:2])
        sizes = (right - values["alpha"]).sum(), -wrong.sum()
        share = sizes[1] / sum(sizes)
        expected = 1 - wiener.probability_of_upper(values["alpha"], values["beta"], values["delta"])
        assert share == pytest.approx(float(expected), abs=0.09)


def test_league_tables_are_the_ranks_of_draws():
    rng = np.random.default_rng(6)
    theta = stats.beta(2, 30).rvs((500, 5), random_state=rng)
    film = animations.league_tables(theta, list("ABCDE"), ("A", "D"), unit="%")
    table, counts = film.figure.axes
    end_of(film, 1)
    last = theta[-1]
    for text, rate, rank in zip(table.texts, last, last.argsort().argsort() + 1, strict=True):
        assert text.get_position() == (pytest.approx(100 * rate), rank)
    chosen = theta[np.linspace(0, 499, 16).astype(int)]
    for bars, group in zip(counts.containers, (0, 3), strict=True):
        ranks = chosen.argsort(axis=1).argsort(axis=1)[:, group]
        assert [bar.get_width() for bar in bars] == list(np.bincount(ranks, minlength=5))
    worst = (theta.argmax(axis=1) == 3).mean()
    assert f"D is last in {worst:.0%}" in film.scenes[-1].caption


def test_animations_take_8_to_20_seconds(pooling_film):
    chains = {"one": make_chains([0.1]), "other": make_chains([0.1])}
    values = {"alpha": 1.0, "tau": 0.3, "beta": 0.5, "delta": 0.8}
    people = {"x": values, "y": values}
    theta = np.random.default_rng(7).uniform(size=(50, 4))
    films = [
        pooling_film,
        animations.two_samplers(chains, 0.1, limit=0.5, school="A"),
        animations.decisions(people, n_trials=20, seed=1),
        animations.league_tables(theta, list("ABCD"), ("A", "B"), unit="%"),
    ]
    assert all(8 <= seconds_of(film) <= 20 for film in films)


def film_of(theta, names="ABCD"):
    return animations.league_tables(np.asarray(theta), list(names), ("A", "B"), unit="%")


def test_films_are_told_apart_by_the_arguments_that_they_are_made_of():
    theta = np.random.default_rng(7).uniform(size=(50, 4))
    film = film_of(theta)
    assert film.made_from
    # contents count, not how they lie in memory
    assert film_of(np.asfortranarray(theta).copy("C")).made_from == film.made_from
    other = theta.copy()
    other[-1, -1] += 1e-12
    made = {film.made_from, film_of(other).made_from, film_of(theta, "ABCE").made_from}
    assert len(made) == 3
    assert all(
        getattr(animations, name).__wrapped__ for name in animations.__all__ if name.islower()
    )


def test_films_of_whatever_a_notebook_defines_are_not_told_apart():
    class Label(str):
        """Pickled by its name alone, as what a notebook defines."""

    Label.__module__ = "__main__"
    Label.__qualname__ = "Label"
    theta = np.random.default_rng(7).uniform(size=(50, 4))
    assert film_of(theta, [Label("A"), *"BCD"]).made_from == ""


def test_a_film_made_of_another_one_is_another():
    film = film_of(np.random.default_rng(7).uniform(size=(50, 4)))
    assert replace(film, scenes=film.scenes[:1]).made_from == ""
