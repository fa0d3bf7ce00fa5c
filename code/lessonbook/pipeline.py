"""The way of a course: load, plan, execute, render, publish. Each stage hands on plain data."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from lessonbook.downloads.printed import printed_state
from lessonbook.environment import Environment
from lessonbook.execution_settings import page_matches
from lessonbook.findings import Finding, LessonbookError
from lessonbook.finish import finish_site
from lessonbook.kept import keep
from lessonbook.plan import EpisodePlan, Plan, plan
from lessonbook.processes import course_tag, end_processes
from lessonbook.progress import Progress
from lessonbook.project import Project, load_project
from lessonbook.publish import publish, remove_leftovers
from lessonbook.render import RENDER_FOLDER, Renderer, rendering
from lessonbook.site.assemble import find_never_loaded
from lessonbook.site_stamp import digest_inputs, is_site_current, seems_edited, stamp_site
from lessonbook.upkeep import keep_records
from lessonbook.verify import verify_site, verify_sources
from lessonbook.views import VIEW_FOLDERS, VIEWS

if TYPE_CHECKING:
    from lessonbook.episode_run import Failure

CHECKED_FILE = "checked.kept"
"""What checking the site keeps for the next time, in the folder of the rendered pages."""

SOURCES_FILE = "sources.kept"
"""What reading the sources keeps, in the same folder."""

LOCK_NAME = ".lock"
ROUNDS = 3
"""How often episodes are executed whose files are edited while they run."""


def build(
    root: Path,
    *,
    jobs: int = 1,
    is_strict: bool = True,
    views: Collection[str] = VIEWS,
    episodes: Sequence[str] = (),
    is_checked: bool = False,
    report: Callable[[str], None] = print,
) -> Path:
    """Build and publish a course.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    jobs : int
        Episodes that are executed at once, and processes that read and write pages.
    is_strict : bool
        Whether a warning fails the build.
    views : collection of str
        The views to build; the published site then holds these and no other.
    episodes : sequence of str
        Names or patterns of the only episodes to execute; empty for all. The pages of other
        stale episodes are then published without results.
    is_checked : bool
        Whether the linter's errors in the sources stop the build; otherwise they are reported.
    report : callable
        Called with each line for the author that is not an error.

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
    with _sole_use(project, report), rendering(project) as renderer:
        if seems_edited(project):
            renderer.get_ready()
        if is_checked:
            verify_sources(project, report, is_strict=True)
        with _explained(project, report):
            current = _execute_stale(project, jobs, episodes, report, renderer)
        wanted = [view for view in VIEWS if view in views]
        options = [f"strict {is_strict}", f"pdf {printed_state(project)}", *wanted]
        inputs = digest_inputs(project, current, options)
        first_page = project.site_folder / VIEW_FOLDERS[wanted[0]] / "index.html"
        if is_site_current(project, inputs):
            report("nothing has changed since the site was built")
            return first_page
        renderer.get_ready()
        # what was edited while episodes ran is checked as it is now
        with keep(_kept_file(project, SOURCES_FILE)) as kept:
            course = verify_sources(project, report, is_strict=is_checked, kept=kept)
        rendered = renderer.render(wanted, jobs=jobs, is_strict=is_strict)
        pages = {VIEW_FOLDERS[view]: folder for view, folder in rendered.items()}
        _check_unchanged(current, plan(project))

        def prepare(site: Path) -> None:
            with keep(_kept_file(project, CHECKED_FILE)) as kept:
                finish_site(project, site, wanted, current, report, kept)
                verify_site(project, course, site, kept, report, is_strict=is_strict)

        publish(pages, project.site_folder, prepare, left_out=find_never_loaded)
        stamp_site(project, inputs)
        _report_without_results(current, report)
    return first_page


