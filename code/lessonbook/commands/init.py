"""``lessonbook init``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lessonbook.commands.options import MISUSED
from lessonbook.findings import LessonbookError
from lessonbook.scaffold.new_course import CourseRequest, create_course
from lessonbook.scaffold.skeleton import BLANK


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument("title")
@click.option(
    "--episode",
    metavar="TITLE",
    default=CourseRequest.episode,
    show_default=True,
    help="The title of its first episode.",
)
@click.option("--author", default=CourseRequest.author, show_default=True, help="Who writes it.")
@click.option(
    "--language", default=CourseRequest.language, show_default=True, help="What it is written in."
)
def init(folder: Path, title: str, episode: str, author: str, language: str) -> None:
    """Begin a course called TITLE in FOLDER: it builds at once, with its blanks marked."""
    try:
        written = create_course(folder, CourseRequest(title, episode, author, language))
    except (LessonbookError, OSError) as error:
        click.echo(str(error), err=True)
        sys.exit(MISUSED)
    for path in written:
        click.echo(f"wrote {path}")
    click.echo(f"""
To see the course while you write:  lessonbook serve --root {folder}
For another episode:                lessonbook new "Title" --root {folder}
Blanks begin with {BLANK}; lessonbook check --root {folder} lists what is left.""")
