"""Rules about the place of a page in the course."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from lessonbook.check.rule import CourseRule, Example, register
from lessonbook.check.structure.examples import (
    BODY,
    EPISODE_PATH,
    KEYPOINTS,
    OBJECTIVES,
    QUESTIONS,
    START,
    episode,
)
from lessonbook.course import Course
from lessonbook.findings import Finding


@register
class OrphanEpisode(CourseRule):
    """Episode that is not in the table of contents."""

    id = "LB029"
    why = "No reader will find it, and nothing checks that its code still runs."
    bad = Example(
        "\n".join([START, QUESTIONS, OBJECTIVES, BODY, KEYPOINTS]), 1, EPISODE_PATH, is_listed=False
    )
    good = episode(QUESTIONS, OBJECTIVES, BODY, KEYPOINTS)

    def check(self, course: Course) -> Iterator[Finding]:
        """Compare the files with the table of contents."""
        if not course.contents:
            return  # its own rule reports an empty or unreadable table of contents
        included = {
            posixpath.normpath(posixpath.join(posixpath.dirname(page.path), use.target))
            for page in course.pages
            for use in page.files
        }
        for page in course.pages:
            if page.name not in course.contents and page.path not in included:
                message = (
                    "this page is not in the table of contents; add "
                    f"`- file: {page.name}` to _toc.yml, or move the file to another folder."
                )
                yield self.finding(page.path, 1, message)
