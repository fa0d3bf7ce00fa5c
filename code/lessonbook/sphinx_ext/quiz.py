"""Questions that the page itself marks: choices or a number, with feedback for each answer."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList

from lessonbook.notebook import block_parser
from lessonbook.source.quiz_text import (
    OTHER_CASE,
    RIGHT_CASE,
    Answers,
    Choice,
    Complaint,
    check_cases,
    check_choices,
    check_texts,
    half_a_unit,
    read_answers,
    to_number,
)
from lessonbook.sphinx_ext.directives import LessonDirective
from lessonbook.sphinx_ext.nodes import LessonBlock
from lessonbook.sphinx_ext.numbers import set_minus

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator


class QuizForm(nodes.container):
    """Question and answers of a quiz."""


class QuizLegend(nodes.paragraph):
    """The question."""


class QuizChoices(nodes.bullet_list):
    """The answers to choose from, or the feedback for numbers."""


class QuizChoice(nodes.list_item):
    """An answer, and behind it its feedback."""


class QuizLabel(nodes.paragraph):
    """An answer of one paragraph."""


class QuizAnswer(nodes.container):
    """An answer of several blocks."""


class QuizFeedback(nodes.container):
    """Whether an answer is right, and why."""


class QuizField(nodes.paragraph):
    """Where a number is entered."""


class QuizKey(nodes.container):
    """The right number, with the feedback for others."""


class QuizDirective(LessonDirective):
    """A question with choices or a number."""

    def run(self) -> list[nodes.Node]:
        """Return the quiz."""
        options = self.read_options(
            {
                "several": directives.flag,
                "answer": directives.unchanged_required,
                "tolerance": directives.unchanged_required,
                "unit": directives.unchanged_required,
            }
        )
        quiz = self.make_block(LessonBlock, "quiz", options)
        quiz += self.make_title(quiz, "", "Quiz")
        answers = self._read_answers()
        form = QuizForm("", classes=["lesson-quiz-form"])
        quiz += form
        self._add_question(form, answers.line)
        if "answer" in options:
            self._add_number(quiz, form, options, answers.choices)
        else:
            self._add_choices(quiz, form, options, answers)
        return [quiz]

    def _read_answers(self) -> Answers:
        parser = block_parser(cast("Any", self.env).myst_config)
        answers = read_answers(list(self.content), parser)
        self._complain(answers.complaints)
        self._complain(check_texts(answers.choices))
        return answers

    def _complain(self, complaints: Iterable[Complaint]) -> None:
        for complaint in complaints:
            self._warn(complaint.message, complaint.line)

    def _warn(self, message: str, content_line: int | None = None) -> None:
        line = None
        if content_line is not None:
            line = self.lineno + 1 + self.content_offset + content_line
        self.warn("quiz", f"quiz: {message}", line)

    def _parse_lines(self, lines: list[str], line: int, parent: nodes.Element) -> nodes.Element:
        source = self.state.document["source"]
        self.parse(StringList(lines, source), self.content_offset + line, parent)
        return parent

    def _add_question(self, form: nodes.Element, end: int) -> None:
        body = self._parse_lines(list(self.content)[:end], 0, nodes.container())
        legend = QuizLegend("", "")
        self.set_source_info(legend)
        if self.arguments:
            children, messages = self.state.inline_text(self.arguments[0], self.lineno)
            legend.extend([*children, *messages])
        elif body.children and isinstance(body[0], nodes.paragraph):
            legend.extend(body.pop(0).children)
        else:
            self._warn("it has no question; write one behind {quiz}")
        form += legend
        form += body.children

    def _add_choices(
        self,
        quiz: nodes.Element,
        form: nodes.Element,
        options: dict[str, Any],
        answers: Answers,
    ) -> None:
        for name in ("tolerance", "unit"):
            if name in options:
                self._warn(f"option {name!r} needs the option 'answer'; add it")
        is_several = "several" in options
        quiz["quiz"] = "several" if is_several else "single"
        if answers.choices or not answers.complaints:
            self._complain(check_choices(answers.choices, is_several))
        rows = QuizChoices("", classes=["lesson-quiz-choices"])
        form += rows
        for number, choice in enumerate(answers.choices, 1):
            item = QuizChoice("", classes=["lesson-quiz-choice"], right=choice.is_right)
            item["input"] = {
                "type": "checkbox" if is_several else "radio",
                "name": quiz["ids"][0],
                "id": f"{quiz['ids'][0]}-{number}",
                "value": str(number),
            }
            item += self._make_answer(choice, item["input"]["id"])
            item += self._make_feedback(choice, "Right" if choice.is_right else "Not right")
            rows += item

    def _make_answer(self, choice: Choice, input_id: str) -> nodes.Element:
        body = self._parse_lines(choice.answer, choice.answer_line, nodes.container())
        if len(body) == 1 and isinstance(body[0], nodes.paragraph):
            answer: nodes.Element = QuizLabel("", "", *body[0].children)
        else:
            answer = QuizAnswer("", *body.children)
        answer["input"] = input_id
        return answer

    def _make_feedback(self, choice: Choice, verdict: str) -> nodes.Element:
        feedback = QuizFeedback("", classes=["lesson-quiz-feedback"])
        feedback += nodes.paragraph("", verdict, classes=["lesson-quiz-verdict"])
        self._parse_lines(choice.feedback, choice.feedback_line, feedback)
        return feedback

    def _add_number(
        self,
        quiz: nodes.Element,
        form: nodes.Element,
        options: dict[str, Any],
        choices: Sequence[Choice],
    ) -> None:
        if "several" in options:
            self._warn("option 'several' is for choices, not for a number; remove it")
        text, answer = self._read_number(options, "answer")
        shown, tolerance = self._read_number(options, "tolerance")
        if tolerance is not None and tolerance < 0:
            self._warn(f"option 'tolerance': found {shown!r}, allowed a number from 0")
        if answer is not None and tolerance is None:
            tolerance = half_a_unit(answer)
            shown = set_minus(f"{tolerance:f}")
        unit = f" {options['unit']}" if "unit" in options else ""
        quiz["quiz"] = "number"
        quiz["answer"], quiz["tolerance"] = answer, tolerance
        field = QuizField("", f"Your answer{unit and ' in'}{unit}: ", unit=unit.strip())
        field["input"] = f"{quiz['ids'][0]}-number"
        key = QuizKey("", classes=["lesson-quiz-key"])
        form += [field, key]
        slack = f", give or take {shown}" if tolerance else ""
        key += nodes.paragraph("", f"The answer is {text}{unit}{slack}.")
        bodies = [self._parse_lines(c.answer, c.answer_line, nodes.container()) for c in choices]
        texts = ["" if _is_missing(body) else body.astext().strip() for body in bodies]
        self._complain(check_cases(list(zip(choices, texts, strict=True))))
        if choices:
            cases = QuizChoices("", classes=["lesson-quiz-cases"])
            cases += [self._make_case(*case) for case in zip(choices, texts, strict=True)]
            key += cases

    def _read_number(self, options: dict[str, Any], name: str) -> tuple[str, Decimal | None]:
        """Return an option as it is shown and as a number; None if it is absent or no number."""
        if name not in options:
            return "", None
        children, _ = self.state.inline_text(options[name], self.lineno)
        text = "".join(child.astext() for child in children).strip()
        number = to_number(text)
        if number is None and not _is_missing(children):
            self._warn(f"option {name!r}: found {text!r}, allowed a number or one {{eval}}")
        return text, number

    def _make_case(self, choice: Choice, text: str) -> nodes.Element:
        item = QuizChoice("", classes=["lesson-quiz-case"], right=choice.is_right)
        if choice.is_right:
            item["case"], verdict = RIGHT_CASE, "Right"
        elif text == OTHER_CASE:
            item["case"], verdict = OTHER_CASE, "Any other number"
        else:
            number = to_number(text)
            item["case"], item["value"], verdict = "number", number, f"Not {text}"
            if number is not None:
                item["tolerance"] = half_a_unit(number)
        item += self._make_feedback(choice, verdict)
        return item


def _is_missing(tree: nodes.Element | list[nodes.Node]) -> bool:
    """Tell whether a number is not there for a reason that was already reported."""
    roots = tree if isinstance(tree, list) else [tree]
    return any(
        "lesson-eval-missing" in node["classes"]
        for root in roots
        for node in root.findall(nodes.inline)
    )


def rename_inputs(node: nodes.Element, prefix: str) -> None:
    """Put a prefix before the names that a part of a quiz has for its buttons and fields."""
    if not isinstance(node, (QuizChoice, QuizLabel, QuizAnswer, QuizField)) or "input" not in node:
        return
    if isinstance(node["input"], dict):
        own = {key: prefix + node["input"][key] for key in ("name", "id")}
        node["input"] = {**node["input"], **own}
    else:
        node["input"] = prefix + node["input"]


def setup_quiz(app: Sphinx) -> None:
    """Register the directive and the HTML of its nodes."""
    app.add_directive("quiz", QuizDirective)
    app.add_node(QuizForm, html=(visit_form, depart_form))
    app.add_node(QuizLegend, html=(visit_legend, depart_legend))
    app.add_node(QuizChoices, html=(visit_choices, depart_choices))
    app.add_node(QuizChoice, html=(visit_choice, depart_choice))
    app.add_node(QuizLabel, html=(visit_label, depart_label))
    app.add_node(QuizAnswer, html=(visit_answer, depart_answer))
    app.add_node(QuizFeedback, html=(visit_feedback, depart_feedback))
    app.add_node(QuizField, html=(visit_field, None))
    app.add_node(QuizKey, html=(visit_key, depart_key))


def visit_form(self: HTML5Translator, node: nodes.Element) -> None:
    """Open the field set, with what the script needs to mark an answer."""
    quiz = node.parent
    data = {f"data-{name}": quiz.get(name) for name in ("quiz", "answer", "tolerance")}
    self.body.append(self.starttag(node, "fieldset", **_write_attributes(data)))


def depart_form(self: HTML5Translator, node: nodes.Element) -> None:
    """Close the field set behind the place for the result."""
    self.body.append('<div class="lesson-quiz-result" role="status" aria-live="polite"></div>\n')
    self.body.append("</fieldset>\n")


def visit_legend(self: HTML5Translator, node: nodes.Element) -> None:
    """Open the question."""
    self.body.append(self.starttag(node, "legend", ""))


def depart_legend(self: HTML5Translator, node: nodes.Element) -> None:
    """Close the question."""
    self.body.append("</legend>\n")


def visit_choices(self: HTML5Translator, node: nodes.Element) -> None:
    """Open the list."""
    self.body.append(self.starttag(node, "ul"))


def depart_choices(self: HTML5Translator, node: nodes.Element) -> None:
    """Close the list."""
    self.body.append("</ul>\n")


def visit_choice(self: HTML5Translator, node: nodes.Element) -> None:
    """Open an item, with its button or box if it is to be chosen."""
    data = {f"data-{name}": node.get(name) for name in ("case", "value", "tolerance")}
    if "input" in node:
        data["data-right"] = str(node["right"]).lower()
    self.body.append(self.starttag(node, "li", **_write_attributes(data)))
    if "input" in node:
        written = "".join(f' {key}="{html.escape(v)}"' for key, v in node["input"].items())
        self.body.append(f"<input{written}{_name(node)} />\n")


def _name(choice: nodes.Element) -> str:
    """Return the attribute that names a button where its label does not."""
    answer = choice[0]
    if isinstance(answer, QuizAnswer):
        return f' aria-labelledby="{choice["input"]["id"]}-answer"'
    words = [child for child in answer.children if not isinstance(child, nodes.math)]
    if any(child.astext().strip() for child in words):
        return ""
    # a formula alone has no text that every screen reader finds
    return f' aria-label="{html.escape(answer.astext().strip())}"'


def depart_choice(self: HTML5Translator, node: nodes.Element) -> None:
    """Close an item."""
    self.body.append("</li>\n")


def visit_label(self: HTML5Translator, node: nodes.Element) -> None:
    """Open an answer that can be clicked as a whole."""
    self.body.append(self.starttag(node, "label", "", **{"for": node["input"]}))


def depart_label(self: HTML5Translator, node: nodes.Element) -> None:
    """Close such an answer."""
    self.body.append("</label>\n")


def visit_answer(self: HTML5Translator, node: nodes.Element) -> None:
    """Open an answer whose blocks cannot stand in a label."""
    self.body.append(f'<div class="lesson-quiz-answer" id="{html.escape(node["input"])}-answer">\n')


def depart_answer(self: HTML5Translator, node: nodes.Element) -> None:
    """Close such an answer."""
    self.body.append("</div>\n")


def visit_feedback(self: HTML5Translator, node: nodes.Element) -> None:
    """Open an answer's feedback, closed at first if it stands beside the answer."""
    if "input" in node.parent:
        self.body.append(self.starttag(node, "details"))
        self.body.append('<summary>Is this right?</summary>\n<div class="lesson-quiz-why">\n')
    else:
        self.body.append(self.starttag(node, "div"))
        self.body.append('<div class="lesson-quiz-why">\n')


