"""Rules about the comments that silence other rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lessonbook.check.rule import CourseRule, Example, all_rules, register
from lessonbook.course import Course
from lessonbook.findings import Finding
from lessonbook.markup import Suppression

_ID = re.compile(r"LB\d{3}")


def all_suppressions(course: Course) -> Iterator[tuple[str, Suppression]]:
    """Go through every wish for silence, with its file."""
    for file, wishes in course.suppressions.items():
        for wish in wishes:
            yield file, wish
    for page in course.pages:
        for wish in page.suppressions:
            yield page.path, wish


@register
class FaultySuppression(CourseRule):
    """Rule ignored without a reason, or one that there is not."""

    id = "LB005"
    why = "Whoever meets an ignored rule later must be able to tell whether the reason still holds."
    bad = Example("# A page\n\n% lessonbook: ignore LB047\nIt costs 2.50 a piece.\n", 3)
    good = Example(
        "# A page\n\n% lessonbook: ignore LB047: the price is printed on the box\n"
        "It costs 2.50 a piece.\n"
    )

    def check(self, course: Course) -> Iterator[Finding]:
        """Report the comments that say too little."""
        known = {rule.id for rule in all_rules()}
        for file, wish in all_suppressions(course):
            unknown = [name for name in wish.rules if name not in known]
            if not wish.rules or unknown:
                found = f"found {', '.join(unknown)}" if unknown else "found no rule"
                message = (
                    f"{found}, allowed the id of a rule, as in `lessonbook: ignore LB047: reason`; "
                    "take it from the end of the finding."
                )
                yield self.finding(file, wish.line, message)
            elif not wish.reason:
                message = (
                    f"{', '.join(wish.rules)} is ignored without a reason; "
                    f"write why: `lessonbook: ignore {wish.rules[0]}: reason`."
                )
                yield self.finding(file, wish.line, message)


@register
class UselessSuppression(CourseRule):
    """Rule ignored where it finds nothing."""

    id = "LB006"
    severity = "warning"
    why = "A comment that silences nothing now may silence a real mistake later."
    bad = Example("# A page\n\n% lessonbook: ignore LB047: it is a price\nIt costs little.\n", 3)
    good = Example(
        "# A page\n\n% lessonbook: ignore LB047: it is a price\nIt costs 2.50 a piece.\n"
    )

    def check(self, course: Course) -> Iterator[Finding]:
        """Report nothing: only when all other rules have been asked is it known."""
        return iter(())

    def report(self, file: str, wish: Suppression, name: str) -> Finding:
        """Return the finding for a wish that nothing came of."""
        message = f"{name} finds nothing here; remove it from the comment or setting."
        return self.finding(file, wish.line, message)
