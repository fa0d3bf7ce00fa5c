"""Rules about challenges and their solutions."""

from __future__ import annotations

from collections.abc import Iterator

from lessonbook.check.rule import Example, PageRule, register
from lessonbook.course import Course, Page
from lessonbook.findings import Finding

_OPENING = "# A page\n\n::::{challenge} Write the models\n:minutes: 10\n"


@register
class ChallengeWithoutSolution(PageRule):
    """Challenge without a solution."""

    id = "LB020"
    why = (
        "Whoever works alone has nothing else to compare with. A challenge that has no fixed "
        "answer says so with the option `:open:`."
    )
    bad = Example(f"{_OPENING}\nWrite all three.\n::::\n", 3)
    good = Example(f"{_OPENING}:open:\n\nWrite all three.\n::::\n")
    trusts_nesting = True

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look for a solution at any depth."""
        solved = {
            id(around) for block in page.blocks_of("solution") for around in block.ancestors()
        }
        for block in page.blocks_of("challenge"):
            if id(block) not in solved and block.option("open") is None:
                message = (
                    "challenge has no solution; write one inside it, "
                    "or give it the option :open: if it has no fixed answer."
                )
                yield self.finding(page.path, block.line, message)


@register
class SolutionOutsideChallenge(PageRule):
    """Solution or hint outside a challenge."""

    id = "LB021"
    why = "Readers cannot tell which challenge it belongs to, nor can the pages that collect them."
    bad = Example("# A page\n\n:::{solution}\nPooling.\n:::\n", 3)
    good = Example(f"{_OPENING}\nWrite all three.\n\n:::{{solution}}\nPooling.\n:::\n::::\n")
    trusts_nesting = True

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look for a challenge around each."""
        for block in page.blocks_of("solution", "hint"):
            if not block.is_inside("challenge"):
                message = (
                    f"{block.kind} stands outside any challenge; move it inside one, "
                    "or mark the block {callout}."
                )
                yield self.finding(page.path, block.line, message)
