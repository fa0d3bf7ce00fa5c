"""The difference of two sites, for a terminal, a pull request's summary or a program."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lessonbook.difference.compare import PageDifference
from lessonbook.difference.numbers import NumberChange

NOTHING = "The pages read the same and show the same figures."
MAX_SUMMARY = 900_000
"""Bytes; GitHub refuses the summary of a step above 1 MiB."""
CONTEXT = 60
"""Characters of the line shown with a number."""


def _as_text(differences: Sequence[PageDifference], limit: int) -> str:
    if not differences:
        return NOTHING
    parts = [f"{_count(len(differences), 'difference')} between the sites."]
    for difference in differences:
        parts.append(f"\n{', '.join(difference.pages)}: {difference.kind}")
        parts += [f"  {_number_in_words(c)}    {_around(c)}" for c in difference.numbers]
        parts += [f"  figure: {name}" for name in difference.figures]
        parts += [f"  {line}" for line in _first(difference.lines, limit)]
    return "\n".join(parts)


def _as_json(differences: Sequence[PageDifference], limit: int) -> str:
    return json.dumps([_content(d) for d in differences], indent=2, ensure_ascii=False)


def _content(difference: PageDifference) -> dict[str, Any]:
    return {
        "pages": difference.pages,
        "kind": difference.kind,
        "numbers": [
            {"old": c.old, "new": c.new, "relative_change": c.relative_change, "line": c.line}
            for c in difference.numbers
        ],
        "figures": difference.figures,
        "lines": difference.lines,
    }


def _as_markdown(differences: Sequence[PageDifference], limit: int) -> str:
    if not differences:
        return f"{NOTHING}\n"
    n_numbers = sum(len(d.numbers) for d in differences)
    n_figures = sum(len(d.figures) for d in differences)
    parts = [
        f"{_count(sum(len(d.pages) for d in differences), 'page')}, "
        f"{_count(n_numbers, 'number')} and {_count(n_figures, 'figure')} changed.\n",
        "| page | | lines added | removed | numbers | figures |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
        *map(_overview, differences),
    ]
    size = len("\n".join(parts).encode())
    for n_shown, difference in enumerate(differences):
        details = _details(difference, limit)
        size += len(details.encode()) + 1
        if size > MAX_SUMMARY:
            left = len(differences) - n_shown
            parts.append(f"\nThe details of {left} more did not fit in here.")
            break
        parts.append(details)
    return "\n".join(parts) + "\n"


def _overview(difference: PageDifference) -> str:
    cells = (
        "<br>".join(_cell(page) for page in difference.pages),
        difference.kind,
        str(difference.n_added),
        str(difference.n_removed),
        str(len(difference.numbers)),
        str(len(difference.figures)),
    )
    return f"| {' | '.join(cells)} |"


def _details(difference: PageDifference, limit: int) -> str:
    parts = [f"\n<details><summary>{_cell(difference.pages[0])}</summary>\n"]
    if difference.numbers:
        parts += ["| was | is | change | where |", "| ---: | ---: | ---: | --- |"]
        rows = [
            f"| {c.old} | {c.new} | {_relative(c)} | {_cell(_around(c))} |"
            for c in difference.numbers
        ]
        shown = _first(rows, limit)
        parts += [*shown[:-1], f"\n{shown[-1]}\n"] if len(shown) != len(rows) else [*rows, ""]
    parts += [f"- figure: {_cell(name)}" for name in difference.figures]
    if difference.lines:
        lines = _first(difference.lines, limit)
        fence = _fence(lines)
        parts += ["", f"{fence}diff", *lines, fence]
    return "\n".join([*parts, "\n</details>"])


def _fence(lines: Sequence[str]) -> str:
    """A fence that no line of the text can end."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    return "`" * max(3, longest + 1)


def _cell(text: str) -> str:
    """Text that stays text: neither markup, a link nor a mention, and no end of the cell."""
    return re.sub(r"[|\\`*_~\[\]@#$:]", lambda sign: f"&#{ord(sign[0])};", html.escape(text))


def _first(lines: Sequence[str], limit: int) -> list[str]:
    if not limit or len(lines) <= limit:
        return [*lines]
    return [*lines[:limit], f"... and {_count(len(lines) - limit, 'line')} more"]


def _around(change: NumberChange) -> str:
    if len(change.line) <= CONTEXT:
        return change.line
    at = change.line.find(change.new)
    start = max(0, min(at - CONTEXT // 2, len(change.line) - CONTEXT))
    end = start + CONTEXT
    before, after = "…" * (start > 0), "…" * (end < len(change.line))
    return f"{before}{change.line[start:end].strip()}{after}"


def _number_in_words(change: NumberChange) -> str:
    relative = _relative(change)
    return f"{change.old} -> {change.new}" + (f" ({relative})" if relative else "")


def _relative(change: NumberChange) -> str:
    relative = change.relative_change
    return "" if relative is None else f"{relative:+.2%}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


FORMATS: Mapping[str, Callable[[Sequence[PageDifference], int], str]] = {
    "text": _as_text,
    "markdown": _as_markdown,
    "json": _as_json,
}
"""Ways to write a difference; the number is that of the lines shown for a page, 0 for all."""
