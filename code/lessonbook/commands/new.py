"""``lessonbook new``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lessonbook.commands.options import MISUSED, course_folder
from lessonbook.findings import LessonbookError
from lessonbook.scaffold.new_episode import EpisodeRequest, add_episode
from lessonbook.scaffold.skeleton import BLANK

MINUTES = click.IntRange(min=0, max=24 * 60)


@click.command()
@click.argument("title")
@course_folder
@click.option("--after", metavar="PAGE", help="The page that it follows; by default the last.")
@click.option("--slug", help="The file's name after its number; by default from the title.")
@click.option(
    "--teaching", type=MINUTES, default=30, show_default=True, help="Minutes of teaching."
)
@click.option(
    "--exercises", type=MINUTES, default=15, show_default=True, help="Minutes of exercises."
)
def new(
    title: str, root: Path, after: str | None, slug: str | None, teaching: int, exercises: int
) -> None:
    """Write a new episode called TITLE, with its blanks marked, and list it in _toc.yml."""
    request = EpisodeRequest(title, slug, after, teaching, exercises)
    try:
        path = add_episode(root, request)
    except (LessonbookError, OSError) as error:
        click.echo(str(error), err=True)
        sys.exit(MISUSED)
    shown = path.relative_to(root.resolve())
    click.echo(f"{shown} is written and listed in _toc.yml.")
    click.echo(f"Fill its blanks, which begin with {BLANK}; lessonbook check lists what is left.")
