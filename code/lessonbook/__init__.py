"""Turn a folder of MyST episodes into a checked, executed lesson site.

Listed as a Sphinx extension (``extra_extensions: [lessonbook]``), it gives a Jupyter Book the
blocks, the nested cells, the numbers, the quizzes and the mathematics of a lesson.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__version__ = "0.1.0"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the Sphinx extension; called by Sphinx."""
    from lessonbook.sphinx_ext.extension import setup_extension

    return setup_extension(app)
