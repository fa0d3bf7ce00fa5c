"""Something done in a copy of this process while it does something else."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[None]:
    """Do something while the block is run; both are done at its end.

    Parameters
    ----------
    work : callable
        Called in a copy of this process, so that what it does to objects is not seen here.

    Raises
    ------
    Exception
        What `work` raises, once the block has been run.
    ChildProcessError
        If the copy was ended from outside.
    """
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    copy = fork.Process(target=_carry_out, args=(work, sender))
    copy.start()
    sender.close()
    try:
        yield
        error = _receive(receiver)
        copy.join()
    finally:
        if copy.is_alive():
            copy.kill()
            copy.join()
        receiver.close()
    if error is not None:
        raise error


def _carry_out(work: Callable[[], None], sender: Connection) -> None:
    # Ctrl-C is for the process that waits, which then ends this one
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    error = None
    try:
        work()
    except Exception as raised:
        error = raised
    sender.send(error)


def _receive(receiver: Connection) -> Exception | None:
    try:
        error: Exception | None = receiver.recv()
    except EOFError:
        return ChildProcessError("a process that finished pages was ended from outside")
    return error
