"""Rules about tabs."""

from __future__ import annotations

from collections.abc import Iterator

from lessonbook.check.rule import Example, PageRule, register
from lessonbook.course import Course, Page
from lessonbook.findings import Finding
from lessonbook.markup import Block

SET, ITEM = "tab-set", "tab-item"


@register
class MisplacedTab(PageRule):
    """Tab outside a set of tabs, or something else in the set."""

    id = "LB036"
    why = (
        "A `tab-set` holds `tab-item` blocks, each with a title, and nothing else; what stands "
        "between them is shown in the wrong place or not at all."
    )
    bad = Example("# A page\n\n:::{tab-item} Metres\nTwo.\n:::\n", 3)
    good = Example("# A page\n\n::::{tab-set}\n:::{tab-item} Metres\nTwo.\n:::\n::::\n")
    trusts_nesting = True

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look at each set and at each tab."""
        for block in page.blocks:
            message = _find_fault(block, page)
            if message:
                yield self.finding(page.path, block.line, message)
        for prose in page.prose:
            if prose.block is not None and prose.block.kind == SET and prose.kind != "title":
                message = f"text stands in {{{SET}}} outside its tabs; move it into a {{{ITEM}}}."
                yield self.finding(page.path, prose.line, message)


def _find_fault(block: Block, page: Page) -> str:
    parent = block.parent.kind if block.parent is not None else ""
    if block.kind == ITEM and parent != SET:
        return f"{ITEM} stands outside any {{{SET}}}; put one around it."
    if block.kind == ITEM and not block.argument:
        return f"{ITEM} has no title; write one behind {{{ITEM}}}."
    if parent == SET and block.kind != ITEM:
        return f"{block.name} stands in {{{SET}}} outside its tabs; move it into a {{{ITEM}}}."
    if block.kind == SET and all(other.parent is not block for other in page.blocks):
        return f"{SET} has no tab; write a {{{ITEM}}} inside it."
    return ""
