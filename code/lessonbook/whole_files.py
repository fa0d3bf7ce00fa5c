"""Files that are there whole or not at all, whenever a build is killed."""

from __future__ import annotations

from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file in one step, which either happens or does not.

    Parameters
    ----------
    path : pathlib.Path
        The file; its folder is made where it is missing. No two processes may write it at once.
    content : str or bytes
        Text is written in UTF-8.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(content.encode("utf8") if isinstance(content, str) else content)
    unfinished.replace(path)
