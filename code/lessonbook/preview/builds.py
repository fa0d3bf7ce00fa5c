"""Start rendering processes, hear what they do, and end them with everything that they started."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.context import BaseContext
from typing import Any

import psutil

from lessonbook.findings import Finding
from lessonbook.preview.messages import Build, Done, Execute, Failed, Message, Setting

Target = Callable[[Any, Setting], None]

PRELOADED = ["lessonbook.preview.warm"]
SECONDS_TO_END = 5.0


class Worker:
    """A rendering process and the messages that come from it."""

    def __init__(self, process: Any, connection: Any, name: str) -> None:
        self._process = process
        self._connection = connection
        self._name = name
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(connection.fileno(), self._receive)
        self._is_open = True
        self._is_done = False

    @classmethod
    async def start(cls, target: Target, setting: Setting) -> Worker:
        """Start a process, which then makes itself ready.

        Parameters
        ----------
        target : callable
            What the process is to do, from `lessonbook.preview.worker`.
        setting : Setting
            The course, and where its pages go.
        """
        # the first process waits until its model has imported everything
        process, connection = await asyncio.to_thread(_start_process, target, setting)
        return cls(process, connection, setting.root.name)

    def is_alive(self) -> bool:
        """Whether the process has not ended, by itself or by another's will."""
        return bool(self._process.is_alive())

    async def next_message(self) -> Message:
        """Wait for the next message; `Failed` where the process has ended instead."""
        return await self._messages.get()

    def order(self, order: Build | Execute) -> None:
        """Tell the process what to do."""
        with contextlib.suppress(BrokenPipeError):  # then it has ended, which is a message
            self._connection.send(order)

    async def end(self) -> None:
        """End the process, its kernels and theirs; harmless when they have ended."""
        self._close()
        if not self._is_done:
            await asyncio.to_thread(end_process, self._process.pid)
        await asyncio.to_thread(self._process.join)

    def _receive(self) -> None:
        try:
            message = self._connection.recv()
        except (EOFError, OSError):
            self._close()
            message = Failed((self._unexpected_end(),))
        self._is_done = isinstance(message, Done)
        self._messages.put_nowait(message)

    def _unexpected_end(self) -> Finding:
        self._process.join(SECONDS_TO_END)
        code = self._process.exitcode
        what = "was ended by another" if code and code < 0 else f"ended with status {code}"
        message = f"the process that makes the pages {what}; save again to start another"
        return Finding(self._name, None, message)

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._loop.remove_reader(self._connection.fileno())
            self._connection.close()


def _context() -> BaseContext:
    # a process that has everything imported, and of which each worker is a copy
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    os.environ["LESSONBOOK_PREVIEW"] = "1"
    return context


def _start_process(target: Target, setting: Setting) -> tuple[Any, Any]:
    context = _context()
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs, setting))  # type: ignore[attr-defined]
    process.start()
    theirs.close()
    return process, ours


def end_process(pid: int) -> None:
    """End a process and all that descend from it.

    The kernels of episodes and the guard that ends them are in sessions of their own; the guard
    does so, and removes their folder, as soon as the process is gone.

    Parameters
    ----------
    pid : int
        The process; one that has ended already is no error.
    """
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    guarded = [member for member in family if _session_of(member) != pid]
    _kill([member for member in family if member not in guarded])
    _, left = psutil.wait_procs(guarded, timeout=SECONDS_TO_END)
    _kill(left)


def _session_of(process: psutil.Process) -> int:
    try:
        return os.getsid(process.pid)
    except ProcessLookupError:
        return 0


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=SECONDS_TO_END)
