"""Whole pages shown on another page, kept as HTML for the next build.

The page of all pages is as long as the rest of the course, and each edit of a page changes a small
part of it. What the others gave is taken from the build before, if nothing that it shows can have
changed.
"""

from __future__ import annotations

import dataclasses as dc
import logging
import shutil
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import CONFIG_OK
from sphinx.util.logging import NAMESPACE, WarningSuppressor
from sphinx.util.nodes import clean_astext

from lessonbook.kept import Kept
from lessonbook.sphinx_ext.domain import get_domain
from lessonbook.sphinx_ext.fragments import KeptImage, LessonFragment
from lessonbook.sphinx_ext.highlighting import KeptHighlighter
from lessonbook.sphinx_ext.surroundings import get_surroundings

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.writers.html5 import HTML5Translator

BUILDERS = ("html", "dirhtml")
"""Those that write each page to a file of its own, for a browser."""

FOLDER = ".lesson-pages"
"""Lies beside the doctrees."""

_STORE = "lesson_kept_pages"

Heading = tuple[str, str, tuple["Heading", ...]]
"""Of a section: its id, its title, and those of the sections in it."""


@dc.dataclass(frozen=True)
class KeptPage:
    """A page as another one shows it.

    Attributes
    ----------
    html : str
        All of it.
    headings : tuple of Heading
        Its sections.
    images : tuple of (str, dict, str)
        For each picture its address, the files to choose from, and its name in the site.
    """

    html: str
    headings: tuple[Heading, ...]
    images: tuple[tuple[str, dict[str, str], str], ...]


class _Shown:
    """What is being shown on one page, and whether Sphinx has warned of anything on it."""

    def __init__(self, app: Sphinx, docname: str, names: Iterable[str]) -> None:
        self.docname = docname
        path = Path(app.doctreedir, FOLDER, f"{docname}.kept")
        self.store = Kept(path, version=_describe_build(app, docname, names))

    def find(self, env: BuildEnvironment, name: str) -> KeptPage | None:
        """Return a page that depends on the same as now, if there is one."""
        return cast("KeptPage | None", self.store.find("page", self._content(env, name)))

    def put(self, env: BuildEnvironment, name: str, page: KeptPage) -> None:
        """Keep a page."""
        self.store.put("page", self._content(env, name), page)

    def _content(self, env: BuildEnvironment, name: str) -> str:
        return f"{name}\n{get_domain(env).pages[name].digests.get('page', '')}"


def _describe_build(app: Sphinx, docname: str, names: Iterable[str]) -> str:
    builder: Any = app.builder
    extensions = sorted((one.name, str(one.version)) for one in app.extensions.values())
    parts = (
        version("Sphinx"),
        version("docutils"),
        extensions,
        builder.name,
        builder.build_info.config_hash,
        builder.build_info.tags_hash,
        get_surroundings(app.env),
        docname,
        list(names),
    )
    return repr(parts)


class _WarningCount(logging.Handler):
    """Counts Sphinx's warnings."""

    def __init__(self, app: Sphinx) -> None:
        super().__init__(logging.WARNING)
        self.addFilter(WarningSuppressor(app))
        self.seen = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.seen += 1


