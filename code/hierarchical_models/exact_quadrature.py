"""Adaptive quadrature for the exact answers: find where a density has its mass, integrate there.

No grid is fixed in advance. A window is widened until the density has fallen by `DROP` nats on
both sides and narrowed until the mass fills it; a panel is halved until halving changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.polynomial.legendre import Legendre, leggauss, legvander
from numpy.typing import ArrayLike
from scipy.ndimage import maximum_filter1d
from scipy.optimize import brentq
from scipy.special import logsumexp

from hierarchical_models.errors import HierarchicalModelsError

DROP = 34.0  # nats below the peak where a window ends; exp(-34) is 2e-15
SLACK = 4.0  # nats that an end may lack
WINDOW_POINTS = 17
FAR = 300.0  # farthest logarithm looked at; the square of exp(300) is still a double
NODES = 10  # Gauss-Legendre nodes of a panel
MOST_PANELS = 2000  # waiting to be halved; smooth densities need a hundredth
PANEL_TOLERANCE = 1e-10
MOMENT_TOLERANCE = 1e-8
SLICE_TOLERANCE = 1e-10
SLICE_POINTS = 33
MOST_SLICE_POINTS = 2049
GOLDEN_FRACTION = 0.6180339887498949  # multiples of it, modulo 1, spread evenly
NEGLIGIBLE = 3e-4
CDF_TOLERANCE = 1e-8
ROUNDING = 1e-14

LEGENDRE_NODES, LEGENDRE_WEIGHTS = leggauss(NODES)
TO_COEFFICIENTS = (
    (np.arange(NODES) + 0.5)[:, None] * legvander(LEGENDRE_NODES, NODES - 1).T * LEGENDRE_WEIGHTS
)


class ImproperPosteriorError(HierarchicalModelsError, ValueError):
    """The posterior does not integrate to one: prior and data together leave mass at infinity."""


class QuadratureError(HierarchicalModelsError, RuntimeError):
    """Refining the quadrature did not settle its result, so none is given."""


def find_support(
    log_density: Callable[[np.ndarray], np.ndarray],
    start: tuple[float, float],
    *,
    n_slices: int = 1,
    lowest: float = -FAR,
    highest: float = FAR,
    floor: float = -np.inf,
) -> tuple[np.ndarray, np.ndarray]:
    """Window outside of which a density is under ``exp(-DROP)`` of its peak.

    Parameters
    ----------
    log_density : callable
        Takes an array of shape (n_slices, n_points), one row for each slice, and returns the log
        density there, up to a constant for each row.
    start : tuple of float
        First guess of the window, the same for all slices.
    n_slices : int
        Number of independent densities.
    lowest, highest : float
        How far the window may grow before the density counts as improper.
    floor : float
        End of the support, below which the density is 0 and the window does not grow.

    Returns
    -------
    lower, upper : ndarray of float, shape (n_slices,)
        The window of each slice, at least a third of it filled by the mass.

    Raises
    ------
    ImproperPosteriorError
        If the density has not fallen at `lowest` or `highest`.
    QuadratureError
        If the density is not a number, or its peak is too narrow to find.

    Notes
    -----
    A mode outside of `start`, behind a valley deeper than `DROP`, would be missed, and so would one
    much narrower than a sixteenth of a window; the posteriors of this package have neither.
    """
    steps = np.linspace(0.0, 1.0, WINDOW_POINTS)
    lower = np.full(n_slices, max(start[0], floor))
    upper = np.full(n_slices, start[1])
    for _ in range(200):
        width = upper - lower
        points = lower[:, None] + width[:, None] * steps
        values = log_density(points)
        if np.isnan(values).any() or not np.isfinite(values.max(axis=1)).all():
            raise QuadratureError("log density: found NaN or no finite value, allowed numbers")
        fall = values.max(axis=1, keepdims=True) - values
        kept = fall < DROP
        first = kept.argmax(axis=1)
        last = WINDOW_POINTS - 1 - kept[:, ::-1].argmax(axis=1)
        # an end that has just been cut off is not to grow again by a hair
        grow_down = (fall[:, 0] < DROP - SLACK) & (lower > floor)
        grow_up = fall[:, -1] < DROP - SLACK
        settled = ~(grow_down | grow_up) & (last - first >= WINDOW_POINTS // 3)
        rows = np.arange(n_slices)
        tight_lower = points[rows, np.maximum(first - 1, 0)]
        tight_upper = points[rows, np.minimum(last + 1, WINDOW_POINTS - 1)]
        if settled.all():
            return tight_lower, tight_upper
        if (grow_down & (lower <= lowest)).any() or (grow_up & (upper >= highest)).any():
            raise ImproperPosteriorError(
                f"posterior: found mass beyond {lowest:g} to {highest:g}, allowed a "
                "density that falls off; choose a proper prior, or one with lighter tails"
            )
        # a window that grows keeps its other end: one that moved along would slow down
        stays = settled | grow_down | grow_up
        lower = np.where(grow_down, lower - width / 2, np.where(stays, lower, tight_lower))
        upper = np.where(grow_up, upper + width / 2, np.where(stays, upper, tight_upper))
        lower, upper = np.clip(lower, max(lowest, floor), None), np.clip(upper, None, highest)
    raise QuadratureError("posterior: found a peak too narrow to resolve; rescale the data")


@dataclass(frozen=True)
class Panels:
    """Gauss-Legendre panels on which a density is resolved.

    Parameters
    ----------
    edges : ndarray of float, shape (n_panels, 2)
        Ends of the panels, in ascending order.
    log_values : ndarray of float, shape (n_panels, NODES)
        Log density at the nodes, up to a constant.
    """

    edges: np.ndarray
    log_values: np.ndarray

    @property
    def nodes(self) -> np.ndarray:
        """Nodes, shape (n_panels, NODES)."""
        return _panel_nodes(self.edges)

    @property
    def log_masses(self) -> np.ndarray:
        """Log of weight times density at the nodes, shape (n_panels, NODES)."""
        half = np.diff(self.edges, axis=1) / 2
        return self.log_values + np.log(half * LEGENDRE_WEIGHTS)


def fit_panels(
    log_density: Callable[[np.ndarray], np.ndarray], lower: float, upper: float
) -> Panels:
    """Halve panels until the integrals of density times exp(0), exp(z) and exp(2 z) stand still.

    Parameters
    ----------
    log_density : callable
        Takes and returns an array of shape (n_points,).
    lower, upper : float
        The window to cover.

    Returns
    -------
    Panels
        The halves whose sums equal their wholes, to `PANEL_TOLERANCE` of the total mass and
        `MOMENT_TOLERANCE` of the totals of the other two integrals.

    Raises
    ------
    QuadratureError
        If halving does not suffice.
    """
    cuts = np.linspace(lower, upper, 9)
    pending = np.column_stack([cuts[:-1], cuts[1:]])
    values = _evaluate(log_density, pending)
    done: list[Panels] = []
    for _ in range(45):
        middle = pending.mean(axis=1)
        halves = np.stack([pending[:, 0], middle, middle, pending[:, 1]], axis=1).reshape(-1, 2)
        half_values = _evaluate(log_density, halves)
        whole = _log_integrals(pending, values)
        parts = np.logaddexp.reduce(_log_integrals(halves, half_values).reshape(3, -1, 2), axis=2)
        settled = np.concatenate(
            [parts, *(_log_integrals(panels.edges, panels.log_values) for panels in done)], axis=1
        )
        total = logsumexp(settled, axis=1)[:, None]
        error = np.abs(np.exp(whole - total) - np.exp(parts - total))
        tolerance = np.array([[PANEL_TOLERANCE], [MOMENT_TOLERANCE], [MOMENT_TOLERANCE]])
        accepted = (error <= np.maximum(tolerance, _rounding(half_values))).all(axis=0)
        both = np.repeat(accepted, 2)
        done.append(Panels(halves[both], half_values[both]))
        pending, values = halves[~both], half_values[~both]
        if not len(pending):
            return _in_order(done)
        if len(pending) > MOST_PANELS:
            break
    raise QuadratureError(
        "posterior: found a density that halving panels does not resolve, allowed a smooth one; "
        "give a jump of the prior as its kappa_min"
    )


def _rounding(log_values: np.ndarray) -> float:
    """Relative error of a density that comes from rounding its logarithm."""
    return float(ROUNDING * np.abs(log_values[np.isfinite(log_values)]).min(initial=np.inf))


def _panel_nodes(edges: np.ndarray) -> np.ndarray:
    half = np.diff(edges, axis=1) / 2
    return edges.mean(axis=1, keepdims=True) + half * LEGENDRE_NODES


def _evaluate(log_density: Callable[[np.ndarray], np.ndarray], edges: np.ndarray) -> np.ndarray:
    return log_density(_panel_nodes(edges).ravel()).reshape(len(edges), NODES)


def _log_integrals(edges: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Log integrals of density times exp(order * z), shape (3, n_panels)."""
    panels = Panels(edges, values)
    orders = np.arange(3)[:, None, None]
    return np.asarray(logsumexp(panels.log_masses + orders * panels.nodes, axis=2))


