"""Do the chains of a fit tell the same story?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import arviz as az
import numpy as np
from matplotlib.axes import Axes
from scipy.stats import hypergeom, rankdata

from hierarchical_models.plots.canvas import add_key, axes_or_new
from hierarchical_models.plots.draws import (
    check_probability,
    describe_parameter,
    draws_of,
    own_dims,
)
from hierarchical_models.plots.labels import label_axes
from hierarchical_models.plots.style import FAINT, POOLED, RAW, SERIES

N_SHUFFLES = 1000
MOST_POINTS = 100
FEWEST_DRAWS = 20


def trace(
    idata: az.InferenceData,
    name: str,
    *,
    at: Mapping[str, Any] | None = None,
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the path of each chain.

    Parameters
    ----------
    idata : arviz.InferenceData
        The fit.
    name : str
        A parameter.
    at : mapping of str to label, optional
        Which of its elements, for example ``{"school": "A"}``.
    unit : str
        Label of the vertical axis, with its unit; by default from the fit's model.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        A line for each chain, and a tick at the bottom for each divergent draw.

    Raises
    ------
    ValueError
        If `at` leaves a dimension open.
    UnknownNameError
        If the fit has no such parameter or label.
    """
    paths = _paths(idata, name, at)
    ax = axes_or_new(ax, 3.2)
    for chain, path in enumerate(paths):
        look = SERIES[chain % len(SERIES)]
        ax.plot(path, color=look.colour, lw=0.6, alpha=0.75, rasterized=len(path) > 2000)
    if "sample_stats" in idata.groups() and "diverging" in idata.sample_stats:
        diverging = idata.sample_stats["diverging"].transpose("chain", "draw").to_numpy()
        where = np.unique(np.nonzero(diverging)[1])
        if where.size:
            low = ax.get_ylim()[0]
            ax.plot(
                where, np.full(where.size, low), "|", color=RAW, ms=14, mew=1.4, label="divergent"
            )
            add_key(ax)
    ax.set_xlim(0, paths.shape[1] - 1)
    label_axes(ax, x=f"draw, after warm-up ({len(paths)} chains)")
    label_axes(ax, y=unit or _title(idata, name, at))
    return ax


def chain_ranks(
    idata: az.InferenceData,
    name: str,
    *,
    at: Mapping[str, Any] | None = None,
    probability: float = 0.95,
    ax: Axes | None = None,
) -> Axes:
    """Draw by how much each chain's ranks among all draws differ from uniform ones.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit with two chains or more.
    name : str
        A parameter.
    at : mapping of str to label, optional
        Which of its elements, for example ``{"school": "A"}``.
    probability : float
        That all chains stay inside the band everywhere, if they draw from one distribution.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        A line for each chain.

    Raises
    ------
    ValueError
        If there is one chain only, fewer than 20 draws in each are left after thinning, or `at`
        leaves a dimension open.
    UnknownNameError
        If the fit has no such parameter or label.

    Notes
    -----
    Draws are thinned first, to as many as are effectively independent, because the band is that of
    independent draws: it is found by shuffling the draws among the chains, a thousand times with a
    fixed seed.

    References
    ----------
    .. [1] Säilynoja, Bürkner and Vehtari (2022). Graphical test for discrete uniformity and its
       applications in goodness-of-fit evaluation and multiple sample comparison. Statistics and
       Computing 32, 32, section 3.
    """
    check_probability(probability)
    paths = _thin(_paths(idata, name, at), name)
    n_chains, n_draws = paths.shape
    ranks = rankdata(paths, method="ordinal").reshape(paths.shape)
    total = n_chains * n_draws
    cuts = np.unique(np.linspace(0, total, min(n_draws, MOST_POINTS) + 1).round().astype(int))[1:-1]
    lower, upper = _chain_band(n_chains, n_draws, cuts, probability)
    ax = axes_or_new(ax)
    point = np.concatenate([[0.0], cuts / total, [1.0]])
    ends = [np.concatenate([[0.0], end / n_draws - cuts / total, [0.0]]) for end in (lower, upper)]
    label = f"{probability:.0%} of chains that agree"
    ax.fill_between(point, *ends, color=FAINT, alpha=0.28, lw=0, label=label, zorder=0)
    for chain in range(n_chains):
        look = SERIES[chain % len(SERIES)]
        below = (ranks[chain][:, None] <= cuts).mean(axis=0) - cuts / total
        line = np.concatenate([[0.0], below, [0.0]])
        ax.plot(point, line, color=look.colour, ls=look.line, lw=1.6, label=f"chain {chain}")
    ax.axhline(0, color=POOLED, lw=0.8, zorder=1)
    ax.set_xlim(0, 1)
    label_axes(
        ax, x=f"rank among all draws of {_title(idata, name, at, is_short=True)}, as a share"
    )
    label_axes(ax, y="share of ranks below,\nminus that expected")
    add_key(ax)
    return ax


