"""An episode's code cells with what they gave, as far as the readers of a view may see them."""

from __future__ import annotations

from typing import Any

import nbformat
from nbformat import NotebookNode

from lessonbook.episode_code import read_code, read_text
from lessonbook.execution_settings import ExecutionSettings
from lessonbook.notebook import publishable_notebook
from lessonbook.plan import EpisodePlan
from lessonbook.results import result_file


def read_executed(
    episode: EpisodePlan, settings: ExecutionSettings, *, for_instructor: bool
) -> NotebookNode:
    """Read the notebook that was executed.

    Parameters
    ----------
    episode : EpisodePlan
        The episode, with the record of its run.
    settings : ExecutionSettings
    for_instructor : bool
        Whether cells in instructor blocks are part of it.

    Returns
    -------
    NotebookNode
        With the code cells alone, nested ones included, in the order of their execution, and
        without those that compute numbers for the text. Cells without results have no outputs.
    """
    path = episode.code.path
    read = read_code(path, read_text(path), settings)
    notebook = read.notebook
    kernel = notebook.metadata.get("kernelspec")
    if episode.has_results and episode.manifest is not None:
        stored: Any = nbformat.read(  # type: ignore[no-untyped-call]
            result_file(settings.cache, episode.manifest.result), as_version=4
        )
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        # the same code in the same order, or the episode would be stale
        for cell, result in zip(cells, stored.cells, strict=True):
            cell["outputs"] = result.get("outputs", [])
            cell["execution_count"] = result.get("execution_count")
        kernel = kernel or stored.metadata.get("kernelspec")
    published = publishable_notebook(notebook, read, for_instructor)
    published.cells = [cell for cell in published.cells if cell.cell_type == "code"]
    published.metadata["kernelspec"] = kernel or {"name": "python3"}
    return published
