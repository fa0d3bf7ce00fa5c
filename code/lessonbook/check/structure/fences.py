"""Rules about the fences that open and close blocks."""

from __future__ import annotations

from collections.abc import Iterator

from lessonbook.check.rule import Example, PageRule, register
from lessonbook.course import Course, Page
from lessonbook.findings import Finding


@register
class UnclosedFence(PageRule):
    """Fence that is not closed."""

    id = "LB023"
    why = "Everything below it becomes part of it, up to the end of the page; code is then not run."
    bad = Example("# A page\n\n:::{callout}\nText.\n\nMore text.\n", 3)
    good = Example("# A page\n\n:::{callout}\nText.\n:::\n\nMore text.\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Report it at the line that opens it."""
        for problem in page.problems:
            if problem.kind == "fence":
                yield self.finding(page.path, problem.line, problem.message)


@register
class MisnestedFence(PageRule):
    """Fence that closes another block than was meant."""

    id = "LB024"
    why = (
        "A fence closes the outermost open one that is not longer. An outer block therefore needs "
        "more colons or backticks than every block inside it, or it ends with the first of them."
    )
    bad = Example(
        "# A page\n\n:::{callout}\nText.\n\n:::{note}\nText.\n:::\n:::\n",
        3,
    )
    good = Example(
        "# A page\n\n::::{callout}\nText.\n\n:::{note}\nText.\n:::\n::::\n",
    )

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Report it at the line that opens the block to blame."""
        for problem in page.problems:
            if problem.kind == "nesting":
                yield self.finding(page.path, problem.line, problem.message)
