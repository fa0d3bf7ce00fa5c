"""Rules about roles: names in braces before a piece of text in backticks."""

from __future__ import annotations

from collections.abc import Iterator

from lessonbook.check.rule import Example, PageRule, register
from lessonbook.course import Course, Page
from lessonbook.findings import Finding
from lessonbook.quoted_numbers import QuotedNumberError, read_quoted_number
from lessonbook.source.names import nearest_name
from lessonbook.source.role_names import KNOWN_ROLES, is_known_role, may_bring_roles


@register
class UnknownRole(PageRule):
    """Unknown role."""

    id = "LB048"
    why = (
        "Text in backticks behind a name in braces is given to the role of that name; where there "
        "is none, the text is lost and the build stops. Roles that a page defines, and courses "
        "with extensions that may bring roles of their own, are left alone."
    )
    bad = Example("# A page\n\nPress {kdb}`Enter`.\n", 3)
    good = Example("# A page\n\nPress {kbd}`Enter`.\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Compare each role with those that there are."""
        if any(may_bring_roles(name) for name in course.settings.extra_extensions):
            return
        own = {block.argument.partition("(")[0].strip() for block in page.blocks_of("role")}
        for role in () if page.blocks_of("eval-rst") else page.roles:
            if not (role.name in own or is_known_role(role.name)):
                near = nearest_name(role.name, KNOWN_ROLES)
                advice = f"write {{{near}}}" if near else "take one of those in the author's guide"
                message = f"found the role {{{role.name}}}, which there is not; {advice}."
                yield self.finding(page.path, role.line, message)


@register
class FaultyQuotation(PageRule):
    """Quoted number without its source."""

    id = "LB049"
    why = "A number that was computed elsewhere can be trusted only by who can look it up there."
    bad = Example("# A page\n\nHe hit {cited}`0.346` of them.\n", 3)
    good = Example("# A page\n\nHe hit {cited}`0.346 <efron1975data>` of them.\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Take each apart."""
        for role in page.roles:
            try:
                if role.name == "cited":
                    read_quoted_number(role.content)
            except QuotedNumberError as error:
                yield self.finding(page.path, role.line, f"{error}; name the source.")
