"""The front matter of a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lessonbook.markup import Problem
from lessonbook.source.yaml_text import YamlError, YamlMapping, read_mapping

_FENCE = re.compile(r"^(?::{3,}|`{3,})\s*\{")
_KEY = re.compile(r"^[\w-]+:(\s|$)")


@dataclass(frozen=True)
class FrontMatter:
    """The settings above a page's text.

    Attributes
    ----------
    mapping : YamlMapping
    n_lines : int
        How many lines of the page it takes, its marks included.
    problems : tuple of Problem
    """

    mapping: YamlMapping
    n_lines: int = 0
    problems: tuple[Problem, ...] = ()


def read_front_matter(lines: Sequence[str]) -> FrontMatter:
    """Read the front matter.

    Parameters
    ----------
    lines : sequence of str
        The page.

    Returns
    -------
    FrontMatter
        Empty for a page without it.
    """
    if not lines or lines[0].rstrip() != "---":
        return FrontMatter(YamlMapping())
    ends = (i for i, text in enumerate(lines) if i and text.rstrip() in ("---", "..."))
    end = next(ends, None)
    if end is None or any(_FENCE.match(text) for text in lines[1:end]):
        return _unclosed(lines)
    try:
        mapping = read_mapping("\n".join(lines[1:end]), 2)
    except YamlError as error:
        message = f"the front matter cannot be read: {error}; correct it."
        return FrontMatter(YamlMapping(), end + 1, (Problem("front matter", error.line, message),))
    return FrontMatter(mapping, end + 1)


def _unclosed(lines: Sequence[str]) -> FrontMatter:
    # a page may also begin with a rule
    if len(lines) < 2 or not _KEY.match(lines[1]):
        return FrontMatter(YamlMapping())
    settings = next((i for i, text in enumerate(lines) if i and not text.strip()), len(lines))
    message = (
        "the front matter is opened here with --- and never closed; write --- on a line of its own "
        "below its last setting."
    )
    return FrontMatter(YamlMapping(), settings, (Problem("front matter", 1, message),))
