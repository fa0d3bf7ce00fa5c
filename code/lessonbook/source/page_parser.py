"""From the text of a page to its parts: one parse, shared by all who ask."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lessonbook.markup import (
    Block,
    Heading,
    Label,
    OutlineItem,
    Problem,
    Prose,
    Role,
    Table,
)
from lessonbook.source.block_reader import BlockFacts, read_block_facts
from lessonbook.source.inline import InlineContent, read_html, read_inline
from lessonbook.source.names import (
    LESSON_BOXES,
    PATH_ARGUMENTS,
    holds_literal_text,
    holds_markdown,
    is_known,
    nearest_name,
)
from lessonbook.source.options import read_options, split_content
from lessonbook.source.page_parts import OUTLINE_KINDS, PageParts
from lessonbook.source.problems import (
    DEEPEST_LISTS,
    brace_problem,
    html_problem,
    lost_text_problem,
    open_problem,
    place_of_html,
    trapped_problem,
)
from lessonbook.source.quiz_problems import find_quiz_problems
from lessonbook.source.suppressions import read_wish

DEEPEST = 24
"""Blocks nested deeper than this are not looked into."""

_PROSE_KINDS = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "th_open": "cell",
    "td_open": "cell",
    "dt_open": "term",
}
_INFO = re.compile(r"^\{(?P<name>[^{}\s]+)\}(?:\s+(?P<argument>.*))?$", re.DOTALL)


class PageParser:
    """Collects the parts of one page.

    Parameters
    ----------
    parser : MarkdownIt
        As `lessonbook.notebook.block_parser` makes it.
    containers : frozenset of str
        Blocks that the course adds, whose content is Markdown.
    """

    def __init__(self, parser: MarkdownIt, containers: frozenset[str] = frozenset()) -> None:
        self.parser = parser
        self.containers = containers
        self.parts = PageParts()
        self.is_doubtful = False
        """Whether a fence is not closed, or closes what it was not meant to close."""
        self.first_open: Problem | None = None
        self._environment: dict[str, Any] = {}
        self._leaf_ends: dict[int, int] = {}
        self._comments: list[tuple[str, int, int]] = []

    def read_title(self, title: object, line: int) -> None:
        """Read the title of the front matter."""
        for token in self.parser.parseInline(title, {}) if isinstance(title, str) else ():
            self._note(html_problem(read_inline(token, line), place_of_html("heading", None)))

    def parse(self, lines: Sequence[str], first_line: int) -> PageParts:
        """Parse the text below the front matter.

        Parameters
        ----------
        lines : sequence of str
            The text.
        first_line : int
            Its first line in the file.

        Returns
        -------
        PageParts
        """
        self._walk("\n".join(lines), first_line, None, 0)
        self._read_comments(lines, first_line)
        return self.parts

    def _walk(self, text: str, first_line: int, block: Block | None, depth: int) -> None:
        lines = text.split("\n")
        tokens = self.parser.parse(text + "\n", self._environment)
        line = first_line
        for position, token in enumerate(tokens):
            if token.map:
                line = first_line + token.map[0]
            if block is None and token.level == 0:
                self._add_to_outline(token, line)
            if token.type in ("fence", "colon_fence"):
                self._read_fence(token, line, lines, block, depth)
            elif token.type == "inline":
                self._read_inline(tokens, position, line, block)
            else:
                self._read_other(tokens, position, line, block)

    def _add_to_outline(self, token: Token, line: int) -> None:
        # fences of blocks are added where their names are known
        kind = OUTLINE_KINDS.get(token.type)
        if kind and not (kind == "code" and token.info.strip().startswith("{")):
            self.parts.outline.append(OutlineItem(kind, line))

    def _read_inline(
        self, tokens: Sequence[Token], position: int, line: int, block: Block | None
    ) -> None:
        token, opening = tokens[position], tokens[position - 1]
        content = read_inline(token, line)
        self._take(content, block)
        kind = _PROSE_KINDS.get(opening.type, "paragraph")
        self._note(html_problem(content, place_of_html(kind, block)))
        if kind == "paragraph" and token.level > 1:
            kind = "item"
        if kind == "heading":
            is_nested = token.level > 1 or block is not None
            self.parts.headings.append(
                Heading(int(opening.tag[1]), token.content.strip(), line, is_nested)
            )
        following = tokens[position + 2] if position + 2 < len(tokens) else None
        followed_by = following.type if following is not None and following.nesting >= 0 else ""
        end = line + content.text.count("\n")
        self._leaf_ends[line] = max(end, self._leaf_ends.get(line, 0))
        self.parts.prose.append(Prose(content.text, line, end, kind, block, followed_by))

    def _take(self, content: InlineContent, block: Block | None) -> None:
        self.parts.links += content.links
        self.parts.images += content.images
        self.parts.labels += content.labels
        self.parts.roles += [Role(name, text, line, block) for name, text, line in content.roles]
        self._comments += [(text, line, 0) for text, line in content.comments]

    def _read_other(
        self, tokens: Sequence[Token], position: int, line: int, block: Block | None
    ) -> None:
        token = tokens[position]
        if token.nesting > 0 and token.level >= DEEPEST_LISTS - 1:
            self._note(lost_text_problem(line, self.parts.problems))
        if token.type == "myst_line_comment":
            for number, text in enumerate(token.content.split("\n"), line):
                self._comments.append((text, number, line + token.content.count("\n")))
        elif token.type == "myst_target":
            self.parts.labels.append(Label(token.content.strip(), line))
        elif token.type == "math_block_label":
            self.parts.labels.append(Label(token.info.strip(), line, "equation"))
        elif token.type == "table_open":
            self._read_table(tokens, position, line)
        elif token.type == "list_item_open" and tokens[position + 1].type == "list_item_close":
            if token.level < DEEPEST_LISTS - 1:
                self.parts.empty_items.append(line)
        elif token.type == "html_block":
            self._read_html_block(token, line)
            shown = InlineContent(tags=[(token.content.strip().split("\n")[0], line)])
            if not token.content.lstrip().startswith("<!--"):
                self._note(html_problem(shown, place_of_html("", block)))

    def _read_table(self, tokens: Sequence[Token], position: int, line: int) -> None:
        header = []
        while tokens[position].type != "thead_close":
            if tokens[position].type == "inline":
                header.append(tokens[position].content.strip())
            position += 1
        self.parts.tables.append(Table(line, tuple(header)))

    def _read_html_block(self, token: Token, line: int) -> None:
        content = read_html(token.content, line)
        self._take(content, None)
        end = line + token.content.rstrip("\n").count("\n")
        self._comments = [
            (text, at, end) if line <= at <= end else (text, at, last)
            for text, at, last in self._comments
        ]
        lowered = token.content.lower()
        if "<table" in lowered:
            self.parts.tables.append(Table(line, ("header",) if "<th" in lowered else None))
        self._leaf_ends[line] = end

    def _read_fence(
        self, token: Token, line: int, lines: Sequence[str], block: Block | None, depth: int
    ) -> None:
        start, end = token.map or (0, 0)
        end_line = line + end - start - 1
        closing = lines[end - 1].strip(" \t>") if end - 1 > start and end <= len(lines) else ""
        marker = token.markup[0]
        is_closed = closing.startswith(token.markup) and not closing.strip(marker)
        info = token.info.strip()
        is_colon = token.type == "colon_fence"
        if not is_closed or (is_colon and not info):
            self._doubt(line, token.markup)
        match = _INFO.match(info)
        if match:
            self._read_block(token, match, line, end_line, block, depth)
            return
        self._note(brace_problem(info, line, is_colon))
        if is_colon:
            if block is None:
                self.parts.outline.append(OutlineItem("paragraph", line))
            if depth < DEEPEST:
                self._walk(token.content, line + 1, block, depth + 1)
        else:
            self._check_literal(token, line)
            self._leaf_ends[line] = end_line
            if info and is_closed and not token.content.strip():
                self.parts.empty_code.append(line)

    def _doubt(self, line: int, markup: str) -> None:
        self.is_doubtful = True
        if self.first_open is None or line < self.first_open.line:
            self.first_open = open_problem(line, markup)

    def _note(self, problem: Problem | None) -> None:
        if problem is not None:
            self.parts.problems.append(problem)

    def _check_literal(self, token: Token, line: int) -> None:
        """Notice another opening fence inside code: the code was not closed where it ends."""
        marker, length = token.markup[0], len(token.markup)
        opening = re.compile(
            rf"^[ \t>]*{re.escape(marker)}{{{length},}}[ \t]*[^\s{marker}]", re.MULTILINE
        )
        if opening.search(token.content):
            self._doubt(line, token.markup)

    def _read_block(
        self,
        token: Token,
        match: re.Match[str],
        line: int,
        end_line: int,
        parent: Block | None,
        depth: int,
    ) -> None:
        name, argument = match["name"], (match["argument"] or "").strip()
        kind = self._kind_of(name)
        content = split_content(token.content, line, token.type == "colon_fence")
        if content.trapped_line:
            self._note(trapped_problem(content.trapped_line, name))
        options, problems = (
            ((), []) if kind == "code-cell" else read_options(content, f"{{{name}}}")
        )
        self.parts.problems += problems
        body = "\n".join(content.body)
        block = Block(
            name, kind, argument, line, end_line, options, body, content.body_line, parent
        )
        self.parts.blocks.append(block)
        self._leaf_ends[line] = end_line if holds_literal_text(kind) else content.body_line - 1
        if parent is None:
            self.parts.outline.append(OutlineItem(kind, line, block))
        if kind == "quiz":
            self.parts.problems += find_quiz_problems(block, self.parser)
        facts = read_block_facts(block, content)
        self._take_facts(facts)
        if kind not in PATH_ARGUMENTS and kind != "code-cell":
            self._read_text(argument, line, "title", block)
        if holds_literal_text(kind):
            self._check_literal(token, line)
        elif holds_markdown(kind, self.containers) and depth < DEEPEST:
            self._walk(body, content.body_line, block, depth + 1)

    def _kind_of(self, name: str) -> str:
        if is_known(name, self.containers):
            return name
        return (
            nearest_name(name, LESSON_BOXES | {"quiz", "code-cell", "tab-set", "tab-item"}) or name
        )

    def _take_facts(self, facts: BlockFacts) -> None:
        self.parts.labels += facts.labels
        self.parts.files += facts.files
        self.parts.images += facts.images
        self.parts.tables += facts.tables
        self.parts.terms += facts.terms
        self.parts.problems += facts.problems
        self.parts.suppressions += facts.suppressions
        if facts.cell is not None:
            self.parts.cells.append(facts.cell)
        for text, line, kind, block in facts.texts:
            self._read_text(text, line, kind, block)

    def _read_text(self, text: str, line: int, kind: str, block: Block) -> None:
        """Read a title, a caption or an option that may hold a role."""
        for token in self.parser.parseInline(text, self._environment):
            content = read_inline(token, line)
            self._take(content, block)
            if not holds_literal_text(block.kind) or kind == "caption":
                self._note(html_problem(content, place_of_html(kind, block)))
            if kind in ("title", "caption") and text:
                self.parts.prose.append(Prose(content.text, line, line, kind, block))

    def _read_comments(self, lines: Sequence[str], first_line: int) -> None:
        """Give each wish for silence the lines that it covers."""
        for text, line, last in self._comments:
            following = last + 1
            while following - first_line < len(lines) and not lines[following - first_line].strip():
                following += 1
            # a comment inside a line is meant for that line
            end = self._leaf_ends.get(following, following) if last else line
            wish = read_wish(text, line, line, end)
            if wish:
                self.parts.suppressions.append(wish)