def _in_order(pieces: list[Panels]) -> Panels:
    edges = np.concatenate([panels.edges for panels in pieces])
    values = np.concatenate([panels.log_values for panels in pieces])
    order = np.argsort(edges[:, 0])
    return Panels(edges[order], values[order])


@dataclass(frozen=True)
class LogScaleMarginal:
    """Distribution of a positive quantity, resolved on its logarithm ``z``.

    Parameters
    ----------
    panels : Panels
        Density of ``z``, up to a constant.
    tail_slope : float
        ``-d log(density) / dz`` at the upper end: beyond it the density is taken to fall as
        ``exp(-tail_slope * z)``, which is exact for the power laws that half-Cauchy, Pareto or
        improper priors leave, and immaterial for lighter tails.
    """

    panels: Panels
    tail_slope: float

    @cached_property
    def z(self) -> np.ndarray:
        """Nodes in ascending order, shape (n_nodes,)."""
        return self.panels.nodes.ravel()

    @cached_property
    def weight(self) -> np.ndarray:
        """Posterior probability of the nodes, shape (n_nodes,); sums to 1."""
        return np.exp(self.panels.log_masses.ravel() - self.log_total)

    @cached_property
    def log_total(self) -> float:
        """Log integral of the density as it was given."""
        return float(logsumexp(self.panels.log_masses))

    def moment(self, order: int, factor: ArrayLike = 1.0) -> float:
        """Expectation of ``exp(order * z)``, times a factor that settles in the tail.

        Parameters
        ----------
        order : int
            Power of the quantity.
        factor : array_like of float, shape (n_nodes,)
            Non-negative factor at each node.

        Returns
        -------
        float
            ``inf`` where the moment does not exist. The tail's part is added in closed form. When
            the power-law tail makes the moment infinite, but only beyond a point where the
            integrand has fallen to under `NEGLIGIBLE` of the total, the moment up to that point
            is returned: the rest has next to no probability (rat tumours under
            ``(alpha + beta)**(-5/2)``: a formally infinite mean that no sampler or grid sees).
        """
        factors = np.broadcast_to(np.asarray(factor, dtype=float), self.z.shape)
        log_terms = self.panels.log_masses.ravel() - self.log_total + order * self.z
        if self.tail_slope > order + 1e-4:
            return float(np.sum(np.exp(log_terms) * factors) + self._tail(order) * factors[-1])
        log_integrand = self.panels.log_values.ravel() + order * self.z
        peak, turn = _peak_and_turn(log_integrand)
        log_sum = logsumexp(log_terms[: turn + 1]) + self.log_total
        if turn == peak or log_integrand[turn] - log_sum > np.log(NEGLIGIBLE):
            return np.inf
        return float(np.sum(np.exp(log_terms[: turn + 1]) * factors[: turn + 1]))

    def _tail(self, order: int) -> float:
        end = self.panels.edges[-1, 1]
        log_end = self.panels.log_values[-1, -1] - self.tail_slope * (end - self.z[-1])
        return float(np.exp(log_end - self.log_total + order * end) / (self.tail_slope - order))

    @cached_property
    def mean(self) -> float:
        """Mean of the quantity ``exp(z)``; ``inf`` where there is none."""
        return self.moment(1)

    @cached_property
    def sd(self) -> float:
        """Standard deviation of the quantity ``exp(z)``; ``inf`` where there is none."""
        return standard_deviation(self.mean, self.moment(2))

    @cached_property
    def log_mean(self) -> float:
        """Mean of the logarithm."""
        return float(self.weight @ self.z)

    @cached_property
    def log_sd(self) -> float:
        """Standard deviation of the logarithm."""
        return float(np.sqrt(self.weight @ (self.z - self.log_mean) ** 2))

    def quantile(self, probs: ArrayLike) -> np.ndarray:
        """Quantiles of the quantity.

        Parameters
        ----------
        probs : array_like of float
            Probabilities, above 0 and below 1.

        Returns
        -------
        ndarray of float
            In the shape of `probs`.

        Raises
        ------
        ValueError
            If a probability is not between 0 and 1.
        """
        wanted = check_probs(probs)
        mass = self.weight.reshape(-1, NODES).sum(axis=1)
        cumulative = np.concatenate([[0.0], np.cumsum(mass)])
        found = [self._log_quantile(prob, cumulative) for prob in wanted.ravel()]
        return np.exp(np.array(found)).reshape(wanted.shape)

    def _log_quantile(self, prob: float, cumulative: np.ndarray) -> float:
        place = int(np.clip(np.searchsorted(cumulative, prob) - 1, 0, len(cumulative) - 2))
        lower, upper = self.panels.edges[place]
        values = np.exp(self.panels.log_values[place] - self.log_total)
        within = Legendre(TO_COEFFICIENTS @ values, domain=[lower, upper]).integ(lbnd=lower)
        target = prob - cumulative[place]
        if target >= within(upper):
            return float(upper)
        return float(brentq(lambda z: within(z) - target, lower, upper, xtol=1e-13))


