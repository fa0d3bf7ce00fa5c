"""Sphinx, held ready for one build: the edited pages first, and every finding with its place."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from io import StringIO
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from jupyter_book.config import get_final_config
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.docutils import docutils_namespace, patch_docutils
from sphinx.util.logging import (
    NAMESPACE,
    OnceFilter,
    WarningLogRecordTranslator,
    WarningSuppressor,
)

from lessonbook.findings import Finding
from lessonbook.preview.faults import find_block_faults
from lessonbook.preview.messages import Build, Message, Read, Reading, Setting, Written
from lessonbook.project import CONFIG_NAME, load_project
from lessonbook.recorder import file_state
from lessonbook.render import config_overrides
from lessonbook.sphinx_ext.freshness import find_lost_results, shows_results

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

Report = Callable[[Message], None]

MOST_EDITED = 4
"""Above this number of edited pages none of them is in a hurry."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PLACE = re.compile(r"(?P<file>.+?)(?::(?P<line>\d+))?(?::.*)?")


def render_once(setting: Setting, wait: Callable[[], Build], report: Report) -> None:
    """Make Sphinx ready, wait, and render what has changed until then.

    Parameters
    ----------
    setting : Setting
        The course, and where its pages go.
    wait : callable
        Called once Sphinx is ready; returns what to render beside what has changed.
    report : callable
        Called with each step.

    Raises
    ------
    Exception
        Whatever stops Sphinx, such as a configuration that it cannot use.
    """
    config, _ = get_final_config(
        user_yaml=setting.root / CONFIG_NAME,
        cli_config=config_overrides(load_project(setting.root), setting.view),
        sourcedir=setting.root,
    )
    config["extensions"].append(__name__)
    warnings = StringIO()
    with patch_docutils(None), docutils_namespace():
        app = Sphinx(
            srcdir=setting.root,
            confdir=None,
            outdir=setting.pages,
            doctreedir=setting.folder / "doctrees",
            buildername="html",
            confoverrides=config,
            status=None,
            warning=warnings,
            parallel=setting.jobs,
        )
        collector = _FindingCollector(app)
        collector.findings += _general_findings(warnings.getvalue())
        builder = cast("PreviewBuilder", app.builder)
        builder.executes = setting.executes
        builder.prepare(wait(), collector, report)
        app.build()


def _general_findings(text: str) -> Iterator[Finding]:
    """What was wrong before there were pages."""
    for line in _COLOUR.sub("", text).splitlines():
        if line.strip():
            yield Finding(CONFIG_NAME, None, line.removeprefix("WARNING: "))


