"""What an author wrote between the fences of a quiz: its answers, and the feedback for each."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from markdown_it import MarkdownIt

RIGHT_CASE = "right"
OTHER_CASE = "otherwise"
NO_ANSWERS = (
    "end the block with a list of '- [ ]' and '- [x]' items, or give a number with the option "
    "'answer'"
)

LARGEST_EXPONENT = 100
"""Numbers beyond ten to this power, or below its inverse, are nothing that anyone enters."""

_ITEM = re.compile(r"^(?P<indent>\s*[-*+]\s+)\[(?P<mark>[ xX])\](?:\s+(?P<text>.*))?$")
_NUMBERED = re.compile(r"^\s*\d+[.)]\s+\[[ xX]\](?:\s|$)")
_FEEDBACK = re.compile(r"^:\s+(?P<text>.*)$")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")


@dataclass(frozen=True)
class Choice:
    """An item of a quiz's list; lines are counted in the quiz's content from 0."""

    is_right: bool
    answer: list[str]
    answer_line: int
    feedback: list[str]
    feedback_line: int


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a quiz; `line` is counted as in `Choice`, None for the whole quiz."""

    message: str
    line: int | None = None


@dataclass(frozen=True)
class Answers:
    """The list that ends a quiz.

    Attributes
    ----------
    line : int
        Line of the content on which it begins; the number of lines if there is none.
    choices : tuple of Choice
    complaints : tuple of Complaint
    """

    line: int
    choices: tuple[Choice, ...] = ()
    complaints: tuple[Complaint, ...] = ()


def read_answers(lines: Sequence[str], parser: MarkdownIt) -> Answers:
    """Find the answers of a quiz.

    Parameters
    ----------
    lines : sequence of str
        The quiz's content, without its options.
    parser : MarkdownIt
        As `lessonbook.notebook.block_parser` makes it.

    Returns
    -------
    Answers
    """
    tokens = [t for t in parser.parse("\n".join(lines) + "\n") if t.level <= 1]
    tops = [(t.type, t.map[0]) for t in tokens if t.level == 0 and t.map]
    kind, start = tops[-1] if tops else ("", 0)
    items = [t.map for t in tokens if t.type == "list_item_open" and t.map and t.map[0] >= start]
    if kind != "bullet_list_open" or not any(_ITEM.match(lines[first]) for first, _ in items):
        return Answers(len(lines), complaints=_find_lost_answers(lines))
    choices, complaints = [], []
    for first, end in items:
        choice = _read_choice(lines[first:end], first)
        if choice is None:
            found = lines[first].strip()
            message = f"answer begins with {found!r}, allowed '- [ ]' or '- [x]'"
            complaints.append(Complaint(message, first))
        else:
            choices.append(choice)
    return Answers(start, tuple(choices), tuple(complaints))


def _find_lost_answers(lines: Sequence[str]) -> tuple[Complaint, ...]:
    """Say why a list that looks like answers is none."""
    for number, line in enumerate(lines):
        if _NUMBERED.match(line):
            message = f"answer begins with {line.strip()!r}, allowed '- [ ]' or '- [x]'"
            return (Complaint(message, number),)
        if _ITEM.match(line):
            message = "text stands below the list of answers, which ends a quiz; move it above"
            return (Complaint(message, number),)
    return ()


def _read_choice(lines: Sequence[str], line: int) -> Choice | None:
    match = _ITEM.match(lines[0])
    if match is None:
        return None
    indent = len(match["indent"])
    body = [match["text"] or ""]
    body += [row[indent:] if not row[:indent].strip() else row.lstrip() for row in lines[1:]]
    found = [(i, said) for i, row in enumerate(body) if i and (said := _FEEDBACK.match(row))]
    split, said = found[0] if found else (len(body), None)
    feedback = body[split:]
    if said is not None:
        feedback = [said["text"], *textwrap.dedent("\n".join(feedback[1:])).split("\n")]
    return Choice(match["mark"] != " ", body[:split], line, feedback, line + split)


def check_choices(choices: Sequence[Choice], is_several: bool) -> list[Complaint]:
    """Say what is wrong with the answers to choose from.

    Examples
    --------
    >>> check_choices([], is_several=False)[0].message[:40]
    'found 0 answers, allowed two or more; en'
    """
    if len(choices) < 2:
        return [Complaint(f"found {len(choices)} answers, allowed two or more; {NO_ANSWERS}")]
    complaints = []
    count = sum(choice.is_right for choice in choices)
    if not count or (count > 1 and not is_several):
        allowed = "one or more" if is_several else "one; mark it [x], or add the option 'several'"
        complaints.append(Complaint(f"found {count} right answers, allowed {allowed}"))
    texts: set[str] = set()
    for choice in choices:
        text = " ".join(" ".join(choice.answer).split())
        if text in texts:
            complaints.append(
                Complaint(f"found the answer {text!r} twice; remove one", choice.answer_line)
            )
        if text:
            texts.add(text)
    return complaints


def check_texts(choices: Sequence[Choice]) -> list[Complaint]:
    """Say which answers lack their text or their feedback."""
    complaints = []
    for choice in choices:
        if not "".join(choice.answer).strip():
            message = "an answer has no text; write it behind the brackets"
            complaints.append(Complaint(message, choice.answer_line))
        if not "".join(choice.feedback).strip():
            message = "an answer has no feedback; add an indented line that begins with ': '"
            complaints.append(Complaint(message, choice.answer_line))
    return complaints


def check_cases(cases: Sequence[tuple[Choice, str]]) -> list[Complaint]:
    """Say what is wrong with the feedback for numbers.

    Parameters
    ----------
    cases : sequence of (Choice, str)
        Each with the text of its answer; empty where it is computed and not known.

    Returns
    -------
    list of Complaint
    """
    complaints = []
    seen: set[str] = set()
    for choice, text in cases:
        message = ""
        if choice.is_right and text != RIGHT_CASE:
            message = (
                f"found [x] {text!r}, allowed [x] {RIGHT_CASE!r}; the right number is the option "
                "'answer'"
            )
        elif not choice.is_right and text and text != OTHER_CASE and to_number(text) is None:
            message = f"found {text!r}, allowed a number or {OTHER_CASE!r}"
        elif text and text in seen:
            message = f"found {text!r} twice; remove one"
        if message:
            complaints.append(Complaint(message, choice.answer_line))
        seen.add(text)
    return complaints


def to_number(text: str) -> Decimal | None:
    """Read a number as people write it; None if it is none.

    Examples
    --------
    >>> to_number("1,250.5"), to_number("five"), to_number("1e999999")
    (Decimal('1250.5'), None, None)
    """
    try:
        number = Decimal(_THOUSANDS.sub("", text.replace("\N{MINUS SIGN}", "-")))
    except InvalidOperation:
        return None
    # written out in full, as the page needs it, a larger one would fill the page
    is_usable = number.is_finite() and abs(number.adjusted()) <= LARGEST_EXPONENT
    return number if is_usable else None


def half_a_unit(number: Decimal) -> Decimal:
    """Return half a unit of the last decimal place that a number is written with.

    Examples
    --------
    >>> half_a_unit(Decimal("6.2"))
    Decimal('0.05')
    """
    return Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
