"""Keep the results of the episodes fresh while pages are rendered beside it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping

from lessonbook.findings import Finding
from lessonbook.preview import worker
from lessonbook.preview.builds import Worker
from lessonbook.preview.messages import Done, Execute, Failed, Ran, Running, Setting, Stale

MOST_RUNS = 3
"""How often one code is run: an episode that changes what it reads would never be fresh."""


class Runs:
    """Executes stale episodes, one process after the other.

    Parameters
    ----------
    setting : Setting
        The course.
    on_stale : callable
        Called with the pages that wait for results, whenever that was looked at.
    on_results : callable
        Called with a page that has new results.
    on_failure : callable
        Called with what failed.
    on_state : callable
        Called with what is being done; empty for nothing.
    on_idle : callable
        Called when nothing runs any more: something else may have gone stale meanwhile.
    """

    def __init__(
        self,
        setting: Setting,
        *,
        on_stale: Callable[[frozenset[str]], None],
        on_results: Callable[[str], None],
        on_failure: Callable[[tuple[Finding, ...]], None],
        on_state: Callable[[str], None],
        on_idle: Callable[[], None],
    ) -> None:
        self._setting = setting
        self._on_stale = on_stale
        self._on_results = on_results
        self._on_failure = on_failure
        self._on_state = on_state
        self._on_idle = on_idle
        self._attempts: Counter[tuple[str, str]] = Counter()
        self._current: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None

    async def update(self, *, may_succeed_now: bool) -> None:
        """Look for stale episodes, and execute them unless that is under way.

        Parameters
        ----------
        may_succeed_now : bool
            Whether something beside pages was saved, so that what failed is worth another try.
        """
        if may_succeed_now:
            self._attempts.clear()
        planner = await Worker.start(worker.execute, self._setting)
        message = await planner.next_message()
        if not isinstance(message, Stale):
            await planner.end()
            if isinstance(message, Failed):
                self._on_failure(message.findings)
            return
        self._on_stale(frozenset(message.episodes))
        wanted = self._worth_running(message.episodes)
        if self._is_running() and all(wanted.get(p) == d for p, d in self._current.items()):
            # what else is stale has its turn afterwards
            await planner.end()
            return
        await self.stop()
        if wanted:
            self._current = wanted
            self._task = asyncio.create_task(self._run(planner))
        else:
            await planner.end()

    async def stop(self) -> None:
        """End what is running."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._current = {}

    def _is_running(self) -> bool:
        return self._task is not None and not self._task.done()

    def _worth_running(self, stale: Mapping[str, str]) -> dict[str, str]:
        running = self._current if self._is_running() else {}
        return {
            page: digest
            for page, digest in stale.items()
            if running.get(page) == digest or self._attempts[page, digest] < MOST_RUNS
        }

    async def _run(self, process: Worker) -> None:
        try:
            for page, digest in self._current.items():
                self._attempts[page, digest] += 1
            process.order(Execute(frozenset(self._current)))
            await self._follow(process)
        finally:
            self._on_state("")
            await process.end()
        self._current = {}
        self._on_idle()

    async def _follow(self, process: Worker) -> None:
        while True:
            match await process.next_message():
                case Running(text):
                    self._on_state(text)
                case Ran(page):
                    self._current.pop(page, None)
                    self._on_results(page)
                case Failed(findings):
                    for page, digest in self._current.items():
                        self._attempts[page, digest] = MOST_RUNS
                    self._on_failure(findings)
                    return
                case Done():
                    return
