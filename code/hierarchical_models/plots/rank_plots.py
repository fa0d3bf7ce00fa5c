"""Are the ranks of simulated truths uniform? The figures of simulation-based calibration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from scipy.stats import binom

from hierarchical_models.plots.canvas import add_key, axes_or_new
from hierarchical_models.plots.draws import check_probability
from hierarchical_models.plots.labels import label_axes
from hierarchical_models.plots.style import FAINT, PARTIAL, POOLED, RAW
from hierarchical_models.rank_tests import ecdf_band

FEWEST_PER_BIN = 10
MOST_BINS = 20
MOST_NAMED = 4


def rank_plot(
    ranks: Any,
    n_draws: int | None = None,
    *,
    probability: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw by how much the distribution of ranks differs from a uniform one, with its band.

    Parameters
    ----------
    ranks : Calibration, mapping of str to array_like of int, or array_like of int
        Ranks of simulated truths, shape (n_simulations,), or (n_simulations, n_elements) for the
        elements of a parameter; a `Calibration` brings `n_draws` along.
    n_draws : int, optional
        Number of posterior draws among which each truth was ranked.
    probability : float
        That uniform ranks stay inside the band everywhere.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        A line for each element; those that leave the band are dashed and named. The band is for one
        line: of 20 lines of a right program, about one leaves a band of 95 percent.

    Raises
    ------
    ValueError
        If a rank is not a whole number from 0 to `n_draws`, or parameters have different numbers
        of ranks.

    References
    ----------
    .. [1] Säilynoja, Bürkner and Vehtari (2022). Graphical test for discrete uniformity and its
       applications in goodness-of-fit evaluation and multiple sample comparison. Statistics and
       Computing 32, 32.

    Examples
    --------
    >>> ax = rank_plot(np.arange(100), n_draws=99)
    >>> bool(np.abs(ax.lines[0].get_ydata()).max() < 1e-9)
    True
    """
    series, n_draws = _series(ranks, n_draws)
    n_ranks = len(next(iter(series.values())))
    band = ecdf_band(n_ranks, n_draws, probability)
    ax = axes_or_new(ax)
    point = np.concatenate([[0.0], band.point, [1.0]])
    ends = [np.concatenate([[0.0], end - band.point, [0.0]]) for end in (band.lower, band.upper)]
    lower, upper = ends
    outside = []
    for label, values in series.items():
        below = np.cumsum(np.bincount(values, minlength=n_draws + 1)) / n_ranks
        difference = np.concatenate([[0.0], below]) - point
        if np.any((difference < lower - 1e-12) | (difference > upper + 1e-12)):
            outside.append((label, difference))
        else:
            alpha = 1.0 if len(series) < 4 else 0.5
            ax.plot(point, difference, color=PARTIAL, lw=1.4, alpha=alpha)
    ax.fill_between(
        point,
        lower,
        upper,
        color=FAINT,
        alpha=0.28,
        lw=0,
        label=f"{probability:.0%} of uniform ranks",
        zorder=0,
    )
    for _, difference in outside:
        ax.plot(point, difference, "--", color=RAW, lw=1.8, zorder=4)
    _name_outside(ax, point, outside)
    ax.axhline(0, color=POOLED, lw=0.8, zorder=1)
    ax.set_xlim(0, 1)
    label_axes(ax, x="rank, as a share of the draws")
    label_axes(ax, y="share of ranks below,\nminus that expected")
    add_key(ax)
    return ax


