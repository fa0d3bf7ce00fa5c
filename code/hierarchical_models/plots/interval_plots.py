"""Intervals of many groups, one model or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from hierarchical_models.plots.canvas import MOST_NAMED_ROWS, add_key, axes_or_new, height_for
from hierarchical_models.plots.estimates import Estimates, Source, estimate_groups
from hierarchical_models.plots.groups import check_same_groups, name_groups
from hierarchical_models.plots.labels import label_axes, label_rows
from hierarchical_models.plots.style import POOLED, SERIES, TRUTH, Look
from hierarchical_models.plots.words import count, decimals_for, say


def intervals(
    fits: Mapping[str, Source],
    name: str | None = None,
    *,
    probability: float = 0.9,
    truth: ArrayLike | None = None,
    reference: float | None = None,
    labels: Sequence[Any] | None = None,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw each group's posterior mean and central interval, fits side by side.

    Parameters
    ----------
    fits : mapping of str to InferenceData, DataArray, Estimates or array_like
        Fits, draws or estimates by the label of each; for example one for each backend. At most
        five.
    name : str, optional
        A parameter with at most one dimension, for fits. A scalar has one row for each fit.
    probability : float
        Of the interval.
    truth : array_like of float, shape (n_groups,), optional
        True values, where the data are simulated.
    reference : float, optional
        A value to compare with, as a vertical line.
    labels : sequence, optional
        Names of the groups; by default those of the first fit.
    unit : str
        Label of the horizontal axis, with its unit; by default from the fit's model.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        The first group on top.

    Raises
    ------
    ValueError
        If there is no fit or more than five, their groups differ, or there are more groups than
        can be named; for those see `ranked`.
    UnknownNameError
        If a fit has no such parameter.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> ax = intervals({"draws": random.normal(size=(100, 3))}, labels="ABC", unit="points")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['A', 'B', 'C']
    """
    estimates = _estimate_fits(fits, name, probability)
    first = next(iter(estimates.values()))
    if _is_one_scalar_each(estimates):
        return _draw_scalars(estimates, name, reference, unit, ax)
    names = name_groups([first], labels)
    if len(first) > MOST_NAMED_ROWS:
        raise ValueError(
            f"{name or 'fits'}: found {len(first)} groups, allowed up to {MOST_NAMED_ROWS} in rows "
            "of their own; use ranked"
        )
    row_height = 0.2 + 0.09 * len(estimates)
    ax = axes_or_new(ax, height_for(len(first), row_height))
    rows = np.arange(len(first))[::-1]
    if reference is not None:
        ax.axvline(reference, color=POOLED, ls="--", lw=1.3, zorder=1)
    reach = 0.11 * (len(estimates) - 1)
    offsets = np.linspace(reach, -reach, len(estimates))
    for (label, one), offset, look in zip(estimates.items(), offsets, SERIES, strict=False):
        draw_intervals(ax, one, rows + offset, look, label)
    if truth is not None:
        _draw_truth(ax, truth, rows)
    label_rows(ax, rows, names, first.dim)
    label_axes(ax, x=unit or first.description or name or "")
    add_key(ax)
    return ax


def describe_intervals(
    fits: Mapping[str, Source],
    name: str | None = None,
    *,
    probability: float = 0.9,
    labels: Sequence[Any] | None = None,
) -> str:
    """Say in words what `intervals` draws.

    Parameters
    ----------
    fits, name, probability, labels
        As for `intervals`.

    Returns
    -------
    str
        For each fit the smallest and largest estimate, whose they are, and how wide its intervals
        are.

    Raises
    ------
    ValueError, UnknownNameError
        As for `intervals`.

    Examples
    --------
    >>> from hierarchical_models.plots import Estimates
    >>> given = {"exact": Estimates([1.0, 5.0], [0.0, 3.0], [2.0, 7.0], labels=("A", "B"))}
    >>> print(describe_intervals(given))
    2 groups, with 90% intervals. exact: estimates run from 1.00 (A) to 5.00 (B), and intervals are
    2.00 to 4.00 wide.
    """
    estimates = _estimate_fits(fits, name, probability)
    first = next(iter(estimates.values()))
    everything = [part for one in estimates.values() for part in _numbers(one)]
    decimals = decimals_for(np.concatenate(everything))
    has_intervals = any(one.lower is not None for one in estimates.values())
    if _is_one_scalar_each(estimates):
        parts = [f"{label} {_one_scalar(one, decimals)}" for label, one in estimates.items()]
        kind = f", with {probability:.0%} interval" if has_intervals else ""
        return f"{name or 'One number'}{kind}: {'; '.join(parts)}."
    names = name_groups([first], labels) or tuple(str(place) for place in range(len(first)))
    groups = count(len(first), first.dim or "group")
    opening = f"{groups}, with {probability:.0%} intervals." if has_intervals else f"{groups}."
    return " ".join(
        [opening, *(_one_fit(label, one, names, decimals) for label, one in estimates.items())]
    )


