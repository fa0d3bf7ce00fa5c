"""Which fence was meant to close which: asked only where the nesting has gone wrong.

Markdown closes an outer fence at the first closing fence that is long enough, whatever was meant,
and ends a fence that is never closed with the page. From then on everything is read in the wrong
place. Here each closing fence goes to the innermost fence of its own length, which is what authors
mean, and where that differs from what Markdown does, the fence that is to blame is the one that
opened there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lessonbook.markup import Problem

_FENCE = re.compile(
    r"^[ \t]*(?:>[ \t]?)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)]|:)[ \t]+)*(?P<fence>`{3,}|~{3,}|:{3,})"
    r"[ \t]*(?P<info>.*?)[ \t]*$"
)
_NAME = re.compile(r"\{([^{}\s]+)\}")
_LITERAL_NAMES_TEXT = """
    code-cell code-block code sourcecode math raw eval-rst
"""
_LITERAL_NAMES = frozenset(_LITERAL_NAMES_TEXT.split())
DEEPEST = 60
"""How many open fences are looked at, so that thousands of them cost no more than their number."""


@dataclass
class _Fence:
    line: int
    marker: str
    length: int
    info: str
    parents: tuple[_Fence, ...]
    is_closed: bool = False
    short_closer: int = 0
    inner: list[_Fence] = field(default_factory=list)

    @property
    def is_literal(self) -> bool:
        match = _NAME.match(self.info)
        return self.marker != ":" if match is None else match[1] in _LITERAL_NAMES

    @property
    def title(self) -> str:
        match = _NAME.match(self.info)
        if match:
            return f"{{{match[1]}}}"
        return "the block" if self.marker == ":" else "the code block"

    @property
    def mark(self) -> str:
        return self.marker * self.length


def find_faults(lines: Sequence[str], first_line: int) -> list[Problem]:
    """Say which fences are to blame for a nesting that went wrong.

    Parameters
    ----------
    lines : sequence of str
        The page's text below its front matter.
    first_line : int
        Line of the file on which it begins.

    Returns
    -------
    list of Problem
        Of kind ``fence`` for a fence that is never closed, ``nesting`` for one that closes
        elsewhere than was meant; each at the line that opened it.
    """
    scanner = _Scanner(lines, first_line)
    return sorted(scanner.run(), key=lambda problem: problem.line)


class _Scanner:
    def __init__(self, lines: Sequence[str], first_line: int) -> None:
        self.lines = lines
        self.first_line = first_line
        self.open: list[_Fence] = []
        self.unclosed: list[_Fence] = []
        self.closed: list[_Fence] = []
        self.strays: list[tuple[int, str]] = []
        self.passed_over: set[int] = set()

    def run(self) -> Iterator[Problem]:
        position = 0
        while position < len(self.lines):
            position = self._step(position)
        self.unclosed += self.open
        yield from (self._unclosed(fence) for fence in self.unclosed)
        yield from self._misnested()
        if not self.unclosed:
            yield from (self._stray(line, mark) for line, mark in self.strays)

    def _step(self, position: int) -> int:
        match = _FENCE.match(self.lines[position])
        if match is None or position in self.passed_over:
            return position + 1
        mark, info = match["fence"], match["info"]
        if mark[0] == "`" and "`" in info:
            return position + 1
        top = self.open[-1] if self.open else None
        if not info and self._close(mark, self.first_line + position):
            return position + 1
        if top is not None and top.is_literal:
            return self._inside_literal(top, mark, info, position)
        if info or mark[0] != ":":
            self._open(mark, info, self.first_line + position)
        else:
            self.strays.append((self.first_line + position, mark))
        return position + 1

    def _inside_literal(self, top: _Fence, mark: str, info: str, position: int) -> int:
        """Take a fence that opens inside code for the proof that the code was not closed."""
        if not info or mark[0] != top.marker or len(mark) < top.length:
            return position + 1
        self.open.pop()
        self.unclosed.append(top)
        opened_at = top.line - self.first_line
        self.passed_over.add(opened_at)
        return opened_at + 1

    def _open(self, mark: str, info: str, line: int) -> None:
        fence = _Fence(line, mark[0], len(mark), info, tuple(self.open[-DEEPEST:]))
        self.open.append(fence)

    def _close(self, mark: str, line: int) -> bool:
        """Close the innermost fence of this length, or else the innermost that it can close."""
        same = [fence for fence in self.open[-DEEPEST:] if fence.marker == mark[0]]
        meant = next((fence for fence in reversed(same) if fence.length == len(mark)), None)
        if meant is None:
            meant = self._closable(same, mark)
        if meant is None:
            if same and (mark[0] == ":" or same[-1].is_literal):
                same[-1].short_closer = same[-1].short_closer or line
            return False
        while self.open[-1] is not meant:
            self.unclosed.append(self.open.pop())
        self.open.pop()
        meant.is_closed = True
        self.closed.append(meant)
        return True

    def _closable(self, same: list[_Fence], mark: str) -> _Fence | None:
        fence = next((fence for fence in reversed(same) if fence.length < len(mark)), None)
        # backticks without a name may as well open a code block
        return fence if mark[0] == ":" or (self.open and fence is self.open[-1]) else None

    def _unclosed(self, fence: _Fence) -> Problem:
        message = f"{fence.title} is opened here with {fence.mark} and never closed"
        if fence.short_closer:
            message += (
                f" (the fence of line {fence.short_closer} is shorter, so it does not close it)"
            )
        return Problem(
            "fence",
            fence.line,
            f"{message}, so it swallows what follows; write {fence.mark} on a line of its own "
            "where it ends.",
        )

    def _misnested(self) -> Iterator[Problem]:
        reported = set()
        for inner in sorted(self.closed, key=lambda fence: fence.line):
            for outer in inner.parents:
                if (
                    outer.marker == inner.marker
                    and outer.length <= inner.length
                    and outer.is_closed
                    and outer.line not in reported
                ):
                    reported.add(outer.line)
                    yield self._too_short(outer, inner)

    def _too_short(self, outer: _Fence, inner: _Fence) -> Problem:
        sign = "colons" if outer.marker == ":" else "backticks" if outer.marker == "`" else "tildes"
        return Problem(
            "nesting",
            outer.line,
            f"{outer.title} is opened here with {outer.mark}, but the fence inside it, in line "
            f"{inner.line}, is {inner.mark}, so the end of {inner.title} closes both; give "
            f"{outer.title} more {sign}, at least {outer.marker * (inner.length + 1)}.",
        )

    def _stray(self, line: int, mark: str) -> Problem:
        return Problem(
            "nesting",
            line,
            f"{mark} closes nothing: no block with this fence is open here; remove it, or open the "
            "block that it was meant to close.",
        )
