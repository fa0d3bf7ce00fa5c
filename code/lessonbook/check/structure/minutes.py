"""Rules about the time that things take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeGuard

from lessonbook.check.rule import EpisodeRule, PageRule, register
from lessonbook.check.structure.examples import (
    BODY,
    FRONT,
    KEYPOINTS,
    OBJECTIVES,
    QUESTIONS,
    episode,
)
from lessonbook.course import Course, Episode, Page
from lessonbook.findings import Finding
from lessonbook.markup import Block

_CHALLENGE = (
    ":::{challenge} Write the models\n:label: challenge-write\n:minutes: 20\n:open:\nWrite.\n:::\n"
)
_FOR_HOME = ":::{challenge} Write a fourth\n:minutes: 15\n:home:\n:open:\nWrite.\n:::\n"
_TIMES = ("teaching", "exercises")


@register
class FaultyMinutes(PageRule):
    """Minutes missing or not whole."""

    id = "LB014"
    why = "The schedule adds them up; without them it is wrong for everyone who plans by it."
    bad = episode(
        QUESTIONS,
        OBJECTIVES,
        BODY,
        KEYPOINTS,
        front=f"{FRONT}title: Why pool?\nteaching: half an hour\nexercises: 10\n---\n",
        line=6,
    )
    good = episode(QUESTIONS, OBJECTIVES, BODY, KEYPOINTS)

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look at an episode's times and at each challenge's."""
        if isinstance(page, Episode) and not any(p.kind == "front matter" for p in page.problems):
            for name in _TIMES:
                yield from self._check_time(page, name)
        for block in page.blocks_of("challenge"):
            yield from self._check_challenge(page, block)

    def _check_time(self, page: Page, name: str) -> Iterator[Finding]:
        values = page.front_matter.values
        if name not in values:
            if not any(p.kind == "file" for p in page.problems):
                message = (
                    f"{name} is missing from the front matter; write `{name}: ` and whole minutes."
                )
                yield self.finding(page.path, 1, message)
        elif not _is_whole(values[name]):
            message = (
                f"{name}: found {values[name]!r}, allowed a whole number of minutes; correct it."
            )
            yield self.finding(page.path, page.front_matter.line_of(name), message)

    def _check_challenge(self, page: Page, block: Block) -> Iterator[Finding]:
        minutes = block.option("minutes")
        if minutes is None:
            if not block.is_inside("instructor"):
                message = (
                    "this challenge has no minutes; write `:minutes: ` and whole minutes below "
                    "its title."
                )
                yield self.finding(page.path, block.line, message)
        elif minutes_of(block) is None:
            message = (
                f"minutes: found {minutes.value!r}, allowed a whole number of minutes; correct it."
            )
            yield self.finding(page.path, minutes.line, message)


@register
class TooFewMinutes(EpisodeRule):
    """Fewer minutes for exercises than the challenges in class take."""

    id = "LB015"
    why = (
        "The schedule then promises a time in which the challenges cannot be done. A challenge "
        "with the option `:home:` is for after the session and does not count."
    )
    bad = episode(QUESTIONS, OBJECTIVES, BODY, _CHALLENGE, KEYPOINTS, line=7)
    good = episode(
        QUESTIONS, OBJECTIVES, BODY, _CHALLENGE.replace("20", "10"), _FOR_HOME, KEYPOINTS
    )
    trusts_nesting = True

    def check(self, episode: Episode, course: Course) -> Iterator[Finding]:
        """Compare the front matter with the sum."""
        needed = sum(minutes_of(block) or 0 for block in _challenges_in_class(episode))
        given = episode.front_matter.values.get("exercises")
        if _is_whole(given) and given < needed:
            message = (
                f"exercises: found {given} minutes, but the challenges add up to {needed}; "
                f"write at least {needed}, shorten a challenge, or give those for after the "
                "session the option :home:."
            )
            yield self.finding(episode.path, episode.front_matter.line_of("exercises"), message)


def _challenges_in_class(episode: Episode) -> list[Block]:
    return [
        block
        for block in episode.blocks_of("challenge")
        if block.option("home") is None and not block.is_inside("instructor")
    ]


def minutes_of(block: Block) -> int | None:
    """Return a challenge's minutes, None if they are not whole."""
    option = block.option("minutes")
    if option is None or not re.fullmatch(r"[0-9]{1,6}", option.value):
        return None
    return int(option.value)


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
