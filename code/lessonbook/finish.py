"""From rendered pages to a site as readers, hosts and search engines want it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

from lessonbook.beside import beside
from lessonbook.check.site import prepare_check
from lessonbook.downloads.course import offer_course, wants_offline_copy, write_offline_copy
from lessonbook.downloads.write import write_downloads
from lessonbook.kept import Kept, keep
from lessonbook.plan import Plan
from lessonbook.project import Project
from lessonbook.render import RENDER_FOLDER
from lessonbook.site.assemble import assemble, find_pages
from lessonbook.site.policy import write_headers
from lessonbook.site.sitemap import write_sitemap
from lessonbook.views import INSTRUCTOR, LEARNER, VIEW_FOLDERS

ASSEMBLY_FOLDER = "assembly"
"""What finishing the site keeps for the next time, below the folder of the rendered pages."""

DOWNLOADS_FOLDER = "downloads"
"""The notebooks and scripts of the pages as they are, by view, in the same folder."""


def finish_site(
    project: Project,
    site: Path,
    views: Collection[str],
    current: Plan,
    report: Callable[[str], None],
    kept: Kept,
) -> None:
    """Finish the pages of the views, in place and at the same time, and read them for the check.

    Parameters
    ----------
    project : Project
        The course.
    site : pathlib.Path
        The pages of each view as Sphinx wrote them, not yet published.
    views : collection of str
        Which views are there.
    current : Plan
        With the results that the pages show.
    report : callable
        Called with what the author should know.
    kept : Kept
        What checking the site has kept; what has been read of the pages is added.

    Raises
    ------
    LessonbookError
        If a page and its executed notebook do not go together.
    OSError
        If a file cannot be written.
    """
    prepared = project.build_folder / RENDER_FOLDER / ASSEMBLY_FOLDER / INSTRUCTOR / "read.kept"
    other = partial(_finish_instructors, project, site, current, prepared)
    with beside(other) if len(views) > 1 else nullcontext():
        if LEARNER in views:
            _finish_learners(project, site, current, report)
            with _packing(project, site):
                prepare_check(site, find_pages(site), kept)
        else:
            other()
    if INSTRUCTOR in views:
        kept.take_over(prepared)
    write_headers(site)


@contextmanager
def _packing(project: Project, site: Path) -> Iterator[None]:
    """Pack the learners' pages, which the block does not change, for who has no network."""
    if not wants_offline_copy(project):
        yield
        return
    with beside(partial(write_offline_copy, project, site, [VIEW_FOLDERS[INSTRUCTOR]])):
        yield


def _finish_learners(
    project: Project, site: Path, current: Plan, report: Callable[[str], None]
) -> None:
    _add_downloads(project, site, LEARNER, current)
    offer_course(project, site, report)
    _assemble(project, site, LEARNER)
    write_sitemap(site, find_pages(site))


def _finish_instructors(project: Project, site: Path, current: Plan, prepared: Path) -> None:
    """Finish the pages that are for no search engine and in no archive."""
    _add_downloads(project, site, INSTRUCTOR, current)
    _assemble(project, site, INSTRUCTOR)
    with keep(prepared) as kept:
        prepare_check(site, find_pages(site / VIEW_FOLDERS[INSTRUCTOR]), kept)


def _add_downloads(project: Project, site: Path, view: str, current: Plan) -> None:
    write_downloads(
        project,
        current.episodes,
        site / VIEW_FOLDERS[view],
        project.build_folder / RENDER_FOLDER / DOWNLOADS_FOLDER / view,
        for_instructor=view == INSTRUCTOR,
    )


def _assemble(project: Project, site: Path, view: str) -> None:
    # for each view a folder of its own, as both are written at the same time
    cache = project.build_folder / RENDER_FOLDER / ASSEMBLY_FOLDER / view
    with keep(cache / "assembled.kept") as kept:
        assemble(site / VIEW_FOLDERS[view], cache, kept)
