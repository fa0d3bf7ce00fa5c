"""Whatever stands in an episode, the linter answers, with lines that are there, and soon."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lessonbook.check.engine import check_course
from lessonbook.course import Course
from lessonbook.settings import Settings
from lessonbook.source.reader import PageReader
from lessonbook.source.text import UnreadableFileError, decode_text

GOOD = (Path(__file__).parent.parent / "bad_episodes" / "good.md").read_text("utf8")
LINES = GOOD.split("\n")
EXTENSIONS = ("amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath", "substitution")
SETTINGS = Settings(extensions=EXTENSIONS, data_folders=())
READER = PageReader(SETTINGS)
SNIPPETS = [
    "---", ":::", "::::", "```", "````", "~~~", ":::{", ":::{}", ":::{challenge}", "```{code-cell}",
    ":minutes: x", ":a", ": a", ":::{note}\n:::", "::::::{solution}", "```{math}\n:label: x", "$$",
    "$$ a $$ (x)", "(x)=", "% lessonbook: ignore LB047", "# x", "#### x", "- ", "- [ ]", "> ",
    "1. ", "| a |", "| - |", "<div", "<!--", "-->", "<img src=", "[a](b", "![", "[a]: b", "[^1]",
    "{eval}`", "{eval}`1 +`", "{cited}`x`", "{ref}`<>`", "{term}``", "{{ a }}", "{a=b}", "\\", "\t",
    "    x", "\x0b", "\x00", "\u2028", "\ufeff", "é" * 3, "\\begin{align}", "+++", "+++ {", "***",
    "http://x", "[x][y]", "0.5", "%", "title: [", "&a [*a]", "!!python/object:os.system x", "=",
]  # fmt: skip


def lint_text(text):
    page = READER.parse("episodes/z.md", text)
    root = Path("/nowhere")
    course = Course(root, SETTINGS, ("episodes/z",), (page,))
    return check_course(course)


def assert_sound(text, seconds=10.0):
    start = time.perf_counter()
    findings = lint_text(text)
    assert time.perf_counter() - start < seconds
    last = text.count("\n") + 1
    for finding in findings:
        assert finding.line is not None and 1 <= finding.line <= last, finding
        assert finding.message.strip() and "\n" not in str(finding), finding


edits = st.lists(
    st.tuples(
        st.sampled_from(
            ["insert", "delete", "replace", "repeat", "swap", "cut", "indent", "quote"]
        ),
        st.integers(0, len(LINES) - 1),
        st.sampled_from(SNIPPETS),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=8,
)


def mutate(lines, edit):
    kind, at, snippet, number = edit
    at = min(at, len(lines) - 1)
    line = lines[at]
    new = {
        "insert": [snippet, line],
        "delete": [],
        "replace": [snippet],
        "repeat": [line] * (1 + number % 4),
        "swap": [lines[-1 - at % len(lines)]],
        "cut": [line[: number % (len(line) + 1)]],
        "indent": [" " * (number % 9) + line],
        "quote": ["> " * (number % 30) + line],
    }[kind]
    return [*lines[:at], *new, *lines[at + 1 :]] or [""]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(edits)
def test_mutated_episode_gives_findings_and_no_exception(changes):
    lines = LINES
    for change in changes:
        lines = mutate(lines, change)
    assert_sound("\n".join(lines))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from([*SNIPPETS, "text", ""]), max_size=30))
def test_pieces_of_syntax_in_any_order_give_no_exception(pieces):
    assert_sound("\n".join(pieces))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(max_size=300))
def test_any_text_gives_no_exception(text):
    assert_sound(text.replace("\r\n", "\n").replace("\r", "\n"))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_bytes_are_text_or_refused_with_a_line(content):
    try:
        text = decode_text(content)
    except UnreadableFileError as error:
        line = error.line
    else:
        assert_sound(text)
        line = 1
    assert 1 <= line <= len(content) + 1


@settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.integers(0, len(GOOD)), st.integers(0, 200))
def test_episode_with_a_hole_gives_no_exception(start, length):
    assert_sound(GOOD[:start] + GOOD[start + length :])


LONG = {
    "paragraphs": "Some *text* with `code`, $x$ and {eval}`x`.\n\n" * 2500,
    "items": "- an item with [a link](other.md)\n" * 5000,
    "headings": "".join(f"## Section {i}\n\n" for i in range(2500)),
    "open colon fences": ":::{callout}\n" * 5000,
    "open backtick fences": "```{code-cell}\n" * 5000,
    "closing fences": ":::\n" * 5000,
    "pairs of fences": ":::{callout}\nText.\n:::\n" * 1700,
    "fences of growing length": "".join(":" * (3 + i % 90) + "{note}\n" for i in range(5000)),
    "fences of all kinds": "```{note}\n:::{note}\n~~~{note}\n" * 1700,
    "code": "```{code-cell} python\nx = 1\nx\n```\n\n" * 1200,
    "brackets": "[" * 5000,
    "emphasis": "*a **b " * 5000,
    "quotation marks": ">" * 5000 + " text",
    "comments": "% lessonbook: ignore LB047: it is so\n" * 5000,
    "raw HTML": "<div>\n" * 2500 + "<!-- " * 2500,
    "a table": "| a | b |\n| --- | --- |\n" + "| 1 | 2 |\n" * 5000,
    "one line": "word 0.5 " * 20000,
    "labels": "".join(f"(label-{i})=\n" for i in range(5000)),
    "options": "```{note}\n" + ":class: x\n" * 5000 + "```\n",
}


@pytest.mark.parametrize("name", LONG)
def test_long_page_is_checked_in_time(name):
    front = "".join(f"{line}\n" for line in LINES[:8])
    assert_sound(f"{front}\n{LONG[name]}", seconds=12.0)
