"""Where in an episode's text the code stands that failed."""

from __future__ import annotations

import re
from typing import Any

from lessonbook.notebook import EpisodeNotebook

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def plain(text: str) -> str:
    """Return text without the codes that colour it in a terminal."""
    return _ANSI.sub("", text)


def place_of_error(
    episode: EpisodeNotebook, index: int, row: int, source: list[str]
) -> tuple[str, int]:
    """Find what failed and where it was written.

    Parameters
    ----------
    episode : EpisodeNotebook
        The episode.
    index : int
        Position of the failed cell in the notebook.
    row : int
        Line of the cell's code that failed, from 1.
    source : list of str
        The lines of the episode's file.

    Returns
    -------
    what : str
        ``code-cell``, or which ``{eval}``.
    line : int
        Line of the file, from 1.
    """
    evals = [expression for expression in episode.evals if expression.index == index]
    if evals:
        # The list of values begins on the second line of its cell.
        expression = evals[min(max(row - 2, 0), len(evals) - 1)]
        return f"{{eval}} of {expression.text!r}", expression.line
    start = episode.notebook.metadata.source_map[index]
    code = episode.notebook.cells[index].source
    return "code-cell", first_code_line(code, start, source) + row - 1


def failing_row(error: Any, count: int | None) -> int:
    """Return the line, from 1, of a cell at which it failed.

    Parameters
    ----------
    error : NotebookNode
        The output that reports the error.
    count : int or None
        The number of the cell's execution.

    Returns
    -------
    int
        1 where the error does not say.
    """
    where = re.compile(rf"(?:Cell )?In ?\[{count}\], line (\d+)")
    match = where.search(plain("\n".join(error.traceback)))
    return int(match.group(1)) if match else 1


def first_code_line(code: str, start: int, source: list[str]) -> int:
    """Return the line of the file, from 1, on which a cell's code begins below its options."""
    wanted = [line.strip() for line in code.splitlines()]
    for first in range(start, len(source)):
        if [line.strip(" \t>") for line in source[first : first + len(wanted)]] == [
            line.strip(" \t>") for line in wanted
        ]:
            return first + 1
    return start + 1
