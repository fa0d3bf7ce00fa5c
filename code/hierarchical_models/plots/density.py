"""Smooth densities of draws."""

from __future__ import annotations

import arviz as az
import numpy as np

N_POINTS = 400


def density_of(
    values: np.ndarray, low: float, high: float, name: str = "draws"
) -> tuple[np.ndarray, np.ndarray]:
    """Density of draws over a window.

    Parameters
    ----------
    values : ndarray of float, shape (n_draws,)
        The draws; those outside the window count, but are not shown.
    low, high : float
        Ends of the window. Where the draws stop at an end, such as a standard deviation at 0, the
        density keeps its height up to there.
    name : str
        Of what is drawn, for messages.

    Returns
    -------
    place, density : ndarray of float, shape (400,)
        The area under the curve is the share of draws inside the window.

    Raises
    ------
    ValueError
        If no two draws inside the window differ.

    Examples
    --------
    >>> place, density = density_of(np.random.default_rng(1).uniform(size=4000), 0.0, 1.0)
    >>> bool(0.9 < density[0] < 1.1)
    True
    """
    inside = values[(values >= low) & (values <= high)]
    if inside.size < 2 or np.ptp(inside) == 0:
        raise ValueError(
            f"{name}: found no two different draws from {low:g} to {high:g}, "
            "allowed draws that differ there; choose other limits"
        )
    place, density = az.kde(inside, custom_lims=(low, high), grid_len=N_POINTS, bw="silverman")
    return place, density * inside.size / values.size


def window(*samples: np.ndarray, tail: float = 0.002) -> tuple[float, float]:
    """Limits that show almost all of several samples.

    Parameters
    ----------
    *samples : ndarray of float
        The samples.
    tail : float
        Share of each that may lie outside at either end.

    Returns
    -------
    low, high : float
        A lower end near 0 is put to 0 where no value is negative.
    """
    ends = [np.quantile(one, [tail, 1 - tail]) for one in samples]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    margin = 0.04 * (high - low)
    is_positive = all(one.min() >= 0 for one in samples)
    low = 0.0 if is_positive and low < 0.1 * high else low - margin
    is_share = is_positive and all(one.max() <= 1 for one in samples)
    high = 1.0 if is_share and high > 0.9 else high + margin
    return float(low), float(high)
