"""The course's figures.

Each function draws on one Axes, takes plain arrays or a fit, and returns the Axes.

Colours are those of Okabe and Ito, which readers with any common kind of colour vision can tell
apart; every series also has its own marker, so that the figures survive a black-and-white printer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import arviz as az
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from scipy.stats import gaussian_kde

OKABE_ITO = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "amber": "#E69F00",
    "black": "#000000",
}
RAW, PARTIAL, POOLED, TRUTH = (
    OKABE_ITO["orange"],
    OKABE_ITO["blue"],
    "#555555",
    OKABE_ITO["green"],
)
STYLE: Mapping[str, Any] = {
    "axes.grid": True,
    "axes.prop_cycle": cycler(color=list(OKABE_ITO.values())),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.figsize": (7.0, 4.2),
    "font.size": 11,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "hierarchical-models",
}


def use_style() -> None:
    """Set the course's look for all figures that follow, as sharp vector graphics in a notebook.

    Returns
    -------
    None
        Matplotlib's settings are changed for this process.
    """
    plt.rcParams.update(STYLE)
    try:
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    # without a date in the file, the same figure is the same bytes
    set_matplotlib_formats("svg", metadata={"Date": None})


def shrinkage(
    raw: np.ndarray,
    partial: np.ndarray,
    *,
    pooled: float | None = None,
    labels: Sequence[Any] | None = None,
    truth: np.ndarray | None = None,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw how each group's estimate moves from its own mean to its partially pooled one.

    Parameters
    ----------
    raw, partial : ndarray of float, shape (n_groups,)
        Estimate without pooling, and with partial pooling.
    pooled : float, optional
        The estimate that complete pooling gives to all, as a vertical line.
    labels : sequence, optional
        Names of the groups, from top to bottom.
    truth : ndarray of float, shape (n_groups,), optional
        What each group's value turned out to be.
    unit : str
        Of the horizontal axis.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        With an arrow for each group, the first group on top.
    """
    raw, partial = np.asarray(raw, float), np.asarray(partial, float)
    ax = ax or plt.subplots(figsize=(7.0, 1.2 + 0.28 * len(raw)))[1]
    rows = np.arange(len(raw))[::-1]
    for row, start, end in zip(rows, raw, partial, strict=True):
        ax.annotate(
            "",
            xy=(end, row),
            xytext=(start, row),
            arrowprops={"arrowstyle": "->", "color": "#777777", "shrinkA": 3, "shrinkB": 3},
        )
    ax.plot(raw, rows, "o", color=RAW, mfc="white", label="own data only")
    ax.plot(partial, rows, "o", color=PARTIAL, label="partial pooling")
    if truth is not None:
        ax.plot(truth, rows, "D", color=TRUTH, ms=4, label="what happened later")
    if pooled is not None:
        ax.axvline(pooled, color=POOLED, ls="--", lw=1, label="complete pooling")
    ax.set_yticks(rows, [str(label) for label in labels] if labels is not None else None)
    ax.set_xlabel(unit)
    ax.legend(loc="upper center", bbox_to_anchor=(0.45, -0.12), ncols=2)
    return ax


def intervals(
    fits: Mapping[str, az.InferenceData],
    name: str,
    *,
    probability: float = 0.9,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw each group's posterior mean and central interval, fits side by side.

    Parameters
    ----------
    fits : mapping of str to arviz.InferenceData
        The fits by the label of each; for example one for each backend.
    name : str
        A parameter with one dimension.
    probability : float
        Of the interval.
    unit : str
        Of the horizontal axis.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        The first group on top.
    """
    first = next(iter(fits.values())).posterior[name]
    dim = first.dims[-1]
    groups = first[dim].to_numpy()
    ax = ax or plt.subplots(figsize=(7.0, 1.2 + 0.3 * len(groups)))[1]
    rows = np.arange(len(groups))[::-1]
    tail = (1 - probability) / 2
    offsets = np.linspace(0.16, -0.16, len(fits)) if len(fits) > 1 else [0.0]
    styles = zip(offsets, "osD^v", OKABE_ITO.values(), strict=False)
    for (label, idata), (offset, marker, colour) in zip(fits.items(), styles, strict=False):
        draws = idata.posterior[name]
        mean = draws.mean(("chain", "draw")).to_numpy()
        ends = draws.quantile([tail, 1 - tail], ("chain", "draw")).to_numpy()
        ax.hlines(rows + offset, ends[0], ends[1], color=colour, lw=2)
        ax.plot(mean, rows + offset, marker, color=colour, ms=5, label=label)
    ax.set_yticks(rows, [str(group) for group in groups])
    ax.set_xlabel(unit or name)
    ax.legend(loc="upper center", bbox_to_anchor=(0.45, -0.12), ncols=len(fits))
    return ax


def prior_to_posterior(
    idata: az.InferenceData,
    name: str,
    *,
    unit: str = "",
    limits: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the prior and the posterior density of a scalar parameter.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit with groups prior and posterior.
    name : str
        A scalar parameter.
    unit : str
        Of the horizontal axis.
    limits : tuple of float, optional
        Ends of the horizontal axis; by default the central 98 percent of both.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        Two curves on one scale.
    """
    ax = ax or plt.subplots()[1]
    draws = {
        "prior": np.ravel(idata.prior[name].to_numpy()),
        "posterior": np.ravel(idata.posterior[name].to_numpy()),
    }
    ends = [np.quantile(values, [0.01, 0.99]) for values in draws.values()]
    low, high = limits or (min(end[0] for end in ends), max(end[1] for end in ends))
    grid = np.linspace(low, high, 400)
    styles = {"prior": ("--", POOLED), "posterior": ("-", PARTIAL)}
    for label, values in draws.items():
        line, colour = styles[label]
        inside = values[(values > low - (high - low)) & (values < high + (high - low))]
        density = gaussian_kde(inside)(grid) * len(inside) / len(values)
        ax.plot(grid, density, line, color=colour, label=label)
    ax.set(xlabel=unit or name, ylabel="density", ylim=(0, None))
    ax.legend()
    return ax


def predictive_check(
    idata: az.InferenceData,
    outcome: str,
    *,
    probability: float = 0.9,
    is_prior: bool = False,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw each observation beside the interval that the model predicts for it.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit with predictive draws and observed data.
    outcome : str
        The outcome, with one dimension.
    probability : float
        Of the interval.
    is_prior : bool
        Whether to show what the model expects before it has seen the data.
    unit : str
        Of the horizontal axis.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        The first observation on top.
    """
    draws = (idata.prior_predictive if is_prior else idata.posterior_predictive)[outcome]
    observed = idata.observed_data[outcome]
    labels = observed[observed.dims[0]].to_numpy()
    ax = ax or plt.subplots(figsize=(7.0, 1.2 + 0.28 * len(labels)))[1]
    rows = np.arange(len(labels))[::-1]
    tail = (1 - probability) / 2
    ends = draws.quantile([tail, 1 - tail], ("chain", "draw")).to_numpy()
    ax.hlines(
        rows,
        ends[0],
        ends[1],
        color=PARTIAL,
        lw=5,
        alpha=0.35,
        label=f"{probability:.0%} of predicted values",
    )
    ax.plot(observed, rows, "o", color=RAW, label="observed")
    ax.set_yticks(rows, [str(label) for label in labels])
    ax.set_xlabel(unit or outcome)
    ax.legend(loc="upper center", bbox_to_anchor=(0.45, -0.12), ncols=2)
    return ax
