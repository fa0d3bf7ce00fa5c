"""A table of a built page, for a notebook."""

from __future__ import annotations

from collections.abc import Iterator

from bs4.element import Tag

from lessonbook.downloads.inline import Page, paragraph, plain_html

_SPANS = ("colspan", "rowspan")


def convert_table(table: Tag, page: Page) -> Iterator[str]:
    """Convert a table to Markdown, or to plain HTML where Markdown has no words for it.

    Parameters
    ----------
    table : bs4.element.Tag
    page : Page

    Yields
    ------
    str
        The caption, if there is one, and the table.

    Examples
    --------
    >>> from bs4 import BeautifulSoup
    >>> text = "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></table>"
    >>> print(*convert_table(BeautifulSoup(text, "html.parser").table, Page()))
    | a |
    | --- |
    | 1 |
    """
    caption = table.find("caption")
    if isinstance(caption, Tag):
        yield paragraph(list(caption.children), page)
    rows = [row.find_all(["th", "td"], recursive=False) for row in table.find_all("tr")]
    cells = [[paragraph([cell], page) for cell in row] for row in rows]
    head = table.find("thead")
    is_plain = (
        isinstance(head, Tag)
        and len(head.find_all("tr")) == 1
        and len({len(row) for row in rows}) == 1
        and not table.find(lambda tag: any(tag.has_attr(name) for name in _SPANS))
        and not table.find(["ul", "ol", "pre", "img", "details", "table"])
        and not any("|" in cell or "\n" in cell for row in cells for cell in row)
    )
    if is_plain:
        lines = [f"| {' | '.join(row)} |" for row in cells]
        yield "\n".join([lines[0], f"|{' --- |' * len(cells[0])}", *lines[1:]])
    else:
        parts = "".join(plain_html(child) for child in table.children)
        yield f"<table>{parts}</table>"
