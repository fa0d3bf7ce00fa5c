"""How the parser of a page says what it cannot read as it was meant."""

from __future__ import annotations

from collections.abc import Sequence

from lessonbook.markup import Block, Problem
from lessonbook.source.inline import InlineContent
from lessonbook.source.names import LESSON_BLOCKS, is_known, nearest_name

CAPTIONED = frozenset({"figure", "figure-md"})
"""Blocks whose text is a caption."""

DEEPEST_LISTS = 20
"""Levels of lists, items and quotations below which Markdown-it drops the text."""


def lost_text_problem(line: int, so_far: Sequence[Problem]) -> Problem | None:
    """Lists or quotations too deep for Markdown; said once on a page."""
    if any(problem.kind == "depth" for problem in so_far):
        return None
    message = (
        f"lists and quotations are nested in {DEEPEST_LISTS} levels here, and what is deeper is "
        "dropped; use fewer."
    )
    return Problem("depth", line, message)


def trapped_problem(line: int, name: str) -> Problem:
    """A block that is read as an option of the block around it."""
    message = (
        f"this fence stands where {{{name}}} has its options and is read as one; leave a blank "
        "line above it."
    )
    return Problem("trapped", line, message)


def brace_problem(info: str, line: int, is_colon: bool) -> Problem | None:
    """A block whose name does not stand in braces; None for anything else behind a fence."""
    word = info.split()[0] if info else ""
    bare = word.strip("{}")
    if not (word.startswith("{") or (is_colon and is_known(bare)) or bare in LESSON_BLOCKS):
        return None
    name = bare.partition("}")[0] or nearest_name(bare, LESSON_BLOCKS)
    message = (
        f"found {info!r} behind the fence, which makes no block; write the block's name in braces, "
        f"then a space and its title: {{{name}}}."
    )
    return Problem("brace", line, message)


def html_problem(content: InlineContent, place: str) -> Problem | None:
    """HTML where it is not taken for HTML; said once for a piece of text."""
    if not content.tags or not place:
        return None
    tag, line = content.tags[0]
    message = (
        f"found {tag!r} in {place}, where HTML is shown as it is written; use Markdown instead, or "
        "put it in backticks if it is meant to be shown."
    )
    return Problem("html", line, message)


def place_of_html(kind: str, block: Block | None) -> str:
    """Say which place it is, of those where HTML is no markup; empty for any other."""
    if block is not None and kind == "title":
        return f"the title of {{{block.name}}}"
    if block is not None and (block.kind == "quiz" or block.is_inside("quiz")):
        return "a quiz"
    if kind == "caption" or (block is not None and block.kind in CAPTIONED):
        return "a caption"
    return "a heading" if kind == "heading" else ""


def open_problem(line: int, markup: str) -> Problem:
    """A fence that ends with the list, quotation or block in which it stands."""
    message = (
        f"{markup} is opened here and never closed in the same list, quotation or block; close it "
        "with the same indentation as it is opened with."
    )
    return Problem("fence", line, message)
