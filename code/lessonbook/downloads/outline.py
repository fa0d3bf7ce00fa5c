"""The titles in a PDF's outline, where Chromium writes them wrongly.

A heading that does not fit at the foot of a page any more and moves on to the next is written
twice, as "OddsOdds", and where a heading takes two lines the space between them is lost. Only bytes
of the title are replaced, by as many, so that the rest of the file stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_TITLE = re.compile(rb"/Title (?P<string>\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f]*>)", re.DOTALL)
_SPACE = re.compile(r"\s+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SPECIAL = re.compile(r"([\\()])")
_UTF_16 = "FEFF"


def mend_titles(content: bytes, headings: Iterable[str]) -> bytes:
    """Write the titles of an outline as the headings of the page are written.

    Parameters
    ----------
    content : bytes
        A PDF as Chromium writes it.
    headings : iterable of str
        The headings of the page that it was printed from, in any order.

    Returns
    -------
    bytes
        Of the same length. A title that belongs to no heading stays as it is, and so does one that
        is too long for its place.

    Examples
    --------
    >>> mend_titles(b"<</Title (Odds ofOdds ofthem)\\n/Dest [1]>>", ["Odds of them"])
    b'<</Title (Odds of them)     \\n/Dest [1]>>'
    """
    known = {_bare(heading): " ".join(heading.split()) for heading in headings}

    def mend(match: re.Match[bytes]) -> bytes:
        written = match["string"]
        title = _decode(written.decode("latin-1"))
        right = _find(_bare(title), known)
        if right is None or right == title:
            return match[0]
        string = _encode(right).encode("latin-1")
        if len(string) > len(written):
            return match[0]
        return b"/Title " + string.ljust(len(written))

    return _TITLE.sub(mend, content)


def _bare(text: str) -> str:
    return _SPACE.sub("", text)


def _find(title: str, known: dict[str, str]) -> str | None:
    """Find the heading that a title consists of, perhaps after a part of it."""
    if title in known:
        return known[title]
    for start in range(1, len(title)):
        rest = title[start:]
        if rest in known and rest.startswith(title[:start]):
            return known[rest]
    return None


def _decode(string: str) -> str:
    if string.startswith("<"):
        digits = string[1:-1]
        if not digits.upper().startswith(_UTF_16):
            return ""
        return bytes.fromhex(digits[len(_UTF_16) :]).decode("utf-16-be", "replace")
    return _ESCAPE.sub(r"\1", string[1:-1])


def _encode(text: str) -> str:
    if text.isascii():
        return "(" + _SPECIAL.sub(r"\\\1", text) + ")"
    return f"<{_UTF_16}{text.encode('utf-16-be').hex().upper()}>"
