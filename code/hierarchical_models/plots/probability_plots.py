"""Do things that are given a probability happen that often?"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from scipy.optimize import isotonic_regression

from hierarchical_models.plots.canvas import add_key, axes_or_new
from hierarchical_models.plots.draws import check_probability
from hierarchical_models.plots.labels import label_axes
from hierarchical_models.plots.style import FAINT, PARTIAL, POOLED

N_REPLICATIONS = 500


def calibration_curve(
    predicted: ArrayLike,
    happened: ArrayLike,
    *,
    probability: float = 0.9,
    label: str = "predicted probability",
    ax: Axes | None = None,
) -> Axes:
    """Draw how often events happened against the probability they had been given.

    Parameters
    ----------
    predicted : array_like of float, shape (n_events,)
        Probabilities, from 0 to 1, that each event was given before it was known.
    happened : array_like of bool, shape (n_events,)
        Whether each happened.
    probability : float
        Of the band.
    label : str
        Of the horizontal axis.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        The curve, the diagonal, and, at each probability by itself, a band for what calibrated
        predictions would show with as few events; at the bottom, how often each was predicted.

    Raises
    ------
    ValueError
        If lengths differ, there are fewer than 10 events, a probability is outside 0 to 1, or an
        event is neither 0 nor 1.

    Notes
    -----
    No bins need to be chosen: the curve is the increasing function nearest to the events, which
    the pool-adjacent-violators algorithm finds. The band is that of 500 sets of events that happen
    with exactly the predicted probabilities, from a fixed seed.

    References
    ----------
    .. [1] Dimitriadis, Gneiting and Jordan (2021). Stable reliability diagrams for probabilistic
       classifiers. Proceedings of the National Academy of Sciences 118, e2016191118.
    """
    check_probability(probability)
    p, events = _check_events(predicted, happened)
    order = np.argsort(p, kind="stable")
    p, events = p[order], events[order]
    distinct, place, weight = np.unique(p, return_inverse=True, return_counts=True)

    def curve(outcomes: np.ndarray) -> np.ndarray:
        mean = np.bincount(place, weights=outcomes) / weight
        return np.asarray(isotonic_regression(mean, weights=weight).x)

    random = np.random.default_rng(0)
    replications = [curve(random.random(len(p)) < p) for _ in range(N_REPLICATIONS)]
    ends = np.quantile(replications, [(1 - probability) / 2, (1 + probability) / 2], axis=0)
    ax = axes_or_new(ax, 4.4)
    ax.fill_between(
        distinct,
        *ends,
        color=FAINT,
        alpha=0.28,
        lw=0,
        label=f"{probability:.0%} of calibrated predictions",
    )
    ax.plot([0, 1], [0, 1], "--", color=POOLED, lw=1.2)
    markers = "o" if len(distinct) <= 25 else ""
    ax.plot(
        distinct, curve(events), "-", marker=markers, color=PARTIAL, ms=4.5, label="what happened"
    )
    counts, edges = np.histogram(p, np.linspace(0, 1, 41))
    ax.stairs(0.12 * counts / counts.max(), edges, fill=True, color=FAINT, alpha=0.6)
    ax.set(xlim=(0, 1), ylim=(0, 1.02))
    label_axes(ax, x=label, y="share that happened")
    add_key(ax)
    return ax


def _check_events(predicted: ArrayLike, happened: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    p, events = np.asarray(predicted, dtype=float), np.asarray(happened, dtype=float)
    if p.ndim != 1 or len(p) < 10:
        raise ValueError(f"predicted: found shape {p.shape}, allowed 10 probabilities or more")
    if events.shape != p.shape:
        raise ValueError(f"happened: found shape {events.shape}, allowed {p.shape}")
    bad = p[~((p >= 0) & (p <= 1))]
    if bad.size:
        raise ValueError(f"predicted: found {bad[0]:g}, allowed 0 to 1")
    neither = events[~np.isin(events, (0, 1))]
    if neither.size:
        raise ValueError(f"happened: found {neither[0]:g}, allowed 0 or 1")
    return p, events
