"""``lessonbook clean``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from lessonbook.commands.options import FAILED, MISUSED, course_folder
from lessonbook.findings import LessonbookError
from lessonbook.hooks import load_hooks
from lessonbook.leftovers import CourseInUseError, Removed, prune_stores, remove_built
from lessonbook.project import load_project

UNUSED_DAYS = 30.0


@click.command()
@course_folder
@click.option("--outputs", is_flag=True, help="Also the results of the episodes' code.")
@click.option(
    "--fits",
    is_flag=True,
    help="Only what the course keeps elsewhere, such as fits, and has not used for a while.",
)
@click.option("--all", "everything", is_flag=True, help="All of these.")
@click.option(
    "--unused-for",
    type=click.FloatRange(min=0),
    metavar="DAYS",
    default=UNUSED_DAYS,
    show_default=True,
    help="For --fits: how long something was not used; 0 for all.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
def clean(
    root: Path, outputs: bool, fits: bool, everything: bool, unused_for: float, dry_run: bool
) -> None:
    """Remove what was built: the pages, or with an option also what took longer to make."""
    removed: list[Removed] = []
    try:
        project = load_project(root)
        if not fits or outputs or everything:
            removed += remove_built(project, results=outputs or everything, dry_run=dry_run)
        if fits or everything:
            hooks = load_hooks(project.root, project.config, "lesson_clean")
            removed += prune_stores(hooks, unused_for, dry_run=dry_run)
    except LessonbookError as error:
        _fail(str(error), MISUSED)
    except CourseInUseError as error:
        _fail(str(error), FAILED)
    except OSError as error:
        _fail(f"Not everything could be removed: {error}", FAILED)
    _print(removed, "would be removed" if dry_run else "removed")


def _print(removed: list[Removed], what: str) -> None:
    for entry in removed:
        number = f" ({entry.entries})" if entry.entries is not None else ""
        click.echo(f"{_in_words(entry.bytes):>10}  {entry.what}{number}")
    click.echo(f"{_in_words(sum(entry.bytes for entry in removed)):>10}  {what}")


def _in_words(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"


def _fail(message: str, status: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(status)
