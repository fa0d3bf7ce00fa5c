"""``lessonbook clean``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from lessonbook.commands.options import MISUSED, course_folder
from lessonbook.findings import LessonbookError
from lessonbook.project import load_project


@click.command()
@course_folder
def clean(root: Path) -> None:
    """Remove everything that was built."""
    try:
        project = load_project(root)
    except LessonbookError as error:
        click.echo(str(error), err=True)
        sys.exit(MISUSED)
    shutil.rmtree(project.build_folder, ignore_errors=True)
