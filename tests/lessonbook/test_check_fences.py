"""The fence to blame is the one that opened there, whatever it swallowed."""

from __future__ import annotations

import pytest

from .lint_course import lint, lint_page, write_course

TITLE = "# A page\n\n"
CASES = {
    "never closed": (":::{callout}«\nText.\n", "LB023"),
    "two never closed": (":::{callout}«\nText.\n\n::::{note}«\nText.\n", "LB023 LB023"),
    "first of two never closed": (":::{callout}«\nText.\n\n:::{note}\nText.\n:::\n", "LB023"),
    "unclosed code before code": ("```python«\nx\n\nText.\n\n```python\ny\n```\n", "LB023"),
    "unclosed code before a block with code": (
        "```python«\nx\n\n:::{note}\n```python\ny\n```\n:::\n\nText.\n",
        "LB023",
    ),
    "closed by a shorter fence": ("::::{callout}«\nText.\n:::\n\nMore text.\n", "LB023"),
    "code closed by a shorter fence": ("````python«\nx\n```\n\nText.\n", "LB023"),
    "as long as the block inside": (
        ":::{callout}«\n\n:::{note}\nText.\n:::\n:::\n\nMore text.\n",
        "LB024",
    ),
    "shorter than the block inside": (":::{callout}«\n\n::::{note}\nText.\n::::\n:::\n", "LB024"),
    "as long as a block two levels down": (
        ":::{tab-set}«\n````{tab-item} A\n\n:::{note}\nText.\n:::\n````\n:::\n",
        "LB024",
    ),
    "backticks in backticks": ("```{note}«\n```python\nx\n```\n```\n", "LB024"),
    "three levels of one length": (
        ":::{callout}«\n\n:::{note}«\n\n:::{tip}\nText.\n:::\n:::\n:::\n",
        "LB024 LB024",
    ),
    "closes nothing": ("Text.\n\n:::«\n\nMore text.\n", "LB024"),
    "closes nothing, twice": ("Text.\n\n:::«\n\nMore.\n\n:::«\n", "LB024 LB024"),
    "in a list, closed outside it": ("- item\n\n  ```python«\n  x\n```\n", "LB023"),
    "in a quotation": ("> ```python«\n> x\n\nText.\n", "LB023"),
    "tildes": ("~~~python«\nx\n", "LB023"),
}


@pytest.mark.parametrize("name", CASES)
def test_fault_is_reported_at_the_opening_line(tmp_path, name):
    text, rules = CASES[name]
    lines = (TITLE + text).split("\n")
    marked = [number for number, line in enumerate(lines, 1) if "«" in line]
    found = lint_page(tmp_path, TITLE + text.replace("«", ""))
    assert found == list(zip(rules.split(), marked, strict=True))


SOUND = {
    "different lengths": "::::{callout}\n:::{note}\nText.\n:::\n::::\n",
    "colons around backticks": ":::{callout}\n```python\nx\n```\n:::\n",
    "backticks around colons": "````{callout}\n\n:::{note}\nText.\n:::\n````\n",
    "longer closing fence": ":::{callout}\nText.\n:::::\n",
    "code that shows a block": "````md\n:::{callout}\n```{code-cell}\nx\n```\n:::\n````\n",
    "code that shows an unclosed block": "```md\n:::{callout}\n```\n",
    "code block of a directive": "````{code-block} md\n```{code-cell}\nx\n```\n````\n",
    "two after each other": ":::{callout}\nA.\n:::\n:::{note}\nB.\n:::\n",
    "in a list": "- item\n\n  :::{note}\n  Text.\n  :::\n- item\n",
    "in a quotation": "> :::{note}\n> Text.\n> :::\n",
    "indented code": "Text.\n\n    :::{callout}\n    ```\n",
    "code span with fences": "Write `:::` or ```` ```{note} ````.\n",
    "plain code blocks": "```\nx\n```\n\n```\ny\n```\n",
    "backticks inside longer backticks": "````{callout}\n```\nx\n```\n````\n",
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_nesting_is_not_reported(tmp_path, name):
    assert lint_page(tmp_path, TITLE + SOUND[name]) == []


def test_message_says_what_swallowed_the_rest_and_how_to_close_it(tmp_path):
    write_course(tmp_path, {"page.md": f"{TITLE}::::{{callout}} Title\nText.\n:::\n\nMore.\n"})
    assert [str(finding) for finding in lint(tmp_path)] == [
        "page.md:3: {callout} is opened here with :::: and never closed (the fence of line 5 is "
        "shorter, so it does not close it), so it swallows what follows; write :::: on a line of "
        "its own where it ends. [LB023]"
    ]


def test_message_names_the_inner_block(tmp_path):
    text = f"{TITLE}:::{{callout}}\n\n:::{{note}}\nText.\n:::\n:::\n"
    write_course(tmp_path, {"page.md": text})
    assert [str(finding) for finding in lint(tmp_path)] == [
        "page.md:3: {callout} is opened here with :::, but the fence inside it, in line 5, is :::, "
        "so the end of {note} closes both; give {callout} more colons, at least ::::. [LB024]"
    ]


def test_blocks_above_a_faulty_fence_are_still_judged(tmp_path):
    text = (
        f"{TITLE}:::{{hint}}\nText.\n:::\n\n:::{{callout}}\nText.\n\n:::{{solution}}\nText.\n:::\n"
    )
    assert lint_page(tmp_path, text) == [("LB021", 3), ("LB023", 7)]
