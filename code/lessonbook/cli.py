"""The command line: ``lessonbook build`` and ``lessonbook clean``."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from lessonbook import __version__
from lessonbook.findings import LessonbookError
from lessonbook.pipeline import build as build_course
from lessonbook.project import load_project

FAILED, MISUSED = 1, 2

course_folder = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    show_default="the current folder",
    help="The course's folder, with _config.yml and _toc.yml.",
)


@click.group()
@click.version_option(__version__, prog_name="lessonbook")
def main() -> None:
    """Build a lesson site from MyST episodes."""


@main.command()
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


@main.command()
@course_folder
def clean(root: Path) -> None:
    """Remove everything that was built."""
    try:
        project = load_project(root)
    except LessonbookError as error:
        click.echo(str(error), err=True)
        sys.exit(MISUSED)
    shutil.rmtree(project.build_folder, ignore_errors=True)


def _say_what_stays(root: Path) -> None:
    site = root.resolve() / "_build" / "html"
    if site.exists():
        click.echo(f"The site built before is unchanged: {site / 'index.html'}", err=True)
