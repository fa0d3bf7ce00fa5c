"""Read again the pages that gave warnings, so that a second build does not pass where one failed.

Sphinx remembers a page that it has read, whatever it had to say about it, and is silent about it
in the next build.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.util.logging import NAMESPACE, WarningSuppressor

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

NAME = ".lesson-warned"
"""Lies beside the doctrees and names the pages, one a line."""

_HANDLER = "lesson_warned_pages"


class _PagesWithWarnings(logging.Handler):
    """Collects which pages warnings are about; those about no page are about all."""

    def __init__(self, app: Sphinx) -> None:
        super().__init__(logging.WARNING)
        self.addFilter(WarningSuppressor(app))
        self.app = app
        self.found: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.found.add(self._find_page(getattr(record, "location", None)))

    def _find_page(self, location: Any) -> str:
        """Return the page's name; empty where there is none."""
        if isinstance(location, tuple):
            location = location[0]
        elif location is not None and not isinstance(location, str):
            location = getattr(location, "source", None) or ""
        name = str(location or "")
        env = self.app.env
        if env is None or name in env.found_docs:
            return name
        path = name.rpartition(":")[0] if name.rpartition(":")[2].isdigit() else name
        docname = env.path2doc(path) if path else None
        return docname if docname in env.found_docs else ""


def setup_rereading(app: Sphinx) -> None:
    """Register the configuration value and the event that begins."""
    # A preview keeps the warnings itself, so as to read nothing twice.
    app.add_config_value("lesson_repeat_warnings", False, "", (bool,))
    app.connect("builder-inited", listen)


def listen(app: Sphinx) -> None:
    """Listen to the warnings of this build, if it has to repeat those of the last."""
    if not app.config.lesson_repeat_warnings:
        return
    app.connect("env-get-outdated", find_warned)
    app.connect("build-finished", remember)
    handler = _PagesWithWarnings(app)
    logging.getLogger(NAMESPACE).addHandler(handler)
    setattr(app, _HANDLER, handler)


def find_warned(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Return the pages that the build before this one warned about."""
    path = Path(app.doctreedir, NAME)
    names = set(path.read_text(encoding="utf8").split("\n")) if path.is_file() else set()
    return sorted(env.found_docs if "" in names else names & env.found_docs)


def remember(app: Sphinx, exception: Exception | None) -> None:
    """Note for the next build which pages this one warned about."""
    handler: _PagesWithWarnings = getattr(app, _HANDLER)
    logging.getLogger(NAMESPACE).removeHandler(handler)
    path = Path(app.doctreedir, NAME)
    if handler.found:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(sorted(handler.found)), encoding="utf8")
    else:
        path.unlink(missing_ok=True)
