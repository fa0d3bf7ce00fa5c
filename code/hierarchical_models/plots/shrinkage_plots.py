"""From each group's own estimate to its partially pooled one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import arviz as az
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from hierarchical_models.plots.canvas import MOST_NAMED_ROWS, add_key, axes_or_new, height_for
from hierarchical_models.plots.estimates import Source
from hierarchical_models.plots.groups import find_groups, group_sizes
from hierarchical_models.plots.labels import label_axes, label_rows, spread_out
from hierarchical_models.plots.moves import Moves, gather_moves
from hierarchical_models.plots.style import FAINT, PARTIAL, POOLED, RAW, TRUTH
from hierarchical_models.plots.words import count, decimals_for, say

MARKER_AREA = 40.0
SMALLEST_AREA, LARGEST_AREA = 12.0, 200.0


def shrinkage(
    raw: Source,
    partial: Source | None = None,
    *,
    name: str = "theta",
    pooled: az.InferenceData | float | None = None,
    pooled_name: str | None = None,
    labels: Sequence[Any] | None = None,
    named: Sequence[Any] | None = None,
    truth: ArrayLike | None = None,
    size: az.InferenceData | ArrayLike | None = None,
    order: ArrayLike | None = None,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw how each group's estimate moves from its own mean to its partially pooled one.

    Parameters
    ----------
    raw : InferenceData, DataArray, Estimates or array_like of float, shape (n_groups,)
        Estimate without pooling; not a number where a group's data give none. A fit alone is
        taken for the partially pooled one, and its data for the groups' own estimates.
    partial : as `raw`, optional
        Estimate with partial pooling.
    name : str
        The parameter, where `raw` or `partial` is a fit.
    pooled : InferenceData or float, optional
        The estimate that complete pooling gives to all, as a vertical line.
    pooled_name : str, optional
        The scalar that holds it, where `pooled` is a fit; by default `name`.
    labels : sequence, optional
        Names of the groups, in the order of the estimates; by default those of the fit.
    named : sequence, optional
        The groups whose names are shown, where not all are. Rows are then thin, and there may be
        hundreds.
    truth : array_like of float, shape (n_groups,), optional
        What each group's value turned out to be.
    size : InferenceData or array_like of float, shape (n_groups,), optional
        Size of each group, or the fit whose data tell it; shown as the area of its marker, where
        the smallest are drawn somewhat larger, so as to be seen.
    order : array_like of float, shape (n_groups,), optional
        Rows are sorted by it, the largest on top; by default the first group is on top.
    unit : str
        Label of the horizontal axis, with its unit; by default from the fit's model.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        With an arrow for each group that moves visibly.

    Raises
    ------
    ValueError
        If lengths or groups' names differ, or `raw` is a fit whose data hold no own estimates.
    UnknownNameError
        If a parameter or a named group does not exist.

    Examples
    --------
    >>> ax = shrinkage([20.0, 0.0], [12.0, 6.0], pooled=9.0, labels=["A", "B"], unit="points")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['A', 'B']
    """
    moves = gather_moves(raw, partial, name, pooled, pooled_name, labels)
    n_groups = len(moves.raw)
    if isinstance(size, az.InferenceData):
        size = group_sizes(size, name)
    if named is None and moves.labels is not None and n_groups > MOST_NAMED_ROWS:
        raise ValueError(
            f"labels: found {n_groups} groups, allowed up to {MOST_NAMED_ROWS} with a name each; "
            "choose some with named=[...]"
        )
    row_height = 0.27 if named is None else max(0.09, min(0.27, 7.0 / n_groups))
    ax = axes_or_new(ax, height_for(n_groups, row_height))
    rows = _rows(n_groups, order)
    area = _marker_areas(size, n_groups)
    _draw_arrows(ax, rows, moves)
    ax.scatter(
        moves.raw.mean,
        rows,
        area,
        marker="o",
        facecolor="white",
        edgecolor=RAW,
        linewidth=1.6,
        label="own data only",
        zorder=3,
    )
    ax.scatter(
        moves.partial.mean,
        rows,
        area,
        marker="o",
        color=PARTIAL,
        label="partial pooling",
        zorder=4,
    )
    if truth is not None:
        values = _one_for_each(truth, "truth", n_groups)
        ax.scatter(values, rows, 26, marker="D", color=TRUTH, label="what happened later", zorder=5)
    if moves.pooled is not None:
        ax.axvline(moves.pooled, color=POOLED, ls="--", lw=1.3, label="complete pooling", zorder=1)
    if size is not None:
        _add_sizes_to_key(ax, np.asarray(size, dtype=float))
    dim = moves.partial.dim or moves.raw.dim
    if named is None:
        label_rows(ax, rows, moves.labels, dim)
    else:
        label_rows(ax, rows, None, None)
        ax.set_yticks([])
        chosen = find_groups(named, moves.labels, "named")
        _name_beside_axis(ax, rows[chosen], [moves.labels[place] for place in chosen])
    label_axes(ax, x=unit or moves.partial.description or moves.raw.description)
    add_key(ax)
    return ax


