"""A page that stops the parser is reported at its line, and the other pages are read as well."""

from __future__ import annotations

from traceback import format_exception
from types import TracebackType
from typing import TYPE_CHECKING

from docutils import nodes
from myst_nb.sphinx_ import Parser
from sphinx.errors import SphinxError
from sphinx.util import logging

from lessonbook.sphinx_ext.messages import warn

if TYPE_CHECKING:
    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)

_BELOW_OPENING = 2
"""How many lines below the opening of a code cell MyST-NB says that the cell is."""
_RECURSION = "it includes itself, or is nested too deeply"


class LessonParser(Parser):  # type: ignore[misc]
    """MyST-NB's parser, which would end the whole build without saying which page it was."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Parse a page; of one that cannot be parsed its name is left."""
        try:
            super().parse(inputstring, document)
        except SphinxError:
            raise  # it says itself what is wrong
        except Exception as error:  # of any kind: libraries use what an author wrote unchecked
            place = (self.env.docname, find_line(error.__traceback__))
            what = f"{type(error).__name__}: {str(error).strip()}".split("\n")[0]
            reason = _RECURSION if isinstance(error, RecursionError) else what
            warn("page", f"the page cannot be rendered from here on ({reason}); correct it", place)
            logger.debug("%s", "".join(format_exception(error)))
            document.attributes.pop("nb_renderer", None)  # cannot be stored with the page
            document.clear()
            title = nodes.title("", self.env.docname)
            document += nodes.section("", title, ids=["unreadable"])


def find_line(traceback: TracebackType | None) -> int:
    """Find the line of the outermost piece of Markdown that was being rendered.

    Parameters
    ----------
    traceback : TracebackType or None
        Of the error that ended it.

    Returns
    -------
    int
        From 1; 1 if nothing was being rendered yet.
    """
    while traceback is not None:
        code, token = traceback.tb_frame.f_code, traceback.tb_frame.f_locals.get("token")
        place = getattr(token, "map", None)
        if code.co_name.startswith("render_") and token is not None and place:
            if token.type == "nb_cell_code":
                return int(place[0]) - _BELOW_OPENING
            if token.type != "nb_cell_markdown":  # all the text between two cells
                return int(place[0])
        traceback = traceback.tb_next
    return 1


def setup_parsing(app: Sphinx) -> None:
    """Take the place of MyST-NB's parser."""
    app.add_source_parser(LessonParser, override=True)
