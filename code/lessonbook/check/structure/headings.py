"""Rules about headings."""

from __future__ import annotations

from collections.abc import Iterator

from lessonbook.check.rule import Example, PageRule, register
from lessonbook.course import Course, Episode, Page
from lessonbook.findings import Finding
from lessonbook.markup import Heading


def top_headings(page: Page) -> list[Heading]:
    """Return the headings that make the sections of a page."""
    return [heading for heading in page.headings if not heading.is_nested]


def has_title_above(page: Page) -> bool:
    """Tell whether the front matter's title becomes the page's heading."""
    is_made = page.is_notebook or isinstance(page, Episode)
    return is_made and "title" in page.front_matter.values


@register
class SkippedLevel(PageRule):
    """Heading levels that skip."""

    id = "LB026"
    why = "Screen readers move by heading levels, and the table of contents is made of them."
    bad = Example("# A page\n\n### A detail\n\nText.\n", 3)
    good = Example("# A page\n\n## A section\n\nText.\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Compare each heading with the one above it."""
        # front matter that cannot be read most likely has a title
        is_unread = any(problem.kind == "front matter" for problem in page.problems)
        level = 1 if is_unread or has_title_above(page) else 0
        for heading in top_headings(page):
            if heading.level > level + 1:
                above = f"level {level}" if level else "no heading"
                message = (
                    f"found a heading of level {heading.level} below {above}, "
                    f"allowed up to level {level + 1}; write {'#' * (level + 1)}."
                )
                yield self.finding(page.path, heading.line, message)
            level = heading.level


@register
class DuplicateHeading(PageRule):
    """Same heading twice in one section."""

    id = "LB027"
    why = "In the table of contents and in search results the two cannot be told apart."
    bad = Example("# A page\n\n## Data\n\nOne.\n\n## Data\n\nTwo.\n", 7)
    good = Example("# A page\n\n## Data\n\nOne.\n\n## More data\n\nTwo.\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Compare the headings below the same one."""
        way: list[str] = []
        seen: dict[tuple[str, ...], int] = {}
        for heading in top_headings(page):
            text = " ".join(heading.text.casefold().split())
            way = [*way[: heading.level - 1], *[""] * (heading.level - 1 - len(way)), text]
            if heading.level > 1 and tuple(way) in seen:
                message = (
                    f"found the heading {heading.text!r} again, as in line {seen[tuple(way)]}; "
                    "give each a name of its own."
                )
                yield self.finding(page.path, heading.line, message)
            seen.setdefault(tuple(way), heading.line)


@register
class SecondTitle(PageRule):
    """Second heading of level 1."""

    id = "LB028"
    why = "A page has one title; it names the page in the table of contents and in the browser."
    bad = Example("# A page\n\nText.\n\n# Another\n\nText.\n", 5)
    good = Example("# A page\n\nText.\n\n## Another\n\nText.\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Count them, a title in the front matter included."""
        is_titled = has_title_above(page)
        origin = "the title in the front matter" if is_titled else ""
        for heading in top_headings(page):
            if heading.level != 1:
                continue
            if origin:
                message = (
                    f"found a second heading of level 1 beside {origin}; write ## for a section, "
                    "or remove one of the two."
                )
                yield self.finding(page.path, heading.line, message)
            origin = origin or f"that of line {heading.line}"
