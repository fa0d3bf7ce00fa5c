"""Leave-one-out cross-validation: where it can be trusted, and where two models differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import arviz as az
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from hierarchical_models.plots.canvas import MOST_NAMED_ROWS, add_key, axes_or_new, height_for
from hierarchical_models.plots.labels import label_axes, label_rows, write_beside
from hierarchical_models.plots.style import FAINT, PARTIAL, POOLED, RAW
from hierarchical_models.plots.words import say

UNTRUSTED = 0.7
"""Above this, with a usual number of draws, the estimate for an observation is not reliable."""
NAMED = 5


def pareto_k(
    loo: az.ELPDData | xr.DataArray | ArrayLike,
    *,
    labels: Sequence[Any] | None = None,
    threshold: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how much each observation strains leave-one-out cross-validation.

    Parameters
    ----------
    loo : arviz.ELPDData or array_like of float, shape (n_observations,)
        From ``az.loo(idata, pointwise=True)``, or the Pareto k of each observation.
    labels : sequence, optional
        Names of the observations; the five worst above the threshold are named.
    threshold : float, optional
        Above which an estimate is not reliable; by default what `loo` holds for its number of
        draws, or 0.7.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        Observations in the order of the data; those above the threshold are crosses.

    Raises
    ------
    ValueError
        If `loo` has no pointwise values, or there are more or fewer labels than observations.

    References
    ----------
    .. [1] Vehtari, Simpson, Gelman, Yao and Gabry (2024). Pareto smoothed importance sampling.
       Journal of Machine Learning Research 25 (72).

    Examples
    --------
    >>> ax = pareto_k([0.1, 0.9, 0.3], labels=["a", "b", "c"])
    >>> [text.get_text() for text in ax.texts]
    ['b']
    """
    values, names, limit = _read_loo(loo, labels, threshold)
    is_bad = ~(values <= limit)
    ax = axes_or_new(ax, 3.4)
    places = np.arange(len(values))
    ax.axhline(limit, color=POOLED, ls="--", lw=1.3, label=f"not reliable above {limit:.2g}")
    ax.plot(places[~is_bad], values[~is_bad], "o", color=PARTIAL, ms=3.5, alpha=0.8)
    ax.plot(places[is_bad], values[is_bad], "X", color=RAW, ms=8)
    worst = [place for place in np.argsort(-values)[:NAMED] if is_bad[place]]
    for place in worst:
        write_beside(ax, names[place], place, values[place])
    label_axes(ax, x=f"observation ({int(is_bad.sum())} of {len(values)} above the line)")
    label_axes(ax, y="Pareto k")
    add_key(ax)
    return ax


