"""The way of a course: load, render, publish. Each stage hands plain data to the next."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock

from lessonbook.project import load_project
from lessonbook.publish import publish
from lessonbook.render import render

LOCK_NAME = ".lock"


def build(root: Path, *, jobs: int = 1, is_strict: bool = True) -> Path:
    """Build and publish a course.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    jobs : int
        Processes that read and write pages.
    is_strict : bool
        Whether a warning fails the build.

    Returns
    -------
    pathlib.Path
        The site's first page.

    Raises
    ------
    LessonbookError
        If anything fails; the site published before is then still in place.
    """
    project = load_project(root)
    project.build_folder.mkdir(parents=True, exist_ok=True)
    # a second build of the same course waits for the first
    with FileLock(project.build_folder / LOCK_NAME):
        pages = render(project, jobs=jobs, is_strict=is_strict)
        site = publish(pages, project.site_folder)
    return site / "index.html"
