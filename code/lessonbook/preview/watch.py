"""What was saved in a course's folder, and what it means for the preview."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from lessonbook.project import SOURCE_SUFFIXES, Project

QUIET_MILLISECONDS = 30
"""How long nothing must be saved before the preview reacts; editors save in several steps."""

TEMPORARY_SUFFIXES = ("~", ".tmp", ".swp", ".swx", ".part", ".crdownload")


class _Filter(DefaultFilter):
    """Leaves out what is built and what editors write on the side."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root

    def __call__(self, change: Change, path: str) -> bool:
        try:
            relative = Path(path).relative_to(self._root)
        except ValueError:
            return False
        hidden = any(part.startswith(".") or part == "_build" for part in relative.parts)
        name = relative.name
        is_temporary = name.endswith(TEMPORARY_SUFFIXES) or name == "4913"  # Vim's trial file
        return not hidden and not is_temporary and super().__call__(change, path)


async def saved_files(root: Path) -> AsyncIterator[set[Path]]:
    """Tell what was saved, again and again.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder; hidden folders in it and ``_build`` are not watched.

    Yields
    ------
    set of pathlib.Path
        Paths from the root of files that were written, renamed or removed at about the same time.
    """
    while True:
        folders = _watched_folders(root)
        async for changes in _watch(root, folders):
            yield {Path(path).relative_to(root) for _, path in changes}
            if _watched_folders(root) != folders:
                break


def _watched_folders(root: Path) -> list[Path]:
    return sorted(
        path
        for path in root.iterdir()
        if path.is_dir() and path.name != "_build" and not path.name.startswith(".")
    )


async def _watch(root: Path, folders: list[Path]) -> AsyncIterator[set[tuple[Change, str]]]:
    """Watch the root without what is below it, so that an environment there costs nothing."""
    queue: asyncio.Queue[set[tuple[Change, str]]] = asyncio.Queue()

    async def feed(paths: Iterable[Path], recursive: bool) -> None:
        async for changes in awatch(
            *paths,
            watch_filter=_Filter(root),
            step=QUIET_MILLISECONDS,
            debounce=10 * QUIET_MILLISECONDS,
            recursive=recursive,
        ):
            queue.put_nowait(changes)

    tasks = [asyncio.create_task(feed([root], False))]
    if folders:
        tasks.append(asyncio.create_task(feed(folders, True)))
    try:
        while True:
            yield await queue.get()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def needs_fresh_start(project: Project, files: Iterable[Path]) -> bool:
    """Tell whether something other than the text of pages was saved.

    Parameters
    ----------
    project : Project
        The course.
    files : iterable of pathlib.Path
        Paths from its folder.

    Returns
    -------
    bool
        Whether Sphinx has to look at everything again: its configuration, the code that episodes
        run, pictures.
    """
    return any(_page_of(path) not in project.pages for path in files)


def saved_pages(project: Project, files: Iterable[Path]) -> frozenset[str]:
    """Return the pages of the course whose sources are among some files.

    Parameters
    ----------
    project : Project
        The course.
    files : iterable of pathlib.Path
        Paths from its folder.

    Returns
    -------
    frozenset of str
        Paths from the course's folder, without suffix.
    """
    return frozenset(page for path in files if (page := _page_of(path)) in project.pages)


def _page_of(path: Path) -> str:
    name = path.as_posix()
    return name.removesuffix(path.suffix) if path.suffix in SOURCE_SUFFIXES else ""
