"""Small pictures for the page of all figures, which would weigh as much as the course otherwise."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from lessonbook.whole_files import write_whole

LARGEST_WIDTH = 480
"""Pixels; the pages show them no wider than two thirds of that."""

_ENTRY = re.compile(
    r'<div class="lesson-figure-entry[^>]*>.*?(?=<p class="lesson-origin")', re.DOTALL
)
_IMAGE = re.compile(r'(?P<before><img\b[^>]*\bsrc=")(?P<address>[^":?#]+)(?=")')
_QUALITY = 60
_FOLDER = "previews"


def show_previews(texts: Mapping[Path, str], cache: Path) -> dict[Path, str]:
    """Put small pictures in the place of those in lists of figures.

    Parameters
    ----------
    texts : mapping of pathlib.Path to str
        Pages by file; small pictures are written beside the pictures that they stand for.
    cache : pathlib.Path
        Folder in which they are kept for the next build.

    Returns
    -------
    dict of pathlib.Path to str
        The pages. What cannot be drawn small stays as it is.
    """
    kept = cache / _FOLDER

    def change(page: Path, text: str) -> str:
        def replace(match: re.Match[str]) -> str:
            name = _write_preview(page.parent / match["address"], kept)
            if not name:
                return match[0]
            return match["before"] + posixpath.join(posixpath.dirname(match["address"]), name)

        return _ENTRY.sub(lambda entry: _IMAGE.sub(replace, entry[0]), text)

    return {page: change(page, text) for page, text in texts.items()}


def _write_preview(picture: Path, kept: Path) -> str:
    """Write the small picture beside the large one; return its name, if there is one."""
    if not picture.is_file():
        return ""
    content = picture.read_bytes()
    name = f"preview-{hashlib.sha256(content).hexdigest()[:24]}.webp"
    stored = kept / name
    if not stored.is_file():
        preview = _draw_small(content, is_drawing=picture.suffix == ".svg")
        if len(preview) >= len(content) or not preview:
            return ""
        write_whole(stored, preview)
    (picture.parent / name).write_bytes(stored.read_bytes())
    return name


def _draw_small(content: bytes, *, is_drawing: bool) -> bytes:
    # a build whose figures are those of the last need not pay for the import
    from PIL import Image, UnidentifiedImageError

    try:
        if is_drawing:
            import vl_convert

            content = vl_convert.svg_to_png(content.decode("utf8"))
        image = Image.open(BytesIO(content)).convert("RGBA")
    except (ValueError, RuntimeError, UnidentifiedImageError):
        return b""
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image)
    if paper.width > LARGEST_WIDTH:
        size = (LARGEST_WIDTH, round(paper.height * LARGEST_WIDTH / paper.width))
        paper = paper.resize(size, Image.Resampling.LANCZOS)
    output = BytesIO()
    paper.convert("RGB").save(output, format="WEBP", quality=_QUALITY, method=6)
    return output.getvalue()
