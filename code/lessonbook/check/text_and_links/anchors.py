"""Everything in a course that can be linked to."""

from __future__ import annotations

import re
from functools import lru_cache

from mdit_py_plugins.anchors.index import slugify

from lessonbook.check.structure.headings import top_headings
from lessonbook.course import Course, Page

_GENERATED = frozenset({"genindex", "modindex", "search", "py-modindex"})


class LabelIndex:
    """The labels of a course.

    Parameters
    ----------
    course : Course
        Whose labels.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self._names: dict[str, set[str]] = {"target": set(_GENERATED), "equation": set()}
        for page in course.pages:
            for label in page.labels:
                if label.space in self._names:
                    self._names[label.space] |= {label.name, label.key}
        self._unread = [
            page.text
            for page in course.pages
            if page.first_fault is not None or not page.path.endswith(".md")
        ]
        self.is_partial = any(
            not page.path.endswith(".md") or any(p.kind == "file" for p in page.problems)
            for page in course.pages
        )

    @staticmethod
    @lru_cache(maxsize=1)
    def of(course: Course) -> LabelIndex:
        """Return the index of a course; the same one for all pages of one check."""
        return LabelIndex(course)

    def names(self, space: str = "target") -> set[str]:
        """Return the labels as they are written."""
        return self._names[space]

    def has(self, label: str, space: str = "target") -> bool:
        """Tell whether there is such a label, or may be where it could not be read."""
        return (
            label in self._names[space]
            or self.is_partial
            or any(label in text for text in self._unread)
        )

    def has_anchor(self, label: str, page: Page) -> bool:
        """Tell whether ``[](#label)`` leads somewhere from a page."""
        return self.has(label) or self.has(label, "equation") or self.has_heading(page, label)

    def has_heading(self, page: Page, slug: str) -> bool:
        """Tell whether a heading of a page can be linked to by this text."""
        deepest = self.course.settings.heading_anchors
        return slug in _slugs(page, deepest) or page.first_fault is not None

    def differing_in_case(self, label: str) -> str:
        """Return the label that is this one but for upper and lower case."""
        names = sorted(self._names["target"] | self._names["equation"])
        return next((name for name in names if name.lower() == label.lower()), "")


@lru_cache(maxsize=256)
def _slugs(page: Page, deepest: int) -> frozenset[str]:
    slugs: list[str] = []
    title = page.front_matter.values.get("title")
    levels = [(heading.level, heading.text) for heading in top_headings(page)]
    if isinstance(title, str) and not any(level == 1 for level, _ in levels):
        levels.insert(0, (1, title))
    for level, text in levels:
        if level <= deepest:
            slug = slugify(re.sub(r"[`*_]", "", text))
            count = sum(1 for other in slugs if re.fullmatch(rf"{re.escape(slug)}(?:-\d+)?", other))
            slugs.append(f"{slug}-{count}" if count else slug)
    return frozenset(slugs)
