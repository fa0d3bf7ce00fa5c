"""The report on episodes that failed: place, code and traceback of each."""

from __future__ import annotations

from collections.abc import Sequence

from lessonbook.episode_run import Failure
from lessonbook.findings import Finding, LessonbookError

LONGEST_SOURCE = 40
"""Lines of a cell that the report shows."""


class ExecutionFailedError(LessonbookError):
    """Episodes that could not be executed to their end.

    Parameters
    ----------
    failures : sequence of Failure
        One for each of them.
    """

    def __init__(self, failures: Sequence[Failure]) -> None:
        super().__init__(*(Finding(one.page, one.line, one.message) for one in failures))
        self.failures = tuple(failures)

    def __str__(self) -> str:
        parts = [report_failure(failure) for failure in self.failures]
        count = len(self.failures)
        parts.append(f"{count} {'episode' if count == 1 else 'episodes'} failed")
        return "\n\n".join(parts)


def report_failure(failure: Failure) -> str:
    """Return a failure with the cell's code and the traceback.

    Parameters
    ----------
    failure : Failure
        What failed.

    Returns
    -------
    str
        Several lines; the first begins with file and line.

    Examples
    --------
    >>> print(report_failure(Failure("one.md", 8, "code-cell failed with KeyError: 'a'", "d['a']")))
    one.md:8: code-cell failed with KeyError: 'a'
      the cell:
        d['a']
    """
    parts = [f"{failure.page}:{failure.line}: {failure.message}"]
    if failure.source.strip():
        lines = failure.source.splitlines()
        parts += ["  the cell:", *_indent(lines[:LONGEST_SOURCE])]
        if len(lines) > LONGEST_SOURCE:
            parts.append(f"    … {len(lines) - LONGEST_SOURCE} more lines")
    if failure.traceback:
        parts += ["  its traceback:", *_indent(failure.traceback.splitlines())]
    return "\n".join(parts)


def _indent(lines: list[str]) -> list[str]:
    return [f"    {line}".rstrip() for line in lines]
