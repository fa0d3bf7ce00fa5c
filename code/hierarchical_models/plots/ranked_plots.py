"""All groups in the order of their estimates, for more groups than there is room for names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from hierarchical_models.plots.canvas import axes_or_new
from hierarchical_models.plots.estimates import Estimates, Source, estimate_groups
from hierarchical_models.plots.groups import find_groups, name_groups
from hierarchical_models.plots.labels import HALO, label_axes, spread_out
from hierarchical_models.plots.style import FAINT, PARTIAL, POOLED


def ranked(
    source: Source,
    name: str | None = None,
    *,
    probability: float = 0.9,
    named: Sequence[Any] = (),
    reference: float | None = None,
    labels: Sequence[Any] | None = None,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw all groups' estimates and intervals in the order of the estimates.

    Parameters
    ----------
    source : InferenceData, DataArray, Estimates or array_like
        A fit, draws or estimates.
    name : str, optional
        A parameter with one dimension, for a fit.
    probability : float
        Of the interval.
    named : sequence, optional
        The groups whose names are written beside them.
    reference : float, optional
        A value to compare with, as a horizontal line.
    labels : sequence, optional
        Names of the groups; by default those of the fit.
    unit : str
        Label of the vertical axis, with its unit; by default from the fit's model.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        The smallest estimate on the left.

    Raises
    ------
    ValueError, UnknownNameError
        As for `intervals`.

    Examples
    --------
    >>> ax = ranked([0.3, 0.1, 0.2], labels=["A", "B", "C"], named=["B"], unit="share")
    >>> [text.get_text() for text in ax.texts]
    ['B']
    """
    unsorted = estimate_groups(source, name, probability=probability)
    names = name_groups([unsorted], labels)
    order = np.argsort(unsorted.mean, kind="stable")
    one = unsorted.take(order)
    ax = axes_or_new(ax)
    places = np.arange(1, len(one) + 1)
    chosen = [
        int(np.flatnonzero(order == place)[0]) for place in find_groups(named, names, "named")
    ]
    if one.lower is not None:
        ax.vlines(places, one.lower, one.upper, color=PARTIAL, lw=1.1, alpha=0.55)
        ax.vlines(places[chosen], one.lower[chosen], one.upper[chosen], color="black", lw=1.6)
    ax.plot(places, one.mean, "o", color=PARTIAL, ms=3.5)
    ax.plot(places[chosen], one.mean[chosen], "o", color="black", ms=5)
    if reference is not None:
        ax.axhline(reference, color=POOLED, ls="--", lw=1.3, zorder=1)
    ax.grid(False, axis="x")
    label_axes(ax, x=f"{one.dim or 'group'}, by rank of its estimate")
    label_axes(ax, y=unit or one.description or name or "")
    if chosen:
        _write_names(ax, places[chosen], one, chosen, [names[order[place]] for place in chosen])
    return ax


def _write_names(
    ax: Axes, places: np.ndarray, one: Estimates, chosen: list[int], names: list[str]
) -> None:
    """Names in a line above the intervals, each joined with its own."""
    tops = one.mean if one.upper is None else one.upper
    bottoms = one.mean if one.lower is None else one.lower
    low, high = float(np.nanmin(bottoms)), float(np.nanmax(tops))
    ax.set_xlim(0, len(one) + 1)
    height = high + 0.06 * (high - low)
    across = _spread_within(places.astype(float), _widths(ax, names), (0.0, len(one) + 1.0))
    for place, at, top, name in zip(places, across, tops[chosen], names, strict=True):
        ax.annotate(
            name,
            (place, top),
            xytext=(at, height),
            ha="center",
            va="bottom",
            fontsize="small",
            path_effects=HALO,
            arrowprops={"arrowstyle": "-", "color": FAINT, "lw": 0.8, "shrinkA": 1, "shrinkB": 2},
        )
    ax.set_ylim(low - 0.05 * (high - low), height + 0.12 * (high - low))


def _widths(ax: Axes, names: list[str]) -> np.ndarray:
    """Room that names take, in units of the horizontal axis."""
    left, right = ax.get_xlim()
    figure = ax.figure.get_figure(root=True)
    figure.draw_without_rendering()
    per_pixel = (right - left) / ax.get_window_extent().width
    texts = [ax.text(0, 0, f"{name}  ", fontsize="small") for name in names]
    widths = [per_pixel * text.get_window_extent().width for text in texts]
    for text in texts:
        text.remove()
    return np.array(widths)


def _spread_within(
    places: np.ndarray, widths: np.ndarray, limits: tuple[float, float]
) -> np.ndarray:
    """Positions of names that do not cover each other and, if there is room, stay inside."""
    moved = spread_out(places, widths)
    order = np.argsort(moved)
    edges = np.concatenate([[0.0], np.cumsum(widths[order])])
    least, most = limits[0] + (edges[:-1] + edges[1:]) / 2, limits[1] - edges[-1]
    moved[order] = np.maximum(moved[order], least)
    moved[order] = np.minimum(moved[order], most + (edges[:-1] + edges[1:]) / 2)
    return moved
