"""Pieces of text that the examples of several rules share."""

from __future__ import annotations

from lessonbook.check.rule import Example

FRONT = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n"
TIMES = "title: Why pool?\nteaching: 40\nexercises: 10\n"
START = f"{FRONT}{TIMES}---\n"
QUESTIONS = ":::{questions}\n- When does pooling help?\n:::\n"
OBJECTIVES = ":::{objectives}\n- Write down three models.\n:::\n"
KEYPOINTS = ":::{keypoints}\n- Pooling is a compromise.\n:::\n"
BODY = "## A first look\n\nEighteen players, 45 at-bats each.\n"
EPISODE_PATH = "episodes/01-why-pool.md"


def episode(
    *parts: str, line: int = 0, front: str = START, beside: dict[str, str] | None = None
) -> Example:
    """Make an example of an episode from its parts, with a blank line between them."""
    return Example("\n".join([front, *parts]), line, EPISODE_PATH, beside or {})
