"""Are known truths found again?"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from hierarchical_models.plots.canvas import add_key, axes_or_new
from hierarchical_models.plots.estimates import Source, estimate_groups
from hierarchical_models.plots.labels import label_axes
from hierarchical_models.plots.style import PARTIAL, POOLED, RAW


def recovery(
    truth: ArrayLike,
    source: Source,
    name: str | None = None,
    *,
    probability: float = 0.9,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw estimates with their intervals against the values that the data were simulated from.

    Parameters
    ----------
    truth : array_like of float, shape (n_groups,)
        True values.
    source : InferenceData, DataArray, Estimates or array_like
        A fit, draws or estimates.
    name : str, optional
        A parameter with one dimension, for a fit.
    probability : float
        Of the intervals.
    unit : str
        What the values are, with their unit; by default from the fit's model.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        Estimates on the dashed line are right; intervals that miss it are orange
        with a square, and the key says how many there are.

    Raises
    ------
    ValueError
        If lengths differ.
    UnknownNameError
        If the fit has no such parameter.

    Examples
    --------
    >>> from hierarchical_models.plots import Estimates
    >>> found = Estimates(mean=[0.1, 2.0], lower=[-1.0, 1.5], upper=[1.0, 2.5])
    >>> ax = recovery([0.0, 1.0], found, unit="drift")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['90% interval holds the truth (1 of 2)', 'misses it (1)', 'estimate = truth']
    """
    one = estimate_groups(source, name, probability=probability)
    true = np.asarray(truth, dtype=float)
    if true.shape != one.mean.shape:
        raise ValueError(f"truth: found shape {true.shape}, allowed {one.mean.shape}")
    ax = axes_or_new(ax, 4.4)
    if one.lower is None:
        ax.plot(true, one.mean, "o", color=PARTIAL, ms=5, label="estimates")
        parts = [true, one.mean]
    else:
        holds = (one.lower <= true) & (true <= one.upper)
        held = f"{probability:.0%} interval holds the truth ({int(holds.sum())} of {len(true)})"
        missed = f"misses it ({int((~holds).sum())})"
        for chosen, colour, marker, label in (
            (holds, PARTIAL, "o", held),
            (~holds, RAW, "s", missed),
        ):
            if not chosen.any():
                continue
            ax.vlines(
                true[chosen], one.lower[chosen], one.upper[chosen], color=colour, lw=1.4, alpha=0.7
            )
            ax.plot(true[chosen], one.mean[chosen], marker, color=colour, ms=5, label=label)
        parts = [true, one.lower, one.upper]
    ends = np.array([np.min(np.concatenate(parts)), np.max(np.concatenate(parts))])
    ax.plot(ends, ends, "--", color=POOLED, lw=1.2, label="estimate = truth", zorder=1)
    described = unit or one.description or name or "value"
    label_axes(ax, x=f"true {described}" if unit or not one.description else f"truth — {described}")
    label_axes(ax, y="estimate")
    add_key(ax)
    return ax
