"""YAML with the lines on which its values stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

FAST_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LONGEST_FOR_FAST = 4000
"""Characters up to which the loader in C is used; longer text can nest until it crashes."""


class YamlError(Exception):
    """YAML that cannot be used.

    Parameters
    ----------
    line : int
        Where, from 1.
    message : str
        What is wrong with it.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class YamlMapping:
    """A mapping and the lines of its keys.

    Parameters
    ----------
    values : dict
        As YAML gives it.
    lines : dict of tuple of str to int
        For the way to each key, for example ``("sphinx", "config")``, its line from 1.
    repeated : tuple of tuple of str
        The ways to keys that are written more than once; the last one counts.
    """

    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    repeated: tuple[tuple[str, ...], ...] = ()

    def line_of(self, *way: str) -> int:
        """Line of a key, or of the nearest key above it that is there."""
        while way and way not in self.lines:
            way = way[:-1]
        return self.lines.get(way, 1)


def read_mapping(text: str, first_line: int = 1) -> YamlMapping:
    """Read a YAML mapping.

    Parameters
    ----------
    text : str
        The YAML.
    first_line : int
        Line of the file on which it begins.

    Returns
    -------
    YamlMapping
        Empty for empty text.

    Raises
    ------
    YamlError
        If it is not YAML, or not a mapping with text for keys.

    Examples
    --------
    >>> read_mapping("title: A\\nteaching: 10", first_line=2).line_of("teaching")
    3
    """
    try:
        loader: Any = (FAST_LOADER if len(text) <= LONGEST_FOR_FAST else yaml.SafeLoader)(text)
        node = loader.get_single_node()
        values = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        raise YamlError(line, error.problem or str(error)) from error
    except yaml.reader.ReaderError as error:
        line = first_line + text.count("\n", 0, error.position)
        raise YamlError(line, "found a control character, which is not allowed") from error
    except RecursionError as error:
        raise YamlError(first_line, "it is nested too deeply") from error
    except ValueError as error:  # an impossible date, or a number of thousands of digits
        raise _locate(node, first_line, error) from error
    if values is None:
        return YamlMapping()
    if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
        found = type(values).__name__
        raise YamlError(first_line, f"it is of type {found}, not lines of the form `name: value`")
    keys = list(_key_lines(node, (), set()))
    lines = {way: first_line + line for way, line in keys}
    times = Counter(way for way, _ in keys) if len(lines) < len(keys) else Counter()
    return YamlMapping(
        {str(key): value for key, value in values.items()},
        lines,
        tuple(way for way, count in times.items() if count > 1),
    )


def _locate(node: yaml.Node | None, first_line: int, error: ValueError) -> YamlError:
    """Say which value it is that no number or date can be made of."""
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        try:
            yaml.SafeLoader("").construct_document(value)
        except (ValueError, yaml.YAMLError):
            return YamlError(first_line + key.start_mark.line, f"{key.value}: {error}")
    return YamlError(first_line, str(error))


def _key_lines(
    node: yaml.Node, way: tuple[str, ...], seen: set[int]
) -> Iterator[tuple[tuple[str, ...], int]]:
    # by aliases a mapping can contain itself, or the same one millions of times
    if not isinstance(node, yaml.MappingNode) or id(node) in seen:
        return
    seen.add(id(node))
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            yield (*way, key.value), key.start_mark.line
            yield from _key_lines(value, (*way, key.value), seen)
