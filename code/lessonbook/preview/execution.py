"""Find the stale episodes of a course, and execute some of them."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

from filelock import FileLock, Timeout

from lessonbook.execute import execute
from lessonbook.findings import Finding
from lessonbook.pipeline import LOCK_NAME
from lessonbook.plan import plan
from lessonbook.preview.messages import Execute, Failed, Message, Ran, Running, Setting, Stale
from lessonbook.processes import course_tag, end_processes
from lessonbook.progress import Progress
from lessonbook.project import load_project
from lessonbook.upkeep import keep_records

Report = Callable[[Message], None]


def execute_once(setting: Setting, wait: Callable[[], Execute], report: Report) -> None:
    """Say which episodes are stale, wait, and execute those that are asked for.

    Parameters
    ----------
    setting : Setting
        The course.
    wait : callable
        Returns what to execute.
    report : callable
        Called with each step.

    Raises
    ------
    LessonbookError
        If a setting is not allowed, or a script of ``lesson_environment`` fails.
    """
    project = load_project(setting.root)
    stale = [episode for episode in plan(project).episodes if not episode.has_results]
    report(Stale({episode.page: episode.code.code_digest for episode in stale}))
    order = wait()
    with _sole_use(project.build_folder / LOCK_NAME, report):
        end_processes(course_tag(project.root))  # of a build that was killed with its guard
        # another build may have executed them meanwhile
        current = plan(project)
        keep_records(project, current)
        chosen = [
            episode
            for episode in current.episodes
            if episode.page in order.pages and not episode.has_results
        ]
        for page in order.pages - {episode.page for episode in chosen}:
            report(Ran(page))
        failures = execute(
            project,
            chosen,
            current.environment,
            jobs=setting.jobs,
            progress=_ReportedProgress(report),
        )
        keep_records(project, plan(project))
    if failures:
        report(Failed(tuple(Finding(one.page, one.line, one.message) for one in failures)))


def _sole_use(path: Path, report: Report) -> FileLock:
    """Wait for another build to end: both would write results."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        report(Running("Waiting for another build of this course"))
        lock.acquire()
    return lock


class _ReportedProgress(Progress):
    """Reports instead of printing."""

    def __init__(self, report: Report) -> None:
        super().__init__(StringIO())
        self._report = report

    def start(self, page: str) -> None:
        """Say that an episode begins."""
        super().start(page)
        self._report(Running(f"Running the cells of {page}"))

    def reach(self, page: str, cell: int, cells: int, line: int) -> None:
        """Say which cell an episode has reached."""
        super().reach(page, cell, cells, line)
        self._report(Running(f"Running {page}: cell {cell} of {cells}, line {line}"))

    def end(self, page: str, outcome: str) -> None:
        """Say that an episode has ended."""
        super().end(page, outcome)
        if outcome == "done":
            self._report(Ran(page))
