"""Drawings without what no reader sees: decimals beyond the pixel, metadata, comments."""

from __future__ import annotations

import re

_COMMENT = re.compile(
    r"<!--.*?-->|<metadata>.*?</metadata>|<\?xml[^>]*\?>|<!DOCTYPE[^>]*>", re.DOTALL
)
_COORDINATES = re.compile(r'(?<=\s)(?P<name>d|x|y|points)="(?P<value>[^"]*)"')
_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e[-+]?\d+)?")
_BETWEEN = re.compile(r">\s+<")
_GAP = re.compile(r"\s+(?=[A-Za-z-])|(?<=[A-Za-z])\s+")


def slim_drawing(svg: str) -> str:
    """Make an SVG file smaller that looks the same.

    Parameters
    ----------
    svg : str
        As Matplotlib and others write it, with up to ten decimals in points of 1/72 inch.

    Returns
    -------
    str
        With coordinates to 1/100 of a unit.

    Examples
    --------
    >>> slim_drawing('<svg><!-- a --> <path d="M 10.123456 20.000001 L 3 4" id="p"/></svg>')
    '<svg><path d="M10.12 20L3 4" id="p"/></svg>'
    """
    if "<text" in svg:  # spaces between words of a text are seen
        return _COORDINATES.sub(_round, _COMMENT.sub("", svg)).strip()
    return _COORDINATES.sub(_round, _BETWEEN.sub("><", _COMMENT.sub("", svg))).strip()


def _round(match: re.Match[str]) -> str:
    value = _NUMBER.sub(
        lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), match["value"]
    )
    if match["name"] == "d":
        value = _GAP.sub("", value.strip())
    return f'{match["name"]}="{value}"'
