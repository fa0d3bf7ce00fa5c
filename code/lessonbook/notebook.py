"""Read an episode as a notebook: its cells, nested ones included, in document order.

MyST-NB executes the code cells at the top level of a page and drops those inside directives.
`read_episode` keeps each piece of text whole and puts, right behind it, the code cells and the
``{eval}`` expressions that it contains, hidden by the tag ``remove-cell``; whoever renders the
text fetches their outputs back into place. Nothing here needs Sphinx, so that a program which
only executes episodes gives the notebooks that the site is made of.
"""

from __future__ import annotations

import ast
import dataclasses as dc
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from docutils.parsers.rst import Directive
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_nb.core.read import (
    MystMetadataParsingError,
    is_myst_markdown_notebook,
    read_myst_markdown_notebook,
)
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.directives import parse_directive_text
from myst_parser.parsers.mdit import create_md_parser
from nbformat import NotebookNode

from lessonbook.views import INSTRUCTOR_TAG

HIDDEN_TAG = "remove-cell"
"""Tag with which MyST-NB leaves a cell out of the page (it is still executed)."""

CELL_DIRECTIVE = "code-cell"
INSTRUCTOR_DIRECTIVE = "instructor"

_LESSON_BLOCKS = """
    questions objectives keypoints challenge solution hint quiz callout caution prereq checklist
    discussion testimonial spoiler instructor
"""
_DESIGN_BLOCKS = """
    tab-set tab-item dropdown card card-carousel grid grid-item grid-item-card accordion steps
    aside div margin toggle
"""
_SPHINX_BLOCKS = """
    attention danger error important note tip warning admonition seealso todo deprecated
    versionadded versionchanged sidebar topic container compound epigraph highlights pull-quote
    figure table list-table only
"""
CONTAINERS = frozenset((_LESSON_BLOCKS + _DESIGN_BLOCKS + _SPHINX_BLOCKS).split())
"""Directives whose content is read as Markdown, so that cells may stand in them."""

_LITERAL_BLOCKS = """
    code code-block sourcecode parsed-literal literalinclude raw raw-cell math eval-rst highlight
    csv-table toctree mermaid graphviz digraph prompt bibliography
"""
LITERALS = frozenset(_LITERAL_BLOCKS.split())
"""Directives whose content is shown or used as it is written."""

_PATH_ARGUMENT = frozenset({"figure", "image"})
_NESTED_CELL = re.compile(r"^\s*[`~:]{3,}\s*\{code-cell\}", re.MULTILINE)
_OPTION_BLOCK_END = re.compile(r"^-{3,}", re.MULTILINE)


class UnreadableEpisodeError(Exception):
    """A page of which no notebook can be made."""


@dc.dataclass(frozen=True)
class NestedCell:
    """A code cell that stands inside a block.

    Attributes
    ----------
    line : int
        Line of the opening fence, from 1.
    index : int
        Position of the cell in the notebook.
    text : str
        Everything between the fences, options included.
    source : str
        The code.
    metadata : dict
        The options as the author wrote them, without the hiding tag.
    for_instructor : bool
        Whether the cell stands in an instructor block.
    """

    line: int
    index: int
    text: str
    source: str
    metadata: dict[str, Any]
    for_instructor: bool


@dc.dataclass(frozen=True)
class EvalExpression:
    """An expression of an ``{eval}`` role.

    Attributes
    ----------
    line : int
        Line of the paragraph, table row or block that holds the role, from 1.
    text : str
        The content of the role.
    index : int
        Position in the notebook of the hidden cell that computes it, -1 for a faulty expression.
    position : int
        Place of the value in that cell's list.
    problem : str
        What is wrong with the expression; empty if it can be compiled.
    """

    line: int
    text: str
    index: int
    position: int
    problem: str


@dc.dataclass(frozen=True)
class ReadProblem:
    """Something that an author has to correct; `kind` is the warning's subtype."""

    line: int
    message: str
    kind: str = "cell"