def _peak_and_turn(log_integrand: np.ndarray) -> tuple[int, int]:
    """Where an integrand that rises again in its tail peaks, and where it turns."""
    rising = len(log_integrand) - 1
    while rising > 0 and log_integrand[rising - 1] <= log_integrand[rising]:
        rising -= 1
    return int(log_integrand[: rising + 1].argmax()), rising


def fit_marginal(
    log_density: Callable[[np.ndarray], np.ndarray],
    start: tuple[float, float],
    *,
    floor: float = -np.inf,
) -> LogScaleMarginal:
    """Resolve the density of a logarithm.

    Parameters
    ----------
    log_density : callable
        Log density of ``z``, up to a constant; takes and returns shape (n_points,).
    start : tuple of float
        First guess of where the mass is.
    floor : float
        End of the support, below which the density is 0.

    Returns
    -------
    LogScaleMarginal
        The distribution of ``exp(z)``.

    Raises
    ------
    ImproperPosteriorError
        If the density does not fall off.
    QuadratureError
        If it cannot be resolved.
    """
    lower, upper = find_support(
        lambda points: log_density(points.ravel()).reshape(points.shape), start, floor=floor
    )
    panels = fit_panels(log_density, lower[0], upper[0])
    step = 0.25
    near_end = log_density(np.array([upper[0] - step, upper[0]]))
    return LogScaleMarginal(panels, float(near_end[0] - near_end[1]) / step)


