"""Code in colours, kept for the next build: a page is mostly code that has not changed.

What is kept lies in a file for each page, as pages are written by several processes.
"""

from __future__ import annotations

import inspect
import logging
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.highlighting import PygmentsBridge, lexer_classes
from sphinx.util.logging import NAMESPACE

from lessonbook.kept import Kept

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = ".lesson-code"
"""Lies beside the doctrees."""


class KeptHighlighter(PygmentsBridge):
    """Colours code as another highlighter does, once.

    Parameters
    ----------
    bridge : sphinx.highlighting.PygmentsBridge
        The other one.
    builder : sphinx.builders.html.StandaloneHTMLBuilder
        Which knows the page that is being written.
    """

    def __init__(self, bridge: PygmentsBridge, builder: StandaloneHTMLBuilder) -> None:
        self.__dict__.update(bridge.__dict__)
        self._builder = builder
        self._version = f"{version('Sphinx')} {version('Pygments')} {_describe_own_lexers()}"
        self._page = ""
        self._kept = Kept()
        self._faults = _Faults()

    def highlight_block(
        self,
        source: str,
        lang: str,
        opts: dict[str, Any] | None = None,
        force: bool = False,
        location: Any = None,
        **kwargs: Any,
    ) -> str:
        """Return code as HTML; with a warning each time if it is not of its language."""

        def highlight() -> str:
            with self._faults:
                html: str = highlight_anew(source, lang, opts, force, location, **kwargs)
            if self._faults.seen:
                raise _FaultyError(html)
            return html

        highlight_anew = super().highlight_block
        style = self.formatter_args["style"]
        asked = (source, lang, sorted((opts or {}).items()), force, sorted(kwargs.items()), style)
        try:
            return self._open().get("code", repr(asked), highlight)
        except _FaultyError as fault:
            return fault.html

    def take_over(self, page: str) -> None:
        """Have the code of another page, which the one that is being written shows."""
        self._open().take_over(self._path_of(page))

    def save(self) -> None:
        """Keep what the page that is being written has used."""
        self._kept.save()

    def _open(self) -> Kept:
        page = self._builder.current_docname
        if page != self._page:
            self._page = page
            self._kept = Kept(self._path_of(page), version=self._version)
        return self._kept

    def _path_of(self, page: str) -> Path:
        return Path(self._builder.doctreedir, FOLDER, f"{page}.kept")


class _FaultyError(Exception):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html


class _Faults(logging.Handler):
    """Notes whether Sphinx warns of code that it highlights."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen = False
        self._logger = logging.getLogger(f"{NAMESPACE}.sphinx.highlighting")

    def emit(self, record: logging.LogRecord) -> None:
        self.seen = True

    def __enter__(self) -> None:
        self.seen = False
        self._logger.addHandler(self)

    def __exit__(self, *exception: object) -> None:
        self._logger.removeHandler(self)


def _describe_own_lexers() -> str:
    """Describe the lexers that extensions have registered, by the code that they are in."""
    files = {inspect.getfile(kind) for kind in lexer_classes.values() if inspect.isclass(kind)}
    return repr(sorted((name, Path(name).stat().st_mtime_ns) for name in files))


def use_kept_code(app: Sphinx) -> None:
    """Put the highlighter that keeps what it makes in the place of Sphinx's."""
    builder = app.builder
    if isinstance(builder, StandaloneHTMLBuilder):
        builder.highlighter = KeptHighlighter(builder.highlighter, builder)


def save_code(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Keep the code of a page that has been translated."""
    highlighter = getattr(app.builder, "highlighter", None)
    if doctree is not None and isinstance(highlighter, KeptHighlighter):
        highlighter.save()


def setup_highlighting(app: Sphinx) -> None:
    """Register the events."""
    app.connect("builder-inited", use_kept_code)
    app.connect("html-page-context", save_code)