class KeptPages:
    """The pages that pages show, in one build.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        With a builder of HTML pages.
    """

    def __init__(self, app: Sphinx) -> None:
        self._app = app
        self._shown: _Shown | None = None
        self._warnings = _WarningCount(app)
        self._warned_before = 0
        logging.getLogger(NAMESPACE).addHandler(self._warnings)

    def begin(self, docname: str, names: Iterable[str]) -> None:
        """Begin a page that shows others.

        Parameters
        ----------
        docname : str
            The page.
        names : iterable of str
            All pages that it shows.
        """
        self._shown = _Shown(self._app, docname, names)
        self._warned_before = self._warnings.seen

    def recall(self, name: str) -> LessonFragment | None:
        """Return a page as the last build showed it; None if it is to be made anew."""
        env = self._app.env
        if self._shown is None:
            return None
        kept = self._shown.find(env, name)
        if kept is None or any(_name_of(env, uri) != image for uri, _, image in kept.images):
            return None
        fragment = LessonFragment("", page=name, is_whole=True, html=kept.html)
        fragment += _skeleton(kept)
        return fragment

    def keep(self, fragment: LessonFragment, html: str, images: list[nodes.image]) -> None:
        """Keep a page that has been written.

        Its nodes give way to those with which `recall` would have returned it, so that whoever
        looks at them afterwards finds the same in every build.
        """
        env = self._app.env
        kept = KeptPage(
            html,
            tuple(_headings(fragment)),
            tuple(
                (image["uri"], dict(image["candidates"]), name)
                for image in images
                if (name := _name_of(env, image["uri"])) is not None
            ),
        )
        fragment.children = []
        fragment += _skeleton(kept)
        if self._shown is not None and self._warnings.seen == self._warned_before:
            self._shown.put(env, fragment["page"], kept)

    def end(self, docname: str) -> None:
        """Write what is kept of a page that shows others."""
        if self._shown is not None and self._shown.docname == docname:
            self._shown.store.save()
            self._shown = None


def get_kept_pages(app: Sphinx) -> KeptPages | None:
    """Return the pages that are kept; None in a build of something other than HTML pages."""
    return cast("KeptPages | None", getattr(app, _STORE, None))


def _name_of(env: BuildEnvironment, uri: str) -> str | None:
    return env.images[uri][1] if uri in env.images else None


def _headings(parent: nodes.Element) -> Iterator[Heading]:
    for child in parent.children:
        if isinstance(child, nodes.section):
            title = clean_astext(cast("nodes.Element", child[0]))
            yield child["ids"][0], title, tuple(_headings(child))


def _skeleton(kept: KeptPage) -> Iterator[nodes.Node]:
    """What of a page others look for in the page that shows it: its sections and its pictures."""
    yield from map(_section, kept.headings)
    for uri, candidates, _ in kept.images:
        yield KeptImage(uri=uri, candidates=dict(candidates))


def _section(heading: Heading) -> nodes.section:
    node_id, title, inner = heading
    return nodes.section(
        "", nodes.title("", "", nodes.Text(title)), *map(_section, inner), ids=[node_id]
    )


def prepare(app: Sphinx) -> None:
    """Have a place for what is kept, if pages of HTML are built."""
    if isinstance(app.builder, StandaloneHTMLBuilder) and app.builder.name in BUILDERS:
        setattr(app, _STORE, KeptPages(app))


def forget_pages(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Forget everything if it was made with other settings."""
    if env.config_status != CONFIG_OK:
        shutil.rmtree(Path(app.doctreedir, FOLDER), ignore_errors=True)


def save_pages(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Keep what a page shows of others, once it has been translated."""
    kept = get_kept_pages(app)
    if kept is not None and doctree is not None:
        kept.end(pagename)


def visit_fragment(self: HTML5Translator, node: LessonFragment) -> None:
    """Open a division, without the classes that a theme gives to other containers."""
    if "html" in node:
        self.body.append(node["html"])
        raise nodes.SkipNode
    if node["is_whole"]:
        node["begin"] = len(self.body)
        node["images"] = [
            KeptImage(uri=image["uri"], candidates=image["candidates"])
            for image in node.findall(nodes.image)
            if image.get("candidates")
        ]
        if isinstance(self.highlighter, KeptHighlighter):
            self.highlighter.take_over(node["page"])
    self.body.append(self.starttag(node, "div"))


def depart_fragment(self: HTML5Translator, node: LessonFragment) -> None:
    """Close it."""
    self.body.append("</div>\n")
    kept = get_kept_pages(self.builder.app)
    if node["is_whole"] and kept is not None:
        kept.keep(node, "".join(self.body[node["begin"] :]), node["images"])


def setup_kept_pages(app: Sphinx) -> None:
    """Register the node and the events."""
    app.add_node(LessonFragment, html=(visit_fragment, depart_fragment))
    app.connect("builder-inited", prepare)
    app.connect("env-before-read-docs", forget_pages)
    app.connect("html-page-context", save_pages)
