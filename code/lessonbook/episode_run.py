"""Run one episode in one kernel."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from lessonbook.episode_code import EpisodeCode, parse_code, read_code, read_text
from lessonbook.error_place import failing_row, place_of_error, plain
from lessonbook.execution_settings import MEGABYTE, ExecutionSettings
from lessonbook.fit_records import FitLog
from lessonbook.kernel import KernelClient, OutputError, fits_file, record_file
from lessonbook.manifest import CHANGED
from lessonbook.processes import end_processes
from lessonbook.repeatable import settle_outputs
from lessonbook.views import INSTRUCTOR_TAG

LONGEST_TRACEBACK = 30
"""Lines of a traceback that a report shows."""

Listener = Callable[[int, int, int], None]
"""Called as each cell begins, with its number from 1, the number of cells, and its line."""


@dataclass(frozen=True)
class Failure:
    """Why an episode could not be run to its end.

    Attributes
    ----------
    page : str
        The episode's file, from the course's root.
    line : int
        Line of the file, from 1.
    message : str
        What failed, and how.
    source : str
        The code of the cell.
    traceback : str
        Its last lines, without colours; empty where there is none.
    """

    page: str
    line: int
    message: str
    source: str = ""
    traceback: str = ""


@dataclass(frozen=True)
class Records:
    """What a run read: see `lessonbook.manifest.Manifest`."""

    files: dict[str, str]
    folders: dict[str, list[str] | None]
    uses: frozenset[str]
    is_complete: bool


@dataclass
class EpisodeRun:
    """One episode in one kernel.

    Attributes
    ----------
    code : EpisodeCode
        The episode.
    settings : ExecutionSettings
        The limits.
    tag : str
        Marks the processes of the run.
    workspace : pathlib.Path
        An empty folder for the run.
    environment : dict of str to str
        The kernel's environment variables.
    listener : callable
        Told of each cell as it begins.
    started : float
        Monotonic time of its begin; 0 before.
    seconds : float
        How long it took, once it has ended.
    fits : FitLog
        What its code tells of its fits.
    """

    code: EpisodeCode
    settings: ExecutionSettings
    tag: str
    workspace: Path
    environment: dict[str, str]
    listener: Listener
    started: float = 0.0
    seconds: float = 0.0
    stopped_because: str = ""
    cell_index: int = -1
    fits: FitLog = field(init=False)

    def __post_init__(self) -> None:
        """Find the file in which the code tells of its fits."""
        self.fits = FitLog(fits_file(self.workspace))

    def run(self) -> tuple[NotebookNode | None, Failure | None]:
        """Execute every cell.

        Returns
        -------
        notebook : NotebookNode or None
            With the outputs; None if there was nothing to run.
        failure : Failure or None
            Why it stopped before its end.
        """
        self.started = time.monotonic()
        # what is read here is what counts: the file may have changed since the plan was made
        text = read_text(self.code.path)
        code = parse_code(self.code.page, self.code.path, text, self.settings)
        if code is None or code.problem:
            message = "the page changed while the build ran, and has no code that can be run"
            return None, Failure(f"{self.code.page}.md", 1, message)
        self.code = code
        episode = read_code(code.path, text, self.settings)
        notebook = episode.notebook
        indices = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
        lines = text.splitlines()

        def begin_cell(cell: NotebookNode, cell_index: int) -> None:
            if self.stopped_because:  # just before the kernel was there to be ended
                raise RuntimeError(self.stopped_because)
            self.cell_index = cell_index
            self.fits.begin_cell(INSTRUCTOR_TAG in cell.metadata.get("tags", ()))
            _, line = place_of_error(episode, cell_index, 1, lines)
            self.listener(indices.index(cell_index) + 1, len(indices), line)

        execution = notebook.metadata.get("execution", {})
        client = KernelClient(
            notebook,
            self.workspace,
            self.settings.output_limit,
            self._stop_flood,
            timeout=execution.get("timeout", self.settings.timeout),
            allow_errors=execution.get("allow_errors", self.settings.allow_errors),
            record_timing=False,
            on_cell_execute=begin_cell,
        )
        failure = self._execute(client)
        end_processes(self.tag)
        self.seconds = round(time.monotonic() - self.started, 3)
        if failure is None:
            settle_outputs(notebook, self.code.page)
            return notebook, None
        error, message = failure
        return notebook, self._locate(episode, lines, error, message)

    def stop(self, reason: str) -> None:
        """End the run from another thread.

        Parameters
        ----------
        reason : str
            What the report says.
        """
        self.stopped_because = self.stopped_because or reason
        end_processes(self.tag)

    def _stop_flood(self) -> None:
        limit = self.settings.output_limit // MEGABYTE
        self.stop(
            f"code-cell was stopped: its output is over {limit} MB; print less, or raise "
            "lesson_output_limit"
        )

    def _execute(self, client: KernelClient) -> tuple[CellExecutionError | None, str] | None:
        """Execute; return the error and how to report it, None if all went well."""
        folder = (
            tempfile.TemporaryDirectory(dir=self.workspace)
            if self.settings.run_in_temp
            else nullcontext(str(self.code.path.parent))
        )
        try:
            with folder as cwd:
                asyncio.run(client.async_execute(env=self.environment, cwd=cwd))
        except CellExecutionError as error:
            return error, self.stopped_because
        except CellTimeoutError:
            return None, (
                f"code-cell was stopped: it took more than {client.timeout} s; make it faster, or "
                "raise `timeout` under execute: in _config.yml"
            )
        except OutputError as error:
            return None, str(error)
        except NoSuchKernel as error:
            return None, f"found kernel {error.name!r}, which is not installed; install it"
        except (DeadKernelError, RuntimeError) as error:
            return None, self.stopped_because or _how_kernel_ended(client, error)
        # what was stopped in its last moment did not end by itself either
        return (None, self.stopped_because) if self.stopped_because else None

    def _locate(
        self, episode: Any, lines: list[str], error: CellExecutionError | None, message: str
    ) -> Failure:
        page = f"{self.code.page}.md"
        if self.cell_index < 0:
            return Failure(page, 1, message)
        cell = episode.notebook.cells[self.cell_index]
        reports = [out for out in cell.get("outputs", ()) if out.output_type == "error"]
        row = failing_row(reports[-1], cell.get("execution_count")) if reports else 1
        what, line = place_of_error(episode, self.cell_index, row, lines)
        if error is None or message:
            return Failure(page, line, message, cell.source)
        text = plain("\n".join(reports[-1].traceback)) if reports else plain(str(error))
        traceback = "\n".join(text.splitlines()[-LONGEST_TRACEBACK:])
        message = f"{what} failed with {error.ename}: {plain(error.evalue)}"
        return Failure(page, line, message, cell.source, traceback)


def _how_kernel_ended(client: KernelClient, error: Exception) -> str:
    code = client.exit_code
    if code is None:
        return f"the kernel could not be started or used: {error}"
    if code == -9:
        how = "it was killed, which the operating system does when memory runs out"
    elif code < 0:
        how = f"signal {-code}"
    else:
        how = f"exit status {code}"
    return f"the kernel died while this cell ran ({how})"


def read_records(workspace: Path) -> Records:
    """Read what the recorder of a run wrote.

    Parameters
    ----------
    workspace : pathlib.Path
        The run's folder.

    Returns
    -------
    Records
        Incomplete if there was no recorder, or its lines are damaged.
    """
    files: dict[str, str] = {}
    folders: dict[str, list[str] | None] = {}
    uses: set[str] = set()
    written: set[str] = set()
    is_started = False
    try:
        lines = record_file(workspace).read_text(encoding="utf8").splitlines()
        entries = [json.loads(line) for line in lines]
    except (OSError, ValueError):
        return Records({}, {}, frozenset(), False)
    for kind, name, state in entries:
        is_started |= kind == "started"
        if kind == "written" and name not in files:
            written.add(name)
        elif kind == "uses":
            uses.add(name)
        elif kind == "file" and name not in written:
            files[name] = state if files.get(name, state) == state else CHANGED
        elif kind == "folder":
            folders.setdefault(name, state)
    return Records(files, folders, frozenset(uses), is_started)
