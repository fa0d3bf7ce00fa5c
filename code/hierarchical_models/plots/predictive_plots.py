"""Do data that the model makes up look like the real ones?"""

from __future__ import annotations

import arviz as az
import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from hierarchical_models.names import unknown_name
from hierarchical_models.plots.canvas import MOST_NAMED_ROWS, add_key, axes_or_new, height_for
from hierarchical_models.plots.draws import SAMPLE, check_probability, draws_of
from hierarchical_models.plots.labels import label_axes, label_rows
from hierarchical_models.plots.style import PARTIAL, RAW


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
        Label of the horizontal axis, with its unit.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        The first observation on top. An observation outside its interval is a filled square.

    Raises
    ------
    ValueError
        If there are too many observations for a row each; for those see `predictive_density`.
    UnknownNameError
        If the fit has no such outcome.
    """
    check_probability(probability)
    draws, observed = predicted_and_observed(idata, outcome, is_prior)
    if observed.ndim != 1 or observed.size > MOST_NAMED_ROWS:
        raise ValueError(
            f"{outcome}: found shape {observed.shape}, allowed up to {MOST_NAMED_ROWS} "
            "observations in a row; for more use predictive_density, predictive_ecdf or "
            "predictive_statistic"
        )
    dim = str(observed.dims[0])
    ax = axes_or_new(ax, height_for(observed.size))
    rows = np.arange(observed.size)[::-1]
    tails = [(1 - probability) / 2, (1 + probability) / 2]
    ends = draws.quantile(tails, SAMPLE).to_numpy()
    values = observed.to_numpy()
    ax.hlines(
        rows,
        ends[0],
        ends[1],
        color=PARTIAL,
        lw=6,
        alpha=0.35,
        label=f"{probability:.0%} of predicted values",
    )
    is_inside = (values >= ends[0]) & (values <= ends[1])
    looks = {"observed": ("o", "white", is_inside), "observed, outside": ("s", RAW, ~is_inside)}
    for label, (marker, filling, chosen) in looks.items():
        if chosen.any():
            ax.plot(
                values[chosen],
                rows[chosen],
                marker,
                color=RAW,
                mfc=filling,
                mew=1.6,
                ms=6,
                label=label,
            )
    label_rows(ax, rows, [str(label) for label in observed[dim].to_numpy()], dim)
    label_axes(ax, x=unit or outcome)
    add_key(ax)
    return ax


def predicted_and_observed(
    idata: az.InferenceData, outcome: str, is_prior: bool = False
) -> tuple[xr.DataArray, xr.DataArray]:
    """Predictive draws of an outcome, and its data.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit.
    outcome : str
        The outcome.
    is_prior : bool
        Whether to take what the model expects before it has seen the data.

    Returns
    -------
    draws, observed : xarray.DataArray
        The draws, and the data.

    Raises
    ------
    UnknownNameError
        If the fit has no such outcome, or no predictive draws.
    """
    draws = draws_of(idata, outcome, "prior_predictive" if is_prior else "posterior_predictive")
    if "observed_data" not in idata.groups() or outcome not in idata.observed_data:
        known = idata.observed_data.data_vars if "observed_data" in idata.groups() else ()
        raise unknown_name("outcome in observed_data", outcome, map(str, known))
    return draws, idata.observed_data[outcome]
