"""How a course wants to be cited: its ``CITATION.cff``, as far as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

CITATION_NAME = "CITATION.cff"


@dataclass(frozen=True)
class Citation:
    """A work to cite.

    Attributes
    ----------
    title : str
    authors : tuple of str
        "Family, Given", or the name of a group.
    date : str
        Of publication, as year-month-day; empty if none is given.
    doi : str
        Empty if the work has none.
    """

    title: str
    authors: tuple[str, ...]
    date: str = ""
    doi: str = ""


def read_citation(root: Path) -> Citation | None:
    """Read the citation file at the top of a course.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.

    Returns
    -------
    Citation or None
        None where there is no such file, or none that can be read: pages then go without.
    """
    path = Path(root, CITATION_NAME)
    try:
        return _parse(path.read_text(encoding="utf8"))
    except (OSError, UnicodeDecodeError):
        return None


@lru_cache(maxsize=4)
def _parse(text: str) -> Citation | None:
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    if not isinstance(data, dict) or not isinstance(data.get("title"), str):
        return None
    authors = data.get("authors")
    return Citation(
        data["title"],
        tuple(_name(one) for one in authors if isinstance(one, dict))
        if isinstance(authors, list)
        else (),
        str(data.get("date-released") or ""),
        str(data.get("doi") or ""),
    )


def _name(author: dict[str, Any]) -> str:
    if author.get("name"):
        return str(author["name"])
    parts = (author.get("family-names"), author.get("given-names"))
    return ", ".join(str(part) for part in parts if part)
