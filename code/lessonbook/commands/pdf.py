"""``lessonbook pdf``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lessonbook.commands.options import FAILED, MISUSED, course_folder
from lessonbook.downloads.course import PDF
from lessonbook.downloads.printed import find_printed, keep_printed, printed_page, read_mark
from lessonbook.downloads.printing import print_page
from lessonbook.execution_settings import default_jobs
from lessonbook.findings import LessonbookError
from lessonbook.pipeline import build as build_course
from lessonbook.processes import signals_as_interrupts
from lessonbook.project import Project, load_project


@click.command()
@course_folder
@click.option("--jobs", type=click.IntRange(min=1), default=default_jobs(), show_default=True)
def pdf(root: Path, jobs: int) -> None:
    """Print the course from its page for print (lesson_pdf), and publish the PDF with the site.

    The site is built first where it is not current. A PDF that is still right is kept.
    """
    try:
        project = load_project(root)
        page = printed_page(project)
        if page is None:
            click.echo(
                "_config.yml: lesson_pdf is not set; name the page with the block lesson-all "
                "under sphinx: config:, without suffix, as in lesson_pdf: book/all",
                err=True,
            )
            sys.exit(MISUSED)
        with signals_as_interrupts():
            build_course(project.root, jobs=jobs, report=click.echo)
            if _print_if_needed(project, page):
                build_course(project.root, jobs=jobs, report=click.echo)
    except (LessonbookError, OSError) as error:
        click.echo(str(error), err=True)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        click.echo("\nInterrupted; nothing was printed.", err=True)
        sys.exit(130)
    published = project.site_folder / PDF
    if not published.is_file():
        click.echo("The pages changed while they were printed; run it again.", err=True)
        sys.exit(FAILED)
    click.echo(f"\nThe course is printed: {published}")


def _print_if_needed(project: Project, page: str) -> bool:
    file = project.site_folder / page
    digest = read_mark(file.read_text(encoding="utf8"))
    if digest is None:
        raise OSError(f"{file}: found no mark of what it was made of; build the learners' view")
    if find_printed(project, digest, lambda line: None) is not None:
        return not (project.site_folder / PDF).is_file()
    click.echo(f"printing {page} ...")
    keep_printed(project, digest, print_page(file))
    return True
