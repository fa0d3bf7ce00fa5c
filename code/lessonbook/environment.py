"""A digest of everything beside an episode's own text that its results depend on.

It becomes part of each notebook's key in the execution cache, so that a changed model, data file or
lock file makes its results stale, in a plain Jupyter Book build too.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from pathlib import Path

PASSED_OVER = {"__pycache__", ".ipynb_checkpoints"}


def environment_digest(root: Path, patterns: Iterable[str]) -> str:
    """Digest the watched files of a course, and the Python that runs it.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    patterns : iterable of str
        Glob patterns from the root, for example ``code/**/*.py``.

    Returns
    -------
    str
        64 hexadecimal digits; the same for the same contents, whatever the files' dates.
    """
    digest = hashlib.sha256(f"python {platform.python_version()}".encode())
    for path in watched_files(root, patterns):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"\n{path.relative_to(root).as_posix()} {content}".encode())
    return digest.hexdigest()


def watched_files(root: Path, patterns: Iterable[str]) -> list[Path]:
    """The files that the patterns name, each once and in a fixed order.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    patterns : iterable of str
        Glob patterns from the root.

    Returns
    -------
    list of pathlib.Path
        Regular files only; byte code and checkpoints are passed over.
    """
    found = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    return sorted(path for path in found if not PASSED_OVER & set(path.parts))
