"""``lessonbook build``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from lessonbook.commands.options import FAILED, course_folder
from lessonbook.findings import LessonbookError
from lessonbook.pipeline import build as build_course


@click.command()
@course_folder
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="the machine's cores",
    help="Processes that read and write pages.",
)
@click.option(
    "--strict/--no-strict", default=True, show_default=True, help="Whether a warning is an error."
)
def build(root: Path, jobs: int, strict: bool) -> None:
    """Build the site; where that fails, the one published before stays."""
    try:
        first_page = build_course(root, jobs=jobs, is_strict=strict)
    except LessonbookError as error:
        click.echo(str(error), err=True)
        _say_what_stays(root)
        sys.exit(FAILED)
    except OSError as error:
        click.echo(f"The site could not be written: {error}", err=True)
        _say_what_stays(root)
        sys.exit(FAILED)
    click.echo(f"\nThe site is built: {first_page}")


def _say_what_stays(root: Path) -> None:
    site = root.resolve() / "_build" / "html"
    if site.exists():
        click.echo(f"The site built before is unchanged: {site / 'index.html'}", err=True)
