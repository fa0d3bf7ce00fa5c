"""From sources to pages: the standard Jupyter Book build, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from lessonbook.findings import Finding, LessonbookError
from lessonbook.project import CONFIG_NAME, TOC_NAME, Project

RENDER_FOLDER = ".render"


def render(project: Project, *, jobs: int = 1, is_strict: bool = True) -> Path:
    """Execute what is stale and write every page.

    Parameters
    ----------
    project : Project
        The course.
    jobs : int
        Processes that read and write pages.
    is_strict : bool
        Whether a warning fails the build.

    Returns
    -------
    pathlib.Path
        The folder with the pages; not yet published.

    Raises
    ------
    LessonbookError
        If Sphinx reports an error, or a warning in a strict build; Sphinx has by then printed each
        of them with its place.
    """
    # Jupyter Book and Sphinx take a second to import, which other commands need not pay
    from jupyter_book.sphinx import build_sphinx

    folder = project.build_folder / RENDER_FOLDER
    pages = folder / "html"
    pages.mkdir(parents=True, exist_ok=True)
    result = build_sphinx(
        project.root,
        pages,
        path_config=project.root / CONFIG_NAME,
        noconfig=True,  # there is no conf.py
        confoverrides={
            "external_toc_path": str(project.root / TOC_NAME),
            "latex_individualpages": False,  # Jupyter Book asks for it in every build
        },
        doctreedir=folder / "doctrees",
        jobs=jobs,
        warningiserror=is_strict,
        keep_going=is_strict,
        builder="html",
    )
    if isinstance(result, KeyboardInterrupt):
        raise result
    if isinstance(result, Exception) or result:
        reason = f": {result}" if isinstance(result, Exception) else ""
        raise LessonbookError(
            Finding(
                project.root.name,
                None,
                f"the pages could not be rendered; see the messages above{reason}",
            )
        )
    return pages
