"""The files that one page offers, made of the page and of the notebook that was executed."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from bs4 import BeautifulSoup
from nbformat import NotebookNode

from lessonbook.downloads.cells import choose_parts, join_cells
from lessonbook.downloads.inline import Page
from lessonbook.downloads.notebooks import is_python, make_notebook, make_script, write_notebook
from lessonbook.downloads.pieces import Text, read_pieces
from lessonbook.downloads.sources import EXERCISES, NOTEBOOK, SCRIPT, Source
from lessonbook.findings import Finding, LessonbookError

_CANONICAL = re.compile(r'<link rel="canonical" href="(?P<url>https?://[^"]+)"')


def make_files(source: Source, executed: NotebookNode) -> Mapping[str, str]:
    """Make the notebooks and the script of a page.

    Parameters
    ----------
    source : Source
    executed : NotebookNode
        From `read_executed`.

    Returns
    -------
    mapping of str to str
        Contents by the end of the file's name; empty for a page without code cells.

    Raises
    ------
    LessonbookError
        If page and notebook do not go together.
    """
    cells = [cell for cell in executed.cells if cell.source.strip()]
    # the rest of the page would take as long to parse as the article
    start, end = source.text.find("<article"), source.text.rfind("</article>")
    article = BeautifulSoup(source.text[max(start, 0) : max(end, 0)], "html.parser").article
    if not cells or article is None:
        return {}
    address = _CANONICAL.search(source.text.partition("</head>")[0])
    page = Page(html.unescape(address["url"]) if address else "")
    parts = join_cells(read_pieces(article, page), cells, source.name)
    parts[1:1] = _introduction(source, page)
    complete = choose_parts(parts, with_solutions=True)
    exercises = choose_parts(parts, with_solutions=False)
    kernel = dict(executed.metadata.get("kernelspec", {}))

    def read_image(name: str) -> bytes:
        return _read_image(source, page.images[name])

    files = {
        NOTEBOOK: write_notebook(make_notebook(complete, kernel, read_image, with_outputs=True)),
        EXERCISES: write_notebook(make_notebook(exercises, kernel, read_image, with_outputs=False)),
    }
    if is_python(kernel):
        files[SCRIPT] = make_script(complete)
    return files


def _introduction(source: Source, page: Page) -> list[Text]:
    lines = []
    if page.address:
        lines.append(f"This comes from the page <{page.address}>.")
    if source.requirements:
        lines.append(source.requirements)
    return [Text(" ".join(lines))] if lines else []


def _read_image(source: Source, path: str) -> bytes:
    try:
        return (source.file.parent / path).read_bytes()
    except OSError as error:
        message = f"found the image {path!r}, which cannot be read: {error.strerror}; build again."
        raise LessonbookError(Finding(source.name, None, message)) from error
