"""How a number is quoted from a reference: ``{cited}`0.212 <key>` ``."""

from __future__ import annotations

import re

_FORM = re.compile(r"^(?P<number>.*\S)\s*<(?P<keys>[^<>]*[^<>\s][^<>]*)>$", re.DOTALL)


class QuotedNumberError(ValueError):
    """Text that is no number with its reference; the message says what is allowed."""


def read_quoted_number(text: str) -> tuple[str, str]:
    """Take a quoted number and its references apart.

    Parameters
    ----------
    text : str
        The content of the role.

    Returns
    -------
    number : str
        As it is to be shown.
    keys : str
        Keys of references, separated by commas.

    Raises
    ------
    QuotedNumberError
        If there is no number, or no key behind it.

    Examples
    --------
    >>> read_quoted_number("0.212 <efron1975>")
    ('0.212', 'efron1975')
    """
    match = _FORM.match(text)
    if match is None:
        raise QuotedNumberError(
            f"{{cited}} found {text!r}, allowed a number and then the key of its "
            "reference in angle brackets: {cited}`0.212 <key>`"
        )
    return match["number"], match["keys"].strip()
