"""What the code of a course tells of its fits, kept for the page that lists them."""

from __future__ import annotations

import json
from pathlib import Path

from lessonbook.project import Project

VARIABLE = "LESSONBOOK_FITS"
"""Environment variable with the file to which an episode's code may append, one JSON object a line:
a record of a fit as in the author's guide, without its page."""

FOLDER = "fits"


def keep_fits(project: Project, page: str, reported: Path) -> None:
    """Keep what a run reported, in the place of what an earlier run of its page did.

    Parameters
    ----------
    project : Project
        The course.
    page : str
        The episode.
    reported : pathlib.Path
        The file that its code appended to; it need not exist.

    Raises
    ------
    ValueError
        If a line is no JSON object; nothing is changed then.
    """
    lines = reported.read_text(encoding="utf8").splitlines() if reported.is_file() else []
    records = {json.dumps({**json.loads(line), "page": page}, sort_keys=True) for line in lines}
    file = _file(project, page)
    file.unlink(missing_ok=True)
    if records:
        file.parent.mkdir(parents=True, exist_ok=True)
        # in a fixed order: fits of one page may have run at the same time
        file.write_text(f"[{', '.join(sorted(records))}]\n", encoding="utf8")


def drop_fits(project: Project, page: str) -> None:
    """Drop what was kept of a page that is gone."""
    _file(project, page).unlink(missing_ok=True)


def _file(project: Project, page: str) -> Path:
    return project.build_folder / FOLDER / f"{page.replace('/', '--')}.json"