def depart_feedback(self: HTML5Translator, node: nodes.Element) -> None:
    """Close an answer's feedback."""
    self.body.append("</div>\n")
    self.body.append("</details>\n" if "input" in node.parent else "</div>\n")


def visit_field(self: HTML5Translator, node: nodes.Element) -> None:
    """Write the field for a number."""
    input_id, unit = html.escape(node["input"]), html.escape(node["unit"])
    self.body.append(
        f'<p class="lesson-quiz-field"><label for="{input_id}">Your answer</label>\n'
        f'<input type="text" inputmode="decimal" autocomplete="off" id="{input_id}"'
        + (f' aria-describedby="{input_id}-unit" />\n' if unit else " />\n")
        + (f'<span id="{input_id}-unit">{unit}</span>' if unit else "")
        + "</p>\n"
    )
    raise nodes.SkipNode


def visit_key(self: HTML5Translator, node: nodes.Element) -> None:
    """Open the answer to a number's question."""
    self.body.append(self.starttag(node, "details"))
    self.body.append("<summary>Show the answer</summary>\n")


def depart_key(self: HTML5Translator, node: nodes.Element) -> None:
    """Close it."""
    self.body.append("</details>\n")


def _write_attributes(data: dict[str, Any]) -> dict[str, Any]:
    return {
        name: f"{value:f}" if isinstance(value, Decimal) else str(value)
        for name, value in data.items()
        if value is not None
    }