class Nodes(NamedTuple):
    """Points of a plane and their posterior probability.

    Parameters
    ----------
    x, z : ndarray of float, shape (n_nodes,)
        Coordinates.
    weight : ndarray of float, shape (n_nodes,)
        Probabilities, which sum to 1.
    """

    x: np.ndarray
    z: np.ndarray
    weight: np.ndarray

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Expectation of a quantity that does not explode in the tails.

        Parameters
        ----------
        values : ndarray of float, shape (..., n_nodes)
            The quantity at the nodes.

        Returns
        -------
        ndarray of float, shape (...)
            Its posterior mean.
        """
        return np.asarray(values @ self.weight)


def _prune(x: np.ndarray, z: np.ndarray, weight: np.ndarray, least: float) -> Nodes:
    kept = weight > least * weight.max()
    return Nodes(x[kept], z[kept], weight[kept] / weight[kept].sum())


@dataclass(frozen=True)
class Plane:
    """Quadrature nodes of a density of two quantities: for each ``z`` its own nodes in ``x``.

    Parameters
    ----------
    marginal : LogScaleMarginal
        Distribution of ``exp(z)``.
    x : ndarray of float, shape (n_z, n_x)
        Nodes along each slice.
    given_z : ndarray of float, shape (n_z, n_x)
        Their probability given ``z``; each slice sums to 1.
    """

    marginal: LogScaleMarginal
    x: np.ndarray
    given_z: np.ndarray

    @cached_property
    def nodes(self) -> Nodes:
        """The nodes that matter, in one dimension."""
        z = np.broadcast_to(self.marginal.z[:, None], self.x.shape)
        return _prune(self.x, z, self.given_z * self.marginal.weight[:, None], 1e-13)

    @property
    def log_evidence(self) -> float:
        """Log integral of the density as it was given."""
        return self.marginal.log_total

    def refine(
        self, log_density: Callable[[np.ndarray, np.ndarray], np.ndarray], spacing: np.ndarray
    ) -> Nodes:
        """Nodes for expectations of quantities that change quickly along ``x``.

        Slices whose nodes are farther apart than `spacing` get up to eight times as many, and each
        of them its own offset: what remains of the error averages out over the slices.

        Parameters
        ----------
        log_density : callable
            The one that the plane was fitted to.
        spacing : ndarray of float, shape (n_z,)
            Largest distance wanted between neighbours along ``x``, in each slice.

        Returns
        -------
        Nodes
            The nodes that matter.
        """
        step = self.x[:, 1] - self.x[:, 0]
        factors = 2 ** np.clip(np.ceil(np.log2(step / spacing)), 0, 3).astype(int)
        pieces = [
            self._refine_slices(log_density, np.flatnonzero(factors == factor), factor)
            for factor in np.unique(factors)
        ]
        columns = (np.concatenate(column) for column in zip(*pieces, strict=True))
        return _prune(*columns, least=1e-7)

    def _refine_slices(
        self,
        log_density: Callable[[np.ndarray, np.ndarray], np.ndarray],
        rows: np.ndarray,
        factor: int,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        z = self.marginal.z[rows, None]
        if factor == 1:
            x, given_z = self.x[rows], self.given_z[rows]
        else:
            first, last = self.x[rows, 0], self.x[rows, -1]
            n_points = factor * (self.x.shape[1] - 1) + 1
            offset = (rows * GOLDEN_FRACTION % 1 - 0.5) * (last - first) / (n_points - 1)
            x = np.linspace(first + offset, last + offset, n_points, axis=1)
            log_values = log_density(x, z)
            given_z = np.exp(log_values - logsumexp(log_values, axis=1, keepdims=True))
        weight = given_z * self.marginal.weight[rows, None]
        return x.ravel(), np.broadcast_to(z, x.shape).ravel(), weight.ravel()

    def slice_mean(self, values: np.ndarray) -> np.ndarray:
        """Expectation along each slice, given ``z``.

        Parameters
        ----------
        values : ndarray of float, shape (n_z, n_x)
            Values at `x`.

        Returns
        -------
        ndarray of float, shape (n_z,)
            Their mean given ``z``.
        """
        return np.asarray((self.given_z * values).sum(axis=1))


def fit_plane(
    log_density: Callable[[np.ndarray, np.ndarray], np.ndarray],
    x_start: tuple[float, float],
    z_start: tuple[float, float],
    *,
    z_floor: float = -np.inf,
    x_far: float = FAR,
) -> Plane:
    """Resolve a density of two quantities, slice by slice.

    Along ``x``, in each slice, the trapezoidal rule over the window where the slice has its mass:
    for a smooth density that vanishes at both ends its error falls exponentially with the number
    of nodes, which is doubled until the slices' integrals stand still. Along ``z``, the panels of
    `fit_panels`.

    Parameters
    ----------
    log_density : callable
        Takes ``x`` of shape (n_slices, n_points) and ``z`` of shape (n_slices, 1) and returns the
        log density, shape (n_slices, n_points), up to a constant.
    x_start, z_start : tuple of float
        First guesses of where the mass is.
    z_floor : float
        End of the support of ``z``.
    x_far : float
        How far from 0 the mass may lie along ``x`` before the density counts as improper.

    Returns
    -------
    Plane
        Nodes and their probabilities.

    Raises
    ------
    ImproperPosteriorError
        If the density does not fall off.
    QuadratureError
        If it cannot be resolved.
    """
    windows = _find_windows(log_density, x_start, z_start, z_floor, x_far)

    def log_marginal(z: np.ndarray, n_points: int) -> np.ndarray:
        x = windows.nodes(z, n_points)
        return _log_integral_along(x, log_density(x, z[:, None]))

    n_points = _enough_points(log_marginal, windows)
    marginal = fit_marginal(
        lambda z: log_marginal(z, n_points), (windows.z[0], windows.z[-1]), floor=z_floor
    )
    x = windows.nodes(marginal.z, n_points)
    log_values = log_density(x, marginal.z[:, None])
    return Plane(marginal, x, np.exp(log_values - logsumexp(log_values, axis=1, keepdims=True)))


@dataclass(frozen=True)
class _Windows:
    """Where the slices of a plane have their mass, at some ``z``, in ascending order.

    Between them windows are interpolated, after each has been widened to hold its neighbours.
    """

    z: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    height: np.ndarray

    @cached_property
    def wide(self) -> tuple[np.ndarray, np.ndarray]:
        """The widened windows."""
        return -maximum_filter1d(-self.lower, 3), maximum_filter1d(self.upper, 3)

    @property
    def are_close(self) -> bool:
        """Whether neighbours overlap so much that little is lost by widening, where it matters."""
        inflation = (self.wide[1] - self.wide[0]) / (self.upper - self.lower)
        return bool(inflation[self.height > SLICE_TOLERANCE].max() < 3)

    def nodes(self, z: np.ndarray, n_points: int) -> np.ndarray:
        """Nodes along slices, shape (n_z, n_points)."""
        ends = np.interp(z, self.z, self.wide[0]), np.interp(z, self.z, self.wide[1])
        return np.linspace(*ends, n_points, axis=1)


def _find_windows(
    log_density: Callable[[np.ndarray, np.ndarray], np.ndarray],
    x_start: tuple[float, float],
    z_start: tuple[float, float],
    z_floor: float,
    x_far: float,
) -> _Windows:
    def slices(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        lower, upper = find_support(
            lambda x: log_density(x, z[:, None]),
            x_start,
            n_slices=len(z),
            lowest=-x_far,
            highest=x_far,
        )
        x = np.linspace(lower, upper, SLICE_POINTS, axis=1)
        return lower, upper, _log_integral_along(x, log_density(x, z[:, None]))

    first, last = find_support(
        lambda z: slices(z.ravel())[2].reshape(z.shape), z_start, floor=z_floor
    )
    # a margin, so that a finer look at the marginal stays inside
    margin = (last[0] - first[0]) / WINDOW_POINTS
    ends = max(first[0] - margin, z_floor), last[0] + margin
    for n_windows in (4 * WINDOW_POINTS, 16 * WINDOW_POINTS, 64 * WINDOW_POINTS):
        z = np.linspace(*ends, n_windows)
        lower, upper, log_values = slices(z)
        windows = _Windows(z, lower, upper, np.exp(log_values - log_values.max()))
        if windows.are_close:
            break
    return windows


def _enough_points(log_marginal: Callable[[np.ndarray, int], np.ndarray], windows: _Windows) -> int:
    """Number of nodes along the slices from which doubling it changes nothing."""
    n_points, coarse = SLICE_POINTS, log_marginal(windows.z, SLICE_POINTS)
    while n_points < MOST_SLICE_POINTS:
        fine = log_marginal(windows.z, 2 * n_points - 1)
        change = np.abs(np.expm1(np.minimum(fine - coarse, FAR))) * windows.height
        if change.max() < max(SLICE_TOLERANCE, _rounding(fine)):
            return n_points
        n_points, coarse = 2 * n_points - 1, fine
    raise QuadratureError(f"posterior: found slices that {MOST_SLICE_POINTS} nodes do not resolve")


def _log_integral_along(x: np.ndarray, log_values: np.ndarray) -> np.ndarray:
    return np.asarray(logsumexp(log_values, axis=1)) + np.log(x[:, 1] - x[:, 0])


def invert_cdf(
    cdf: Callable[[np.ndarray], np.ndarray],
    pdf: Callable[[np.ndarray], np.ndarray],
    prob: float,
    start: np.ndarray,
    end: float,
) -> np.ndarray:
    """Quantiles of several distributions: Newton's method inside a bracket that it may not leave.

    Parameters
    ----------
    cdf, pdf : callable
        Distribution functions and densities; take and return shape (n_distributions,).
    prob : float
        Probability, between 0 and 1.
    start : ndarray of float, shape (n_distributions,)
        Where to start.
    end : float
        The quantiles are sought between ``-end`` and ``end``.

    Returns
    -------
    ndarray of float, shape (n_distributions,)
        Where the distribution functions are within `CDF_TOLERANCE` of `prob`; the end, for a
        quantile that lies outside.
    """
    value = np.clip(start, -end, end)
    lower, upper = np.full_like(value, -end), np.full_like(value, end)
    for step in range(120):
        excess = cdf(value) - prob
        if (np.abs(excess) < CDF_TOLERANCE).all():
            break
        upper = np.where(excess > 0, value, upper)
        lower = np.where(excess > 0, lower, value)
        guess = value - excess / np.maximum(pdf(value), 1e-100)
        # Newton's steps may creep; halving the bracket does not
        trusted = (guess > lower) & (guess < upper) & (step < 30)
        value = np.where(trusted, guess, (lower + upper) / 2)
    return value


def standard_deviation(mean: float, second_moment: float) -> float:
    """Standard deviation from the first two moments.

    Parameters
    ----------
    mean, second_moment : float
        Either may be ``inf``.

    Returns
    -------
    float
        ``inf`` if either moment is.
    """
    if np.isinf(mean) or np.isinf(second_moment):
        return np.inf
    return float(np.sqrt(max(second_moment - mean**2, 0.0)))


def check_probs(probs: ArrayLike) -> np.ndarray:
    """Return probabilities as an array, or say which one is not between 0 and 1.

    Parameters
    ----------
    probs : array_like of float
        What the caller gave.

    Returns
    -------
    ndarray of float
        The same.

    Raises
    ------
    ValueError
        If one is not above 0 and below 1.
    """
    wanted = np.asarray(probs, dtype=float)
    outside = ~((wanted > 0) & (wanted < 1))
    if outside.any():
        found = wanted[outside].ravel()[0]
        raise ValueError(f"probs: found {found:g}, allowed above 0 and below 1")
    return wanted
