"""Show how far the execution of the episodes is."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from dataclasses import dataclass
from typing import TextIO

LIVE_SECONDS = 0.2
QUIET_SECONDS = 15.0
"""How often a line is written where lines cannot be overwritten, as in the log of a CI run."""


@dataclass
class _Running:
    started: float
    last_line: float
    place: str = "starts its kernel"
    line: int | None = None
    cell_started: float = 0.0
    slowest: tuple[float, int] = (0.0, 0)

    def end_cell(self, now: float) -> None:
        """Note how long the cell took that has just ended."""
        if self.line is not None:
            self.slowest = max(self.slowest, (now - self.cell_started, self.line))

    def begin_cell(self, now: float, cell: int, cells: int, line: int) -> None:
        """Note where the episode is now."""
        self.end_cell(now)
        self.cell_started, self.line = now, line
        self.place = f"cell {cell}/{cells}, line {line}"


class Progress:
    """Prints a line for each episode that begins or ends, and where the running ones are.

    On a terminal the latter is one line that is overwritten; elsewhere a line every 15 seconds.
    Its methods may be called from any thread.

    Parameters
    ----------
    stream : TextIO, optional
        Where to print; by default standard output.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stdout
        self._is_live = self._stream.isatty()
        self._lock = threading.Lock()
        self._running: dict[str, _Running] = {}
        self._last_refresh = 0.0
        self._total = self._done = 0

    def begin(self, pages: int, jobs: int) -> None:
        """Say how many episodes are to be executed."""
        self._total, self._done = pages, 0
        at_once = f", {jobs} at once" if min(jobs, pages) > 1 else ""
        self.say(f"executing {pages} {'episode' if pages == 1 else 'episodes'}{at_once}")

    def start(self, page: str) -> None:
        """Say that an episode begins."""
        now = time.monotonic()
        with self._lock:
            self._running[page] = _Running(now, now)
        self.say(f"{page}: starts")

    def reach(self, page: str, cell: int, cells: int, line: int) -> None:
        """Note that an episode has reached a cell."""
        with self._lock:
            if page in self._running:
                self._running[page].begin_cell(time.monotonic(), cell, cells, line)

    def end(self, page: str, outcome: str) -> None:
        """Say that an episode has ended, how, and where the most time went."""
        now = time.monotonic()
        with self._lock:
            running = self._running.pop(page, None)
            self._done += 1
        took = f"{now - running.started if running else 0.0:.1f} s"
        if running is not None and running.line is not None:
            running.end_cell(now)
            took += f", {running.slowest[0]:.1f} s of them in the cell on line {running.slowest[1]}"
        self.say(f"{page}: {outcome} after {took} ({self._done} of {self._total})")

    def refresh(self) -> None:
        """Show where the running episodes are, if that was not shown a moment ago."""
        now = time.monotonic()
        if self._is_live:
            if now - self._last_refresh >= LIVE_SECONDS:
                self._last_refresh = now
                self._overwrite(" · ".join(self._places(now, 0.0)))
        else:
            for place in self._places(now, QUIET_SECONDS):
                self.say(place)

    def close(self) -> None:
        """Take away the line that is overwritten."""
        self.say("")

    def _places(self, now: float, quiet: float) -> list[str]:
        with self._lock:
            shown = [(p, r) for p, r in self._running.items() if now - r.last_line >= quiet]
            for _, running in shown:
                running.last_line = now
        return [f"{page}: {run.place}, {now - run.started:.0f} s" for page, run in shown]

    def say(self, text: str) -> None:
        """Print a line of its own."""
        if self._is_live:
            self._overwrite("")
        if text:
            self._stream.write(f"{text}\n")
        self._stream.flush()

    def _overwrite(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(f"\r\x1b[K{text[:width]}")
        self._stream.flush()
