"""From rendered pages to the published site, in one step that either happens or does not."""

from __future__ import annotations

import ctypes
import errno
import filecmp
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

NEXT_PREFIX = ".next-"
AT_FDCWD = -100
RENAME_EXCHANGE = 2


def publish(
    pages: Mapping[str, Path],
    site: Path,
    prepare: Callable[[Path], None] | None = None,
    *,
    left_out: Callable[[str, list[str]], set[str]] | None = None,
) -> Path:
    """Put rendered pages in the place of the published site.

    The new site is written beside the old one and takes its place by one rename, so that a reader
    or a crash at any moment meets either the old site or the new one, whole.

    Parameters
    ----------
    pages : mapping of str to pathlib.Path
        Rendered pages by the folder of the site that they go to, empty for its root; left as they
        are for the next incremental build.
    site : pathlib.Path
        The published site, which need not exist.
    prepare : callable, optional
        Called with the folder of the new site before it takes the old one's place. What it raises
        is passed on, and the old site stays.
    left_out : callable, optional
        Called with a folder and what is in it; returns what is not copied.

    Returns
    -------
    pathlib.Path
        The site.

    Raises
    ------
    OSError
        If the pages cannot be copied, for example on a full disk; the old site is untouched.
    """
    site.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(site.parent)
    fresh = Path(tempfile.mkdtemp(prefix=NEXT_PREFIX, dir=site.parent))
    try:
        for folder, rendered in pages.items():
            shutil.copytree(rendered, fresh / folder, dirs_exist_ok=True, ignore=left_out)
        if prepare is not None:
            prepare(fresh)
        for folder in filter(None, pages):
            _share_files(fresh / folder, fresh)
        fresh.chmod(0o755)
        _take_place(fresh, site)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return site


def _share_files(part: Path, whole: Path) -> None:
    """Keep one copy on disk of what a part of the site has in common with the whole."""
    for path in part.rglob("*"):
        twin = whole / path.relative_to(part)
        if path.is_file() and twin.is_file() and filecmp.cmp(path, twin, shallow=False):
            path.unlink()
            try:
                os.link(twin, path)
            except OSError:  # a file system without hard links
                shutil.copy2(twin, path)


def remove_leftovers(folder: Path) -> None:
    """Remove what an interrupted build left behind.

    Parameters
    ----------
    folder : pathlib.Path
        The folder that holds the published site.
    """
    for leftover in folder.glob(f"{NEXT_PREFIX}*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _take_place(fresh: Path, site: Path) -> None:
    """Rename `fresh` to `site`; afterwards `fresh` is the old site, or gone."""
    if not site.exists():
        fresh.rename(site)
        return
    if _exchange(fresh, site):
        return
    # without an exchange in the kernel, the site is away for the time of one rename
    old = fresh.with_name(f"{fresh.name}-old")
    site.rename(old)
    try:
        fresh.rename(site)
    except OSError:
        old.rename(site)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one system call, where the system has it."""
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        return False
    names = (os.fsencode(one), os.fsencode(other))
    if library.renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE) == 0:
        return True
    if ctypes.get_errno() in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    code = ctypes.get_errno()
    raise OSError(code, os.strerror(code), str(other))
