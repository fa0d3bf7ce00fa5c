"""What a new episode's file is called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from docutils.nodes import make_id

from lessonbook.project import SOURCE_SUFFIXES

DEFAULT_FOLDER = "episodes"
DEFAULT_DIGITS = 2
LONGEST_SLUG = 48
_NUMBERED = re.compile(r"(\d+)-")


@dataclass(frozen=True)
class Numbering:
    """Where the next episode goes.

    Parameters
    ----------
    folder : str
        Path of the episodes' folder from the course's; empty for the course's own.
    number : int
        The next free number.
    digits : int
        How many digits numbers are written with.
    """

    folder: str
    number: int
    digits: int

    def page(self, slug: str) -> str:
        """Path of an episode from the course's folder, without its suffix.

        Examples
        --------
        >>> Numbering("episodes", 7, 2).page("why-pool")
        'episodes/07-why-pool'
        """
        return str(PurePosixPath(self.folder, f"{self.number:0{self.digits}d}-{slug}"))


def find_numbering(root: Path, pages: Iterable[str]) -> Numbering:
    """Continue the numbers of the episodes that are there.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    pages : iterable of str
        The pages of the table of contents.

    Returns
    -------
    Numbering
        In the folder that holds most of the numbered pages, and above every number in that folder,
        files outside the table of contents included.
    """
    folders = [str(PurePosixPath(page).parent) for page in pages if _number_of(page) is not None]
    folder = max(folders, key=folders.count, default=DEFAULT_FOLDER)
    folder = "" if folder == "." else folder
    names = [p.name for p in (root / folder).glob("*") if p.suffix in SOURCE_SUFFIXES]
    matches = [match for name in names if (match := _NUMBERED.match(name))]
    return Numbering(
        folder,
        max((int(match[1]) for match in matches), default=0) + 1,
        max((len(match[1]) for match in matches), default=DEFAULT_DIGITS),
    )


def _number_of(page: str) -> int | None:
    match = _NUMBERED.match(PurePosixPath(page).name)
    return int(match[1]) if match else None


def slug_of(title: str) -> str:
    """Make the part of a file's name that tells what is in it.

    Parameters
    ----------
    title : str
        A title in any script.

    Returns
    -------
    str
        Lower-case Latin letters and digits, with hyphens between words; cut at a word.

    Raises
    ------
    ValueError
        If a letter has no Latin counterpart, or nothing is left.

    Examples
    --------
    >>> slug_of("Ça va? L'été à Łódź")
    'ca-va-l-ete-a-lodz'
    >>> slug_of("8 schools")
    '8-schools'
    """
    lost = [sign for sign in title if sign.isalnum() and not _transliterate(sign)]
    if lost:
        raise ValueError(f"has no Latin letters for {''.join(dict.fromkeys(lost))}")
    slug = _transliterate(title)
    if not slug:
        raise ValueError("has neither letters nor digits")
    if len(slug) > LONGEST_SLUG:
        slug = slug[: LONGEST_SLUG + 1].rpartition("-")[0] or slug[:LONGEST_SLUG]
    return slug


def _transliterate(text: str) -> str:
    # docutils removes leading digits, which the letter before them prevents
    return str(make_id(f"x {text}")).removeprefix("x").strip("-")
