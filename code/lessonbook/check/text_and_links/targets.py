"""Rules about where a link leads."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from lessonbook.check.file_tree import FileTree
from lessonbook.check.rule import Example, PageRule, register
from lessonbook.check.structure.labels import role_target
from lessonbook.check.text_and_links.anchors import LabelIndex
from lessonbook.course import Course, Page
from lessonbook.findings import Finding
from lessonbook.project import SOURCE_SUFFIXES
from lessonbook.source.names import nearest_name

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
_NO_COLON = re.compile(r"^https?//", re.IGNORECASE)
_OWN = re.compile(r"^(?:project|path):")
_LABEL_ROLES = {"ref": "target", "numref": "target", "eq": "equation"}


@register
class MissingFile(PageRule):
    """Link to a file that is not there."""

    id = "LB044"
    why = (
        "The link is broken, or the image missing. Upper and lower case count: a file system that "
        "does not mind them hides the mistake from its author alone."
    )
    bad = Example(
        "# A page\n\nGo on with [the setup](Setup.md).\n", 3, files={"setup.md": "# Setup\n"}
    )
    good = Example(
        "# A page\n\nGo on with [the setup](setup.md).\n", files={"setup.md": "# Setup\n"}
    )

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look for the target of each link, image, download and inclusion."""
        tree = FileTree.of(course)
        folder = posixpath.dirname(page.path)
        for target, line in _links(page):
            yield from self._check_link(page, course, target, line)
        for target, line in _files(page):
            path = _join(folder, target)
            trouble = tree.trouble(path)
            if trouble:
                message = f"found the file {target!r}, {trouble}; correct the path or add the file."
                yield self.finding(page.path, line, message)
        for role in page.roles:
            if role.name == "doc":
                _, name = role_target(role.content)
                if not _is_page(course, _join(folder, name)):
                    message = (
                        f"found the page {name!r}, which the course does not have; correct it."
                    )
                    yield self.finding(page.path, role.line, message)

    def _check_link(self, page: Page, course: Course, target: str, line: int) -> Iterator[Finding]:
        folder = posixpath.dirname(page.path)
        path = _join(folder, unquote(target.partition("#")[0].partition("?")[0]))
        tree = FileTree.of(course)
        trouble = tree.trouble(path)
        if not trouble:
            name, suffix = posixpath.splitext(path)
            if suffix in SOURCE_SUFFIXES and name not in course.contents and course.contents:
                message = (
                    f"found a link to {target!r}, which is not in the table of contents, so there "
                    "will be no such page; add it to _toc.yml, or link to another."
                )
                yield self.finding(page.path, line, message)
            return
        if _is_page(course, path) or LabelIndex.of(course).has(target):
            return
        message = f"found a link to {target!r}, {trouble}; correct the path or add the file."
        yield self.finding(page.path, line, message)


@register
class MissingAnchor(PageRule):
    """Link to a label or heading that is not there."""

    id = "LB045"
    why = "The link leads to the top of a page instead of to what it promises, or nowhere."
    bad = Example("# A page\n\n(the-data)=\n## Data\n\nSee [the data](#data-set).\n", 6)
    good = Example("# A page\n\n(the-data)=\n## Data\n\nSee [the data](#the-data).\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look for the label of each link and reference."""
        labels = LabelIndex.of(course)
        for link in page.links:
            target = _OWN.sub("", link.target)
            if target.startswith("#") and len(target) > 1:
                label = unquote(target[1:])
                if not labels.has_anchor(label, page):
                    yield self._missing(page, label, link.line, labels)
            elif "#" in target and not _SCHEME.match(target):
                yield from self._check_other_page(page, course, target, link.line)
        for role in page.roles:
            space = _LABEL_ROLES.get(role.name)
            _, label = role_target(role.content)
            if space and not labels.has(label, space) and not course.settings.has_foreign_labels:
                yield self._missing(page, label, role.line, labels, space)

    def _check_other_page(
        self, page: Page, course: Course, target: str, line: int
    ) -> Iterator[Finding]:
        path, _, anchor = target.partition("#")
        name = posixpath.splitext(_join(posixpath.dirname(page.path), unquote(path)))[0]
        other = course.page(name)
        labels = LabelIndex.of(course)
        if other is None or not other.path.endswith(".md") or not anchor:
            return
        if not labels.has_heading(other, unquote(anchor)):
            advice = "write the text of a heading in lower case with hyphens"
            if labels.has(unquote(anchor)):
                advice = f"write [](#{anchor}), since labels need no file"
            elif not course.settings.heading_anchors:
                advice = "put a label (name)= above the place and link to #name"
            message = f"found {anchor!r}, which is no heading of {other.path} to link to; {advice}."
            yield self.finding(page.path, line, message)

    def _missing(
        self, page: Page, label: str, line: int, labels: LabelIndex, space: str = "target"
    ) -> Finding:
        near = labels.differing_in_case(label) or nearest_name(label, labels.names(space))
        advice = f"write {near!r}" if near else "put it above the place that is meant: (name)="
        message = f"found a link to the label {label!r}, which there is not; {advice}."
        return self.finding(page.path, line, message)


def _links(page: Page) -> Iterator[tuple[str, int]]:
    """Links to files of the course."""
    for link in page.links:
        target = _OWN.sub("", link.target)
        is_foreign = _SCHEME.match(target) or _NO_COLON.match(target) or target.startswith("//")
        if target and not target.startswith("#") and not is_foreign:
            yield target, link.line


def _files(page: Page) -> Iterator[tuple[str, int]]:
    """Files that the page shows, includes, loads or offers."""
    for image in page.images:
        if image.target and not _SCHEME.match(image.target) and not image.target.startswith("//"):
            yield unquote(image.target), image.line
    for use in page.files:
        if not use.target.startswith("<") and not _SCHEME.match(use.target):
            yield use.target, use.line
    for role in page.roles:
        if role.name == "download":
            _, target = role_target(role.content)
            if not _SCHEME.match(target):
                yield target, role.line


def _join(folder: str, target: str) -> str:
    if target.startswith("/"):
        return posixpath.normpath(target.lstrip("/") or ".")
    return posixpath.normpath(posixpath.join(folder, target))


def _is_page(course: Course, path: str) -> bool:
    return path in course.contents
