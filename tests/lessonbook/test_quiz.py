"""Quizzes in the page's HTML; what the script does with them is in test_browser.py."""

from __future__ import annotations

import pytest

from .conftest import squeeze

SINGLE = """\
# T

:::{quiz} As $x \\to 0$, which?
:name: limit

- [x] complete
  : Forced together.
- [ ] none, $x \\to \\infty$
  : The other limit.

  - a list
:::
"""


def test_choices_are_labelled_native_controls_in_a_fieldset(build):
    site = build(SINGLE)
    assert site.warnings == []
    form = site.page().select_one("#limit fieldset")
    assert squeeze(form.legend).startswith("As x → 0")
    inputs = form.select("li > input")
    assert [(i["type"], i["name"], i["id"]) for i in inputs] == [
        ("radio", "limit", "limit-1"),
        ("radio", "limit", "limit-2"),
    ]
    assert [squeeze(form.select_one(f"label[for={i['id']}]")).split()[0] for i in inputs] == [
        "complete",
        "none,",
    ]
    assert form.select_one("[role=status][aria-live=polite]").get_text() == ""


def test_an_answer_that_is_only_a_formula_has_a_name(build):
    page = "# T\n\n:::{quiz} Which?\n- [x] $x < 1$\n  : f\n- [ ] $y$, or so\n  : f\n:::\n"
    inputs = build(page).page().select("fieldset input")
    assert [i.get("aria-label") for i in inputs] == ["x < 1", None]


def test_without_script_every_answer_tells_whether_it_is_right_and_why(build):
    why = build(SINGLE).page().select("li > details.lesson-quiz-feedback")
    assert [squeeze(d.select_one(".lesson-quiz-why")) for d in why] == [
        "Right Forced together.",
        "Not right The other limit. a list",
    ]


def test_several_right_answers_are_boxes(build):
    site = build(
        "# T\n\n:::{quiz} Which?\n:several:\n- [x] a\n  : f\n- [x] b\n  : f\n- [ ] c\n  : f\n:::\n"
    )
    assert site.warnings == []
    assert [i["type"] for i in site.page().select("fieldset input")] == ["checkbox"] * 3
    assert [i["data-right"] for i in site.page().select("fieldset li")] == ["true", "true", "false"]


def test_question_may_be_the_first_paragraph_of_the_body(build):
    form = (
        build("# T\n\n:::{quiz}\nWhich?\n\nMore.\n\n- [x] a\n  : f\n- [ ] b\n  : f\n:::\n")
        .page()
        .fieldset
    )
    assert squeeze(form.legend) == "Which?"
    assert "More." in squeeze(form)


def test_list_in_the_question_is_not_taken_for_the_answers(build):
    site = build(
        "# T\n\n:::{quiz} Which?\n- first\n- second\n\nChoose:\n\n- [x] a\n  : f\n- [ ] b\n  : f\n:::\n"
    )
    assert site.warnings == []
    assert len(site.page().select("fieldset input")) == 2
    assert "second" in squeeze(site.page().fieldset)


def test_answer_of_several_blocks_labels_its_control_by_reference(build):
    site = build(
        "# T\n\n:::{quiz} Which?\n- [x] a\n\n  ```python\n  1\n  ```\n  : f\n- [ ] b\n  : f\n:::\n"
    )
    assert site.warnings == []
    control = site.page().select_one("fieldset input")
    assert "a 1" in squeeze(site.page().find(id=control["aria-labelledby"]))


def test_number_with_tolerance_unit_and_feedback_for_numbers(build):
    site = build(
        """\
        # T

        :::{quiz} How large?
        :answer: −1,234.50
        :tolerance: 0.5
        :unit: points & more
        - [x] right
          : Good.
        - [ ] 2.5
          : Too large.
        - [ ] otherwise
          : Look again.
        :::
        """
    )
    assert site.warnings == []
    form = site.page().fieldset
    assert (form["data-quiz"], form["data-answer"], form["data-tolerance"]) == (
        "number",
        "-1234.50",
        "0.5",
    )
    field = form.select_one("input[inputmode=decimal]")
    assert squeeze(form.select_one(f"label[for={field['id']}]")) == "Your answer"
    assert squeeze(site.page().find(id=field["aria-describedby"])) == "points & more"
    assert squeeze(form.select_one("details")) == (
        "Show the answer The answer is −1,234.50 points & more, give or take 0.5. "
        "Right Good. Not 2.5 Too large. Any other number Look again."
    )
    cases = [
        (li["data-case"], li.get("data-value"), li.get("data-tolerance"))
        for li in form.select("li")
    ]
    assert cases == [("right", None, None), ("number", "2.5", "0.05"), ("otherwise", None, None)]


