"""Show executed cells where they were written, however deep."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import nbformat
from docutils import nodes
from markdown_it.token import Token
from nbformat import NotebookNode
from sphinx.util.docutils import SphinxDirective

from lessonbook.error_place import failing_row, place_of_error, plain
from lessonbook.notebook import (
    HIDDEN_TAG,
    EpisodeNotebook,
    NestedCell,
    UnreadableEpisodeError,
    is_episode,
    publishable_notebook,
    read_episode,
)
from lessonbook.sphinx_ext.config import is_instructor_view
from lessonbook.sphinx_ext.messages import warn

if TYPE_CHECKING:
    from myst_nb.core.execute import NotebookClientBase
    from myst_nb.sphinx_ import SphinxNbRenderer
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

READER = "lessonbook.notebook.read_notebook"
LINE_SLACK = 8
"""How far apart, in lines, the reader's and the renderer's idea of a place may be."""

_EPISODE = "lesson_episode"
_SOURCE = "lesson_source"
_USED_CELLS = "lesson_used_cells"


def setup_nested_cells(app: Sphinx) -> None:
    """Register the reader's hook, the directive, and the look at the executed notebook."""
    # After other extensions have had their say about the source.
    app.connect("source-read", choose_reader, priority=900)
    app.connect("doctree-read", finish_notebook)
    app.add_directive("code-cell", NestedCellDirective, override=True)


def get_episode(env: BuildEnvironment) -> EpisodeNotebook | None:
    """Return the episode that is being read, None on a page without cells."""
    return cast("EpisodeNotebook | None", env.temp_data.get(_EPISODE))


def get_source_lines(env: BuildEnvironment) -> list[str]:
    """Return the text of the episode that is being read."""
    return str(env.temp_data.get(_SOURCE, "")).splitlines()


def get_client(document: nodes.document) -> NotebookClientBase | None:
    """Return what holds the outputs of the notebook that is being rendered, if there is one."""
    renderer = get_renderer(document)
    return renderer.nb_client if renderer else None


def get_renderer(document: nodes.document) -> SphinxNbRenderer | None:
    """Return what renders the notebook that is being read, if there is one."""
    element_renderer = document.get("nb_renderer")
    return element_renderer.renderer if element_renderer else None


def was_run(client: NotebookClientBase) -> bool:
    """Tell whether MyST-NB was allowed to execute the page."""
    return client.exec_metadata is not None or client.nb_config.execution_mode == "inline"


def choose_reader(app: Sphinx, docname: str, source: list[str]) -> None:
    """Have MyST-NB read the page with our reader, if it is a notebook written in Markdown."""
    env = cast("Any", app.env)
    formats = dict(app.config.nb_custom_formats)
    path = env.doc2path(docname)
    if path.endswith(".md") and is_episode(source[0]):
        options = {
            "path": path,
            "config": env.myst_config,
            "containers": tuple(app.config.lesson_containers),
        }
        try:
            episode = read_episode(source[0], **options)
        except UnreadableEpisodeError as error:
            _report_unreadable_cell(docname, error)
            # MyST-NB would stop the whole build; so the other pages are checked as well.
            source[0] = f"# {docname}\n"
        else:
            env.temp_data[_EPISODE] = episode
            env.temp_data[_SOURCE] = source[0]
            # MyST-NB chooses a reader by the end of the path: the whole path is the closest match.
            formats[path] = (READER, options, False)
            for problem in episode.problems:
                warn(problem.kind, problem.message, (docname, problem.line))
    env.mystnb_config = env.mystnb_config.copy(custom_formats=formats)


def _report_unreadable_cell(docname: str, error: UnreadableEpisodeError) -> None:
    match = re.search(r"at line (\d+)", str(error))
    message = f"the page is left empty, because it cannot be read: {error}; correct it"
    warn("cell", message, (docname, int(match.group(1)) if match else 1))


class NestedCellDirective(SphinxDirective):
    """A code cell inside another block: rendered with the outputs of its hidden twin."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return the cell's nodes."""
        renderer = get_renderer(self.state.document)
        cell = self._find_cell()
        if renderer is None or cell is None:
            self._warn_of_lost_cell()
            return []
        if HIDDEN_TAG in cell.metadata.get("tags", ()) or not cell.source.strip():
            return []
        token = Token(
            "nb_cell_code",
            "code",
            0,
            content=cell.source,
            map=[self.lineno, self.lineno],
            meta={"index": cell.index, "metadata": cell.metadata},
        )
        container = nodes.container()
        with renderer.current_node_context(container):
            renderer.render_nb_cell_code(cast("Any", token))
        return container.children

    def _find_cell(self) -> NestedCell | None:
        """Return the nearest cell with this text that was not shown yet."""
        episode = get_episode(self.env)
        used = self.env.temp_data.setdefault(_USED_CELLS, set())
        text = "\n".join(self.content).strip("\n")
        candidates = [
            cell
            for cell in (episode.nested_cells if episode else ())
            if cell.text == text
            and cell.index not in used
            and abs(cell.line - self.lineno) <= LINE_SLACK
        ]
        if not candidates:
            return None
        cell = min(candidates, key=lambda cell: abs(cell.line - self.lineno))
        used.add(cell.index)
        return cell

    def _warn_of_lost_cell(self) -> None:
        episode = get_episode(self.env)
        if episode is None:
            advice = "no code runs on this page; give it the front matter 'file_format: mystnb'"
        elif any(problem.line == self.lineno for problem in episode.problems):
            return
        else:
            advice = (
                "it stands in a block not known to hold Markdown, or in an included file; "
                "move it, or add the block's name to lesson_containers"
            )
        warn("cell", f"code-cell is not executed: {advice}", (self.env.docname, self.lineno))


def finish_notebook(app: Sphinx, doctree: nodes.document) -> None:
    """Report the cells that failed, and keep from readers what is not for them."""
    episode = get_episode(app.env)
    docname = app.env.docname
    config = cast("Any", app.env).mystnb_config
    path = Path(config.output_folder, f"{docname}.ipynb")
    if episode is None or not path.is_file():
        return
    reads, writes = cast("Any", nbformat.reads), cast("Any", nbformat.writes)
    notebook: NotebookNode = reads(path.read_text(encoding="utf8"), as_version=4)
    if not _allows_errors(notebook, config):
        for index, cell in enumerate(notebook.cells):
            _report_failure(docname, episode, index, cell, get_source_lines(app.env))
    notebook = publishable_notebook(notebook, episode, is_instructor_view(app.config))
    path.write_text(writes(notebook), encoding="utf8")


def _allows_errors(notebook: NotebookNode, config: Any) -> bool:
    own = notebook.metadata.get("execution", {}).get("allow_errors")
    return bool(config.execution_allow_errors if own is None else own)


def _report_failure(
    docname: str, episode: EpisodeNotebook, index: int, cell: Any, source: list[str]
) -> None:
    if "raises-exception" in cell.metadata.get("tags", ()):
        return
    for error in (out for out in cell.get("outputs", ()) if out.output_type == "error"):
        row = failing_row(error, cell.get("execution_count"))
        what, line = place_of_error(episode, index, row, source)
        message = f"{what} failed with {error.ename}: {plain(error.evalue)}"
        warn("execution", message, (docname, line))
