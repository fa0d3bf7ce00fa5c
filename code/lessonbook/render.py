"""From sources to pages: the standard Jupyter Book build, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from lessonbook.execution_settings import execution_settings
from lessonbook.findings import Finding, LessonbookError
from lessonbook.processes import TAG_VARIABLE
from lessonbook.project import CONFIG_NAME, TOC_NAME, Project
from lessonbook.views import LEARNER, other_view, way_to

RENDER_FOLDER = ".render"


def render(
    project: Project,
    view: str = LEARNER,
    *,
    jobs: int = 1,
    is_strict: bool = True,
    has_other_view: bool = False,
    log: Path | None = None,
    tag: str = "",
) -> Path:
    """Write every page of one view, from the results that there are.

    Each view keeps its pages and what Sphinx knows of them in a folder of its own, so that
    neither undoes the other's incremental build. Both take results from the one cache.

    Parameters
    ----------
    project : Project
        The course.
    view : {"learner", "instructor"}
        Whose pages to write.
    jobs : int
        Processes that read and write pages.
    is_strict : bool
        Whether a warning fails the build.
    has_other_view : bool
        Whether the other view will be published too, so that the pages may link to it.
    log : pathlib.Path, optional
        File for what Sphinx prints; by default it goes where this process prints.
    tag : str
        By which to find the processes of this rendering.

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
    folder = project.build_folder / RENDER_FOLDER / view
    pages = folder / "html"
    pages.mkdir(parents=True, exist_ok=True)
    order = {
        "sourcedir": str(project.root),
        "outputdir": str(pages),
        "path_config": str(project.root / CONFIG_NAME),
        "noconfig": True,  # there is no conf.py
        "confoverrides": {
            **config_overrides(project, view, has_other_view=has_other_view),
            "lesson_repeat_warnings": True,
        },
        "doctreedir": str(folder / "doctrees"),
        "jobs": jobs,
        "warningiserror": is_strict,
        "keep_going": is_strict,
    }
    # A process of its own: Sphinx and its extensions leave much behind, which stops a later build.
    command = [sys.executable, "-m", "lessonbook.render", json.dumps(order)]
    sys.stdout.flush()
    environment = {**os.environ, TAG_VARIABLE: tag}
    with nullcontext() if log is None else log.open("wb") as output:
        ran = subprocess.run(command, env=environment, stdout=output, stderr=output, check=False)
    if ran.returncode:
        message = "the pages could not be rendered; see the messages above"
        raise LessonbookError(Finding(project.root.name, None, message))
    return pages


def _render_here(order: dict[str, Any]) -> int:
    """Carry out an order in this process; return its exit status."""
    from jupyter_book.sphinx import build_sphinx

    for name in ("sourcedir", "outputdir"):
        order[name] = Path(order[name])
    result = build_sphinx(**order, builder="html")
    # Sphinx has reported an exception that it returns.
    return int(bool(result))


def _use_results(project: Project) -> dict[str, Any]:
    """Settings with which Sphinx executes nothing; whatever is to be executed was before."""
    settings = execution_settings(project)
    if not settings.has_results:
        return {}
    return {
        "nb_execution_mode": "cache",
        "nb_execution_cache_path": str(settings.cache),
        "lesson_results_only": True,
    }


def config_overrides(
    project: Project, view: str, *, has_other_view: bool = False
) -> dict[str, Any]:
    """What a build sets beside ``_config.yml``; the live preview sets the same.

    Parameters
    ----------
    project : Project
        The course.
    view : {"learner", "instructor"}
        Whose pages to write.
    has_other_view : bool
        Whether the pages may link to the other view.

    Returns
    -------
    dict
        Values of the configuration by name.
    """
    return {
        **_use_results(project),
        "external_toc_path": str(project.root / TOC_NAME),
        "latex_individualpages": False,  # Jupyter Book asks for it in every build
        "lesson_view": view,
        "lesson_other_view": way_to(other_view(view), view) if has_other_view else None,
    }


if __name__ == "__main__":
    sys.exit(_render_here(json.loads(sys.argv[1])))
