"""Times of the day as minutes since midnight."""

from __future__ import annotations


def format_time(minutes: int) -> str:
    """Write minutes since midnight as a time of the day.

    Examples
    --------
    >>> format_time(545)
    '9:05'
    """
    return f"{minutes // 60}:{minutes % 60:02d}"


def parse_time(value: object) -> int:
    """Read a time of the day.

    Parameters
    ----------
    value : object
        ``"9:30"``; or the whole number that YAML makes of it when it stands without quotes.

    Returns
    -------
    int
        Minutes since midnight.

    Raises
    ------
    ValueError
        If it is no time of a day.

    Examples
    --------
    >>> parse_time("9:30"), parse_time(570)
    (570, 570)
    """
    if isinstance(value, str):
        hours, colon, minutes = value.strip().partition(":")
        if colon and len(minutes) == 2 and hours.isdecimal() and minutes.isdecimal():
            value = 60 * int(hours) + int(minutes) if int(minutes) < 60 else None
    # Below an hour it is rather a bare hour, such as 9, than a time after midnight.
    if isinstance(value, int) and not isinstance(value, bool) and 60 <= value <= 24 * 60:
        return value
    raise ValueError('allowed a time of the day such as "9:30", in quotes')
