"""HTML that an author typed into a title, a caption or a quiz is text there, not markup."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform

from lessonbook.sphinx_ext.quiz import QuizForm, QuizKey

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PLACES = (nodes.title, nodes.rubric, nodes.caption, QuizForm, QuizKey)
CARD_TITLE = "sd-card-title"
_COMMENT = re.compile(r"\s*<!--.*-->\s*", re.DOTALL)


class EscapeMarkup(SphinxTransform):
    """Turn raw HTML from the page's own text into text, where titles and quizzes are concerned.

    These go to tables of contents, search results and collected pages, where markup would end up
    unescaped. Outputs of code cells and icons are also raw HTML, but not from the page's text.
    """

    default_priority = 420

    def apply(self, **kwargs: Any) -> None:
        """Look at every piece of raw HTML."""
        found = [node for node in self.document.findall(nodes.raw) if _is_in_place(node)]
        if not found:
            return
        environment = self.env
        path = Path(environment.doc2path(environment.docname))
        source = _squeeze(path.read_text(encoding="utf8", errors="replace"))
        for node in found:
            if _squeeze(node.astext()) in source:
                _escape(node)


def _is_in_place(node: nodes.raw) -> bool:
    parent = node.parent
    while parent is not None:
        if "nb_element" in parent.attributes:
            return False
        if isinstance(parent, PLACES) or CARD_TITLE in parent.get("classes", ()):
            return True
        parent = parent.parent
    return False


def _escape(node: nodes.raw) -> None:
    text = nodes.Text(node.astext())
    is_block = not isinstance(node.parent, nodes.TextElement)
    if _COMMENT.fullmatch(node.astext()):
        node.parent.remove(node)
    elif is_block:
        node.replace_self(nodes.paragraph("", "", text))
    else:
        node.replace_self(text)


def _squeeze(text: str) -> str:
    return "".join(text.split())


def setup_escaping(app: Sphinx) -> None:
    """Register the transform."""
    app.add_transform(EscapeMarkup)
