"""The data files of a course and their cards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lessonbook.course import Course
from lessonbook.source.text import UnreadableFileError, read_text
from lessonbook.source.yaml_text import YamlError, YamlMapping, read_mapping

_DATA_SUFFIXES_TEXT = """
    .csv .tsv .txt .dat .json .jsonl .parquet .feather .arrow .nc .h5 .hdf5 .npy .npz .xls
    .xlsx .ods .rds .rda .sav .dta .zip .gz .bz2 .xz .sqlite .db .geojson .wav .fasta
"""
DATA_SUFFIXES = frozenset(_DATA_SUFFIXES_TEXT.split())
CARD_SUFFIXES = (".yml", ".yaml")


@dataclass(frozen=True, eq=False)
class Card:
    """A data card: where data come from, and what they may be used for.

    Attributes
    ----------
    path : str
        From the course's folder.
    content : YamlMapping
    problem : str
        Why it cannot be read; empty if it can.
    problem_line : int
    """

    path: str
    content: YamlMapping
    problem: str = ""
    problem_line: int = 1


@dataclass(frozen=True, eq=False)
class DataFile:
    """A data file; `card` is None where it has none."""

    path: str
    card: Card | None


@lru_cache(maxsize=1)
def find_data(course: Course) -> tuple[tuple[DataFile, ...], tuple[Card, ...]]:
    """Find the data of a course.

    Parameters
    ----------
    course : Course
        Whose settings name the folders.

    Returns
    -------
    files : tuple of DataFile
        By path.
    lone_cards : tuple of Card
        Cards of files that are not there.
    """
    files: list[DataFile] = []
    lone: list[Card] = []
    for folder in dict.fromkeys(course.settings.data_folders):
        paths = sorted(p for p in (course.root / folder).glob("**/*") if p.is_file())
        data = [p for p in paths if p.suffix.lower() in DATA_SUFFIXES and not _is_passed_over(p)]
        cards = {p for p in paths if p.suffix in CARD_SUFFIXES}
        for path in data:
            own = next((card for card in _card_paths(path) if card in cards), None)
            cards -= {own} if own else set()
            files.append(DataFile(_name(course, path), _read_card(course, own) if own else None))
        lone += [card for path in sorted(cards) if _is_card(card := _read_card(course, path))]
    return tuple(files), tuple(lone)


def _card_paths(path: Path) -> Iterator[Path]:
    for suffix in CARD_SUFFIXES:
        yield path.with_suffix(suffix)
        yield path.with_name(path.name + suffix)


def _is_passed_over(path: Path) -> bool:
    return path.name.startswith(".") or path.stem.lower() in ("readme", "license", "licence")


def _is_card(card: Card) -> bool:
    return "sha256" in card.content.values


def _name(course: Course, path: Path) -> str:
    return path.relative_to(course.root).as_posix()


def _read_card(course: Course, path: Path) -> Card:
    name = _name(course, path)
    try:
        return Card(name, read_mapping(read_text(path)))
    except (UnreadableFileError, YamlError) as error:
        return Card(name, YamlMapping(), str(error), error.line)
