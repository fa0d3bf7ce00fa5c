"""``lessonbook status``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from lessonbook.commands.options import FAILED, MISUSED, course_folder
from lessonbook.findings import LessonbookError
from lessonbook.plan import EpisodePlan, Plan, plan
from lessonbook.project import load_project


@click.command()
@course_folder
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
def status(root: Path, as_json: bool) -> None:
    """Say which episodes the next build will execute, and why.

    Exit status: 0 if all are fresh, 1 if some are stale, 2 if the course cannot be read.
    """
    try:
        current = plan(load_project(root))
    except LessonbookError as error:
        click.echo(str(error), err=True)
        sys.exit(MISUSED)
    for finding in current.warnings:
        click.echo(f"warning: {finding}", err=True)
    if as_json:
        click.echo(json.dumps(_describe(current), indent=1))
    else:
        for episode in current.episodes:
            click.echo(_line(episode))
    sys.exit(FAILED if current.stale else 0)


def _line(episode: EpisodePlan) -> str:
    if episode.is_fresh:
        return f"fresh  {episode.page}"
    return f"stale  {episode.page}" + "".join(f"\n         {one}" for one in episode.reasons)


def _describe(current: Plan) -> dict[str, object]:
    return {
        "episodes": [
            {
                "page": episode.page,
                "is_fresh": episode.is_fresh,
                "reasons": [vars(reason) for reason in episode.reasons],
                "finished": episode.manifest.finished if episode.manifest else None,
                "seconds": episode.manifest.seconds if episode.manifest else None,
            }
            for episode in current.episodes
        ],
        "warnings": [str(finding) for finding in current.warnings],
    }
