"""The models of a course as a generated page, from records that the course's code returns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList

from lessonbook.records import ModelRecord, RecordTable, SourceFile, load_models
from lessonbook.sphinx_ext.directives import Converter, LessonDirective
from lessonbook.sphinx_ext.domain import ListingRecord, get_domain
from lessonbook.sphinx_ext.messages import warn
from lessonbook.sphinx_ext.places import config_place
from lessonbook.sphinx_ext.tables import make_table

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

DIRECTIVE = "lesson-models"
_LOADED = "lesson_loaded_models"
_SHOWN = "lesson_models"


def get_models(app: Sphinx) -> list[ModelRecord]:
    """Return the course's models, asked for once in a build."""
    if not hasattr(app, _LOADED):
        source = str(app.config.lesson_models or "")
        records, problems = load_models(app.srcdir, source) if source else ([], [])
        for problem in problems:
            warn(
                "models", f"{problem.place}: {problem.message}", config_place(app, "lesson_models")
            )
        setattr(app, _LOADED, records)
    return cast("list[ModelRecord]", getattr(app, _LOADED))


def _digest(app: Sphinx) -> str:
    return hashlib.sha256(repr(get_models(app)).encode()).hexdigest()


class ModelsDirective(LessonDirective):
    """Shows the models: all of them, or those that are named."""

    has_content = False
    optional_arguments = 0
    options_of_models: ClassVar[dict[str, Converter]] = {"names": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Return a section for each model."""
        options = self.read_options(self.options_of_models)
        self.env.metadata[self.env.docname][_SHOWN] = _digest(self.env.app)
        record = ListingRecord(self.name, tuple(options.items()), ())
        get_domain(self.env).note_listing(self.env.docname, record)
        chosen = self._choose(options.get("names", "").split())
        if not chosen:
            return [nodes.paragraph("", "There are no models yet.")]
        return [self._write_model(record) for record in chosen]

    def _choose(self, names: list[str]) -> list[ModelRecord]:
        records = {record.name: record for record in get_models(self.env.app)}
        if not names:
            return list(records.values())
        for name in names:
            if name not in records:
                near = get_close_matches(name, records, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"allowed {', '.join(records)}"
                self.warn("models", f"names: found {name!r}, which is no model; {hint}")
        return [records[name] for name in names if name in records]

    def _write_model(self, record: ModelRecord) -> nodes.section:
        name = f"model-{record.name}"
        section = nodes.section("", names=[nodes.fully_normalize_name(name)])
        self.state.document.note_explicit_target(section, section)
        self.set_source_info(section)
        section += nodes.title("", "", *self._inline(record.title))
        self._parse_into(section, record.summary.splitlines())
        if record.equation:
            self._parse_into(section, ["$$", *record.equation.splitlines(), "$$"])
        for table in record.tables:
            section += self._write_table(table)
        if record.sources:
            self._parse_into(section, list(self._write_sources(record.sources)))
        return section

    def _inline(self, text: str) -> list[nodes.Node]:
        children, messages = self.state.inline_text(text, self.lineno)
        return [*children, *messages]

    def _parse_into(self, parent: nodes.Element, lines: list[str]) -> None:
        source = self.state.document["source"]
        self.parse(StringList(lines, source), self.content_offset, parent)

    def _write_table(self, table: RecordTable) -> nodes.table:
        rows = [
            [[nodes.paragraph("", "", *self._inline(cell))] for cell in row] for row in table.rows
        ]
        result = make_table(table.columns, rows, heads=True)
        result.insert(0, nodes.title("", "", *self._inline(table.title)))
        return result

    def _write_sources(self, sources: Iterable[SourceFile]) -> Iterable[str]:
        yield "::::::{spoiler} Source code"
        yield ":::::{tab-set}"
        for source in sources:
            yield f"::::{{tab-item}} {source.title}"
            yield from [f":sync: {source.sync}"] if source.sync else []
            yield f"```{{literalinclude}} /{source.path}"
            yield f":language: {source.language}"
            yield from ["```", "::::"]
        yield from [":::::", "::::::"]


def find_outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Read the pages again that show models, when those have changed."""
    pages = [name for name, metadata in env.metadata.items() if _SHOWN in metadata]
    if not pages:
        return []
    current = _digest(app)
    return [name for name in pages if name not in removed and env.metadata[name][_SHOWN] != current]


def setup_models(app: Sphinx) -> None:
    """Register the configuration value and the directive."""
    app.add_config_value("lesson_models", "", "env", (str,))
    app.add_directive(DIRECTIVE, ModelsDirective, override=True)
    app.connect("env-get-outdated", find_outdated)
