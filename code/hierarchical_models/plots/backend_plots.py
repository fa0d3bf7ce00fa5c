"""Do two programs of one model draw from the same posterior?"""

from __future__ import annotations

from collections.abc import Sequence

import arviz as az
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from hierarchical_models.agreement import compare_fits
from hierarchical_models.plots.canvas import (
    MOST_NAMED_ROWS,
    add_key,
    axes_or_new,
    axes_or_new_grid,
    height_for,
)
from hierarchical_models.plots.estimates import estimate_groups
from hierarchical_models.plots.groups import check_same_groups
from hierarchical_models.plots.interval_plots import draw_intervals
from hierarchical_models.plots.labels import label_axes, label_rows, side_by_side
from hierarchical_models.plots.style import FAINT, PARTIAL, RAW, SERIES

USUAL, LARGEST = 2.0, 4.0
"""One difference in 20 lies beyond the first by chance, one in 16,000 beyond the second."""


def compare_backends(
    pymc: az.InferenceData,
    stan: az.InferenceData,
    name: str,
    *,
    probability: float = 0.9,
    unit: str = "",
    ax: Sequence[Axes] | None = None,
) -> np.ndarray:
    """Draw both backends' intervals, and how far their means differ.

    Parameters
    ----------
    pymc, stan : arviz.InferenceData
        Fits of one model.
    name : str
        A parameter with at most one dimension.
    probability : float
        Of the intervals.
    unit : str
        Label of the first panel's horizontal axis, with its unit; by default from the fit's model.
    ax : sequence of two matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (2,)
        Means and intervals, and the difference of the means in Monte Carlo standard errors of that
        difference. The dark band holds 19 in 20 of those, the light one nearly all.

    Raises
    ------
    ValueError
        If the parameter has several dimensions, or too many elements for a row each; for those see
        `backend_differences`.
    UnknownNameError
        If a fit has no such parameter.
    """
    fits = {"PyMC": pymc, "Stan": stan}
    both = {
        label: estimate_groups(idata, name, probability=probability, argument=label.lower())
        for label, idata in fits.items()
    }
    first = both["PyMC"]
    check_same_groups(first, {"stan": both["Stan"]}, "pymc")
    if len(first) > MOST_NAMED_ROWS:
        raise ValueError(
            f"{name}: found {len(first)} elements, allowed up to {MOST_NAMED_ROWS}; "
            "use backend_differences"
        )
    left, right = axes_or_new_grid(
        ax,
        2,
        columns=2,
        panel_height=height_for(len(first), 0.34),
        sharey=True,
        width_ratios=(3, 2),
    )
    rows = np.arange(len(first))[::-1]
    for (label, one), offset, look in zip(both.items(), (0.14, -0.14), SERIES, strict=False):
        draw_intervals(left, one, rows + offset, look, label)
    label_rows(left, rows, first.labels or (name,), first.dim)
    label_axes(left, x=unit or first.description or name)
    add_key(left)
    differences = compare_fits(pymc, stan, [name])["difference_in_mcse"].to_numpy()
    _draw_differences(right, differences, rows)
    label_rows(right, rows, None, None)
    right.tick_params(axis="y", length=0, labelleft=False)
    label_axes(right, x="PyMC − Stan\n(standard errors)")
    return np.array([left, right])


def backend_differences(table: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how far the means of two backends differ, for every element of every parameter.

    Parameters
    ----------
    table : pandas.DataFrame
        From `compare_backends` or `compare_fits` of this package.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        A row for each parameter, with a point for each of its elements; the dark band holds 19 in
        20 of those, the light one nearly all.

    Raises
    ------
    ValueError
        If the table has no column of differences.

    Examples
    --------
    >>> table = pd.DataFrame({"difference_in_mcse": [0.5, -1.2]}, index=["mu", "theta[A]"])
    >>> [text.get_text() for text in backend_differences(table).get_yticklabels()]
    ['mu', 'theta']
    """
    if "difference_in_mcse" not in table:
        raise ValueError(
            f"table: found columns {', '.join(map(str, table.columns))}, "
            "allowed a table from compare_backends, with difference_in_mcse"
        )
    parameters = [str(label).split("[")[0] for label in table.index]
    names = list(dict.fromkeys(parameters))
    rows = {name: len(names) - 1 - place for place, name in enumerate(names)}
    ax = axes_or_new(ax, height_for(len(names), 0.36))
    values = table["difference_in_mcse"].to_numpy()
    heights = np.array([rows[name] for name in parameters], dtype=float)
    for name in names:
        own = np.array(parameters) == name
        # rounded, so that points that would cover each other are set above each other
        heights[own] += side_by_side(np.round(values[own] * 8), 0.1, 0.36)
    _draw_differences(ax, values, heights)
    label_rows(ax, np.array(list(rows.values())), names, None)
    label_axes(ax, x="PyMC − Stan (Monte Carlo standard errors)")
    return ax


def _draw_differences(ax: Axes, values: np.ndarray, rows: np.ndarray) -> None:
    ax.axvspan(-LARGEST, LARGEST, color=FAINT, alpha=0.13, lw=0, zorder=0)
    ax.axvspan(-USUAL, USUAL, color=FAINT, alpha=0.22, lw=0, zorder=0)
    ax.axvline(0, color=FAINT, lw=1, zorder=1)
    is_far = np.abs(values) > LARGEST
    ax.plot(values[~is_far], rows[~is_far], "o", color=PARTIAL, ms=4.5)
    ax.plot(values[is_far], rows[is_far], "X", color=RAW, ms=8)
    reach = max(LARGEST, float(np.nanmax(np.abs(values), initial=0.0))) * 1.12
    ax.set_xlim(-reach, reach)
    if reach < 6:
        ax.set_xticks([-4, -2, 0, 2, 4])
    ax.grid(False, axis="y")
