"""Rules about the numbers that are computed in the text."""

from __future__ import annotations

from collections.abc import Iterator

from lessonbook.check.rule import Example, PageRule, register
from lessonbook.course import Course, Page
from lessonbook.findings import Finding
from lessonbook.notebook import clean_expression, format_expression

_FRONT = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\n# A page\n\n"


@register
class FaultyExpression(PageRule):
    """Expression in the text that cannot be computed."""

    id = "LB066"
    why = "What is no Python expression, with a format behind a colon or without, gives no number."
    bad = Example(f"{_FRONT}It is {{eval}}`1 +`.\n", 9)
    good = Example(f"{_FRONT}It is {{eval}}`1 + 1:.1f`.\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Try to compile each, and find those in the title."""
        if "{eval}`" in str(page.front_matter.values.get("title")):
            message = (
                "found {eval} in the title of the front matter, which is the page's name in every "
                "list and is read before any code runs; write the title without it, and the number "
                "into the text."
            )
            yield self.finding(page.path, page.front_matter.line_of("title"), message)
        for role in page.roles if page.is_python else ():
            expression = clean_expression(role.content)
            try:
                if role.name == "eval":
                    format_expression(expression)
            except ValueError as error:
                message = (
                    f"{{eval}} of {expression!r} is no Python expression: {error}; correct it."
                )
                yield self.finding(page.path, role.line, message)
