"""Predictive checks by the whole distribution: densities, distribution functions, counts."""

from __future__ import annotations

from typing import Any

import arviz as az
import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from hierarchical_models.plots.canvas import add_key, axes_or_new
from hierarchical_models.plots.density import density_of, window
from hierarchical_models.plots.draws import check_probability
from hierarchical_models.plots.labels import label_axes
from hierarchical_models.plots.predictive_plots import predicted_and_observed
from hierarchical_models.plots.style import PARTIAL, RAW

MOST_STEPS = 200


def predictive_density(
    idata: az.InferenceData,
    outcome: str,
    *,
    n_shown: int = 50,
    is_prior: bool = False,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the density of the observations over those of data that the model makes up.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit with predictive draws and observed data.
    outcome : str
        A continuous outcome; for counts see `predictive_counts`.
    n_shown : int
        How many made-up data sets to show, evenly spaced among the draws.
    is_prior : bool
        Whether to show what the model expects before it has seen the data.
    unit : str
        Label of the horizontal axis, with its unit.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        A thin line for each made-up data set and a thick dashed one for the data.

    Raises
    ------
    ValueError
        If the outcome is a count.
    UnknownNameError
        If the fit has no such outcome.
    """
    made_up, values = _replications(idata, outcome, n_shown, is_prior)
    if values.dtype.kind in "iub":
        raise ValueError(f"{outcome}: found counts, allowed real numbers; use predictive_counts")
    low, high = window(values, made_up.ravel())
    ax = axes_or_new(ax)
    for place, one in enumerate(made_up):
        label = f"{len(made_up)} data sets from the {_what(is_prior)}" if place == 0 else None
        ax.plot(*density_of(one, low, high, outcome), color=PARTIAL, lw=0.8, alpha=0.3, label=label)
    ax.plot(*density_of(values, low, high, outcome), "--", color=RAW, lw=2.4, label="observed")
    label_axes(ax, x=unit or outcome, y="density")
    ax.set_xlim(low, high)
    ax.set_ylim(0, None)
    add_key(ax)
    _strengthen_key(ax)
    return ax


def predictive_ecdf(
    idata: az.InferenceData,
    outcome: str,
    *,
    n_shown: int = 50,
    is_prior: bool = False,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the distribution function of the observations over those of made-up data.

    Parameters
    ----------
    idata, outcome, n_shown, is_prior, unit, ax
        As for `predictive_density`; the outcome may be of any kind.

    Returns
    -------
    matplotlib.axes.Axes
        Steps that need no smoothing, so that rounding and repeated values show.

    Raises
    ------
    UnknownNameError
        If the fit has no such outcome.
    """
    made_up, values = _replications(idata, outcome, n_shown, is_prior)
    ax = axes_or_new(ax)
    low, high = window(values, made_up.ravel())
    for place, one in enumerate(made_up):
        label = f"{len(made_up)} data sets from the {_what(is_prior)}" if place == 0 else None
        _draw_steps(ax, one, low, high, color=PARTIAL, lw=0.8, alpha=0.3, label=label)
    _draw_steps(ax, values, low, high, color=RAW, ls="--", lw=2.4, label="observed")
    label_axes(ax, x=unit or outcome, y="share at or below")
    ax.set(xlim=(low, high), ylim=(0, 1))
    add_key(ax)
    _strengthen_key(ax)
    return ax


def predictive_counts(
    idata: az.InferenceData,
    outcome: str,
    *,
    probability: float = 0.9,
    is_prior: bool = False,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw how often each count was observed, beside how often the model predicts it.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit with predictive draws and observed data.
    outcome : str
        An outcome of whole numbers.
    probability : float
        Of the interval around the predicted frequency.
    is_prior : bool
        Whether to show what the model expects before it has seen the data.
    unit : str
        Label of the horizontal axis, with its unit.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        A bar for each count, or for each few where counts are large, and predicted frequencies with
        their intervals. Frequencies are on a square-root scale, on which all of them vary alike.

    Raises
    ------
    ValueError
        If the outcome is not of whole numbers.
    UnknownNameError
        If the fit has no such outcome.

    References
    ----------
    .. [1] Kleiber and Zeileis (2016). Visualizing count data regressions using rootograms.
       The American Statistician 70, 296-303.
    """
    check_probability(probability)
    draws, observed = predicted_and_observed(idata, outcome, is_prior)
    if observed.dtype.kind not in "iub":
        raise ValueError(f"{outcome}: found real numbers, allowed counts; use predictive_density")
    values, made_up = observed.to_numpy().ravel(), _rows_of_draws(draws)
    highest = max(int(values.max()), int(np.quantile(made_up, 0.999)))
    step = max(1, int(np.ceil((highest + 1) / 40)))
    edges = np.arange(0, highest + step + 1, step) - 0.5
    found = np.histogram(values, edges)[0]
    expected = _counts_in_bins(made_up, step, len(edges) - 1)
    ends = np.quantile(expected, [(1 - probability) / 2, (1 + probability) / 2], axis=0)
    ax = axes_or_new(ax)
    middle = (edges[:-1] + edges[1:]) / 2
    ax.bar(middle, found, 0.9 * step, color=RAW, alpha=0.3, edgecolor=RAW, lw=1.2, label="observed")
    ax.vlines(middle, ends[0], ends[1], color=PARTIAL, lw=2)
    ax.plot(
        middle,
        expected.mean(axis=0),
        "o",
        color=PARTIAL,
        ms=4.5,
        label=f"predicted, with {probability:.0%} interval",
    )
    ax.set_yscale("function", functions=(lambda y: np.sqrt(np.maximum(y, 0)), np.square))
    ax.set_ylim(0, None)
    label_axes(ax, x=unit or outcome, y="observations (square-root scale)")
    add_key(ax)
    return ax


def _counts_in_bins(rows: np.ndarray, step: int, n_bins: int) -> np.ndarray:
    """How many whole numbers of each row lie in each bin, the first of which begins at 0."""
    bins = np.floor_divide(rows, step)
    row, column = np.nonzero((rows >= 0) & (bins < n_bins))
    places = row * n_bins + bins[row, column]
    return np.bincount(places, minlength=len(rows) * n_bins).reshape(len(rows), n_bins)


def _replications(
    idata: az.InferenceData, outcome: str, n_shown: int, is_prior: bool
) -> tuple[np.ndarray, np.ndarray]:
    if n_shown < 1:
        raise ValueError(f"n_shown: found {n_shown}, allowed from 1")
    draws, observed = predicted_and_observed(idata, outcome, is_prior)
    rows = _rows_of_draws(draws)
    places = np.linspace(0, len(rows) - 1, min(n_shown, len(rows))).round().astype(int)
    return rows[places], observed.to_numpy().ravel()


def _rows_of_draws(draws: xr.DataArray) -> np.ndarray:
    """One made-up data set in each row."""
    ordered = draws.transpose("chain", "draw", ...).to_numpy()
    return np.asarray(ordered.reshape(draws.sizes["chain"] * draws.sizes["draw"], -1))


def _draw_steps(ax: Axes, values: np.ndarray, low: float, high: float, **look: Any) -> None:
    """Distribution function; at so many places that more could not be seen."""
    places = np.unique(values[(values >= low) & (values <= high)])
    if len(places) > MOST_STEPS:
        places = np.linspace(low, high, MOST_STEPS)
    places = np.concatenate([[low], places, [high]])
    share = np.searchsorted(np.sort(values), places, side="right") / len(values)
    ax.step(places, share, where="post", **look)


def _what(is_prior: bool) -> str:
    return "prior" if is_prior else "fitted model"


def _strengthen_key(ax: Axes) -> None:
    """Lines that are faint because there are many would be too faint in the key."""
    legend = ax.get_legend()
    for line in legend.get_lines():
        line.set_alpha(1.0)
        line.set_linewidth(max(line.get_linewidth(), 1.4))
