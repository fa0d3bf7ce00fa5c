"""Comments by which an author asks the linter to be silent, for a stated reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lessonbook.markup import Suppression
from lessonbook.source.yaml_text import YamlMapping

_WISH = re.compile(r"lessonbook:\s*ignore\b[ \t]*(?P<rest>.*)", re.IGNORECASE)
_RULES = re.compile(r"(?P<rules>[^:]*?)(?:\s*:\s*(?P<reason>.*))?$", re.DOTALL)
_CODE_COMMENT = re.compile(r"(?:^|\s)(?:#|//|--)\s*(?P<comment>lessonbook:\s*ignore\b.*)$")


def read_wish(comment: str, line: int, first: int, last: int) -> Suppression | None:
    """Read one comment.

    Parameters
    ----------
    comment : str
        Without the signs that make it a comment.
    line : int
        Where it stands.
    first, last : int
        Lines that it covers.

    Returns
    -------
    Suppression or None
        None for any other comment.

    Examples
    --------
    >>> read_wish("lessonbook: ignore LB047: the price of the book", 3, 3, 4).rules
    ('LB047',)
    """
    match = _WISH.search(comment)
    if match is None:
        return None
    parts = _RULES.match(match["rest"].strip())
    rules = tuple(parts["rules"].replace(",", " ").split()) if parts else ()
    reason = (parts["reason"] or "").strip() if parts else ""
    return Suppression(line, rules, reason, first, last)


def find_in_code(lines: Iterable[str], first_line: int) -> Iterator[Suppression]:
    """Find such comments in code or YAML.

    A comment at the end of a line covers that line, one on a line of its own the next as well.
    """
    for number, text in enumerate(lines, first_line):
        match = _CODE_COMMENT.search(text)
        if match is None:
            continue
        is_alone = not text[: match.start()].strip()
        found = read_wish(match["comment"], number, number, number + is_alone)
        if found:
            yield found


def read_mapping_wishes(wishes: Any, mapping: YamlMapping, *way: str) -> Iterator[Suppression]:
    """Read the setting ``lesson_ignore``: rules with their reasons, for a whole file."""
    if not isinstance(wishes, Mapping):
        return
    for rule, reason in wishes.items():
        text = reason.strip() if isinstance(reason, str) else ""
        yield Suppression(mapping.line_of(*way, str(rule)), (str(rule),), text, 0, 0)
