"""Response times and choices of a drift diffusion: the density, its integral and exact draws.

Evidence starts a fraction `beta` of the way from a lower to an upper boundary that lie `alpha`
apart, and drifts at rate `delta` with unit noise until it meets one of them: which one is the
choice, and when, after a time `tau` that is not spent on deciding, the response. A response is one
signed number here: its size is the response time, its sign the boundary, positive for the upper.

The density is that of `Stan's wiener
<https://mc-stan.org/docs/functions-reference/wiener-first-passage-time-distribution.html>`_, whose
names for the parameters it keeps. A response at the upper boundary is one at the lower boundary of
the mirrored process, with ``1 - beta`` for `beta` and ``-delta`` for `delta`; at the lower one,
with :math:`t` the response time less `tau`, :math:`w` the relative distance of that boundary and
:math:`u = t/\\alpha^2`,

.. math:: p(t) = \\alpha^{-2} \\exp(-\\alpha \\delta w - \\delta^2 t / 2)\\, f(u),

where :math:`f` has two series, the first for early times and the second for late ones [1]_:

.. math::
    f(u) &= (2\\pi u^3)^{-1/2} \\sum_{k=-\\infty}^{\\infty} (w + 2k) \\exp(-(w + 2k)^2 / 2u) \\\\
         &= \\pi \\sum_{k=1}^{\\infty} k \\sin(k \\pi w) \\exp(-k^2 \\pi^2 u / 2).

Here the first is used below ``SWITCH`` with five terms, the second from there on with four. At
every time this gives :math:`f` with a relative error below ``TRUNCATION_ERROR / (1 - w)``, which is
of the order of the rounding in double precision. The number of terms does not depend on the
parameters, so that the density has no steps.

References
----------
.. [1] Navarro and Fuss (2009). Fast and accurate calculations for first-passage times in Wiener
   diffusion models. Journal of Mathematical Psychology 53, 222-230, equations 5 and 6.
.. [2] Michael, Schucany and Haas (1976). Generating random variates using transformations with
   multiple roots. The American Statistician 30, 88-90.
"""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import numpy as np

SWITCH = 1 / 3
"""Scaled time at which the late series takes over from the early one."""
EARLY_TERMS = 2
"""Of the early series, the terms with k from minus this to this."""
LATE_TERMS = 4
"""Of the late series, the terms with k from 1 to this."""
TRUNCATION_ERROR = 4e-16
"""Bound of the relative truncation error of the density, times the start's relative distance from
the boundary that is not met.

Late: as ``|sin(k x)| <= k sin(x)`` for x in (0, pi), the first term that is left out, k = 5, is at
most ``25 exp(-12 pi**2 u)`` of the term k = 1, 1.8e-16 at ``u = SWITCH``; the terms from k = 2
lower the sum by less than a thirtieth. Early: the largest that is left out, k = -3, is at most
``5 exp(-12 / u)`` in units of ``exp(-w**2 / 2u)``, 1.2e-15 at ``u = SWITCH``, where the sum is at
least about ``4 (1 - w)`` in that unit near w = 1, and about w near 0, where the terms k = -3 and
k = 3 cancel in the same proportion.
"""
NO_DRIFT = 1e-12
"""Scaled drift below which the passage time through one boundary is drawn as if it were this."""


def log_density(response: np.ndarray, alpha: Any, tau: Any, beta: Any, delta: Any) -> np.ndarray:
    """Log density of signed responses; all arguments broadcast.

    Parameters
    ----------
    response : ndarray of float
        Response times in seconds, positive at the upper boundary and negative at the lower.
    alpha : float or ndarray
        Distance of the boundaries, in units of the square root of a second; above 0.
    tau : float or ndarray
        Non-decision time in seconds; from 0.
    beta : float or ndarray
        Starting point as a fraction of the distance from the lower to the upper boundary; between
        0 and 1.
    delta : float or ndarray
        Drift towards the upper boundary, in units of one over the square root of a second.

    Returns
    -------
    ndarray of float
        ``-inf`` where the response is no later than `tau`.

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    Examples
    --------
    >>> log_density(np.array([0.6, -0.6]), 1.5, 0.3, 0.5, 1.0).round(4)
    array([ 0.2602, -1.2398])
    """
    _check_parameters(alpha, tau, beta)
    with np.errstate(divide="ignore"):  # at a start so close to a boundary that it is on it
        return np.asarray(_log_density(np.asarray(response), alpha, tau, beta, delta, np))


