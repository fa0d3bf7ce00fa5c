"""A preview as long as it lasts: what was saved is executed and rendered, good pages are shown."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lessonbook.findings import Finding, LessonbookError
from lessonbook.preview import worker
from lessonbook.preview.builds import Worker
from lessonbook.preview.display import Display
from lessonbook.preview.ledger import Ledger, page_of
from lessonbook.preview.messages import Build, Done, Failed, Read, Reading, Setting, Written
from lessonbook.preview.runs import Runs
from lessonbook.preview.watch import needs_fresh_start, saved_files, saved_pages
from lessonbook.project import Project, load_project


@dataclass(frozen=True)
class State:
    """What the readers are told.

    Parameters
    ----------
    busy : str
        What is being done; empty when everything is shown.
    findings : tuple of Finding
        Everything that is wrong with the course.
    """

    busy: str = ""
    findings: tuple[Finding, ...] = ()


class Session:
    """Renders what is saved, until it is stopped.

    Parameters
    ----------
    project : Project
        The course as it was when the preview began.
    setting : Setting
        How it is to be shown.
    report : callable
        Called with a line for the author's terminal.
    """

    def __init__(self, project: Project, setting: Setting, report: Callable[[str], None]) -> None:
        self.project = project
        self.setting = setting
        self.display = Display(setting)
        self.state = State("Starting")
        self._report = report
        self._listeners: set[asyncio.Event] = set()
        self._stopped = asyncio.Event()
        self._saved: set[Path] = set()
        self._wake = asyncio.Event()
        self._unread: frozenset[str] = frozenset()
        self._changed: frozenset[str] = frozenset()
        self._owed: frozenset[str] = frozenset()
        self._waiting: frozenset[str] = frozenset()
        self._files_changed = self._may_succeed_now = False
        self._spare: Worker | None = None
        self._ledger = Ledger(setting.folder / "findings.json")
        self._faults: tuple[Finding, ...] = ()
        self._rendering = self._running = ""
        self._runs = Runs(
            setting,
            on_stale=self._note_stale,
            on_results=self._note_results,
            on_failure=self._note_failure,
            on_state=self._note_running,
            on_idle=self._wake.set,
        )

    def findings_of(self, page: str) -> list[Finding]:
        """What is wrong with one page."""
        return self._ledger.of_page(page)

    @contextlib.contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever there may be something new to show."""
        event = asyncio.Event()
        event.set()
        self._listeners.add(event)
        try:
            yield event
        finally:
            self._listeners.discard(event)

    async def run(self) -> None:
        """Render until stopped; nothing that an author writes ends it."""
        if not self._ledger.is_complete:
            shutil.rmtree(self.setting.folder, ignore_errors=True)
        watching = asyncio.create_task(self._watch())
        try:
            await self._make()
            while not self._stopped.is_set():
                await self._wake.wait()
                await self._take_up_changes()
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await self._runs.stop()
            await self._end_spare()

    def stop(self) -> None:
        """Have `run` return as soon as it may."""
        self._stopped.set()
        self._wake.set()

    async def _watch(self) -> None:
        async for files in saved_files(self.project.root):
            # any file may be one that an episode reads
            self._saved |= files
            self._wake.set()

    async def _take_up_changes(self) -> None:
        files, self._saved = self._saved, set()
        self._wake.clear()
        if self._stopped.is_set():
            return
        if files:
            self._report(f"saved: {', '.join(sorted(map(str, files)))}")
        try:
            self.project = load_project(self.project.root)
        except LessonbookError as error:
            self._files_changed = self._may_succeed_now = True
            self._fail(error.findings)
            return
        self._unread |= saved_pages(self.project, files)
        self._changed |= {path.as_posix() for path in files}
        if needs_fresh_start(self.project, files):
            self._files_changed = self._may_succeed_now = True
        if self._files_changed:
            await self._end_spare()
        await self._make()

    async def _make(self) -> None:
        """Render what has changed; then look which episodes are stale, and be ready for more."""
        self._ledger.keep_only(self.project.pages)
        self.display.keep_only(self.project.pages)
        await self._render()
        # not earlier: each takes a processor from the reader's browser
        await self._look_for_stale()
        if not self._stopped.is_set():
            self._spare = await Worker.start(worker.render, self.setting)

    async def _look_for_stale(self) -> None:
        if self.setting.executes:
            may_succeed, self._may_succeed_now = self._may_succeed_now, False
            await self._runs.update(may_succeed_now=may_succeed)

    async def _render(self) -> None:
        self._tell(rendering="Rendering")
        started = asyncio.get_running_loop().time()
        if self._spare is not None and not self._spare.is_alive():
            await self._end_spare()
        process = self._spare or await Worker.start(worker.render, self.setting)
        self._spare = None
        process.order(Build(self._unread, self._changed, self._owed))
        try:
            await self._follow(process, started)
        finally:
            await process.end()

    async def _follow(self, process: Worker, started: float) -> None:
        """Hear a process out; what it has not written when it is ended is owed by the next."""
        can_be_ended = False
        while not self._stopped.is_set():
            message = await self._next(process, can_be_ended)
            match message:
                case None:
                    return
                case Reading(pages, waiting):
                    self._waiting = waiting
                    self._tell(rendering=f"Reading {_some(pages)}" if pages else "Writing")
                case Read(pages, owed, findings):
                    self._unread = self._changed = frozenset()
                    self._faults, self._owed = (), owed
                    self._ledger.note("read", pages, findings)
                    self._tell(rendering="Writing")
                case Written(pages, findings, overtaken):
                    # what overtook a page was saved, so that the page is read again anyhow
                    self._owed -= {*pages, *overtaken}
                    self._ledger.note("written", pages, findings)
                    self._show(pages, started)
                    can_be_ended = True
                case Done():
                    self._finish()
                    return
                case Failed(findings):
                    self._fail(findings)
                    return

    async def _next(self, process: Worker, can_be_ended: bool) -> object:
        """The next message; None when something was saved that comes before what is left to do."""
        message = asyncio.create_task(process.next_message())
        reasons = [self._stopped, self._wake] if can_be_ended else [self._stopped]
        tasks = [message, *(asyncio.create_task(reason.wait()) for reason in reasons)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        return message.result() if message.done() else None

    def _show(self, pages: tuple[str, ...], started: float) -> None:
        """Let readers see the pages that nothing is wrong with."""
        good = [page for page in pages if not self._ledger.of_page(page)]
        self.display.show(good)
        seconds = asyncio.get_running_loop().time() - started
        new = [page for page in good if page not in self._waiting]
        if new:
            self._report(f"shown after {seconds:.1f} s: {_some(new)}")
        for page in pages:
            self._report_all(self._ledger.of_page(page))
        self._tell(rendering="Writing the pages that follow from it")

    def _finish(self) -> None:
        self._unread = self._changed = self._owed = frozenset()
        self._faults = ()
        if self._files_changed:
            self.display.renew()
        self._files_changed = False
        self._tell(rendering="")

    def _fail(self, findings: tuple[Finding, ...]) -> None:
        self._faults = findings
        self._report_all(findings)
        self._tell(rendering="")

    def _note_stale(self, pages: frozenset[str]) -> None:
        fresh = [page for page in self.project.pages if page not in pages]
        mended = self._ledger.with_findings("executed").intersection(fresh)
        self._ledger.note("executed", fresh, ())
        # no run will say of these that they can be shown: they were withheld for a failure of the
        # past, or were rendered when they were stale and are not stale any more
        shown_late = mended | self._waiting - pages
        if shown_late:
            self._unread |= shown_late
            self._wake.set()
        self._tell()

    def _note_results(self, page: str) -> None:
        self._ledger.note("executed", [page], ())
        self._report(f"executed: {page}")
        self._unread |= {page}
        self._wake.set()

    def _note_failure(self, findings: tuple[Finding, ...]) -> None:
        self._ledger.note("executed", [page_of(f.file) for f in findings], findings)
        self._report_all(findings)
        self._tell()

    def _note_running(self, text: str) -> None:
        self._running = text
        self._tell()

    def _tell(self, *, rendering: str | None = None) -> None:
        self._rendering = self._rendering if rendering is None else rendering
        busy = "; ".join(filter(None, (self._rendering, self._running)))
        self.state = State(busy, (*self._faults, *self._ledger.all()))
        for event in self._listeners:
            event.set()

    def _report_all(self, findings: tuple[Finding, ...] | list[Finding]) -> None:
        for finding in findings:
            self._report(str(finding))

    async def _end_spare(self) -> None:
        if self._spare is not None:
            spare, self._spare = self._spare, None
            await spare.end()


def _some(pages: tuple[str, ...] | list[str]) -> str:
    return ", ".join(pages) if len(pages) <= 3 else f"{len(pages)} pages"
