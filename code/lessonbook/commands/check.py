"""``lessonbook check``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from lessonbook.check.report import FORMATS
from lessonbook.commands.options import FAILED, MISUSED, course_folder
from lessonbook.findings import Finding
from lessonbook.project import CONFIG_NAME, TOC_NAME


@click.command()
@course_folder
@click.option(
    "--format",
    "format_name",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How findings are written; github makes annotations of a pull request.",
)
@click.option("--built", is_flag=True, help="Check the built site as well.")
@click.option("--strict", is_flag=True, help="Fail for warnings too.")
@click.argument("pages", nargs=-1, type=click.Path(path_type=Path))
def check(root: Path, format_name: str, built: bool, strict: bool, pages: tuple[Path, ...]) -> None:
    """Check the course, or only some PAGES, without executing anything.

    Every finding ends with the id of its rule. The author's guide says how to do without a rule.
    """
    root = root.resolve()
    if not any((root / name).exists() for name in (CONFIG_NAME, TOC_NAME)):
        _misused(f"found neither {CONFIG_NAME} nor {TOC_NAME} in {root}; name a course by --root")
    names = [_name_page(root, page) for page in pages]
    findings = _find(root, names, built)
    if names:
        findings = [finding for finding in findings if finding.file in names]
    click.echo(FORMATS[format_name](findings))
    if any(strict or finding.severity == "error" for finding in findings):
        sys.exit(FAILED)


def _find(root: Path, names: Sequence[str], built: bool) -> list[Finding]:
    # parsers take a moment to import, which the help of other commands need not pay
    from lessonbook.check.engine import check_course, check_site
    from lessonbook.source.reader import load_course

    course = load_course(root, names)
    findings = check_course(course)
    if built:
        site = root / "_build" / "html"
        if not site.is_dir():
            _misused(f"found no built site in {site}; run lessonbook build before --built")
        findings += check_site(site, course)
    return findings


def _name_page(root: Path, page: Path) -> str:
    """Return the path of a page from the course's folder."""
    candidates = [path for path in (Path.cwd() / page, root / page) if path.is_file()]
    if not candidates:
        _misused(f"found no file {page}; name pages as in episodes/01-title.md")
    path = candidates[0].resolve()
    if not path.is_relative_to(root):
        _misused(f"found {page} outside the course's folder {root}; name it by --root")
    return path.relative_to(root).as_posix()


def _misused(message: str) -> None:
    click.echo(f"lessonbook check: {message}.", err=True)
    sys.exit(MISUSED)