def pytensor_log_density(response: Any, alpha: Any, tau: Any, beta: Any, delta: Any) -> Any:
    """`log_density` as a PyTensor expression, for `pymc.CustomDist`.

    Its gradient is finite wherever the density is above 0. Parameters outside their range are for
    the priors to exclude.

    Parameters
    ----------
    response, alpha, tau, beta, delta : TensorVariable or number
        As for `log_density`.

    Returns
    -------
    TensorVariable
        Elementwise log density.
    """
    import pytensor.tensor as pt  # not above: the simulators do without

    return _log_density(response, alpha, tau, beta, delta, pt)


def _log_density(response: Any, alpha: Any, tau: Any, beta: Any, delta: Any, xp: ModuleType) -> Any:
    """The density in terms of the lower boundary; `xp` is NumPy or pytensor.tensor."""
    is_upper = response > 0
    distance = xp.where(is_upper, 1 - beta, beta)
    drift = xp.where(is_upper, -delta, delta)
    time = abs(response) - tau
    is_after = time > 0
    # a branch that is not taken must still be finite, or its gradient spoils the other's
    time = xp.where(is_after, time, 1.0)
    value = (
        _log_driftless_density(time / alpha**2, distance, xp)
        - 2 * xp.log(alpha)
        - alpha * drift * distance
        - drift**2 * time / 2
    )
    return xp.where(is_after, value, -np.inf)


def _log_driftless_density(u: Any, w: Any, xp: ModuleType) -> Any:
    """Logarithm of the f(u) above; `xp` is NumPy or pytensor.tensor."""
    early, late = xp.minimum(u, SWITCH), xp.maximum(u, SWITCH)
    # without the factor exp(-w**2 / 2u) of every term, which can be too small for a double
    early_sum = w + sum(
        (w + 2 * k) * xp.exp(-2 * k * (k + w) / early)
        for k in range(-EARLY_TERMS, EARLY_TERMS + 1)
        if k
    )
    early_value = (
        xp.log(early_sum) - w**2 / (2 * early) - 1.5 * xp.log(early) - 0.5 * math.log(2 * math.pi)
    )
    # likewise without exp(-pi**2 u / 2)
    late_sum = sum(
        k * xp.sin(k * math.pi * w) * xp.exp(-(k**2 - 1) * math.pi**2 / 2 * late)
        for k in range(1, LATE_TERMS + 1)
    )
    late_value = xp.log(late_sum) - math.pi**2 / 2 * late + math.log(math.pi)
    return xp.where(u < SWITCH, early_value, late_value)


def probability_of_upper(alpha: Any, beta: Any, delta: Any) -> np.ndarray:
    """Probability that the upper boundary is met first.

    Parameters
    ----------
    alpha, beta, delta : float or ndarray
        As for `log_density`; they broadcast.

    Returns
    -------
    ndarray of float
        ``(1 - exp(-2 delta beta alpha)) / (1 - exp(-2 delta alpha))``, and `beta` without drift.

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    Examples
    --------
    >>> probability_of_upper(1.5, 0.5, np.array([0.0, 1.0, -1.0])).round(4)
    array([0.5   , 0.8176, 0.1824])
    """
    _check_parameters(alpha, 0.0, beta)
    size = 2 * np.abs(delta) * alpha
    moving = np.where(size > 0, size, 1.0)
    towards = np.where(np.asarray(delta) > 0, beta, 1 - np.asarray(beta))
    # the chance of the boundary that the drift points to has no cancellation, the other's would
    likely = np.expm1(-moving * towards) / np.expm1(-moving)
    unlikely = np.exp(-moving * towards) * np.expm1(-moving * (1 - towards)) / np.expm1(-moving)
    chance = np.where(np.asarray(delta) > 0, likely, unlikely)
    return np.where(size > 0, chance, beta)


