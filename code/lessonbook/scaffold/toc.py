"""Add a page to a table of contents without touching anything else that is written there."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml

from lessonbook.findings import Finding, LessonbookError
from lessonbook.project import SOURCE_SUFFIXES, TOC_NAME

FIRST_LISTS = {"jb-book": "chapters", "jb-article": "sections"}
LIST_NAMES = ("chapters", "sections", "entries")
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")


@dataclass(frozen=True)
class _Entry:
    """A page of the table of contents: its node, and the way to it in the loaded data."""

    page: str
    node: yaml.MappingNode
    siblings: yaml.SequenceNode
    path: tuple[Any, ...]


def add_page(text: str, page: str, after: str | None) -> str:
    """Write a page into the text of a table of contents.

    Parameters
    ----------
    text : str
        The table of contents.
    page : str
        The new page, as a path without suffix.
    after : str or None
        The page that it follows, at the same level; None for a table with no list of pages yet.

    Returns
    -------
    str
        The text with one entry more; everything else in it is as it was.

    Raises
    ------
    LessonbookError
        If the table is written in a way that leaves no place for the entry.
    """
    data = yaml.safe_load(text)
    entries = list(_entries(yaml.compose(text), ()))
    entry = next((entry for entry in entries if entry.page == after), None)
    newline = "\r\n" if "\r\n" in text else "\n"
    if entry is None:
        result, expected = _with_first_list(text, data, page, newline)
    else:
        name = _like(entry, page)
        result = _with_sibling(text, entry, name, newline)
        expected = _inserted(data, entry.path, name)
    if _load(result) != expected:
        line = None if entry is None else entry.node.start_mark.line + 1
        raise LessonbookError(
            Finding(
                TOC_NAME,
                line,
                f"found no place that the new page can be written to; add `- file: {page}` by hand",
            )
        )
    return result


def listed_pages(text: str) -> list[str]:
    """The pages below the root that have siblings, in the order of the table."""
    return [entry.page for entry in _entries(yaml.compose(text), ())]


def _entries(node: yaml.Node | None, path: tuple[Any, ...]) -> Iterator[_Entry]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _entries(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            here = (*path, position)
            if isinstance(item, yaml.MappingNode):
                names = {key.value: value.value for key, value in item.value}
                if isinstance(names.get("file"), str):
                    yield _Entry(_without_suffix(names["file"]), item, node, here)
            yield from _entries(item, here)


def _without_suffix(name: str) -> str:
    for suffix in SOURCE_SUFFIXES:
        name = name.removesuffix(suffix)
    return name


def _like(entry: _Entry, page: str) -> str:
    """The new page's name, with a suffix where the entry beside it has one."""
    name = next(value.value for key, value in entry.node.value if key.value == "file")
    return f"{page}.md" if PurePosixPath(name).suffix in SOURCE_SUFFIXES else page


def _with_sibling(text: str, entry: _Entry, name: str, newline: str) -> str:
    if entry.siblings.flow_style:
        end = entry.node.end_mark.index
        return f"{text[:end]}, {{file: {_scalar(name)}}}{text[end:]}"
    lines = text.splitlines(keepends=True)
    first = lines[entry.node.start_mark.line]
    dash = first.rfind("-", 0, entry.node.start_mark.column)
    if first[:dash].strip():  # a list within a list, on one line
        return text
    place = _last_line(entry.node) + 1
    if not lines[place - 1].endswith(("\n", "\r")):
        lines[place - 1] += newline
    between = first[dash : entry.node.start_mark.column]
    lines.insert(place, f"{first[:dash]}{between}file: {_scalar(name)}{newline}")
    return "".join(lines)


def _last_line(node: yaml.Node) -> int:
    """The line, from 0, of a node's last word; comments below it do not belong to the node."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return max(_last_line(value) for _, value in node.value)
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return max(_last_line(item) for item in node.value)
    # the end of a block of text is the beginning of the line after it
    return int(node.end_mark.line) - (getattr(node, "style", None) in ("|", ">"))


def _with_first_list(
    text: str, data: dict[str, Any], page: str, newline: str
) -> tuple[str, dict[str, Any]]:
    empty = next(_empty_lists(yaml.compose(text), ()), None)
    lines = (text if text.endswith(("\n", "\r")) else text + newline).splitlines(keepends=True)
    if empty is None:
        name = FIRST_LISTS.get(data.get("format", ""), "entries")
        lines += [f"{name}:{newline}", f"  - file: {_scalar(page)}{newline}"]
        return "".join(lines), {**data, name: [{"file": page}]}
    key, value, path = empty
    line = lines[key.end_mark.line]
    rest = line[value.end_mark.column :] if value.value == [] else line[key.end_mark.column + 1 :]
    lines[key.end_mark.line] = f"{line[: key.end_mark.column]}:{rest}"
    indent = " " * (key.start_mark.column + 2)
    lines.insert(key.end_mark.line + 1, f"{indent}- file: {_scalar(page)}{newline}")
    return "".join(lines), _replaced(data, path, [{"file": page}])


def _empty_lists(
    node: yaml.Node | None, path: tuple[Any, ...]
) -> Iterator[tuple[yaml.ScalarNode, yaml.Node, tuple[Any, ...]]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in LIST_NAMES and value.value in ([], ""):
                yield key, value, (*path, key.value)
            yield from _empty_lists(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _empty_lists(item, (*path, position))


def _replaced(data: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    result = copy.deepcopy(data)
    place: Any = result
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return result


def _inserted(data: dict[str, Any], path: tuple[Any, ...], name: str) -> dict[str, Any]:
    result = copy.deepcopy(data)
    place: Any = result
    for step in path[:-1]:
        place = place[step]
    place.insert(path[-1] + 1, {"file": name})
    return result


def _scalar(name: str) -> str:
    """The name as YAML reads it back, in quotes only where it needs them."""
    if _PLAIN.fullmatch(name):
        return name
    return "'" + name.replace("'", "''") + "'"


def _load(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None
