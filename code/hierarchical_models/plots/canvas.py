"""Axes and keys: what all figures share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from hierarchical_models.plots.layout import lay_out

WIDTH = 6.0
"""Inches: as wide as a page's column of text."""
MOST_NAMED_ROWS = 60


def axes_or_new(ax: Axes | None, height: float = 3.8) -> Axes:
    """Return the axes that the caller gave, or those of a new figure.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        The caller's.
    height : float
        Of a new figure, in inches.

    Returns
    -------
    matplotlib.axes.Axes
        Where to draw.
    """
    if ax is not None:
        return ax
    return plt.subplots(figsize=(WIDTH, height), layout="constrained")[1]


def axes_or_new_grid(
    ax: Sequence[Axes] | np.ndarray | None,
    n_panels: int,
    *,
    columns: int,
    panel_height: float,
    **options: Any,
) -> np.ndarray:
    """Return the axes that the caller gave, one for each panel, or those of a new figure.

    Parameters
    ----------
    ax : sequence of matplotlib.axes.Axes or None
        The caller's.
    n_panels : int
        How many panels there are.
    columns : int
        Panels beside each other in a new figure, at most.
    panel_height : float
        Of each row of a new figure, in inches.
    **options
        For ``plt.subplots``, such as ``sharey=True``.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (n_panels,)
        Where to draw.

    Raises
    ------
    ValueError
        If the caller gave another number of axes.
    """
    if ax is not None:
        given = np.ravel(np.asarray(ax, dtype=object))
        if given.size != n_panels:
            raise ValueError(f"ax: found {given.size} axes, allowed {n_panels}, one for each panel")
        return given
    across = min(columns, n_panels)
    down = math.ceil(n_panels / across)
    size = (WIDTH, down * panel_height)
    grid = plt.subplots(down, across, figsize=size, layout="constrained", squeeze=False, **options)
    panels = grid[1].ravel()
    for spare in panels[n_panels:]:
        spare.remove()
    return np.asarray(panels[:n_panels])


def height_for(n_rows: int, row: float = 0.27) -> float:
    """Height of a figure with one group in each row.

    Parameters
    ----------
    n_rows : int
        Number of rows.
    row : float
        Height of each, in inches.

    Returns
    -------
    float
        In inches, with room for axis and key.
    """
    return 1.3 + row * n_rows


def add_key(ax: Axes, columns: int | None = None) -> None:
    """Put the key above the axes, in as few lines as their width allows.

    There it touches neither data nor the label of the axis, however long the labels are.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        With labelled artists; without any, nothing is drawn.
    columns : int, optional
        Entries beside each other; by default as many as fit.
    """
    handles, labels = ax.get_legend_handles_labels()
    if not handles:
        return
    figure = ax.figure.get_figure(root=True)
    if columns is None:
        lay_out(figure)
    room = ax.get_window_extent().width
    choices = [columns] if columns else range(len(handles), 0, -1)
    for n_columns in choices:
        legend = ax.legend(
            handles,
            labels,
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            borderaxespad=0.3,
            borderpad=0.1,
            columnspacing=1.2,
            ncols=n_columns,
        )
        if legend.get_window_extent().width <= room:
            break