@contextmanager
def _sole_use(project: Project, report: Callable[[str], None]) -> Iterator[None]:
    """Wait for another build of the same course to end."""
    lock = FileLock(project.build_folder / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        report("waiting for another build of this course to end")
        lock.acquire()
    try:
        # of a build that was killed, perhaps together with its guard
        end_processes(course_tag(project.root))
        remove_leftovers(project.site_folder.parent)
        yield
    finally:
        lock.release()


@contextmanager
def _explained(project: Project, report: Callable[[str], None]) -> Iterator[None]:
    """Say which mistake in a source stopped a library that expects none."""
    try:
        yield
    except (LessonbookError, OSError):
        raise
    except Exception:
        verify_sources(project, report, is_strict=True)
        raise  # no mistake of an author's


def _execute_stale(
    project: Project,
    jobs: int,
    patterns: Sequence[str],
    report: Callable[[str], None],
    renderer: Renderer,
) -> Plan:
    """Execute until nothing that was asked for is stale; return the plan as it is then."""
    current = plan(project)
    for finding in (*current.warnings, *keep_records(project, current)):
        report(f"warning: {finding}")
    waiting = _chosen(current, patterns)
    for _ in range(ROUNDS):
        if not waiting:
            return current
        from lessonbook.failure_report import ExecutionFailedError

        for episode in waiting:
            more = f", and {len(episode.reasons) - 1} more" if len(episode.reasons) > 1 else ""
            report(f"{episode.page}: stale, as {episode.reasons[0]}{more}")
        if len(waiting) > jobs:
            renderer.end()  # the memory that it takes is for the kernels
        failures = _execute(project, waiting, current.environment, jobs)
        current = plan(project)
        keep_records(project, current)
        if failures:
            raise ExecutionFailedError(failures)
        # what was edited while it ran is stale again
        waiting = [one for one in _chosen(current, patterns) if not one.has_results]
    raise LessonbookError(
        *(
            Finding(
                f"{one.page}.md",
                None,
                f"stale again after each of {ROUNDS} runs: "
                f"{'; '.join(map(str, one.reasons))}; an episode must not change what it reads",
            )
            for one in waiting
        )
    )


def _execute(
    project: Project, waiting: Sequence[EpisodePlan], environment: Environment, jobs: int
) -> list[Failure]:
    """Execute, and meanwhile read the sources, which are looked at again before they are used."""
    # clients of kernels take half a second to import, which a build of pages only need not pay
    from lessonbook.execute import execute

    has_begun = threading.Event()  # before that, the kernels would have to wait for this process
    with ThreadPoolExecutor(max_workers=1) as beside:
        beside.submit(_read_sources, project, has_begun)
        try:
            progress = _Announced(has_begun)
            return execute(project, waiting, environment, jobs=jobs, progress=progress)
        finally:
            has_begun.set()


class _Announced(Progress):
    """Tells another thread when the first cell of any episode begins."""

    def __init__(self, has_begun: threading.Event) -> None:
        super().__init__()
        self._has_begun = has_begun

    def reach(self, page: str, cell: int, cells: int, line: int) -> None:
        super().reach(page, cell, cells, line)
        self._has_begun.set()


def _read_sources(project: Project, has_begun: threading.Event) -> None:
    """Have what reading the sources keeps; whatever is wrong with them is found out later."""
    has_begun.wait()
    with keep(_kept_file(project, SOURCES_FILE)) as kept:
        verify_sources(project, lambda _: None, is_strict=False, kept=kept)


def _kept_file(project: Project, name: str) -> Path:
    return project.build_folder / RENDER_FOLDER / name


def _chosen(current: Plan, patterns: Sequence[str]) -> list[EpisodePlan]:
    """Return the stale episodes that were asked for."""
    unknown = [
        pattern
        for pattern in patterns
        if not any(page_matches(episode.page, pattern) for episode in current.episodes)
    ]
    if unknown:
        allowed = ", ".join(episode.page for episode in current.episodes)
        raise LessonbookError(
            *(
                Finding(pattern, None, f"found no such episode, allowed {allowed or 'none'}")
                for pattern in unknown
            )
        )
    return [
        episode
        for episode in current.stale
        if not patterns or any(page_matches(episode.page, pattern) for pattern in patterns)
    ]


def _check_unchanged(before: Plan, after: Plan) -> None:
    """Refuse to publish pages whose results went stale while they were rendered."""
    had_results = {episode.page for episode in before.episodes if episode.has_results}
    changed = [
        Finding(f"{episode.page}.md", None, f"{reason} while the site was built; build again")
        for episode in after.episodes
        if not episode.has_results and episode.page in had_results
        for reason in episode.reasons[:1]
    ]
    if changed:
        raise LessonbookError(*changed)


def _report_without_results(current: Plan, report: Callable[[str], None]) -> None:
    for episode in current.episodes:
        if not episode.has_results:
            report(
                f"{episode.page}.md: stale and not executed, so its page shows no results "
                f"({'; '.join(map(str, episode.reasons))})"
            )
