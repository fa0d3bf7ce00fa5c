"""Where in ``_config.yml`` a value stands, for messages about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lessonbook.project import CONFIG_NAME

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def config_place(app: Sphinx, name: str) -> str | None:
    """Return the file and line that give a configuration value; None if no line does."""
    path = Path(app.srcdir, CONFIG_NAME)
    try:
        lines = path.read_text(encoding="utf8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    for number, line in enumerate(lines, 1):
        if line.strip().startswith(f"{name}:"):
            return f"{path}:{number}"
    return None
