"""Predictive checks by a statistic: does the model reproduce this feature of the data?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import arviz as az
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from hierarchical_models.plots.canvas import MOST_NAMED_ROWS, add_key, axes_or_new, height_for
from hierarchical_models.plots.density import window
from hierarchical_models.plots.draws import check_probability
from hierarchical_models.plots.labels import label_axes, label_rows
from hierarchical_models.plots.predictive_plots import predicted_and_observed
from hierarchical_models.plots.style import PARTIAL, RAW

Statistic = Callable[[np.ndarray], float]


def predictive_statistic(
    idata: az.InferenceData,
    outcome: str,
    statistic: Statistic,
    *,
    label: str = "",
    is_prior: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a statistic of the data on its distribution in data that the model makes up.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit with predictive draws and observed data.
    outcome : str
        The outcome.
    statistic : callable
        From the outcomes, an ndarray of the data's shape, to a number; for example ``np.max``.
    label : str
        Of the horizontal axis, with the statistic's unit; by default its name.
    is_prior : bool
        Whether to show what the model expects before it has seen the data.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        A histogram of the statistic, a line at its observed value, and the share of made-up data
        sets where it is at least as large: the posterior predictive p-value, where near 0 and near
        1 are both bad.

    Raises
    ------
    ValueError
        If the statistic does not give one finite number.
    UnknownNameError
        If the fit has no such outcome.

    References
    ----------
    .. [1] Gelman, Meng and Stern (1996). Posterior predictive assessment of model fitness via
       realized discrepancies. Statistica Sinica 6, 733-807.
    """
    draws, observed = predicted_and_observed(idata, outcome, is_prior)
    made_up = draws.transpose("chain", "draw", *observed.dims).to_numpy()
    sets = made_up.reshape(-1, *observed.shape)
    values = np.array([_number(statistic, one) for one in sets])
    found = _number(statistic, observed.to_numpy())
    ax = axes_or_new(ax, 3.4)
    share = float(np.mean(values >= found))
    ax.hist(
        values,
        bins=_bins(values, found),
        color=PARTIAL,
        alpha=0.45,
        label="data from the prior" if is_prior else "data from the fitted model",
    )
    ax.axvline(found, color=RAW, lw=2.4, label="observed")
    label_axes(ax, x=label or getattr(statistic, "__name__", "statistic"))
    label_axes(ax, y=f"data sets (of {len(values):,})")
    ax.grid(False, axis="x")
    ax.plot([], [], " ", label=_share_in_words(share, len(values)))
    add_key(ax)
    return ax


def predictive_statistic_by_group(
    idata: az.InferenceData,
    outcome: str,
    statistic: Statistic,
    groups: ArrayLike,
    *,
    labels: Sequence[Any] | None = None,
    probability: float = 0.9,
    label: str = "",
    is_prior: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a statistic of each group's data on the interval that the model predicts for it.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit with predictive draws and observed data.
    outcome : str
        The outcome, with one dimension.
    statistic : callable
        From the outcomes of one group, an ndarray, to a number; for example ``np.mean``.
    groups : array_like, shape (n_observations,)
        Group of each observation, for example ``idata.constant_data["group_index"]``.
    labels : sequence, optional
        Names of the groups, in the order of their sorted values in `groups`.
    probability : float
        Of the interval.
    label : str
        Of the horizontal axis, with the statistic's unit; by default its name.
    is_prior : bool
        Whether to show what the model expects before it has seen the data.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        The first group on top; an observed value outside its interval is a filled square. Of 20
        groups about two lie outside their interval of 90 percent though the model is right.

    Raises
    ------
    ValueError
        If `groups` has another length than the data, `labels` another than the groups, there are
        too many groups for a row each, or the statistic does not give one finite number.
    UnknownNameError
        If the fit has no such outcome.
    """
    check_probability(probability)
    draws, observed = predicted_and_observed(idata, outcome, is_prior)
    member = np.asarray(groups)
    if observed.ndim != 1 or member.shape != observed.shape:
        raise ValueError(
            f"groups: found shape {member.shape}, allowed {observed.shape}, one for each {outcome}"
        )
    known = np.unique(member)
    if len(known) > MOST_NAMED_ROWS:
        raise ValueError(f"groups: found {len(known)}, allowed up to {MOST_NAMED_ROWS}")
    if labels is not None and len(labels) != len(known):
        raise ValueError(f"labels: found {len(labels)}, allowed {len(known)}, one for each group")
    sets = draws.transpose("chain", "draw", ...).to_numpy().reshape(-1, observed.size)
    rows = np.arange(len(known))[::-1]
    ax = axes_or_new(ax, height_for(len(known)))
    tails = [(1 - probability) / 2, (1 + probability) / 2]
    own = [member == group for group in known]
    predicted = [[_number(statistic, one[chosen]) for one in sets] for chosen in own]
    ends = np.quantile(np.array(predicted), tails, axis=1)
    found = np.array([_number(statistic, observed.to_numpy()[chosen]) for chosen in own])
    ax.hlines(
        rows, *ends, color=PARTIAL, lw=6, alpha=0.35, label=f"{probability:.0%} of predicted values"
    )
    is_inside = (found >= ends[0]) & (found <= ends[1])
    looks = {"observed": ("o", "white", is_inside), "observed, outside": ("s", RAW, ~is_inside)}
    for key, (marker, filling, chosen) in looks.items():
        if chosen.any():
            ax.plot(found[chosen], rows[chosen], marker, color=RAW, mfc=filling, mew=1.6, label=key)
    label_rows(ax, rows, [str(name) for name in (known if labels is None else labels)], None)
    label_axes(ax, x=label or getattr(statistic, "__name__", "statistic"))
    add_key(ax)
    return ax


def _number(statistic: Statistic, values: np.ndarray) -> float:
    found = np.asarray(statistic(values), dtype=float)
    if found.size != 1 or not np.isfinite(found).all():
        shown = found.item() if found.size == 1 else f"shape {found.shape}"
        raise ValueError(f"statistic: found {shown}, allowed one finite number")
    return float(found.reshape(()))


def _bins(values: np.ndarray, found: float) -> np.ndarray:
    """Bins over nearly all values and the observed one; one for each, where they are few."""
    distinct = np.unique(values)
    if len(distinct) <= 30 and np.all(distinct == np.round(distinct)):
        low, high = min(distinct[0], round(found)), max(distinct[-1], round(found))
        return np.arange(low - 0.5, high + 1.5)
    low, high = window(values, tail=0.001)
    return np.linspace(min(low, values.min()), max(high, low + 1e-9), 41)


def _share_in_words(share: float, n_values: int) -> str:
    """The p-value in words; 0 of so many is not a probability of 0."""
    if share == 0:
        return f"as large or larger: none of {n_values:,}"
    if share == 1:
        return f"as large or larger: all {n_values:,}"
    shown = f"{share:.2f}" if 0.01 <= share <= 0.99 else f"{share:.2g}"
    return f"as large or larger: p = {shown}"
