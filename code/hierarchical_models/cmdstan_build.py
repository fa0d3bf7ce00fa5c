"""Build CmdStan, compile Stan programs with it, and find the compiler for both."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import psutil

from hierarchical_models.cmdstan_installation import (
    EXE_SUFFIX,
    CmdStanError,
    UnusableCmdStanError,
    make_setting,
)
from hierarchical_models.cmdstan_processes import (
    Progress,
    Watch,
    clean_environment,
    run,
)

_BYTES_PER_COMPILER = 1_500_000_000
_BUILD_STALL_SECONDS = 900.0
_VERSION_SECONDS = 20
_HOW_TO_GET_COMPILER = (
    "install it: 'apt-get install g++ make' (Debian, Ubuntu), 'dnf install gcc-c++ make' "
    "(Fedora), 'xcode-select --install' (macOS)"
)

# The posterior of theta is Beta(8, 4), whose mean is 2/3.
_CHECK_PROGRAM = """\
data {
  int<lower=0> n_trials;
  int<lower=0, upper=n_trials> n_successes;
}
parameters {
  real<lower=0, upper=1> theta;
}
model {
  n_successes ~ binomial(n_trials, theta);
}
"""
_CHECK_DATA = {"n_trials": 10, "n_successes": 7}
_CHECK_MEAN = 2 / 3
_CHECK_TOLERANCE = 0.1
_CHECK_DRAWS = 500


class ToolchainError(CmdStanError):
    """The C++ compiler, make or a program that they need is missing or broken."""


class BuildError(CmdStanError):
    """CmdStan could not be built."""


class StanCompileError(CmdStanError):
    """A Stan program could not be compiled."""


@dataclass(frozen=True)
class Toolchain:
    """The programs that build CmdStan and every Stan program.

    Attributes
    ----------
    compiler : tuple of str
        Command of the C++ compiler, usually one word.
    compiler_version : str
        First line of its ``--version``.
    make : str
        Command of make.
    make_version : str
        First line of its ``--version``.
    """

    compiler: tuple[str, ...]
    compiler_version: str
    make: str
    make_version: str


def find_toolchain(cmdstan: Path | None = None) -> Toolchain:
    """Find the C++ compiler and make that CmdStan's makefile uses.

    Parameters
    ----------
    cmdstan : pathlib.Path, optional
        A CmdStan whose own settings (``make/local``) may name another compiler.

    Returns
    -------
    Toolchain

    Raises
    ------
    ToolchainError
        If anything is missing; the message names all of it and says how to get it.
    """
    default = "clang++" if sys.platform == "darwin" else "g++"
    setting = make_setting(cmdstan, "CXX") if cmdstan is not None else None
    compiler = tuple(shlex.split(setting or os.environ.get("CXX") or default)) or (default,)
    make = os.environ.get("MAKE") or ("mingw32-make" if os.name == "nt" else "make")
    compiler_version = _first_line_of_version(compiler)
    make_version = _first_line_of_version((make,))
    missing = [] if compiler_version else [f"the C++ compiler ({' '.join(compiler)})"]
    missing += [] if make_version else [f"make ({make})"]
    # CmdStan's makefiles archive with ar and run the check of TBB with bash.
    missing += [f"{name} ({name})" for name in ("ar", "bash") if not shutil.which(name)]
    if not compiler_version or not make_version or missing:
        raise ToolchainError(
            f"not found on PATH, or does not run: {', '.join(missing)}; {_HOW_TO_GET_COMPILER}"
        )
    return Toolchain(compiler, compiler_version, make, make_version)


def _first_line_of_version(command: tuple[str, ...]) -> str | None:
    try:
        answer = subprocess.run(
            [*command, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_VERSION_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        # Missing and broken are one answer here: it cannot be used.
        return None
    line = answer.stdout.strip().partition("\n")[0]
    return line if answer.returncode == 0 and line else None


def check_compiler(toolchain: Toolchain, folder: Path) -> None:
    """Compile and link a few lines of C++, before anything large is downloaded.

    Raises
    ------
    ToolchainError
        If the compiler, its standard library or its linker is broken.
    """
    source = folder / "compiler_check.cpp"
    source.write_text("#include <vector>\nint main() { return std::vector<int>(1).at(0); }\n")
    target = folder / f"compiler_check{EXE_SUFFIX}"
    outcome = run(
        [*toolchain.compiler, "-o", target, source],
        cwd=folder,
        environment=clean_environment(folder),
    )
    what = f"the C++ compiler cannot make a program; {_HOW_TO_GET_COMPILER}"
    outcome.check(ToolchainError, what, folder)


def default_jobs() -> int:
    """How many compilers to run at once: one per processor, as far as the memory goes."""
    if hasattr(os, "sched_getaffinity"):
        processors = len(os.sched_getaffinity(0))
    else:
        processors = os.cpu_count() or 1
    return max(1, min(processors, psutil.virtual_memory().available // _BYTES_PER_COMPILER))


def build_cmdstan(
    tree: Path, toolchain: Toolchain, *, jobs: int, temporary: Path, log: Path, progress: Progress
) -> None:
    """Build a CmdStan source tree in place.

    Parameters
    ----------
    tree : pathlib.Path
        The source tree; what another machine built in it is removed first.
    toolchain : Toolchain
        The programs to build with.
    jobs : int
        Compilers to run at once.
    temporary : pathlib.Path
        Folder for temporary files.
    log : pathlib.Path
        File that the whole output is appended to.
    progress : Progress
        Where to say how far it is.

    Raises
    ------
    BuildError
        If make fails.
    """
    environment = clean_environment(temporary)
    for target in (["clean-all"], [f"-j{jobs}", "build"]):
        compiled = _Counter(" -c ")

        def tick(seconds: float, compiled: _Counter = compiled) -> None:
            progress.tick(f"      building: {compiled.count} files compiled, {seconds:.0f} s")

        outcome = run(
            [toolchain.make, *target],
            cwd=tree,
            environment=environment,
            log=log,
            watch=Watch(on_tick=tick, on_line=compiled, stall_seconds=_BUILD_STALL_SECONDS),
        )
        outcome.check(BuildError, f"make {target[-1]} failed", log.parent)


class _Counter:
    def __init__(self, text: str) -> None:
        self._text = text
        self.count = 0

    def __call__(self, line: str) -> None:
        self.count += self._text in line


def compile_program(
    cmdstan: Path,
    toolchain: Toolchain,
    source: Path,
    *,
    original: Path | None = None,
    on_tick: Callable[[float], None] | None = None,
    stop: threading.Event | None = None,
) -> Path:
    """Compile a Stan program in the folder where it lies.

    Parameters
    ----------
    cmdstan : pathlib.Path
        A CmdStan that was built.
    toolchain : Toolchain
        The programs to compile with.
    source : pathlib.Path
        The program, in a folder that may be written to and that make can handle.
    original : pathlib.Path, optional
        The file that `source` is a copy of: its folder is searched for included files, and
        messages name it.
    on_tick : callable, optional
        Called with the elapsed seconds of the C++ compiler.
    stop : threading.Event, optional
        Compilation is given up when this is set.

    Returns
    -------
    pathlib.Path
        The executable, next to `source`.

    Raises
    ------
    StanCompileError
        If the Stan compiler refuses the program, or the C++ compiler what became of it.
    """
    original = original or source
    _translate(cmdstan, source, original, stop)
    executable = source.with_suffix(EXE_SUFFIX)
    outcome = run(
        [toolchain.make, executable],
        cwd=cmdstan,
        environment=clean_environment(source.parent),
        watch=Watch(on_tick=on_tick, stop=stop),
    )
    outcome.check(StanCompileError, f"{original}: the C++ compiler failed", source.parent)
    if not executable.is_file():
        raise StanCompileError(f"{original}: make made no executable: {outcome.explain()}")
    return executable


def _translate(cmdstan: Path, source: Path, original: Path, stop: threading.Event | None) -> None:
    """Make the C++ file with stanc itself: make would put a path with spaces out of shape."""
    # An executable may serve several checkouts, so what it says at run time names the program
    # without folders: by a relative path, because stanc 2.27 ignores --filename-in-msg.
    outcome = run(
        [
            cmdstan / "bin" / f"stanc{EXE_SUFFIX}",
            f"--filename-in-msg={original.name}",
            f"--include-paths={original.parent}",
            f"--o={source.with_suffix('.hpp').name}",
            source.name,
        ],
        cwd=source.parent,
        environment=clean_environment(source.parent),
        watch=Watch(stop=stop),
    )
    message = "\n".join(outcome.tail).strip()
    names = {name: str(original) for name in (source.name, original.name)}
    place = re.search(r"'([^'\n]+)', line (\d+)", message)
    where = f"{names.get(place[1], place[1])}:{place[2]}" if place else str(original)
    for name, path in names.items():
        message = message.replace(f"'{name}'", f"'{path}'")
    if outcome.status and message and not outcome.is_disk_full:
        raise StanCompileError(f"{where}: the Stan compiler refuses the program:\n{message}")
    outcome.check(StanCompileError, f"{original}: the Stan compiler failed", source.parent)


def verify_cmdstan(cmdstan: Path, toolchain: Toolchain, folder: Path, progress: Progress) -> None:
    """Compile a small program with a CmdStan, run it, and check the mean that it finds.

    Parameters
    ----------
    cmdstan : pathlib.Path
        A CmdStan that was built.
    toolchain : Toolchain
        The programs to compile with.
    folder : pathlib.Path
        Existing folder for the files of the check.
    progress : Progress
        Where to say how far it is.

    Raises
    ------
    UnusableCmdStanError
        If the program does not compile or run, or its draws have another mean than is known.
    """
    source = folder / "verify.stan"
    source.write_text(_CHECK_PROGRAM, encoding="utf-8")
    (folder / "data.json").write_text(json.dumps(_CHECK_DATA), encoding="utf-8")

    def tick(seconds: float) -> None:
        progress.tick(f"      verifying: compiling a small program, {seconds:.0f} s")

    try:
        executable = compile_program(cmdstan, toolchain, source, on_tick=tick)
    except StanCompileError as error:
        raise UnusableCmdStanError(f"it cannot compile a small program: {error}") from error
    sampling: list[str | Path] = [
        executable, "sample", f"num_samples={_CHECK_DRAWS}", f"num_warmup={_CHECK_DRAWS}",
        "data", "file=data.json", "random", "seed=1", "output", "file=draws.csv",
    ]  # fmt: skip
    outcome = run(sampling, cwd=folder, environment=clean_environment(folder))
    outcome.check(UnusableCmdStanError, "a program that it compiled fails", folder)
    draws = _read_draws(folder / "draws.csv")
    if len(draws) != _CHECK_DRAWS or abs(fmean(draws) - _CHECK_MEAN) > _CHECK_TOLERANCE:
        raise UnusableCmdStanError(
            f"a program that it compiled is wrong: {len(draws)} draws with mean "
            f"{fmean(draws or [0.0]):.3f}, expected {_CHECK_DRAWS} with mean {_CHECK_MEAN:.3f}"
        )


def _read_draws(file: Path) -> list[float]:
    if not file.is_file():
        return []
    with file.open(encoding="utf-8") as stream:
        rows = csv.DictReader(line for line in stream if not line.startswith("#"))
        return [float(row["theta"]) for row in rows]
