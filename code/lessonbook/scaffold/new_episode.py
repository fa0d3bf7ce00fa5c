"""Write a new episode and its entry in the table of contents: both, or neither."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from rapidfuzz import process

from lessonbook.findings import Finding, LessonbookError
from lessonbook.project import SOURCE_SUFFIXES, TOC_NAME, Project, load_project
from lessonbook.scaffold.naming import find_numbering, slug_of
from lessonbook.scaffold.skeleton import write_skeleton
from lessonbook.scaffold.toc import add_page, listed_pages

LOCK_NAME = ".new.lock"


@dataclass(frozen=True)
class EpisodeRequest:
    """What an author asks for.

    Parameters
    ----------
    title : str
        The episode's title, one line.
    slug : str or None
        The part of the file's name after the number; None to make it from the title.
    after : str or None
        The page that it follows in the table of contents; None for the last episode.
    teaching, exercises : int
        Minutes.
    """

    title: str
    slug: str | None = None
    after: str | None = None
    teaching: int = 30
    exercises: int = 15


def add_episode(root: Path, request: EpisodeRequest) -> Path:
    """Write a new episode into a course.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    request : EpisodeRequest
        What to write.

    Returns
    -------
    pathlib.Path
        The new file.

    Raises
    ------
    LessonbookError
        If the course cannot be read, the title makes no file name, the file is there already or
        the page to follow is not in the table of contents; nothing is then written.
    """
    root = root.resolve()
    load_project(root)
    (root / "_build").mkdir(exist_ok=True)
    with FileLock(root / "_build" / LOCK_NAME):
        # read again: another command may have added an episode meanwhile
        return _add_episode(load_project(root), request)


def _add_episode(project: Project, request: EpisodeRequest) -> Path:
    title = checked_title(request.title)
    slug = _checked_slug(request.slug) if request.slug is not None else slug_from(title)
    numbering = find_numbering(project.root, project.pages)
    page = numbering.page(slug)
    toc = project.root / TOC_NAME
    text = toc.read_bytes().decode("utf8")
    changed = add_page(text, page, _page_before(text, request.after, numbering.folder))
    path = project.root / f"{page}.md"
    content = write_skeleton(page, title, request.teaching, request.exercises)
    created = _missing_parents(path)
    _write_new(path, content)
    try:
        _replace(toc, changed)
    except BaseException:
        path.unlink()
        for folder in created:
            with suppress(OSError):
                folder.rmdir()
        raise
    return path


def checked_title(title: str) -> str:
    """Return a title without needless blanks.

    Raises
    ------
    LessonbookError
        If it is empty, or holds a line break or another sign that cannot be seen.
    """
    if not title.strip() or not title.isprintable():
        raise _refusal("title", title, "one line of text that is not empty")
    return " ".join(title.split())


def _checked_slug(slug: str) -> str:
    try:
        is_fit = slug_of(slug) == slug
    except ValueError:
        is_fit = False
    if not is_fit:
        raise _refusal("--slug", slug, "lower-case letters a to z, digits and single hyphens")
    return slug


def slug_from(title: str) -> str:
    """Return the part of a file's name that a title makes.

    Raises
    ------
    LessonbookError
        If it makes none.
    """
    try:
        return slug_of(title)
    except ValueError as error:
        raise LessonbookError(
            Finding(
                "title",
                None,
                f"{title!r} {error}, so it makes no file name; give one: --slug some-words",
            )
        ) from None


def _refusal(name: str, found: str, allowed: str) -> LessonbookError:
    return LessonbookError(Finding(name, None, f"found {found!r}, allowed {allowed}"))


def _page_before(text: str, after: str | None, folder: str) -> str | None:
    pages = listed_pages(text)
    if after is None:
        episodes = [page for page in pages if page.rpartition("/")[0] == folder]
        return next(reversed(episodes or pages), None)
    wanted = after
    for suffix in SOURCE_SUFFIXES:
        wanted = wanted.removesuffix(suffix)
    same_name = [page for page in pages if page.rpartition("/")[2] == wanted]
    if wanted in pages:
        return wanted
    if len(same_name) == 1:
        return same_name[0]
    near = [match for match, *_ in process.extract(wanted, pages, limit=3, score_cutoff=50)]
    listed = ", ".join(near or pages) or "nothing: the table lists no page below its root"
    raise LessonbookError(
        Finding("--after", None, f"found {after!r}, allowed a page of {TOC_NAME}, such as {listed}")
    )


def _missing_parents(path: Path) -> list[Path]:
    """The folders that writing the file will make, innermost first."""
    return [folder for folder in path.parents if not folder.exists()]


def _write_new(path: Path, content: str) -> None:
    """Write a file whole, and never over another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf8", newline="\n") as file:
            file.write(content)
    except FileExistsError:
        raise LessonbookError(
            Finding(path.name, None, f"there is such a file in {path.parent} already; move it")
        ) from None
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _replace(path: Path, content: str) -> None:
    """Write a file in one step that either happens or does not."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode("utf8"))
        temporary.chmod(path.stat().st_mode & 0o7777)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
