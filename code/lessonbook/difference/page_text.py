"""The text of a built page, a line for every paragraph, list item, table row or line of code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag

BLOCKS = (  # noqa: SIM905 (a list of forty strings would be forty lines)
    "address article aside blockquote caption dd details div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr label legend li main ol p pre section summary table "
    "tbody thead tr ul"
).split()
CELLS = ("td", "th")
# what a reader does not read, or what stands beside the content on every page
UNREAD = "script, style, template, nav, button, .headerlink"
CONTENT = ("main article", "article", "main", "body")
SEPARATOR = " | "
# no page holds the first; the second parts blocks, and is no space that a text may have
CODE_MARK = "\0"
EDGE = "\x01"
NEW = BeautifulSoup("", "html.parser")
"""Makes the elements that are put into a page."""


@dataclass(frozen=True)
class Figure:
    """An image of a page.

    Attributes
    ----------
    name : str
        Its alternative text, or the file's name where it has none.
    digest : str
        SHA-256 of its bytes, or its address where the file is not part of the site.
    """

    name: str
    digest: str


@dataclass(frozen=True)
class PageText:
    """What a reader sees of a page.

    Attributes
    ----------
    lines : tuple of str
        Text in the order of the page, without empty lines.
    figures : tuple of Figure
        Images in the order of the page.
    """

    lines: tuple[str, ...]
    figures: tuple[Figure, ...]


def read_page(file: Path) -> PageText:
    """Read a built page.

    Parameters
    ----------
    file : pathlib.Path
        An HTML file.

    Returns
    -------
    PageText
        Of its main content, without navigation, buttons and the code of the page.
    """
    document = BeautifulSoup(file.read_bytes(), "html.parser")
    content = next(filter(None, map(document.select_one, CONTENT)), document)
    for unread in content.select(UNREAD):
        unread.decompose()
    figures = tuple(_figure(image, file.parent) for image in content.find_all("img"))
    return PageText(text_lines(content), figures)


def text_lines(content: Tag) -> tuple[str, ...]:
    r"""Text of an element, a line for each of its blocks; the element is changed by this.

    Parameters
    ----------
    content : bs4.element.Tag
        An element.

    Returns
    -------
    tuple of str
        Lines without needless space: cells of a table are separated by ``" | "``, mathematics
        stands as its source, and code keeps its lines and their indentation.

    Examples
    --------
    >>> page = BeautifulSoup("<p>Of <b>8</b>\nschools</p><pre>a\n  b</pre>", "html.parser")
    >>> text_lines(page)
    ('Of 8 schools', 'a', '  b')
    """
    _write_mathematics(content)
    code = _set_code_aside(content)
    _separate_cells(content)
    _part_blocks(content)
    return tuple(_lines(content.get_text(), code))


def _write_mathematics(content: Tag) -> None:
    for math in content.find_all("math"):
        source = math.find("annotation")
        if source is not None:
            math.replace_with(f"${' '.join(source.get_text().split())}$")


def _set_code_aside(content: Tag) -> list[list[str]]:
    """Put a mark where code stands, so that its indentation outlives the needless space."""
    aside: list[list[str]] = []
    for code in content.find_all("pre"):
        if code.find_parent(CELLS):
            continue
        mark = NEW.new_tag("div")
        mark.string = f"{CODE_MARK}{len(aside)}{CODE_MARK}"
        aside.append([line.rstrip() for line in code.get_text().splitlines() if line.strip()])
        code.replace_with(mark)
    return aside


def _separate_cells(content: Tag) -> None:
    for cell in content.find_all(CELLS):
        if cell.find_previous_sibling(CELLS):
            cell.insert_before(NEW.new_string(SEPARATOR))


def _part_blocks(content: Tag) -> None:
    for block in content.find_all([*BLOCKS, "br"]):
        # inside a cell a block would tear the row into lines
        edge = " " if block.name != "tr" and block.find_parent(CELLS) else EDGE
        block.insert_before(NEW.new_string(edge))
        block.insert_after(NEW.new_string(edge))


def _lines(text: str, code: list[list[str]]) -> Iterator[str]:
    for paragraph in text.split(EDGE):
        line = " ".join(paragraph.split())
        if line.startswith(CODE_MARK):
            yield from code[int(line.strip(CODE_MARK))]
        elif line.strip("| "):
            yield line


def _figure(image: Tag, folder: Path) -> Figure:
    source = str(image.get("src") or "")
    address = urlsplit(source)
    name = " ".join(str(image.get("alt") or "").split()) or Path(unquote(address.path)).name
    file = folder / unquote(address.path)
    if address.scheme or address.netloc or not file.is_file():
        return Figure(name, source)
    return Figure(name, hashlib.sha256(file.read_bytes()).hexdigest())
