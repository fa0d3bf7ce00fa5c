"""Rules about questions, objectives and key points."""

from __future__ import annotations

from collections.abc import Iterator

from lessonbook.check.rule import EpisodeRule, PageRule, register
from lessonbook.check.structure.examples import BODY, KEYPOINTS, OBJECTIVES, QUESTIONS, episode
from lessonbook.course import EPISODE_BLOCKS, Course, Episode, Page
from lessonbook.findings import Finding
from lessonbook.markup import Block, OutlineItem
from lessonbook.source.names import LESSON_BOXES

PLACES = {
    "questions": "at the top",
    "objectives": "at the top, below the questions",
    "keypoints": "at the end",
}
_UNSEEN = ("comment", "target", "instructor", "footnote")
_BEFORE = (*_UNSEEN, "questions", "objectives", "prereq")
_AFTER = (*_UNSEEN, "keypoints", "bibliography", "footbibliography", "rule")


@register
class MissingOverviewBlock(EpisodeRule):
    """Episode without questions, objectives or key points."""

    id = "LB010"
    why = (
        "Learners decide by the questions and objectives whether an episode is for them, and come "
        "back to its key points. The pages that collect them from all episodes would have a gap."
    )
    bad = episode(QUESTIONS, OBJECTIVES, BODY, line=1)
    good = episode(QUESTIONS, OBJECTIVES, BODY, KEYPOINTS)

    def check(self, episode: Episode, course: Course) -> Iterator[Finding]:
        """Report each kind of block that is not there."""
        if episode.problems:
            return  # it may be there and unreadable
        for kind in EPISODE_BLOCKS:
            if not episode.blocks_of(kind):
                message = f"this episode has no {kind}; write a block {{{kind}}} {PLACES[kind]}."
                yield self.finding(episode.path, 1, message)


@register
class RepeatedOverviewBlock(EpisodeRule):
    """Questions, objectives or key points given twice."""

    id = "LB011"
    why = "A second block of the kind is easily missed when the first is changed."
    bad = episode(QUESTIONS, OBJECTIVES, BODY, KEYPOINTS, KEYPOINTS, line=26)
    good = episode(QUESTIONS, OBJECTIVES, BODY, KEYPOINTS)
    trusts_nesting = True

    def check(self, episode: Episode, course: Course) -> Iterator[Finding]:
        """Report each block after the first of its kind."""
        for kind in EPISODE_BLOCKS:
            blocks = episode.blocks_of(kind)
            for block in blocks[1:]:
                message = (
                    f"found a second block {{{kind}}}, the first is in line {blocks[0].line}; "
                    "put their content into one."
                )
                yield self.finding(episode.path, block.line, message)


@register
class EmptyBlock(PageRule):
    """Block without content."""

    id = "LB012"
    why = "An empty box on the page looks like a mistake, and is one."
    bad = episode(QUESTIONS, OBJECTIVES, BODY, ":::{keypoints}\n:::\n", line=22)
    good = episode(QUESTIONS, OBJECTIVES, BODY, KEYPOINTS)
    trusts_nesting = True

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Report the empty blocks of a lesson."""
        for block in page.blocks:
            if block.kind in LESSON_BOXES and not block.body.strip():
                message = f"{block.name} is empty; write its content or remove it."
                yield self.finding(page.path, block.line, message)


@register
class MisplacedOverviewBlock(EpisodeRule):
    """Questions, objectives or key points out of their place."""

    id = "LB013"
    why = (
        "Readers look for them in the same place of every episode: the questions and objectives "
        "before everything else, the key points after it."
    )
    bad = episode(OBJECTIVES, BODY, QUESTIONS, KEYPOINTS, line=18)
    good = episode(QUESTIONS, OBJECTIVES, BODY, KEYPOINTS)
    trusts_nesting = True

    def check(self, episode: Episode, course: Course) -> Iterator[Finding]:
        """Report the first of each kind where it is nested, or has the wrong neighbours."""
        for kind in EPISODE_BLOCKS:
            block = next(iter(episode.blocks_of(kind)), None)
            trouble = self._trouble(episode, block) if block else ""
            if block and trouble:
                message = f"{kind} stands {trouble}; move it to where it belongs, {PLACES[kind]}."
                yield self.finding(episode.path, block.line, message)

    def _trouble(self, episode: Episode, block: Block) -> str:
        if block.parent is not None:
            return f"inside {{{block.parent.name}}}"
        position = next(i for i, item in enumerate(episode.outline) if item.block is block)
        if block.kind == "keypoints":
            others = [i for i in episode.outline[position + 1 :] if i.kind not in _AFTER]
            return f"above {_name(others[0])}" if others else ""
        others = [
            item
            for item in episode.outline[:position]
            if item.kind not in _BEFORE and not _is_title(episode, item)
        ]
        return f"below {_name(others[0])}" if others else ""


def _is_title(page: Page, item: OutlineItem) -> bool:
    return item.kind == "heading" and any(
        heading.line == item.line and heading.level == 1 for heading in page.headings
    )


def _name(item: OutlineItem) -> str:
    name = f"{{{item.block.name}}}" if item.block else f"the {item.kind}"
    return f"{name} of line {item.line}"
