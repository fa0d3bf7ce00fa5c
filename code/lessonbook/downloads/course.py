"""What the first page offers of the course as a whole: a copy for offline use, and a PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

import yaml

from lessonbook.downloads.archive import make_archive
from lessonbook.downloads.links import Download, add_links, remove_links
from lessonbook.downloads.printed import find_printed, mark_page, printed_page
from lessonbook.lesson_config import lesson_setting
from lessonbook.project import SOURCE_SUFFIXES, TOC_NAME, Project

OFFLINE_COPY = "offline-copy.zip"
PDF = "course.pdf"


def wants_offline_copy(project: Project) -> bool:
    """Tell whether the course sets ``lesson_offline_copy``."""
    return lesson_setting(project.config, "lesson_offline_copy") is True


def offer_course(project: Project, site: Path, report: Callable[[str], None]) -> None:
    """Put a PDF that is still right into the site, and list what the first page offers.

    Parameters
    ----------
    project : Project
        The course.
    site : pathlib.Path
        The learners' pages as Sphinx wrote them, which are changed.
    report : callable
        Called with a line for the author where a PDF is left out.
    """
    downloads = []
    if wants_offline_copy(project):
        downloads.append(Download(OFFLINE_COPY, "The whole course, to be read without a network"))
    page = printed_page(project)
    if page is not None:
        digest = mark_page(site, page)
        pdf = find_printed(project, digest, report)
        if pdf is not None:
            (site / PDF).write_bytes(pdf)
            downloads.append(Download(PDF, "The whole course, for print", len(pdf)))
    name = _first_page(project)
    text = (site / name).read_text(encoding="utf8")
    (site / name).write_text(add_links(text, name, downloads), encoding="utf8")


def write_offline_copy(project: Project, site: Path, left_out: Iterable[str]) -> None:
    """Pack the finished site.

    Parameters
    ----------
    project : Project
        The course.
    site : pathlib.Path
        The site; the archive is written into it.
    left_out : iterable of str
        Folders of the site that are not for learners.
    """
    folders = {folder for folder in left_out if folder}
    files = {}
    # the other folders are not even looked into: they may be changing
    for top in [path for path in site.iterdir() if path.name not in {*folders, OFFLINE_COPY, PDF}]:
        for path in (top, *top.rglob("*")):
            if path.is_file():
                files[f"course/{path.relative_to(site).as_posix()}"] = path.read_bytes()
    first = f"course/{_first_page(project)}"
    # the copy holds neither itself nor the same once more on paper
    files[first] = remove_links(files[first].decode("utf8")).encode("utf8")
    (site / OFFLINE_COPY).write_bytes(make_archive(files))


def _first_page(project: Project) -> str:
    """Return the path of the course's first page, wherever its contents name it."""
    contents = yaml.safe_load((project.root / TOC_NAME).read_text(encoding="utf8"))
    source = PurePosixPath(contents["root"])
    is_file = source.suffix in SOURCE_SUFFIXES
    return f"{source.with_suffix('') if is_file else source}.html"
