"""Archives that are the same, to the last byte, for the same files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_DATE = (1980, 1, 1, 0, 0, 0)
"""The first that the format knows; when a file was written says nothing about what is in it."""
_PERMISSIONS = 0o644 << 16
_UNIX = 3
_LEVEL = 4
"""Of 9. Of the course, it makes an archive larger by 4 % than the usual 6, in 3/5 of the time."""

_COMPRESSED = (".gif", ".jpg", ".mp4", ".png", ".webm", ".webp", ".woff2", ".zip")
"""Files that packing again would make no smaller, and take time."""


def make_archive(files: Mapping[str, bytes]) -> bytes:
    """Pack files into a zip archive.

    Parameters
    ----------
    files : mapping of str to bytes
        Contents by path in the archive.

    Returns
    -------
    bytes
        With the files in the order of their names.

    Examples
    --------
    >>> make_archive({"b": b"1", "a": b"2"}) == make_archive({"a": b"2", "b": b"1"})
    True
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _DATE)
            is_small = name.lower().endswith(_COMPRESSED)
            entry.compress_type = zipfile.ZIP_STORED if is_small else zipfile.ZIP_DEFLATED
            entry.external_attr = _PERMISSIONS
            entry.create_system = _UNIX
            archive.writestr(entry, files[name], compresslevel=_LEVEL)
    return buffer.getvalue()