def rank_histogram(
    ranks: ArrayLike, n_draws: int, *, probability: float = 0.95, ax: Axes | None = None
) -> Axes:
    """Draw ranks of simulated truths as a histogram, with a band for each bar.

    Parameters
    ----------
    ranks : array_like of int, shape (n_simulations,)
        From 0 to `n_draws`; 20 or more.
    n_draws : int
        Number of posterior draws among which each truth was ranked; one less than a product, such
        as 99, so that bars are equally wide.
    probability : float
        That the bar of uniform ranks ends inside the band, for each bar by itself.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        A hump in the middle means that posteriors are too wide, one at both ends that they are too
        narrow, a slope that they lie too low or too high.

    Raises
    ------
    ValueError
        If a rank is out of range, there are fewer than 20, or no bars of equal width fit.

    References
    ----------
    .. [1] Talts et al. (2018). Validating Bayesian inference algorithms with simulation-based
       calibration. arXiv:1804.06788.
    """
    check_probability(probability)
    series, n_draws = _series(ranks, n_draws)
    if len(series) != 1:
        raise ValueError(f"ranks: found {len(series)} rows, allowed one; choose an element")
    values = next(iter(series.values()))
    n_bins = _number_of_bins(len(values), n_draws + 1)
    heights = np.bincount(values * n_bins // (n_draws + 1), minlength=n_bins)
    ends = binom.ppf([(1 - probability) / 2, (1 + probability) / 2], len(values), 1 / n_bins)
    ax = axes_or_new(ax)
    ax.axhspan(
        *ends, color=FAINT, alpha=0.28, lw=0, label=f"{probability:.0%} for each bar", zorder=0
    )
    ax.axhline(len(values) / n_bins, color=POOLED, ls="--", lw=1.2, label="expected", zorder=1)
    edges = np.linspace(0, 1, n_bins + 1)
    ax.stairs(heights, edges, fill=True, color=PARTIAL, alpha=0.45)
    ax.stairs(heights, edges, color=PARTIAL, lw=1.4)
    ax.set_xlim(0, 1)
    label_axes(ax, x="rank, as a share of the draws")
    label_axes(ax, y=f"simulations (of {len(values):,})")
    add_key(ax)
    return ax


def _series(ranks: Any, n_draws: int | None) -> tuple[dict[str, np.ndarray], int]:
    """One row of ranks for each element, by its name."""
    if hasattr(ranks, "ranks") and hasattr(ranks, "n_draws"):
        ranks, n_draws = ranks.ranks, ranks.n_draws
    if n_draws is None:
        raise ValueError("n_draws: found nothing, allowed the number of draws among which to rank")
    named = ranks if isinstance(ranks, Mapping) else {"ranks": ranks}
    series = {}
    for name, values in named.items():
        array = np.asarray(values)
        if array.ndim == 0 or array.size == 0 or array.dtype.kind not in "iu":
            raise ValueError(
                f"{name}: found shape {array.shape} of {array.dtype}, "
                "allowed whole numbers, a row for each simulation"
            )
        outside = array[(array < 0) | (array > n_draws)]
        if outside.size:
            raise ValueError(f"{name}: found {outside[0]}, allowed 0 to {n_draws} (n_draws)")
        flat = array.reshape(len(array), -1)
        for place in range(flat.shape[1]):
            label = name if array.ndim == 1 else f"{name}[{place}]"
            series[label] = flat[:, place]
    lengths = {len(values) for values in series.values()}
    if len(lengths) != 1:
        raise ValueError(f"ranks: found {sorted(lengths)} simulations, allowed one number for all")
    return series, n_draws


def _name_outside(ax: Axes, point: np.ndarray, outside: list[tuple[str, np.ndarray]]) -> None:
    """Name the lines that leave the band, at their furthest point; the worst where many do."""
    outside.sort(key=lambda one: -np.abs(one[1]).max())
    for label, difference in outside[:MOST_NAMED]:
        place = int(np.abs(difference).argmax())
        ax.annotate(
            label,
            (point[place], difference[place]),
            xytext=(0, 4 if difference[place] > 0 else -4),
            textcoords="offset points",
            ha="center",
            va="bottom" if difference[place] > 0 else "top",
            fontsize="small",
        )
    ax.margins(y=0.15 if outside else 0.05)


def _number_of_bins(n_ranks: int, n_values: int) -> int:
    if n_ranks < 2 * FEWEST_PER_BIN:
        raise ValueError(f"ranks: found {n_ranks}, allowed from {2 * FEWEST_PER_BIN}")
    most = min(MOST_BINS, n_ranks // FEWEST_PER_BIN)
    even = [count for count in range(2, most + 1) if n_values % count == 0]
    if not even:
        raise ValueError(
            f"n_draws: found {n_values - 1}, allowed one less than a product, such as 99"
        )
    return max(even)
