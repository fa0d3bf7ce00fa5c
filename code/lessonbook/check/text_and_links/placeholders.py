"""Rules about text that was to be replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lessonbook.check.rule import Example, PageRule, register
from lessonbook.course import Course, Page
from lessonbook.findings import Finding
from lessonbook.markup import NOT_TEXT, Prose

# written so that a search for left-over marks in this repository does not find this line
_MARK = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X]|TB[DC])\b")
_FILLER = re.compile(r"\blorem ipsum\b", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:key ?)?(?:point|question|objective|item)\s+(?:\d+|one|two|three|[a-c])\s*[.:?]?",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"(?:…|\.\.\.|\?{3,}|(?:insert|add|put|write|your)\b.{0,40}\bhere\s*[.!…]*)", re.IGNORECASE
)
_ENDS = ("", "heading_open", "hr")


@register
class Placeholder(PageRule):
    """Placeholder left in the text."""

    id = "LB040"
    why = (
        "A page with gaps that its author meant to fill looks abandoned, and teaches nothing there."
    )
    bad = Example("# A page\n\nThe steps are:\n\n- Lorem ipsum\n", 5)
    good = Example("# A page\n\nThe steps are:\n\n- Write the model.\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look through text, code, front matter and lists."""
        for prose in page.prose:
            yield from self._check_prose(page, prose)
        for line in page.empty_items:
            message = "found a list item without content; write it or remove it."
            yield self.finding(page.path, line, message)
        for image in page.images:
            yield from self._search(page, image.alt or "", image.line)
        for cell in page.cells:
            for number, text in enumerate(cell.source.split("\n"), cell.code_line):
                yield from self._search(page, text, number)
        for name, value in page.front_matter.values.items():
            if isinstance(value, str):
                yield from self._search(page, value, page.front_matter.line_of(name))

    def _check_prose(self, page: Page, prose: Prose) -> Iterator[Finding]:
        found = list(self._search(page, prose.text, prose.line))
        yield from found
        text = prose.text.strip()
        whole = _NUMBERED if prose.kind == "item" else _WHOLE
        if (
            not found
            and prose.kind in ("item", "paragraph")
            and (whole.fullmatch(text) or _WHOLE.fullmatch(text))
        ):
            message = f"found the placeholder {text!r}; write what is to stand here."
            yield self.finding(page.path, prose.line, message)
        if prose.kind == "paragraph" and text.endswith(":") and prose.followed_by in _ENDS:
            message = (
                f"{_tail(text)!r} announces something that does not follow; write it, "
                "or end the sentence with a full stop."
            )
            yield self.finding(page.path, prose.end_line, message)

    def _search(self, page: Page, text: str, line: int) -> Iterator[Finding]:
        for pattern in (_MARK, _FILLER):
            for match in pattern.finditer(text):
                message = f"found the placeholder {match[0]!r}; write what is to stand here."
                yield self.finding(page.path, line + text.count("\n", 0, match.start()), message)


def _tail(text: str) -> str:
    return text.replace(NOT_TEXT, "…").split("\n")[-1][-40:]
