"""Tables that are made of values rather than read from a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from docutils import nodes

from lessonbook.sphinx_ext.nodes import UnnumberedTable

Cell = str | Sequence[nodes.Node]
"""Plain text, or the nodes of a cell."""


WIDEST = 40
"""Characters in the widest column of a format of plain text."""


def make_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    classes: Sequence[str] = (),
    footer: Sequence[Cell] = (),
    heads: bool = False,
) -> nodes.table:
    """Return a table with a header row.

    Parameters
    ----------
    columns : sequence of str
        The header.
    rows : iterable of sequence of (str or nodes)
        As many cells each as there are columns.
    classes : sequence of str
        Classes of the table.
    footer : sequence of (str or nodes), optional
        A last row that sums up.
    heads : bool
        Whether the first cell of a row says what the row is about.

    Returns
    -------
    nodes.table
    """
    rows = list(rows)
    table = UnnumberedTable(classes=["lesson-table", "colwidths-auto", *classes])
    group = nodes.tgroup("", cols=len(columns))
    table += group
    for number, title in enumerate(columns):
        cells = [title, *(row[number] for row in [*rows, *([footer] if footer else [])])]
        # Of use in formats of plain text, where narrow columns take very long.
        width = max(map(_width_of, cells))
        group += nodes.colspec("", colwidth=width, stub=int(heads and number == 0))
    head = nodes.thead("", _make_row(columns))
    body = nodes.tbody("", *(_make_row(row) for row in rows))
    if footer:
        last = _make_row(footer)
        last["classes"].append("lesson-total")
        body += last
    group += [head, body]
    return table


def _width_of(cell: Cell) -> int:
    text = cell if isinstance(cell, str) else " ".join(node.astext() for node in cell)
    return min(max(len(text), 1), WIDEST)


def _make_row(cells: Sequence[Cell]) -> nodes.row:
    row = nodes.row("")
    for cell in cells:
        entry = nodes.entry("")
        if isinstance(cell, str):
            entry += nodes.paragraph("", cell)
        else:
            entry += cell
        row += entry
    return row