@dc.dataclass(frozen=True)
class EpisodeNotebook:
    """An episode as a notebook, and where in it the nested parts are.

    Attributes
    ----------
    notebook : NotebookNode
        With ``metadata.source_map``: for each cell the line, from 0, that MyST-NB counts from,
        which is the first of a code cell and the one before the first of a text.
    nested_cells : tuple of NestedCell
    evals : tuple of EvalExpression
    instructor_lines : tuple of (int, int)
        First line (from 1) and line after the last of each outermost instructor block.
    problems : tuple of ReadProblem
    """

    notebook: NotebookNode
    nested_cells: tuple[NestedCell, ...]
    evals: tuple[EvalExpression, ...]
    instructor_lines: tuple[tuple[int, int], ...]
    problems: tuple[ReadProblem, ...]


def read_notebook(
    text: str,
    path: str | Path | None = None,
    config: MdParserConfig | None = None,
    containers: Iterable[str] = (),
) -> NotebookNode:
    """Read an episode as a notebook; the reader that MyST-NB is given."""
    return read_episode(text, path, config, containers).notebook


def read_episode(
    text: str,
    path: str | Path | None = None,
    config: MdParserConfig | None = None,
    containers: Iterable[str] = (),
) -> EpisodeNotebook:
    """Read an episode and find the cells and expressions nested in its text.

    Parameters
    ----------
    text : str
        The MyST Markdown of the episode, front matter included.
    path : str or Path, optional
        Where it was read from; the options ``load`` of code cells are relative to it.
    config : MdParserConfig, optional
        Markdown configuration; by default `default_markdown_config`.
    containers : iterable of str
        Names of further directives whose content is Markdown.

    Returns
    -------
    EpisodeNotebook

    Raises
    ------
    UnreadableEpisodeError
        If the front matter, or the options of a cell, are not what a notebook may hold.
    """
    config = config or default_markdown_config()
    parser = block_parser(config)
    top_level = _read_top_level(text, path, config)
    known = CONTAINERS | frozenset(containers)
    builder = _NotebookBuilder(text, path, parser, known, frozenset(config.fence_as_directive))
    builder.add_title(top_level.metadata, config)
    for cell, line in zip(top_level.cells, top_level.metadata.pop("source_map"), strict=True):
        builder.add_cell(cell, line)
    return builder.build(top_level)


def is_episode(text: str) -> bool:
    """Tell whether a page says in its front matter that it is a notebook.

    Examples
    --------
    >>> is_episode("---\\nfile_format: mystnb\\n---\\n"), is_episode("---\\njupytext: yes\\n---\\n")
    (True, False)
    """
    try:
        return bool(is_myst_markdown_notebook(text))
    except (AttributeError, TypeError):  # where it expects settings, there is something else
        return False


