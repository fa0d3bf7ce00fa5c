"""What the pages contain, kept between builds: the raw material of generated pages."""

from __future__ import annotations

import dataclasses as dc
import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from sphinx.domains import Domain
from sphinx.util.nodes import clean_astext

from lessonbook.recorder import file_state
from lessonbook.sphinx_ext.messages import warn
from lessonbook.sphinx_ext.nested_cells import get_episode, get_source_lines
from lessonbook.sphinx_ext.nodes import LessonTitle, is_inside
from lessonbook.sphinx_ext.structure import find_line, get_times

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
    is_at_home : bool
        Whether a challenge is for after the session.
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
    is_at_home: bool = False


@dc.dataclass(frozen=True)
class PageRecord:
    """A page, as far as other pages show something of it.

    Attributes
    ----------
    teaching, exercises : int or None
        Minutes; None where the front matter does not say.
    blocks : tuple of BlockRecord
        In order.
    digests : dict of str to str
        For each kind of content that some page collects, a digest of all that this page has of
        it; a kind that the page has nothing of is not there.
    """

    teaching: int | None
    exercises: int | None
    blocks: tuple[BlockRecord, ...]
    digests: dict[str, str]

    @property
    def is_episode(self) -> bool:
        """Whether the page has a time of its own."""
        return self.teaching is not None or self.exercises is not None

    def sum_challenges(self, *, at_home: bool) -> int:
        """Return the minutes of the challenges in class, or of those at home."""
        # What only instructors see has no number, and so no place in the schedule.
        found = [block for block in self.blocks if block.number and block.is_at_home == at_home]
        return sum(block.minutes or 0 for block in found)


@dc.dataclass(frozen=True)
class ListingRecord:
    """What a page collects from others: the directive, its options, and the contents it uses."""

    kind: str
    options: tuple[tuple[str, str], ...]
    uses: tuple[str, ...]


class LessonDomain(Domain):
    """Records of all pages, and of what some of them collect from the others."""

    name = "lesson"
    label = "Lesson"
    data_version = 3

    @property
    def pages(self) -> dict[str, PageRecord]:
        """Records by document name."""
        return cast("dict[str, PageRecord]", self.data.setdefault("pages", {}))

    @property
    def listings(self) -> dict[str, list[ListingRecord]]:
        """What pages collect, by the document name of the page that shows it."""
        return cast("dict[str, list[ListingRecord]]", self.data.setdefault("listings", {}))

    @property
    def shown(self) -> dict[str, str]:
        """For each page that collects, a digest of what it collected when it was last written."""
        return cast("dict[str, str]", self.data.setdefault("shown", {}))

    def note_listing(self, docname: str, listing: ListingRecord) -> None:
        """Remember that a page collects something."""
        self.listings.setdefault(docname, []).append(listing)

    def clear_doc(self, docname: str) -> None:
        """Forget a page that is read again or gone."""
        for records in (self.pages, self.listings, self.shown):
            records.pop(docname, None)

    def merge_domaindata(self, docnames: Iterable[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process has read."""
        for name, mine in (("pages", self.pages), ("listings", self.listings)):
            theirs = otherdata.get(name, {})
            mine.update({docname: theirs[docname] for docname in docnames if docname in theirs})

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        """Record what a page that was just read has to show."""
        blocks = tuple(_make_record(node) for node in _find_blocks(document))
        times = self._read_times(docname)
        record = PageRecord(
            times.get("teaching"),
            times.get("exercises"),
            blocks,
            digest_contents(document, lambda uri: _image_state(env, docname, uri)),
        )
        self.pages[docname] = record
        self._check_exercises(docname, record)

    def _check_exercises(self, docname: str, record: PageRecord) -> None:
        """Warn if the challenges take more time than the front matter gives them."""
        minutes = record.sum_challenges(at_home=False)
        if record.is_episode and minutes > (record.exercises or 0):
            lines = get_source_lines(self.env)
            warn(
                "schedule",
                f"exercises: found {record.exercises} min, but the challenges take {minutes}; "
                f"set exercises: {minutes} in the front matter, shorten the challenges, or mark "
                "those for after the session :home:",
                (docname, find_line(lines, "exercises")),
            )

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


COLLECTED_BLOCKS = ("questions", "objectives", "keypoints", "challenge", "instructor")


def find_collected(document: nodes.Element, kind: str) -> list[nodes.Element]:
    """Return what a page has of a kind of content that other pages collect.

    Parameters
    ----------
    document : nodes.Element
        The page, as it was read.
    kind : str
        One of `COLLECTED_BLOCKS`, ``figure`` or ``page``.

    Returns
    -------
    list of nodes.Element
        In order; of blocks inside each other the outer one.
    """
    if kind == "page":
        # Not the document itself, which knows the folder it was read from.
        return [child for child in document.children if isinstance(child, nodes.Element)]
    if kind == "figure":
        return list(document.findall(nodes.figure))
    found = [node for node in _find_blocks(document) if node["kind"] == kind]
    return [node for node in found if not is_inside(node, kind)]


def digest_contents(document: nodes.document, image_state: Callable[[str], str]) -> dict[str, str]:
    """Digest, kind by kind, what other pages may show of a page.

    Parameters
    ----------
    document : nodes.document
        The page, as it was read.
    image_state : callable
        Called with the address of an image; returns what changes when the image does, whose size
        stands on each page that shows it.

    Returns
    -------
    dict of str to str
        By kind; without those of which the page has nothing.
    """
    result = {}
    for kind in (*COLLECTED_BLOCKS, "figure", "page"):
        found = find_collected(document, kind)
        if found:
            images = (image for node in found for image in node.findall(nodes.image))
            parts = (
                *(node.pformat() for node in found),
                *(image_state(image["uri"]) for image in images),
            )
            text = "\n".join(parts)
            result[kind] = hashlib.sha256(text.encode("utf8", "surrogatepass")).hexdigest()
    return result


def _image_state(env: BuildEnvironment, docname: str, uri: str) -> str:
    if "://" in uri or uri.startswith("data:"):
        return ""
    return file_state(env.relfn2path(uri, docname)[1])


def get_domain(env: BuildEnvironment) -> LessonDomain:
    """Return the domain."""
    return cast("LessonDomain", env.get_domain("lesson"))


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


def _find_blocks(document: nodes.Element) -> Iterator[nodes.admonition]:
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
        is_at_home=bool(node.get("home")),
    )
