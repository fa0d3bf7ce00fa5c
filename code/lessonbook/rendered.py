"""Whether rendered pages are as the last rendering left them, so that the next can go on there."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from lessonbook.whole_files import write_whole

PAGES = "html"
_RECORD = "files.json"

Files = dict[str, list[int]]
"""Size in bytes and date in nanoseconds, by path."""


def drop_damaged(folder: Path) -> None:
    """Remove what is not as `note_rendered` found it; it will be rendered anew.

    Parameters
    ----------
    folder : pathlib.Path
        Of one view, with its pages and what Sphinx knows of them.
    """
    try:
        before: Files = json.loads((folder / _RECORD).read_text(encoding="utf8"))
    except (OSError, ValueError):
        before = {}
    now = _describe(folder)
    changed = {name for name in {*before, *now} if before.get(name) != now.get(name)}
    (folder / _RECORD).unlink(missing_ok=True)
    if not changed:
        return
    if all(name.startswith(f"{PAGES}/") for name in changed):
        shutil.rmtree(folder / PAGES)
    else:
        shutil.rmtree(folder)


def note_rendered(folder: Path) -> None:
    """Note what a rendering that has not been interrupted has left.

    Parameters
    ----------
    folder : pathlib.Path
        Of one view.
    """
    write_whole(folder / _RECORD, json.dumps(_describe(folder)))


def _describe(folder: Path) -> Files:
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            status = path.lstat()
            found[str(path.relative_to(folder))] = [status.st_size, status.st_mtime_ns]
    found.pop(_RECORD, None)
    return found
