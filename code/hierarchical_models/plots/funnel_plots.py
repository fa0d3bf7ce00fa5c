"""The funnel: the spread of the groups against the effect of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import arviz as az
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from hierarchical_models.plots.canvas import axes_or_new_grid
from hierarchical_models.plots.draws import draws_of, own_dims, scalar_draws
from hierarchical_models.plots.labels import label_axes
from hierarchical_models.plots.style import PARTIAL, RAW
from hierarchical_models.plots.words import count, decimals_for, say

TITLES = ("centred", "non-centred")


@dataclass(frozen=True, eq=False)
class _Cloud:
    """Draws of one fit."""

    effect: np.ndarray
    spread: np.ndarray
    is_divergent: np.ndarray


def funnel_pair(
    centred: az.InferenceData,
    noncentred: az.InferenceData,
    *,
    effect: str = "theta",
    spread: str = "tau",
    at: Mapping[str, Any] | None = None,
    unit: str = "",
    spread_unit: str = "",
    ax: Sequence[Axes] | None = None,
) -> np.ndarray:
    """Draw the spread against one group's effect in two fits, on the same axes.

    Parameters
    ----------
    centred, noncentred : arviz.InferenceData
        Fits of the two forms of a model, with groups posterior and sample_stats.
    effect : str
        The groups' effects.
    spread : str
        The scalar standard deviation of the effects, shown on a logarithmic axis.
    at : mapping of str to label, optional
        Which group, for example ``{"school": "A"}``; the first by default.
    unit : str
        Label of the horizontal axis, with its unit.
    spread_unit : str
        Label of the vertical axis, with its unit.
    ax : sequence of two matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (2,)
        Divergent draws are crosses on top; their number stands above each panel. Where one fit
        reaches further down than the other, the other has missed part of the posterior.

    Raises
    ------
    ValueError
        If an effect has more than one dimension that `at` leaves open, or a spread is negative.
    UnknownNameError
        If a fit has no such variable or label.

    References
    ----------
    .. [1] Betancourt and Girolami (2015). Hamiltonian Monte Carlo for hierarchical models.
       In: Current trends in Bayesian methodology with applications, chapter 4.
    """
    clouds, where = _gather(centred, noncentred, effect, spread, at)
    panels = axes_or_new_grid(ax, 2, columns=2, panel_height=3.9, sharex=True, sharey=True)
    for panel, title, cloud in zip(panels, TITLES, clouds, strict=True):
        _draw_cloud(panel, cloud)
        # with thousands of draws, a vector graphic of each would weigh megabytes
        panel.set_rasterization_zorder(0)
        panel.set_yscale("log")
        n_divergent = int(cloud.is_divergent.sum())
        panel.set_title(f"{title}\n{count(n_divergent, 'divergence')}", loc="left")
        label_axes(panel, x=unit or f"{effect}{where}")
    _share_limits(panels, clouds)
    label_axes(panels[0], y=spread_unit or f"{spread} (logarithmic axis)")
    return panels


def describe_funnel_pair(
    centred: az.InferenceData,
    noncentred: az.InferenceData,
    *,
    effect: str = "theta",
    spread: str = "tau",
    at: Mapping[str, Any] | None = None,
) -> str:
    """Say in words what `funnel_pair` draws.

    Parameters
    ----------
    centred, noncentred, effect, spread, at
        As for `funnel_pair`.

    Returns
    -------
    str
        For each fit the number of draws and of divergences, how small the spread gets, and how
        widely the effect varies where the spread is small and where it is large.

    Raises
    ------
    ValueError, UnknownNameError
        As for `funnel_pair`.
    """
    clouds, where = _gather(centred, noncentred, effect, spread, at)
    spreads = np.concatenate([cloud.spread for cloud in clouds])
    low, high = np.quantile(spreads, [0.1, 0.9])
    decimals = decimals_for(spreads)
    widths = [
        np.ptp(np.quantile(cloud.effect[inside], [0.05, 0.95])) if inside.any() else np.nan
        for cloud in clouds
        for inside in (cloud.spread <= low, cloud.spread >= high)
    ]
    width_decimals = decimals_for(np.array(widths))
    sentences = [f"Spread {spread} on a logarithmic axis against {effect}{where}."]
    for title, cloud, narrow, wide in zip(TITLES, clouds, widths[::2], widths[1::2], strict=True):
        n_divergent = int(cloud.is_divergent.sum())
        smallest = cloud.spread.min()
        places = decimals if smallest >= 10.0**-decimals else int(np.ceil(-np.log10(smallest)))
        sentences.append(
            f"{title.capitalize()}: {len(cloud.spread):,} draws, "
            f"{count(n_divergent, 'divergence')}; the smallest {spread} is {say(smallest, places)}."
        )
        if np.isfinite(narrow) and np.isfinite(wide):
            sentences.append(
                f"Nine in ten draws of {effect}{where} lie within a range of "
                f"{say(narrow, width_decimals)} where {spread} is up to {say(low, decimals)}, "
                f"and of {say(wide, width_decimals)} where it is from {say(high, decimals)}."
            )
    return " ".join(sentences)


def _gather(
    centred: az.InferenceData,
    noncentred: az.InferenceData,
    effect: str,
    spread: str,
    at: Mapping[str, Any] | None,
) -> tuple[list[_Cloud], str]:
    if at is None:
        draws = draws_of(centred, effect)
        at = {dim: draws[dim].to_numpy()[0] for dim in own_dims(draws)}
    where = f" of {', '.join(f'{dim} {label}' for dim, label in at.items())}" if at else ""
    return [_cloud(one, effect, spread, at) for one in (centred, noncentred)], where


def _cloud(idata: az.InferenceData, effect: str, spread: str, at: Mapping[str, Any]) -> _Cloud:
    spreads = scalar_draws(idata, spread)
    if not (spreads > 0).all():
        raise ValueError(f"{spread}: found {spreads.min():g}, allowed above 0")
    return _Cloud(
        effect=scalar_draws(idata, effect, at=at),
        spread=spreads,
        is_divergent=scalar_draws(idata, "diverging", "sample_stats").astype(bool),
    )


def _draw_cloud(panel: Axes, cloud: _Cloud) -> None:
    calm = ~cloud.is_divergent
    panel.plot(
        cloud.effect[calm],
        cloud.spread[calm],
        "o",
        color=PARTIAL,
        ms=2.2,
        mew=0,
        alpha=0.35,
        label="draws",
        zorder=-1,
    )
    panel.plot(
        cloud.effect[cloud.is_divergent],
        cloud.spread[cloud.is_divergent],
        "x",
        color=RAW,
        ms=6,
        mew=1.6,
        label="divergent draws",
        zorder=3,
    )


def _share_limits(panels: np.ndarray, clouds: Sequence[_Cloud]) -> None:
    """The same limits for both, set by nearly all draws and by all that diverged."""
    effects = np.concatenate([cloud.effect for cloud in clouds])
    spreads = np.concatenate([cloud.spread for cloud in clouds])
    left, right = np.quantile(effects, [0.001, 0.999])
    divergent = np.concatenate([cloud.spread[cloud.is_divergent] for cloud in clouds])
    lowest = min(np.quantile(spreads, 0.001), divergent.min(initial=np.inf))
    highest = max(np.quantile(spreads, 0.999), divergent.max(initial=0.0))
    in_effects = np.concatenate([cloud.effect[cloud.is_divergent] for cloud in clouds])
    left, right = min(left, in_effects.min(initial=left)), max(right, in_effects.max(initial=right))
    margin = 0.05 * (right - left)
    for panel in panels:
        panel.set_xlim(left - margin, right + margin)
        panel.set_ylim(lowest / 1.3, highest * 1.3)
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
