"""Rules about data cards."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from lessonbook.check.data.files import Card, DataFile, find_data
from lessonbook.check.rule import CourseRule, Example, register
from lessonbook.course import Course
from lessonbook.findings import Finding

_NEEDED = {
    "provenance": ("origin", "provenance", "source"),
    "licence": ("licence", "license"),
    "checksum": ("sha256",),
}
_CSV = "school,effect\nA,28\n"
_SUM = hashlib.sha256(_CSV.encode()).hexdigest()
_CARD = "title: Schools\norigin: Rubin (1981), table 1\nlicence: public domain\n"
_PAGE = "# A page\n\nWe load [the schools](data/schools.csv).\n"


@register
class MissingCard(CourseRule):
    """Data without provenance, licence or checksum."""

    id = "LB070"
    why = (
        "Nobody can tell where the numbers come from, whether they may be published, and whether "
        "they are still the same. A card is a YAML file of the same name beside the data."
    )
    bad = Example(_CSV, 1, "data/schools.csv", {"page.md": _PAGE})
    good = Example(
        f"{_CARD}sha256: {_SUM}\n",
        path="data/schools.yml",
        files={"data/schools.csv": _CSV, "page.md": _PAGE},
    )

    def check(self, course: Course) -> Iterator[Finding]:
        """Look for a card beside each file, and for what it says."""
        files, _ = find_data(course)
        for file in files:
            if file.card is None:
                message = (
                    "this data file has no card; write one beside it, with the same name and the "
                    "suffix .yml, that gives its origin, licence and sha256."
                )
                yield self.finding(file.path, 1, message)
            elif file.card.problem:
                message = f"the card cannot be read: {file.card.problem}; correct it."
                yield self.finding(file.card.path, file.card.problem_line, message)
            else:
                yield from self._check_card(file.card)

    def _check_card(self, card: Card) -> Iterator[Finding]:
        for what, names in _NEEDED.items():
            value = next((card.content.values[n] for n in names if n in card.content.values), None)
            if not str(value or "").strip():
                line = card.content.line_of(names[0])
                message = f"the card gives no {what}; write it as `{names[0]}: …`."
                yield self.finding(card.path, line, message)


@register
class WrongChecksum(CourseRule):
    """Data that differ from their checksum."""

    id = "LB071"
    why = (
        "The data were changed, or damaged, since someone last looked at them; so were all results."
    )
    bad = Example(
        f"{_CARD}sha256: {'f' * 64}\n",
        4,
        "data/schools.yml",
        {"data/schools.csv": _CSV, "page.md": _PAGE},
    )
    good = MissingCard.good

    def check(self, course: Course) -> Iterator[Finding]:
        """Compute the checksums."""
        files, _ = find_data(course)
        for file in files:
            if file.card is not None and "sha256" in file.card.content.values:
                yield from self._compare(course, file, file.card)

    def _compare(self, course: Course, file: DataFile, card: Card) -> Iterator[Finding]:
        given = str(card.content.values["sha256"] or "").strip().lower()
        if not given:
            return  # its own rule reports it
        try:
            actual = hashlib.sha256((course.root / file.path).read_bytes()).hexdigest()
        except OSError as error:
            yield self.finding(file.path, 1, f"this data file cannot be read: {error.strerror}.")
            return
        line = card.content.line_of("sha256")
        if not re.fullmatch(r"[0-9a-f]{64}", given):
            message = f"sha256: found {given[:70]!r}, allowed 64 hexadecimal digits: {actual}."
            yield self.finding(card.path, line, message)
        elif given != actual:
            message = (
                f"{file.path} has the checksum {actual}, the card says {given[:12]}…; restore the "
                "file, or correct the card if the change was meant."
            )
            yield self.finding(card.path, line, message)