def _read_top_level(text: str, path: str | Path | None, config: MdParserConfig) -> NotebookNode:
    try:
        read: Any = read_myst_markdown_notebook
        notebook: NotebookNode = read(text, config=config, add_source_map=True, path=path)
        return notebook
    except MystMetadataParsingError as error:
        raise UnreadableEpisodeError(str(error)) from error
    except Exception as error:
        # It uses what an author wrote without looking at it: any kind of error can come of that.
        raise UnreadableEpisodeError(f"front matter or options: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0] or type(error).__name__


def default_markdown_config() -> MdParserConfig:
    """Markdown extensions that Jupyter Book and this package rely on."""
    return MdParserConfig(
        enable_extensions={
            "amsmath",
            "attrs_inline",
            "colon_fence",
            "deflist",
            "dollarmath",
            "substitution",
            "tasklist",
        }
    )


def block_parser(config: MdParserConfig) -> MarkdownIt:
    """Return a parser that finds blocks and roles as the renderer will."""
    # Checkboxes and automatic links rewrite the text of a token; neither can hold a role.
    extensions = set(config.enable_extensions) - {"linkify", "tasklist"}
    parser = create_md_parser(dc.replace(config, enable_extensions=extensions), RendererHTML)
    parser.disable("front_matter", ignoreInvalid=True)
    return parser


def format_expression(expression: str) -> str:
    """Return the f-string that computes the content of an ``{eval}`` role.

    Raises
    ------
    ValueError
        If the text cannot stand between the braces of one f-string field.

    Examples
    --------
    >>> format_expression("mean:.2f")
    'f"{mean:.2f}"'
    >>> format_expression('d["a"]')
    'f\\'{d["a"]}\\''
    """
    padding = " " if expression.startswith("{") else ""
    problem = "it needs all four kinds of quotes"
    for quote in ('"', "'", '"""', "'''"):
        if quote in expression:
            continue
        candidate = f"f{quote}{{{padding}{expression}}}{quote}"
        try:
            tree = ast.parse(candidate, mode="eval").body
        except SyntaxError as error:
            problem = error.msg.removeprefix("f-string: ")
            continue
        except ValueError as error:
            problem = str(error)
            continue
        if isinstance(tree, ast.JoinedStr) and [type(v) for v in tree.values] == [
            ast.FormattedValue
        ]:
            return candidate
        problem = "it is not one expression"
    raise ValueError(problem)


def publishable_notebook(
    notebook: NotebookNode, episode: EpisodeNotebook, for_instructor: bool
) -> NotebookNode:
    """Return the notebook without what its readers must not see.

    The cells that compute numbers in the text go, the hiding tag of nested cells goes, and for
    learners everything inside instructor blocks goes.
    """
    hidden = {expression.index for expression in episode.evals}
    nested = {cell.index: cell for cell in episode.nested_cells}
    if not for_instructor:
        hidden |= {index for index, cell in nested.items() if cell.for_instructor}
    lines = episode.notebook.metadata["source_map"]
    result = _to_node({**notebook, "cells": []})
    for index, cell in enumerate(notebook.cells):
        if index in hidden:
            continue
        cell = _to_node(cell)
        if index in nested:
            cell.metadata = _to_node(nested[index].metadata)
        elif cell.cell_type == "markdown" and not for_instructor:
            cell.source = _without_lines(cell.source, lines[index] + 2, episode.instructor_lines)
        if cell.cell_type != "markdown" or cell.source.strip():
            result.cells.append(cell)
    result.metadata = _to_node(
        {key: value for key, value in notebook.metadata.items() if key != "source_map"}
    )
    return result


def _without_lines(source: str, first_line: int, ranges: tuple[tuple[int, int], ...]) -> str:
    lines = source.split("\n")
    for start, end in ranges:
        for number in range(start, end):
            position = number - first_line
            if 0 <= position < len(lines):
                lines[position] = ""
    return "\n".join(lines).strip("\n")


class _NotebookBuilder:
    """Collects the cells of one episode in document order."""

    def __init__(
        self,
        text: str,
        path: str | Path | None,
        parser: MarkdownIt,
        containers: frozenset[str],
        fence_directives: frozenset[str],
    ) -> None:
        self.lines = text.splitlines()
        self.path = path
        self.parser = parser
        self.containers = containers
        self.fence_directives = fence_directives
        self.cells: list[NotebookNode] = []
        self.source_map: list[int] = []
        self.nested_cells: list[NestedCell] = []
        self.evals: list[EvalExpression] = []
        self.instructor_lines: list[tuple[int, int]] = []
        self.problems: list[ReadProblem] = []
        self.instructor_depth = 0
        self.pending: list[tuple[int, str]] = []

    def build(self, top_level: NotebookNode) -> EpisodeNotebook:
        top_level.cells = self.cells
        top_level.metadata["source_map"] = self.source_map
        kernel = top_level.metadata.get("kernelspec")
        if isinstance(kernel, dict) and str(kernel.get("name")).startswith("python"):
            # Otherwise only an execution tells how to colour the code.
            language = {"name": "python", "pygments_lexer": "ipython3"}
            top_level.metadata.setdefault("language_info", _to_node(language))
        return EpisodeNotebook(
            top_level,
            tuple(self.nested_cells),
            tuple(self.evals),
            tuple(self.instructor_lines),
            tuple(self.problems),
        )

    def add_title(self, metadata: NotebookNode, config: MdParserConfig) -> None:
        """Make the front matter's title the heading, if the body has none of level 1."""
        title = metadata.get("title")
        if not title or config.title_to_header or self._has_heading():
            return
        line = next((i for i, text in enumerate(self.lines) if text.startswith("title:")), 0)
        self._append_text(_new_cell("markdown", f"# {title}", {}), line)

    def _has_heading(self) -> bool:
        tokens = self.parser.parse(_body(self.lines))
        return any(t.type == "heading_open" and t.tag == "h1" and t.level == 0 for t in tokens)

    def add_cell(self, cell: NotebookNode, line: int) -> None:
        """Add a top-level cell, and behind a text cell whatever is nested in it."""
        if cell.cell_type == "markdown":
            # MyST-NB strips blank lines at a text cell's start but counts them in its line.
            while line < len(self.lines) and not self.lines[line].strip():
                line += 1
            self._append_text(cell, line)
            self._walk(cell.source, line + 1)
        else:
            self._append(cell, line)
            self._collect_caption(cell.metadata, line)
        self._flush_evals()

    def _append_text(self, cell: NotebookNode, line: int) -> None:
        # MyST-NB and MyST-Parser both turn a text's lines from 0 into lines from 1.
        self._append(cell, line - 1)

    def _append(self, cell: NotebookNode, line: int) -> int:
        # Random ids would make two builds of one text differ.
        cell["id"] = f"cell-{len(self.cells)}"
        self.cells.append(cell)
        self.source_map.append(line)
        return len(self.cells) - 1

    def _walk(self, text: str, first_line: int) -> None:
        line = first_line
        for token in self.parser.parse(text + "\n"):
            if token.map:
                line = first_line + token.map[0]
            if token.type == "inline":
                self._collect_evals(token, line)
            elif token.type == "fence":
                self._read_fence(token, line)
            elif token.type == "colon_fence":
                self._read_fence(token, line, is_div=True)

    def _read_fence(self, token: Token, line: int, is_div: bool = False) -> None:
        info, _, argument = token.info.strip().partition(" ")
        if info.startswith("{") and info.endswith("}"):
            name = info[1:-1]
        elif info in self.fence_directives:
            name = info
        elif is_div:
            self._walk(token.content, line + 1)
            return
        else:
            return
        if name == CELL_DIRECTIVE:
            self._add_nested_cell(token, line)
        elif name in self.containers:
            self._read_container(name, argument, token, line)
        elif name not in LITERALS and _NESTED_CELL.search(token.content):
            self._report_lost_cells(name, token.content, line)

    def _read_container(self, name: str, argument: str, token: Token, line: int) -> None:
        is_instructor = name == INSTRUCTOR_DIRECTIVE
        if is_instructor and not self.instructor_depth and token.map:
            self.instructor_lines.append((line, line + token.map[1] - token.map[0]))
        self.instructor_depth += is_instructor
        if name not in _PATH_ARGUMENT:
            self._collect_inline(argument, line)
        options, body = _split_options(token.content, token.type)
        if name == "quiz":
            for option in options:
                self._collect_inline(option, line)
        self._walk(body, line + 1 + len(options))
        self.instructor_depth -= is_instructor

    def _report_lost_cells(self, name: str, content: str, line: int) -> None:
        for match in _NESTED_CELL.finditer(content):
            self.problems.append(
                ReadProblem(
                    line + 1 + content.count("\n", 0, match.end()),
                    f"code-cell stands inside {{{name}}}, which is not known to hold Markdown, "
                    "so it is not executed; move it outside, or add "
                    f"{name!r} to lesson_containers if it does",
                )
            )

    def _add_nested_cell(self, token: Token, line: int) -> None:
        self._flush_evals()
        source, options = self._read_cell(token, line)
        marks = [INSTRUCTOR_TAG] if self.instructor_depth else []
        try:
            cell = _new_cell("code", source, _hidden(options, *marks))
        except nbformat.ValidationError as error:
            message = f"code-cell has options that no notebook may hold: {_first_line(error)}"
            self.problems.append(ReadProblem(line, message))
            options = {}
            cell = _new_cell("code", source, _hidden(options, *marks))
        index = self._append(cell, line)
        text = token.content.strip("\n")
        self.nested_cells.append(
            NestedCell(line, index, text, source, options, self.instructor_depth > 0)
        )
        self._collect_caption(options, line)

    def _read_cell(self, token: Token, line: int) -> tuple[str, dict[str, Any]]:
        result = parse_directive_text(
            _CellOptions, first_line="", content=token.content, validate_options=False
        )
        for warning in result.warnings:
            self.problems.append(ReadProblem(line, f"code-cell: {warning.msg}"))
        options: dict[str, Any] = {**result.options, "tags": _list_tags(result.options)}
        if not options["tags"]:
            del options["tags"]
        if "load" not in options:
            return "\n".join(result.body), options
        file = Path(self.path or ".").parent / str(options["load"])
        try:
            return file.read_text(encoding="utf8"), options
        except OSError as error:
            self.problems.append(
                ReadProblem(line, f"code-cell cannot load {options['load']}: {error.strerror}")
            )
            return "", options

    def _collect_caption(self, metadata: Any, line: int) -> None:
        for key in ("mystnb", "figure", "caption"):
            metadata = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(metadata, str):
            self._collect_inline(metadata, line)

    def _collect_inline(self, text: str, line: int) -> None:
        for token in self.parser.parseInline(text):
            self._collect_evals(token, line)

    def _collect_evals(self, token: Token, line: int) -> None:
        for child in token.children or ():
            if child.type == "myst_role" and child.meta.get("name") == "eval":
                self.pending.append((line, clean_expression(child.content)))

    def _flush_evals(self) -> None:
        """Put the expressions read since the last cell into a hidden cell of their own."""
        if not self.pending:
            return
        index = len(self.cells)
        sources: list[str] = []
        for line, expression in self.pending:
            try:
                sources.append(format_expression(expression))
            except ValueError as error:
                self.evals.append(EvalExpression(line, expression, -1, -1, str(error)))
            else:
                place = len(sources) - 1
                self.evals.append(EvalExpression(line, expression, index, place, ""))
        if sources:
            source = "[\n" + "".join(f"    {item},\n" for item in sources) + "]"
            self._append(_new_cell("code", source, _hidden({})), self.pending[0][0] - 1)
        self.pending = []


class _CellOptions(Directive):
    """What MyST-Parser needs to know of ``code-cell`` to split off its options."""

    option_spec: ClassVar[dict[str, Any]] = {"options": str}
    optional_arguments = 1
    has_content = True


def clean_expression(text: str) -> str:
    """Return the content of an ``{eval}`` role on one line."""
    return " ".join(text.split("\n")).strip()


def _new_cell(kind: str, source: str, metadata: dict[str, Any]) -> NotebookNode:
    make: Any = getattr(nbformat.v4, f"new_{kind}_cell")
    cell: NotebookNode = make(source=source, metadata=_to_node(metadata))
    return cell


def _to_node(value: dict[str, Any]) -> NotebookNode:
    convert: Any = nbformat.from_dict
    node: NotebookNode = convert(value)
    return node


def _hidden(options: dict[str, Any], *marks: str) -> dict[str, Any]:
    tags = _list_tags(options)
    return {**options, "tags": [*tags, *(tag for tag in (HIDDEN_TAG, *marks) if tag not in tags)]}


def _list_tags(options: dict[str, Any]) -> list[str]:
    tags = options.get("tags") or []
    return [tags] if isinstance(tags, str) else list(tags)


def _body(lines: list[str]) -> str:
    """Return the text below the front matter."""
    ends = (i for i, line in enumerate(lines) if i and line.rstrip() in ("---", "..."))
    return "\n".join(lines[next(ends, -1) + 1 :]) + "\n"


def _split_options(content: str, fence: str) -> tuple[list[str], str]:
    """Split a directive's content into its option lines and its body, as MyST-Parser does."""
    if fence == "colon_fence" and content.startswith(":::"):
        return [], content
    lines = content.split("\n")
    count = sum(1 for _ in _option_lines(lines))
    return lines[:count], "\n".join(lines[count:])


def _option_lines(lines: list[str]) -> Iterator[str]:
    if lines[0].startswith("---"):
        yield lines[0]
        for line in lines[1:]:
            yield line
            if _OPTION_BLOCK_END.match(line):
                return
    else:
        for line in lines:
            if not line.lstrip().startswith(":"):
                return
            yield line
