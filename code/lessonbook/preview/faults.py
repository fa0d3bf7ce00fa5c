"""Faults of a page's blocks that Sphinx does not notice: it shows the rest of the page in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from lessonbook.course import Page
from lessonbook.findings import Finding
from lessonbook.settings import read_settings
from lessonbook.source.contents import read_contents
from lessonbook.source.reader import PageReader

RULES = {
    "brace": "LB022",
    "fence": "LB023",
    "nesting": "LB024",
    "depth": "LB025",
    "trapped": "LB033",
}
"""The linter's rule for each kind of these faults."""


def find_block_faults(root: Path, pages: Iterable[str]) -> tuple[Finding, ...]:
    """Find such faults, but for those that the author gave a reason to leave.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    pages : iterable of str
        Without suffix.

    Returns
    -------
    tuple of Finding
    """
    settings = read_settings(read_contents(root)[2].values)
    reader = PageReader(settings)
    paths = (f"{page}.md" for page in pages)
    found = (reader.read(root, path) for path in paths if (root / path).is_file())
    return tuple(
        finding
        for page in found
        for finding in _find_faults(page)
        if finding.rule not in settings.ignore
    )


def _find_faults(page: Page) -> Iterator[Finding]:
    for problem in page.problems:
        rule = RULES.get(problem.kind, "")
        wishes = (wish for wish in page.suppressions if rule in wish.rules)
        if rule and not any(wish.covers(problem.line) for wish in wishes):
            yield Finding(page.path, problem.line, problem.message, rule)