def draw(
    alpha: Any,
    tau: Any,
    beta: Any,
    delta: Any,
    rng: np.random.Generator,
    size: int | tuple[int, ...] | None = None,
) -> np.ndarray:
    """Draw signed responses from their distribution itself, without steps in time.

    The boundary is drawn first. The time of its passage is then drawn as if it were the only
    boundary, from an inverse Gaussian distribution [2]_, and kept with the ratio of the two
    densities as probability, in which the drift cancels. At most two draws are needed on average,
    whatever the parameters.

    Parameters
    ----------
    alpha, tau, beta, delta : float or ndarray
        As for `log_density`; they broadcast.
    rng : numpy.random.Generator
        Source of random numbers.
    size : int or tuple of int, optional
        Shape of the result; by default that of the parameters together.

    Returns
    -------
    ndarray of float
        As the `response` of `log_density`.

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    Examples
    --------
    >>> responses = draw(1.5, 0.3, 0.5, 1.0, np.random.default_rng(1), size=1000)
    >>> bool(0.79 < np.mean(responses > 0) < 0.85)
    True
    """
    _check_parameters(alpha, tau, beta)
    shape = np.broadcast_shapes(*(np.shape(value) for value in (alpha, tau, beta, delta)))
    shape = shape if size is None else tuple(np.atleast_1d(size))
    alpha, tau, beta, delta = (
        np.broadcast_to(value, shape).ravel() for value in (alpha, tau, beta, delta)
    )
    is_upper = rng.random(alpha.size) < probability_of_upper(alpha, beta, delta)
    distance = np.where(is_upper, 1 - beta, beta)
    scaled_time = _draw_passage(distance, alpha * np.abs(delta), rng)
    time = tau + alpha**2 * scaled_time
    return np.where(is_upper, time, -time).reshape(shape)


def _draw_passage(w: np.ndarray, speed: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Scaled times of passage, given that the boundary at distance w is the one that is met.

    Given that, the sign of the drift does not matter.
    """
    times = np.empty_like(w)
    waiting = np.arange(w.size)
    while waiting.size:
        distance = w[waiting]
        proposed = _draw_inverse_gaussian(distance, speed[waiting], rng)
        one_boundary = (
            np.log(distance)
            - distance**2 / (2 * proposed)
            - 1.5 * np.log(proposed)
            - 0.5 * math.log(2 * math.pi)
        )
        log_ratio = _log_driftless_density(proposed, distance, np) - one_boundary
        is_kept = np.log(rng.random(waiting.size)) < log_ratio
        times[waiting[is_kept]] = proposed[is_kept]
        waiting = waiting[~is_kept]
    return times


def _draw_inverse_gaussian(
    w: np.ndarray, speed: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Time at which a process with the given drift first passes the distance w."""
    mean = w / np.maximum(speed, NO_DRIFT)
    r = mean * rng.standard_normal(w.size) ** 2 / (2 * w**2)
    # the smaller root, in a form without cancellation; the larger one is mean**2 / smaller
    smaller = mean / (1 + r + np.sqrt(r * (r + 2)))
    is_smaller = rng.random(w.size) * (mean + smaller) < mean
    return np.where(is_smaller, smaller, mean**2 / smaller)


def _check_parameters(alpha: Any, tau: Any, beta: Any) -> None:
    limits = {"alpha": (alpha, 0, math.inf), "tau": (tau, None, math.inf), "beta": (beta, 0, 1)}
    for name, (values, above, below) in limits.items():
        found = np.ravel(np.asarray(values, dtype=float))
        too_low = found < 0 if above is None else found <= above
        bad = found[too_low | (found >= below) | np.isnan(found)]
        if bad.size:
            allowed = "from 0" if above is None else f"above {above}"
            allowed += f" and below {below}" if math.isfinite(below) else ""
            raise ValueError(f"{name}: found {bad[0]:g}, allowed numbers {allowed}")
