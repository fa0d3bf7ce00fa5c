"""Part "All of it": one posterior, many league tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hierarchical_models.animations.film import (
    Film,
    Scene,
    ease,
    from_arguments,
    new_panels,
    pick_evenly,
    stand_still,
)
from hierarchical_models.plots.style import FAINT, PARTIAL, RAW

N_TABLES = 16
MOVING = 0.45
"""Share of the time of a table in which the groups change places."""


@from_arguments
def league_tables(
    theta: np.ndarray, names: Sequence[str], marked: tuple[str, str], *, unit: str
) -> Film:
    """Show the order of the groups in one draw after the other.

    Parameters
    ----------
    theta : ndarray of float, shape (n_draws, n_groups)
        Draws of each group's rate.
    names : sequence of str
        Of the groups.
    marked : tuple of str
        Two of them to follow: one that seems low and one that seems high.
    unit : str
        Of the rate, in percent.

    Returns
    -------
    Film
    """
    n_groups = len(names)
    tables = theta[pick_evenly(len(theta), N_TABLES)]
    ranks = tables.argsort(axis=1).argsort(axis=1) + 1
    all_ranks = theta.argsort(axis=1).argsort(axis=1) + 1
    followed = [list(names).index(name) for name in marked]
    looks = {followed[0]: (PARTIAL, "white"), followed[1]: (RAW, "white")}

    figure, (table, counts) = new_panels(4.6, 1, 2, sharey=True, width_ratios=(3, 2))
    table.set(ylim=(n_groups + 0.6, 0.4), xlim=(0, 100 * np.quantile(tables, 0.995) + 2))
    table.set(xlabel=unit, ylabel="place in this draw")
    table.set_yticks(range(1, n_groups + 1))
    counts.set(xlim=(0, N_TABLES), xlabel=f"tables of {N_TABLES}")
    chips = []
    for index, name in enumerate(names):
        ground, ink = looks.get(index, ("white", "black"))
        box = {"boxstyle": "circle,pad=0.18", "fc": ground, "ec": FAINT, "lw": 0.8}
        chips.append(table.text(0, 0, name, color=ink, fontsize=11, ha="center", va="center",
                                bbox=box, zorder=5 if index in looks else 3))  # fmt: skip
    places = np.arange(1, n_groups + 1)
    bars = [
        counts.barh(places + shift, 0 * places, height=0.38, color=looks[index][0], label=name)
        for index, name, shift in zip(followed, marked, (-0.2, 0.2), strict=True)
    ]
    counts.legend(loc="center right", fontsize=12)

    def put(rate: np.ndarray, rank: np.ndarray) -> None:
        for chip, x, y in zip(chips, rate, rank, strict=True):
            chip.set_position((100 * x, y))

    def count(n_tables: int) -> None:
        for index, group in zip(followed, bars, strict=True):
            found = np.bincount(ranks[:n_tables, index], minlength=n_groups + 1)[1:]
            for bar, number in zip(group, found, strict=True):
                bar.set_width(number)

    def first(progress: float) -> None:
        put(tables[0], ranks[0])
        count(1)

    def shuffle(progress: float) -> None:
        at = progress * (N_TABLES - 1)
        number = min(int(at), N_TABLES - 2)
        moved = ease(min(1.0, (at - number) / MOVING))
        put(
            tables[number] + moved * (tables[number + 1] - tables[number]),
            ranks[number] + moved * (ranks[number + 1] - ranks[number]),
        )
        count(number + 1 + (moved >= 1))

    low, high = marked
    best = (all_ranks[:, followed[0]] == 1).mean()
    worst = (all_ranks[:, followed[1]] == n_groups).mean()
    return Film(
        figure,
        (
            Scene("One draw from the posterior is one possible truth, and gives one league table.",
                  4.4, first, 1),
            Scene(f"{N_TABLES - 1} more draws, of equal weight. Follow {low} and {high}.", 10,
                  shuffle),
            Scene(f"Of all draws, {high} is last in {worst:.0%}, and {low} first in {best:.0%}.",
                  4, stand_still, 1),
        ),
    )  # fmt: skip
