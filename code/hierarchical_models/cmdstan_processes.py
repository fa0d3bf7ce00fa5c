"""Run the long commands of an installation: progress, a log, and no process left behind."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TextIO

from hierarchical_models.cmdstan_installation import CmdStanError

_POLL_SECONDS = 0.1
_GRACE_SECONDS = 5.0
_TAIL_LINES = 40
_LIVE_SECONDS = 0.5
_QUIET_SECONDS = 15.0
_FULL_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT)
_FULL_DISK_TEXT = "No space left on device"
# A make that calls us hands its own options down in these: its job server is closed to our
# make, and its -B or -n would rebuild or skip the whole of CmdStan.
_VARIABLES_OF_A_CALLING_MAKE = (
    "MAKEFLAGS",
    "MFLAGS",
    "MAKELEVEL",
    "MAKEOVERRIDES",
    "MAKEFILES",
    "GNUMAKEFLAGS",
    "MAKE_TERMOUT",
    "MAKE_TERMERR",
)


class DiskFullError(CmdStanError):
    """There is no room left on the disk."""


class StoppedError(CmdStanError):
    """A command was ended because the caller asked for it."""


class Progress:
    """Prints a line per step, and during a long step how far it is.

    On a terminal the second is one line that is overwritten; elsewhere it is a new line every
    15 seconds, so that a log of a continuous build stays readable and never looks dead.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        """Print to `stream`, by default standard output."""
        self._stream = stream if stream is not None else sys.stdout
        self._live = self._stream.isatty()
        self._line_is_open = False
        self._last = time.monotonic()

    def say(self, text: str) -> None:
        """Print a line of its own."""
        self._close_line()
        print(text, file=self._stream, flush=True)
        self._last = time.monotonic()

    def tick(self, text: str) -> None:
        """Show how far the step is, unless that was shown a moment ago."""
        now = time.monotonic()
        if now - self._last < (_LIVE_SECONDS if self._live else _QUIET_SECONDS):
            return
        self._last = now
        if self._live:
            self._stream.write(f"\r\x1b[K{text}")
            self._stream.flush()
            self._line_is_open = True
        else:
            print(text, file=self._stream, flush=True)

    def _close_line(self) -> None:
        if self._line_is_open:
            self._stream.write("\r\x1b[K")
            self._line_is_open = False


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    command: tuple[str, ...]
    status: int
    seconds: float
    tail: tuple[str, ...]
    is_disk_full: bool = False

    def explain(self) -> str:
        """Exit status and last lines of the output, for an error message."""
        lines = [line for line in self.tail if line.strip()][-15:]
        shown = "".join(f"\n    {line}" for line in lines) or " (no output)"
        hint = ""
        if any("Killed signal" in line or "out of memory" in line.lower() for line in self.tail):
            hint = "\n    The compiler ran out of memory; compile one file at a time (--jobs 1)."
        ended = f"exit status {self.status}" if self.status >= 0 else f"signal {-self.status}"
        return f"{' '.join(self.command[:4])} ended with {ended}:{shown}{hint}"

    def check(self, error: type[CmdStanError], what: str, folder: Path) -> None:
        """Raise where the command failed.

        Parameters
        ----------
        error : type
            What to raise, unless the reason is a full disk.
        what : str
            What failed, for the message.
        folder : pathlib.Path
            Where the command wrote.

        Raises
        ------
        DiskFullError
            If the command said that the disk is full.
        """
        if self.status and self.is_disk_full:
            raise DiskFullError(f"{folder}: the disk is full; {what}")
        if self.status:
            raise error(f"{what}: {self.explain()}")


@dataclass
class Watch:
    """What to do while a command runs, and when to give it up.

    Attributes
    ----------
    on_tick : callable, optional
        Called about ten times a second with the elapsed seconds.
    on_line : callable, optional
        Called with every line of output; runs in another thread.
    amount_done : callable, optional
        A number that grows while the command gets anywhere, for example bytes downloaded.
    stall_seconds : float, optional
        End the command when it printed nothing and `amount_done` stood still for so long.
    stop : threading.Event, optional
        End the command when this is set.
    """

    on_tick: Callable[[float], None] | None = None
    on_line: Callable[[str], None] | None = None
    amount_done: Callable[[], float] | None = None
    stall_seconds: float | None = None
    stop: threading.Event | None = None
    _last_amount: float = field(default=-1.0, init=False)
    _last_change: float = field(default_factory=time.monotonic, init=False)

    def check(self, started: float, last_output: float) -> None:
        """Report progress; raise where the command is to be ended."""
        now = time.monotonic()
        if self.stop is not None and self.stop.is_set():
            raise StoppedError("stopped on request")
        if self.stall_seconds is not None:
            amount = self.amount_done() if self.amount_done is not None else 0.0
            if amount != self._last_amount:
                self._last_amount, self._last_change = amount, now
            silent_for = now - max(self._last_change, last_output)
            if silent_for > self.stall_seconds:
                raise CmdStanError(f"nothing happened for {silent_for:.0f} s, so it was given up")
        if self.on_tick is not None:
            self.on_tick(now - started)


