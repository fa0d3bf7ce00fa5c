"""A built page as its readers see it: pieces of Markdown, and the places of its code cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bs4.element import Comment, NavigableString, PageElement, Tag

from lessonbook.downloads.inline import (
    SKIPPED,
    Page,
    formula,
    link,
    paragraph,
    plain_html,
)
from lessonbook.downloads.tables import convert_table

SOLUTION = "lesson-solution"
_ANSWERS = frozenset({SOLUTION, "lesson-quiz-feedback", "lesson-quiz-key", "lesson-quiz-result"})
"""Classes of what a notebook without solutions leaves out."""
_UNSEEN = frozenset({"headerlink", "lesson-downloads", "lesson-quiz-field", "prev-next-footer"})
_BLOCK_NAMES = """
    address article aside blockquote details div dl fieldset figure footer form h1 h2 h3 h4 h5 h6
    header hr iframe legend main object ol p pre section table ul video audio
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_LANGUAGE = re.compile(r"highlight-(\S+)")
_TITLES = frozenset({"lesson-title", "admonition-title", "rubric", "sd-card-title", "topic-title"})


@dataclass(frozen=True)
class Text:
    """Markdown between two cells; `in_solution` if it gives an answer away."""

    markdown: str
    in_solution: bool = False


@dataclass(frozen=True)
class CellPlace:
    """Where the page shows a code cell.

    Attributes
    ----------
    source : str
        The code as it is shown; empty where the page shows nothing but outputs.
    in_solution : bool
        Whether it is part of a solution.
    """

    source: str
    in_solution: bool = False


Piece = Text | CellPlace


def read_pieces(article: Tag, page: Page) -> list[Piece]:
    """Take a page apart.

    Parameters
    ----------
    article : bs4.element.Tag
        The element that holds the page's text.
    page : Page
        Takes note of the images.

    Returns
    -------
    list of Text or CellPlace
        In document order. No piece of text leaves an element open.

    Examples
    --------
    >>> from bs4 import BeautifulSoup
    >>> html = "<h1>Odds</h1><p>Take <em>two</em>.</p><details><summary>Why</summary><p>So.</p>"
    >>> for piece in read_pieces(BeautifulSoup(html, "html.parser"), Page()):
    ...     print(piece.markdown)
    # Odds
    Take *two*.
    <details>
    <summary>Why</summary>
    <BLANKLINE>
    So.
    <BLANKLINE>
    </details>
    """
    return list(_Walker(page).walk(article.children, in_solution=False))


