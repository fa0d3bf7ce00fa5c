"""Execute episodes in parallel and keep their results for the pages to be rendered."""

from __future__ import annotations

import dataclasses as dc
import re
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path

from nbformat import NotebookNode

from lessonbook.environment import Environment, watched_digest
from lessonbook.episode_run import EpisodeRun, Failure, Records, read_records
from lessonbook.execution_settings import MEGABYTE, ExecutionSettings, execution_settings
from lessonbook.fit_records import collect_fits
from lessonbook.kept_videos import has_found_videos, has_videos, keep_videos, video_variables
from lessonbook.kernel import kernel_environment
from lessonbook.manifest import CHANGED, Manifest
from lessonbook.plan import EpisodePlan, manifest_store
from lessonbook.processes import guard, memory_of, new_tag
from lessonbook.progress import Progress
from lessonbook.project import Project
from lessonbook.results import ResultStore, set_key
from lessonbook.running_order import longest_first

_POLL_SECONDS = 0.2
_MEMORY_SECONDS = 1.0

Outcome = tuple[NotebookNode | None, Failure | None]


def execute(
    project: Project,
    episodes: Sequence[EpisodePlan],
    environment: Environment,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Failure]:
    """Execute episodes, each in a kernel and a folder of its own.

    Results are kept as each episode ends, so that the next build runs only what failed. However
    this ends, no process of any episode is left.

    Parameters
    ----------
    project : Project
        The course; no other build of it may be running, nor anything left of one.
    episodes : sequence of EpisodePlan
        What to execute.
    environment : Environment
        What the results depend on beside files.
    jobs : int
        How many episodes to run at once.
    progress : Progress, optional
        Told how far it is.

    Returns
    -------
    list of Failure
        In the order of `episodes`; the others succeeded.
    """
    readable = [episode for episode in episodes if not episode.code.problem]
    failures = {one.page: _unreadable(one) for one in episodes if one.code.problem}
    if readable:
        progress = progress or Progress()
        tag = new_tag(project.root)
        with (
            tempfile.TemporaryDirectory(prefix="lessonbook-", ignore_cleanup_errors=True) as folder,
            guard(tag, Path(folder)),
        ):
            batch = _Batch(project, environment, tag, Path(folder).resolve(), progress)
            failures |= batch.run(readable, jobs)
    return [failures[episode.page] for episode in episodes if episode.page in failures]


def _unreadable(episode: EpisodePlan) -> Failure:
    line = re.search(r"at line (\d+)", episode.code.problem)
    message = f"the page cannot be read: {episode.code.problem}"
    return Failure(f"{episode.page}.md", int(line.group(1)) if line else 1, message)


