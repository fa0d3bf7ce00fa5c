"""Prior, likelihood and posterior of the spread between groups, for a prior that one chooses."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import numpy as np
from numpy.typing import ArrayLike

from hierarchical_models.exact import normal_partial_posterior
from hierarchical_models.explorables.frame import Explorable, finish, series, words
from hierarchical_models.plots.style import PARTIAL, POOLED, RAW

LOG_PRIORS: Mapping[str, str] = {
    "half-normal": "-pow(datum.tau / scale, 2) / 2",
    "exponential": "-datum.tau / scale",
    "half-Cauchy": "-log(1 + pow(datum.tau / scale, 2))",
    "flat": "0",
    "inverse-gamma(0.001)": "-1.002 * log(datum.tau) - 0.001 / (datum.tau * datum.tau)",
}
"""Log density of the spread, up to a constant, as a Vega expression; the last is a prior of its
square."""

UNSCALED = ("flat", "inverse-gamma(0.001)")
SMALLEST, LARGEST, N_POINTS = 1e-3, 1e4, 241
SHOWN = (0.25, 40.0)
"""The spreads that the chart shows; heights are relative to the highest of these."""

CURVES = ("prior", "likelihood", "posterior")


def tabulate_likelihood(
    y: ArrayLike, sigma: ArrayLike, mu_scale: float = 5.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tabulate what the data say about the spread, on an even grid of its logarithm.

    Parameters
    ----------
    y, sigma : array_like of float, shape (n_groups,)
        Estimates and their known standard errors, in the unit of the outcome.
    mu_scale : float
        Scale of the prior ``Normal(0, mu_scale)`` of the groups' mean.

    Returns
    -------
    tau : ndarray of float, shape (n_points,)
        The grid, in the unit of the outcome.
    log_likelihood : ndarray of float, shape (n_points,)
        Relative to a spread of 0.
    expected : ndarray of float, shape (n_points,)
        The first group's expected effect given each spread.

    Examples
    --------
    >>> tau, log_likelihood, expected = tabulate_likelihood([28, 8, -3], [15, 10, 16])
    >>> bool(abs(log_likelihood[0]) < 1e-6), round(float(expected[-1]), 1)
    (True, 28.0)
    """
    flat = normal_partial_posterior(y, sigma, mu_scale=mu_scale, tau_prior="flat")
    tau = np.geomspace(SMALLEST, LARGEST, N_POINTS)
    log_likelihood = np.log(flat.density(tau) / flat.density([0.0]))
    return tau, log_likelihood, flat.conditional(tau).theta_mean[:, 0]


def spread_prior(
    y: ArrayLike, sigma: ArrayLike, *, fewer: int = 3, name: str = "A", mu_scale: float = 5.0
) -> Explorable:
    """Let readers choose the prior of the spread, and the number of groups.

    Parameters
    ----------
    y, sigma : array_like of float, shape (n_groups,)
        Estimates and their known standard errors, in points.
    fewer : int
        How many of the groups, from the first, to take instead of all; at least 3.
    name : str
        Name of the first group, of whose effect the words tell.
    mu_scale : float
        Scale of the prior ``Normal(0, mu_scale)`` of the groups' mean.

    Returns
    -------
    Explorable
        With the controls ``family``, a key of `LOG_PRIORS`, ``scale`` and ``groups``. The
        posterior is integrated over a grid of 7 powers of ten.

    Examples
    --------
    >>> chart = spread_prior([28, 8, -3, 7], [15, 10, 16, 11])
    >>> [param["name"] for param in chart.to_dict()["params"]]
    ['family', 'scale', 'groups']
    """
    estimates, errors = np.asarray(y, dtype=float), np.asarray(sigma, dtype=float)
    counts = [fewer, len(estimates)]
    family = alt.param(
        name="family",
        value="half-Cauchy",
        bind=alt.binding_select(options=list(LOG_PRIORS), name="Prior of the spread τ"),
    )
    scale = alt.param(
        name="scale",
        value=5,
        bind=alt.binding_range(min=1, max=50, step=1, name="Scale of the prior (points)"),
    )
    groups = alt.param(
        name="groups",
        value=fewer,
        bind=alt.binding_select(
            options=counts, labels=[f"{count} schools" for count in counts], name="Data"
        ),
    )
    rows = [
        row for count in counts for row in _rows(estimates[:count], errors[:count], count, mu_scale)
    ]
    base = alt.Chart()
    middle = base.transform_filter("datum.before < 0.5 && datum.below >= 0.5").transform_calculate(
        median="exp(datum.log_before + (0.5 - datum.before) / (datum.below - datum.before) "
        "* (datum.log_tau - datum.log_before))"
    )
    shown = base.transform_filter(f"datum.tau >= {SHOWN[0] / 10} && datum.tau <= {SHOWN[1] * 1.2}")
    lines = (
        shown.transform_fold(list(CURVES), as_=["curve", "height"])
        .mark_line(clip=True, strokeWidth=2.5, aria=False)
        .encode(
            x=_X,
            y=alt.Y("height:Q", title="relative height", scale=_HEIGHTS, axis=_HEIGHT_AXIS),
            color=alt.Color("curve:N", scale=_COLOURS),
            strokeDash=alt.StrokeDash("curve:N", scale=_DASHES),
        )
    )
    layers = (
        lines,
        middle.mark_rule(color=PARTIAL, strokeWidth=1.5, clip=True, aria=False).encode(
            x=alt.X("median:Q")
        ),
        words(middle, _sentence(name, float(estimates[0]))),
    )
    chart = alt.layer(*layers, data=alt.Data(values=rows))
    return finish(_compute(chart), family, scale, groups, height=300)


