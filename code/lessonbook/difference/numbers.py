"""Numbers in text: where they stand, and which of them changed between two lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# not the digits of a name such as x1 or of a version, nor the hyphen of a range as a sign
NUMBER = re.compile(
    r"(?<![\w.])(?:(?<![\d)])[-−+])?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+−]?\d+)?"
    r"(?!\w|\.\d)"
)
WORDS = re.compile(r"\s+|[^\s\w]|\w+")
PLACE_OF_NUMBER = "\0"


@dataclass(frozen=True)
class NumberChange:
    """A number that is another in the new text.

    Attributes
    ----------
    old, new : str
        As they stand in the text.
    line : str
        The line of the new text.
    """

    old: str
    new: str
    line: str

    @property
    def relative_change(self) -> float | None:
        """New over old, minus 1; None where the old number is 0.

        Examples
        --------
        >>> NumberChange("8.0", "7.6", "").relative_change
        -0.05
        """
        old, new = _value(self.old), _value(self.new)
        return round((new - old) / abs(old), 12) if old else None


def skeleton(line: str) -> str:
    """A line without its numbers: equal for lines that differ in nothing else.

    Examples
    --------
    >>> skeleton("tau = 6.2") == skeleton("tau = -11")
    True
    """
    return NUMBER.sub(PLACE_OF_NUMBER, line)


def changed_numbers(old: str, new: str) -> tuple[NumberChange, ...]:
    """Numbers of a line that are others in its new form.

    Parameters
    ----------
    old, new : str
        The line before and after; the words around a number tell which number became which, so
        that one in a rewritten phrase counts as text.

    Returns
    -------
    tuple of NumberChange
        In the order of the line.

    Examples
    --------
    >>> [(c.old, c.new) for c in changed_numbers("R-hat 1.00, tau 6.2", "R-hat 1.00, tau 6.5")]
    [('6.2', '6.5')]
    """
    old_numbers, new_numbers = NUMBER.findall(old), NUMBER.findall(new)
    pairs = _same_places(_pieces(old), _pieces(new))
    return tuple(
        NumberChange(old_numbers[i], new_numbers[j], new)
        for i, j in pairs
        if old_numbers[i] != new_numbers[j]
    )


def _pieces(line: str) -> list[str]:
    pieces: list[str] = []
    for part in re.split(f"({PLACE_OF_NUMBER})", skeleton(line)):
        pieces.extend([part] if part == PLACE_OF_NUMBER else WORDS.findall(part))
    return pieces


def _same_places(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    if old == new:
        return [(i, i) for i in range(old.count(PLACE_OF_NUMBER))]
    pairs: list[tuple[int, int]] = []
    for start_old, start_new, size in SequenceMatcher(None, old, new, False).get_matching_blocks():
        first_old = old[:start_old].count(PLACE_OF_NUMBER)
        first_new = new[:start_new].count(PLACE_OF_NUMBER)
        common = old[start_old : start_old + size].count(PLACE_OF_NUMBER)
        # a number with no word beside it that stayed could be any number
        if any(piece.isalpha() for piece in old[start_old : start_old + size]):
            pairs.extend((first_old + i, first_new + i) for i in range(common))
    return pairs


def _value(number: str) -> float:
    return float(number.replace(",", "").replace("−", "-"))