def _paths(idata: az.InferenceData, name: str, at: Mapping[str, Any] | None) -> np.ndarray:
    draws = draws_of(idata, name, at=at)
    if own_dims(draws):
        example = {dim: draws[dim].to_numpy()[0].item() for dim in own_dims(draws)}
        raise ValueError(
            f"{name}: found dimensions {', '.join(own_dims(draws))}, allowed a scalar; "
            f"choose one element, for example at={example}"
        )
    return np.asarray(draws.transpose("chain", "draw").to_numpy(), dtype=float)


def _title(
    idata: az.InferenceData, name: str, at: Mapping[str, Any] | None, is_short: bool = False
) -> str:
    where = f"{name}[{', '.join(str(label) for label in at.values())}]" if at else name
    return where if is_short or at else describe_parameter(idata, name)


def _thin(paths: np.ndarray, name: str) -> np.ndarray:
    """Every so many draws, so that those that are left are about independent."""
    n_chains, n_draws = paths.shape
    if n_chains < 2:
        raise ValueError(f"{name}: found 1 chain, allowed 2 or more")
    if np.ptp(paths) == 0:
        raise ValueError(f"{name}: found draws that never differ, allowed draws that do")
    # of each chain by itself: chains that disagree must not look like slow ones
    effective = min(
        float(az.ess(path[None, :], method=method)) for path in paths for method in ("bulk", "tail")
    )
    step = max(1, int(np.ceil(n_draws / effective)))
    thinned = paths[:, ::step]
    if thinned.shape[1] < FEWEST_DRAWS:
        raise ValueError(
            f"{name}: found {thinned.shape[1]} independent draws in a chain, "
            f"allowed from {FEWEST_DRAWS}; run longer chains"
        )
    return thinned


def _chain_band(
    n_chains: int, n_draws: int, cuts: np.ndarray, probability: float
) -> tuple[np.ndarray, np.ndarray]:
    """Smallest and largest number of a chain's draws among the lowest of all, at each cut."""
    total = n_chains * n_draws
    counts = np.arange(n_draws + 1)[:, None]
    share = hypergeom(total, cuts, n_draws)
    tails = np.minimum(2 * np.minimum(share.cdf(counts), share.sf(counts - 1)), 1)
    shuffled = np.random.default_rng(0).permuted(
        np.tile(np.repeat(np.arange(n_chains), n_draws), (N_SHUFFLES, 1)), axis=1
    )
    most_extreme = np.ones(N_SHUFFLES)
    for chain in range(n_chains):
        below = np.cumsum(shuffled == chain, axis=1)[:, cuts - 1]
        found = tails[below, np.arange(len(cuts))].min(axis=1)
        most_extreme = np.minimum(most_extreme, found)
    inside = tails >= np.quantile(most_extreme, 1 - probability)
    return inside.argmax(axis=0), n_draws - inside[::-1].argmax(axis=0)
