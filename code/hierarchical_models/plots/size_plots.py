"""Estimates against the size of the groups: where the data are few, partial pooling matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import arviz as az
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogFormatter, NullLocator
from numpy.typing import ArrayLike

from hierarchical_models.plots.canvas import axes_or_new_grid
from hierarchical_models.plots.estimates import Estimates, Source, estimate_groups, single_number
from hierarchical_models.plots.groups import (
    check_same_groups,
    find_groups,
    group_sizes,
    name_groups,
)
from hierarchical_models.plots.labels import label_axes, side_by_side, write_beside
from hierarchical_models.plots.style import PARTIAL, POOLED, RAW, Look
from hierarchical_models.plots.words import count, decimals_for, say

LOOKS = {"own data only": Look(RAW, "o", "-"), "partial pooling": Look(PARTIAL, "o", "-")}


@dataclass(frozen=True, eq=False)
class _BySize:
    """What is drawn and described."""

    size: np.ndarray
    panels: dict[str, Estimates]
    labels: tuple[str, ...] | None
    pooled: float | None


def estimates_by_size(
    partial: Source,
    *,
    raw: Source | None = None,
    size: ArrayLike | None = None,
    name: str = "theta",
    pooled: az.InferenceData | float | None = None,
    pooled_name: str | None = None,
    probability: float = 0.9,
    labels: Sequence[Any] | None = None,
    named: Sequence[Any] = (),
    unit: str = "",
    size_label: str = "",
    ax: Sequence[Axes] | None = None,
) -> np.ndarray:
    """Draw estimates and intervals against the number of observations behind each.

    Parameters
    ----------
    partial : InferenceData, DataArray, Estimates or array_like of float, shape (n_groups,)
        Estimates with partial pooling.
    raw : as `partial`, optional
        Estimates without pooling, in a panel of their own.
    size : array_like of float, shape (n_groups,), optional
        Size of each group; by default the trials or observations in the data of a fit.
    name : str
        The parameter, for fits.
    pooled : InferenceData or float, optional
        The estimate that complete pooling gives to all, as a horizontal line.
    pooled_name : str, optional
        The scalar that holds it, where `pooled` is a fit; by default `name`.
    probability : float
        Of the intervals.
    labels : sequence, optional
        Names of the groups; by default those of the fit.
    named : sequence, optional
        The groups whose names are written beside them.
    unit : str
        Label of the vertical axis, with its unit; by default from the fit's model.
    size_label : str
        Label of the horizontal axis, such as ``"houses in the county"``.
    ax : sequence of matplotlib.axes.Axes, optional
        Where to draw: one, or two with `raw`; a new figure by default.

    Returns
    -------
    ndarray of matplotlib.axes.Axes
        The panel of `raw`, if given, and that of `partial`. Sizes are on a logarithmic axis where
        they differ by a factor of five or more; groups of one size are set side by side.

    Raises
    ------
    ValueError
        If lengths or groups' names differ, or a size is not positive.
    UnknownNameError
        If a parameter or a named group does not exist.

    Examples
    --------
    >>> axes = estimates_by_size([0.2, 0.3], raw=[0.0, 0.5], size=[4, 40], unit="share")
    >>> [panel.get_title(loc="left") for panel in axes]
    ['own data only', 'partial pooling']
    """
    found = _gather(partial, raw, size, name, pooled, pooled_name, probability, labels)
    chosen = find_groups(named, found.labels, "named")
    panels = axes_or_new_grid(ax, len(found.panels), columns=2, panel_height=3.9, sharey=True)
    place, is_log = _horizontal_places(found.size)
    for panel, (title, one) in zip(panels, found.panels.items(), strict=True):
        if is_log:
            panel.set_xscale("log")
        look = LOOKS[title]
        if one.lower is not None:
            panel.vlines(place, one.lower, one.upper, color=look.colour, lw=1.1, alpha=0.6)
        filling = "white" if title == "own data only" else look.colour
        panel.plot(place, one.mean, look.marker, color=look.colour, mfc=filling, ms=4)
        if found.pooled is not None:
            panel.axhline(
                found.pooled, color=POOLED, ls="--", lw=1.3, label="complete pooling", zorder=1
            )
        if len(found.panels) > 1:
            panel.set_title(title, loc="left")
        label_axes(panel, x=size_label or f"size of the {one.dim or 'group'}")
        if is_log:
            _plain_numbers(panel, found.size)
    label_axes(panels[0], y=unit or next(iter(found.panels.values())).description)
    for panel, one in zip(panels, found.panels.values(), strict=True):
        for group in chosen:
            _write_name(panel, place[group], one.mean[group], found.labels[group])
    if found.pooled is not None:
        # where groups are large, estimates lie close together and leave room
        panels[-1].legend(loc="upper right", borderaxespad=0.1)
    return panels


def describe_estimates_by_size(
    partial: Source,
    *,
    raw: Source | None = None,
    size: ArrayLike | None = None,
    name: str = "theta",
    pooled: az.InferenceData | float | None = None,
    pooled_name: str | None = None,
    probability: float = 0.9,
    labels: Sequence[Any] | None = None,
) -> str:
    """Say in words what `estimates_by_size` draws.

    Parameters
    ----------
    partial, raw, size, name, pooled, pooled_name, probability, labels
        As for `estimates_by_size`.

    Returns
    -------
    str
        How estimates spread among the smaller and among the larger half of the groups.

    Raises
    ------
    ValueError, UnknownNameError
        As for `estimates_by_size`.

    Examples
    --------
    >>> print(describe_estimates_by_size([0.2, 0.3, 0.3, 0.2], size=[2, 3, 40, 50]))
    4 groups, of sizes 2 to 50. With partial pooling, the 2 groups of size 3 or below have
    estimates from 0.200 to 0.300, and the 2 larger ones from 0.200 to 0.300.
    """
    found = _gather(partial, raw, size, name, pooled, pooled_name, probability, labels)
    decimals = decimals_for(np.concatenate([one.mean for one in found.panels.values()]))
    first = next(iter(found.panels.values()))
    noun = first.dim or "group"
    smallest, largest = found.size.min(), found.size.max()
    if smallest == largest:
        sentences = [f"{count(len(first), noun)}, all of size {smallest:g}."]
    else:
        groups = count(len(first), noun)
        sentences = [f"{groups}, of sizes {smallest:g} to {largest:g}."]
    for title, one in found.panels.items():
        opening = {"own data only": "From their own data alone"}.get(title, "With partial pooling")
        sentences.append(f"{opening}, {_halves(found.size, one, noun, decimals)}.")
    if found.pooled is not None:
        sentences.append(f"Complete pooling gives {say(found.pooled, decimals)}.")
    return " ".join(sentences)


def _gather(
    partial: Source,
    raw: Source | None,
    size: ArrayLike | None,
    name: str,
    pooled: az.InferenceData | float | None,
    pooled_name: str | None,
    probability: float,
    labels: Sequence[Any] | None,
) -> _BySize:
    after = estimate_groups(partial, name, probability=probability, argument="partial")
    panels = {"partial pooling": after}
    if raw is not None:
        before = estimate_groups(raw, name, probability=probability, argument="raw")
        check_same_groups(after, {"raw": before}, "partial")
        panels = {"own data only": before, **panels}
    if size is None:
        if not isinstance(partial, az.InferenceData):
            raise ValueError("size: found nothing, allowed the size of each group")
        size = group_sizes(partial, name)
    sizes = np.asarray(size, dtype=float)
    if sizes.shape != (len(after),):
        raise ValueError(
            f"size: found shape {sizes.shape}, allowed ({len(after)},), one for each group"
        )
    if not (sizes > 0).all():
        raise ValueError(f"size: found {sizes.min():g}, allowed above 0")
    number = None if pooled is None else single_number(pooled, pooled_name or name, "pooled")
    return _BySize(sizes, panels, name_groups([after], labels), number)


def _horizontal_places(size: np.ndarray) -> tuple[np.ndarray, bool]:
    if size.max() < 5 * size.min():
        reach = np.ptp(size) or size[0]
        return size + side_by_side(size, 0.012 * reach, 0.05 * reach), False
    return size * np.exp(side_by_side(size, 0.028, 0.15)), True


def _plain_numbers(panel: Axes, size: np.ndarray) -> None:
    """Numbers such as 1, 10, 100 in place of powers, and some between where there is room."""
    decades = np.log10(size.max() / size.min())
    steps = (1, 2, 5) if decades < 1.6 else (1, 3) if decades < 2.6 else (1,)
    exponents = np.arange(np.floor(np.log10(size.min())), np.ceil(np.log10(size.max())) + 1)
    ticks = [step * 10.0**power for power in exponents for step in steps]
    inside = [tick for tick in ticks if 0.8 * size.min() <= tick <= 1.25 * size.max()]
    panel.set_xticks(inside, [f"{tick:,g}" for tick in inside])
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_minor_formatter(LogFormatter())


def _write_name(panel: Axes, place: float, height: float, name: str) -> None:
    if not np.isfinite(height):
        return
    panel.plot([place], [height], "o", mfc="none", mec="black", ms=8, mew=1.2)
    write_beside(panel, name, place, height)


def _halves(size: np.ndarray, one: Estimates, noun: str, decimals: int) -> str:
    """Ranges of the estimates of small and of large groups."""
    middle = np.median(size)
    small = (size <= middle) & np.isfinite(one.mean)
    large = (size > middle) & np.isfinite(one.mean)
    if not small.any() or not large.any():
        return f"estimates run {_range(one.mean[small | large], decimals)}"
    limit = size[small].max()
    return (
        f"the {count(int(small.sum()), noun)} of size {limit:g} or below have estimates "
        f"{_range(one.mean[small], decimals)}, and the {int(large.sum())} larger ones "
        f"{_range(one.mean[large], decimals)}"
    )


def _range(values: np.ndarray, decimals: int) -> str:
    return f"from {say(values.min(), decimals)} to {say(values.max(), decimals)}"
