"""Two effects of each group at once: intercepts and slopes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse
from numpy.typing import ArrayLike

from hierarchical_models.plots.canvas import add_key, axes_or_new
from hierarchical_models.plots.estimates import Estimates, Source, estimate_groups
from hierarchical_models.plots.groups import check_same_groups, find_groups, name_groups
from hierarchical_models.plots.labels import label_axes, write_beside
from hierarchical_models.plots.style import FAINT, PARTIAL, POOLED, RAW

RADIUS_OF = {0.5: 1.1774, 0.9: 2.1460}
"""Mahalanobis distance that holds a share of a bivariate normal, sqrt(-2 log(1 - share))."""


def effect_pairs(
    partial: Source | tuple[ArrayLike, ArrayLike],
    names: tuple[str, str] = ("alpha", "beta"),
    *,
    raw: Source | tuple[ArrayLike, ArrayLike] | None = None,
    population: tuple[ArrayLike, ArrayLike] | None = None,
    labels: Sequence[Any] | None = None,
    named: Sequence[Any] = (),
    units: tuple[str, str] = ("", ""),
    ax: Axes | None = None,
) -> Axes:
    """Draw two effects of each group against each other, and how both are pooled at once.

    Parameters
    ----------
    partial : InferenceData, or tuple of two array_like of float, shape (n_groups,)
        A fit, or estimates with partial pooling of the first and of the second effect.
    names : tuple of str
        The two parameters, for fits.
    raw : as `partial`, optional
        Estimates without pooling; not a number where a group's data give none.
    population : tuple of array_like, shapes (2,) and (2, 2), optional
        Mean and covariance of the population of effects, as ellipses that hold half and nine
        tenths of it.
    labels : sequence, optional
        Names of the groups; by default those of the fit.
    named : sequence, optional
        The groups whose names are written beside them.
    units : tuple of str
        Labels of the axes, with their units; by default from the fit's model.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        A line from each group's own estimate to its partially pooled one; limits leave out own
        estimates far from all others.

    Raises
    ------
    ValueError
        If lengths differ, or the covariance is not one.
    UnknownNameError
        If a parameter or a named group does not exist.

    Examples
    --------
    >>> ax = effect_pairs(([1.0, 2.0], [0.0, 0.2]), raw=([0.5, 2.5], [-0.5, 0.9]))
    >>> len(ax.get_legend().get_texts())
    2
    """
    across, along = _two(partial, names, "partial")
    check_same_groups(across, {"partial, second": along}, "partial, first")
    ax = axes_or_new(ax, 4.4)
    known = name_groups([across], labels)
    shown = [np.column_stack([across.mean, along.mean])]
    if raw is not None:
        own_across, own_along = _two(raw, names, "raw")
        check_same_groups(across, {"raw": own_across, "raw, second": own_along}, "partial")
        shown.append(np.column_stack([own_across.mean, own_along.mean]))
        ax.plot(
            [own_across.mean, across.mean],
            [own_along.mean, along.mean],
            color=FAINT,
            lw=0.8,
            alpha=0.7,
            zorder=1,
        )
        ax.plot(
            own_across.mean,
            own_along.mean,
            "o",
            color=RAW,
            mfc="white",
            ms=4.5,
            mew=1.2,
            label="own data only",
        )
    ax.plot(across.mean, along.mean, "o", color=PARTIAL, ms=5, label="partial pooling", zorder=3)
    if population is not None:
        _draw_population(ax, *population)
    _limit(ax, np.concatenate(shown), shown[0])
    for place in find_groups(named, known, "named"):
        ax.plot(across.mean[place], along.mean[place], "o", mfc="none", mec="black", ms=9, mew=1.2)
        write_beside(ax, known[place], across.mean[place], along.mean[place])
    label_axes(ax, x=units[0] or across.description or names[0])
    label_axes(ax, y=units[1] or along.description or names[1])
    add_key(ax)
    return ax


def _two(
    source: Source | tuple[ArrayLike, ArrayLike], names: tuple[str, str], argument: str
) -> tuple[Estimates, Estimates]:
    if isinstance(source, tuple):
        if len(source) != 2:
            raise ValueError(f"{argument}: found {len(source)} estimates, allowed two")
        first, second = source
    else:
        first = second = source
    return (
        estimate_groups(first, names[0], argument=argument),
        estimate_groups(second, names[1], argument=argument),
    )


def _draw_population(ax: Axes, mean: ArrayLike, covariance: ArrayLike) -> None:
    centre, matrix = np.asarray(mean, dtype=float), np.asarray(covariance, dtype=float)
    if centre.shape != (2,) or matrix.shape != (2, 2) or not np.allclose(matrix, matrix.T):
        raise ValueError(
            "population: allowed a mean of two numbers and a symmetric covariance of two by two"
        )
    values, vectors = np.linalg.eigh(matrix)
    if values.min() < 0:
        raise ValueError("population: found a covariance with negative variance")
    angle = float(np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1])))
    for (share, radius), line in zip(RADIUS_OF.items(), ("-", "--"), strict=True):
        width, height = 2 * radius * np.sqrt(values[::-1])
        ellipse = Ellipse(
            centre,
            width,
            height,
            angle=angle,
            fill=False,
            ec=POOLED,
            ls=line,
            lw=1.2,
            label=f"{share:.0%} of the population",
        )
        ax.add_patch(ellipse)


def _limit(ax: Axes, everything: np.ndarray, partial: np.ndarray) -> None:
    """Limits that hold all partial estimates and nearly all raw ones."""
    for axis, set_limits in enumerate((ax.set_xlim, ax.set_ylim)):
        values = everything[np.isfinite(everything[:, axis]), axis]
        low, high = np.quantile(values, [0.01, 0.99])
        low, high = min(low, partial[:, axis].min()), max(high, partial[:, axis].max())
        margin = 0.08 * (high - low) or 1.0
        set_limits(low - margin, high + margin)
