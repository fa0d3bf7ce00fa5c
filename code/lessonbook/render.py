"""From sources to pages: the standard Jupyter Book build, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lessonbook.execution_settings import execution_settings
from lessonbook.findings import Finding, LessonbookError
from lessonbook.processes import TAG_VARIABLE, end_processes, guard, new_tag
from lessonbook.project import CONFIG_NAME, TOC_NAME, Project
from lessonbook.rendered import PAGES, drop_damaged, note_rendered
from lessonbook.sphinx_ext.surroundings import INTERRUPTED
from lessonbook.views import other_view, way_to

RENDER_FOLDER = ".render"
DOCTREES = "doctrees"


class Renderer:
    """Writes pages, in a process of its own that has Sphinx loaded.

    Each view keeps its pages and what Sphinx knows of them in a folder of its own, so that
    neither undoes the other's incremental build. Both take results from the one cache.

    Parameters
    ----------
    project : Project
        The course.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._tag = new_tag(project.root)
        self._guard = ExitStack()
        self._process: subprocess.Popen[str] | None = None

    def get_ready(self) -> subprocess.Popen[str]:
        """Have the process load Sphinx while something else is done.

        Returns
        -------
        subprocess.Popen
            Running `lessonbook.render_host`; a second call returns the same, until `end`.
        """
        if self._process is not None and self._process.poll() is not None:
            self.end()  # it was killed
        if self._process is None:
            self._guard.enter_context(guard(self._tag))
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lessonbook.render_host"],
                env={**os.environ, TAG_VARIABLE: self._tag},
                stdin=subprocess.PIPE,
                text=True,
            )
        return self._process

    def end(self) -> None:
        """End the process if it is still there: it was not needed, or Ctrl-C was pressed."""
        process, self._process = self._process, None
        with self._guard:
            if process is not None:
                if process.poll() is None:
                    end_processes(self._tag)
                process.communicate()

    def render(
        self, views: Sequence[str], *, jobs: int = 1, is_strict: bool = True
    ) -> dict[str, Path]:
        """Write every page of the views, at the same time, from the results that there are.

        Parameters
        ----------
        views : sequence of {"learner", "instructor"}
            Whose pages to write.
        jobs : int
            Processes that read and write pages; the views share them.
        is_strict : bool
            Whether a warning fails the build.

        Returns
        -------
        dict of str to pathlib.Path
            For each view the folder with its pages; not yet published.

        Raises
        ------
        LessonbookError
            If Sphinx reports an error, or a warning in a strict build; Sphinx has by then printed
            each of them with its place.
        """
        process = self.get_ready()
        folders = [view_folder(self._project, view) for view in views]
        for folder in folders:
            drop_damaged(folder)
        share = max(1, jobs // len(views))
        orders = [_order(self._project, view, views, share, is_strict) for view in views]
        sys.stdout.flush()
        with TemporaryDirectory() as place:
            # what the first prints is seen as it goes, what the others print afterwards
            logs = [Path(place, view) for view in views[1:]]
            for order, log in zip(orders[1:], logs, strict=True):
                order["log"] = str(log)
            process.communicate(json.dumps(orders))
            for folder in folders:
                # after warnings too: what they are about is mended by an edit
                if not (folder / DOCTREES / INTERRUPTED).exists():
                    note_rendered(folder)
            for log in logs:
                if log.exists():
                    text = log.read_text(encoding="utf8", errors="replace")
                    print(text, end="", flush=True)
        if process.returncode:
            message = "the pages could not be rendered; see the messages above"
            raise LessonbookError(Finding(self._project.root.name, None, message))
        return {view: Path(order["outputdir"]) for view, order in zip(views, orders, strict=True)}


@contextmanager
def rendering(project: Project) -> Iterator[Renderer]:
    """Have something that writes pages, for as long as the block runs.

    Parameters
    ----------
    project : Project
        The course.

    Yields
    ------
    Renderer
        Which can be used once.
    """
    renderer = Renderer(project)
    try:
        yield renderer
    finally:
        renderer.end()


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


def view_folder(project: Project, view: str) -> Path:
    """Return the folder in which the pages of a view are rendered."""
    return project.build_folder / RENDER_FOLDER / view


def _order(
    project: Project, view: str, views: Sequence[str], jobs: int, is_strict: bool
) -> dict[str, Any]:
    """Say what to render and how, in words that JSON has."""
    folder = view_folder(project, view)
    pages = folder / PAGES
    pages.mkdir(parents=True, exist_ok=True)
    return {
        "sourcedir": str(project.root),
        "outputdir": str(pages),
        "path_config": str(project.root / CONFIG_NAME),
        "noconfig": True,  # there is no conf.py
        "confoverrides": {
            **config_overrides(project, view, has_other_view=len(views) > 1),
            "lesson_repeat_warnings": True,
        },
        "doctreedir": str(folder / DOCTREES),
        "jobs": jobs,
        "warningiserror": is_strict,
        "keep_going": is_strict,
        "log": None,
    }


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
