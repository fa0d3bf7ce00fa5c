"""What the parser of a page collects."""

from __future__ import annotations

from dataclasses import dataclass, field

from lessonbook.markup import (
    Block,
    CodeCell,
    FileUse,
    Heading,
    Image,
    Label,
    Link,
    OutlineItem,
    Problem,
    Prose,
    Role,
    Suppression,
    Table,
)

OUTLINE_KINDS = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "blockquote_open": "quotation",
    "table_open": "table",
    "dl_open": "list",
    "fence": "code",
    "code_block": "code",
    "html_block": "html",
    "math_block": "mathematics",
    "math_block_label": "mathematics",
    "amsmath": "mathematics",
    "hr": "rule",
    "myst_line_comment": "comment",
    "myst_target": "target",
    "myst_block_break": "comment",
    "footnote_reference_open": "footnote",
    "substitution_block": "paragraph",
}
"""Kinds of what may stand at the top level of a page, by the types of Markdown-it's tokens."""


@dataclass
class PageParts:
    """What `PageParser` collects; see `lessonbook.course.Page`."""

    blocks: list[Block] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    prose: list[Prose] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    cells: list[CodeCell] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    files: list[FileUse] = field(default_factory=list)
    outline: list[OutlineItem] = field(default_factory=list)
    empty_items: list[int] = field(default_factory=list)
    empty_code: list[int] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    suppressions: list[Suppression] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
