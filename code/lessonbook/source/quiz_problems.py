"""What is wrong with a quiz, as far as can be told without running code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt

from lessonbook.markup import Block, Problem
from lessonbook.source.quiz_text import (
    Choice,
    Complaint,
    check_cases,
    check_choices,
    check_texts,
    read_answers,
    to_number,
)

_COMPUTED = re.compile(r"\{eval\}\s*`[^`]*`")
_EMPHASIS = "*_` "


def find_quiz_problems(block: Block, parser: MarkdownIt) -> Iterator[Problem]:
    """Find the mistakes in a quiz.

    Parameters
    ----------
    block : Block
        The quiz.
    parser : MarkdownIt
        As `lessonbook.notebook.block_parser` makes it.

    Yields
    ------
    Problem
    """
    lines = block.body.split("\n") if block.body else []
    answers = read_answers(lines, parser)
    complaints = [*answers.complaints, *check_texts(answers.choices)]
    if not block.argument and not _begins_with_text(lines[: answers.line], parser):
        complaints.append(Complaint("it has no question; write one behind {quiz}"))
    if block.option("answer"):
        complaints += _check_cases(answers.choices)
    elif answers.choices or not answers.complaints:
        complaints += check_choices(answers.choices, block.option("several") is not None)
    for complaint in complaints:
        line = block.line if complaint.line is None else block.body_line + complaint.line
        yield Problem("quiz", line, f"quiz: {complaint.message}.")
    yield from _find_option_problems(block)


def _begins_with_text(lines: Sequence[str], parser: MarkdownIt) -> bool:
    tokens = parser.parse("\n".join(lines) + "\n")
    return bool(tokens) and tokens[0].type == "paragraph_open"


def _check_cases(choices: Sequence[Choice]) -> list[Complaint]:
    # what is computed may be any number
    texts = [" ".join(choice.answer) for choice in choices]
    known = ["" if _COMPUTED.search(text) else text.strip(_EMPHASIS) for text in texts]
    return check_cases(list(zip(choices, known, strict=True)))


def _find_option_problems(block: Block) -> Iterator[Problem]:
    answer, several = block.option("answer"), block.option("several")
    for name in ("tolerance", "unit"):
        option = block.option(name)
        if option and not answer:
            message = f"quiz: option {name!r} needs the option 'answer'; add it."
            yield Problem("quiz", option.line, message)
    if answer and several:
        message = "quiz: option 'several' is for choices, not for a number; remove it."
        yield Problem("quiz", several.line, message)
    for option in filter(None, (answer, block.option("tolerance"))):
        number = to_number(option.value)
        if not _COMPUTED.fullmatch(option.value) and number is None:
            message = (
                f"quiz: option {option.name!r}: found {option.value!r}, allowed a number or one "
                "{eval}; correct it."
            )
            yield Problem("quiz", option.line, message)
        elif option is not answer and number is not None and number < 0:
            message = f"quiz: option 'tolerance': found {option.value!r}, allowed a number from 0."
            yield Problem("quiz", option.line, message)