def clean_environment(temporary: Path | None = None, **changes: str) -> dict[str, str]:
    """Environment for make, pip and compilers.

    Parameters
    ----------
    temporary : pathlib.Path, optional
        Folder for their temporary files; it goes the way of the staging folder it is in.
    **changes : str
        Further variables.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in _VARIABLES_OF_A_CALLING_MAKE
    }
    environment["LC_ALL"] = "C"
    if temporary is not None:
        environment.update(dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(temporary)))
    return {**environment, **changes}


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    log: Path | None = None,
    watch: Watch | None = None,
) -> Outcome:
    """Run a command to its end, in a process group of its own.

    Whatever ends the waiting (an interrupt included) also ends every process of the group.

    Parameters
    ----------
    command : sequence of str or pathlib.Path
        Program and arguments.
    cwd : pathlib.Path
        Folder it runs in.
    environment : mapping of str to str
        Its whole environment.
    log : pathlib.Path, optional
        File that all its output is appended to.
    watch : Watch, optional
        Progress, and when to give up.

    Returns
    -------
    Outcome

    Raises
    ------
    CmdStanError
        If the command cannot be started, or the watch gives it up.
    """
    watch = watch or Watch()
    words = tuple(str(word) for word in command)
    started = time.monotonic()
    try:
        process = subprocess.Popen(
            words,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise CmdStanError(f"{words[0]} cannot be started: {error.strerror or error}") from error
    try:
        assert process.stdout is not None
        output = _OutputReader(process.stdout, words, log, watch.on_line)
        while not _has_ended(process):
            watch.check(started, output.last_output)
    finally:
        _end_group(process)
    output.finish()
    return Outcome(
        words, process.returncode, time.monotonic() - started, output.tail(), output.is_disk_full
    )


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(_POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end_group(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    _signal_group(process, signal.SIGTERM)
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        _signal_group(process, getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    if not hasattr(os, "killpg"):
        process.kill()
        return
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        # It ended between the question and the signal.
        return


class _OutputReader:
    """Copies a command's output to the log and keeps its last lines."""

    def __init__(
        self,
        pipe: IO[bytes],
        command: tuple[str, ...],
        log: Path | None,
        on_line: Callable[[str], None] | None,
    ) -> None:
        self._pipe = pipe
        self._log = log
        self._on_line = on_line
        self._lines: deque[str] = deque(maxlen=_TAIL_LINES)
        self.last_output = time.monotonic()
        self.is_disk_full = False
        self._write(f"$ {' '.join(command)}\n".encode())
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()

    def _copy(self) -> None:
        with self._pipe:
            for raw in self._pipe:
                self.last_output = time.monotonic()
                line = raw.decode("utf-8", "replace").rstrip()
                self._lines.append(line)
                self.is_disk_full = self.is_disk_full or _FULL_DISK_TEXT in line
                self._write(raw)
                if self._on_line is not None:
                    self._on_line(line)

    def _write(self, raw: bytes) -> None:
        if self._log is None:
            return
        try:
            with self._log.open("ab") as stream:
                stream.write(raw)
        except OSError as error:
            # The command matters more than its log; a full disk is reported by the caller.
            self.is_disk_full = self.is_disk_full or error.errno in _FULL_DISK_ERRORS
            self._log = None

    def finish(self) -> None:
        # A grandchild that left the group could hold the pipe open for ever.
        self._thread.join(_GRACE_SECONDS)

    def tail(self) -> tuple[str, ...]:
        return tuple(self._lines)


@contextmanager
def explained_disk_errors(folder: Path, needed: str) -> Iterator[None]:
    """Turn the errors of a full or closed disk into ones that say what to do.

    Parameters
    ----------
    folder : pathlib.Path
        Where is being written.
    needed : str
        What is needed and how to change the place, for the message.

    Raises
    ------
    DiskFullError
        If the disk that `folder` is on is full.
    CmdStanError
        If the operating system refuses something else.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL_DISK_ERRORS:
            raise DiskFullError(f"{folder}: the disk is full; {needed}") from error
        raise CmdStanError(f"{folder}: {error}; {needed}") from error
