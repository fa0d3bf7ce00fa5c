"""Pages that show what other pages contain: the placeholder, and when it is filled anew.

As in `sphinx.ext.todo`, a directive leaves a placeholder, and each page's contents are recorded by
document in a domain. The placeholder is replaced when the page is written, from the pages as they
are then; a page is written again whenever what it collects has changed, been renamed or removed.
What a kind of page shows is a function, registered with `add_listing`.
"""

from __future__ import annotations

import dataclasses as dc
import hashlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.matching import patfilter
from sphinx.util.nodes import clean_astext

from lessonbook.sphinx_ext.directives import Converter, LessonDirective
from lessonbook.sphinx_ext.domain import ListingRecord, PageRecord, get_domain
from lessonbook.sphinx_ext.fragments import LessonFragment, LessonListing, slug_of
from lessonbook.sphinx_ext.messages import warn

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

CONTENTS_DEPTH = 3
"""Levels of headings in a generated page's list of contents, its title included."""

Collect = Callable[["Listing"], list[nodes.Node]]


@dc.dataclass(frozen=True)
class ListingKind:
    """A kind of generated page or fragment.

    Attributes
    ----------
    name : str
        Name of its directive.
    collect : callable
        Returns what stands in the placeholder's stead.
    uses : tuple of str
        The kinds of contents, as in `lessonbook.sphinx_ext.domain.find_collected`, that it shows.
    options : dict
        Its options beside ``pages``.
    state : callable, optional
        Returns, from the listing, text that changes when anything else does that it shows.
    is_searched : bool
        Whether a page with it is found by a search; not, where every hit would be found twice.
    """

    name: str
    collect: Collect
    uses: tuple[str, ...] = ()
    options: dict[str, Converter] = dc.field(default_factory=dict)
    state: Callable[[Listing], str] = lambda listing: ""
    is_searched: bool = True


@dc.dataclass(frozen=True)
class Listing:
    """What a directive asks for, and the pages to take it from."""

    app: Sphinx
    docname: str
    kind: ListingKind
    options: dict[str, str]
    line: int = 0

    @property
    def env(self) -> BuildEnvironment:
        """What Sphinx knows of all pages."""
        assert self.app.env is not None
        return self.app.env

    def pages(self) -> list[tuple[str, PageRecord]]:
        """Return the pages to look at, in the order of the table of contents."""
        pages = get_domain(self.env).pages
        names = [name for name in order_pages(self.env) if name in pages]
        if patterns := self._patterns():
            chosen = {name for pattern in patterns for name in patfilter(names, pattern)}
            names = [name for name in names if name in chosen]
        return [(name, pages[name]) for name in names]

    def _patterns(self) -> list[str]:
        return self.options.get("pages", "").split()

    def check_patterns(self) -> None:
        """Warn of patterns that choose nothing."""
        names = order_pages(self.env)
        for pattern in self._patterns():
            if not patfilter(names, pattern):
                message = f"{self.kind.name}: pages: found {pattern!r}, which fits no page of the "
                message += "table of contents; correct it"
                warn("option", message, (self.docname, self.line or None))

    def pages_with(self, *kinds: str) -> list[tuple[str, PageRecord]]:
        """Return those of the pages that have something of the kinds."""
        return [page for page in self.pages() if not page[1].digests.keys().isdisjoint(kinds)]

    def doctree(self, docname: str) -> nodes.document:
        """Return a page as it was read; a new copy at each call, so that it may be taken apart."""
        return self.env.get_doctree(docname)

    def title(self, docname: str) -> list[nodes.Node]:
        """Return a page's title."""
        return [child.deepcopy() for child in self.env.titles[docname].children]

    def link(self, docname: str, node_id: str = "", *text: nodes.Node) -> nodes.reference:
        """Return a link to a page, or to a place in it, by default with the page's title."""
        builder = self.app.builder
        uri = builder.get_relative_uri(self.docname, docname)
        node = nodes.reference("", "", internal=True)
        node["refuri"] = f"{uri}#{node_id}" if node_id else uri
        node += text or self.title(docname)
        return node

    def section(self, docname: str, *content: nodes.Node) -> nodes.section:
        """Return a section for what comes from one page, with a link to it for a title."""
        node = nodes.section(ids=[f"{self.kind.name}-{slug_of(docname)}"])
        node += nodes.title("", "", self.link(docname))
        node += content
        return node

    def digest(self) -> str:
        """Digest all that the listing shows."""
        parts = [self.kind.name, repr(sorted(self.options.items())), self.kind.state(self)]
        for docname, record in self.pages():
            found = [record.digests.get(kind, "") for kind in self.kind.uses]
            if any(found) or record.is_episode:
                title = self.env.titles[docname].pformat()
                at_home = record.sum_challenges(at_home=True)
                parts += [docname, title, *map(str, (record.teaching, record.exercises, at_home))]
                parts += found
        return hashlib.sha256("\n".join(parts).encode("utf8", "surrogatepass")).hexdigest()


