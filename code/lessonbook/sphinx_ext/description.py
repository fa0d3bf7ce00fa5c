"""What search engines, previews of links and citation managers show of a page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from docutils import nodes

from lessonbook.citation import read_citation
from lessonbook.sphinx_ext.nodes import LessonTitle, is_inside
from lessonbook.sphinx_ext.preview_image import find_preview_image, preview_address
from lessonbook.sphinx_ext.theme import uses_book_theme

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx.application import Sphinx

LONGEST = 160
"""Characters of a description; search engines cut off the rest."""

_GIVEN = re.compile(r'<meta\b[^>]*\bname="description"[^>]*\bcontent="([^"]*)"', re.IGNORECASE)
_GIVEN_LATER = re.compile(
    r'<meta\b[^>]*\bcontent="([^"]*)"[^>]*\bname="description"', re.IGNORECASE
)
_VIEWPORT = re.compile(r'\s*<meta name="viewport"[^>]*>')
_BOXES = ("callout", "caution", "prereq", "checklist", "discussion", "testimonial", "spoiler")
_HIDDEN = (*_BOXES, "challenge", "solution", "hint", "quiz", "instructor")


def setup_description(app: Sphinx) -> None:
    """Register the event."""
    # before the instructors' pages get their mark, and after the theme
    app.connect("html-page-context", add_metadata, priority=940)


def add_metadata(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Add a description, the data of a preview and those of a citation to the head of a page."""
    if not uses_book_theme(app.config):
        return
    # docutils adds one more of the tag that stands in the template
    metatags = _VIEWPORT.sub("", context.get("metatags") or "")
    title = _plain(str(context.get("title") or context.get("docstitle") or ""))
    given = _GIVEN.search(metatags) or _GIVEN_LATER.search(metatags)
    if given is not None:
        description = html.unescape(given[1])
    else:
        description = describe(doctree) or _describe_by_title(title, app.config.html_title)
        metatags += _meta("name", "description", description)
    metatags += "".join(_preview(app, context, doctree, title, description))
    if doctree is not None:
        metatags += "".join(_citation(app.srcdir, context, title))
    context["metatags"] = metatags


def describe(doctree: nodes.document | None) -> str:
    """Describe a page by its questions, or else by its first paragraph.

    Parameters
    ----------
    doctree : docutils.nodes.document or None
        The page.

    Returns
    -------
    str
        At most `LONGEST` characters, cut between words; empty for a page without prose.
    """
    if doctree is None:
        return ""
    questions = [
        node for node in doctree.findall(nodes.admonition) if node.get("kind") == "questions"
    ]
    text = " ".join(
        child.astext()
        for block in questions
        for child in block.children
        if not isinstance(child, LessonTitle)
    )
    return shorten(text or _first_paragraph(doctree))


def _first_paragraph(doctree: nodes.document) -> str:
    for paragraph in doctree.findall(nodes.paragraph):
        if not is_inside(paragraph, *_HIDDEN) and len(paragraph.astext()) > 1:
            return paragraph.astext()
    return ""


def shorten(text: str) -> str:
    """Cut a text between words.

    Examples
    --------
    >>> shorten("Two  words")
    'Two words'
    >>> len(shorten("word " * 100))
    155
    """
    words = " ".join(text.split())
    if len(words) <= LONGEST:
        return words
    return words[: LONGEST - 1].rpartition(" ")[0].rstrip(",;:–") + "…"


def _describe_by_title(title: str, project: str) -> str:
    return title if not project or title == project else f"{title} · {project}"


def _plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text)).strip()


def _preview(
    app: Sphinx, context: dict[str, Any], doctree: Any, title: str, description: str
) -> Iterator[str]:
    yield _meta("property", "og:title", title)
    yield _meta("property", "og:description", description)
    yield _meta(
        "property", "og:type", "article" if context.get("page_source_suffix") else "website"
    )
    yield _meta("property", "og:site_name", _plain(app.config.html_title or app.config.project))
    if context.get("pageurl"):
        yield _meta("property", "og:url", context["pageurl"])
    image = find_preview_image(app, doctree) if app.config.html_baseurl else None
    if image is None:
        yield _meta("name", "twitter:card", "summary")
        return
    yield _meta("property", "og:image", preview_address(app, image))
    yield _meta("property", "og:image:width", str(image.width))
    yield _meta("property", "og:image:height", str(image.height))
    yield _meta("property", "og:image:alt", _plain(image.words))
    yield _meta("name", "twitter:card", "summary_large_image")


def _citation(root: Path, context: dict[str, Any], title: str) -> Iterator[str]:
    """Name the page as citation managers ask for it."""
    citation = read_citation(root)
    if citation is None:
        return
    yield _meta(
        "name", "citation_title", f"{title} ({citation.title})" if title else citation.title
    )
    for author in citation.authors:
        yield _meta("name", "citation_author", author)
    if citation.date:
        yield _meta("name", "citation_publication_date", citation.date.replace("-", "/"))
    if citation.doi:
        yield _meta("name", "citation_doi", citation.doi)
    if context.get("pageurl"):
        yield _meta("name", "citation_public_url", context["pageurl"])


def _meta(kind: str, name: str, content: str) -> str:
    return f'\n<meta {kind}="{name}" content="{html.escape(content)}">'
