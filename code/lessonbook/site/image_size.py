"""The size of an image in pixels, from the first bytes of its file."""

from __future__ import annotations

import re
import struct
from pathlib import Path

_UNITS = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 9.6 / 2.54,
}
_SVG = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_LENGTH = r'\s{}\s*=\s*["\']([\d.]+)(\w*)["\']'
_VIEW_BOX = re.compile(
    r'\sviewBox\s*=\s*["\'][-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)["\']'
)
_HEAD = 4096
_JPEG_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def read_image_size(path: Path) -> tuple[int, int] | None:
    """Read the size of an image.

    Parameters
    ----------
    path : pathlib.Path
        An SVG, PNG, GIF, JPEG or WebP file.

    Returns
    -------
    tuple of int or None
        Width and height in pixels; None if the file cannot be read or does not say.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if head.startswith(b"\xff\xd8"):
                head += file.read()
    except OSError:
        return None
    try:
        return _size_of(head)
    except (struct.error, IndexError):  # the file ends too early
        return None


def _size_of(head: bytes) -> tuple[int, int] | None:
    if head.startswith(b"\x89PNG"):
        width, height = struct.unpack(">II", head[16:24])
        return width, height
    if head.startswith(b"GIF8"):
        width, height = struct.unpack("<HH", head[6:10])
        return width, height
    if head.startswith(b"\xff\xd8"):
        return _jpeg_size(head)
    if head[:4] == b"RIFF" and head[8:15] == b"WEBPVP8":
        return _webp_size(head)
    return _svg_size(head.decode("utf8", errors="replace"))


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    place = 2
    while data[place] == 0xFF:
        marker, length = data[place + 1], struct.unpack(">H", data[place + 2 : place + 4])[0]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + length
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X":
        return (
            1 + int.from_bytes(data[24:27], "little"),
            1 + int.from_bytes(data[27:30], "little"),
        )
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _svg_size(text: str) -> tuple[int, int] | None:
    tag = _SVG.search(text)
    if tag is None:
        return None
    lengths = [re.search(_LENGTH.format(name), tag[0]) for name in ("width", "height")]
    if all(length is not None and length[2] in _UNITS for length in lengths):
        width, height = (round(float(m[1]) * _UNITS[m[2]]) for m in lengths if m is not None)
        return width, height
    box = _VIEW_BOX.search(tag[0])
    return (round(float(box[1])), round(float(box[2]))) if box else None
