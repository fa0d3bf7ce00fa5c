"""What this machine has of what a course needs, and how to get the rest."""

from __future__ import annotations

import platform
import shutil
import socket
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from jupyter_client.kernelspec import KernelSpecManager
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from lessonbook.course import Course
from lessonbook.hooks import Hook
from lessonbook.preview.messages import PORTS

Status = Literal["ok", "missing", "optional"]
STATUSES = ("ok", "missing", "optional")

NEEDED_PYTHON = ">=3.11"
LOCK_NAMES = ("requirements.lock", "requirements.txt")
NEEDED_BYTES = 1_000_000_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
MOST_NAMED = 5


@dataclass(frozen=True)
class Check:
    """One thing that a course needs.

    Parameters
    ----------
    name : str
        The thing.
    status : {"ok", "missing", "optional"}
        "optional" for what is not there and only some commands need.
    found : str
        What is there.
    hint : str
        How to get what is not; empty for what is.
    """

    name: str
    status: Status
    found: str
    hint: str = ""


def examine(course: Course, hooks: Mapping[str, Hook]) -> list[Check]:
    """Look for everything that a course needs.

    Parameters
    ----------
    course : Course
        The course.
    hooks : mapping of str to callable
        Functions that look for what the course's subject needs; each takes nothing and returns a
        list of mappings with the names of the attributes of `Check`.

    Returns
    -------
    list of Check
        In a fixed order; the hooks' come last.
    """
    checks = [
        check_python(course.root),
        check_packages(course.root),
        *check_kernels(course),
        check_writing(course.root / "_build"),
        check_space(course.root),
        check_port(),
        check_browser(),
    ]
    for name, hook in hooks.items():
        checks += _ask(name, hook)
    return checks


def check_python(root: Path) -> Check:
    """Is this Python one that the course is made for?"""
    found = platform.python_version()
    needed = _needed_python(root)
    if needed.contains(found, prereleases=True):
        return Check("Python", "ok", f"{found} (needed {needed})")
    return Check(
        "Python",
        "missing",
        f"{found}, needed {needed}",
        f"install Python {needed} and make the environment again with it",
    )


def _needed_python(root: Path) -> SpecifierSet:
    try:
        content = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf8"))
        return SpecifierSet(content["project"]["requires-python"])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError):
        # most courses are no Python projects
        return SpecifierSet(NEEDED_PYTHON)
    except InvalidSpecifier:
        return SpecifierSet(NEEDED_PYTHON)


def check_packages(root: Path) -> Check:
    """Are the packages installed that the lock file names?"""
    path = next((root / name for name in LOCK_NAMES if (root / name).is_file()), None)
    if path is None:
        return Check("packages", "ok", "the course has no lock file")
    wanted = list(read_requirements(path.read_text(encoding="utf8", errors="replace")))
    faults = [fault for requirement in wanted if (fault := _fault_of(requirement))]
    if not faults:
        return Check("packages", "ok", f"all {len(wanted)} of {path.name}")
    more = f" and {len(faults) - MOST_NAMED} more" if len(faults) > MOST_NAMED else ""
    return Check(
        "packages",
        "missing",
        f"{', '.join(faults[:MOST_NAMED])}{more}",
        f"python -m pip install --requirement {path.name}",
    )


def read_requirements(text: str) -> Iterator[Requirement]:
    """Read the requirements of a lock file that hold for this Python.

    Parameters
    ----------
    text : str
        The file; hashes, options and comments are passed over.

    Yields
    ------
    packaging.requirements.Requirement
        Those whose marker holds.

    Examples
    --------
    >>> [str(found) for found in read_requirements("# ours\\nclick==8.1 \\\\\\n  --hash=sha256:0f")]
    ['click==8.1']
    """
    for line in text.replace("\\\n", " ").splitlines():
        words = line.partition(" #")[0].partition(" --")[0].strip()
        if not words or words.startswith(("#", "-")):
            continue
        try:
            requirement = Requirement(words)
        except InvalidRequirement:
            continue  # a path or an address, which says nothing about a version
        if requirement.marker is None or requirement.marker.evaluate():
            yield requirement