class _Batch:
    """Episodes that are executed together."""

    def __init__(
        self,
        project: Project,
        environment: Environment,
        tag: str,
        workspace: Path,
        progress: Progress,
    ) -> None:
        self.project = project
        self.settings: ExecutionSettings = execution_settings(project)
        self.environment = environment
        self.tag = tag
        self.workspace = workspace
        self.progress = progress
        self.manifests = manifest_store(project)
        self.results = ResultStore(self.settings.cache)
        self.watched = watched_digest(project.root, self.settings.dependencies)
        self.all_files = watched_digest(project.root, ())
        self.runs: dict[Future[Outcome], EpisodeRun] = {}
        self.last_look_at_memory = 0.0

    def run(self, episodes: Sequence[EpisodePlan], jobs: int) -> dict[str, Failure]:
        """Run the episodes; return the failures by page."""
        failures: dict[str, Failure] = {}
        self.progress.begin(len(episodes), jobs)
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            try:
                for episode in longest_first(self.project, episodes):
                    run = self._prepare(episode)
                    self.runs[pool.submit(self._run, run)] = run
                while self.runs:
                    done, _ = wait(self.runs, _POLL_SECONDS, FIRST_COMPLETED)
                    for future in done:
                        run = self.runs.pop(future)
                        failure = self._keep(run, *future.result())
                        if failure is not None:
                            failures[run.code.page] = failure
                    self._look_at_limits()
                    self.progress.refresh()
            finally:
                # nothing is left here unless an exception, Ctrl-C for one, is on its way
                self._stop_all()
                self.progress.close()
        return failures

    def _stop_all(self) -> None:
        waiting = {future: run for future, run in self.runs.items() if not future.cancel()}
        while waiting:
            # more than once: a kernel may be about to start
            for run in waiting.values():
                run.stop("the build was interrupted")
            _, running = wait(waiting, _POLL_SECONDS)
            waiting = {future: waiting[future] for future in running}

    def _prepare(self, episode: EpisodePlan) -> EpisodeRun:
        workspace = self.workspace / str(len(list(self.workspace.iterdir())))
        workspace.mkdir()
        tag = f"{self.tag}/{workspace.name}"
        environment = kernel_environment(
            self.project.root,
            workspace,
            tag,
            [self.project.build_folder, self.settings.cache],
            self.environment.folders,
        )
        facts = {**self.environment.facts, **self.environment.optional}
        environment |= video_variables(self.project, episode.page, workspace, self.all_files, facts)

        def listen(cell: int, cells: int, line: int) -> None:
            self.progress.reach(episode.page, cell, cells, line)

        return EpisodeRun(episode.code, self.settings, tag, workspace, environment, listen)

    def _run(self, run: EpisodeRun) -> Outcome:
        self.progress.start(run.code.page)
        return run.run()

    def _look_at_limits(self) -> None:
        now = time.monotonic()
        looks_at_memory = now - self.last_look_at_memory >= _MEMORY_SECONDS
        if looks_at_memory:
            self.last_look_at_memory = now
        for future, run in self.runs.items():
            if not future.running():
                continue
            seconds = self.settings.episode_timeout
            if seconds is not None and run.started and now - run.started > seconds:
                run.stop(
                    f"the episode was stopped: it took more than {seconds} s; make it faster, or "
                    "raise lesson_episode_timeout"
                )
            memory = self.settings.memory_limit
            if memory is not None and looks_at_memory and memory_of(run.tag) > memory:
                run.stop(
                    f"the episode was stopped: it held more than {memory // MEGABYTE} MB of "
                    "memory; use less, or raise lesson_memory_limit"
                )

    def _keep(
        self, run: EpisodeRun, notebook: NotebookNode | None, failure: Failure | None
    ) -> Failure | None:
        """Keep the results of a run that succeeded, and note that another failed."""
        page = run.code.page
        if failure is not None:
            self.manifests.note_failure(page, f"{failure.page}:{failure.line}: {failure.message}")
            self.progress.end(page, "failed")
            return failure
        assert notebook is not None
        manifest = self._describe(run)
        set_key(notebook, manifest.key)
        result, digest = self.results.store(notebook, run.code.path, run.seconds)
        manifest = dc.replace(manifest, result=result, result_digest=digest)
        try:
            manifest = dc.replace(manifest, fits=collect_fits(page, run.fits))
        except ValueError as error:
            self.progress.say(f"{page}: what it says of its fits cannot be read ({error})")
        if not has_videos(run.workspace) or self._is_as_before():
            keep_videos(self.project, page, run.workspace)
        # last, as it says that all the rest is there
        self.manifests.write(manifest)
        self.progress.end(page, "done")
        if CHANGED in (manifest.watched, *manifest.files.values()):
            self.progress.say(f"{page}: a file that it read changed meanwhile; it stays stale")
        return None

    def _is_as_before(self) -> bool:
        """Tell whether all files but pages are as they were when the execution began."""
        return self.all_files == watched_digest(self.project.root, ())

    def _describe(self, run: EpisodeRun) -> Manifest:
        """Return the manifest of a run, still without its results."""
        records = read_records(run.workspace)
        watched = ""
        if not records.is_complete:  # a kernel of another language
            records = Records({}, {}, frozenset(), False)
            now = watched_digest(self.project.root, self.settings.dependencies)
            watched = self.watched if self.watched == now else CHANGED
        if has_found_videos(run.workspace) and not self._is_as_before():
            # a video may be older than the code that the run has read
            watched = CHANGED
        optional = self.environment.optional
        return Manifest(
            page=run.code.page,
            source_digest=run.code.source_digest,
            code_digest=run.code.code_digest,
            files=dict(sorted(records.files.items())),
            folders=dict(sorted(records.folders.items())),
            facts={
                **self.environment.facts,
                **{name: optional[name] for name in sorted(records.uses)},
            },
            watched=watched,
            result="",
            result_digest="",
            fits=[],
            seconds=run.seconds,
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
        )
