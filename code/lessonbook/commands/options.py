"""What several commands share."""

from __future__ import annotations

from pathlib import Path

import click

FAILED, MISUSED = 1, 2
"""Exit status for findings or a failed build, and for a command that cannot be carried out."""

course_folder = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    show_default="the current folder",
    help="The course's folder, with _config.yml and _toc.yml.",
)
