"""The inside of a paragraph: its text, and the links, images and roles in it."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from lessonbook.markup import NOT_TEXT, Image, Label, Link

_HTML = re.compile(
    r"<!--(?P<comment>.*?)-->"
    r"|<(?P<name>[A-Za-z][\w-]*)(?P<attributes>(?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>",
    re.DOTALL,
)
_VALUE = r"""\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
_BREAKS = ("softbreak", "hardbreak")
_FOLDED = ("code_inline", "myst_role")
"""What loses its line feeds when it is read."""


@dataclass
class InlineContent:
    """What stands in a paragraph, heading, title or table cell.

    Attributes
    ----------
    text : str
        With line feeds as in the source, and `NOT_TEXT` for code, mathematics, roles and images.
    links, images, labels : list
    roles : list of (str, str, int)
        Name, content and line of each.
    comments : list of (str, int)
        Text and line of each HTML comment.
    tags : list of (str, int)
        Text and line of each HTML tag.
    """

    text: str = ""
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    roles: list[tuple[str, str, int]] = field(default_factory=list)
    comments: list[tuple[str, int]] = field(default_factory=list)
    tags: list[tuple[str, int]] = field(default_factory=list)


def read_inline(token: Token, first_line: int) -> InlineContent:
    """Read an inline token.

    Parameters
    ----------
    token : markdown_it.token.Token
        Of type ``inline``.
    first_line : int
        Its line in the source.

    Returns
    -------
    InlineContent
    """
    return _InlineReader(token, first_line).read()


class _InlineReader:
    def __init__(self, token: Token, first_line: int) -> None:
        self.content = token.content
        self.children: Sequence[Token] = token.children or ()
        self.line = first_line
        self.result = InlineContent()
        self.parts: list[str] = []
        self.links: list[tuple[Token, int, int]] = []
        self.cursor = 0
        self.has_folded_lines = self._count_lines() < self.content.count("\n")

    def read(self) -> InlineContent:
        for child in self.children:
            self._read_child(child)
        self.result.text = "".join(self.parts)
        return self.result

    def _count_lines(self) -> int:
        return sum(
            1 if child.type in _BREAKS else child.content.count("\n") for child in self.children
        )

    def _read_child(self, child: Token) -> None:
        if child.attrs.get("id") and child.type != "footnote_ref":
            self.result.labels.append(Label(str(child.attrs["id"]), self.line))
        if child.type in _BREAKS:
            self._add("\n", 1)
            self.cursor = self.content.find("\n", self.cursor) + 1
        elif child.type == "text":
            self._add(child.content, child.content.count("\n"))
        elif child.type == "link_open":
            self.links.append((child, len(self.parts), self.line))
        elif child.type == "link_close" and self.links:
            self._close_link(*self.links.pop())
        elif child.type == "html_inline":
            self._read_html(child)
        elif child.type not in ("link_close",) and not child.nesting:
            self._read_object(child)

    def _add(self, text: str, lines: int) -> None:
        self.parts.append(text)
        self.line += lines

    def _close_link(self, token: Token, start: int, line: int) -> None:
        text = "".join(self.parts[start:])
        target = str(token.attrs.get("href", ""))
        self.result.links.append(Link(text, target, line, token.info == "auto"))

    def _read_object(self, child: Token) -> None:
        """Read what is no text: code, mathematics, a role, an image, a footnote's mark."""
        if child.type == "image":
            alt = "".join(part.content for part in child.children or ())
            self.result.images.append(Image(str(child.attrs.get("src", "")), alt, self.line))
        elif child.type == "myst_role":
            self.result.roles.append((str(child.meta.get("name", "")), child.content, self.line))
        lines = self._folded_lines(child)
        self._add(NOT_TEXT + "\n" * lines, lines)

    def _folded_lines(self, child: Token) -> int:
        if child.type not in _FOLDED:
            return child.content.count("\n")
        if not self.has_folded_lines or not child.content.split():
            return 0
        # after the last line break the content begins; what is folded in it are spaces
        words = r"\s+".join(re.escape(word) for word in child.content.split())
        match = re.compile(words).search(self.content, self.cursor)
        if match is None:
            return 0
        self.cursor = match.end()
        return match[0].count("\n")

    def _read_html(self, child: Token) -> None:
        found = read_html(child.content, self.line)
        self.result.images += found.images
        self.result.links += found.links
        self.result.labels += found.labels
        self.result.comments += found.comments
        if not child.content.startswith("<!--"):
            self.result.tags.append((child.content, self.line))
        lines = child.content.count("\n")
        self._add("\n" * lines, lines)


def read_html(text: str, first_line: int) -> InlineContent:
    """Find images, links, labels and comments in raw HTML.

    Parameters
    ----------
    text : str
        The HTML.
    first_line : int
        Its line in the source.

    Returns
    -------
    InlineContent
        Without text.
    """
    result = InlineContent()
    for match in _HTML.finditer(text):
        line = first_line + text.count("\n", 0, match.start())
        if match["comment"] is not None:
            result.comments.append((match["comment"], line))
            continue
        name, attributes = match["name"].lower(), match["attributes"]
        if name == "img":
            source = html_attribute(attributes, "src") or ""
            result.images.append(Image(source, html_attribute(attributes, "alt"), line))
        elif name == "a" and (target := html_attribute(attributes, "href")) is not None:
            result.links.append(Link(NOT_TEXT, target, line))
        for key in ("id", "name") if name == "a" else ("id",):
            if label := html_attribute(attributes, key):
                result.labels.append(Label(label, line, "html"))
    return result


def html_attribute(attributes: str, name: str) -> str | None:
    """Return the value of an attribute in the text of a tag, None if it is not there.

    Examples
    --------
    >>> html_attribute('src="a.png" alt=""', "alt")
    ''
    """
    match = re.search(rf"(?<![\w-]){name}{_VALUE}", attributes, re.IGNORECASE)
    return html.unescape("".join(group or "" for group in match.groups())) if match else None
