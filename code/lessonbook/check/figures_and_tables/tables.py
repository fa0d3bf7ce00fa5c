"""Rules about tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lessonbook.check.rule import Example, PageRule, register
from lessonbook.course import Course, Page
from lessonbook.findings import Finding

_ROW = re.compile(r"^\s*\|.*\|\s*$")


@register
class TableWithoutHeader(PageRule):
    """Table without a header."""

    id = "LB053"
    why = (
        "Readers, and screen readers with them, learn from the header what the numbers below it "
        "are."
    )
    bad = Example("# A page\n\n| | |\n| --- | --- |\n| A | 28 |\n", 3)
    good = Example("# A page\n\n| school | effect |\n| --- | --- |\n| A | 28 |\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look at the tables of Markdown, of directives and of HTML."""
        for table in page.tables:
            if table.header is None or not any(table.header):
                message = "the table has no header; say in its first row what each column holds."
                yield self.finding(page.path, table.line, message)
        for prose in page.prose:
            lines = prose.text.split("\n")
            if len(lines) > 1 and all(_ROW.match(line) for line in lines):
                message = (
                    "these rows make no table, since it has no header; begin with a row that names "
                    "the columns, and below it | --- | for each."
                )
                yield self.finding(page.path, prose.line, message)
