"""Remove what builds have made, unless it is in use."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from lessonbook.execution_settings import execution_settings
from lessonbook.findings import Finding, LessonbookError
from lessonbook.hooks import Hook
from lessonbook.pipeline import LOCK_NAME
from lessonbook.plan import RECORDS_FOLDER
from lessonbook.preview.messages import PREVIEW_FOLDER
from lessonbook.project import CONFIG_NAME, Project


class CourseInUseError(Exception):
    """Something is being built or served, which a removal would break."""


@dataclass(frozen=True)
class Removed:
    """Something that is gone.

    Parameters
    ----------
    what : str
        The thing.
    bytes : int
        What it took on the disk.
    entries : int or None
        How many there were, where that can be said.
    """

    what: str
    bytes: int
    entries: int | None = None


def remove_built(project: Project, *, results: bool, dry_run: bool) -> list[Removed]:
    """Remove a course's pages, and if wanted the results of its code.

    Parameters
    ----------
    project : Project
        The course.
    results : bool
        Whether to remove the results too, so that the next build executes everything.
    dry_run : bool
        Whether only to say what would be removed.

    Returns
    -------
    list of Removed
        Each folder and file directly in the build folder, and the cache where it is elsewhere.

    Raises
    ------
    CourseInUseError
        If the course is being built or served; nothing is then removed.
    OSError
        If something cannot be removed.
    """
    folder = project.build_folder
    if not folder.is_dir():
        return []
    cache = execution_settings(project).cache
    kept = set() if results else {cache, folder / RECORDS_FOLDER}
    with _sole_use(folder):
        names = [path for path in sorted(folder.iterdir()) if path.name != LOCK_NAME]
        if results and cache.is_relative_to(project.root) and not cache.is_relative_to(folder):
            names.append(cache)
        removed = []
        for path in names:
            # a folder stays where the cache lies somewhere in it
            if not any(one == path or one.is_relative_to(path) for one in kept):
                shown = path.relative_to(project.root).as_posix()
                removed.append(Removed(shown, size_of(path)))
                if not dry_run:
                    _remove(path)
    return removed


def prune_stores(hooks: Mapping[str, Hook], unused_days: float, *, dry_run: bool) -> list[Removed]:
    """Have a course's own functions remove what it keeps elsewhere.

    Parameters
    ----------
    hooks : mapping of str to callable
        Each takes the days for which an entry was not used, and whether only to look; it returns a
        list of mappings with ``what``, ``entries`` and ``bytes``.
    unused_days : float
        The days; 0 for everything.
    dry_run : bool
        Whether only to say what would be removed.

    Returns
    -------
    list of Removed
        What the functions say.

    Raises
    ------
    LessonbookError
        If a function fails, or says something else.
    """
    return [
        _read_report(name, report)
        for name, hook in hooks.items()
        for report in _call(name, hook, unused_days, dry_run)
    ]


def size_of(path: Path) -> int:
    """Bytes of a file or of all files in a folder, those with several names counted once.

    Parameters
    ----------
    path : pathlib.Path
        A file, a folder or nothing.

    Returns
    -------
    int
        Bytes.
    """
    if path.is_symlink() or not path.is_dir():
        return path.lstat().st_size if path.exists() else 0
    seen: dict[tuple[int, int], int] = {}
    for folder, _, names in os.walk(path):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                state = Path(folder, name).lstat()
                seen[state.st_dev, state.st_ino] = state.st_size
    return sum(seen.values())


@contextlib.contextmanager
def _sole_use(folder: Path) -> Iterator[None]:
    names = [LOCK_NAME, *(f"{PREVIEW_FOLDER}/{p.name}" for p in _preview_locks(folder))]
    with contextlib.ExitStack() as stack:
        for name in names:
            lock = FileLock(folder / name, timeout=0)
            try:
                stack.enter_context(lock)
            except Timeout:
                what = "built" if name == LOCK_NAME else "served"
                raise CourseInUseError(
                    f"The course is being {what}; wait for it or end it first."
                ) from None
        yield


def _preview_locks(folder: Path) -> list[Path]:
    return sorted((folder / PREVIEW_FOLDER).glob("*.lock"))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _call(name: str, hook: Hook, unused_days: float, dry_run: bool) -> list[Any]:
    try:
        reports = hook(unused_days, dry_run)
    except Exception as error:  # a function of the course's authors may fail in any way
        raise _hook_error(name, f"it failed with {type(error).__name__}: {error}") from error
    if not isinstance(reports, list):
        raise _hook_error(name, f"it returned {type(reports).__name__}, allowed a list")
    return reports


def _read_report(name: str, report: Any) -> Removed:
    fields = report if isinstance(report, Mapping) else {}
    what, entries, size = (fields.get(key) for key in ("what", "entries", "bytes"))
    if not isinstance(what, str) or not isinstance(entries, int) or not isinstance(size, int):
        raise _hook_error(name, f"it returned {report!r}, allowed what, entries and bytes")
    return Removed(what, size, entries)


def _hook_error(name: str, found: str) -> LessonbookError:
    return LessonbookError(Finding(CONFIG_NAME, None, f"lesson_clean: {name}: {found}; mend it"))
