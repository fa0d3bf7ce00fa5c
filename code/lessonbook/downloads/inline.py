"""The text inside a paragraph of a built page, as Markdown that Jupyter shows alike."""

from __future__ import annotations

import html
import posixpath
import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin, urlsplit

from bs4.element import Comment, NavigableString, PageElement, Tag

SKIPPED = frozenset({"script", "style", "button", "input", "select", "svg", "template", "nav"})
_MARKS = {"em": "*", "i": "*", "cite": "*", "strong": "**", "b": "**"}
_KEPT = frozenset({"sub", "sup", "kbd", "mark", "s", "u", "small"})
_PLAIN_NAMES = "thead tbody tfoot tr th td em i strong b code sub sup br ul ol li"
_PLAIN_ELEMENTS = frozenset(_PLAIN_NAMES.split())
_SPECIAL = re.compile(r"[\\`*]|(?<!\w)_|_(?!\w)|<(?=[a-zA-Z/!?])|&(?=#?\w+;)|\](?=[(:])|~(?=~)")
_BLOCK_START = re.compile(r"^(?:(?=[#>+-](?:\s|$|#))|(\d+)(?=[.)]\s)|(?=-{3,}|={3,}))")
_SPACE = re.compile(r"\s+")


@dataclass
class Page:
    """What the text of a page refers to.

    Attributes
    ----------
    address : str
        Where the page is published; empty if that is not known, and links inside the site are
        then plain text.
    images : dict of str to str
        Address, from the page, of each image of the site that the text shows, by its name.
    """

    address: str = ""
    images: dict[str, str] = field(default_factory=dict)


def escape(text: str) -> str:
    r"""Escape what Markdown would take for markup.

    Examples
    --------
    >>> print(escape("a_b * _c_ <i> 5 < 6"))
    a_b \* \_c\_ \<i> 5 < 6

    A dollar sign gets an element of its own, as two would be taken for a formula.

    >>> print(escape("$5"))
    <span>\$</span>5
    """
    return _SPECIAL.sub(lambda match: f"\\{match[0]}", text).replace("$", r"<span>\$</span>")


def formula(element: Tag) -> str:
    """Return the LaTeX source of a ``math`` element, empty if it has none."""
    note = element.find("annotation")
    return note.get_text().strip() if note else ""


def code_span(text: str) -> str:
    """Return text as code in a line.

    Examples
    --------
    >>> print(code_span("a`b"))
    ``a`b``
    """
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def paragraph(elements: list[PageElement], page: Page) -> str:
    """Return a paragraph of Markdown in one line, but for forced ends of lines."""
    text = "".join(inline(element, page) for element in elements)
    lines = [_SPACE.sub(" ", line).strip() for line in text.split("\\\n")]
    text = "\\\n".join(lines).strip()
    return _BLOCK_START.sub(lambda match: f"{match[1] or ''}\\", text)


def inline(element: PageElement, page: Page) -> str:
    """Convert one element of a paragraph."""
    if isinstance(element, NavigableString):
        return "" if isinstance(element, Comment) else escape(_SPACE.sub(" ", str(element)))
    if not isinstance(element, Tag) or element.name in SKIPPED:
        return ""
    name = element.name
    classes = element.get_attribute_list("class")
    if "headerlink" in classes:
        return ""
    if name == "math":
        return f"${formula(element)}$"
    if name == "code":
        return code_span(element.get_text())
    if name == "br":
        return "\\\n"
    if name == "img":
        return _image(element, page)
    content = "".join(inline(child, page) for child in element.children)
    if "lesson-minutes" in classes:  # the style sheet of the site sets it off
        return f"· {content}"
    if name == "a":
        return link(content, str(element.get("href") or ""), page)
    if name in _MARKS:
        return _marked(content, _MARKS[name])
    return f"<{name}>{content}</{name}>" if name in _KEPT else content


def link(content: str, target: str, page: Page) -> str:
    """Return a link that leads to the same place from anywhere, or its text."""
    if not urlsplit(target).scheme:
        if not page.address:
            return content
        target = urljoin(page.address, target)
    if not content.strip():
        return ""
    return f"[{content.strip()}](<{target}>)" if " " in target else f"[{content}]({target})"


def _marked(content: str, mark: str) -> str:
    inner = content.strip()
    if not inner:
        return content
    before = content[: len(content) - len(content.lstrip())]
    after = content[len(content.rstrip()) :]
    return f"{before}{mark}{inner}{mark}{after}"


def _image(element: Tag, page: Page) -> str:
    source = str(element.get("src") or "")
    words = escape(_SPACE.sub(" ", str(element.get("alt") or "")).strip())
    words = words.replace("[", r"\[").replace("]", r"\]")
    parts = urlsplit(source)
    if parts.scheme or parts.netloc:
        return "" if parts.scheme == "data" else f"![{words}]({source})"
    path = unquote(parts.path)
    name = re.sub(r"[^\w.-]", "-", posixpath.basename(path))
    page.images[name] = path
    return f"![{words}](attachment:{name})"


def plain_html(element: PageElement) -> str:
    """Return HTML in one line, without anything that only the site knows of."""
    if isinstance(element, NavigableString):
        return html.escape(_SPACE.sub(" ", str(element))).replace("$", r"<span>\$</span>")
    if not isinstance(element, Tag) or element.name in SKIPPED | {"caption"}:
        return ""
    if element.name == "math":
        return f"${html.escape(' '.join(formula(element).split()))}$"
    inner = "".join(plain_html(child) for child in element.children)
    if element.name not in _PLAIN_ELEMENTS:
        return inner
    spans = "".join(
        f' {name}="{element[name]}"' for name in ("colspan", "rowspan") if element.has_attr(name)
    )
    return f"<{element.name}{spans}>" + (
        "" if element.name == "br" else f"{inner}</{element.name}>"
    )
