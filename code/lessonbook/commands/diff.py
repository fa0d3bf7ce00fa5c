"""``lessonbook diff``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lessonbook.commands.options import FAILED
from lessonbook.difference.compare import compare_sites
from lessonbook.difference.report import FORMATS

_site = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("old", type=_site)
@click.argument("new", type=_site)
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="PATTERN",
    help="Pages to leave out, such as book/all.html; may be given again.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=200,
    show_default=True,
    metavar="LINES",
    help="Lines to show of a page; 0 for all.",
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if the sites differ.")
def diff(
    old: Path, new: Path, form: str, exclude: tuple[str, ...], limit: int, exit_code: bool
) -> None:
    """Compare two built sites as a reader would: text, numbers and figures.

    OLD and NEW are folders of built pages, such as _build/html.
    """
    for site in (old, new):
        if next(site.rglob("*.html"), None) is None:
            raise click.UsageError(
                f"{site}: found no page, allowed the folder of a built site, such as _build/html."
            )
    differences = compare_sites(old, new, exclude)
    click.echo(FORMATS[form](differences, limit).rstrip("\n"))
    sys.exit(FAILED if exit_code and differences else 0)
