"""Find and end the processes of an episode, whatever became of their parents."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import psutil

TAG_VARIABLE = "LESSONBOOK_RUN"
"""Environment variable that every process of an episode inherits: ``course/build/episode``."""

_ROUNDS = 50
_PAUSE_SECONDS = 0.1
_REMOVAL_SECONDS = 5.0
_FINISHED = "finished"
# after a kill: a process that was just being started has no tag until its program is loaded
_LATER_LOOKS = (0.2, 0.5, 1.0)


class InterruptedBuildError(KeyboardInterrupt):
    """The process was asked to end.

    Parameters
    ----------
    number : int
        The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextlib.contextmanager
def signals_as_interrupts() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind the process the way that Ctrl-C does."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise InterruptedBuildError(number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), stop) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def course_tag(root: Path) -> str:
    """Return the first part of the tag of every process of a course."""
    return hashlib.sha256(str(root).encode()).hexdigest()[:12]


def new_tag(root: Path) -> str:
    """Return a tag for processes of one build of a course; no other build has the same.

    What watches over a build that was killed must not end the processes of the next.
    """
    return f"{course_tag(root)}/{uuid.uuid4().hex[:12]}"


def tagged_processes(tag: str) -> list[psutil.Process]:
    """Find the processes whose tag is `tag`, or begins with it and a slash.

    Parameters
    ----------
    tag : str
        One, two or three parts of a tag.

    Returns
    -------
    list of psutil.Process
        Those that this user may see, without this one; processes that have ended are left out.
    """
    found = []
    for process in psutil.process_iter():
        # gone meanwhile, or another user's
        with contextlib.suppress(psutil.Error, OSError):
            its_tag = process.environ().get(TAG_VARIABLE, "")
            if f"{its_tag}/".startswith(f"{tag}/") and process.pid != os.getpid():
                found.append(process)
    return found


def end_processes(tag: str) -> int:
    """Kill every process with a tag, until there is none.

    Parameters
    ----------
    tag : str
        As for `tagged_processes`.

    Returns
    -------
    int
        How many were still running.
    """
    ended: set[int] = set()
    for _ in range(_ROUNDS):
        running = [process for process in tagged_processes(tag) if _is_running(process)]
        if not running:
            break
        for process in running:
            ended.add(process.pid)
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(running, timeout=_PAUSE_SECONDS)
    return len(ended)


def memory_of(tag: str) -> int:
    """Return the bytes of memory that the processes with a tag hold."""
    total = 0
    for process in tagged_processes(tag):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss
    return total


def _is_running(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextlib.contextmanager
def guard(tag: str, workspace: Path | None = None) -> Iterator[None]:
    """Have a process of its own clean up, however this one ends; ``kill -9`` included.

    Parameters
    ----------
    tag : str
        The tag of the processes to end.
    workspace : pathlib.Path, optional
        A folder to remove.
    """
    watcher = subprocess.Popen(
        [sys.executable, "-m", __name__, tag, *([str(workspace)] if workspace else [])],
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that Ctrl-C in the terminal does not reach it
    )
    try:
        yield
    finally:
        watcher.communicate(_FINISHED)


def _watch(tag: str, workspace: str = "") -> None:
    """Wait for the end of the process that holds the other end of standard input; clean up."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    was_finished = sys.stdin.read() == _FINISHED
    end_processes(tag)
    for pause in () if was_finished else _LATER_LOOKS:
        time.sleep(pause)
        end_processes(tag)
    deadline = time.monotonic() + _REMOVAL_SECONDS
    while workspace and Path(workspace).exists() and time.monotonic() < deadline:
        shutil.rmtree(workspace, ignore_errors=True)


if __name__ == "__main__":
    _watch(*sys.argv[1:])
