"""Check what is to be published, as a browser would get it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lessonbook.course import Course
from lessonbook.findings import Finding, LessonbookError
from lessonbook.kept import Kept
from lessonbook.project import Project

NEVER_PUBLISHED = frozenset({"LB080"})
"""Rules that no build may break, strict or not: instructors' text on learners' pages."""


def verify_sources(
    project: Project,
    report: Callable[[str], None],
    *,
    is_strict: bool,
    kept: Kept | None = None,
) -> Course:
    """Check the sources of a course before anything is made of them.

    What is wrong with a page that the table of contents does not list stops no build: nothing of
    it is published.

    Parameters
    ----------
    project : Project
        The course.
    report : callable
        Called with each finding that does not stop the build.
    is_strict : bool
        Whether errors do.
    kept : Kept, optional
        What is known of the sources from the last build.

    Returns
    -------
    Course
        What was checked.

    Raises
    ------
    LessonbookError
        With every finding that stops the build.
    """
    # parsers take a moment to import, which a build with nothing changed need not pay
    from lessonbook.check.engine import check_course
    from lessonbook.source.reader import load_course

    course = load_course(project.root, kept=kept)
    drafts = {page.path for page in course.pages if page.name not in course.contents}
    found = check_course(course)
    of_drafts = [finding for finding in found if finding.file in drafts]
    for finding in of_drafts:
        report(f"warning: {finding}")
    _sort_out([finding for finding in found if finding not in of_drafts], report, is_strict)
    return course


def verify_site(
    project: Project,
    course: Course,
    folder: Path,
    kept: Kept,
    report: Callable[[str], None],
    *,
    is_strict: bool,
) -> None:
    """Check every page of the finished site.

    Parameters
    ----------
    project : Project
        The course that the site was made of.
    course : Course
        Its sources, as they were read for this build.
    folder : pathlib.Path
        The whole site, both views, not yet in its place.
    kept : Kept
        What is known of its pages from the last build.
    report : callable
        Called with each finding that does not stop the build.
    is_strict : bool
        Whether errors do; those of `NEVER_PUBLISHED` always do.

    Raises
    ------
    LessonbookError
        With every finding that stops the build.
    """
    from lessonbook.check.engine import check_site

    name = project.site_folder.relative_to(project.root).as_posix()
    _sort_out(check_site(folder, course, name=name, kept=kept), report, is_strict)


def _sort_out(found: list[Finding], report: Callable[[str], None], is_strict: bool) -> None:
    stopping = [
        finding
        for finding in found
        if finding.rule in NEVER_PUBLISHED or (is_strict and finding.severity == "error")
    ]
    for finding in found:
        if finding not in stopping:
            report(f"warning: {finding}")
    if stopping:
        raise LessonbookError(*stopping)