_X = alt.X("tau:Q", title="spread τ (points)", scale=alt.Scale(domain=[0, SHOWN[1]], nice=False))
_HEIGHTS = alt.Scale(domain=[0, 1.05], nice=False)
_HEIGHT_AXIS = alt.Axis(values=[0, 0.5, 1], format="~g")
_COLOURS = series(list(CURVES), [RAW, POOLED, PARTIAL])
_DASHES = series(list(CURVES), [[8, 4], [2, 3], [1, 0]])


def _rows(y: np.ndarray, sigma: np.ndarray, count: int, mu_scale: float) -> list[dict[str, object]]:
    columns = tabulate_likelihood(y, sigma, mu_scale)
    return [
        {
            "groups": count,
            "tau": float(f"{tau:.7g}"),
            "log_likelihood": float(f"{height:.6g}"),
            "expected": float(f"{effect:.6g}"),
        }
        for tau, height, effect in zip(*columns, strict=True)
    ]


def _compute(chart: alt.LayerChart) -> alt.LayerChart:
    """Compute the three curves, the posterior's distribution function and expected effect."""
    log_prior = " : ".join(f"family == '{name}' ? {log}" for name, log in LOG_PRIORS.items())
    chart = chart.transform_filter("datum.groups == groups")
    chart = chart.transform_calculate(log_tau="log(datum.tau)", log_prior=f"{log_prior} : 0")
    chart = chart.transform_calculate(
        prior="exp(datum.log_prior)",
        likelihood="exp(datum.log_likelihood)",
        posterior="exp(datum.log_prior + datum.log_likelihood)",
    )
    # the grid is even in the logarithm, so that a point stands for a width in proportion to tau
    chart = chart.transform_calculate(mass="datum.posterior * datum.tau")
    chart = chart.transform_joinaggregate(total="sum(mass)")
    chart = chart.transform_calculate(share="datum.mass / datum.total")
    chart = chart.transform_calculate(part="datum.share * datum.expected")
    chart = chart.transform_joinaggregate(effect="sum(part)")
    order = [alt.SortField("tau")]
    chart = chart.transform_window(up_to="sum(share)", sort=order, frame=[None, 0])
    chart = chart.transform_calculate(below="datum.up_to - datum.share / 2")
    chart = chart.transform_window(before="lag(below)", log_before="lag(log_tau)", sort=order)
    is_shown = f"datum.tau >= {SHOWN[0]} && datum.tau <= {SHOWN[1]}"
    for curve in CURVES:
        chart = chart.transform_calculate(**{f"{curve}_shown": f"{is_shown} ? datum.{curve} : 0"})
        chart = chart.transform_joinaggregate(**{f"{curve}_top": f"max({curve}_shown)"})
        chart = chart.transform_calculate(**{curve: f"datum.{curve} / datum.{curve}_top"})
    return chart


def _sentence(name: str, own: float) -> str:
    unscaled = " || ".join(f"family == '{one}'" for one in UNSCALED)
    return (
        f"'With ' + groups + ' schools and a prior that is ' + family + ({unscaled} ? '' "
        ": ' with scale ' + scale) + ', half of the posterior of τ lies below ' "
        "+ format(datum.median, '.2r') + ' points, and the effect expected in school "
        f"{name} is ' + format(datum.effect, '.1f') + ' points (its own estimate: {own:g}).'"
    )
