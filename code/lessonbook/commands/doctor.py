"""``lessonbook doctor``."""

from __future__ import annotations

import dataclasses as dc
import json
import sys
from pathlib import Path

import click

from lessonbook.commands.options import FAILED, MISUSED, course_folder
from lessonbook.findings import LessonbookError
from lessonbook.hooks import load_hooks
from lessonbook.machine import Check, examine
from lessonbook.project import load_project
from lessonbook.source.reader import load_course


@click.command()
@course_folder
@click.option("--json", "as_json", is_flag=True, help="Print a list of records.")
def doctor(root: Path, as_json: bool) -> None:
    """Say what is missing on this machine, and how to get it."""
    try:
        project = load_project(root)
        hooks = load_hooks(project.root, project.config, "lesson_doctor")
    except LessonbookError as error:
        click.echo(str(error), err=True)
        sys.exit(MISUSED)
    checks = examine(load_course(project.root), hooks)
    if as_json:
        click.echo(json.dumps([dc.asdict(check) for check in checks], indent=1))
    else:
        _print(checks)
    sys.exit(FAILED if any(check.status == "missing" for check in checks) else 0)


def _print(checks: list[Check]) -> None:
    width = max(len(check.name) for check in checks)
    for check in checks:
        click.echo(f"{check.status:8}  {check.name:{width}}  {check.found}")
        if check.hint:
            click.echo(f"{'':8}  {'':{width}}  → {check.hint}")
    n_missing = sum(check.status == "missing" for check in checks)
    click.echo(f"\n{n_missing} missing." if n_missing else "\nNothing is missing.")
