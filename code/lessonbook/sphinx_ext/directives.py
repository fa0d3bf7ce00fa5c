"""The blocks of a lesson: challenges, solutions, boxes, overview and key points."""

from __future__ import annotations

import dataclasses as dc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from lessonbook.sphinx_ext.config import is_instructor_view
from lessonbook.sphinx_ext.messages import warn
from lessonbook.sphinx_ext.nodes import LessonBlock, LessonDetails, LessonTitle

if TYPE_CHECKING:
    from sphinx.application import Sphinx

Converter = Callable[[Any], Any]

_IN_INSTRUCTOR_NOTE = "lesson_instructor_depth"


def _whole_minutes(argument: str | None) -> int:
    try:
        minutes = int((argument or "").strip())
    except ValueError:
        minutes = -1
    if minutes < 0:
        raise ValueError(f"found {argument!r}, allowed a whole number of minutes")
    return minutes


@dc.dataclass(frozen=True)
class BlockKind:
    """What sets one kind of block apart from the others."""

    name: str
    title: str
    node_class: type[nodes.admonition] = LessonBlock
    options: dict[str, Converter] = dc.field(default_factory=dict)


KINDS = {
    kind.name: kind
    for kind in (
        BlockKind("questions", "Questions"),
        BlockKind("objectives", "Objectives"),
        BlockKind("keypoints", "Key points"),
        BlockKind(
            "challenge",
            "Challenge",
            options={
                "label": directives.unchanged_required,
                "minutes": _whole_minutes,
                "open": directives.flag,
                "home": directives.flag,
            },
        ),
        BlockKind("solution", "Solution", LessonDetails),
        BlockKind("hint", "Hint", LessonDetails),
        BlockKind("spoiler", "Show details", LessonDetails),
        BlockKind("callout", "Note"),
        BlockKind("caution", "Caution"),
        BlockKind("prereq", "Prerequisites"),
        BlockKind("checklist", "Checklist"),
        BlockKind("discussion", "Discussion"),
        BlockKind("testimonial", "Testimonial"),
        BlockKind("instructor", "Instructor note"),
    )
}


class AnyOptions(dict[str, Converter]):
    """Accepts every option as it is written, so that we can say what is wrong with it."""

    def __bool__(self) -> bool:
        """Have the parser look for options."""
        return True

    def __contains__(self, name: object) -> bool:
        """Know every name."""
        return True

    def __getitem__(self, name: str) -> Converter:
        """Take every value."""
        return lambda argument: argument or ""


class LessonDirective(SphinxDirective):
    """A directive with an optional title, whose mistakes are warnings of ours."""

    has_content = True
    required_arguments = 0
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[Any] = AnyOptions()
    common_options: ClassVar[dict[str, Converter]] = {
        "name": directives.unchanged_required,
        "class": directives.class_option,
    }

    def warn(self, kind: str, message: str, line: int | None = None) -> None:
        """Warn at the block's opening line, or at another one."""
        warn(kind, message, (self.env.docname, line or self.lineno))

    def read_options(self, own: dict[str, Converter]) -> dict[str, Any]:
        """Convert the options, warning about each that is unknown or malformed."""
        known = {**self.common_options, **own}
        result = {}
        for name, argument in self.options.items():
            if name not in known:
                self.warn(
                    "option",
                    f"{self.name}: found option {name!r}, allowed {', '.join(sorted(known))}; "
                    "correct or remove it",
                )
                continue
            try:
                result[name] = known[name](argument or None)
            except ValueError as error:
                self.warn("option", f"{self.name}: option {name!r}: {error}; correct it")
        return result

    def make_block(
        self, node_class: type[nodes.admonition], kind: str, options: dict[str, Any]
    ) -> nodes.admonition:
        """Return an empty block with its classes, its name and an id to link to."""
        node = node_class("", kind=kind)
        node["classes"] = ["lesson-block", f"lesson-{kind}", *options.get("class", [])]
        self.set_source_info(node)
        name = options.get("label") or options.get("name")
        node_id = self._free_id(kind)
        if name:
            node["names"].append(nodes.fully_normalize_name(name))
            self.state.document.note_explicit_target(node, node)
        else:
            node["ids"].append(node_id)
            self.state.document.set_id(node)
        return node

    def _free_id(self, kind: str) -> str:
        document = self.state.document
        # What only instructors see does not shift the ids of what all see.
        prefix = f"instructor-{kind}" if self.env.temp_data.get(_IN_INSTRUCTOR_NOTE) else kind
        while True:
            candidate = f"{prefix}-{self.env.new_serialno(f'lesson-{prefix}') + 1}"
            if candidate not in document.ids:
                return candidate

    def make_title(self, block: nodes.Element, prefix: str, title: str) -> LessonTitle:
        """Return the title node of a block, its text read as inline Markdown."""
        node = LessonTitle("", "")
        if prefix:
            node += nodes.inline("", prefix, classes=["lesson-number"])
            if title:
                node += nodes.Text(" ")
        if title:
            children, messages = self.state.inline_text(title, self.lineno)
            node.extend([*children, *messages])
        node["ids"].append(f"{block['ids'][0]}-title")
        self.state.document.set_id(node)
        self.set_source_info(node)
        return node

    def parse(self, lines: StringList, offset: int, parent: nodes.Element) -> None:
        """Parse lines of the block into a node."""
        self.state.nested_parse(lines, offset, parent)


class BlockDirective(LessonDirective):
    """Any block whose content is shown as it stands."""

    def run(self) -> list[nodes.Node]:
        """Return the block, or nothing for an instructor's in the learner view."""
        kind = KINDS[self.name]
        if kind.name == "instructor" and not is_instructor_view(self.config):
            return []
        options = self.read_options(kind.options)
        block = self.make_block(kind.node_class, kind.name, options)
        prefix, title = "", self.arguments[0] if self.arguments else kind.title
        if kind.name == "challenge":
            prefix, title = self._number(block, options)
        block += self.make_title(block, prefix, title)
        if not self.content:
            self.warn("block", f"{self.name} is empty; write its content or remove it")
        with self._inside(kind.name):
            self.parse(self.content, self.content_offset, block)
        return [block]

    def _number(self, block: nodes.Element, options: dict[str, Any]) -> tuple[str, str]:
        block["minutes"] = options.get("minutes")
        block["open"] = "open" in options
        block["home"] = "home" in options
        title = self.arguments[0] if self.arguments else ""
        prefix = "Challenge"
        # Not counted in an instructor note, so that both views have the same numbers.
        if not self.env.temp_data.get(_IN_INSTRUCTOR_NOTE):
            block["number"] = self.env.new_serialno("lesson-challenge-number") + 1
            prefix = f"Challenge {block['number']}"
        return f"{prefix}:" if title else prefix, title

    @contextmanager
    def _inside(self, kind: str) -> Iterator[None]:
        depth = self.env.temp_data.get(_IN_INSTRUCTOR_NOTE, 0)
        self.env.temp_data[_IN_INSTRUCTOR_NOTE] = depth + (kind == "instructor")
        yield
        self.env.temp_data[_IN_INSTRUCTOR_NOTE] = depth


def setup_directives(app: Sphinx) -> None:
    """Register the blocks."""
    for name in KINDS:
        app.add_directive(name, BlockDirective, override=True)
