"""What is wrong with quizzes, tabs, options and short texts is found without a build."""

from __future__ import annotations

import pytest

from .lint_course import lint, lint_page, write_course

FRONT = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\ntitle: T\n---\n\n"
GOOD = "- [x] a\n  : f\n- [ ] b\n  : g\n"
QUIZZES = {
    "one answer": ("{quiz} Q?\n- [x] a\n  : f\n", 3),
    "no right answer": ("{quiz} Q?\n- [ ] a\n  : f\n- [ ] b\n  : f\n", 3),
    "two right answers": ("{quiz} Q?\n- [x] a\n  : f\n- [x] b\n  : f\n", 3),
    "several, none right": ("{quiz} Q?\n:several:\n- [ ] a\n  : f\n- [ ] b\n  : f\n", 3),
    "no feedback": ("{quiz} Q?\n- [x] a\n- [ ] b\n  : f\n", 4),
    "no question": ("{quiz}\n" + GOOD, 3),
    "another box": ("{quiz} Q?\n" + GOOD + "- [y] c\n  : f\n", 8),
    "numbered answers": ("{quiz} Q?\n1. [x] a\n   : f\n2. [ ] b\n   : f\n", 4),
    "text below the answers": ("{quiz} Q?\n" + GOOD + "\nMore.\n", 4),
    "an answer without text": ("{quiz} Q?\n- [x]\n  : f\n- [ ] b\n  : f\n", 4),
    "an answer twice": ("{quiz} Q?\n- [x] a\n  : f\n- [ ] a\n  : f\n", 6),
    "answer in words": ("{quiz} Q?\n:answer: five\n", 4),
    "answer without end": ("{quiz} Q?\n:answer: 1e999999\n", 4),
    "tolerance in words": ("{quiz} Q?\n:answer: 5\n:tolerance: 5%\n", 5),
    "tolerance below zero": ("{quiz} Q?\n:answer: 5\n:tolerance: -1\n", 5),
    "tolerance without a number": ("{quiz} Q?\n:tolerance: 1\n" + GOOD, 4),
    "unit without a number": ("{quiz} Q?\n:unit: m\n" + GOOD, 4),
    "several numbers": ("{quiz} Q?\n:several:\n:answer: 5\n", 4),
    "right number in the list": ("{quiz} Q?\n:answer: 5\n- [x] 5\n  : f\n", 5),
    "a case in words": ("{quiz} Q?\n:answer: 5\n- [ ] many\n  : f\n", 5),
    "a case twice": ("{quiz} Q?\n:answer: 5\n- [ ] 4\n  : f\n- [ ] 4\n  : f\n", 7),
}


@pytest.mark.parametrize("name", QUIZZES)
def test_faulty_quiz_is_found_where_it_is_wrong(tmp_path, name):
    text, line = QUIZZES[name]
    assert lint_page(tmp_path, f"# T\n\n:::{text}:::\n") == [("LB034", line)]


@pytest.mark.parametrize("name", QUIZZES)
def test_faulty_quiz_is_reported_by_the_build_in_the_same_words(build, tmp_path, name):
    page = f"# T\n\n:::{QUIZZES[name][0]}:::\n"
    (finding,) = lint(write_course(tmp_path / "course", {"page.md": page}))
    message = finding.message.removesuffix(".").removesuffix("; correct it")
    assert any(message in warning for warning in build(page, builder="dummy").warnings)


SOUND = [
    "{quiz}\nWhich?\n\n- [x] a\n  : f\n- [ ] b\n  : g\n",
    "{quiz} Q?\n:several:\n- [x] a\n  : f\n- [x] b\n  : g\n",
    "{quiz} Q?\n:answer: 5\n",
    "{quiz} Q?\n:answer: {eval}`x:.1f`\n:tolerance: {eval}`0.1 * x`\n:unit: m\n- [x] **right**\n"
    "  : f\n- [ ] {eval}`2 * x`\n  : g\n- [ ] 1,250\n  : h\n- [ ] otherwise\n  : i\n",
]


@pytest.mark.parametrize("text", SOUND)
def test_sound_quiz_is_left_alone(tmp_path, text):
    code = "```{code-cell} python\n:tags: [setup]\nx = 1\n```\n\n"
    assert lint_page(tmp_path, f"{FRONT}{code}:::{text}:::\n") == []


