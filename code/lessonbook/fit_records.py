"""What the code of a course tells of its fits, kept for the page that lists them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lessonbook.project import Project
from lessonbook.views import INSTRUCTOR
from lessonbook.whole_files import write_whole

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


def collect_fits(page: str, reported: FitLog) -> list[dict[str, Any]]:
    """Return what is to be kept of the fits that a run reported.

    Parameters
    ----------
    page : str
        The episode.
    reported : FitLog
        What its code reported.

    Returns
    -------
    list of dict
        The records, each once, with the page.

    Raises
    ------
    ValueError
        If a line is no JSON object.
    """
    told = [{**record, "page": page} for record in reported.read()]
    # what learners' code reports as well is not told twice
    shown = [record for record in told if record.get("view") != INSTRUCTOR]
    hidden = [r for r in told if {k: v for k, v in r.items() if k != "view"} not in shown]
    # in a fixed order: fits of one page may have run at the same time
    lines = sorted({json.dumps(record, sort_keys=True) for record in (*shown, *hidden)})
    return [json.loads(line) for line in lines]


def write_fits(project: Project, pages: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Have the files of some pages say what is known of their fits, whatever they hold now.

    Other files in the same folder, such as those that a course writes by itself, are left alone.

    Parameters
    ----------
    project : Project
        The course; no other build of it may be running.
    pages : mapping of str to sequence of mapping
        The records of each page's fits; with none of them, the page has no file.
    """
    folder = project.build_folder / FOLDER
    for page, records in pages.items():
        path = folder / f"{page.replace('/', '--')}.json"
        text = json.dumps(list(records), sort_keys=True) + "\n"
        if not records:
            path.unlink(missing_ok=True)
        elif not path.is_file() or path.read_bytes() != text.encode():
            write_whole(path, text)
