"""The same exact draws in every parametrisation between centred and non-centred."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import numpy as np
from numpy.typing import ArrayLike

from hierarchical_models.exact import normal_partial_posterior
from hierarchical_models.explorables.frame import Explorable, finish, series, words
from hierarchical_models.plots.style import PARTIAL, RAW

ERRORS: Mapping[str, float] = {
    "ten times as large": 10.0,
    "as they are": 1.0,
    "a third as large": 0.333,
    "a tenth as large": 0.1,
}
"""By what the standard errors are multiplied; smaller ones mean more data in each group."""

N_BANDS = 5
DRAW, BAND = "one draw", "mean ± sd of a fifth"


def draw_effects(
    y: ArrayLike, sigma: ArrayLike, n_draws: int, seed: int, group: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a group's distance from the mean, and the spread, from the exact posterior.

    Parameters
    ----------
    y, sigma : array_like of float, shape (n_groups,)
        Estimates and their known standard errors, in the unit of the outcome.
    n_draws : int
        Number of draws.
    seed : int
        Seed of the draws.
    group : int
        Position of the group.

    Returns
    -------
    distance, tau : ndarray of float, shape (n_draws,)
        ``theta[group] - mu`` and ``tau``, the latter in ascending order: its quantiles at evenly
        spaced probabilities, so that few draws show all of it.

    Examples
    --------
    >>> distance, tau = draw_effects([28.0, 8.0, -3.0], [15.0, 10.0, 16.0], 100, seed=1)
    >>> distance.shape, bool((np.diff(tau) > 0).all())
    ((100,), True)
    """
    estimates, errors = np.asarray(y, dtype=float), np.asarray(sigma, dtype=float)
    posterior = normal_partial_posterior(estimates, errors)
    tau = posterior.tau_quantile((np.arange(n_draws) + 0.5) / n_draws)
    given = posterior.conditional(tau)
    rng = np.random.default_rng(seed)
    mu = rng.normal(given.mu_mean, given.mu_sd)
    weight = tau**2 / (tau**2 + errors[group] ** 2)
    mean = weight * (estimates[group] - mu)
    return rng.normal(mean, errors[group] * np.sqrt(weight)), tau


def funnel(
    y: ArrayLike, sigma: ArrayLike, *, n_draws: int = 400, seed: int = 0, name: str = "A"
) -> Explorable:
    """Let readers move from the centred to the non-centred form, with little or much data.

    Parameters
    ----------
    y, sigma : array_like of float, shape (n_groups,)
        Estimates and their known standard errors, in points.
    n_draws : int
        Draws for each amount of data.
    seed : int
        Seed of the draws.
    name : str
        Name of the first group, whose effect is shown.

    Returns
    -------
    Explorable
        With the controls ``form``, 0 for centred and 1 for non-centred, and ``errors``, a value
        of `ERRORS`. Shown is ``(theta - mu) / tau**form`` in units of its standard deviation. The
        words compare the standard deviations of fifths of the draws, by ``tau``.

    References
    ----------
    .. [1] Papaspiliopoulos, Roberts and Sköld (2007). A general framework for the parametrization
       of hierarchical models. Statistical Science 22.

    Examples
    --------
    >>> chart = funnel([28.0, 8.0, -3.0], [15.0, 10.0, 16.0], n_draws=50)
    >>> [param["name"] for param in chart.to_dict()["params"]]
    ['form', 'errors']
    """
    form = alt.param(
        name="form",
        value=0,
        bind=alt.binding_range(min=0, max=1, step=0.05, name="Form (0 centred, 1 non-centred)"),
    )
    errors = alt.param(
        name="errors",
        value=1,
        bind=alt.binding_select(
            options=list(ERRORS.values()), labels=list(ERRORS), name="Standard errors"
        ),
    )
    rows = [row for scale in ERRORS.values() for row in _rows(y, sigma, scale, n_draws, seed)]
    base = alt.Chart()
    x = alt.X(
        "z:Q",
        title=f"coordinate of {name}, in standard deviations",
        scale=alt.Scale(domain=[-4, 4], nice=False),
        axis=alt.Axis(format="~g"),
    )
    tau = alt.Y(
        "tau:Q",
        title="spread τ (points, logarithmic axis)",
        scale=alt.Scale(type="log", domain=[0.1, 100], nice=False),
        axis=alt.Axis(values=[0.1, 1, 10, 100], format="~g"),
    )
    colour = alt.Color("kind:N", scale=series([DRAW, BAND], [PARTIAL, RAW]))
    bands = base.transform_aggregate(
        middle="mean(z)", wide="stdevp(z)", tau="median(tau)", groupby=["fifth"]
    ).transform_calculate(low="datum.middle - datum.wide", high="datum.middle + datum.wide")
    layers = (
        base.transform_calculate(kind=f"'{DRAW}'")
        .mark_point(filled=True, size=16, opacity=0.45, clip=True, aria=False)
        .encode(x=x, y=tau, color=colour),
        bands.transform_calculate(kind=f"'{BAND}'")
        .mark_rule(strokeWidth=4, clip=True, aria=False)
        .encode(x=alt.X("low:Q"), x2="high:Q", y=alt.Y("tau:Q"), color=colour),
        words(base.transform_filter("datum.speaks"), _SENTENCE),
    )
    chart = alt.layer(*layers, data=alt.Data(values=rows))
    return finish(_compute(chart, n_draws), form, errors, height=340)


