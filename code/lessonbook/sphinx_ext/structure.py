"""What concerns a page's blocks together: the overview, and blocks out of their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform

from lessonbook.sphinx_ext.messages import warn
from lessonbook.sphinx_ext.nested_cells import get_episode
from lessonbook.sphinx_ext.nodes import LessonBlock, LessonOverview, LessonTitle, is_inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

OVERVIEW_KINDS = ("questions", "objectives")
TIMES = ("teaching", "exercises")
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


class BuildOverview(SphinxTransform):
    """Show questions and objectives that follow each other as one overview, with the times."""

    default_priority = 400

    def apply(self, **kwargs: Any) -> None:
        """Wrap each group of such blocks."""
        blocks = [b for b in self.document.findall(LessonBlock) if _is_overview_part(b)]
        for block in blocks:
            if not isinstance(block.parent, LessonOverview):
                self._wrap([block, *_following_parts(block)])

    def _wrap(self, blocks: list[nodes.Element]) -> None:
        first = blocks[0]
        overview = LessonOverview("", kind="overview")
        overview["classes"] = ["lesson-block", "lesson-overview"]
        overview.source, overview.line = first.source, first.line
        overview["ids"] = [f"{first['ids'][0]}-overview"]
        title = LessonTitle("", "Overview", ids=[f"{overview['ids'][0]}-title"])
        first.parent.insert(first.parent.index(first), overview)
        for block in blocks:
            block.parent.remove(block)
        overview += [title, *self._describe_times(), *blocks]
        for node in (overview, title):
            self.document.set_id(node)

    def _describe_times(self) -> Iterator[nodes.paragraph]:
        episode = get_episode(self.env)
        metadata = episode.notebook.metadata if episode else {}
        parts = [f"{name.capitalize()}: {metadata[name]} min" for name in TIMES if name in metadata]
        if minutes := _sum_at_home(self.document):
            parts.append(f"At home: {minutes} min")
        if parts:
            unbroken = (part.replace(" ", NO_BREAK_SPACE) for part in parts)
            yield nodes.paragraph("", " · ".join(unbroken), classes=["lesson-times"])


class CheckPlacement(SphinxTransform):
    """Warn of solutions and hints that belong to no challenge."""

    default_priority = 410

    def apply(self, **kwargs: Any) -> None:
        """Look at every solution and hint of the page."""
        for node in self.document.findall(nodes.admonition):
            if node.get("kind") in ("solution", "hint") and not is_inside(node, "challenge"):
                warn(
                    "block",
                    f"{node['kind']} stands outside any challenge; move it inside one, "
                    "or mark the block {callout}",
                    node,
                )


def get_times(docname: str, metadata: dict[str, Any], lines: list[str]) -> dict[str, int]:
    """Return the front matter's times that are whole minutes, warning of the others."""
    times = {}
    for name in TIMES:
        value = metadata.get(name)
        if value is None:
            continue
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            times[name] = value
            continue
        warn(
            "metadata",
            f"{name}: found {value!r}, allowed a whole number of minutes; correct the front matter",
            (docname, find_line(lines, name)),
        )
    return times


def find_line(lines: list[str], key: str) -> int:
    """Return the line, from 1, on which the front matter gives a value; 1 if it does not."""
    return next((i for i, text in enumerate(lines, 1) if text.startswith(f"{key}:")), 1)


def setup_structure(app: Sphinx) -> None:
    """Register the transforms."""
    app.add_transform(BuildOverview)
    app.add_transform(CheckPlacement)


def _sum_at_home(document: nodes.document) -> int:
    # What only instructors see has no number.
    found = [b for b in document.findall(LessonBlock) if b.get("home") and b.get("number")]
    return sum(block.get("minutes") or 0 for block in found)


def _is_overview_part(block: nodes.Element) -> bool:
    return block.get("kind") in OVERVIEW_KINDS


def _following_parts(block: nodes.Element) -> Iterator[nodes.Element]:
    siblings = block.parent.children
    for node in siblings[siblings.index(block) + 1 :]:
        if isinstance(node, LessonBlock) and _is_overview_part(node):
            yield node
        elif not isinstance(node, (nodes.comment, nodes.target)):
            return
