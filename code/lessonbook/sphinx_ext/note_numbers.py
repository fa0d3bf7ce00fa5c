"""Figures, tables and equations that only instructors see have no numbers.

Otherwise "Figure 3" would be one thing for the instructor and another for the class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util.nodes import clean_astext

from lessonbook.sphinx_ext.config import is_instructor_view
from lessonbook.sphinx_ext.nodes import (
    UnnumberedCode,
    UnnumberedFigure,
    UnnumberedMath,
    UnnumberedTable,
    is_inside,
)
from lessonbook.sphinx_ext.views import get_instructor_pages

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.domains.std import StandardDomain

SIGN = "note"
"""Stands where an equation's number would."""


# Sphinx numbers nodes of exactly these classes.
UNNUMBERED: dict[type[nodes.Element], type[nodes.Element]] = {
    nodes.figure: UnnumberedFigure,
    nodes.table: UnnumberedTable,
    nodes.container: UnnumberedCode,
    nodes.math_block: UnnumberedMath,
}


class DropNoteNumbers(SphinxTransform):
    """Take what only instructors see out of the numbering."""

    default_priority = 870  # last, but before Sphinx takes stock of the page

    def apply(self, **kwargs: Any) -> None:
        """Look at all that has a number."""
        if not is_instructor_view(self.config):
            return
        is_note = self.env.docname in get_instructor_pages(self.app)
        for node in list(self.document.findall(nodes.Element)):
            plain = UNNUMBERED.get(type(node))
            if plain is None or (plain is UnnumberedCode and "literal_block" not in node):
                continue
            if is_note or is_inside(node, "instructor"):
                # In place: children, parent and ids are to stay what they are.
                node.__class__ = plain
                if isinstance(node, UnnumberedMath) and node.get("number"):
                    node["shown_number"] = SIGN


def note_labels(app: Sphinx, doctree: nodes.document) -> None:
    """Let ``{ref}`` show the caption, as it does for what has a number."""
    standard = cast("StandardDomain", app.env.get_domain("std"))
    for node in doctree.findall(nodes.Element):
        if isinstance(node, (UnnumberedFigure, UnnumberedTable, UnnumberedCode)):
            title = next(node.findall(nodes.caption), next(node.findall(nodes.title), None))
            for name in node["names"] if title is not None else ():
                text = clean_astext(cast("nodes.Element", title))
                standard.labels[name] = (app.env.docname, node["ids"][0], text)


def setup_note_numbers(app: Sphinx) -> None:
    """Register the nodes, which are written as what they derive from, and the transform."""
    for node_class in UNNUMBERED.values():
        app.add_node(node_class)
    app.add_transform(DropNoteNumbers)
    app.connect("doctree-read", note_labels)
