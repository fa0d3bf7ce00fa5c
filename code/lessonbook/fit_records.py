"""What the code of a course tells of its fits, kept for the page that lists them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lessonbook.project import Project
from lessonbook.views import INSTRUCTOR

VARIABLE = "LESSONBOOK_FITS"
"""Environment variable with the file to which an episode's code may append, one JSON object a line:
a record of a fit as in the author's guide, without its page."""

FOLDER = "fits"


@dataclass
class FitLog:
    """What the code of a run reports, and which of it no learner may see.

    Attributes
    ----------
    file : pathlib.Path
        The file that the code appends to; it need not exist.
    marks : list of (int, bool)
        For each cell that began, how many bytes the file had then, and whether the cell stands
        in an instructor block.
    """

    file: Path
    marks: list[tuple[int, bool]] = field(default_factory=list)

    def begin_cell(self, for_instructor: bool) -> None:
        """Note that a cell begins."""
        size = self.file.stat().st_size if self.file.is_file() else 0
        self.marks.append((size, for_instructor))

    def read(self) -> list[dict[str, Any]]:
        """Return the records.

        Raises
        ------
        ValueError
            If a line is no JSON object.
        """
        content = self.file.read_bytes() if self.file.is_file() else b""
        records, start = [], 0
        for line in content.splitlines(keepends=True):
            record = json.loads(line)
            if not isinstance(record, dict):
                raise ValueError(f"found {record!r}, allowed a JSON object")
            begun = [for_instructor for size, for_instructor in self.marks if size <= start]
            records.append({**record, "view": INSTRUCTOR} if begun and begun[-1] else record)
            start += len(line)
        return records


def keep_fits(project: Project, page: str, reported: FitLog) -> None:
    """Keep what a run reported, in the place of what an earlier run of its page did.

    Parameters
    ----------
    project : Project
        The course.
    page : str
        The episode.
    reported : FitLog
        What its code reported.

    Raises
    ------
    ValueError
        If a line is no JSON object; nothing is changed then.
    """
    told = [{**record, "page": page} for record in reported.read()]
    # what learners' code reports as well is not told twice
    shown = [record for record in told if record.get("view") != INSTRUCTOR]
    hidden = [r for r in told if {k: v for k, v in r.items() if k != "view"} not in shown]
    records = {json.dumps(record, sort_keys=True) for record in (*shown, *hidden)}
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
