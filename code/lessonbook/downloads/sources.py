"""What the files that a page offers are made of."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

NOTEBOOK = ".ipynb"
EXERCISES = "-without-solutions.ipynb"
SCRIPT = ".py"


@dataclass(frozen=True)
class Source:
    """What the files of a page are made of.

    Attributes
    ----------
    name : str
        The page in messages.
    file : pathlib.Path
        The built page.
    text : str
        Its HTML.
    requirements : str
        What the code needs, in sentences of Markdown; empty if that is not known.
    """

    name: str
    file: Path
    text: str
    requirements: str = ""


def find_images(text: str, file: Path) -> list[Path]:
    """Find the images of the site that a page shows."""
    found = set()
    for match in re.finditer(r'<img\b[^>]*\bsrc="([^"]+)"', text):
        parts = urlsplit(html.unescape(match[1]))
        if not parts.scheme and not parts.netloc:
            found.add(file.parent / unquote(parts.path))
    return sorted(path for path in found if path.is_file())
