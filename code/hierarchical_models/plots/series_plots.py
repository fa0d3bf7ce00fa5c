"""Forecasts of time series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from hierarchical_models.plots.canvas import add_key, axes_or_new
from hierarchical_models.plots.draws import check_probability
from hierarchical_models.plots.labels import label_axes
from hierarchical_models.plots.style import FAINT, PARTIAL, RAW

STRENGTHS = (0.5, 0.3, 0.16)


def fan(
    time: ArrayLike,
    draws: xr.DataArray | ArrayLike,
    *,
    observed: ArrayLike | None = None,
    observed_time: ArrayLike | None = None,
    forecast_from: Any = None,
    probabilities: Sequence[float] = (0.5, 0.8, 0.95),
    unit: str = "",
    time_unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw a series as bands that widen with what is not known.

    Parameters
    ----------
    time : array_like of float or datetime64, shape (n_times,)
        Increasing.
    draws : xarray.DataArray or array_like of float, shape (n_draws, n_times)
        Predictive draws; a DataArray has dimensions ``chain``, ``draw`` and one for the times.
    observed : array_like of float, optional
        What was observed; not a number where nothing was.
    observed_time : array_like, optional
        When; by default at `time`.
    forecast_from : optional
        First time that the model has not seen, as a vertical line.
    probabilities : sequence of float
        Of the bands, at most three.
    unit, time_unit : str
        Labels of the axes, with their units.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        Central bands, the median as a line, observations as circles; filled ones, in the part
        that is forecast.

    Raises
    ------
    ValueError
        If lengths differ, times do not increase, or there are more than three bands.

    Examples
    --------
    >>> ax = fan([1, 2], [[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]], probabilities=[0.5], unit="visitors")
    >>> ax.lines[0].get_ydata()
    array([1., 2.])
    """
    times = np.asarray(time)
    rows = _rows(draws)
    if times.ndim != 1 or rows.shape[1] != len(times):
        raise ValueError(
            f"draws: found shape {rows.shape}, allowed (n_draws, {len(times)}), as time has"
        )
    if np.any(times[1:] <= times[:-1]):
        raise ValueError("time: found times out of order, allowed times that increase")
    if not 1 <= len(probabilities) <= len(STRENGTHS):
        raise ValueError(
            f"probabilities: found {len(probabilities)}, allowed 1 to {len(STRENGTHS)}"
        )
    ax = axes_or_new(ax)
    for probability, strength in zip(sorted(probabilities), STRENGTHS, strict=False):
        check_probability(probability)
        ends = np.quantile(rows, [(1 - probability) / 2, (1 + probability) / 2], axis=0)
        ax.fill_between(
            times, *ends, color=PARTIAL, alpha=strength, lw=0, label=f"{probability:.0%}"
        )
    ax.plot(times, np.median(rows, axis=0), color=PARTIAL, lw=2, label="median")
    if forecast_from is not None:
        ax.axvline(forecast_from, color=FAINT, ls="--", lw=1.3, label="forecast from here")
    if observed is not None:
        _draw_observed(
            ax, observed, times if observed_time is None else observed_time, forecast_from
        )
    label_axes(ax, x=time_unit or "time", y=unit)
    add_key(ax)
    return ax


def _rows(draws: xr.DataArray | ArrayLike) -> np.ndarray:
    if isinstance(draws, xr.DataArray):
        draws = draws.transpose("chain", "draw", ...)
    values = np.asarray(draws, dtype=float)
    if values.ndim < 2:
        raise ValueError(f"draws: found {values.ndim} dimensions, allowed 2 or more, times last")
    return values.reshape(-1, values.shape[-1])


def _draw_observed(ax: Axes, observed: ArrayLike, time: Any, forecast_from: Any) -> None:
    values, times = np.asarray(observed, dtype=float), np.asarray(time)
    if values.shape != times.shape:
        raise ValueError(f"observed: found shape {values.shape}, allowed {times.shape}")
    is_new = np.zeros(len(times), bool) if forecast_from is None else times >= forecast_from
    for chosen, filling, label in (
        (~is_new, "white", "observed"),
        (is_new, RAW, "observed later"),
    ):
        if np.isfinite(values[chosen]).any():
            ax.plot(
                times[chosen],
                values[chosen],
                "o",
                color=RAW,
                mfc=filling,
                ms=4,
                mew=1.2,
                label=label,
            )
