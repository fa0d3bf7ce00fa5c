"""Where the variation comes from."""

from __future__ import annotations

from collections.abc import Mapping

import arviz as az
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from hierarchical_models.plots.canvas import add_key, axes_or_new
from hierarchical_models.plots.draws import check_probability, scalar_draws
from hierarchical_models.plots.labels import label_axes, label_rows
from hierarchical_models.plots.style import PARTIAL


def variance_components(
    source: az.InferenceData | Mapping[str, ArrayLike],
    components: Mapping[str, str] | None = None,
    *,
    probability: float = 0.9,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share that each source of variation has in the whole.

    Parameters
    ----------
    source : arviz.InferenceData or mapping of str to array_like of float, shape (n_draws,)
        A fit, or draws of standard deviations by the label of each.
    components : mapping of str to str, optional
        For a fit, its scalar standard deviations by the label of each, for example
        ``{"between counties": "sigma_alpha", "within": "sigma_y"}``; two or more, in one unit.
    probability : float
        Of the intervals.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        Posterior mean of each share, as a bar, with an interval. The means add up to 1.

    Raises
    ------
    ValueError
        If there are fewer than two components, their numbers of draws differ, or a standard
        deviation is negative.
    UnknownNameError
        If a fit has no such parameter.

    Examples
    --------
    >>> ax = variance_components({"between": [3.0, 3.0], "within": [4.0, 4.0]})
    >>> [round(float(bar.get_width()), 2) for bar in ax.patches]
    [0.36, 0.64]
    """
    check_probability(probability)
    draws = _draws(source, components)
    if len(draws) < 2:
        raise ValueError(f"components: found {len(draws)}, allowed two or more")
    lengths = {len(values) for values in draws.values()}
    if len(lengths) != 1:
        raise ValueError(f"source: found {sorted(lengths)} draws, allowed as many of each")
    for label, values in draws.items():
        if not (values >= 0).all():
            raise ValueError(f"{label}: found {values.min():g}, allowed standard deviations from 0")
    variances = np.stack(list(draws.values())) ** 2
    shares = variances / variances.sum(axis=0)
    ends = np.quantile(shares, [(1 - probability) / 2, (1 + probability) / 2], axis=1)
    rows = np.arange(len(draws))[::-1]
    ax = axes_or_new(ax, 1.1 + 0.45 * len(draws))
    ax.barh(rows, shares.mean(axis=1), 0.62, color=PARTIAL, alpha=0.35, label="posterior mean")
    ax.hlines(rows, *ends, color=PARTIAL, lw=2.4, label=f"{probability:.0%} interval")
    label_rows(ax, rows, list(draws), None)
    ax.set_xlim(0, 1)
    label_axes(ax, x="share of the variance")
    ax.grid(False, axis="y")
    add_key(ax)
    return ax


def _draws(
    source: az.InferenceData | Mapping[str, ArrayLike], components: Mapping[str, str] | None
) -> dict[str, np.ndarray]:
    if isinstance(source, az.InferenceData):
        if components is None:
            raise ValueError("components: found nothing, allowed the standard deviations by label")
        return {label: scalar_draws(source, name) for label, name in components.items()}
    if components is not None:
        raise ValueError("components: found names, allowed nothing beside draws by label")
    return {label: np.ravel(np.asarray(values, dtype=float)) for label, values in source.items()}
