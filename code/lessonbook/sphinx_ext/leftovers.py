"""Remove from the output folder what earlier builds left there and this one would not write.

Sphinx never removes a file: the page of a deleted episode would stay, and so would a figure that
has since moved into an instructor note.
"""

from __future__ import annotations

import html
import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myst_nb.sphinx_ext import add_global_html_resources
from sphinx.search import js_index
from sphinx.util.index_entries import split_index_msg

from lessonbook.sphinx_ext.surroundings import describe_static_files
from lessonbook.whole_files import write_whole

if TYPE_CHECKING:
    from sphinx.application import Sphinx

REPORTS = "reports"
"""Where MyST-NB writes the tracebacks of failed cells, code of instructor notes included."""

STATIC_NOTE = ".lesson-static"
"""Lies beside the doctrees and says which style sheets and scripts were copied."""

_EXTRA_PAGES = "lesson_extra_pages"


def setup_leftovers(app: Sphinx) -> None:
    """Register the events."""
    app.connect("write-started", remove_static_files)
    app.connect("html-page-context", note_extra_page)
    # After sphinx-external-toc has written a first page where there is none.
    app.connect("build-finished", remove_leftovers, priority=900)


def remove_static_files(app: Sphinx, builder: object) -> None:
    """Have Sphinx copy the style sheets and scripts anew if they are not what they were."""
    if app.builder.format != "html":
        return
    folder, note = Path(app.outdir, "_static"), Path(app.doctreedir, STATIC_NOTE)
    current = "\n".join(describe_static_files(app))
    if not note.is_file() or note.read_text(encoding="utf8") != current:
        shutil.rmtree(folder, ignore_errors=True)
        note.write_text(current, encoding="utf8")
    # MyST-NB would copy its own behind the pages, which on first writing lack its checksum then.
    folder.mkdir(parents=True, exist_ok=True)
    add_global_html_resources(app, None)


def note_extra_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Remember the pages that are made of no document, such as the search."""
    if doctree is None:
        _extra_pages(app).add(pagename)


def remove_leftovers(app: Sphinx, exception: Exception | None) -> None:
    """Remove the pages, images and downloads that no document has any more."""
    if app.builder.format != "html" or app.env is None:
        return
    output = Path(app.outdir)
    shutil.rmtree(output / REPORTS, ignore_errors=True)
    # Without extra pages nothing was written, as nothing had changed.
    if exception is not None or not _extra_pages(app):
        return
    wanted = {path.resolve() for path in _wanted_files(app, output)}
    found = (output.rglob("*.html"), _below(output, "_images"), _below(output, "_downloads"))
    for path in list(chain.from_iterable(found)):
        if path.is_file() and path.resolve() not in wanted and "_static" not in path.parts:
            path.unlink()
    _clean_search_index(app, output / "searchindex.js")
    for folder in sorted((p for p in output.rglob("*") if p.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def _clean_search_index(app: Sphinx, path: Path) -> None:
    """Remove the words that no page has any more, and write headings as the script shows them.

    Sphinx keeps the words, with an empty list, and loses the index entries of the pages that are
    not written again. Its script takes the titles of pages and of sections for HTML, but the latter
    are plain text in the index.
    """
    if not path.is_file():
        return
    index = js_index.loads(path.read_text(encoding="utf8"))
    for name in ("terms", "titleterms"):
        index[name] = {word: pages for word, pages in index[name].items() if pages != []}
    titles: dict[str, list[Any]] = {}
    for title, places in index["alltitles"].items():
        # those of pages that were not written again are escaped already
        titles.setdefault(html.escape(html.unescape(title), quote=False), []).extend(places)
    index["alltitles"] = titles
    index["indexentries"] = _list_index_entries(app, index["docnames"])
    # in one step: with a part of it, Sphinx would not know the words of pages that it keeps
    write_whole(path, js_index.dumps(index))


def _list_index_entries(app: Sphinx, docnames: list[str]) -> dict[str, list[Any]]:
    """List the entries of the index, such as the terms of a glossary, as Sphinx's script does."""
    listed: dict[str, list[Any]] = {}
    for number, docname in enumerate(docnames):
        if app.env.metadata.get(docname, {}).keys() & {"no-search", "nosearch"}:
            continue
        found = {
            (word, target or "", main == "main")
            for kind, value, target, main, _ in app.env.domaindata["index"]["entries"].get(
                docname, ()
            )
            for word in split_index_msg(kind, value)
        }
        for word, target, is_main in sorted(found):
            listed.setdefault(word.lower(), []).append([number, target, is_main])
    return listed


def _wanted_files(app: Sphinx, output: Path) -> Iterator[Path]:
    builder: Any = app.builder
    for pagename in {*app.env.found_docs, *_extra_pages(app)}:
        yield Path(builder.get_outfilename(pagename))
    yield output / "index.html"
    for place in app.config.html_extra_path:
        root = Path(app.confdir, place)
        yield from (output / path.relative_to(root) for path in root.rglob("*"))
        yield output / root.name
    for _, name in app.env.images.values():
        yield output / builder.imagedir / name
    for _, name in app.env.dlfiles.values():
        yield output / "_downloads" / name


def _below(output: Path, folder: str) -> Iterator[Path]:
    return (output / folder).rglob("*")


def _extra_pages(app: Sphinx) -> set[str]:
    pages: set[str] = app.__dict__.setdefault(_EXTRA_PAGES, set())
    return pages
