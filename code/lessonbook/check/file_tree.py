"""The files of a course as other file systems see them: with upper and lower case apart."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from lessonbook.course import Course


class FileTree:
    """Looks for files by their exact names.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folders: dict[str, frozenset[str]] = {}

    @staticmethod
    @lru_cache(maxsize=1)
    def of(course: Course) -> FileTree:
        """Return the tree of a course; the same one for all rules of one check."""
        return FileTree(course.root)

    def trouble(self, path: str) -> str:
        """Say why a path names no file.

        Parameters
        ----------
        path : str
            From the root, normalised, with slashes; a ``*`` in its last part stands for anything.

        Returns
        -------
        str
            Empty if there is such a file.
        """
        if path.startswith("..") or "\0" in path:
            return "" if _exists(self.root / path) else "which is not there"
        folder = ""
        for part in path.split("/"):
            if part in (".", ""):
                continue
            if "*" in part:
                return "" if any(self.root.glob(path)) else "which is not there"
            names = self._names(folder)
            if part not in names:
                other = next((name for name in sorted(names) if name.lower() == part.lower()), "")
                return (
                    f"which is called {folder}{other} (case counts)"
                    if other
                    else "which is not there"
                )
            folder += f"{part}/"
        return "" if (self.root / path).is_file() else "which is a folder"

    def _names(self, folder: str) -> frozenset[str]:
        if folder not in self._folders:
            try:
                self._folders[folder] = frozenset(
                    entry.name for entry in os.scandir(self.root / folder)
                )
            except OSError:
                self._folders[folder] = frozenset()
        return self._folders[folder]


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
