"""Part "Regression": each draw is one possible world, and a county's line moves as it may."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from hierarchical_models.animations.film import (
    Film,
    Scene,
    from_arguments,
    new_panels,
    pick_evenly,
    stand_still,
)
from hierarchical_models.plots.style import FAINT, PARTIAL, RAW

N_WORLDS = 14


@from_arguments
def possible_lines(
    unpooled: xr.Dataset,
    partial: xr.Dataset,
    counties: Sequence[str],
    data: tuple[np.ndarray, np.ndarray, np.ndarray],
    *,
    names: Sequence[str],
    labels: Sequence[str],
    unit: str,
) -> Film:
    """Show lines of a few groups draw by draw, first without pooling and then with it.

    Parameters
    ----------
    unpooled, partial : xarray.Dataset
        Posteriors with ``alpha`` (by group) and ``beta``.
    counties : sequence of str
        The groups to show, in order of their size.
    data : tuple of ndarray
        Outcome, predictor (0 or 1) and index of the group, of each row.
    names : sequence of str
        Of all groups, by index.
    labels : sequence of str
        What to call the groups that are shown.
    unit : str
        The outcome, with its unit.

    Returns
    -------
    Film
    """
    y, x, group = data
    indices = [list(names).index(county) for county in counties]
    figure, panels = new_panels(3.9, 1, len(counties), sharex=True, sharey=True)
    rng = np.random.default_rng(0)
    past, newest = [], []
    for panel, label, index in zip(panels, labels, indices, strict=True):
        own = group == index
        aside = x[own] + rng.uniform(-0.06, 0.06, own.sum())
        panel.plot(aside, y[own], "o", mfc="none", color=FAINT, ms=3.5, mew=0.8)
        houses = f"{own.sum()} house{'s' if own.sum() > 1 else ''}"
        panel.set_title(f"{label}\n{houses}", fontsize=12)
        panel.set_xticks([0, 1])
        panel.set(xlim=(-0.3, 1.3), ylim=(-1.2, 4.8))
        past.append([panel.plot([], [], color=RAW, lw=1, alpha=0.3)[0] for _ in range(N_WORLDS)])
        newest.append(panel.plot([], [], color=RAW, lw=3)[0])
    panels[0].set_ylabel(unit)
    panels[len(counties) // 2].set_xlabel("floor (0 basement, 1 first floor)")

    def show(posterior: xr.Dataset, colour: str):
        chosen = pick_evenly(posterior.sizes["draw"], N_WORLDS)
        one = posterior.isel(chain=0)
        starts = one["alpha"].to_numpy()[chosen][:, indices]
        slopes = one["beta"].to_numpy()[chosen]

        def draw(progress: float) -> None:
            n = 1 + round(progress * (N_WORLDS - 1))
            for place, (lines, line) in enumerate(zip(past, newest, strict=True)):
                for number, old in enumerate(lines):
                    is_seen = number < n - 1
                    ends = starts[number, place] + slopes[number] * np.array([0, 1])
                    old.set_data([0, 1] if is_seen else [], ends if is_seen else [])
                    old.set_color(colour)
                line.set_data([0, 1], starts[n - 1, place] + slopes[n - 1] * np.array([0, 1]))
                line.set_color(colour)

        return draw

    small, large = labels[0], labels[-1]
    return Film(
        figure,
        (
            Scene("Each draw from the posterior is a possible world: a line for each county.", 4.2,
                  stand_still, 1),
            Scene(f"No pooling: from draw to draw {small} jumps about, and {large} hardly moves.",
                  6, show(unpooled, RAW), N_WORLDS),
            Scene("Partial pooling: the other counties calm the small one and draw it in.",
                  6, show(partial, PARTIAL), N_WORLDS),
            Scene(f"In {large} little has changed: its own houses say enough.", 3.6,
                  stand_still, 1),
        ),
    )  # fmt: skip