def order_pages(env: BuildEnvironment) -> list[str]:
    """Return the pages of the table of contents in its order."""

    def walk(docname: str) -> Iterator[str]:
        if docname not in seen and docname in env.found_docs:
            seen.add(docname)
            yield docname
            for child in env.toctree_includes.get(docname, ()):
                yield from walk(child)

    seen: set[str] = set()
    return list(walk(env.config.root_doc))


class ListingDirective(LessonDirective):
    """Leaves a placeholder."""

    has_content = False
    optional_arguments = 0
    kinds: ClassVar[dict[str, ListingKind]] = {}

    def run(self) -> list[nodes.Node]:
        """Return the placeholder, and note what the page collects."""
        kind = self.kinds[self.name]
        options = self.read_options({"pages": directives.unchanged_required, **kind.options})
        written = {name: str(value or "") for name, value in options.items()}
        node = LessonListing("", kind=kind.name, options=written)
        self.set_source_info(node)
        if not kind.is_searched:
            self.env.metadata[self.env.docname]["no-search"] = "true"
        record = ListingRecord(kind.name, tuple(sorted(written.items())), kind.uses)
        get_domain(self.env).note_listing(self.env.docname, record)
        return [node]


class ExpandListings(SphinxPostTransform):
    """Replace the placeholders, before anything in what replaces them is resolved."""

    default_priority = 0

    def run(self, **kwargs: Any) -> None:
        """Look for them."""
        for node in list(self.document.findall(LessonListing)):
            kind = ListingDirective.kinds[node["kind"]]
            listing = Listing(self.app, self.env.docname, kind, node["options"], node.line or 0)
            listing.check_patterns()
            node.replace_self(kind.collect(listing))


def add_listing(app: Sphinx, kind: ListingKind) -> None:
    """Register a kind of generated page."""
    ListingDirective.kinds[kind.name] = kind
    app.add_directive(kind.name, ListingDirective, override=True)


def find_changed_listings(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages to write again because what they collect is not what it was."""
    domain = get_domain(env)
    changed = []
    for docname, records in domain.listings.items():
        digests = []
        for record in records:
            kind = ListingDirective.kinds.get(record.kind)
            if kind is not None:
                digests.append(Listing(app, docname, kind, dict(record.options)).digest())
        if domain.shown.get(docname) != (digest := " ".join(digests)):
            domain.shown[docname] = digest
            changed.append(docname)
    return changed


def show_contents(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Have the list "On this page" name the sections that were put in place of placeholders."""
    if not isinstance(doctree, nodes.document) or pagename not in get_domain(app.env).listings:
        return
    entries = _list_sections(doctree)
    if isinstance(app.builder, StandaloneHTMLBuilder) and entries is not None:
        context["toc"] = app.builder.render_partial(entries)["fragment"]
        context["display_toc"] = True


def _list_sections(parent: nodes.Element, depth: int = 1) -> nodes.bullet_list | None:
    sections = [child for child in parent.children if isinstance(child, nodes.section)]
    for fragment in parent.children:
        if isinstance(fragment, LessonFragment):
            sections += [child for child in fragment.children if isinstance(child, nodes.section)]
    if not sections or depth > CONTENTS_DEPTH:
        return None
    entries = nodes.bullet_list("")
    for section in sections:
        text = nodes.Text(clean_astext(cast("nodes.Element", section[0])))
        link = nodes.reference("", "", text, internal=True)
        link["refuri"] = f"#{section['ids'][0]}" if depth > 1 else "#"
        item = nodes.list_item("", addnodes.compact_paragraph("", "", link))
        item += _list_sections(section, depth + 1) or []
        entries += item
    return entries


def setup_listing(app: Sphinx) -> None:
    """Register the placeholder, and what fills it."""
    app.add_node(LessonListing)
    app.add_post_transform(ExpandListings)
    app.connect("env-get-updated", find_changed_listings)
    app.connect("html-page-context", show_contents)
