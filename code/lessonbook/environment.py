"""What results depend on beside the course's own files: Python, packages, and what scripts say."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import site
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lessonbook.execution_settings import ExecutionSettings
from lessonbook.findings import Finding, LessonbookError
from lessonbook.project import CONFIG_NAME, SOURCE_SUFFIXES, TOC_NAME, Project
from lessonbook.recorder import PASSED_OVER, file_state, is_of_course

LOCK_FILES = (
    "requirements.lock",
    "requirements.txt",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "conda-lock.yml",
    "environment.yml",
)
_REQUIREMENT = re.compile(r"^([A-Za-z0-9][\w.-]*)\s*(?:\[[^]]*\])?\s*==", re.MULTILINE)
_INSTALLED = re.compile(r"^(?P<name>.+?)-(?P<version>\d[^-]*)\.(?:dist|egg)-info$")
_SCRIPT_SECONDS = 60


@dataclass(frozen=True)
class Environment:
    """What a run's results depend on beside files.

    Attributes
    ----------
    facts : mapping of str to str
        Name and version, or digest, of everything that all episodes depend on.
    optional : mapping of str to str
        The same for what only some episodes use.
    folders : mapping of str to str
        Where each of the optional things lives; an episode that reads something there uses it.
    """

    facts: Mapping[str, str]
    optional: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)


def read_environment(project: Project, settings: ExecutionSettings) -> Environment:
    """Look at Python, the lock files, the installed packages, and what the scripts say.

    Parameters
    ----------
    project : Project
        The course.
    settings : ExecutionSettings
        With the course's own scripts.

    Returns
    -------
    Environment

    Raises
    ------
    LessonbookError
        If a script fails.
    """
    facts = {"Python": platform.python_version()}
    locks = {name: file_state(str(project.root / name)) for name in LOCK_FILES}
    facts |= {name: state for name, state in locks.items() if state}
    facts |= _package_versions(project.root)
    optional, folders = {}, {}
    for name, value, folder in _script_facts(project.root, settings.environment_scripts):
        if folder:
            optional[name], folders[name] = value, folder
        else:
            facts[name] = value
    return Environment(facts, optional, folders)


def watched_digest(root: Path, patterns: Iterable[str]) -> str:
    """Digest every file that an episode might read, for one of which nothing was recorded.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    patterns : iterable of str
        Glob patterns from the root, for example ``code/**/*.py``; none for all, as for
        `watched_files`.

    Returns
    -------
    str
        64 hexadecimal digits; the same for the same contents, whatever the files' dates.
    """
    digest = hashlib.sha256(f"python {platform.python_version()}".encode())
    for path in watched_files(root, patterns):
        digest.update(f"\n{path.relative_to(root).as_posix()} {file_state(str(path))}".encode())
    return digest.hexdigest()


def watched_files(root: Path, patterns: Iterable[str]) -> list[Path]:
    """The files that the patterns name, each once and in a fixed order.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    patterns : iterable of str
        Glob patterns from the root; none for every file of the course, but for its pages,
        configuration and table of contents.

    Returns
    -------
    list of pathlib.Path
        Regular files only; byte code, checkpoints, hidden folders, virtual environments and what
        was built are passed over.
    """
    patterns = tuple(patterns)
    if not patterns:
        configuration = {root / CONFIG_NAME, root / TOC_NAME}
        return sorted(
            path
            for path in course_files(root)
            if path.suffix not in SOURCE_SUFFIXES and path not in configuration
        )
    found = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    return sorted(path for path in found if is_of_course(path.relative_to(root).as_posix()))


def course_files(root: Path) -> Iterator[Path]:
    """Every file that belongs to a course, pages included.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.

    Yields
    ------
    pathlib.Path
        Not those in hidden folders, in virtual environments, or in folders of what is built.
    """
    for folder, folders, names in os.walk(root):
        folders[:] = [
            name
            for name in folders
            if not name.startswith((".", "_build"))
            and name not in {*PASSED_OVER, "node_modules"}
            and not Path(folder, name, "pyvenv.cfg").exists()
        ]
        for name in names:
            path = Path(folder, name)
            if path.is_file():
                yield path


def _package_versions(root: Path) -> dict[str, str]:
    """Versions of the packages that the course locks; of all that are installed without a lock."""
    installed = dict(installed_packages())
    locked = {
        _normal(name)
        for lock in ("requirements.lock", "requirements.txt")
        if (root / lock).is_file()
        for name in _REQUIREMENT.findall((root / lock).read_text("utf8", errors="replace"))
    }
    names = locked or set(installed)
    return {f"package {name}": installed.get(name, "not installed") for name in sorted(names)}


def installed_packages() -> Iterator[tuple[str, str]]:
    """Name and version of each installed package; of one that is there twice the last counts."""
    # importlib.metadata would read a file of each package; the names of the folders say as much
    for folder in reversed(_package_folders()):
        try:
            names = sorted(os.listdir(folder))  # noqa: PTH208 (names are all that is needed)
        except OSError:
            continue  # Python too passes over entries of its path that are no folders
        for name in names:
            match = _INSTALLED.match(name)
            if match:
                yield _normal(match["name"]), match["version"]


def _package_folders() -> list[str]:
    """Where a fresh Python would look for packages.

    Not ``sys.path``: a library may have put its private copies of others there (setuptools does).
    """
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    own = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    return [folder for folder in named if folder] + own + site.getsitepackages()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _script_facts(root: Path, scripts: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Run the course's scripts; yield name, value and folder of each fact that they print."""
    findings = []
    for script in scripts:
        try:
            answer = subprocess.run(
                [sys.executable, str(root / script)],
                cwd=root,
                capture_output=True,
                text=True,
                timeout=_SCRIPT_SECONDS,
                check=True,
            )
            for name, fact in json.loads(answer.stdout).items():
                yield str(name), str(fact["version"]), str(fact.get("folder") or "")
        except subprocess.CalledProcessError as error:
            last = (error.stderr.strip().splitlines() or ["it printed no message"])[-1]
            findings.append(_script_problem(script, f"it ended with {error.returncode}: {last}"))
        except subprocess.TimeoutExpired:
            findings.append(_script_problem(script, f"it took more than {_SCRIPT_SECONDS} s"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            findings.append(
                _script_problem(
                    script,
                    f"found output that cannot be read ({error}), allowed one JSON object "
                    '{"name": {"version": "text", "folder": "path or null"}}',
                )
            )
    if findings:
        raise LessonbookError(*findings)


def _script_problem(script: str, message: str) -> Finding:
    return Finding(script, None, f"a script of lesson_environment failed: {message}")
