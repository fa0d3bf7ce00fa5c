"""Questions that the page itself marks: choices or a number, with feedback for each answer."""

from __future__ import annotations

import dataclasses as dc
import html
import re
import textwrap
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList

from lessonbook.notebook import block_parser
from lessonbook.sphinx_ext.directives import LessonDirective
from lessonbook.sphinx_ext.nodes import LessonBlock
from lessonbook.sphinx_ext.numbers import set_minus

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

RIGHT_CASE = "right"
OTHER_CASE = "otherwise"

_ITEM = re.compile(r"^(?P<indent>\s*[-*+]\s+)\[(?P<mark>[ xX])\](?:\s+(?P<text>.*))?$")
_FEEDBACK = re.compile(r"^:\s+(?P<text>.*)$")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")


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


@dc.dataclass(frozen=True)
class Choice:
    """An item of a quiz's list; lines are counted in the directive's content from 0."""

    is_right: bool
    answer: list[str]
    answer_line: int
    feedback: list[str]
    feedback_line: int


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
        end, choices = self._read_choices()
        form = QuizForm("", classes=["lesson-quiz-form"])
        quiz += form
        self._add_question(form, end)
        if "answer" in options:
            self._add_number(quiz, form, options, choices)
        else:
            self._add_choices(quiz, form, options, choices)
        return [quiz]

    def _read_choices(self) -> tuple[int, list[Choice]]:
        """Return the line on which the list of answers begins, and the answers."""
        lines = list(self.content)
        parser = block_parser(cast("Any", self.env).myst_config)
        tokens = [t for t in parser.parse("\n".join(lines) + "\n") if t.level <= 1]
        tops = [(t.type, t.map[0]) for t in tokens if t.level == 0 and t.map]
        kind, start = tops[-1] if tops else ("", 0)
        if kind != "bullet_list_open":
            return len(lines), []
        items = [
            t.map for t in tokens if t.type == "list_item_open" and t.map and t.map[0] >= start
        ]
        if not any(_ITEM.match(lines[first]) for first, _ in items):
            return len(lines), []
        return start, [
            choice
            for first, end in items
            if (choice := self._read_choice(lines[first:end], first)) is not None
        ]

    def _read_choice(self, lines: list[str], line: int) -> Choice | None:
        match = _ITEM.match(lines[0])
        if match is None:
            self._warn(f"answer begins with {lines[0].strip()!r}, allowed '- [ ]' or '- [x]'", line)
            return None
        indent = len(match["indent"])
        body = [match["text"] or ""]
        body += [row[indent:] if not row[:indent].strip() else row.lstrip() for row in lines[1:]]
        split = next((i for i, row in enumerate(body) if i and _FEEDBACK.match(row)), len(body))
        feedback = body[split:]
        if feedback:
            first = cast("re.Match[str]", _FEEDBACK.match(feedback[0]))
            rest = textwrap.dedent("\n".join(feedback[1:])).split("\n")
            feedback = [first["text"], *rest]
        is_right = match["mark"] != " "
        return Choice(is_right, body[:split], line, feedback, line + split)

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
        choices: list[Choice],
    ) -> None:
        for name in ("tolerance", "unit"):
            if name in options:
                self._warn(f"option {name!r} needs the option 'answer'; add it")
        is_several = "several" in options
        quiz["quiz"] = "several" if is_several else "single"
        self._check_choices(choices, is_several)
        rows = QuizChoices("", classes=["lesson-quiz-choices"])
        form += rows
        for number, choice in enumerate(choices, 1):
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

    def _check_choices(self, choices: list[Choice], is_several: bool) -> None:
        if len(choices) < 2:
            self._warn(
                f"found {len(choices)} answers, allowed two or more; end the block with a list of "
                "'- [ ]' and '- [x]' items, or give a number with the option 'answer'"
            )
            return
        count = sum(choice.is_right for choice in choices)
        if not count or (count > 1 and not is_several):
            self._warn(
                f"found {count} right answers, allowed "
                + ("one or more" if is_several else "one; mark it [x], or add the option 'several'")
            )

    def _make_answer(self, choice: Choice, input_id: str) -> nodes.Element:
        body = self._parse_lines(choice.answer, choice.answer_line, nodes.container())
        if not body.children:
            self._warn("an answer has no text; write it behind the brackets", choice.answer_line)
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
        if len(feedback) == 1:
            self._warn(
                "an answer has no feedback; add an indented line that begins with ': '",
                choice.answer_line,
            )
        return feedback

    def _add_number(
        self,
        quiz: nodes.Element,
        form: nodes.Element,
        options: dict[str, Any],
        choices: list[Choice],
    ) -> None:
        if "several" in options:
            self._warn("option 'several' is for choices, not for a number; remove it")
        text, answer = self._read_number(options, "answer")
        shown, tolerance = self._read_number(options, "tolerance")
        if answer is not None and tolerance is None:
            tolerance = _half_a_unit(answer)
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
        if choices:
            cases = QuizChoices("", classes=["lesson-quiz-cases"])
            cases += [self._make_case(choice) for choice in choices]
            key += cases

    def _read_number(self, options: dict[str, Any], name: str) -> tuple[str, Decimal | None]:
        """Return an option as it is shown and as a number; None if it is absent or no number."""
        if name not in options:
            return "", None
        children, _ = self.state.inline_text(options[name], self.lineno)
        text = "".join(child.astext() for child in children).strip()
        number = _to_number(text)
        if number is None and not _is_missing(children):
            self._warn(f"option {name!r}: found {text!r}, allowed a number or one {{eval}}")
        return text, number

    def _make_case(self, choice: Choice) -> nodes.Element:
        body = self._parse_lines(choice.answer, choice.answer_line, nodes.container())
        text = body.astext().strip()
        item = QuizChoice("", classes=["lesson-quiz-case"], right=choice.is_right)
        if choice.is_right:
            item["case"], verdict = RIGHT_CASE, "Right"
            if text != RIGHT_CASE:
                self._warn(
                    f"found [x] {text!r}, allowed [x] {RIGHT_CASE!r}; the right number is the "
                    "option 'answer'",
                    choice.answer_line,
                )
        elif text == OTHER_CASE:
            item["case"], verdict = OTHER_CASE, "Any other number"
        else:
            number = _to_number(text)
            item["case"], item["value"], verdict = "number", number, f"Not {text}"
            if number is None and not _is_missing(body):
                self._warn(
                    f"found {text!r}, allowed a number or {OTHER_CASE!r}", choice.answer_line
                )
            elif number is not None:
                item["tolerance"] = _half_a_unit(number)
        item += self._make_feedback(choice, verdict)
        return item


def _to_number(text: str) -> Decimal | None:
    try:
        number = Decimal(_THOUSANDS.sub("", text.replace("\N{MINUS SIGN}", "-")))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _half_a_unit(number: Decimal) -> Decimal:
    """Return half a unit of the last decimal place that a number is written with."""
    return Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)


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
        labelled = isinstance(node[0], QuizAnswer)
        label = f' aria-labelledby="{node["input"]["id"]}-answer"' if labelled else ""
        self.body.append(f"<input{written}{label} />\n")


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
