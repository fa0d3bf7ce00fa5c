"""Find CmdStan, or install it: ``python -m hierarchical_models.cmdstan install|status``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from hierarchical_models.cmdstan_build import ToolchainError, find_toolchain
from hierarchical_models.cmdstan_install import CmdStanInstallError, install_cmdstan
from hierarchical_models.cmdstan_installation import (
    INSTALL_COMMAND,
    MINIMUM_VERSION,
    CmdStanError,
    CmdStanNotFoundError,
    Installation,
    Rejection,
    check_unchanged,
    format_version,
    inspect_folder,
    install_root,
    search,
    stanc_version,
    use_cmdstan,
)
from hierarchical_models.cmdstan_sources import OfficialRelease, SourcePackage

__all__ = [
    "CmdStanError",
    "CmdStanInstallError",
    "CmdStanNotFoundError",
    "Installation",
    "OfficialRelease",
    "SourcePackage",
    "find_cmdstan",
    "install_cmdstan",
    "main",
    "use_cmdstan",
]


def find_cmdstan() -> Installation:
    """Find the CmdStan to use, and make CmdStanPy use it.

    Returns
    -------
    Installation
        The first that works: in ``$HIERARCHICAL_MODELS_CMDSTAN_DIR`` alone where that is set,
        otherwise ``$CMDSTAN``, then the newest in ``~/.cmdstan``.

    Raises
    ------
    CmdStanNotFoundError
        If none works; the message names every folder that was looked at and its fault.
    """
    installation, rejections = search(_inspect_unchanged)
    if installation is None:
        raise CmdStanNotFoundError(_not_found(rejections))
    use_cmdstan(installation)
    return installation


def _inspect_unchanged(path: Path, origin: str) -> Installation:
    installation = inspect_folder(path, origin)
    check_unchanged(path)
    return installation


def _not_found(rejections: Sequence[Rejection]) -> str:
    looked_at = [f"\n    {rejection}" for rejection in rejections]
    looked_at = looked_at or [f"\n    no folder cmdstan-* in {install_root()}"]
    return (
        f"CmdStan: found none that works, needed is {format_version(MINIMUM_VERSION)} or newer; "
        f"looked at:{''.join(looked_at)}\n  To install it: {INSTALL_COMMAND}"
    )


def show_status(report: Callable[[str], None] = print) -> bool:
    """Say which CmdStan, compiler and make are used, or what is missing and how to get it.

    Parameters
    ----------
    report : callable
        Called with each line.

    Returns
    -------
    bool
        Whether Stan programs can be compiled.
    """
    installation, rejections = search(_inspect_unchanged)
    if installation is not None:
        report(f"CmdStan   {installation.version_text}")
        report(f"folder    {installation.path}")
        report(f"found in  {installation.origin}")
        report(f"stanc     {stanc_version(installation.path)}")
    else:
        report(_not_found(rejections))
    toolchain = None
    try:
        toolchain = find_toolchain(installation.path if installation else None)
    except ToolchainError as error:
        report(f"toolchain {error}")
    else:
        report(f"compiler  {toolchain.compiler_version}")
        report(f"make      {toolchain.make_version}")
    if installation is not None:
        for rejection in rejections:
            report(f"ignored   {rejection}")
    return installation is not None and toolchain is not None


class _TerminatedError(KeyboardInterrupt):
    """The process was asked to end by a signal other than Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def _signals_as_interrupts() -> Iterator[None]:
    """Let SIGTERM and SIGHUP clean up the way that Ctrl-C does."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TerminatedError(number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), stop) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m hierarchical_models.cmdstan", description="Find or install CmdStan."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    install = commands.add_parser("install", help="get CmdStan by the first way that works")
    install.add_argument(
        "--jobs", type=_positive, help="compilers to run at once (default: one per processor)"
    )
    commands.add_parser("status", help="say which CmdStan, compiler and make are used")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; by default those of the process.

    Returns
    -------
    int
        0 done, 1 CmdStan cannot be used or installed, 130 or 143 interrupted. Misuse exits
        with 2.
    """
    arguments = _parser().parse_args(argv)
    if arguments.command == "status":
        return 0 if show_status() else 1
    try:
        with _signals_as_interrupts():
            install_cmdstan(jobs=arguments.jobs)
    except CmdStanError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt as stop:
        number = getattr(stop, "number", signal.SIGINT)
        print(
            f"Interrupted by {signal.Signals(number).name}: nothing was installed, and what was "
            f"begun was removed. To try again: {INSTALL_COMMAND}",
            file=sys.stderr,
        )
        return 128 + number
    return 0


if __name__ == "__main__":
    sys.exit(main())