TABS = {
    "outside a set": (":::{tab-item} A\nx\n:::\n", 3, "LB036"),
    "in another block in a set": (
        ":::::{tab-set}\n::::{note}\n:::{tab-item} A\nx\n:::\n::::\n:::::\n",
        None,
        "LB036",
    ),
    "text in a set": ("::::{tab-set}\ntext\n\n:::{tab-item} A\nx\n:::\n::::\n", 4, "LB036"),
    "empty set": (":::{tab-set}\n:::\n", 3, "LB036"),
    "without a title": ("::::{tab-set}\n:::{tab-item}\nx\n:::\n::::\n", 4, "LB036"),
    "unknown option": ("::::{tab-set}\n:::{tab-item} A\n:snyc: a\nx\n:::\n::::\n", 5, "LB032"),
    "no option": ("::::{tab-set}\n::{tab-item} A\nx\n:::\n::::\n", 4, "LB007"),
}


@pytest.mark.parametrize("name", TABS)
def test_misplaced_tab_is_found(tmp_path, name):
    text, line, rule = TABS[name]
    found = lint_page(tmp_path, f"# T\n\n{text}")
    assert (rule, line) in found if line else {r for r, _ in found} == {rule}


def test_nested_and_synced_tabs_are_left_alone(tmp_path):
    inner = "::::{tab-set}\n:class: wide\n\n:::{tab-item} A\n:sync: a\nx\n:::\n::::\n"
    text = f"::::::{{tab-set}}\n% a comment\n:::::{{tab-item}} O\n{inner}:::::\n::::::\n"
    assert lint_page(tmp_path, f"# T\n\n{text}") == []


TYPED_HTML = {
    "---\ntitle: A <b>title</b>\n---\n\nText.\n": 2,
    "# T\n\n## A <b>heading</b>\n": 3,
    "# T\n\n:::{callout} A <b>title</b>\nText.\n:::\n": 3,
    "# T\n\n:::{quiz} A <b>question</b>?\n- [x] a\n  : f\n- [ ] b\n  : g\n:::\n": 3,
    "# T\n\n:::{quiz} Q?\n- [x] a\n  : f\n- [ ] an <b>answer</b>\n  : g\n:::\n": 6,
    "# T\n\n:::{quiz} Q?\n- [x] a\n  : f\n- [ ] b\n  : a <b>reason</b>\n:::\n": 7,
    "# T\n\n:::{quiz} Q?\n\n<div>x</div>\n\n- [x] a\n  : f\n- [ ] b\n  : g\n:::\n": 5,
    "# T\n\n:::{figure} a.png\n:alt: a plot\n\nA <b>caption</b>\n:::\n": 6,
}


@pytest.mark.parametrize("text", TYPED_HTML)
def test_html_where_it_is_text_is_found(tmp_path, text):
    (tmp_path / "a.png").write_bytes(b"")
    assert lint_page(tmp_path, text) == [("LB035", TYPED_HTML[text])]


def test_html_elsewhere_and_comments_are_left_alone(tmp_path):
    text = "# T <!-- a comment -->\n\nPress <kbd>x</kbd>; `<b>` is a tag, 1 < 2.\n\n<div>x</div>\n"
    assert lint_page(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        ("# T\n\n:::{callout}\n:name: a\n:name: b\nText.\n:::\n", 5, "LB007"),
        ("---\ntitle: T\ntitle: U\n---\n\nText.\n", 3, "LB002"),
        (f"{FRONT}```{{code-cell}} python\n:tags: [hide-input, hide-input]\n1\n```\n", 9, "LB007"),
        (f"{FRONT}```{{code-cell}} python\n:tags: hide-input\n1\n```\n", 9, "LB007"),
        (f"{FRONT}- T\n\n  ```{{code-cell}} python\n  :name: [x]\n  1\n  ```\n", 11, "LB007"),
        (f"{FRONT}It is {{eval}}`a b`.\n", 8, "LB066"),
        (f"{FRONT}:::{{quiz}} Q?\n:answer: {{eval}}`1 +`\n:::\n", 9, "LB066"),
    ],
)
def test_what_would_stop_or_change_a_build_is_found(tmp_path, text, line, rule):
    assert lint_page(tmp_path, text) == [(rule, line)]
