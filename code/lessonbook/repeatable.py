"""Outputs without what differs from run to run although the code gave the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from lessonbook.site.drawings import slim_drawing

DRAWING = "image/svg+xml"
HTML = "text/html"
TEXT = "text/plain"

_TABLE = re.compile(r"<table id=\"T_(?P<name>\w+)\"")
"""A table that pandas has styled; it draws the name by lot."""
_ADDRESS = re.compile(r"(?<=\w) at 0x[0-9a-f]{6,}(?=>)")
_SLOW_FONTS = re.compile(r"^Matplotlib is building the font cache; .*\n?", re.MULTILINE)
"""Said by the first program on a machine that draws, if listing the fonts takes it over 5 s."""


def settle_outputs(notebook: NotebookNode, page: str) -> None:
    """Make the outputs of two runs the same where the code gave the same.

    Coordinates of drawings are kept to 1/100 of a unit: what a layout adds behind that depends on
    where in memory its parts lie. Objects are shown without that place. Styled tables are named
    by the page and their number on it. That a slow machine had to list its fonts is not told.

    Parameters
    ----------
    notebook : NotebookNode
        After its execution; its outputs are changed in place.
    page : str
        The page's name, as other pages have styled tables too.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_notebook, new_output
    >>> html = '<style>#T_1a2b3 td {color: red}</style><table id="T_1a2b3"></table>'
    >>> cell = new_code_cell(outputs=[new_output("display_data", {"text/html": html})])
    >>> settle_outputs(new_notebook(cells=[cell]), "episodes/one")
    >>> cell.outputs[0].data["text/html"]
    '<style>#T_d37738bf td {color: red}</style><table id="T_d37738bf"></table>'
    """
    for cell in notebook.cells:
        if cell.get("outputs"):
            _drop_machine_notices(cell)
    n_tables = 0
    for data in _results(notebook):
        if isinstance(data.get(DRAWING), str):
            data[DRAWING] = slim_drawing(data[DRAWING])
        if isinstance(data.get(TEXT), str):
            data[TEXT] = _ADDRESS.sub("", data[TEXT])
        if isinstance(data.get(HTML), str):
            for name in dict.fromkeys(_TABLE.findall(data[HTML])):
                settled = hashlib.sha256(f"{page} {n_tables}".encode()).hexdigest()[:8]
                data[HTML] = re.sub(rf"\bT_{name}(?=\b|_)", f"T_{settled}", data[HTML])
                n_tables += 1


def _drop_machine_notices(cell: NotebookNode) -> None:
    for output in cell.outputs:
        if output.get("name") == "stderr":
            output.text = _SLOW_FONTS.sub("", output.text)
    cell.outputs = [output for output in cell.outputs if output.get("text") != ""]


def _results(notebook: NotebookNode) -> Iterator[NotebookNode]:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if "data" in output:
                yield output.data
