"""The processes that do the work, each made ready beforehand and used once.

A new process for each build keeps nothing of an earlier one, so that a preview of many hours shows
what a fresh build would. It costs no time, because it starts from a process that has everything
imported, and is ready before the next edit is saved.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from lessonbook.findings import Finding, LessonbookError
from lessonbook.preview.messages import Done, Failed, Message, Setting

Task = Callable[[Setting, Callable[[], Any], Callable[[Message], None]], None]
"""Given the setting, a function that waits for the order, and one that reports."""


def render(connection: Connection, setting: Setting) -> None:
    """Render what has changed; the target of a process.

    Parameters
    ----------
    connection : multiprocessing.connection.Connection
        To the process that serves.
    setting : Setting
        The course, and where its pages go.
    """
    from lessonbook.preview.render import render_once

    _work(connection, setting, render_once, setting.log)


def execute(connection: Connection, setting: Setting) -> None:
    """Say which episodes are stale, and execute those that are ordered; the target of a process.

    Parameters
    ----------
    connection : multiprocessing.connection.Connection
        To the process that serves.
    setting : Setting
        The course.
    """
    from lessonbook.preview.execution import execute_once

    _work(connection, setting, execute_once, setting.execution_log)


def _work(connection: Connection, setting: Setting, task: Task, log: Path) -> None:
    # a process group of its own: Ctrl-C is for the server, which then ends this process
    os.setsid()
    _print_to(log)
    # nearly all that so short a life makes is needed to its end, and a sixth of it would be spent
    # on looking for waste
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    send = _one_at_a_time(connection)
    try:
        task(setting, connection.recv, send)
        send(Done())
    except (BrokenPipeError, EOFError):
        # the server is gone, or needs this process no more
        return
    except LessonbookError as error:
        send(Failed(error.findings))
    except Exception as error:  # whatever an author's mistake or a defect makes Sphinx raise
        traceback.print_exc()
        send(Failed((_describe(error, setting, log),)))
    finally:
        connection.close()


def _one_at_a_time(connection: Connection) -> Callable[[Message], None]:
    """A function that sends whole messages, whichever threads call it."""
    lock = threading.Lock()

    def send(message: Message) -> None:
        with lock:
            connection.send(message)

    return send


def _describe(error: Exception, setting: Setting, log: Path) -> Finding:
    place = log.relative_to(setting.root).as_posix()
    kind = type(error).__name__
    return Finding(
        setting.root.name,
        None,
        f"the pages could not be made: {kind}: {error}; the whole story is in {place}",
    )


def _print_to(path: Path) -> None:
    """Have this process and those that it starts print to the log."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as log:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            os.dup2(log.fileno(), stream.fileno())
