"""Rules about files that cannot be read as they are meant."""

from __future__ import annotations

from collections.abc import Iterator

from lessonbook.check.rule import CourseRule, Example, PageRule, register
from lessonbook.course import Course, Episode, Page
from lessonbook.findings import Finding

_CELL = "---\nfile_format: mystnb\n---\n\n# A page\n\n```{code-cell} python\n"


@register
class UnreadableFile(PageRule):
    """File that cannot be read."""

    id = "LB001"
    why = (
        "A page in another encoding than UTF-8, or a binary file under a page's name, stops the "
        "build or shows wrong letters to readers."
    )
    bad = Example("# Caf\udce9\n", 1)
    good = Example("# Café\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Report what kept the file from being read."""
        for problem in page.problems:
            if problem.kind == "file":
                yield self.finding(page.path, problem.line, problem.message)


@register
class UnreadableFrontMatter(PageRule):
    """Front matter that cannot be used."""

    id = "LB002"
    why = (
        "The front matter says how the page is called, how long it takes and which kernel runs its "
        "code. Where it cannot be read, none of that happens."
    )
    bad = Example("---\ntitle: [Why pool?\n---\n\n# A page\n", 3)
    good = Example("---\ntitle: Why pool?\n---\n\n# A page\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Report YAML that is none, and values of the wrong type."""
        for problem in page.problems:
            if problem.kind in ("front matter", "value"):
                yield self.finding(page.path, problem.line, problem.message)
        if isinstance(page, Episode) and self._lacks_title(page):
            message = "this episode has no title; write `title: …` in its front matter."
            yield self.finding(page.path, 1, message)

    def _lacks_title(self, page: Page) -> bool:
        has_heading = any(heading.level == 1 for heading in page.headings)
        is_read = all(problem.kind == "value" for problem in page.problems)
        return is_read and not (has_heading or "title" in page.front_matter.values)


@register
class UnusableConfiguration(CourseRule):
    """Configuration that cannot be used."""

    id = "LB003"
    why = (
        "Every build starts with `_config.yml`; a setting of the wrong type has no effect, or "
        "stops it."
    )
    bad = Example("title: A course\nsphinx:\n  config:\n    lesson_data: data\n", 4, "_config.yml")
    good = Example(
        "title: A course\nsphinx:\n  config:\n    lesson_data: [data]\n", path="_config.yml"
    )

    def check(self, course: Course) -> Iterator[Finding]:
        """Report the problems of the file."""
        yield from _course_problems(self, course, "config")


@register
class UnusableContents(CourseRule):
    """Table of contents that cannot be used."""

    id = "LB004"
    why = "`_toc.yml` names the pages of the site; a name without a file stops the build."
    bad = Example("format: jb-book\nroot: index\nchapters:\n- file: absent\n", 4, "_toc.yml")
    good = Example("format: jb-book\nroot: index\n", path="_toc.yml")

    def check(self, course: Course) -> Iterator[Finding]:
        """Report the problems of the file."""
        yield from _course_problems(self, course, "toc")


def _course_problems(rule: CourseRule, course: Course, kind: str) -> Iterator[Finding]:
    for file, problems in course.problems.items():
        for problem in problems:
            if problem.kind == kind:
                yield rule.finding(file, problem.line, problem.message)


@register
class UnreadableOptions(PageRule):
    """Options of a block that cannot be read."""

    id = "LB007"
    why = (
        "Options that are not understood are dropped: tags do not hide, labels cannot be linked to."
    )
    bad = Example(
        f"{_CELL}:tags: [hide-input\n1 + 1\n```\n",
        9,
    )
    good = Example(f"{_CELL}:tags: [hide-input]\n1 + 1\n```\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Report them at their line."""
        for problem in page.problems:
            if problem.kind == "options":
                yield self.finding(page.path, problem.line, problem.message)
