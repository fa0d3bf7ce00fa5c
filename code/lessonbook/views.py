"""The views of a course, and which pages only one of them has; read without Sphinx."""

from __future__ import annotations

from pathlib import Path

import yaml

LEARNER, INSTRUCTOR = "learner", "instructor"
VIEW_FOLDERS = {LEARNER: "", INSTRUCTOR: "instructor"}
"""For each view the folder of its pages in the published site; empty for the site's root."""

INSTRUCTOR_TAG = "lesson-instructor"
"""Tag of the hidden cells that stand in an instructor block."""

VIEWS = tuple(VIEW_FOLDERS)
PAGE_KEY = "lesson_view"


def other_view(view: str) -> str:
    """Return the view that is not this one.

    Examples
    --------
    >>> other_view("learner")
    'instructor'
    """
    return INSTRUCTOR if view == LEARNER else LEARNER


def way_to(view: str, start: str) -> str:
    """Return the way from the root of one view's pages to another's, as in a link.

    Parameters
    ----------
    view : str
        The view to go to.
    start : str
        The view to come from.

    Returns
    -------
    str
        Ends with a slash, unless it is empty.

    Examples
    --------
    >>> way_to("instructor", "learner")
    'instructor/'
    >>> way_to("learner", "instructor")
    '../'
    """
    up = "../" * len(Path(VIEW_FOLDERS[start]).parts)
    return up + (f"{VIEW_FOLDERS[view]}/" if VIEW_FOLDERS[view] else "")


def is_instructor_page(path: Path) -> bool:
    """Tell whether a page is marked as the instructors' in its front matter.

    Parameters
    ----------
    path : pathlib.Path
        A Markdown file.

    Returns
    -------
    bool
        Whether its front matter says ``lesson_view: instructor``. A page that cannot be read does
        not; what is wrong with it is reported where it is parsed.
    """
    try:
        text = path.read_text(encoding="utf8")
    except (OSError, UnicodeDecodeError):
        return False
    head, *rest = text.splitlines() or [""]
    if head.rstrip() != "---":
        return False
    end = next((i for i, line in enumerate(rest) if line.rstrip() in ("---", "...")), 0)
    try:
        matter = yaml.safe_load("\n".join(rest[:end]))
    except (yaml.YAMLError, ValueError, RecursionError):  # a 13th month is no error of YAML's
        return False
    return isinstance(matter, dict) and matter.get(PAGE_KEY) == INSTRUCTOR
