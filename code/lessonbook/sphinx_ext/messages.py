"""Warnings about what an author wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx.util import logging

if TYPE_CHECKING:
    from docutils import nodes

WARNING_TYPE = "lesson"

logger = logging.getLogger(__name__)


def warn(
    kind: str, message: str, location: nodes.Node | tuple[str, int | None] | str | None
) -> None:
    """Log a warning of the type ``lesson.<kind>``.

    Parameters
    ----------
    kind : str
        Name that follows ``lesson.`` in ``suppress_warnings``.
    message : str
        What was found, what is allowed and how to correct it.
    location : Node, (docname, line) or str
        Where.
    """
    logger.warning(
        f"{message} [{WARNING_TYPE}.{kind}]", type=WARNING_TYPE, subtype=kind, location=location
    )