@pytest.mark.parametrize(("answer", "tolerance"), [("3", "0.5"), ("0.25", "0.005"), ("1e3", "500")])
def test_tolerance_is_half_a_unit_of_the_last_place(build, answer, tolerance):
    form = build(f"# T\n\n:::{{quiz}} How many?\n:answer: {answer}\n:::\n").page().fieldset
    assert form["data-tolerance"] == tolerance


def test_author_text_is_escaped(build):
    site = build(
        "# T\n\n:::{quiz} <b>&\"' Which?\n:answer: 3\n:unit: \"<script>alert('x')</script>\"\n:::\n",
        myst_disable_syntax=["html_inline", "html_block"],
    )
    assert site.warnings == []
    assert not [s for s in site.page().select("script") if "alert" in s.get_text()]
    assert "&lt;script&gt;" in site.text("index.html")


BAD = {
    "no_answers": (
        ":::{quiz} Q?\ntext\n:::",
        3,
        "found 0 answers, allowed two or more; end the block with a list of '- [ ]' and '- [x]' "
        "items, or give a number with the option 'answer'",
    ),
    "no_right_answer": (
        ":::{quiz} Q?\n- [ ] a\n  : f\n- [ ] b\n  : f\n:::",
        3,
        "found 0 right answers, allowed one; mark it [x], or add the option 'several'",
    ),
    "two_right_answers": (
        ":::{quiz} Q?\n- [x] a\n  : f\n- [X] b\n  : f\n:::",
        3,
        "found 2 right answers, allowed one; mark it [x], or add the option 'several'",
    ),
    "no_feedback": (
        ":::{quiz} Q?\n- [x] a\n- [ ] b\n  : f\n:::",
        4,
        "an answer has no feedback; add an indented line that begins with ': '",
    ),
    "unmarked_item": (
        ":::{quiz} Q?\n- [x] a\n  : f\n- [ ] b\n  : f\n- c\n:::",
        8,
        "answer begins with '- c', allowed '- [ ]' or '- [x]'",
    ),
    "no_question": (
        ":::{quiz}\n- [x] a\n  : f\n- [ ] b\n  : f\n:::",
        3,
        "it has no question; write one behind {quiz}",
    ),
    "empty_answer": (
        ":::{quiz} Q?\n- [x]\n  : f\n- [ ] b\n  : f\n:::",
        4,
        "an answer has no text; write it behind the brackets",
    ),
    "answer_is_no_number": (
        ":::{quiz} Q?\n:answer: many\n:::",
        3,
        "option 'answer': found 'many', allowed a number or one {eval}",
    ),
    "case_is_no_number": (
        ":::{quiz} Q?\n:answer: 3\n- [ ] four\n  : f\n:::",
        5,
        "found 'four', allowed a number or 'otherwise'",
    ),
    "tolerance_without_answer": (
        ":::{quiz} Q?\n:tolerance: 1\n- [x] a\n  : f\n- [ ] b\n  : f\n:::",
        3,
        "option 'tolerance' needs the option 'answer'; add it",
    ),
}


@pytest.mark.parametrize(("text", "line", "message"), BAD.values(), ids=BAD)
def test_faulty_quiz_is_reported_with_its_line(build, text, line, message):
    warnings = build(f"# T\n\n{text}\n", builder="dummy").warnings
    assert warnings == [f"index.md:{line}: WARNING: quiz: {message} [lesson.quiz]"]


def test_exact_answer_is_shown_without_a_tolerance(build):
    site = build("# T\n\n:::{quiz} How many?\n:answer: 4\n:tolerance: 0\n:::\n")
    assert "The answer is 4." in site.page().get_text()
