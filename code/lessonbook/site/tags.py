"""Start tags of a page of HTML, found and rewritten without parsing the rest of it.

A page of a lesson has ten thousand elements, and a tree of them takes a second to build: too long
for a preview. What is done to a page here concerns single tags.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

Attributes = dict[str, str | None]
"""Values by name, in order; None for an attribute without a value."""

_ATTRIBUTE = r"""[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?"""
_SKIPPED = (
    r"<!--.*?-->",
    r"<(?P<raw>script|style|textarea|title)\b[^>]*>.*?</(?P=raw)\s*>",
)
_TAG = re.compile(
    rf"(?P<skipped>{'|'.join(_SKIPPED)})|<(?P<name>[a-zA-Z][\w:-]*)"
    rf"(?P<attributes>(?:[\s/]+{_ATTRIBUTE})*)(?P<end>\s*/?)>",
    re.DOTALL | re.IGNORECASE,
)
_EACH = re.compile(
    r"""(?P<name>[^\s"'<>/=]+)(?:\s*=\s*(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|(?P<c>[^\s"'=<>`]+)))?"""
)


def rewrite_tags(
    text: str, rewrite: Callable[[str, Attributes], bool], wanted: re.Pattern[str]
) -> str:
    """Change the start tags of a page.

    Parameters
    ----------
    text : str
        HTML. Comments, scripts and style sheets in it are left alone.
    rewrite : callable
        Called with the name of an element, in lower case, and its attributes, which it may
        change; returns whether it did.
    wanted : re.Pattern
        Only tags in which this is found are looked at.

    Returns
    -------
    str
        The page, its other tags as they were.

    Examples
    --------
    >>> def shorten(name, attributes):
    ...     return attributes.pop("border", "absent") != "absent"
    >>> rewrite_tags('<table border="1" id=x><td>', shorten, re.compile("border"))
    '<table id="x"><td>'
    """

    def replace(match: re.Match[str]) -> str:
        source = match[0]
        if match["skipped"] is not None or not wanted.search(source):
            return source
        attributes = read_attributes(match["attributes"])
        if not rewrite(match["name"].lower(), attributes):
            return source
        return f"<{match['name']}{write_attributes(attributes)}{match['end']}>"

    return _TAG.sub(replace, text)


def read_attributes(text: str) -> Attributes:
    """Read the attributes of a tag; of one that is given twice the first, as browsers do.

    Examples
    --------
    >>> read_attributes(' id=a class="b &amp; c" hidden')
    {'id': 'a', 'class': 'b & c', 'hidden': None}
    """
    attributes: Attributes = {}
    for match in _EACH.finditer(text):
        value = next((match[group] for group in "abc" if match[group] is not None), None)
        attributes.setdefault(
            match["name"].lower(), None if value is None else html.unescape(value)
        )
    return attributes


def write_attributes(attributes: Attributes) -> str:
    """Write attributes as they stand in a tag, each behind a space.

    Examples
    --------
    >>> write_attributes({"alt": 'a "b"', "hidden": None})
    ' alt="a &quot;b&quot;" hidden'
    """
    return "".join(
        f" {name}" if value is None else f' {name}="{html.escape(value)}"'
        for name, value in attributes.items()
    )


def add_class(attributes: Attributes, name: str) -> None:
    """Add a class to those of a tag.

    Examples
    --------
    >>> attributes = {"class": "a"}
    >>> add_class(attributes, "b")
    >>> attributes
    {'class': 'a b'}
    """
    attributes["class"] = f"{attributes.get('class') or ''} {name}".strip()
