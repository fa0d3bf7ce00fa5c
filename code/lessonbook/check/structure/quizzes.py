"""Rules about quizzes."""

from __future__ import annotations

from collections.abc import Iterator

from lessonbook.check.rule import Example, PageRule, register
from lessonbook.course import Course, Page
from lessonbook.findings import Finding

_QUIZ = """\
# A page

:::{{quiz}} What slows the yeast?
- [{mark}] salt
  : It draws water from it.
- [ ] sugar
  : It is what yeast lives on.
:::
"""


@register
class FaultyQuiz(PageRule):
    """Quiz that cannot be answered or marked."""

    id = "LB034"
    why = (
        "A choice needs two answers or more, one of them right (with `:several:`, one or more), "
        "and feedback for each, which is all that a learner has who was wrong. A number needs an "
        "answer and a tolerance that are numbers."
    )
    bad = Example(_QUIZ.format(mark=" "), 3)
    good = Example(_QUIZ.format(mark="x"))
    trusts_nesting = True

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Report what was found while the quizzes were read."""
        for problem in page.problems:
            if problem.kind == "quiz":
                yield self.finding(page.path, problem.line, problem.message)
