"""Charts of executed cells: a still in the page, and its specification for a script to draw.

The still and the words that go with it are the figure without a script and on paper. Where
scripts run, `explorable.js` puts the chart with its controls in the still's place.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from myst_nb.core.render import MimeData

from lessonbook.charts import (
    MIME_TYPES,
    ChartError,
    bundle_version,
    compile_chart,
    draw_still,
    find_controls,
    is_chart,
    write_bundle,
)
from lessonbook.error_place import place_of_error
from lessonbook.sphinx_ext.fragments import is_copy
from lessonbook.sphinx_ext.messages import warn
from lessonbook.sphinx_ext.nested_cells import get_episode, get_source_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from myst_nb.core.render import NbElementRenderer
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

EXTENSION = "lessonbook"
SCRIPT = "explorable.js"
STYLE_SHEET = "explorable.css"

_PRIORITY = 5
"""Before all other kinds of results of the same cell, of which Altair adds some."""

_HAS_CONTROLS = "lesson_has_explorables"


class LessonExplorable(nodes.container):
    """The still of a chart, and what it says; its attribute ``chart`` is the chart in Vega."""


class ChartRenderer:
    """Renders charts for MyST-NB, which finds this class by its entry point."""

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = [
        ("*", mime_type, _PRIORITY) for mime_type in MIME_TYPES
    ]

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Element] | None:
        """Return the nodes of a chart, None for any other result."""
        env: Any = renderer.renderer.sphinx_env
        if inline or not is_chart(data.mime_type) or env is None:
            return None
        if EXTENSION not in env.app.extensions:
            return None
        return make_explorable(renderer, data, env.docname)


def make_explorable(
    renderer: NbElementRenderer, data: MimeData, docname: str
) -> list[nodes.Element]:
    """Return the still of a chart, with the chart itself where it has controls."""
    chart: Any = data.content
    try:
        still, compiled = draw_still(chart), compile_chart(chart)
    except ChartError as error:
        message = f"the chart of this cell cannot be drawn: {error}; correct it in Python"
        warn("chart", message, _place_of(renderer, data, docname))
        return []
    drawn: list[nodes.Element] = renderer.render_image(
        MimeData(
            "image/svg+xml",
            still.svg,
            cell_metadata=data.cell_metadata,
            output_metadata=data.output_metadata,
            cell_index=data.cell_index,
            output_index=data.output_index,
            line=data.line,
        )
    )
    if not find_controls(chart):
        return drawn
    for image in drawn:
        compiled = {"description": image.get("alt", ""), **compiled}
    node = LessonExplorable("", *drawn, chart=json.dumps(compiled, separators=(",", ":")))
    if still.says:
        node += nodes.paragraph("", still.says, classes=["lesson-explorable-words"])
    return [node]


def _place_of(renderer: NbElementRenderer, data: MimeData, docname: str) -> tuple[str, int | None]:
    """Return the page and the line on which a cell's code begins."""
    env: Any = renderer.renderer.sphinx_env
    episode = get_episode(env)
    if episode is None or data.cell_index is None:
        return docname, data.line
    return docname, place_of_error(episode, data.cell_index, 1, get_source_lines(env))[1]


def visit_explorable(self: HTML5Translator, node: nodes.Element) -> None:
    """Open the still."""
    self.body.append('<div class="lesson-explorable">\n<div class="lesson-explorable-still">\n')


def depart_explorable(self: HTML5Translator, node: nodes.Element) -> None:
    """Close the still; the chart follows, but not on pages that show what others contain."""
    self.body.append("</div>\n")
    if not is_copy(node):
        # a script that the page cannot run, so no policy forbids it
        chart = node["chart"].replace("<", "\\u003c")
        self.body.append(
            f'<script type="application/json" class="lesson-explorable-chart" '
            f'data-version="{bundle_version()}">{chart}</script>\n'
        )
    self.body.append("</div>\n")


def note_explorables(app: Sphinx, doctree: nodes.document) -> None:
    """Remember whether a page needs the program that draws charts."""
    if any(doctree.findall(LessonExplorable)):
        app.env.metadata[app.env.docname][_HAS_CONTROLS] = "true"


def add_program(app: Sphinx, exception: Exception | None) -> None:
    """Write the program if any page needs it."""
    if exception is not None or app.builder.format != "html":
        return
    if any(_HAS_CONTROLS in metadata for metadata in app.env.metadata.values()):
        write_bundle(Path(app.outdir, "_static"))


def add_script(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Have pages with explorables load the script that wakes them."""
    if "lesson-explorable-chart" in (context.get("body") or ""):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup_explorables(app: Sphinx) -> None:
    """Register the node and the events."""
    app.add_node(LessonExplorable, html=(visit_explorable, depart_explorable))
    app.add_css_file(STYLE_SHEET)
    app.connect("doctree-read", note_explorables)
    app.connect("html-page-context", add_script)
    app.connect("build-finished", add_program)
