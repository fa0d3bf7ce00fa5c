"""``lessonbook build``."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

from lessonbook.commands.options import FAILED, course_folder
from lessonbook.execution_settings import default_jobs
from lessonbook.findings import LessonbookError
from lessonbook.pipeline import build as build_course
from lessonbook.processes import signals_as_interrupts
from lessonbook.views import VIEWS


@click.command()
@course_folder
@click.argument("episodes", nargs=-1, metavar="[EPISODE]...")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=default_jobs(),
    show_default="the machine's cores",
    help="Episodes to execute at once, and processes that read and write pages.",
)
@click.option(
    "--view",
    type=click.Choice([*VIEWS, "all"]),
    default="all",
    show_default=True,
    help="Whose pages to build: the learners', the instructors' (below instructor/), or both.",
)
@click.option(
    "--strict/--no-strict", default=True, show_default=True, help="Whether a warning is an error."
)
@click.option(
    "--check",
    is_flag=True,
    help="Stop before anything is run if the linter finds errors in the sources; without it they "
    "are reported. What is wrong with the built pages always stops a strict build.",
)
def build(
    root: Path, episodes: tuple[str, ...], jobs: int, view: str, strict: bool, check: bool
) -> None:
    """Build the site; where that fails, the one published before stays.

    Executes the stale episodes (see lessonbook status), or of these only the EPISODEs: names or
    patterns such as 03-*. The pages of other stale episodes are then published without results.
    """
    try:
        with signals_as_interrupts():
            first_page = build_course(
                root,
                jobs=jobs,
                is_strict=strict,
                views=VIEWS if view == "all" else [view],
                episodes=episodes,
                is_checked=check,
                report=click.echo,
            )
    except LessonbookError as error:
        click.echo(str(error), err=True)
        _say_what_stays(root)
        sys.exit(FAILED)
    except OSError as error:
        click.echo(f"The site could not be written: {error}", err=True)
        _say_what_stays(root)
        sys.exit(FAILED)
    except KeyboardInterrupt as stop:
        number = getattr(stop, "number", signal.SIGINT)
        click.echo(f"\nInterrupted by {signal.Signals(number).name}.", err=True)
        _say_what_stays(root)
        sys.exit(128 + number)
    click.echo(f"\nThe site is built: {first_page}")


def _say_what_stays(root: Path) -> None:
    site = root.resolve() / "_build" / "html"
    if site.exists():
        click.echo(f"The site built before is unchanged: {site / 'index.html'}", err=True)
