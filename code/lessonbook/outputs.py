"""What the code cells gave when they were last executed, where that is still what they would give.

Read from the store of executed notebooks that MyST-NB and the build share, without the packages
that write it: their import alone takes longer than a check may.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from lessonbook.charts import is_chart
from lessonbook.course import CellResult
from lessonbook.markup import CodeCell

DATABASE = "global.db"
EVAL_START = "[\n    f"
"""What the hidden cells begin with that compute the numbers in the text."""


def executed_notebooks(cache: Path) -> dict[Path, list[Path]]:
    """List the executed notebooks.

    Parameters
    ----------
    cache : pathlib.Path
        The store's folder.

    Returns
    -------
    dict of pathlib.Path to list of pathlib.Path
        For each source its notebooks, the latest first; empty if there is no store.
    """
    database = cache / DATABASE
    if not database.is_file():
        return {}
    query = "SELECT uri, hashkey FROM nbcache ORDER BY accessed DESC"
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute(query).fetchall()
    except sqlite3.Error:
        return {}  # a store that the next build will make anew
    notebooks: dict[Path, list[Path]] = {}
    for uri, key in rows:
        notebooks.setdefault(Path(uri), []).append(cache / "executed" / str(key) / "base.ipynb")
    return notebooks


def find_results(cells: Sequence[CodeCell], notebooks: Sequence[Path]) -> tuple[CellResult, ...]:
    """Find what the cells of a page gave.

    Parameters
    ----------
    cells : sequence of CodeCell
        Of the page, in order.
    notebooks : sequence of pathlib.Path
        Its executed notebooks, the latest first.

    Returns
    -------
    tuple of CellResult
        One for each cell; empty if no notebook has exactly these cells.
    """
    sources = [cell.source for cell in cells]
    for path in notebooks:
        executed = _read_cells(path)
        if [source for source, _ in executed] == sources:
            return tuple(result for _, result in executed)
    return ()


def _read_cells(path: Path) -> list[tuple[str, CellResult]]:
    try:
        notebook = json.loads(path.read_text(encoding="utf8"))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        executed = [(_text(cell["source"]).rstrip(), cell) for cell in cells]
        return [
            (source, _result(cell["outputs"]))
            for source, cell in executed
            if not source.startswith(EVAL_START)
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []  # a damaged notebook says nothing; the next build replaces it


def _result(outputs: Sequence[Mapping[str, Any]]) -> CellResult:
    has_figure = any(
        str(kind).startswith("image/") or is_chart(str(kind))
        for output in outputs
        for kind in output.get("data", ())
    )
    stderr = "".join(_text(output["text"]) for output in outputs if output.get("name") == "stderr")
    errors = [output for output in outputs if output.get("output_type") == "error"]
    error = f"{errors[0].get('ename')}: {errors[0].get('evalue')}" if errors else ""
    return CellResult(bool(outputs), has_figure, stderr, error)


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)
