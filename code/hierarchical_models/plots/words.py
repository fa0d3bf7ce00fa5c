"""Numbers and lists in the sentences that describe figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def decimals_for(values: np.ndarray) -> int:
    """How many decimals show values that differ as these do, to about three digits.

    Parameters
    ----------
    values : ndarray of float
        Numbers on one scale; those that are not finite are passed over.

    Returns
    -------
    int
        0 or more.

    Examples
    --------
    >>> decimals_for(np.array([0.156, 0.400])), decimals_for(np.array([-3.0, 28.0]))
    (3, 1)
    """
    finite = np.ravel(values)[np.isfinite(np.ravel(values))]
    spread = np.ptp(finite) if finite.size else 0.0
    if spread == 0:
        spread = np.max(np.abs(finite), initial=0.0) or 1.0
    return max(0, 2 - math.floor(math.log10(spread)))


def say(value: float, decimals: int) -> str:
    """A number as running text has it.

    Parameters
    ----------
    value : float
        The number.
    decimals : int
        Of the result.

    Returns
    -------
    str
        With commas between thousands, a true minus sign, and no negative zero.

    Examples
    --------
    >>> say(-1234.56, 1), say(-0.001, 1)
    ('−1,234.6', '0.0')
    """
    text = f"{value:,.{decimals}f}"
    is_zero = not text.strip("-0.,")
    return text.lstrip("-") if is_zero else text.replace("-", "−")


def count(number: int, noun: str) -> str:
    """A number of things.

    Parameters
    ----------
    number : int
        How many.
    noun : str
        One of them.

    Returns
    -------
    str
        The noun in its plural, except for one.

    Examples
    --------
    >>> count(1, "county"), count(85, "county"), count(18, "player")
    ('1 county', '85 counties', '18 players')
    """
    if number == 1:
        return f"1 {noun}"
    if noun.endswith("y") and not noun.endswith(("ay", "ey", "oy", "uy")):
        return f"{number:,} {noun[:-1]}ies"
    ending = "es" if noun.endswith(("s", "x", "ch", "sh")) else "s"
    return f"{number:,} {noun}{ending}"


def listed(parts: Sequence[str]) -> str:
    """A list in words.

    Parameters
    ----------
    parts : sequence of str
        Its parts.

    Returns
    -------
    str
        With commas, and "and" before the last.

    Examples
    --------
    >>> listed(["A", "B", "C"])
    'A, B and C'
    """
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
