"""Labels that fit and do not cover each other."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from scipy.optimize import isotonic_regression

from hierarchical_models.plots.layout import lay_out

LETTER_WIDTH = 0.53
"""Of an average letter, as a share of the size of the type."""
FORMULA = re.compile(r"\$[^$]*\$")
PLACEHOLDER = "\0\0"
LONGEST_CODE = 3
SURELY_SHORT = 24
"""Letters that fit into one line of any figure."""
HALO = [withStroke(linewidth=3, foreground="white")]
"""Keeps names legible where they cross lines, without covering the points around them."""


def label_axes(ax: Axes, x: str | None = None, y: str | None = None) -> None:
    """Label the axes, in as many lines as their length asks for.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Whose axes.
    x, y : str, optional
        The labels. Formulae between dollar signs are not broken.
    """
    figure = ax.figure.get_figure(root=True)
    if max(len(label or "") for label in (x, y)) > SURELY_SHORT:
        # the room that the names of the rows leave is known only when these have been laid out
        lay_out(figure)
    extent, dpi = ax.get_window_extent(), figure.dpi
    if x is not None:
        ax.set_xlabel(wrap(x, extent.width / dpi, ax.xaxis.label.get_fontsize()))
    if y is not None:
        ax.set_ylabel(wrap(y, extent.height / dpi, ax.yaxis.label.get_fontsize()))


def wrap(text: str, inches: float, font_size: float) -> str:
    """Break a text into lines.

    Parameters
    ----------
    text : str
        Formulae between dollar signs are not broken, and line breaks stay.
    inches : float
        Room for a line.
    font_size : float
        In points.

    Returns
    -------
    str
        The lines.

    Examples
    --------
    >>> wrap("spread of the effects, in points", inches=2.0, font_size=12)
    'spread of the\\neffects, in points'
    """
    n_letters = max(12, int(72 * inches / (LETTER_WIDTH * font_size)))
    formulae = FORMULA.findall(text)
    # about as long as a formula looks, and without a space to break at
    short = FORMULA.sub(PLACEHOLDER, text)
    wrapped = "\n".join("\n".join(_lines(part, n_letters)) for part in short.split("\n"))
    for formula in formulae:
        wrapped = wrapped.replace(PLACEHOLDER, formula, 1)
    return wrapped


def _lines(text: str, n_letters: int) -> list[str]:
    """As few lines as possible, and these as even as possible."""
    lines = textwrap.wrap(text, n_letters, break_long_words=False)
    for fewer in range(n_letters - 1, 0, -1):
        narrower = textwrap.wrap(text, fewer, break_long_words=False)
        if len(narrower) > len(lines) or max(map(len, narrower), default=0) > fewer:
            break
        lines = narrower
    return lines


def write_beside(ax: Axes, text: str, place: float, height: float) -> None:
    """Write a name beside a point, on the side where there is room.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        With all its data, which set its limits.
    text : str
        The name.
    place, height : float
        The point, in data coordinates.
    """
    # limits are set late: without a look at them, the transformation may be that of empty axes
    ax.get_xlim()
    within = ax.transAxes.inverted().transform(ax.transData.transform((place, height)))[0]
    is_right = within > 0.55
    ax.annotate(
        text,
        (place, height),
        xytext=(-7 if is_right else 7, 0),
        textcoords="offset points",
        ha="right" if is_right else "left",
        va="center",
        fontsize="small",
        path_effects=HALO,
        zorder=6,
    )


def label_rows(ax: Axes, rows: np.ndarray, labels: Sequence[str] | None, dim: str | None) -> None:
    """Name the rows of a figure.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The figure's.
    rows : ndarray of float, shape (n_rows,)
        Heights of the rows.
    labels : sequence of str or None
        Their names; an empty one leaves the row without.
    dim : str or None
        What the rows are, for example ``"school"``; written beside short names only, because
        "Roberto Clemente" says what it is and "A" does not.
    """
    if labels is not None:
        named = [(row, label) for row, label in zip(rows, labels, strict=True) if label]
        ax.set_yticks([row for row, _ in named], [label for _, label in named])
        ax.tick_params(axis="y", length=0)
    if len(rows):
        ax.set_ylim(np.min(rows) - 0.7, np.max(rows) + 0.7)
    is_code = labels is None or max(map(len, labels), default=0) <= LONGEST_CODE
    if dim and is_code:
        ax.set_ylabel(dim)


def side_by_side(values: np.ndarray, step: float, most: float) -> np.ndarray:
    """Offsets that set equal values side by side, in the order they come.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Positions along an axis.
    step : float
        Distance between neighbours, in the axis's unit.
    most : float
        Largest offset; where there are many, they are set closer.

    Returns
    -------
    ndarray of float, shape (n,)
        Offsets around 0.

    Examples
    --------
    >>> side_by_side(np.array([1.0, 2.0, 1.0]), step=0.1, most=1.0)
    array([-0.05,  0.  ,  0.05])
    """
    offsets = np.zeros(len(values))
    for value in np.unique(values):
        same = np.flatnonzero(values == value)
        reach = min(step * (len(same) - 1) / 2, most)
        offsets[same] = np.linspace(-reach, reach, len(same)) if len(same) > 1 else 0.0
    return offsets


def spread_out(positions: np.ndarray, width: np.ndarray | float) -> np.ndarray:
    """Move labels apart until none covers another, and no further than needed.

    Parameters
    ----------
    positions : ndarray of float, shape (n,)
        Where the middles of the labels would like to be.
    width : ndarray of float, shape (n,), or float
        How much room each takes, in the same unit.

    Returns
    -------
    ndarray of float, shape (n,)
        The nearest positions in the sense of least squares, in the same order.

    Examples
    --------
    >>> spread_out(np.array([0.0, 0.0, 5.0]), width=1.0)
    array([-0.5,  0.5,  5. ])
    """
    order = np.argsort(positions, kind="stable")
    room = np.broadcast_to(np.asarray(width, dtype=float), positions.shape)[order]
    ladder = np.concatenate([[0.0], np.cumsum((room[1:] + room[:-1]) / 2)])
    moved = np.empty(len(positions))
    # positions that are far enough apart increase even when the ladder is taken away
    moved[order] = isotonic_regression(positions[order] - ladder).x + ladder
    return moved
