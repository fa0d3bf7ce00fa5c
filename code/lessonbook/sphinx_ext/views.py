"""What sets the instructors' pages apart from the learners', and the links between them."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.util.matching import get_matching_files

from lessonbook.sphinx_ext.config import is_instructor_view
from lessonbook.views import INSTRUCTOR, LEARNER, is_instructor_page, other_view

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

_ONE_VIEW_ONLY = "lesson_instructor_pages"


def setup_views(app: Sphinx) -> None:
    """Register the configuration values and the events."""
    # The way from this view's first folder to the other's; None where only one view is made.
    app.add_config_value("lesson_other_view", None, "html", (str, type(None)))
    app.add_config_value("lesson_view_links", True, "html", (bool,))
    # After sphinx-external-toc has read the table of contents.
    app.connect("config-inited", find_instructor_pages, priority=950)
    # After the extensions and the theme have had their say about the page.
    app.connect("html-page-context", mark_view, priority=950)


def find_instructor_pages(app: Sphinx, config: Config) -> None:
    """Leave the instructors' pages out of the learner view, and of its table of contents."""
    found = _instructor_pages(app, config)
    site_map = getattr(config, "external_site_map", None)
    if site_map is not None:
        found = _with_pages_below(site_map, found, config.source_suffix)
    setattr(app, _ONE_VIEW_ONLY, found)
    if is_instructor_view(config) or not found:
        return
    patterns = [
        f"{docname}{suffix}" for docname in sorted(found) for suffix in config.source_suffix
    ]
    # A new list: the old one may be the default of all builds.
    config["exclude_patterns"] = [*config.exclude_patterns, *patterns]
    if site_map is not None:
        _drop_from_contents(site_map, found, config.source_suffix)


def get_instructor_pages(app: Sphinx) -> set[str]:
    """Return the pages that only the instructor view has."""
    return getattr(app, _ONE_VIEW_ONLY, set())


def _instructor_pages(app: Sphinx, config: Config) -> set[str]:
    names = get_matching_files(app.srcdir, config.include_patterns, config.exclude_patterns)
    return {
        name.removesuffix(".md")
        for name in names
        if name.endswith(".md") and is_instructor_page(Path(app.srcdir, name))
    }


def _with_pages_below(site_map: Any, found: set[str], suffixes: Any) -> set[str]:
    """Add the pages that the table of contents has below the given ones."""
    result: set[str] = set()
    waiting = [name for name in site_map if _docname(name, suffixes) in found]
    while waiting:
        name = waiting.pop()
        result.add(_docname(name, suffixes))
        if name in site_map:
            waiting += site_map[name].child_files()
    return found | result


def _drop_from_contents(site_map: Any, dropped: set[str], suffixes: Any) -> None:
    for name in [n for n in site_map if _docname(n, suffixes) in dropped]:
        del site_map[name]
    for document in site_map.values():
        for tree in document.subtrees:
            tree.items = [item for item in tree.items if _docname(item, suffixes) not in dropped]
        document.subtrees = [tree for tree in document.subtrees if tree.items]


def _docname(name: Any, suffixes: Any) -> str:
    for suffix in suffixes:
        if str(name).endswith(suffix):
            return str(name).removesuffix(suffix)
    return str(name)


def mark_view(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Mark the instructors' pages, keep search engines off them, and link the two views."""
    if is_instructor_view(app.config):
        # Search engines follow this; a robots.txt would have to lie in the root of the host.
        context["metatags"] = (
            f'{context.get("metatags", "")}\n<meta name="robots" content="noindex" />'
        )
        if doctree is not None:
            context["body"] = _note_of_view(app, pagename) + context.get("body", "")
    elif doctree is not None and app.config.lesson_view_links:
        _add_link(app, pagename, context)


def _note_of_view(app: Sphinx, pagename: str) -> str:
    address = _other_page(app, pagename, LEARNER)
    link = f' · <a href="{address}">This page for learners</a>' if address else ""
    return f'<p class="lesson-view-mark"><strong>Instructor view</strong>{link}</p>\n'


def _add_link(app: Sphinx, pagename: str, context: dict[str, Any]) -> None:
    address = _other_page(app, pagename, INSTRUCTOR)
    if not address:
        return
    link = (
        f'<p class="lesson-view-link"><a href="{address}" rel="nofollow">Instructor view</a></p>\n'
    )
    if "theme_extra_footer" in context:
        context["theme_extra_footer"] = f"{context['theme_extra_footer'] or ''}{link}"
    else:
        context["body"] = context.get("body", "") + link


def _other_page(app: Sphinx, pagename: str, view: str) -> str:
    """Return the address of the same page in the other view; empty if there is none."""
    assert view == other_view(app.config.lesson_view)
    way = app.config.lesson_other_view
    if way is None or pagename in get_instructor_pages(app):
        return ""
    here = app.builder.get_target_uri(pagename)
    return html.escape("../" * here.count("/") + way + here)
