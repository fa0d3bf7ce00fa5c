"""What is wrong, where, and what to do about it: the one form in which problems are reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """A problem that the author can mend.

    Parameters
    ----------
    file : str
        Path from the project's root.
    line : int or None
        1-based line, where there is one.
    message : str
        What was found, what is allowed, and how to fix it.
    rule : str
        Id of the rule that was broken; empty where no rule of the linter says it.
    severity : {"error", "warning"}
        Whether it fails a check, or only deserves a look.

    Examples
    --------
    >>> str(Finding("episodes/03-mcmc.md", 41, "solution stands outside any challenge.", "LB021"))
    'episodes/03-mcmc.md:41: solution stands outside any challenge. [LB021]'
    """

    file: str
    line: int | None
    message: str
    rule: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}" + (f" [{self.rule}]" if self.rule else "")


class LessonbookError(Exception):
    """A build that cannot go on.

    Parameters
    ----------
    findings : sequence of Finding
        All the reasons, not just the first.
    """

    def __init__(self, *findings: Finding) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings

    def __reduce__(self) -> tuple[type[LessonbookError], tuple[Finding, ...]]:
        return type(self), self.findings
