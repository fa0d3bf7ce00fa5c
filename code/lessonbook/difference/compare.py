"""In what two built sites differ, page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from lessonbook.difference.numbers import NumberChange, changed_numbers, skeleton
from lessonbook.difference.page_text import Figure, PageText, read_page

Kind = Literal["added", "removed", "changed"]
EMPTY = PageText((), ())


@dataclass(frozen=True)
class PageDifference:
    """What is different on a page, or on several in the same way.

    Attributes
    ----------
    pages : tuple of str
        Paths from the site's folder.
    kind : {"added", "removed", "changed"}
        Whether only one of the sites has the page.
    lines : tuple of str
        Unified difference of the page's text, without the lines that name files.
    numbers : tuple of NumberChange
        Numbers that are others, where the words around them stayed.
    figures : tuple of str
        Names of the images that are new or look different, and of those that are gone.
    """

    pages: tuple[str, ...]
    kind: Kind
    lines: tuple[str, ...]
    numbers: tuple[NumberChange, ...]
    figures: tuple[str, ...]

    @property
    def n_added(self) -> int:
        """Lines of text that the old page did not have."""
        return sum(line.startswith("+") for line in self.lines)

    @property
    def n_removed(self) -> int:
        """Lines of text that the new page does not have."""
        return sum(line.startswith("-") for line in self.lines)


def compare_sites(old: Path, new: Path, exclude: Collection[str] = ()) -> list[PageDifference]:
    """Say what a reader would notice.

    Parameters
    ----------
    old, new : pathlib.Path
        Folders of two built sites.
    exclude : collection of str
        Patterns of pages to leave out, such as ``book/all.html``.

    Returns
    -------
    list of PageDifference
        By the name of the page. Pages that differ in the same way, such as the learners' and the
        instructors' page of an episode, are one entry, under the name that is highest up.
    """
    pages = sorted(
        _pages(old, exclude) | _pages(new, exclude), key=lambda page: (page.count("/"), page)
    )
    found: dict[object, PageDifference] = {}
    for page in pages:
        difference = _compare_pages(page, old / page, new / page)
        if difference is None:
            continue
        key = _what_changed(difference)
        if key in found:
            pages_so_far = found[key].pages
            difference = PageDifference(
                (*pages_so_far, page),
                difference.kind,
                found[key].lines,
                difference.numbers,
                difference.figures,
            )
        found[key] = difference
    return sorted(found.values(), key=lambda difference: difference.pages)


def compare_texts(old: Iterable[str], new: Iterable[str]) -> tuple[NumberChange, ...]:
    """Numbers that changed between two texts.

    Parameters
    ----------
    old, new : iterable of str
        Their lines.

    Returns
    -------
    tuple of NumberChange
        In the order of the new text. Lines that stayed hold the others in place, so that a row put
        into a table does not make every row below it another.

    Examples
    --------
    >>> compare_texts(["A | 28"], ["B | 12", "A | 29"])
    (NumberChange(old='28', new='29', line='A | 29'),)
    """
    old, new = list(old), list(new)
    return tuple(
        change
        for old_part, new_part in _rewritten(old, new)
        for old_line, new_line in _same_lines(old_part, new_part)
        for change in changed_numbers(old_line, new_line)
    )


def _pages(site: Path, exclude: Collection[str]) -> set[str]:
    pages = {file.relative_to(site).as_posix() for file in site.rglob("*.html")}
    return {page for page in pages if not any(fnmatch(page, pattern) for pattern in exclude)}


def _compare_pages(page: str, old_file: Path, new_file: Path) -> PageDifference | None:
    old = read_page(old_file) if old_file.is_file() else EMPTY
    new = read_page(new_file) if new_file.is_file() else EMPTY
    kind: Kind = "changed"
    if not old_file.is_file():
        kind = "added"
    elif not new_file.is_file():
        kind = "removed"
    elif old == new:
        return None
    lines = list(unified_diff(old.lines, new.lines, lineterm="", n=1))[2:]
    figures = _changed_figures(old.figures, new.figures)
    numbers = compare_texts(old.lines, new.lines)
    if kind == "changed" and not lines and not figures:
        return None
    return PageDifference((page,), kind, tuple(lines), numbers, figures)


def _changed_figures(old: Collection[Figure], new: Collection[Figure]) -> tuple[str, ...]:
    changed = (Counter(new) - Counter(old)) + (Counter(old) - Counter(new))
    return tuple(dict.fromkeys(figure.name for figure in changed))


def _what_changed(difference: PageDifference) -> object:
    texts = tuple(line for line in difference.lines if line.startswith(("+", "-")))
    return difference.kind, texts, difference.numbers, difference.figures


def _rewritten(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    for tag, i, i_end, j, j_end in SequenceMatcher(None, old, new, False).get_opcodes():
        if tag == "replace":
            yield old[i:i_end], new[j:j_end]


def _same_lines(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Pair the lines of which one became the other."""
    old_forms, new_forms = [*map(skeleton, old)], [*map(skeleton, new)]
    matcher = SequenceMatcher(None, old_forms, new_forms, False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal" or (tag == "replace" and i_end - i == j_end - j):
            yield from zip(old[i:i_end], new[j:j_end], strict=True)
