"""The picture that a link to a page is shown with elsewhere."""

from __future__ import annotations

import posixpath
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urljoin

from docutils import nodes

from lessonbook.site.image_size import read_image_size
from lessonbook.sphinx_ext.fragments import KeptImage
from lessonbook.sphinx_ext.messages import warn
from lessonbook.sphinx_ext.nodes import is_inside

if TYPE_CHECKING:
    from sphinx.application import Sphinx

SUFFIXES = frozenset({".gif", ".jpeg", ".jpg", ".png", ".webp"})
"""Kinds of images that other sites show; drawings (SVG) are none of them."""

SMALLEST = 200
"""Pixels of the shorter side; what is smaller is passed over by those who show previews."""

_FOLDED = ("solution", "hint", "instructor", "spoiler")


@dataclass(frozen=True)
class PreviewImage:
    """A picture of the site.

    Attributes
    ----------
    path : str
        From the site's folder.
    width, height : int
        In pixels.
    words : str
        What it shows.
    """

    path: str
    width: int
    height: int
    words: str


def setup_preview_image(app: Sphinx) -> None:
    """Register the configuration value and the events."""
    app.add_config_value("lesson_card", "", "html", (str,))
    app.connect("builder-inited", check_card)
    app.connect("build-finished", copy_card)


def check_card(app: Sphinx) -> None:
    """Warn of a card that no site would show."""
    name = str(app.config.lesson_card)
    if name and _card(app) is None:
        allowed = f"an image ({', '.join(sorted(SUFFIXES))}) of at least {SMALLEST} pixels"
        warn("config", f"lesson_card: found {name!r}, allowed {allowed}, best 1200 by 630", None)


def copy_card(app: Sphinx, error: Exception | None) -> None:
    """Put the card beside the pages that name it."""
    card = _card(app) if app.builder.format == "html" and app.config.html_baseurl else None
    if error is None and card is not None:
        target = Path(app.outdir, card.path)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(Path(app.srcdir, app.config.lesson_card), target)


def find_preview_image(app: Sphinx, doctree: nodes.document | None) -> PreviewImage | None:
    """Choose the picture of a page: its first figure that others can show, or else the card.

    Parameters
    ----------
    app : sphinx.application.Sphinx
    doctree : docutils.nodes.document or None
        The page.

    Returns
    -------
    PreviewImage or None
        None where there is neither.
    """
    folder = getattr(app.builder, "imagedir", "_images")
    # the page has been written, and with it each image's way from the page instead of its source
    sources = {name: uri for uri, name in getattr(app.builder, "images", {}).items()}
    for node in doctree.findall(nodes.image) if doctree is not None else ():
        name = unquote(posixpath.basename(str(node.get("uri", ""))))
        is_shown = not isinstance(node, KeptImage) and not is_inside(node, *_FOLDED)
        if name in sources and is_shown:
            words = str(node.get("alt") or "")
            found = _read(Path(app.srcdir, sources[name]), f"{folder}/{quote(name)}", words)
            if found is not None:
                return found
    return _card(app)


def preview_address(app: Sphinx, image: PreviewImage) -> str:
    """Return where the picture is published; previews are made elsewhere, so need all of it."""
    return urljoin(f"{str(app.config.html_baseurl).rstrip('/')}/", image.path)


def _card(app: Sphinx) -> PreviewImage | None:
    name = str(app.config.lesson_card)
    if not name:
        return None
    path = Path(app.srcdir, name)
    title: Any = app.config.html_title or app.config.project
    return _read(path, f"_static/{path.name}", str(title))


def _read(file: Path, path: str, words: str) -> PreviewImage | None:
    size = read_image_size(file) if file.suffix.lower() in SUFFIXES else None
    if size is None or min(size) < SMALLEST:
        return None
    return PreviewImage(path, *size, words)