def describe_shrinkage(
    raw: Source,
    partial: Source | None = None,
    *,
    name: str = "theta",
    pooled: az.InferenceData | float | None = None,
    pooled_name: str | None = None,
    labels: Sequence[Any] | None = None,
) -> str:
    """Say in words what `shrinkage` draws.

    Parameters
    ----------
    raw, partial, name, pooled, pooled_name, labels
        As for `shrinkage`.

    Returns
    -------
    str
        The ranges before and after, the largest move, and how many groups move towards the
        pooled estimate where there is one.

    Raises
    ------
    ValueError, UnknownNameError
        As for `shrinkage`.

    Examples
    --------
    >>> print(describe_shrinkage([20.0, 0.0], [12.0, 6.0], labels=["A", "B"]))
    2 groups. From their own data alone, estimates run from 0.0 to 20.0; with partial pooling,
    from 6.0 to 12.0. The largest move is that of A, from 20.0 to 12.0.
    """
    moves = gather_moves(raw, partial, name, pooled, pooled_name, labels)
    has_own = np.isfinite(moves.raw.mean)
    decimals = decimals_for(np.concatenate([moves.raw.mean, moves.partial.mean]))
    groups = count(len(moves.raw), moves.partial.dim or moves.raw.dim or "group")
    sentences = [f"{groups}."]
    if not has_own.all():
        sentences.append(f"{count(int((~has_own).sum()), 'group')} without an own estimate.")
    if has_own.any():
        sentences += [
            f"From their own data alone, estimates run {_range(moves.raw.mean, decimals)}; "
            f"with partial pooling, {_range(moves.partial.mean, decimals)}.",
            _largest_move(moves, decimals),
        ]
    else:
        sentences.append(
            f"With partial pooling, estimates run {_range(moves.partial.mean, decimals)}."
        )
    if moves.pooled is not None and has_own.any():
        sentences.append(_towards(moves, decimals))
    return " ".join(sentences)


def _rows(n_groups: int, order: ArrayLike | None) -> np.ndarray:
    if order is None:
        return np.arange(n_groups)[::-1]
    by = _one_for_each(order, "order", n_groups)
    rows = np.empty(n_groups, dtype=int)
    rows[np.argsort(by, kind="stable")] = np.arange(n_groups)
    return rows


def _one_for_each(values: ArrayLike, argument: str, n_groups: int) -> np.ndarray:
    numbers = np.asarray(values, dtype=float)
    if numbers.shape != (n_groups,):
        raise ValueError(
            f"{argument}: found shape {numbers.shape}, allowed ({n_groups},), one for each group"
        )
    return numbers


def _marker_areas(size: ArrayLike | None, n_groups: int) -> np.ndarray:
    if size is None:
        return np.full(n_groups, MARKER_AREA)
    sizes = _one_for_each(size, "size", n_groups)
    if not (sizes > 0).all():
        raise ValueError(f"size: found {np.min(sizes):g}, allowed above 0")
    return np.maximum(SMALLEST_AREA, LARGEST_AREA * sizes / sizes.max())


def _add_sizes_to_key(ax: Axes, sizes: np.ndarray) -> None:
    for size, area in zip(
        (sizes.min(), sizes.max()), _marker_areas([sizes.min(), sizes.max()], 2), strict=True
    ):
        ax.scatter([], [], area, color=FAINT, label=f"size {size:,g}")


def _name_beside_axis(ax: Axes, rows: np.ndarray, names: list[str]) -> None:
    """Names to the left of the axis, moved apart where rows are closer than lines of text."""
    low, high = ax.get_ylim()
    inches = ax.get_window_extent().height / ax.figure.get_figure(root=True).dpi
    line = 1.35 * plt.rcParams["font.size"] / 72 * (high - low) / inches
    for row, height, name in zip(rows, spread_out(rows.astype(float), line), names, strict=True):
        ax.annotate(
            name,
            (0.0, row),
            xycoords=("axes fraction", "data"),
            xytext=(-0.04, height),
            textcoords=("axes fraction", "data"),
            ha="right",
            va="center",
            fontsize="small",
            arrowprops={"arrowstyle": "-", "color": FAINT, "lw": 0.8, "shrinkA": 0, "shrinkB": 0},
        )


def _draw_arrows(ax: Axes, rows: np.ndarray, moves: Moves) -> None:
    everything = np.concatenate([moves.raw.mean, moves.partial.mean])
    # a shorter arrow would be hidden between its two markers
    shortest = 0.03 * np.ptp(everything[np.isfinite(everything)])
    for row, start, end in zip(rows, moves.raw.mean, moves.partial.mean, strict=True):
        if abs(end - start) > shortest:
            ax.annotate(
                "",
                xy=(end, row),
                xytext=(start, row),
                arrowprops={
                    "arrowstyle": "-|>,head_length=0.35,head_width=0.18",
                    "color": FAINT,
                    "lw": 1.1,
                    "shrinkA": 3,
                    "shrinkB": 3.5,
                },
            )


def _range(values: np.ndarray, decimals: int) -> str:
    return f"from {say(np.nanmin(values), decimals)} to {say(np.nanmax(values), decimals)}"


def _largest_move(moves: Moves, decimals: int) -> str:
    distance = np.abs(np.where(np.isfinite(moves.size), moves.size, -1.0))
    if distance.max() == 0:
        return "No estimate moves."
    place = int(distance.argmax())
    who = moves.labels[place] if moves.labels else f"group {place}"
    return (
        f"The largest move is that of {who}, from {say(moves.raw.mean[place], decimals)} "
        f"to {say(moves.partial.mean[place], decimals)}."
    )


def _towards(moves: Moves, decimals: int) -> str:
    has_own = np.isfinite(moves.raw.mean)
    nearer = np.abs(moves.partial.mean - moves.pooled) < np.abs(moves.raw.mean - moves.pooled)
    n_nearer, n_own = int((nearer & has_own).sum()), int(has_own.sum())
    share = "all" if n_nearer == n_own else f"{n_nearer} of {n_own}"
    return (
        f"Complete pooling gives {say(moves.pooled, decimals)}; "
        f"{share} partially pooled estimates lie nearer to it than the groups' own."
    )