class PreviewBuilder(StandaloneHTMLBuilder):
    """Writes the pages that were edited before those that collect from them."""

    name = "html"
    order = Build()
    executes = True
    edited: tuple[str, ...] = ()
    _must_write_all = False
    _sources: Mapping[str, str] = MappingProxyType({})

    def prepare(self, order: Build, collector: _FindingCollector, report: Report) -> None:
        """Take up the task of one build.

        Parameters
        ----------
        order : Build
            What to render beside what has changed.
        collector : _FindingCollector
            Holds what Sphinx has warned of.
        report : callable
            Called with each step.
        """
        self.order = order
        self._collector = collector
        self._report = report
        # before Sphinx looks up which results there are
        self._sources = {name: self._source_state(name) for name in self.env.found_docs}
        self.app.connect("env-get-outdated", self._add_saved)
        self.app.connect("env-before-read-docs", self._begin_reading, priority=999)
        self.app.connect("env-updated", self._widen)

    def get_outdated_docs(self) -> Iterator[str]:
        """Name the pages whose files are older than their sources, or were never completed."""
        yield from super().get_outdated_docs()
        yield from self.order.owed

    def _add_saved(
        self,
        app: Sphinx,
        env: BuildEnvironment,
        added: Set[str],
        changed: Set[str],
        removed: Set[str],
    ) -> list[str]:
        # the list of pages, which every page shows, is a different one
        self._must_write_all = bool(added or removed)
        depending = {
            name
            for name, files in env.dependencies.items()
            if any(os.path.normpath(file) in self.order.files for file in files)
        }
        return sorted(self.order.saved | depending)

    def _begin_reading(self, app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        waiting = self._find_waiting(docnames)
        docnames[:] = [name for name in docnames if name not in waiting]
        self.edited = tuple(docnames)
        # read while they were edited, and not shown: they wait, as they were before that
        self._withheld = {one for one in waiting if not shows_results(env, one)}
        self._offers = {name: _offer(env, name) for name in docnames if name in env.titles}
        self._report(Reading(self.edited, waiting))

    def _find_waiting(self, docnames: list[str]) -> frozenset[str]:
        """The pages that had results and have none now: to be read when they have been executed."""
        if not self.executes:
            return frozenset()
        return find_lost_results(self.app, self.env).intersection(docnames)

    def _widen(self, app: Sphinx, env: BuildEnvironment) -> set[str]:
        """All pages, where an edit changed what others say of the page: its title or a label."""
        changed = any(_offer(env, name) != offer for name, offer in self._offers.items())
        return set(env.found_docs) if changed or self._must_write_all else set()

    def _write_serial(self, docnames: Sequence[str]) -> None:
        self._write_in_order(docnames, super()._write_serial)

    def _write_parallel(self, docnames: Sequence[str], nproc: int) -> None:
        self._write_in_order(
            docnames, lambda rest: super(PreviewBuilder, self)._write_parallel(rest, nproc)
        )

    def _write_in_order(
        self, docnames: Sequence[str], write_rest: Callable[[Sequence[str]], None]
    ) -> None:
        docnames = [name for name in docnames if name not in self._withheld]
        faults = find_block_faults(Path(self.app.srcdir), self.edited)
        findings = (*faults, *self._collector.take())
        self._report(Read(self.edited, frozenset(docnames), findings))
        first = [name for name in self.edited if name in docnames]
        if len(first) > MOST_EDITED:
            first = []
        rest = [name for name in docnames if name not in first]
        for group, write in ((first, super()._write_serial), (rest, write_rest)):
            if group:
                write(group)
                # otherwise Sphinx copies them when everything is written
                self.copy_image_files()
                late = tuple(name for name in group if self._is_overtaken(name))
                done = tuple(name for name in group if name not in late)
                self._report(Written(done, self._collector.take(), late))

    def _is_overtaken(self, docname: str) -> bool:
        """Tell whether a page was read now and edited since its results were looked up."""
        if docname not in self.edited or docname not in self._sources:
            return False
        return self._sources[docname] != self._source_state(docname)

    def _source_state(self, docname: str) -> str:
        return file_state(self.env.doc2path(docname))


def _offer(env: BuildEnvironment, docname: str) -> tuple[Any, ...]:
    """What other pages may show of a page, so that they are written again when it changes."""
    objects = [
        (domain.name, entry)
        for domain in env.domains.values()
        for entry in domain.get_objects()
        if entry[3] == docname
    ]
    labels = env.domaindata["std"]["labels"]
    equations = env.domaindata["math"]["objects"]
    return (
        env.titles[docname].astext(),
        env.tocs[docname].pformat() if docname in env.tocs else "",
        sorted(map(repr, objects)),
        sorted((name, entry) for name, entry in labels.items() if entry[0] == docname),
        sorted((name, entry) for name, entry in equations.items() if entry[0] == docname),
    )


class _FindingCollector(logging.Handler):
    """Takes Sphinx's warnings as findings instead of text."""

    def __init__(self, app: Sphinx) -> None:
        super().__init__(logging.WARNING)
        self._root = Path(app.srcdir)
        self.findings: list[Finding] = []
        for log_filter in (
            WarningSuppressor(app),
            WarningLogRecordTranslator(app),
            OnceFilter(),
        ):
            self.addFilter(log_filter)
        logging.getLogger(NAMESPACE).addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one warning."""
        place = _PLACE.fullmatch(str(getattr(record, "location", None) or self._root))
        file, line = (place["file"], place["line"]) if place else (str(self._root), None)
        if Path(file).is_relative_to(self._root):
            file = (
                Path(file)
                .relative_to(self._root.parent if Path(file) == self._root else self._root)
                .as_posix()
            )
        message = _COLOUR.sub("", logging.LogRecord.getMessage(record)).strip()
        self.findings.append(Finding(file, int(line) if line else None, message))

    def take(self) -> tuple[Finding, ...]:
        """What was found since the last time."""
        taken = tuple(dict.fromkeys(self.findings))
        self.findings = []
        return taken


def setup(app: Sphinx) -> dict[str, Any]:
    """Put the preview's builder in the place of the usual one; called by Sphinx."""
    app.add_builder(PreviewBuilder, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
