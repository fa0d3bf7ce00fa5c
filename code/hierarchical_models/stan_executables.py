"""Compile a Stan program once, outside the source tree."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import threading
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import filelock

from hierarchical_models.cache import cache_dir
from hierarchical_models.cmdstan import find_cmdstan
from hierarchical_models.cmdstan_build import (
    StanCompileError,
    Toolchain,
    compile_program,
    find_toolchain,
)
from hierarchical_models.cmdstan_installation import (
    EXE_SUFFIX,
    Installation,
    make_settings_files,
    unsuitable_for_make,
)
from hierarchical_models.cmdstan_processes import Progress, explained_disk_errors

__all__ = ["StanCompileError", "compile_model", "compile_models"]

_KEY_DIGITS = 16
_INCLUDE = re.compile(rb"^[ \t]*#include[ \t]+[<\"]?([^\s>\"]+)", re.MULTILINE)
_VARIABLES_OF_MAKE = (
    "CXX", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "LDLIBS", "O", "STAN_CPP_OPTIMS",
    "STAN_NO_RANGE_CHECKS", "STAN_OPENCL", "STAN_THREADS", "TBB_LIB",
)  # fmt: skip


def compile_model(stan_file: Path, *, progress: bool = False) -> Path:
    """Executable of a Stan program, compiled unless that was done before.

    Executables are kept in the cache folder by content: one for every source (with what it
    includes), CmdStan, compiler and compiler flags. Nothing is written next to `stan_file`.

    Parameters
    ----------
    stan_file : pathlib.Path
        The program, a file whose name ends in ``.stan``.
    progress : bool
        Whether to print how long the compiler is at work.

    Returns
    -------
    pathlib.Path
        The executable, called as `stan_file` without ``.stan``; for
        ``cmdstanpy.CmdStanModel(exe_file=...)``.

    Raises
    ------
    CmdStanNotFoundError
        If there is no CmdStan.
    ToolchainError
        If there is no C++ compiler.
    StanCompileError
        If the program is missing or does not compile; the message has its place in `stan_file`.
    """
    return _Compiler.find().compile(Path(stan_file), progress, threading.Event())


def compile_models(paths: Iterable[Path], jobs: int = 2) -> list[Path]:
    """Executables of several Stan programs, compiled at the same time.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        The programs.
    jobs : int
        How many to compile at once; each takes about 1 GB of memory.

    Returns
    -------
    list of pathlib.Path
        The executables, in the order of `paths`.

    Raises
    ------
    StanCompileError
        If any program does not compile; the message has the errors of all that do not.
    """
    compiler = _Compiler.find()
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        tasks = [pool.submit(compiler.compile, Path(path), False, stop) for path in paths]
        try:
            errors = [task.exception() for task in tasks]
        except BaseException:
            # An interrupt reaches this thread only; the others wait for their compilers.
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    refused = [error for error in errors if isinstance(error, StanCompileError)]
    for error in errors:
        if error is not None and not isinstance(error, StanCompileError):
            raise error
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise StanCompileError("\n\n".join(str(error) for error in refused))
    return [task.result() for task in tasks]


@dataclass(frozen=True)
class _Compiler:
    """What the executables of a process are compiled with."""

    cmdstan: Installation
    toolchain: Toolchain

    @classmethod
    def find(cls) -> _Compiler:
        cmdstan = find_cmdstan()
        return cls(cmdstan, find_toolchain(cmdstan.path))

    def compile(self, stan_file: Path, progress: bool, stop: threading.Event) -> Path:
        stan_file = stan_file.absolute()
        source = _read_source(stan_file)
        key = self._key(source)
        store = cache_dir("executables")
        entry = _Entry(store / f"{stan_file.stem}-{key}", stan_file.stem)
        if entry.is_intact():
            entry.note_use()
            return entry.executable
        with (
            explained_disk_errors(store, "choose another folder with HIERARCHICAL_MODELS_CACHE"),
            filelock.FileLock(store / f"{stan_file.stem}-{key}.lock"),
        ):
            # Another process may have compiled it in the meantime.
            if not entry.is_intact():
                entry.remove_damaged()
                self._fill(entry, stan_file, progress, stop)
        return entry.executable

    def _key(self, source: bytes) -> str:
        parts = {
            "source": hashlib.sha256(source).hexdigest(),
            "cmdstan": [self.cmdstan.version_text, str(self.cmdstan.path)],
            "compiler": [*self.toolchain.compiler, self.toolchain.compiler_version],
            "variables": {name: os.environ.get(name) for name in _VARIABLES_OF_MAKE},
            "settings": [
                file.read_text(encoding="utf-8", errors="replace")
                for file in make_settings_files(self.cmdstan.path)
            ],
        }
        text = json.dumps(parts, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:_KEY_DIGITS]

    def _fill(self, entry: _Entry, stan_file: Path, progress: bool, stop: threading.Event) -> None:
        reporter = Progress() if progress else None
        if reporter is not None:
            reporter.say(f"compiling {stan_file}")

        def tick(seconds: float) -> None:
            if reporter is not None:
                reporter.tick(f"compiling {stan_file}: {seconds:.0f} s")

        with entry.building() as building, _folder_for_make(building) as workplace:
            # make takes a name with a space or a quote in it apart.
            copy = workplace / f"{re.sub(r'[^A-Za-z0-9_]', '_', stan_file.stem)}.stan"
            copy.write_bytes(stan_file.read_bytes())
            made = compile_program(
                self.cmdstan.path, self.toolchain, copy,
                original=stan_file, on_tick=tick, stop=stop,
            )  # fmt: skip
            entry.publish(made)


def _read_source(stan_file: Path) -> bytes:
    """The program's bytes, followed by those of every file that it includes."""
    if stan_file.suffix != ".stan" or not stan_file.is_file():
        raise StanCompileError(f"{stan_file}: no such file, or its name does not end in .stan")
    sources: dict[Path, bytes] = {}
    waiting = [stan_file]
    while waiting:
        file = waiting.pop()
        # An included file that is missing is stanc's to report, with the line.
        if file in sources or not file.is_file():
            continue
        sources[file] = file.read_bytes()
        names = (os.fsdecode(name) for name in _INCLUDE.findall(sources[file]))
        waiting.extend(stan_file.parent / name for name in names)
    return b"\0".join(sources.values())


