"""Stand-ins for the figures of a page that was not run, so that others can refer to them."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_output

DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" width="480" height="90" viewBox="0 0 480 90">
<rect x="1" y="1" width="478" height="88" fill="#f5f5f5" stroke="#767676" stroke-dasharray="6 4"/>
<text x="240" y="51" font-family="sans-serif" font-size="18" text-anchor="middle"
 fill="#424242">[not run]</text>
</svg>
"""
DESCRIPTION = "Not a figure yet: the code of this page has not been run."


def add_stand_ins(notebook: NotebookNode) -> None:
    """Give every cell that is to make a figure with a name a drawing that says there is none.

    Parameters
    ----------
    notebook : NotebookNode
        Of a page without results; it is changed.
    """
    for cell in notebook.cells:
        options = cell.metadata.get("mystnb", {})
        if cell.cell_type != "code" or not options.get("figure", {}).get("name"):
            continue
        # what the author says of the figure is not to be seen here
        options["image"] = {**options.get("image", {}), "alt": DESCRIPTION}
        data = {"image/svg+xml": DRAWING}
        cell.outputs = [new_output("display_data", data)]  # type: ignore[no-untyped-call]
