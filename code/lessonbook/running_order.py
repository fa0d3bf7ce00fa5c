"""In which order episodes are executed: the longest first, so that none ends long after others."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lessonbook.lesson_config import lesson_setting
from lessonbook.plan import EpisodePlan
from lessonbook.project import Project
from lessonbook.settings import DEFAULT_SAMPLING_CALLS


def longest_first(project: Project, episodes: Sequence[EpisodePlan]) -> list[EpisodePlan]:
    """Put the episodes first that are expected to take longest.

    Parameters
    ----------
    project : Project
        The course.
    episodes : sequence of EpisodePlan
        What is to be executed.

    Returns
    -------
    list of EpisodePlan
        First those that never ran, by how often they call what ``lesson_sampling_calls`` names,
        then the others by how long they took the last time.
    """
    patterns = lesson_setting(project.config, "lesson_sampling_calls") or DEFAULT_SAMPLING_CALLS
    names = "|".join(re.escape(str(pattern).rpartition(".")[2]) for pattern in patterns)
    call = re.compile(rf"\b(?:{names})\s*\(")

    def expected(episode: EpisodePlan) -> tuple[bool, float]:
        if episode.manifest is not None:
            return False, episode.manifest.seconds
        try:
            text = episode.code.path.read_text(encoding="utf8", errors="replace")
        except OSError:  # it is told of when it is executed
            text = ""
        return True, len(call.findall(text))

    return sorted(episodes, key=expected, reverse=True)
