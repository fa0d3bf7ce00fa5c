"""The data that an episode read while it ran."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from lessonbook.downloads.archive import make_archive

_KINDS = "csv tsv dat txt json nc npy npz parquet feather xls xlsx h5 rds"
SUFFIXES = frozenset(f".{kind}" for kind in _KINDS.split())
"""Kinds of files that hold data, wherever they are."""


def pack_data(
    root: Path, page: str, files: Mapping[str, str], folders: Iterable[str]
) -> bytes | None:
    """Pack the data that an episode read.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    page : str
        The episode's path from there, without suffix.
    files : mapping of str to str
        Files that it read, as in its manifest; the text is empty for one that was not there.
    folders : iterable of str
        Folders of the course with data and nothing else.

    Returns
    -------
    bytes or None
        A zip archive: what lies below the episode's folder keeps its path from there, so that the
        notebook finds it, other files theirs from the course's folder. None without any data.
    """
    home = PurePosixPath(page).parent
    chosen = {}
    for name in _data_files(files, [PurePosixPath(folder) for folder in folders]):
        file = root / name
        if file.is_file():
            inside = name.relative_to(home) if name.is_relative_to(home) else name
            chosen[str(inside)] = file.read_bytes()
    return make_archive(chosen) if chosen else None


def _data_files(files: Mapping[str, str], folders: list[PurePosixPath]) -> Iterator[PurePosixPath]:
    for text, state in sorted(files.items()):
        name = PurePosixPath(text)
        if not state or name.is_absolute() or ".." in name.parts or name.parts[0].startswith("_"):
            continue
        if name.suffix.lower() in SUFFIXES or any(name.is_relative_to(one) for one in folders):
            yield name
