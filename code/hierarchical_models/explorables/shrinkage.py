"""Estimates of groups between complete and no pooling, with the closed form of the weight."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
from numpy.typing import ArrayLike

from hierarchical_models.explorables.frame import Explorable, finish, series, words
from hierarchical_models.plots.style import PARTIAL, POOLED, RAW

OWN, PULLED = "own data only", "with pooling"


def shrinkage(
    y: ArrayLike,
    sigma: ArrayLike,
    names: Sequence[str],
    *,
    mu_scale: float = 5.0,
    tau: float = 10.0,
    unit: str = "points",
    group: str = "school",
) -> Explorable:
    """Let readers move the spread between groups and the size of the trials.

    Parameters
    ----------
    y, sigma : array_like of float, shape (n_groups,)
        Estimates and their known standard errors, in the unit of the outcome.
    names : sequence of str
        Names of the groups.
    mu_scale : float
        Scale of the prior ``Normal(0, mu_scale)`` of the groups' mean.
    tau : float
        Spread to begin with.
    unit, group : str
        What to call them.

    Returns
    -------
    Explorable
        With the controls ``tau``, and ``size``, by which the variances are divided. The means
        are those of `hierarchical_models.exact.normal_partial_posterior` given ``tau``. The words
        are about the group with the largest estimate.

    References
    ----------
    .. [1] Gelman et al. (2013). Bayesian Data Analysis, 3rd ed., section 5.4.

    Examples
    --------
    >>> chart = shrinkage([28.0, 8.0], [15.0, 10.0], ["A", "B"])
    >>> [param["name"] for param in chart.to_dict()["params"]]
    ['tau', 'size']
    """
    estimates, errors = np.asarray(y, dtype=float), np.asarray(sigma, dtype=float)
    rows = [
        {"group": name, "y": float(one), "sigma": float(error)}
        for name, one, error in zip(names, estimates, errors, strict=True)
    ]
    spread = alt.param(
        name="tau",
        value=tau,
        bind=alt.binding_range(min=0, max=40, step=0.5, name=f"Spread τ of the effects ({unit})"),
    )
    size = alt.param(
        name="size",
        value=1,
        bind=alt.binding_range(min=0.25, max=16, step=0.25, name="Size of the trials (1 = real)"),
    )
    base = alt.Chart()
    low, high = _limits(estimates)
    x = alt.X("y:Q", title=f"effect ({unit})", scale=alt.Scale(domain=[low, high], nice=False))
    by_group = alt.Y("group:N", title=group, sort=list(names), axis=alt.Axis(grid=True))
    kind = "kind:N"
    points = (
        base.transform_fold(["y", "theta"], as_=["column", "place"])
        .transform_calculate(kind=f"datum.column == 'y' ? '{OWN}' : '{PULLED}'")
        .mark_point(size=90, strokeWidth=2, opacity=1)
        .encode(
            x="place:Q",
            y=by_group,
            color=alt.Color(kind, scale=series([OWN, PULLED], [RAW, PARTIAL])),
            fill=alt.Fill(kind, scale=series([OWN, PULLED], ["white", PARTIAL])),
            shape=alt.Shape(kind, scale=series([OWN, PULLED], ["circle", "diamond"])),
            description="label:N",
        )
    )
    largest = names[int(estimates.argmax())]
    layers = (
        base.mark_rule(color=POOLED, strokeDash=[5, 4], aria=False).encode(x="mean(mu):Q"),
        base.mark_rule(color="#999999", aria=False).encode(x=x, x2="theta:Q", y=by_group),
        points,
        base.mark_text(align="right", fontSize=13, color="#222222", aria=False).encode(
            x=alt.value("width"), y=by_group, text=alt.Text("w:Q", format=".0%")
        ),
        words(base.transform_filter(alt.datum.group == largest), _sentence(group, unit)),
    )
    chart = alt.layer(*layers, data=alt.Data(values=rows))
    return finish(_estimate(chart, mu_scale), spread, size, height=32 * len(rows))


def _estimate(chart: alt.LayerChart, mu_scale: float) -> alt.LayerChart:
    """Compute, for the chosen spread and size, the mean of the effects, weights and estimates."""
    chart = chart.transform_calculate(variance="datum.sigma * datum.sigma / size")
    chart = chart.transform_calculate(
        precision="1 / (datum.variance + tau * tau)",
        w="tau * tau / (tau * tau + datum.variance)",
    )
    chart = chart.transform_calculate(pull="datum.precision * datum.y")
    chart = chart.transform_joinaggregate(
        precisions="sum(precision)", pulls="sum(pull)", smallest="min(w)", largest="max(w)"
    )
    chart = chart.transform_calculate(
        mu=f"datum.pulls / (datum.precisions + {1 / mu_scale**2!r})",
    )
    chart = chart.transform_calculate(theta="datum.w * datum.y + (1 - datum.w) * datum.mu")
    return chart.transform_calculate(
        label="datum.group + ', own data only: ' + format(datum.y, '.0f') + ', with pooling: ' "
        "+ format(datum.theta, '.1f') + ', weight: ' + format(datum.w, '.0%')"
    )


def _limits(estimates: np.ndarray) -> tuple[float, float]:
    """Leave room for a column of weights on the right."""
    reach = float(np.ptp(estimates)) or 1.0
    return float(np.floor(estimates.min() - 0.1 * reach)), float(
        np.ceil(estimates.max() + 0.3 * reach)
    )


def _sentence(group: str, unit: str) -> str:
    times = "(size == 1 ? 'of their real size' : format(size, '.2~f') + ' times as large')"
    return (
        f"'With a spread of ' + format(tau, '.1~f') + ' {unit} and trials ' + {times} "
        f"+ ', the own estimate of {group} ' + datum.group + ' has a weight of ' "
        "+ format(datum.w, '.0%') + ': ' + format(datum.y, '.0f') + ' becomes ' "
        f"+ format(datum.theta, '.1f') + ' {unit}. The weights go from ' "
        "+ format(datum.smallest, '.0%') + ' to ' + format(datum.largest, '.0%') "
        f"+ ', and the mean of the effects is ' + format(datum.mu, '.1f') + ' {unit}.'"
    )