def draw_intervals(
    ax: Axes, one: Estimates, rows: np.ndarray, look: Look, label: str | None
) -> None:
    """Draw estimates and, where there are any, their intervals, one in each row.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    one : Estimates
        What to draw.
    rows : ndarray of float, shape (n_groups,)
        Height of each.
    look : Look
        Colour and marker.
    label : str or None
        For the key.
    """
    if one.lower is not None:
        ax.hlines(rows, one.lower, one.upper, color=look.colour, lw=2)
    ax.plot(one.mean, rows, look.marker, color=look.colour, ms=5.5, label=label)


def _estimate_fits(
    fits: Mapping[str, Source], name: str | None, probability: float
) -> dict[str, Estimates]:
    if not isinstance(fits, Mapping):
        raise ValueError(
            f'fits: found {type(fits).__name__}, allowed a mapping, such as {{"partial": fit}}'
        )
    if not 1 <= len(fits) <= len(SERIES):
        raise ValueError(f"fits: found {len(fits)}, allowed 1 to {len(SERIES)}")
    estimates = {
        label: estimate_groups(one, name, probability=probability, argument=f"fits[{label!r}]")
        for label, one in fits.items()
    }
    (label, first), *others = estimates.items()
    check_same_groups(first, {f"fits[{key!r}]": one for key, one in others}, f"fits[{label!r}]")
    return estimates


def _is_one_scalar_each(estimates: Mapping[str, Estimates]) -> bool:
    return all(len(one) == 1 and one.labels is None for one in estimates.values())


def _draw_scalars(
    estimates: Mapping[str, Estimates],
    name: str | None,
    reference: float | None,
    unit: str,
    ax: Axes | None,
) -> Axes:
    """One row for each fit; the row's name stands for a key."""
    ax = axes_or_new(ax, 0.9 + 0.36 * len(estimates))
    rows = np.arange(len(estimates))[::-1]
    if reference is not None:
        ax.axvline(reference, color=POOLED, ls="--", lw=1.3, zorder=1)
    for row, one in zip(rows, estimates.values(), strict=True):
        draw_intervals(ax, one, np.array([row]), SERIES[0], None)
    label_rows(ax, rows, list(estimates), None)
    first = next(iter(estimates.values()))
    label_axes(ax, x=unit or first.description or name or "")
    return ax


def _draw_truth(ax: Axes, truth: ArrayLike, rows: np.ndarray) -> None:
    values = np.asarray(truth, dtype=float)
    if values.shape != rows.shape:
        raise ValueError(f"truth: found shape {values.shape}, allowed {rows.shape}")
    ax.plot(
        values, rows, "D", ms=6, mfc="white", mec=TRUTH, mew=1.6, ls="", label="truth", zorder=5
    )


def _numbers(one: Estimates) -> list[np.ndarray]:
    return [one.mean] + ([] if one.lower is None else [one.lower, one.upper])


def _one_scalar(one: Estimates, decimals: int) -> str:
    text = say(one.mean[0], decimals)
    if one.lower is None:
        return text
    return f"{text} ({say(one.lower[0], decimals)} to {say(one.upper[0], decimals)})"


def _one_fit(label: str, one: Estimates, names: Sequence[str], decimals: int) -> str:
    smallest, largest = int(np.nanargmin(one.mean)), int(np.nanargmax(one.mean))
    text = (
        f"{label}: estimates run from {say(one.mean[smallest], decimals)} ({names[smallest]}) "
        f"to {say(one.mean[largest], decimals)} ({names[largest]})"
    )
    if one.lower is not None:
        width = one.upper - one.lower
        narrow, wide = (
            say(float(np.nanmin(width)), decimals),
            say(float(np.nanmax(width)), decimals),
        )
        text += ", and intervals are " + (narrow if narrow == wide else f"{narrow} to {wide}")
        text += " wide"
    return f"{text}."
