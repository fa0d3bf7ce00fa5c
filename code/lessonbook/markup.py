"""The parts of a page, as its author wrote them: blocks, text, links, code.

Lines count from 1 and are those of the source file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lessonbook.source.yaml_text import YamlMapping

NOT_TEXT = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in prose where code, mathematics, a role or an image was."""


@dataclass(frozen=True)
class Option:
    """An option of a block, as written."""

    name: str
    value: str
    line: int


@dataclass(frozen=True, eq=False)
class Block:
    """A directive.

    Attributes
    ----------
    name : str
        As written in the braces.
    kind : str
        The block that it is, or was probably meant to be.
    argument : str
        What follows the braces: a title or a path.
    line, end_line : int
        Of the opening and of the closing fence.
    options : tuple of Option
    body : str
        What stands between the fences, below the options.
    body_line : int
        Its first line.
    parent : Block or None
        The block around it.
    """

    name: str
    kind: str
    argument: str
    line: int
    end_line: int
    options: tuple[Option, ...]
    body: str
    body_line: int
    parent: Block | None

    def option(self, *names: str) -> Option | None:
        """Return the option of one of these names."""
        return next((option for option in self.options if option.name in names), None)

    def ancestors(self) -> Iterator[Block]:
        """Go through the blocks around this one, from the nearest."""
        block = self.parent
        while block is not None:
            yield block
            block = block.parent

    def is_inside(self, *kinds: str) -> bool:
        """Tell whether a block of such a kind is around this one."""
        return any(block.kind in kinds for block in self.ancestors())


@dataclass(frozen=True, eq=False)
class Heading:
    """A heading; `is_nested` where it stands in a block, list or quotation."""

    level: int
    text: str
    line: int
    is_nested: bool = False


@dataclass(frozen=True, eq=False)
class Prose:
    """A piece of text without its code and mathematics.

    Attributes
    ----------
    text : str
        With line feeds where the source has them, and `NOT_TEXT` for what is left out.
    line, end_line : int
    kind : str
        ``paragraph``, ``item`` (any paragraph in a list or quotation), ``heading``, ``title``,
        ``caption``, ``cell`` or ``term``.
    block : Block or None
        The block that it stands in.
    followed_by : str
        Kind of what comes next beside it; empty if it is the last.
    """

    text: str
    line: int
    end_line: int
    kind: str
    block: Block | None
    followed_by: str = ""

    def line_at(self, position: int) -> int:
        """Line of a character of the text."""
        return self.line + self.text.count("\n", 0, position)


@dataclass(frozen=True, eq=False)
class Link:
    """A link in Markdown or HTML; `is_auto` for an address in angle brackets."""

    text: str
    target: str
    line: int
    is_auto: bool = False


@dataclass(frozen=True, eq=False)
class Image:
    """An image; `caption` is that of a figure, `alt` is None where none was given."""

    target: str
    alt: str | None
    line: int
    caption: str = ""


@dataclass(frozen=True, eq=False)
class Role:
    """A role with its content, for example ``{eval}`x` ``."""

    name: str
    content: str
    line: int
    block: Block | None


@dataclass(frozen=True, eq=False)
class CodeCell:
    """A code cell.

    Attributes
    ----------
    line, end_line : int
        Of the fences.
    code_line : int
        First line of the code.
    source : str
        The code.
    options : YamlMapping
        As YAML gives them, with lines.
    tags : tuple of str
    block : Block
        The cell as a block.
    """

    line: int
    end_line: int
    code_line: int
    source: str
    options: YamlMapping
    tags: tuple[str, ...]
    block: Block

    def option(self, *way: str) -> Any:
        """Return what stands at this way through the options, None if nothing does."""
        value: Any = self.options.values
        for key in way:
            value = value.get(key) if isinstance(value, dict) else None
        return value


@dataclass(frozen=True)
class Label:
    """Something to link to, as written.

    `space` is ``equation`` for equations, ``html`` for raw HTML, else ``target``.
    """

    name: str
    line: int
    space: str = "target"

    @property
    def key(self) -> str:
        """The form in which labels are compared: equations as written, others in lower case."""
        return self.name if self.space == "equation" else " ".join(self.name.lower().split())


@dataclass(frozen=True, eq=False)
class Table:
    """A table; `header` holds the cells of its head, None if it has none."""

    line: int
    header: tuple[str, ...] | None


@dataclass(frozen=True)
class FileUse:
    """A file that a page names: included, shown, linked or loaded."""

    target: str
    line: int


@dataclass(frozen=True)
class OutlineItem:
    """What stands at the top level of a page: a kind of Markdown, or the kind of a block."""

    kind: str
    line: int
    block: Block | None = None


@dataclass(frozen=True)
class Suppression:
    """A wish not to hear of something.

    Attributes
    ----------
    line : int
        Where it is written.
    rules : tuple of str
        Ids, as written.
    reason : str
    first, last : int
        Lines that it covers; all of the file if `last` is 0.
    """

    line: int
    rules: tuple[str, ...]
    reason: str
    first: int
    last: int

    def covers(self, line: int | None) -> bool:
        """Tell whether a finding at a line is meant."""
        return not self.last or (line is not None and self.first <= line <= self.last)


@dataclass(frozen=True)
class Problem:
    """Something that kept a source from being read as it was meant.

    Attributes
    ----------
    kind : str
        ``file``, ``front matter``, ``value``, ``options``, ``fence``, ``nesting``, ``depth``,
        ``trapped``, ``brace``, ``quiz``, ``html``, ``config`` or ``toc``.
    line : int
    message : str
    """

    kind: str
    line: int
    message: str
