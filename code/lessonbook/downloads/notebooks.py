"""Notebooks and scripts made of the parts of a page."""

from __future__ import annotations

import ast
import base64
import mimetypes
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import nbformat
from nbformat import NotebookNode

from lessonbook.downloads.cells import Code, Part
from lessonbook.downloads.charts import make_portable
from lessonbook.downloads.code import comment_commands
from lessonbook.downloads.pieces import Text
from lessonbook.downloads.videos import keep_still

_ATTACHMENT = re.compile(r"\(attachment:([\w.-]+)\)")
_IMAGE = re.compile(r"!\[((?:\\.|[^\]\\])*)\]\(attachment:[\w.-]+\)")
_FOLD_START = re.compile(r"<details>\s*<summary>(.*?)</summary>", re.DOTALL)
_FOLD_END = re.compile(r"\n\s*</details>")
_KEPT_TAGS = frozenset({"raises-exception"})


def make_notebook(
    parts: Sequence[Part],
    kernel: dict[str, Any],
    read_image: Callable[[str], bytes],
    *,
    with_outputs: bool,
) -> NotebookNode:
    """Make a notebook that needs nothing but Jupyter and what its code imports.

    Parameters
    ----------
    parts : sequence of Text or Code
        From `choose_parts`.
    kernel : dict
        The kernelspec of the notebook that was executed.
    read_image : callable
        Returns the bytes of an image by its name.
    with_outputs : bool
        Whether the cells keep what they gave.

    Returns
    -------
    NotebookNode
        The same for the same parts, to the last byte.
    """
    cells: list[NotebookNode] = []
    for part in _merged(parts):
        if isinstance(part, Text):
            cells.append(_markdown_cell(part.markdown, read_image))
        else:
            cells.append(_code_cell(part, with_outputs))
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{number}"
    name = str(kernel.get("name", "python3"))
    spec = {"display_name": str(kernel.get("display_name", name)), "name": name}
    if name.startswith("python"):
        spec["language"] = "python"
    metadata: dict[str, Any] = {"kernelspec": spec}
    if is_python(kernel):
        metadata["language_info"] = {"name": "python"}
    return nbformat.from_dict(  # type: ignore[no-untyped-call, no-any-return]
        {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    )


def is_python(kernel: dict[str, Any]) -> bool:
    """Tell whether a kernel runs Python."""
    return str(kernel.get("language") or kernel.get("name", "python3")).startswith("python")


def write_notebook(notebook: NotebookNode) -> str:
    """Return the text of a notebook's file, after a look at its validity."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"  # type: ignore[no-any-return, no-untyped-call]


def make_script(parts: Sequence[Part]) -> str:
    """Make a script of the cells, with the text between them as comments.

    Parameters
    ----------
    parts : sequence of Text or Code
        From `choose_parts`.

    Returns
    -------
    str
        Python, with the marks by which editors tell cells.
    """
    blocks = []
    for part in _merged(parts):
        if isinstance(part, Text):
            text = _plain(part.markdown)
            lines = "\n".join(f"# {line}".rstrip() for line in text.split("\n"))
            blocks.append(f"# %% [markdown]\n{lines}\n")
        else:
            source = comment_commands(part.cell.source).strip("\n")
            if _is_failing(part.cell):
                source = _guarded(source)
            blocks.append(f"# %%\n{source}\n")
    return "\n".join(blocks)


def _plain(markdown: str) -> str:
    r"""Spare those who read a script the elements that only a browser needs.

    Examples
    --------
    >>> print(_plain("<details>\n<summary>Hint</summary>\n\nTwo <span>\\$</span>.\n\n</details>"))
    Hint:
    <BLANKLINE>
    Two $.
    """
    text = _IMAGE.sub(r"(figure: \1)", markdown).replace(r"<span>\$</span>", "$")
    return _FOLD_END.sub("", _FOLD_START.sub(r"\1:", text))


def _merged(parts: Sequence[Part]) -> Iterator[Part]:
    """Join texts that follow each other, up to the next heading."""
    waiting: list[str] = []
    for part in parts:
        is_text = isinstance(part, Text)
        starts_anew = isinstance(part, Text) and part.markdown.startswith("#")
        if waiting and (not is_text or starts_anew):
            yield Text("\n\n".join(waiting))
            waiting = []
        if isinstance(part, Text):
            waiting.append(part.markdown)
        else:
            yield part
    if waiting:
        yield Text("\n\n".join(waiting))


def _markdown_cell(text: str, read_image: Callable[[str], bytes]) -> NotebookNode:
    cell: NotebookNode = nbformat.v4.new_markdown_cell(text)  # type: ignore[no-untyped-call]
    images = {}
    for name in sorted(set(_ATTACHMENT.findall(text))):
        kind = mimetypes.guess_type(posixpath.basename(name))[0] or "application/octet-stream"
        images[name] = {kind: base64.b64encode(read_image(name)).decode()}
    if images:
        cell["attachments"] = images
    return cell


def _code_cell(part: Code, with_outputs: bool) -> NotebookNode:
    cell: NotebookNode = nbformat.v4.new_code_cell(part.cell.source)  # type: ignore[no-untyped-call]
    tags = part.cell.metadata.get("tags", ())
    kept = sorted(_KEPT_TAGS & set(tags))
    if kept:
        cell.metadata["tags"] = kept
    # what readers of the page have to open is closed here too
    if part.is_hidden or part.in_solution or {"hide-input", "hide-cell"} & set(tags):
        cell.metadata["jupyter"] = {"source_hidden": True}
    if with_outputs:
        cell["outputs"] = [
            make_portable(keep_still(output)) for output in part.cell.get("outputs", [])
        ]
        cell["execution_count"] = part.cell.get("execution_count")
    return cell


def _is_failing(cell: NotebookNode) -> bool:
    return "raises-exception" in cell.metadata.get("tags", ())


def _guarded(source: str) -> str:
    """Let a script go on after code that is there to fail."""
    inner = _indented(source)
    return (
        f"try:\n{inner}\nexcept Exception as error:  # the text explains it\n"
        '    print(f"{type(error).__name__}: {error}")'
    )


def _indented(source: str) -> str:
    r"""Indent code, but not the lines of a text that spans several.

    Examples
    --------
    >>> _indented('x = \'\'\'a\nb\'\'\'')
    "    x = '''a\nb'''"
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return f"    exec({source!r})"  # such a cell is there to show what is no Python
    inside: set[int] = set()
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        )
        if is_text and isinstance(node, ast.expr) and node.end_lineno is not None:
            inside |= set(range(node.lineno + 1, node.end_lineno + 1))
    lines = source.split("\n")
    return "\n".join(
        line if number in inside or not line else f"    {line}"
        for number, line in enumerate(lines, 1)
    )
