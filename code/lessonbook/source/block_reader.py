"""What a block says about itself: labels, files, images, code, terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lessonbook.markup import Block, CodeCell, FileUse, Image, Label, Problem, Suppression, Table
from lessonbook.source.notebook_form import CELL_OPTIONS, find_wrong_values
from lessonbook.source.options import Content, read_cell_options
from lessonbook.source.suppressions import find_in_code

_HEAD_OPTIONS = ("header-rows", "header")


@dataclass
class BlockFacts:
    """What a block adds to its page.

    Attributes
    ----------
    texts : list of (str, int, str, Block)
        Text outside the body that is read as Markdown: its line and its kind, ``caption`` or
        ``option``.
    """

    labels: list[Label] = field(default_factory=list)
    files: list[FileUse] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    suppressions: list[Suppression] = field(default_factory=list)
    texts: list[tuple[str, int, str, Block]] = field(default_factory=list)
    cell: CodeCell | None = None


def read_block_facts(block: Block, content: Content) -> BlockFacts:
    """Read a block's options and, where its kind says how, its body.

    Parameters
    ----------
    block : Block
        The block.
    content : Content
        Its options and body as lines.

    Returns
    -------
    BlockFacts
    """
    facts = BlockFacts()
    if block.kind == "code-cell":
        _read_cell(block, content, facts)
        return facts
    space = "equation" if block.kind == "math" else "target"
    for option in block.options:
        if option.name in ("name", "label") and option.value:
            facts.labels.append(Label(option.value.strip(), option.line, space))
        elif option.name == "file":
            facts.files.append(FileUse(option.value, option.line))
    if block.kind in ("figure", "image", "figure-md"):
        _read_image(block, facts)
    elif block.kind in ("include", "literalinclude") and block.argument:
        facts.files.append(FileUse(block.argument, block.line))
    elif block.kind in ("list-table", "csv-table"):
        _read_table(block, facts)
    elif block.kind == "glossary":
        facts.terms += _terms(content.body)
    elif block.kind == "quiz":
        options = [option for option in block.options if option.name in ("answer", "tolerance")]
        facts.texts += [(option.value, option.line, "option", block) for option in options]
    return facts


def _read_image(block: Block, facts: BlockFacts) -> None:
    if block.kind == "figure-md":
        if block.argument:
            facts.labels.append(Label(block.argument, block.line))
        return
    alt = block.option("alt")
    caption = block.body.strip().split("\n\n")[0] if block.kind == "figure" else ""
    facts.images.append(Image(block.argument, alt.value if alt else None, block.line, caption))


def _read_table(block: Block, facts: BlockFacts) -> None:
    head = block.option(*_HEAD_OPTIONS)
    has_head = head is not None and head.value.strip() not in ("", "0")
    facts.tables.append(Table(block.line, (block.argument or "header",) if has_head else None))


def _terms(lines: list[str]) -> list[str]:
    terms = [line for line in lines if line.strip() and not line[0].isspace()]
    return [line.split(" : ")[0].strip().lower() for line in terms if not line.startswith("..")]


def _read_cell(block: Block, content: Content, facts: BlockFacts) -> None:
    options, problems = read_cell_options(content)
    facts.problems += problems
    facts.problems += find_wrong_values(options, CELL_OPTIONS, "options")
    given = options.values.get("tags")
    tags = given if isinstance(given, list) else [given]
    body, line = content.body, content.body_line
    if body and not body[0].strip():
        body, line = body[1:], line + 1
    source = "\n".join(body).rstrip()
    words = tuple(tag for tag in tags if isinstance(tag, str))
    cell = CodeCell(block.line, block.end_line, line, source, options, words, block)
    facts.cell = cell
    facts.suppressions += find_in_code(body, line)
    if content.option_text:
        facts.suppressions += find_in_code(content.option_text.split("\n"), content.option_line)
    if isinstance(options.values.get("load"), str):
        facts.files.append(FileUse(options.values["load"], options.line_of("load")))
    _read_figure(cell, facts)


def _read_figure(cell: CodeCell, facts: BlockFacts) -> None:
    caption: Any = cell.option("mystnb", "figure", "caption")
    if isinstance(caption, str):
        line = cell.options.line_of("mystnb", "figure", "caption")
        facts.texts.append((caption, line, "caption", cell.block))
    name: Any = cell.option("mystnb", "figure", "name")
    if isinstance(name, str):
        line = cell.options.line_of("mystnb", "figure", "name")
        facts.labels.append(Label(name.strip(), line))
