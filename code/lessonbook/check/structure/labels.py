"""Rules about labels and terms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lessonbook.check.rule import CourseRule, Example, PageRule, register
from lessonbook.course import Course, Page
from lessonbook.findings import Finding
from lessonbook.source.names import nearest_name

_TARGET = re.compile(r"^(?P<text>.*?)\s*<(?P<target>[^<>]+)>$", re.DOTALL)


def role_target(content: str) -> tuple[str, str]:
    """Split a role's content into its text, empty if it has none, and its target.

    Examples
    --------
    >>> role_target("the groups <term-group>"), role_target("group")
    (('the groups', 'term-group'), ('', 'group'))
    """
    match = _TARGET.match(content.strip())
    return (match["text"], match["target"].strip()) if match else ("", content.strip())


@register
class DuplicateLabel(CourseRule):
    """Same label twice."""

    id = "LB030"
    why = "Labels are known in the whole course: a link to this one leads to either place."
    bad = Example("# A page\n\n(here)=\n## One\n\nText.\n\n(here)=\n## Two\n\nText.\n", 8)
    good = Example("# A page\n\n(here)=\n## One\n\nText.\n\n(there)=\n## Two\n\nText.\n")

    def check(self, course: Course) -> Iterator[Finding]:
        """Compare the labels of all pages."""
        seen: dict[tuple[str, str], str] = {}
        for page in course.pages:
            for label in page.labels:
                place = f"{page.path}:{label.line}"
                key = (label.space, label.key)
                if label.space != "html" and seen.get(key, place) != place:
                    message = (
                        f"found the label {label.name!r} again, as in {seen[key]}; "
                        "give each a name of its own."
                    )
                    yield self.finding(page.path, label.line, message)
                seen.setdefault(key, place)


@register
class UndefinedTerm(PageRule):
    """Term that no glossary defines."""

    id = "LB031"
    why = "The link leads nowhere, and the reader who needs the definition does not get it."
    bad = Example(
        "# A page\n\n```{glossary}\npooling\n  A compromise.\n```\n\nWe use {term}`poling`.\n", 8
    )
    good = Example(
        "# A page\n\n```{glossary}\npooling\n  A compromise.\n```\n\nWe use {term}`pooling`.\n"
    )

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Compare with the glossaries of all pages."""
        roles = [role for role in page.roles if role.name == "term"]
        if not roles:
            return
        terms = {term for other in course.pages for term in other.terms}
        for role in roles:
            _, term = role_target(role.content)
            if " ".join(term.lower().split()) not in terms:
                near = nearest_name(term, terms)
                advice = f"write {near!r}" if near else "add it to the glossary"
                message = f"found the term {term!r}, which no glossary defines; {advice}."
                yield self.finding(page.path, role.line, message)