@contextmanager
def _folder_for_make(building: Path) -> Iterator[Path]:
    """`building` itself, or another folder where make would take its path apart."""
    if unsuitable_for_make(building) is None:
        yield building
        return
    with tempfile.TemporaryDirectory(prefix="stan-") as folder:
        yield Path(folder)


class _Entry:
    """One executable in the store, and the note that tells whether it is whole."""

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder = folder
        self._stem = stem
        self._building = folder.with_name(f".building-{folder.name}")

    @property
    def executable(self) -> Path:
        return self._folder / f"{self._stem}{EXE_SUFFIX}"

    @property
    def _note(self) -> Path:
        return self._folder / f"{self._stem}.json"

    def is_intact(self) -> bool:
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            return bool(note == _describe(self.executable)) and os.access(self.executable, os.X_OK)
        except (OSError, ValueError):
            # Nothing there, or something that cannot be read: either way not an executable.
            return False

    def note_use(self) -> None:
        """Have the note's date say when it was used, see `hierarchical_models.prune`."""
        # a store that may only be read is not pruned either
        with suppress(OSError):
            self._note.touch()

    def remove_damaged(self) -> None:
        if not self._folder.exists():
            return
        warnings.warn(
            f"{self.executable}: damaged, it is not the file that was stored; compiling it again",
            RuntimeWarning,
            stacklevel=2,
        )
        shutil.rmtree(self._folder)

    @contextmanager
    def building(self) -> Iterator[Path]:
        """An empty folder next to the entry; the lock makes it this process's own."""
        shutil.rmtree(self._building, ignore_errors=True)
        self._building.mkdir()
        try:
            yield self._building
        finally:
            shutil.rmtree(self._building, ignore_errors=True)

    def publish(self, made: Path) -> None:
        """Put an executable into the store, in one step."""
        complete = self._building / "entry"
        complete.mkdir()
        target = complete / self.executable.name
        shutil.move(made, target)
        (complete / self._note.name).write_text(json.dumps(_describe(target)), encoding="utf-8")
        complete.rename(self._folder)


def _describe(executable: Path) -> dict[str, object]:
    content = executable.read_bytes()
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
