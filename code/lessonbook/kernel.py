"""Start a kernel for one episode: recorded, tagged, with few threads, and a place of its own."""

from __future__ import annotations

import json
import os
import sys
from binascii import a2b_base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode

from lessonbook import fit_records, recorder
from lessonbook.charts import mend_types
from lessonbook.processes import TAG_VARIABLE

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
"""Each set to 1, unless the author has set it: sampling runs its chains in parallel as it is, and
sums over another number of threads would round differently on another machine."""

ENCODED = ("image/png", "image/jpeg", "image/gif", "application/pdf")
"""Kinds of output that are sent in base64."""

LONGEST_SOCKET_NAME = 90
"""Operating systems allow some 100 bytes; the kernel adds the number of the channel."""

_START_OF_PYTHON = '''\
"""Starts lessonbook's recorder in every Python process of an episode."""
import importlib.machinery
import importlib.util
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != here]
spec = importlib.machinery.PathFinder.find_spec("sitecustomize", sys.path)
if spec is not None:
    module = importlib.util.module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)
with open({recorder!r}, "rb") as file:
    exec(compile(file.read(), {recorder!r}, "exec"), {{"__name__": "lessonbook_recorder"}})
'''


def kernel_environment(
    root: Path, workspace: Path, tag: str, passed_over: list[Path], folders: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment variables of an episode's kernel.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    workspace : pathlib.Path
        A folder of this run, for what the recorder needs and writes.
    tag : str
        Marks the kernel and all that it starts.
    passed_over : list of pathlib.Path
        Folders of which nothing is recorded.
    folders : mapping of str to str
        Folders outside the course whose use is recorded, by name.

    Returns
    -------
    dict of str to str
        This process's variables and those that start the recorder.
    """
    hook = workspace / "python"
    hook.mkdir()
    temporary = workspace / "tmp"
    temporary.mkdir()
    # Python's own processes talk through sockets there, whose names add some 40 bytes
    is_short = len(os.fsencode(temporary)) + 40 < LONGEST_SOCKET_NAME
    text = _START_OF_PYTHON.format(recorder=recorder.__file__)
    (hook / "sitecustomize.py").write_text(text, encoding="utf8")
    what = {
        "root": str(root),
        "log": str(record_file(workspace)),
        "passed_over": [str(path) for path in (*passed_over, Path(sys.prefix), workspace)],
        "folders": dict(folders),
    }
    search_path = [str(hook), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **dict.fromkeys(THREAD_VARIABLES, "1"),
        "PYTHONHASHSEED": "0",  # sets and what is made of them have the same order in each run
        **os.environ,
        # what is left there goes with the run's folder, however the kernel ends
        **({"TMPDIR": str(temporary)} if is_short else {}),
        "PYTHONPATH": os.pathsep.join(search_path),
        recorder.VARIABLE: json.dumps(what),
        fit_records.VARIABLE: str(fits_file(workspace)),
        TAG_VARIABLE: tag,
    }


def record_file(workspace: Path) -> Path:
    """Where the recorder of a run writes."""
    return workspace / "records"


def fits_file(workspace: Path) -> Path:
    """Where the code of a run may tell of its fits."""
    return workspace / "fits"


class OutputError(Exception):
    """An output that no notebook can hold, or no page can show."""


class KernelClient(NotebookClient):
    """Executes a notebook, and stops a cell that prints without end.

    Parameters
    ----------
    notebook : NotebookNode
        Executed in place.
    workspace : pathlib.Path
        A folder of this run, for the kernel's sockets.
    output_limit : int
        Bytes that one cell may put out.
    on_flood : callable
        Called, without arguments, when a cell has put out more; it ends the kernel.
    **options
        As for `nbclient.NotebookClient`.

    Attributes
    ----------
    exit_code : int or None
        How the kernel's process had ended when a cell failed; None if it was still running.
    """

    def __init__(
        self,
        notebook: NotebookNode,
        workspace: Path,
        output_limit: int,
        on_flood: Any,
        **options: Any,
    ) -> None:
        # nothing is left for a kernel to do after its last cell, but to give back its memory, which
        # takes it a second where it holds many draws
        super().__init__(notebook, shutdown_kernel="immediate", **options)
        self.workspace = workspace
        self.output_limit = output_limit
        self.on_flood = on_flood
        self.output_size: dict[int, int] = {}
        self.exit_code: int | None = None

    def create_kernel_manager(self) -> KernelManager:
        """Create a kernel manager whose kernel talks through files that only this user may use."""
        manager = super().create_kernel_manager()
        manager.connection_file = str(self.workspace / "kernel.json")
        socket = str(self.workspace / "kernel")
        if os.name == "posix" and len(os.fsencode(socket)) < LONGEST_SOCKET_NAME:
            # ports of the network could be taken by another build in the same moment
            manager.transport = "ipc"
            manager.ip = socket
        return manager

    async def async_execute_cell(self, *args: Any, **options: Any) -> NotebookNode:
        """Execute a cell; a kernel whose cell failed is not asked to end but ended."""
        try:
            return await super().async_execute_cell(*args, **options)
        except BaseException:
            process = getattr(getattr(self.km, "provisioner", None), "process", None)
            self.exit_code = None if process is None else process.poll()
            raise

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Take an output of the kernel, up to the limit."""
        if msg["msg_type"] != "status":
            content = msg["content"]
            size = len(content["text"]) if "text" in content else len(str(content.get("data", "")))
            before = self.output_size.get(cell_index, 0)
            self.output_size[cell_index] = before + size
            if before + size > self.output_limit:
                if before <= self.output_limit:
                    self.on_flood()
                return None
            if "data" in content:
                content["data"] = mend_types(content["data"])
        try:
            _check_images(msg["content"].get("data"))
            return super().process_message(msg, cell, cell_index)
        except CellExecutionComplete:
            raise  # all is well
        except Exception as error:  # of any kind: what a kernel sends is taken as it is
            what = f"{type(error).__name__}: {str(error).strip()}".split("\n")[0]
            raise OutputError(
                f"code-cell sent an output ({msg['msg_type']}) that cannot be used: {what}; "
                "correct what it shows"
            ) from error


def _check_images(data: Any) -> None:
    """Try what will be done with images once the page is rendered."""
    for kind, image in data.items() if isinstance(data, dict) else ():
        if kind in ENCODED and isinstance(image, str):
            a2b_base64(image)
