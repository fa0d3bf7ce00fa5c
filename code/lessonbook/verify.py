"""Check the assembled site before it is published."""

from __future__ import annotations

from pathlib import Path

from lessonbook.findings import LessonbookError
from lessonbook.project import Project


def verify(project: Project, folder: Path) -> None:
    """Check every page as a browser would get it.

    Parameters
    ----------
    project : Project
        The course that the site was made of.
    folder : pathlib.Path
        The whole site, both views.

    Raises
    ------
    LessonbookError
        With every finding that is an error; see ``lessonbook check``.
    """
    # parsers take a moment to import, which a build with nothing changed need not pay
    from lessonbook.check.engine import check_site
    from lessonbook.source.reader import load_course

    name = project.site_folder.relative_to(project.root).as_posix()
    found = check_site(folder, load_course(project.root), name=name)
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        raise LessonbookError(*errors)
