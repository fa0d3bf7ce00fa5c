"""The text of a new episode: every block that a lesson needs, its blanks marked."""

from __future__ import annotations

from pathlib import PurePosixPath

import yaml

# written so that a search for what is left to do in this repository does not find this line
BLANK = "TO" + "DO"
"""What a blank begins with; the linter reports it as a placeholder until it is filled."""


def write_skeleton(page: str, title: str, teaching: int, exercises: int) -> str:
    """Write an episode that is complete but for its blanks.

    Parameters
    ----------
    page : str
        Its path without suffix.
    title : str
        Its title.
    teaching, exercises : int
        Minutes; an episode without minutes for exercises gets no challenge.

    Returns
    -------
    str
        The Markdown of the episode.
    """
    parts = [_front_matter(title, teaching, exercises), _BEGINNING]
    if exercises:
        parts.append(_challenge(f"challenge-{PurePosixPath(page).name}", exercises))
    return "\n".join([*parts, _END])


def _front_matter(title: str, teaching: int, exercises: int) -> str:
    name = yaml.safe_dump({"title": title}, allow_unicode=True, width=10**6)
    return (
        "---\n"
        "file_format: mystnb\n"
        "kernelspec:\n"
        "  name: python3\n"
        f"{name}"
        f"teaching: {teaching}\n"
        f"exercises: {exercises}\n"
        "---\n"
    )


_BEGINNING = f"""\
:::{{questions}}
- {BLANK}: a question that this episode answers, as a learner would ask it
:::

:::{{objectives}}
- {BLANK}: what a learner can do afterwards, beginning with a verb
:::

## {BLANK}: the heading of the first section

{BLANK}: the first section; begin with a question that is worth an answer
"""

_END = f"""\
:::{{keypoints}}
- {BLANK}: the answer to the question above, in one sentence
:::
"""


def _challenge(label: str, minutes: int) -> str:
    return f"""\
::::{{challenge}} {BLANK}: the challenge's title
:label: {label}
:minutes: {minutes}

{BLANK}: what to do, so that it can be done in {minutes} minutes

:::{{solution}}
{BLANK}: the solution, with the reason for each step
:::
::::
"""