def _fault_of(requirement: Requirement) -> str:
    try:
        found = version(requirement.name)
        if requirement.specifier.contains(Version(found), prereleases=True):
            return ""
    except PackageNotFoundError:
        return f"{requirement.name} is missing"
    except InvalidVersion:
        return ""
    return f"{requirement.name} is {found}, not {requirement.specifier}"


def check_kernels(course: Course) -> list[Check]:
    """Is every kernel there that a page asks for?"""
    wanted: dict[str, str] = {}
    for page in course.pages:
        kernel = page.front_matter.values.get("kernelspec")
        if page.is_notebook and isinstance(kernel, dict) and isinstance(kernel.get("name"), str):
            wanted.setdefault(kernel["name"], page.path)
    there = KernelSpecManager().find_kernel_specs()
    checks = []
    for name, path in wanted.items():
        if name in there:
            checks.append(Check(f"kernel {name}", "ok", there[name]))
        else:
            known = ", ".join(sorted(there)) or "none"
            how = (
                "python -m pip install ipykernel"
                if name.startswith("python")
                else f"install the Jupyter kernel {name}, or name another in the front matter"
            )
            found = f"{path} asks for it; there are: {known}"
            checks.append(Check(f"kernel {name}", "missing", found, how))
    return checks


def check_writing(folder: Path) -> Check:
    """May the build write its results?"""
    place = folder if folder.is_dir() else folder.parent
    try:
        with tempfile.NamedTemporaryFile(dir=place):
            pass
    except OSError as error:
        hint = f"let this user write to {place}"
        return Check("writing", "missing", f"{place}: {error.strerror}", hint)
    return Check("writing", "ok", f"{place} can be written to")


def check_space(folder: Path) -> Check:
    """Is there room on the disk?"""
    free = shutil.disk_usage(folder).free
    found = f"{free / 1e9:.1f} GB free"
    if free >= NEEDED_BYTES:
        return Check("disk", "ok", found)
    hint = (
        f"make room for {NEEDED_BYTES / 1e9:.0f} GB; lessonbook clean --all removes what was built"
    )
    return Check("disk", "missing", found, hint)


def check_port() -> Check:
    """Is there a port for the live preview?"""
    for port in PORTS:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return Check("port", "ok", f"{port} is free")
    found = f"{PORTS.start} to {PORTS.stop - 1} are taken"
    return Check("port", "optional", found, "give another: lessonbook serve --port NUMBER")


def check_browser() -> Check:
    """Is there a browser that can print pages and test them?"""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is not None:
        return Check("browser", "ok", found)
    hint = "only for PDF and the browser tests: apt-get install chromium, or your system's like"
    return Check("browser", "optional", "no Chromium or Chrome", hint)


def _ask(name: str, hook: Callable[[], Any]) -> list[Check]:
    try:
        records = hook()
    except Exception as error:  # a function of the course's authors may fail in any way
        return [_bad_hook(name, f"it failed with {type(error).__name__}: {error}")]
    if not isinstance(records, list):
        return [_bad_hook(name, f"it returned {type(records).__name__}, not a list")]
    return [_read_record(name, record) for record in records]


def _read_record(name: str, record: Any) -> Check:
    fields = record if isinstance(record, Mapping) else {}
    texts = {key: fields.get(key, "") for key in ("name", "found", "hint")}
    is_fit = all(isinstance(text, str) for text in texts.values())
    if not is_fit or not texts["name"] or fields.get("status") not in STATUSES:
        allowed = f"name, status ({', '.join(STATUSES)}), found and hint"
        return _bad_hook(name, f"it returned {record!r}; each of its records needs {allowed}")
    return Check(texts["name"], fields["status"], texts["found"], texts["hint"])


def _bad_hook(name: str, found: str) -> Check:
    return Check(name, "missing", found, "mend this function, or remove it from lesson_doctor")
