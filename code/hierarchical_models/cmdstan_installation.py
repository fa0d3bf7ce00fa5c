"""What a working CmdStan is, and where one is looked for."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hierarchical_models.cache import cache_dir
from hierarchical_models.errors import HierarchicalModelsError

ROOT_VARIABLE = "HIERARCHICAL_MODELS_CMDSTAN_DIR"
CMDSTAN_VARIABLE = "CMDSTAN"
MINIMUM_VERSION = (2, 27, 0)
INSTALL_COMMAND = "python -m hierarchical_models.cmdstan install"

EXE_SUFFIX = ".exe" if os.name == "nt" else ""
_STANC_SECONDS = 10
_PATH_CHARACTERS_MAKE_SPLITS_AT = re.compile(r"[\s#$%:;'\"&|<>()*?\[\]]")
_BUILT = (
    f"bin/stansummary{EXE_SUFFIX}",
    f"bin/diagnose{EXE_SUFFIX}",
    "src/cmdstan/main*.o",
)
_TBB_LIBRARIES = ("libtbb.so*", "libtbb.dylib", "libtbb.*.dylib", "tbb*.dll")
_FINGERPRINTED = (
    f"bin/stanc{EXE_SUFFIX}",
    *_BUILT,
    "stan/lib/stan_math/lib/tbb/libtbb*",
    "stan/lib/stan_math/lib/sundials_*/lib/*.a",
    "stan/src/stan/model/*.gch",
)
_HEADER_FOLDERS = ("src", "stan", "lib")


class CmdStanError(HierarchicalModelsError, RuntimeError):
    """Anything that went wrong with finding, installing or using CmdStan."""


class CmdStanNotFoundError(CmdStanError):
    """No CmdStan on this machine can be used."""


class UnusableCmdStanError(CmdStanError):
    """One folder is not a CmdStan that can be used; the message is the reason."""


@dataclass(frozen=True)
class Installation:
    """A CmdStan that passed the checks of `inspect_folder`."""

    path: Path
    version: tuple[int, int, int]
    origin: str

    @property
    def version_text(self) -> str:
        """The version as CmdStan writes it, for example ``2.27.0``."""
        return format_version(self.version)


@dataclass(frozen=True)
class Rejection:
    """A folder that was looked at and cannot be used."""

    path: Path
    origin: str
    reason: str

    def __str__(self) -> str:
        """The folder, how it was come by, and its fault."""
        return f"{self.path} ({self.origin}): {self.reason}"


def format_version(version: tuple[int, int, int]) -> str:
    """A version as CmdStan writes it: ``(2, 27, 0)`` is ``"2.27.0"``."""
    return ".".join(str(part) for part in version)


def install_root() -> Path:
    """Folder that `install_cmdstan` installs into.

    Returns
    -------
    pathlib.Path
        ``$HIERARCHICAL_MODELS_CMDSTAN_DIR`` where that is set, otherwise ``~/.cmdstan``, the
        folder that CmdStanPy searches.
    """
    chosen = os.environ.get(ROOT_VARIABLE)
    return Path(chosen or "~/.cmdstan").expanduser().absolute()


def search(
    inspect: Callable[[Path, str], Installation],
) -> tuple[Installation | None, list[Rejection]]:
    """Look for a CmdStan that can be used, in the order in which they are preferred.

    Parameters
    ----------
    inspect : callable
        Takes a folder and how it was come by; returns the installation in it, or raises
        `UnusableCmdStanError`.

    Returns
    -------
    installation : Installation or None
        The first folder that `inspect` accepts.
    rejections : list of Rejection
        The folders that were looked at before it, each with the reason.
    """
    rejections: list[Rejection] = []
    for path, origin in _candidates():
        try:
            return inspect(path, origin), rejections
        except UnusableCmdStanError as error:
            rejections.append(Rejection(path, origin, str(error)))
    return None, rejections


def _candidates() -> list[tuple[Path, str]]:
    root = install_root()
    in_root = [(path, str(root)) for path in _versions_in(root)]
    named = os.environ.get(CMDSTAN_VARIABLE)
    if os.environ.get(ROOT_VARIABLE) or not named:
        return in_root
    # CmdStanPy sets the variable itself once it has looked a folder up, and so does
    # `use_cmdstan`: a folder of the root is not listed a second time under that name.
    path = Path(named).expanduser().absolute()
    origin = str(root) if path.parent == root else f"environment variable {CMDSTAN_VARIABLE}"
    return [(path, origin), *(entry for entry in in_root if entry[0] != path)]


def _versions_in(root: Path) -> list[Path]:
    """The ``cmdstan-*`` folders of `root`, the newest version first."""
    try:
        folders = [path for path in root.iterdir() if path.name.startswith("cmdstan-")]
    except OSError:
        # A root that is missing or closed to this user holds nothing that could be used.
        return []
    return sorted(
        (path for path in folders if path.is_dir()),
        key=lambda path: ([int(part) for part in re.findall(r"\d+", path.name)], path.name),
        reverse=True,
    )


def inspect_folder(path: Path, origin: str) -> Installation:
    """Check that a folder holds a CmdStan whose build was completed.

    Parameters
    ----------
    path : pathlib.Path
        The folder, usually called ``cmdstan-<version>``.
    origin : str
        How the folder was come by; kept for messages.

    Returns
    -------
    Installation

    Raises
    ------
    UnusableCmdStanError
        If it is not CmdStan 2.27 or newer, its build is not complete, or its Stan compiler
        does not run on this machine.
    """
    if not path.is_dir():
        raise UnusableCmdStanError("no such folder")
    check_path_for_make(path)
    version = _read_version(path)
    if version < MINIMUM_VERSION:
        raise UnusableCmdStanError(
            f"version {format_version(version)}, needed is {format_version(MINIMUM_VERSION)} "
            "or newer"
        )
    _check_built(path)
    stanc_version(path)
    return Installation(path, version, origin)


def use_cmdstan(installation: Installation) -> None:
    """Make CmdStanPy, in this process and those it starts, use this CmdStan."""
    # The variable that cmdstanpy.set_cmdstan_path sets, without importing CmdStanPy and
    # everything it needs.
    os.environ[CMDSTAN_VARIABLE] = str(installation.path)


def unsuitable_for_make(path: Path) -> str | None:
    """The first character of a path that means something to make, if there is one."""
    found = _PATH_CHARACTERS_MAKE_SPLITS_AT.search(os.path.splitdrive(path)[1])
    return found.group() if found else None


def check_path_for_make(path: Path) -> None:
    """Refuse a path for CmdStan that make would take apart.

    Raises
    ------
    UnusableCmdStanError
        If `path` has a space or another character that means something to make.
    """
    character = unsuitable_for_make(path)
    if character:
        raise UnusableCmdStanError(
            f"the path contains {character!r}, which make cannot handle; choose another folder "
            f"with the environment variable {ROOT_VARIABLE}"
        )


def _read_version(path: Path) -> tuple[int, int, int]:
    try:
        makefile = (path / "makefile").read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UnusableCmdStanError("it has no readable makefile, so is no CmdStan") from error
    found = re.search(r"^CMDSTAN_VERSION\s*:?=\s*(\d+)\.(\d+)\.(\d+)", makefile, re.MULTILINE)
    if not found:
        raise UnusableCmdStanError("its makefile states no CMDSTAN_VERSION, so it is no CmdStan")
    return int(found[1]), int(found[2]), int(found[3])


def _check_built(path: Path) -> None:
    missing = [pattern for pattern in _BUILT if not _has_content(path, pattern)]
    if not _has_tbb(path):
        missing.append("stan/lib/stan_math/lib/tbb/libtbb")
    if not _has_content(path, f"bin/stanc{EXE_SUFFIX}"):
        missing.insert(0, f"bin/stanc{EXE_SUFFIX}")
    if missing:
        raise UnusableCmdStanError(
            f"its build was never completed: missing or empty is {', '.join(missing)}"
        )


def _has_content(path: Path, pattern: str) -> bool:
    return any(file.is_file() and file.stat().st_size > 0 for file in path.glob(pattern))


def _has_tbb(path: Path) -> bool:
    # A CmdStan from conda-forge links to the library of another package.
    elsewhere = make_setting(path, "TBB_LIB") or os.environ.get("TBB_LIB")
    folder = Path(elsewhere) if elsewhere else path / "stan/lib/stan_math/lib/tbb"
    return any(_has_content(folder, pattern) for pattern in _TBB_LIBRARIES)


def make_settings_files(path: Path) -> list[Path]:
    """The files of a user's own settings that CmdStan's makefile includes, the last one wins."""
    files = [Path("~/.config/stan/make.local").expanduser(), path / "make" / "local"]
    return [file for file in files if file.is_file()]


def make_setting(path: Path, name: str) -> str | None:
    """Value that a user's own settings give to a variable of CmdStan's makefile, if any."""
    value = None
    for file in make_settings_files(path):
        text = file.read_text(encoding="utf-8", errors="replace")
        for found in re.findall(
            rf"^[ \t]*{name}[ \t]*[:?]?=[ \t]*(.*?)[ \t]*$", text, re.MULTILINE
        ):
            value = found if found and "$" not in found else value
    return value


def stanc_version(path: Path) -> str:
    """What ``bin/stanc --version`` of a CmdStan says.

    Raises
    ------
    UnusableCmdStanError
        If it does not run on this machine.
    """
    stanc = path / "bin" / f"stanc{EXE_SUFFIX}"
    try:
        state = stanc.stat()
        return _ask_stanc(stanc, state.st_size, state.st_mtime_ns)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnusableCmdStanError(f"bin/stanc does not run on this machine: {error}") from error


@cache
def _ask_stanc(stanc: Path, _size: int, _modified: int) -> str:
    """What a program answers, which is asked once as long as it is the same."""
    answer = subprocess.run(
        [stanc, "--version"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_STANC_SECONDS,
        check=False,
    )
    line = answer.stdout.strip().partition("\n")[0]
    if answer.returncode or "stanc" not in line:
        raise UnusableCmdStanError(
            f"bin/stanc does not run on this machine: exit status {answer.returncode}, output "
            f"{(answer.stdout + answer.stderr).strip()[:200]!r}"
        )
    return line


def _sizes(path: Path) -> dict[str, int]:
    files = {file for pattern in _FINGERPRINTED for file in path.glob(pattern) if file.is_file()}
    return {file.relative_to(path).as_posix(): file.stat().st_size for file in sorted(files)}


def _count_headers(path: Path) -> list[int]:
    """Number and bytes of the headers that every program is compiled with; takes 0.1 s."""
    headers = 0
    size = 0
    folders = [os.fspath(path / name) for name in _HEADER_FOLDERS if (path / name).is_dir()]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.name.endswith((".hpp", ".h")):
                    headers += 1
                    size += entry.stat(follow_symlinks=False).st_size
    return [headers, size]


def _record_file(path: Path) -> Path:
    name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return cache_dir("cmdstan") / f"{name}.json"


def _read_record(path: Path) -> dict[str, object]:
    try:
        record = json.loads(_record_file(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # No record, or a damaged one: the CmdStan counts as not verified yet.
        return {}
    return record if isinstance(record, dict) else {}


def record_verified(path: Path, compiler: str) -> None:
    """Note that this CmdStan compiled and ran a program, and how large its built files are."""
    record = {
        "path": str(path),
        "compiler": compiler,
        "sizes": _sizes(path),
        "headers": _count_headers(path),
    }
    target = _record_file(path)
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    partial.write_text(json.dumps(record, indent=1), encoding="utf-8")
    partial.replace(target)


def forget_verified(path: Path) -> None:
    """Drop the note of `record_verified`, so that only the next verification counts."""
    _record_file(path).unlink(missing_ok=True)


def is_verified(path: Path, compiler: str) -> bool:
    """Whether this CmdStan, as it is, compiled and ran a program with this compiler before."""
    record = _read_record(path)
    return (
        record.get("compiler") == compiler
        and not _changes(path)
        and record.get("headers") == _count_headers(path)
    )


def check_unchanged(path: Path) -> None:
    """Compare a CmdStan with the note that `record_verified` made of it, where there is one.

    Raises
    ------
    UnusableCmdStanError
        If a built file is gone or has another size than it had then.
    """
    changes = _changes(path)
    if changes:
        raise UnusableCmdStanError(f"it changed after it was verified: {'; '.join(changes)}")


def _changes(path: Path) -> list[str]:
    then = _read_record(path).get("sizes")
    if not isinstance(then, dict):
        return []
    changes = []
    for name, size in then.items():
        file = path / name
        now = f"{file.stat().st_size} bytes" if file.is_file() else "missing"
        if now != f"{size} bytes":
            changes.append(f"{name} was {size} bytes, is {now}")
    return changes
