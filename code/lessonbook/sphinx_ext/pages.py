"""The kinds of generated pages: each is a function from a listing to nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.parsers.rst import directives

from lessonbook.sphinx_ext.config import is_instructor_view
from lessonbook.sphinx_ext.domain import find_collected, get_domain
from lessonbook.sphinx_ext.fragments import LessonFragment, slug_of, take_over
from lessonbook.sphinx_ext.kept_pages import get_kept_pages
from lessonbook.sphinx_ext.listing import Listing, ListingKind, add_listing
from lessonbook.sphinx_ext.nodes import LessonDetails, LessonTitle, is_inside

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def collect_keypoints(listing: Listing) -> list[nodes.Node]:
    """Return the key points of each page."""
    return _by_page(listing, "keypoints")


def collect_questions(listing: Listing) -> list[nodes.Node]:
    """Return the questions of each page, and its objectives if they are asked for."""
    kinds = ("questions", "objectives") if "objectives" in listing.options else ("questions",)
    return _by_page(listing, *kinds)


def _by_page(listing: Listing, *kinds: str) -> list[nodes.Node]:
    result: list[nodes.Node] = []
    for docname, _ in listing.pages_with(*kinds):
        document = listing.doctree(docname)
        pieces = [
            piece
            for kind in kinds
            for block in find_collected(document, kind)
            for piece in (_contents(block) if len(kinds) == 1 else [block])
        ]
        fragment = take_over(listing.env, docname, pieces)
        result.append(listing.section(docname, fragment))
    return result or _nothing(f"There are no {kinds[0]} yet.")


def _contents(block: nodes.Element) -> list[nodes.Node]:
    """Return what stands in a block below its title."""
    return [child for child in block.children if not isinstance(child, LessonTitle)]


def _nothing(text: str) -> list[nodes.Node]:
    return [nodes.paragraph("", text.replace("keypoints", "key points"))]


def collect_challenges(listing: Listing) -> list[nodes.Node]:
    """Return the challenges of each page, with their solutions or with links to them."""
    result: list[nodes.Node] = []
    for docname, _ in listing.pages_with("challenge"):
        section = listing.section(docname)
        for challenge in find_collected(listing.doctree(docname), "challenge"):
            ways = [listing.link(docname, challenge["ids"][0], nodes.Text("In the episode"))]
            if "solutions" not in listing.options:
                ways += [
                    listing.link(docname, node_id, nodes.Text("Solution"))
                    for node_id in _remove_solutions(challenge)
                ]
            section += take_over(listing.env, docname, [challenge])
            section += _line_of(ways)
        result.append(section)
    return result or _nothing("There are no challenges yet.")


def _remove_solutions(challenge: nodes.Element) -> list[str]:
    """Take the solutions out of a challenge; return their ids."""
    found = [node for node in challenge.findall(LessonDetails) if node["kind"] == "solution"]
    for node in found:
        node.parent.remove(node)
    return [node["ids"][0] for node in found]


def _line_of(links: list[nodes.reference]) -> nodes.paragraph:
    line = nodes.paragraph("", "", classes=["lesson-origin"])
    for link in links:
        line += [nodes.Text(" · "), link] if line.children else [link]
    return line


def collect_figures(listing: Listing) -> list[nodes.Node]:
    """Return the figures of each page; of those in solutions no more than the way there."""
    result: list[nodes.Node] = []
    for docname, _ in listing.pages_with("figure"):
        section = listing.section(docname)
        for figure in find_collected(listing.doctree(docname), "figure"):
            if not figure["ids"] or next(figure.findall(nodes.caption), None) is None:
                continue
            node_id, is_hidden = figure["ids"][0], is_inside(figure, "solution")
            if is_hidden:
                for part in [c for c in figure.children if not isinstance(c, nodes.caption)]:
                    figure.remove(part)
            section += take_over(listing.env, docname, [figure], classes=["lesson-figure-entry"])
            text = "In a solution of the episode" if is_hidden else "In the episode"
            section += _line_of([listing.link(docname, node_id, nodes.Text(text))])
        if len(section) > 1:
            result.append(section)
    return result or _nothing("There are no figures yet.")


def collect_instructor_notes(listing: Listing) -> list[nodes.Node]:
    """Return the notes of each page; in the learner view nothing."""
    if not is_instructor_view(listing.app.config):
        return []
    result: list[nodes.Node] = []
    for docname, _ in listing.pages_with("instructor"):
        section = listing.section(docname)
        for note in find_collected(listing.doctree(docname), "instructor"):
            link = listing.link(docname, note["ids"][0], *_heading_above(note))
            section += nodes.paragraph("", "At: ", link, classes=["lesson-origin"])
            section += take_over(listing.env, docname, [note])
        result.append(section)
    return result or _nothing("There are no instructor notes yet.")


def _heading_above(node: nodes.Node) -> list[nodes.Node]:
    parent = node.parent
    while parent is not None and not isinstance(parent, nodes.section):
        parent = parent.parent
    if parent is None:
        return []
    return [child.deepcopy() for child in parent[0].children]


def collect_all(listing: Listing) -> list[nodes.Node]:
    """Return the pages themselves, one after the other, behind a list of them."""
    contents = nodes.bullet_list(classes=["lesson-all-contents"])
    result: list[nodes.Node] = [contents]
    names = _pages_of_their_own(listing)
    kept = get_kept_pages(listing.app)
    if kept is not None:
        kept.begin(listing.docname, names)
    for docname in names:
        result.append((kept and kept.recall(docname)) or _take_over_page(listing, docname))
        link = nodes.reference("", "", *listing.title(docname), internal=True)
        link["refid"] = slug_of(docname)
        contents += nodes.list_item("", nodes.paragraph("", "", link))
    return result


def _take_over_page(listing: Listing, docname: str) -> LessonFragment:
    pieces = [n for n in listing.doctree(docname).children if not isinstance(n, nodes.meta)]
    return take_over(listing.env, docname, pieces, classes=["lesson-whole-page"], is_whole=True)


def _pages_of_their_own(listing: Listing) -> list[str]:
    """Return the pages that are not themselves made of others."""
    listings = get_domain(listing.env).listings
    return [name for name, page in listing.pages() if page.is_episode or name not in listings]


def setup_pages(app: Sphinx) -> None:
    """Register the kinds of pages that are made of other pages."""
    for kind in _kinds():
        add_listing(app, kind)


def _kinds() -> Iterator[ListingKind]:
    yield ListingKind("lesson-keypoints", collect_keypoints, ("keypoints",))
    yield ListingKind(
        "lesson-questions",
        collect_questions,
        ("questions", "objectives"),
        {"objectives": directives.flag},
    )
    yield ListingKind(
        "lesson-challenges",
        collect_challenges,
        ("challenge",),
        {"solutions": directives.flag},
        is_searched=False,
    )
    yield ListingKind("lesson-figures", collect_figures, ("figure",))
    yield ListingKind("lesson-instructor-notes", collect_instructor_notes, ("instructor",))
    yield ListingKind("lesson-all", collect_all, ("page",), is_searched=False)
