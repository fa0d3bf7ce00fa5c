"""What the pages contain, kept between builds: the raw material of generated pages."""

from __future__ import annotations

import dataclasses as dc
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from sphinx.domains import Domain
from sphinx.util.nodes import clean_astext

from lessonbook.sphinx_ext.nested_cells import get_episode, get_source_lines
from lessonbook.sphinx_ext.nodes import LessonTitle
from lessonbook.sphinx_ext.structure import get_times

if TYPE_CHECKING:
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.domains.std import StandardDomain
    from sphinx.environment import BuildEnvironment


@dc.dataclass(frozen=True)
class BlockRecord:
    """A block of a page.

    Attributes
    ----------
    kind : str
        Name of its directive.
    title : str
        Its title as plain text, with the number of a challenge.
    node_id : str
        Its id in the page.
    label : str
        Its label; empty if it has none.
    line : int
        Line on which it opens; 0 if unknown.
    parent : str
        Id of the block around it; empty at the top.
    number : int or None
        Number of a challenge in its episode.
    minutes : int or None
        Time set for a challenge.
    is_open : bool
        Whether a challenge has no fixed answer.
    """

    kind: str
    title: str
    node_id: str
    label: str
    line: int
    parent: str
    number: int | None = None
    minutes: int | None = None
    is_open: bool = False


@dc.dataclass(frozen=True)
class PageRecord:
    """An episode: its times in minutes and its blocks in order."""

    teaching: int | None
    exercises: int | None
    blocks: tuple[BlockRecord, ...]


class LessonDomain(Domain):
    """Records of all pages that hold lesson blocks or times."""

    name = "lesson"
    label = "Lesson"
    data_version = 1

    @property
    def pages(self) -> dict[str, PageRecord]:
        """Records by document name."""
        return cast("dict[str, PageRecord]", self.data.setdefault("pages", {}))

    def clear_doc(self, docname: str) -> None:
        """Forget a page that is read again or gone."""
        self.pages.pop(docname, None)

    def merge_domaindata(self, docnames: Iterable[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process has read."""
        for docname in docnames:
            if docname in otherdata.get("pages", {}):
                self.pages[docname] = otherdata["pages"][docname]

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        """Record the blocks of a page that was just read."""
        blocks = tuple(_make_record(node) for node in _find_blocks(document))
        times = self._read_times(docname)
        if blocks or times:
            self.pages[docname] = PageRecord(times.get("teaching"), times.get("exercises"), blocks)

    def _read_times(self, docname: str) -> dict[str, int]:
        episode = get_episode(self.env)
        if episode is None:
            return {}
        metadata, lines = episode.notebook.metadata, get_source_lines(self.env)
        return get_times(docname, metadata, lines)

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: nodes.Element,
    ) -> list[tuple[str, nodes.Element]]:
        """Resolve nothing: labels of blocks are known to the standard domain."""
        return []


def note_labels(app: Sphinx, doctree: nodes.document) -> None:
    """Let ``{ref}`` show a block's title, as `sphinx.ext.autosectionlabel` does for sections."""
    standard = cast("StandardDomain", app.env.get_domain("std"))
    for node in _find_blocks(doctree):
        for name in node["names"]:
            standard.labels[name] = (app.env.docname, node["ids"][0], _get_title(node))


def setup_domain(app: Sphinx) -> None:
    """Register the domain."""
    app.add_domain(LessonDomain)
    app.connect("doctree-read", note_labels)


def _find_blocks(document: nodes.document) -> Iterator[nodes.admonition]:
    return (node for node in document.findall(nodes.admonition) if "kind" in node)


def _get_title(node: nodes.Element) -> str:
    title = next((child for child in node.children if isinstance(child, LessonTitle)), None)
    return clean_astext(title) if title is not None else ""


def _make_record(node: nodes.Element) -> BlockRecord:
    parent = node.parent
    while parent is not None and "kind" not in parent:
        parent = parent.parent
    return BlockRecord(
        kind=node["kind"],
        title=_get_title(node),
        node_id=node["ids"][0],
        label=node["names"][0] if node["names"] else "",
        line=node.line or 0,
        parent=parent["ids"][0] if parent is not None else "",
        number=node.get("number"),
        minutes=node.get("minutes"),
        is_open=bool(node.get("open")),
    )
