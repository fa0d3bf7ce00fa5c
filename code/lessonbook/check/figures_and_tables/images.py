"""Rules about alternative texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from lessonbook.check.code_cells.notebooks import cell_page, png
from lessonbook.check.rule import Example, PageRule, register
from lessonbook.course import CellResult, Course, Page
from lessonbook.findings import Finding
from lessonbook.markup import CodeCell
from lessonbook.python_cells import draws_figure, full_names

_FILE_NAME = re.compile(r"^[\w./\\ -]+\.(?:png|jpe?g|gif|svg|webp|avif|bmp|tiff?|pdf|eps)$", re.I)
_UNSHOWN = frozenset({"remove-output", "remove-cell"})
_ADVICE = "say in one sentence what the image shows"
_PLOT = "import matplotlib.pyplot as plt\n\nplt.plot([1, 2, 4])"


@register
class MissingAlt(PageRule):
    """Image without alternative text."""

    id = "LB050"
    why = "Who cannot see the image gets nothing, not even that something is missing."
    bad = Example("# A page\n\n![](plot.png)\n", 3, files={"plot.png": ""})
    good = Example(
        "# A page\n\n![Estimates move towards the mean](plot.png)\n", files={"plot.png": ""}
    )

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look at the images of Markdown, of directives and of HTML."""
        for image in page.images:
            if not (image.alt or "").strip():
                message = f"the image {image.target!r} has no alternative text; {_ADVICE}."
                yield self.finding(page.path, image.line, message)


@register
class MissingFigureAlt(PageRule):
    """Figure of a code cell without alternative text."""

    id = "LB051"
    why = "A figure that is computed needs words as much as one that is drawn by hand."
    bad = cell_page(_PLOT, line=8, outputs=(png(),))
    good = cell_page(
        f"---\nmystnb:\n  image:\n    alt: A curve that rises ever faster.\n---\n{_PLOT}",
        outputs=(png(),),
    )
    needs_results = True

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look at the cells that gave a figure, or will."""
        results = course.results.get(page.path, ())
        names = full_names(page.cells) if page.is_python else {}
        for position, cell in enumerate(page.cells):
            result = results[position] if results else None
            if not _UNSHOWN & set(cell.tags) and self._gives_figure(page, cell, result, names):
                alt = cell.option("mystnb", "image", "alt")
                if not (isinstance(alt, str) and alt.strip()):
                    message = (
                        "the figure of this code-cell has no alternative text; "
                        f"{_ADVICE}, under mystnb: image: alt: in the cell's options."
                    )
                    yield self.finding(page.path, cell.line, message)

    def _gives_figure(
        self, page: Page, cell: CodeCell, result: CellResult | None, names: dict[str, str]
    ) -> bool:
        if result is not None:
            return result.has_figure
        is_declared = any(cell.option("mystnb", key) for key in ("figure", "image"))
        return is_declared or (page.is_python and draws_figure(cell, names))


@register
class UselessAlt(PageRule):
    """Alternative text that repeats the caption or is a file name."""

    id = "LB052"
    why = "The caption is read aloud anyway, and a file name tells nobody what there is to see."
    bad = Example("# A page\n\n![plot.png](plot.png)\n", 3, files={"plot.png": ""})
    good = Example(
        "# A page\n\n![Estimates move towards the mean](plot.png)\n", files={"plot.png": ""}
    )

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Compare alternative texts with captions and file names."""
        for image in page.images:
            yield from self._check(page, image.alt, image.caption, image.target, image.line)
        for cell in page.cells:
            alt = cell.option("mystnb", "image", "alt")
            caption = cell.option("mystnb", "figure", "caption")
            line = cell.options.line_of("mystnb", "image", "alt") if alt else cell.line
            yield from self._check(page, alt, caption, "", line)

    def _check(
        self, page: Page, alt: Any, caption: Any, target: str, line: int
    ) -> Iterator[Finding]:
        if not isinstance(alt, str) or not alt.strip():
            return
        if isinstance(caption, str) and _words(alt) and _words(alt) == _words(caption):
            message = f"the alternative text repeats the caption; {_ADVICE}."
            yield self.finding(page.path, line, message)
        elif _FILE_NAME.match(alt.strip()) or alt.strip() == PurePosixPath(target).stem:
            message = f"the alternative text {alt.strip()!r} is the name of a file; {_ADVICE}."
            yield self.finding(page.path, line, message)


def _words(text: str) -> list[str]:
    return re.sub(r"[\W_]+", " ", text.casefold()).split()
