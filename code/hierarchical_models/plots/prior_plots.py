"""What the data taught: the prior beside the posterior."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import arviz as az
from matplotlib.axes import Axes

from hierarchical_models.plots.canvas import add_key, axes_or_new
from hierarchical_models.plots.density import density_of, window
from hierarchical_models.plots.draws import describe_parameter, scalar_draws
from hierarchical_models.plots.labels import label_axes
from hierarchical_models.plots.style import PARTIAL, POOLED, SERIES


def prior_to_posterior(
    idata: az.InferenceData | Mapping[str, az.InferenceData],
    name: str,
    *,
    at: Mapping[str, Any] | None = None,
    unit: str = "",
    limits: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the prior and the posterior density of a scalar parameter.

    Parameters
    ----------
    idata : arviz.InferenceData or mapping of str to arviz.InferenceData
        A fit with groups prior and posterior; or several, by the label of each, for example under
        different priors. Each then has a colour, and its prior a thin line of that colour.
    name : str
        The parameter.
    at : mapping of str to label, optional
        Which of its elements, for example ``{"school": "A"}``.
    unit : str
        Label of the horizontal axis, with its unit; by default from the fit's model.
    limits : tuple of float, optional
        Ends of the horizontal axis; by default nearly all of the posterior, and the central 80
        percent of the prior, which may have a very long tail.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        All curves on one scale.

    Raises
    ------
    ValueError
        If `at` leaves a dimension open, there are more fits than colours, or the limits are not in
        order.
    UnknownNameError
        If a fit has no such parameter, or no prior, as where it is improper.
    """
    fits = idata if isinstance(idata, Mapping) and not _is_fit(idata) else {"": idata}
    if not 1 <= len(fits) <= len(SERIES):
        raise ValueError(f"idata: found {len(fits)} fits, allowed 1 to {len(SERIES)}")
    priors = {label: scalar_draws(one, name, "prior", at) for label, one in fits.items()}
    posteriors = {label: scalar_draws(one, name, "posterior", at) for label, one in fits.items()}
    if limits is not None and not limits[0] < limits[1]:
        raise ValueError(f"limits: found {limits}, allowed the lower end first")
    low, high = limits or _limits([*priors.values()], [*posteriors.values()])
    ax = axes_or_new(ax)
    if len(fits) == 1:
        _draw_one(ax, next(iter(priors.values())), next(iter(posteriors.values())), low, high, name)
    else:
        for (label, draws), look in zip(posteriors.items(), SERIES, strict=False):
            prior = density_of(priors[label], low, high, name)
            ax.plot(*prior, ls=look.line, color=look.colour, lw=1, alpha=0.7)
            posterior = density_of(draws, low, high, name)
            ax.plot(*posterior, ls=look.line, color=look.colour, lw=2.4, label=label)
        ax.plot([], [], color=POOLED, lw=1, label="thin: its prior")
    first = next(iter(fits.values()))
    label = describe_parameter(first, name) if at is None else f"{name} of {_where(at)}"
    label_axes(ax, x=unit or label, y="density")
    ax.set(xlim=(low, high), ylim=(0, None))
    add_key(ax)
    return ax


def _is_fit(source: Any) -> bool:
    # InferenceData is a mapping of its groups
    return isinstance(source, az.InferenceData)


def _where(at: Mapping[str, Any]) -> str:
    return ", ".join(f"{dim} {label}" for dim, label in at.items())


def _limits(priors: list[Any], posteriors: list[Any]) -> tuple[float, float]:
    narrow, wide = window(*posteriors), window(*priors, tail=0.1)
    return min(narrow[0], wide[0]), max(narrow[1], wide[1])


def _draw_one(ax: Axes, prior: Any, posterior: Any, low: float, high: float, name: str) -> None:
    ax.plot(*density_of(prior, low, high, name), "--", color=POOLED, label="prior")
    place, density = density_of(posterior, low, high, name)
    ax.plot(place, density, "-", color=PARTIAL, lw=2.2, label="posterior")
    ax.fill_between(place, density, color=PARTIAL, alpha=0.15, lw=0)