def elpd_difference(
    first: az.ELPDData | ArrayLike,
    second: az.ELPDData | ArrayLike,
    *,
    names: tuple[str, str] = ("first", "second"),
    labels: Sequence[Any] | None = None,
    groups: ArrayLike | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw which model predicts each observation, or each group of them, better.

    Parameters
    ----------
    first, second : arviz.ELPDData or array_like of float, shape (n_observations,)
        From ``az.loo(idata, pointwise=True)``, or log predictive densities of held-out data.
    names : tuple of str
        Of the two models.
    labels : sequence, optional
        Names of the observations; of the groups, in the order of their sorted values, where there
        are groups.
    groups : array_like, shape (n_observations,), optional
        Group of each observation; differences are then summed within groups.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        A bar for each, to the right where the first model predicts it better; the axis's label
        gives the sum and its standard error.

    Raises
    ------
    ValueError
        If lengths differ, there are fewer than two observations, or `first` has no pointwise
        values.

    References
    ----------
    .. [1] Vehtari, Gelman and Gabry (2017). Practical Bayesian model evaluation using leave-one-out
       cross-validation and WAIC. Statistics and Computing 27, 1413-1432, section 5.

    Examples
    --------
    >>> ax = elpd_difference([-1.0, -2.0], [-1.5, -1.8], labels=["A", "B"])
    >>> [round(float(bar.get_width()), 1) for bar in ax.patches]
    [0.5, -0.2]
    """
    difference = _pointwise(first, "first") - _pointwise_like(second, _pointwise(first, "first"))
    if groups is not None:
        member = np.asarray(groups)
        if member.shape != difference.shape:
            raise ValueError(f"groups: found shape {member.shape}, allowed {difference.shape}")
        known, place = np.unique(member, return_inverse=True)
        difference = np.bincount(place, weights=difference)
        labels = known if labels is None else labels
    n_bars = len(difference)
    if n_bars < 2:
        raise ValueError(f"first: found {n_bars} values, allowed two or more")
    if labels is not None and len(labels) != n_bars:
        raise ValueError(f"labels: found {len(labels)} names, allowed {n_bars}")
    is_named = labels is not None and n_bars <= MOST_NAMED_ROWS
    ax = axes_or_new(ax, height_for(n_bars) if is_named else 4.5)
    rows = np.arange(n_bars)[::-1]
    for chosen, colour, hatch in ((difference > 0, PARTIAL, None), (difference <= 0, RAW, "////")):
        ax.barh(
            rows[chosen],
            difference[chosen],
            0.7,
            color=colour,
            alpha=0.55,
            hatch=hatch,
            edgecolor="white",
            lw=0,
        )
    ax.axvline(0, color=FAINT, lw=1)
    if is_named:
        label_rows(ax, rows, [str(label) for label in labels], None)
    else:
        ax.set_yticks([])
        label_axes(ax, y=f"{n_bars} {'groups' if groups is not None else 'observations'}")
    total, error = difference.sum(), np.sqrt(n_bars) * difference.std(ddof=1)
    label_axes(
        ax,
        x=f"difference in log predictive density\n"
        f"(sum {say(total, 1)}, standard error {say(error, 1)})",
    )
    ax.grid(False, axis="y")
    _name_sides(ax, names)
    return ax


def _name_sides(ax: Axes, names: tuple[str, str]) -> None:
    reach = max(abs(end) for end in ax.get_xlim())
    ax.set_xlim(-reach, reach)
    sides = ((f"← {names[1]} better", 0.0, "left"), (f"{names[0]} better →", 1.0, "right"))
    for text, place, align in sides:
        ax.annotate(
            text,
            (place, 1.0),
            xycoords="axes fraction",
            xytext=(0, 5),
            textcoords="offset points",
            ha=align,
            va="bottom",
            fontsize="small",
        )


def _read_loo(
    loo: az.ELPDData | xr.DataArray | ArrayLike,
    labels: Sequence[Any] | None,
    threshold: float | None,
) -> tuple[np.ndarray, list[str], float]:
    limit = threshold
    source: Any = loo
    if isinstance(loo, az.ELPDData):
        if "pareto_k" not in loo:
            raise ValueError("loo: found no pointwise values; compute it with pointwise=True")
        source = loo.pareto_k
        limit = threshold if threshold is not None else float(loo.get("good_k", UNTRUSTED))
    values = np.ravel(np.asarray(source, dtype=float))
    if labels is None and isinstance(source, xr.DataArray) and source.ndim == 1:
        labels = source[source.dims[0]].to_numpy().tolist()
    names = [str(one) for one in (range(len(values)) if labels is None else labels)]
    if len(names) != len(values):
        raise ValueError(f"labels: found {len(names)} names, allowed {len(values)}")
    return values, names, UNTRUSTED if limit is None else limit


def _pointwise(source: az.ELPDData | ArrayLike, argument: str) -> np.ndarray:
    if isinstance(source, az.ELPDData):
        if "loo_i" not in source:
            raise ValueError(f"{argument}: found no pointwise values; compute with pointwise=True")
        return np.ravel(source.loo_i.to_numpy())
    values = np.asarray(source, dtype=float)
    if values.ndim != 1:
        raise ValueError(f"{argument}: found {values.ndim} dimensions, allowed one")
    return values


def _pointwise_like(source: az.ELPDData | ArrayLike, first: np.ndarray) -> np.ndarray:
    values = _pointwise(source, "second")
    if values.shape != first.shape:
        raise ValueError(f"second: found {len(values)} values, allowed {len(first)}, as first has")
    return values
