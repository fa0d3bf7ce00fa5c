"""Lines of a regression in chosen groups, under several kinds of pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import arviz as az
import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from hierarchical_models.names import unknown_name
from hierarchical_models.plots.canvas import axes_or_new_grid
from hierarchical_models.plots.draws import SAMPLE, draws_of, own_dims
from hierarchical_models.plots.labels import label_axes, side_by_side, wrap
from hierarchical_models.plots.style import FAINT, PARTIAL, POOLED, RAW, SERIES, Look
from hierarchical_models.plots.words import count

USUAL_LOOKS = {
    "pooled": Look(POOLED, "", "--"),
    "complete pooling": Look(POOLED, "", "--"),
    "unpooled": Look(RAW, "", ":"),
    "no pooling": Look(RAW, "", ":"),
    "partial": Look(PARTIAL, "", "-"),
    "partial pooling": Look(PARTIAL, "", "-"),
}
"""Looks of the three kinds of pooling, as in all other figures."""


@dataclass(frozen=True, eq=False)
class _Points:
    """The data of the chosen groups."""

    x: np.ndarray
    y: np.ndarray
    group: np.ndarray
    dim: str


def regression_lines(
    fits: Mapping[str, az.InferenceData],
    groups: Sequence[Any],
    *,
    intercept: str = "alpha",
    slope: str = "beta",
    predictor: str = "x",
    outcome: str = "y",
    probability: float | None = 0.9,
    columns: int = 3,
    unit: str = "",
    predictor_unit: str = "",
    ax: Sequence[Axes] | None = None,
) -> np.ndarray:
    """Draw the data and the fitted lines of chosen groups, a panel for each group.

    Parameters
    ----------
    fits : mapping of str to arviz.InferenceData
        Linear models of the same data by the label of each. Labels such as ``"complete pooling"``,
        ``"no pooling"`` and ``"partial pooling"`` have the looks that they have elsewhere.
    groups : sequence
        Names of the groups to show.
    intercept, slope : str
        The parameters; each a scalar or with one value for each group.
    predictor, outcome : str
        The fields of the data.
    probability : float, optional
        Of the band around the last fit's line; None for no band.
    columns : int
        Panels beside each other.
    unit, predictor_unit : str
        Labels of the vertical and the horizontal axis, with their units.
    ax : sequence of matplotlib.axes.Axes, optional
        Where to draw, one for each group; a new figure by default.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (n_groups,)
        On common axes. Points of equal predictor are set side by side.

    Raises
    ------
    ValueError
        If there are more fits than looks, no fit has an estimate for each group, or the axes do
        not match the groups.
    UnknownNameError
        If a group or parameter does not exist.
    """
    if not 1 <= len(fits) <= len(SERIES):
        raise ValueError(f"fits: found {len(fits)}, allowed 1 to {len(SERIES)}")
    if not len(groups):
        raise ValueError("groups: found none, allowed one or more")
    dim, names, index = _find_groups(fits, intercept, slope)
    places = [_place(dim, names, one) for one in groups]
    points = _read_points(fits, predictor, outcome, index)
    panels = axes_or_new_grid(
        ax, len(groups), columns=columns, panel_height=2.3, sharex=True, sharey=True
    )
    line_x = np.linspace(points.x.min(), points.x.max(), 41)
    looks = _looks(list(fits))
    few = np.unique(points.x)
    if len(few) <= 3:
        panels[0].set_xticks(few, [f"{value:g}" for value in few])
    for panel, place in zip(panels, places, strict=True):
        own = points.group == place
        _draw_points(panel, points.x[own], points.y[own], np.ptp(points.x))
        for label, idata in fits.items():
            lines = _lines(idata, intercept, slope, dim, names[place], line_x)
            look = looks[label]
            is_last = label == list(fits)[-1]
            if is_last and probability is not None:
                ends = lines.quantile([(1 - probability) / 2, (1 + probability) / 2], SAMPLE)
                panel.fill_between(line_x, *ends.to_numpy(), color=look.colour, alpha=0.16, lw=0)
            mean = lines.mean(SAMPLE).to_numpy()
            panel.plot(line_x, mean, color=look.colour, ls=look.line, lw=2, label=label)
        size = count(int(own.sum()), points.dim)
        panel.set_title(f"{names[place]}\n{size}", loc="left", fontsize="small")
    finish = _finish_own_figure if ax is None else _finish_given_axes
    finish(panels, unit or outcome, predictor_unit or predictor)
    return panels


def _find_groups(
    fits: Mapping[str, az.InferenceData], intercept: str, slope: str
) -> tuple[str, list[str], np.ndarray]:
    """Name of the groups' dimension, the groups' names, and the group of each observation."""
    for idata in fits.values():
        for name in (intercept, slope):
            draws = draws_of(idata, name)
            dims = own_dims(draws)
            data = idata.constant_data if "constant_data" in idata.groups() else xr.Dataset()
            indices = [data[one] for one in data if str(one).endswith("_index")]
            if len(dims) == 1 and len(indices) == 1:
                labels = [str(label) for label in draws[dims[0]].to_numpy()]
                return dims[0], labels, indices[0].to_numpy()
    raise ValueError(
        f"fits: found none whose {intercept} or {slope} has a value for each group and whose data "
        "say each observation's group, allowed at least one"
    )


def _place(dim: str, names: Sequence[str], group: Any) -> int:
    if str(group) not in names:
        raise unknown_name(dim, str(group), names)
    return list(names).index(str(group))


def _read_points(
    fits: Mapping[str, az.InferenceData], predictor: str, outcome: str, index: np.ndarray
) -> _Points:
    first = next(iter(fits.values()))
    for group, name in (("constant_data", predictor), ("observed_data", outcome)):
        if group not in first.groups() or name not in first[group]:
            raise unknown_name(
                f"field of {group}", name, map(str, first[group]) if group in first.groups() else ()
            )
    x, y = first.constant_data[predictor].to_numpy(), first.observed_data[outcome].to_numpy()
    if not len(x) == len(y) == len(index):
        raise ValueError(f"fits: found {len(x)} and {len(index)} observations, allowed one number")
    return _Points(x, y, index, str(first.observed_data[outcome].dims[0]))


def _lines(
    idata: az.InferenceData, intercept: str, slope: str, dim: str, group: str, x: np.ndarray
) -> xr.DataArray:
    parts = []
    for name in (intercept, slope):
        draws = draws_of(idata, name)
        labels = [str(label) for label in draws[dim].to_numpy()] if dim in draws.dims else []
        parts.append(draws.isel({dim: labels.index(group)}, drop=True) if labels else draws)
    return parts[0] + parts[1] * xr.DataArray(x, dims="place")


def _looks(labels: Sequence[str]) -> dict[str, Look]:
    if all(label in USUAL_LOOKS for label in labels):
        return {label: USUAL_LOOKS[label] for label in labels}
    return dict(zip(labels, SERIES, strict=False))


def _draw_points(panel: Axes, x: np.ndarray, y: np.ndarray, reach: float) -> None:
    shift = side_by_side(x, 0.012 * reach, 0.05 * reach)
    panel.plot(x + shift, y, "o", color=FAINT, mfc="white", ms=3.5, mew=0.9, zorder=1)


def _finish_own_figure(panels: np.ndarray, unit: str, predictor_unit: str) -> None:
    """Labels and key of the whole figure."""
    figure = panels[0].figure
    width, height = figure.get_size_inches()
    size = plt.rcParams["font.size"]
    figure.supxlabel(wrap(predictor_unit, 0.85 * width, size), fontsize=size)
    figure.supylabel(wrap(unit, 0.85 * height, size), fontsize=size)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=len(handles))


def _finish_given_axes(panels: np.ndarray, unit: str, predictor_unit: str) -> None:
    """Labels of each panel; the key in the first, as nothing else is ours to draw in."""
    for panel in panels:
        label_axes(panel, x=predictor_unit, y=unit)
    panels[0].legend(fontsize="small")
