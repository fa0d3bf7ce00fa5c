"""``lessonbook linkcheck``."""

from __future__ import annotations

import dataclasses as dc
import sys
from pathlib import Path

import click

from lessonbook.commands.options import FAILED, MISUSED, course_folder
from lessonbook.findings import LessonbookError
from lessonbook.links.checker import address_asked, check_links
from lessonbook.links.collect import collect_links
from lessonbook.links.memory import PLACE, Memory
from lessonbook.links.report import FORMATS, LinkReport, link_findings, unused_entries
from lessonbook.links.settings import read_link_settings
from lessonbook.project import load_project
from lessonbook.source.reader import load_course


@click.command()
@course_folder
@click.option("--anchors", is_flag=True, help="Look for the anchors in the pages, too.")
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True
)
@click.option(
    "--max-age",
    type=click.FloatRange(min=0),
    metavar="DAYS",
    help="Ask again for links that worked longer ago; 0 for all. [default: 7, or as configured]",
)
def linkcheck(root: Path, anchors: bool, form: str, max_age: float | None) -> None:
    """Ask for every page that the course links to on other sites."""
    try:
        project = load_project(root)
    except LessonbookError as error:
        click.echo(str(error), err=True)
        sys.exit(MISUSED)
    try:
        settings = read_link_settings(project.root, project.config)
    except LessonbookError as error:
        click.echo(FORMATS[form](LinkReport(error.findings, (), "No link was checked.")))
        sys.exit(FAILED)
    if max_age is not None:
        settings = dc.replace(settings, max_age=max_age)
    links = collect_links(load_course(project.root), project.config)
    asked = [link for link in links if not any(e.matches(link.url) for e in settings.ignore)]
    if sys.stderr.isatty():
        n_servers = len({link.host for link in asked})
        click.echo(f"Asking {n_servers} servers; this takes a while the first time.", err=True)
    memory = Memory(project.build_folder / PLACE, settings.max_age)
    answers = check_links(asked, settings, memory, with_anchors=anchors)
    findings = [
        *link_findings(asked, answers, with_anchors=anchors),
        *unused_entries(settings.ignore, links),
    ]
    n_broken = sum(finding.severity == "error" for finding in findings)
    n_unchecked = sum(answer.status == "unchecked" for answer in answers.values())
    summary = (
        f"{len(answers)} addresses in {len(asked)} links: {n_broken} broken links, "
        f"{n_unchecked} addresses that could not be checked, "
        f"{len(links) - len(asked)} ignored links"
    )
    checked = tuple((link, answers[address_asked(link, with_anchors=anchors)]) for link in asked)
    click.echo(FORMATS[form](LinkReport(tuple(findings), checked, summary)))
    sys.exit(FAILED if n_broken else 0)