class _Walker:
    def __init__(self, page: Page) -> None:
        self.page = page

    def walk(self, elements: Iterable[PageElement], in_solution: bool) -> Iterator[Piece]:
        """Convert blocks; what stands between them is a paragraph."""
        line: list[PageElement] = []
        for element in elements:
            if isinstance(element, Comment):
                continue
            if isinstance(element, NavigableString) or (
                isinstance(element, Tag) and not _holds_blocks(element)
            ):
                line.append(element)
                continue
            yield from self._paragraph(line, in_solution)
            line = []
            if isinstance(element, Tag):
                yield from self._block(element, in_solution)
        yield from self._paragraph(line, in_solution)

    def _paragraph(self, elements: list[PageElement], in_solution: bool) -> Iterator[Piece]:
        text = paragraph(elements, self.page)
        if text:
            yield Text(text, in_solution)

    def _block(self, element: Tag, in_solution: bool) -> Iterator[Piece]:
        classes = frozenset(element.get_attribute_list("class"))
        if classes & _UNSEEN or element.name in SKIPPED:
            return
        in_solution = in_solution or bool(classes & _ANSWERS)
        if "cell" in classes and element.name == "div":
            yield from self._cell(element, in_solution)
        elif "math" in classes and element.name == "div":
            yield Text(_display(element), in_solution)
        elif element.name == "pre":
            yield Text(_code_block(element), in_solution)
        elif "sd-tab-label" in classes or classes & _TITLES:
            yield from self._title(element, in_solution)
        else:
            convert = getattr(self, f"_{element.name}", None)
            if convert is None:
                yield from self._container(element, classes, in_solution)
            else:
                yield from convert(element, in_solution)

    def _container(
        self, element: Tag, classes: frozenset[str | None], in_solution: bool
    ) -> Iterator[Piece]:
        pieces = list(self.walk(element.children, in_solution))
        is_box = classes & {"lesson-block", "admonition"}
        whole = all(isinstance(p, Text) and p.in_solution == in_solution for p in pieces)
        if is_box and whole and not element.find("details"):
            yield Text(_prefix(_join(pieces), "> "), in_solution)
        elif is_box and "lesson-overview" not in classes:
            yield Text("---", in_solution)
            yield from pieces
            yield Text("---", in_solution)
        else:
            yield from pieces

    def _title(self, element: Tag, in_solution: bool) -> Iterator[Piece]:
        text = paragraph(list(element.children), self.page)
        if text:
            yield Text(f"**{text}**", in_solution)

    _legend = _title
    _dt = _title

    def _heading(self, element: Tag, in_solution: bool) -> Iterator[Piece]:
        text = paragraph(list(element.children), self.page)
        yield Text(f"{'#' * int(element.name[1])} {text}", in_solution)

    _h1 = _h2 = _h3 = _h4 = _h5 = _h6 = _heading

    def _p(self, element: Tag, in_solution: bool) -> Iterator[Piece]:
        yield from self._paragraph(list(element.children), in_solution)

    def _hr(self, element: Tag, in_solution: bool) -> Iterator[Piece]:
        yield Text("---", in_solution)

    def _blockquote(self, element: Tag, in_solution: bool) -> Iterator[Piece]:
        for piece in self.walk(element.children, in_solution):
            if isinstance(piece, Text):
                piece = Text(_prefix(piece.markdown, "> "), piece.in_solution)
            yield piece

    def _table(self, element: Tag, in_solution: bool) -> Iterator[Piece]:
        yield from (Text(part, in_solution) for part in convert_table(element, self.page))

    def _iframe(self, element: Tag, in_solution: bool) -> Iterator[Piece]:
        title = str(element.get("title") or "interactive figure")
        yield Text(link(f"On the page: {title}", "", self.page), in_solution)

    _object = _video = _audio = _iframe

    def _figcaption(self, element: Tag, in_solution: bool) -> Iterator[Piece]:
        yield from self.walk(element.children, in_solution)

    def _ul(self, element: Tag, in_solution: bool) -> Iterator[Piece]:
        yield from self._list(element, None, in_solution)

    def _ol(self, element: Tag, in_solution: bool) -> Iterator[Piece]:
        start = str(element.get("start") or "1")
        yield from self._list(element, int(start) if start.isdigit() else 1, in_solution)

    def _list(self, element: Tag, number: int | None, in_solution: bool) -> Iterator[Piece]:
        """Convert a list; what cannot stand in a Markdown list follows the item it is part of."""
        waiting: list[str] = []
        for item in element.find_all("li", recursive=False):
            pieces = list(self.walk(item.children, in_solution))
            mark = "- " if number is None else f"{number}. "
            number = None if number is None else number + 1
            inside: list[Piece] = []
            while pieces and isinstance(pieces[0], Text) and pieces[0].in_solution == in_solution:
                inside.append(pieces.pop(0))
            if inside:
                text = _prefix(_join(inside), " " * len(mark))[len(mark) :]
                waiting.append(mark + text)
            if pieces:
                if waiting:
                    yield Text("\n".join(waiting), in_solution)
                waiting = []
                yield from pieces
        if waiting:
            yield Text("\n".join(waiting), in_solution)

    def _details(self, element: Tag, in_solution: bool) -> Iterator[Piece]:
        """Convert what can be opened: cells stand outside of it, as Jupyter knows no other way."""
        summary = element.find("summary", recursive=False)
        title = "".join(map(plain_html, summary.children)).strip() if summary else "Details"
        children = [child for child in element.children if child is not summary]
        waiting: list[Piece] = []
        for piece in [*self.walk(children, in_solution), None]:
            if isinstance(piece, Text) and piece.in_solution == in_solution:
                waiting.append(piece)
                continue
            if waiting:
                yield Text(_fold(title, _join(waiting)), in_solution)
                waiting = []
            if piece is not None:
                yield piece

    def _cell(self, element: Tag, in_solution: bool) -> Iterator[Piece]:
        shown = element.select_one(".cell_input pre")
        yield CellPlace(shown.get_text() if shown else "", in_solution)
        for caption in element.select(".cell_output figcaption, .cell_output caption"):
            text = paragraph(list(caption.children), self.page)
            if text:
                yield Text(text, in_solution)


def _holds_blocks(element: Tag) -> bool:
    classes = element.get_attribute_list("class")
    if element.name in _BLOCKS or element.name in ("dt", "dd", "li", "figcaption"):
        return True
    return "sd-tab-label" in classes or element.find(list(_BLOCKS)) is not None


def _join(pieces: Iterable[Piece]) -> str:
    return "\n\n".join(piece.markdown for piece in pieces if isinstance(piece, Text))


def _prefix(text: str, prefix: str) -> str:
    return "\n".join((prefix + line).rstrip() for line in text.split("\n"))


def _fold(title: str, text: str) -> str:
    return f"<details>\n<summary>{title}</summary>\n\n{text}\n\n</details>"


def _code_block(element: Tag) -> str:
    text = element.get_text().strip("\n")
    language = ""
    for parent in element.parents:
        match = _LANGUAGE.search(" ".join(map(str, parent.get_attribute_list("class"))))
        if match:
            language = match[1].removeprefix("default").removeprefix("none")
            break
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}"


def _display(element: Tag) -> str:
    number = element.select_one(".eqno")
    tag = rf"\tag{{{number.get_text().strip('()#¶ ')}}}" if number else ""
    formulas = [formula(one) for one in element.find_all("math")]
    return "\n\n".join(f"$$\n{one}\n{tag}\n$$".replace("\n\n", "\n") for one in formulas)
