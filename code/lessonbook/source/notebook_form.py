"""What front matter and the options of code cells may hold.

The notebook format checks them when a page is read, and knows neither its file nor its line then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lessonbook.markup import Problem
from lessonbook.source.yaml_text import YamlMapping

Check = Callable[[Any], bool]
Form = dict[tuple[str, ...], tuple[Check, str]]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_mapping(value: Any) -> bool:
    return isinstance(value, dict)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_seconds(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _is_kernel(value: Any) -> bool:
    return isinstance(value, dict) and _is_text(value.get("name"))


def _is_language(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str)


def _are_tags(value: Any) -> bool:
    return (
        isinstance(value, list)
        and all(_is_text(word) and "," not in word for word in value)
        and len(set(value)) == len(value)
    )


_SETTINGS = (_is_mapping, "lines of the form `name: value` below it")
_FLAG = (_is_flag, "true or false")

FRONT_MATTER: Form = {
    ("title",): (_is_text, "the text of the page's heading; put a number in quotes"),
    ("kernelspec",): (_is_kernel, "the line `  name: python3` below it"),
    ("file_format",): (lambda value: value == "mystnb", "mystnb"),
    ("lesson_ignore",): (_is_mapping, "lines of the form `LB047: reason`"),
    ("authors",): (lambda value: isinstance(value, list), "a list"),
    ("language_info",): (_is_language, "the line `  name: python` below it"),
    ("orig_nbformat",): (lambda value: type(value) is int and value > 0, "a number from 1"),
    ("jupytext",): _SETTINGS,
    ("jupytext", "text_representation"): _SETTINGS,
    ("mystnb",): _SETTINGS,
    ("myst",): _SETTINGS,
    ("myst", "html_meta"): _SETTINGS,
    ("myst", "substitutions"): _SETTINGS,
    ("execution",): _SETTINGS,
    ("execution", "timeout"): (_is_seconds, "a number of seconds"),
    ("execution", "allow_errors"): _FLAG,
}
"""For the way to each key, whether a value is allowed and which are."""

CELL_OPTIONS: Form = {
    ("tags",): (_are_tags, "a list of words, each once: `:tags: [hide-input]`"),
    ("name",): (_is_text, "a word"),
    ("load",): (_is_text, "the path of a file"),
    ("collapsed",): _FLAG,
    ("scrolled",): (lambda value: _is_flag(value) or value == "auto", "true, false or auto"),
    ("jupyter",): _SETTINGS,
    ("execution",): _SETTINGS,
    ("mystnb",): _SETTINGS,
    ("mystnb", "image"): _SETTINGS,
    # an empty one is the business of the rules about figures
    ("mystnb", "image", "alt"): (lambda value: isinstance(value, str), "text; put it in quotes"),
    ("mystnb", "figure"): _SETTINGS,
    ("mystnb", "figure", "caption"): (_is_text, "text; put it in quotes"),
    ("mystnb", "figure", "name"): (_is_text, "a word"),
}
"""The same for the options of a code cell."""


def find_wrong_values(mapping: YamlMapping, form: Form, kind: str) -> Iterator[Problem]:
    """Find what is written twice, and the values that are not of the form that is asked for.

    Parameters
    ----------
    mapping : YamlMapping
        Front matter, or the options of a cell.
    form : Form
        `FRONT_MATTER` or `CELL_OPTIONS`.
    kind : str
        Kind of the problems.

    Yields
    ------
    Problem

    Examples
    --------
    >>> options = YamlMapping({"tags": [1]}, {("tags",): 12})
    >>> [problem.line for problem in find_wrong_values(options, CELL_OPTIONS, "options")]
    [12]
    """
    for way in mapping.repeated:
        message = f"{': '.join(way)}: found twice, allowed once; remove one."
        yield Problem(kind, mapping.line_of(*way), message)
    for way, (is_allowed, allowed) in form.items():
        holder: Any = mapping.values
        for key in way[:-1]:
            holder = holder.get(key) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and way[-1] in holder and not is_allowed(holder[way[-1]]):
            advice = "" if ";" in allowed else "; correct it"
            message = f"{': '.join(way)}: found {holder[way[-1]]!r}, allowed {allowed}{advice}."
            yield Problem(kind, mapping.line_of(*way), message)
