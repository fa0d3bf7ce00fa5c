"""The cells of a notebook for learners: which, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nbformat import NotebookNode

from lessonbook.downloads.code import read_names
from lessonbook.downloads.pieces import CellPlace, Piece, Text
from lessonbook.findings import Finding, LessonbookError
from lessonbook.notebook import HIDDEN_TAG

_WITHOUT_SOURCE = frozenset({"remove-input", "remove_input", "remove-code", "remove_code"})


@dataclass(frozen=True)
class Code:
    """An executed code cell.

    Attributes
    ----------
    cell : NotebookNode
    is_hidden : bool
        Whether the page does not show it.
    in_solution : bool
    """

    cell: NotebookNode
    is_hidden: bool
    in_solution: bool


Part = Text | Code


def join_cells(pieces: Sequence[Piece], cells: Sequence[NotebookNode], page: str) -> list[Part]:
    """Put the executed cells where the page shows them.

    Parameters
    ----------
    pieces : sequence of Text or CellPlace
        From `read_pieces`.
    cells : sequence of NotebookNode
        The page's code cells in the order in which they were executed; the page shows them in
        the same order, if at all.
    page : str
        What to call the page in messages.

    Returns
    -------
    list of Text or Code
        With every cell. One that the page does not show stands before the next that it does.

    Raises
    ------
    LessonbookError
        If the page shows a cell that is not among `cells`.
    """
    parts: list[Part] = []
    position = 0
    for piece in pieces:
        if isinstance(piece, Text):
            parts.append(piece)
            continue
        index = _find(piece, cells, position)
        if index < 0:
            shown = piece.source.strip().partition("\n")[0]
            message = (
                f"found the cell {shown!r} on the page and not, at its place, in the notebook "
                "that was executed; run `lessonbook clean`, and build again."
            )
            raise LessonbookError(Finding(page, None, message))
        parts += [Code(cell, True, piece.in_solution) for cell in cells[position:index]]
        parts.append(Code(cells[index], False, piece.in_solution))
        position = index + 1
    return parts + [Code(cell, True, False) for cell in cells[position:]]


def _find(place: CellPlace, cells: Sequence[NotebookNode], start: int) -> int:
    wanted = "".join(place.source.split())
    for index in range(start, len(cells)):
        tags = set(cells[index].metadata.get("tags", ()))
        if HIDDEN_TAG in tags:
            continue
        if wanted:
            is_it = wanted == "".join(cells[index].source.split())
        else:
            is_it = bool(tags & _WITHOUT_SOURCE) and bool(cells[index].get("outputs"))
        if is_it:
            return index
    return -1


def choose_parts(parts: Sequence[Part], with_solutions: bool) -> list[Part]:
    """Leave out what learners need not have.

    A cell that the page hides is left out where it only defines what is not used further on, and
    asserts. Without solutions, a solution's cell stays only if the cells after it do not run
    without it.

    Parameters
    ----------
    parts : sequence of Text or Code
        From `join_cells`.
    with_solutions : bool

    Returns
    -------
    list of Text or Code
    """
    wanted: set[str] = set()
    kept: list[Part] = []
    bound_before = list(_bound_outside_solutions(parts))
    for part, known in zip(reversed(parts), reversed(bound_before), strict=True):
        if isinstance(part, Text):
            if with_solutions or not part.in_solution:
                kept.append(part)
            continue
        names = read_names(part.cell.source)
        is_needed = bool(names.bound & wanted)
        if part.in_solution and not with_solutions:
            is_kept = bool((names.bound & wanted) - known)
        elif part.is_hidden:
            is_kept = is_needed or not names.only_defines
        else:
            is_kept = True
        if is_kept:
            wanted |= names.used
            kept.append(part)
    kept.reverse()
    return _without_double_rules(kept)


def _bound_outside_solutions(parts: Sequence[Part]) -> Iterator[frozenset[str]]:
    """Yield, for each part, the names that are known before it without any solution."""
    known: frozenset[str] = frozenset()
    for part in parts:
        yield known
        if isinstance(part, Code) and not part.in_solution:
            known |= read_names(part.cell.source).bound


def _without_double_rules(parts: list[Part]) -> list[Part]:
    """Drop the rule between two boxes of which one ends where the other begins."""
    rule = "---"
    doubled = {
        index
        for index, (one, other) in enumerate(pairwise(parts))
        if isinstance(one, Text)
        and isinstance(other, Text)
        and one.markdown == other.markdown == rule
    }
    return [part for index, part in enumerate(parts) if index not in doubled]
