"""Estimates of the groups given the spread between them, and what is known of the spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from hierarchical_models.plots.canvas import add_key, axes_or_new_grid
from hierarchical_models.plots.labels import label_axes, spread_out
from hierarchical_models.plots.style import PARTIAL, POOLED, SERIES

LABEL_GAP = 0.06
"""Smallest distance of two names, as a share of the panel's height."""


def conditional_means(
    tau: ArrayLike,
    theta_mean: ArrayLike,
    density: ArrayLike,
    *,
    marginal: ArrayLike | None = None,
    labels: Sequence[Any] | None = None,
    unit: str = "",
    tau_unit: str = "",
    ax: Sequence[Axes] | None = None,
) -> np.ndarray:
    """Draw each group's mean given the spread of the groups, above the density of the spread.

    Parameters
    ----------
    tau : array_like of float, shape (n_points,)
        Standard deviations of the groups' effects, increasing, from 0 up.
    theta_mean : array_like of float, shape (n_points, n_groups)
        Posterior mean of each group's effect given each of them, as from
        ``exact.normal_partial_posterior(y, sigma).conditional(tau).theta_mean``.
    density : array_like of float, shape (n_points,)
        Posterior density of the spread at each of them.
    marginal : array_like of float, shape (n_groups,), optional
        Posterior mean of each group's effect whatever the spread is, as a tick on the right.
    labels : sequence, optional
        Names of the groups.
    unit, tau_unit : str
        Labels of the upper vertical axis and of the horizontal axis, with their units.
    ax : sequence of two matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (2,)
        The means above, the density below, on a common horizontal axis.

    Raises
    ------
    ValueError
        If lengths differ, or `tau` does not increase.

    References
    ----------
    .. [1] Rubin (1981). Estimation in parallel randomized experiments. Journal of Educational
       Statistics 6, 377-401.

    Examples
    --------
    >>> above, below = conditional_means([0.0, 1.0], [[2.0, 2.0], [1.0, 4.0]], [1.0, 0.5])
    >>> len(above.lines), below.get_ylabel()
    (2, 'density')
    """
    x, means, heights = (np.asarray(values, dtype=float) for values in (tau, theta_mean, density))
    if x.ndim != 1 or len(x) < 2 or np.any(np.diff(x) <= 0):
        raise ValueError("tau: allowed two or more numbers that increase")
    if means.ndim != 2 or len(means) != len(x):
        raise ValueError(f"theta_mean: found shape {means.shape}, allowed ({len(x)}, n_groups)")
    if heights.shape != x.shape:
        raise ValueError(f"density: found shape {heights.shape}, allowed {x.shape}")
    names = _names(labels, means.shape[1])
    above, below = axes_or_new_grid(
        ax, 2, columns=1, panel_height=2.9, sharex=True, height_ratios=(2, 1)
    )
    for group in range(means.shape[1]):
        look = SERIES[group % len(SERIES)]
        above.plot(x, means[:, group], color=look.colour, ls=look.line, lw=1.6)
    right = x[-1] + 0.02 * np.ptp(x)
    low, high = float(means.min()), float(means.max())
    reach = high - low or 1.0
    heights_of_names = spread_out(means[-1], LABEL_GAP * reach)
    for group, name in enumerate(names):
        look = SERIES[group % len(SERIES)]
        above.annotate(
            name,
            (x[-1], means[-1, group]),
            xytext=(right + 0.02 * np.ptp(x), heights_of_names[group]),
            va="center",
            fontsize="small",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": look.colour,
                "lw": 0.8,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
    if marginal is not None:
        _draw_marginal(above, marginal, x, means)
    above.set_ylim(low - 0.06 * reach, high + 0.06 * reach)
    label_axes(above, y=unit or "mean effect, given the spread")
    below.fill_between(x, heights, color=PARTIAL, alpha=0.25, lw=0)
    below.plot(x, heights, color=PARTIAL)
    label_axes(below, x=tau_unit or "spread of the effects", y="density")
    below.set_xlim(x[0], x[-1])
    below.set_ylim(0, None)
    return np.array([above, below])


def _names(labels: Sequence[Any] | None, n_groups: int) -> list[str]:
    if labels is None:
        return []
    if len(labels) != n_groups:
        raise ValueError(
            f"labels: found {len(labels)} names, allowed {n_groups}, one for each group"
        )
    return [str(label) for label in labels]


def _draw_marginal(above: Axes, marginal: ArrayLike, x: np.ndarray, means: np.ndarray) -> None:
    """A dot where a curve passes the height of the group's marginal mean."""
    values = np.asarray(marginal, dtype=float)
    if values.shape != (means.shape[1],):
        raise ValueError(f"marginal: found shape {values.shape}, allowed ({means.shape[1]},)")
    label = "height of the posterior mean"
    for group, value in enumerate(values):
        gap = means[:, group] - value
        crossing = np.flatnonzero(gap[:-1] * gap[1:] <= 0)
        if crossing.size == 0:
            continue
        at = int(crossing[0])
        step = means[at + 1, group] - means[at, group]
        share = (value - means[at, group]) / step if step else 0.0
        where = x[at] + share * (x[at + 1] - x[at])
        above.plot(
            where,
            value,
            "o",
            color=SERIES[group % len(SERIES)].colour,
            mec=POOLED,
            ms=5,
            label=label,
        )
        label = None
    add_key(above)
