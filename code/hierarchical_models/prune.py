"""Remove stored fits and compiled programs that nobody has used for a while.

Named in ``_config.yml`` for ``lessonbook clean --fits``. Whatever is removed is made again when it
is asked for; an entry that another process has locked is left alone.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from hierarchical_models.cache import cache_dir
from hierarchical_models.fit_store import ENDING

FORMER_ENDINGS = (".nc",)
"""Of what earlier versions kept; it is only removed."""

SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True)
class _Entry:
    """Something in a store: its files, the one whose date says when it was used, and its lock."""

    paths: tuple[Path, ...]
    dated: Path
    lock: Path


def prune(unused_days: float, dry_run: bool) -> list[dict[str, str | int]]:
    """Remove what was not used for some days.

    Parameters
    ----------
    unused_days : float
        Age of the last use, in days, above which an entry is removed; 0 for all.
    dry_run : bool
        Whether only to say what would be removed.

    Returns
    -------
    list of dict
        For each store ``what`` it keeps, and of what was removed the number ``entries`` and the
        ``bytes``.
    """
    stores = {"stored fits": _fits, "compiled Stan programs": _executables}
    limit = time.time() - unused_days * SECONDS_PER_DAY
    reports: list[dict[str, str | int]] = []
    for what, find in stores.items():
        sizes = [_remove(entry, limit, dry_run) for entry in find() if _is_unused(entry, limit)]
        removed = [size for size in sizes if size is not None]
        reports.append({"what": what, "entries": len(removed), "bytes": sum(removed)})
    return reports


def _fits() -> Iterator[_Entry]:
    endings = {ENDING, *FORMER_ENDINGS}
    for draws in sorted(cache_dir("fits").glob("*/*")):
        if draws.suffix in endings and not draws.name.startswith("."):
            card = draws.with_suffix(".json")
            dated = card if card.exists() else draws
            yield _Entry((card, draws), dated, draws.with_suffix(".lock"))


def _executables() -> Iterator[_Entry]:
    store = cache_dir("executables")
    for folder in sorted(path for path in store.glob("[!.]*") if path.is_dir()):
        notes = sorted(folder.glob("*.json"))
        yield _Entry((folder,), notes[0] if notes else folder, store / f"{folder.name}.lock")


def _is_unused(entry: _Entry, limit: float) -> bool:
    try:
        return entry.dated.stat().st_mtime <= limit
    except FileNotFoundError:
        return False  # another process has just removed it


def _remove(entry: _Entry, limit: float, dry_run: bool) -> int | None:
    """Remove an entry unless it is in use; return its bytes, None if it stays."""
    try:
        with FileLock(entry.lock, timeout=0):
            if not _is_unused(entry, limit):
                return None
            size = sum(_size(path) for path in entry.paths)
            for path in () if dry_run else entry.paths:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            return size
    except Timeout:
        return None


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(_size(child) for child in path.iterdir())
    return path.stat().st_size if path.exists() else 0