def _rows(
    y: ArrayLike, sigma: ArrayLike, scale: float, n_draws: int, seed: int
) -> list[dict[str, object]]:
    distance, tau = draw_effects(y, np.asarray(sigma, dtype=float) * scale, n_draws, seed)
    rows: list[dict[str, object]] = [
        {"errors": scale, "tau": float(f"{one:.4g}"), "d": float(f"{away:.4g}")}
        for one, away in zip(tau, distance, strict=True)
    ]
    rows[0]["speaks"] = True
    return rows


def _compute(chart: alt.LayerChart, n_draws: int) -> alt.LayerChart:
    """Compute the coordinate, and how far its width and its place depend on the spread."""
    chart = chart.transform_filter("datum.errors == errors")
    chart = chart.transform_window(rank="row_number()", sort=[alt.SortField("tau")])
    chart = chart.transform_calculate(
        fifth=f"floor((datum.rank - 1) * {N_BANDS} / {n_draws})",
        x="datum.d / pow(datum.tau, form)",
        log_tau="log(datum.tau)",
    ).transform_joinaggregate(sd="stdevp(x)")
    chart = chart.transform_calculate(z="datum.x / datum.sd").transform_calculate(
        product="datum.z * datum.log_tau"
    )
    chart = chart.transform_joinaggregate(width="stdevp(z)", groupby=["fifth"])
    chart = chart.transform_joinaggregate(
        widest="max(width)",
        narrowest="min(width)",
        mean_product="mean(product)",
        mean_z="mean(z)",
        mean_log="mean(log_tau)",
        sd_log="stdevp(log_tau)",
    )
    return chart.transform_calculate(
        ratio="datum.widest / datum.narrowest",
        correlation="(datum.mean_product - datum.mean_z * datum.mean_log) / datum.sd_log",
    )


_FORM = (
    "(form == 0 ? 'The centred form' : form == 1 ? 'The non-centred form' "
    ": 'A form ' + format(form, '.0%') + ' of the way to the non-centred one')"
)
_NAMES = " : ".join(f"errors == {value!r} ? '{label}'" for label, value in ERRORS.items()) + " : ''"
_SENTENCE = (
    f"{_FORM} + ', with standard errors ' + ({_NAMES}) + ': where the cloud is widest it is ' "
    "+ format(datum.ratio, '.1f') + ' times as wide as where it is narrowest, and its correlation "
    "with the logarithm of τ is ' + format(datum.correlation, '.2f') + '.'"
)
