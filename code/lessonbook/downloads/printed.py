"""The course as a PDF, kept together with what it was printed from, so that none is ever stale."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lessonbook.downloads.sources import find_images
from lessonbook.findings import Finding, LessonbookError
from lessonbook.lesson_config import lesson_setting
from lessonbook.manifest import read_checked, write_checked
from lessonbook.project import CONFIG_NAME, Project

PRINTED_FOLDER = ".printed"
"""Where a PDF waits for the next build, below the folder of what is built."""

_FILE = "course.pdf"
_RECORD = "course.json"
_MARK = re.compile(r'<meta name="lesson-printed-from" content="(?P<digest>[0-9a-f]{64})">')
_HEAD_END = "</head>"


def printed_page(project: Project) -> str | None:
    """Return the path of the page that the PDF is printed from, from the site's folder.

    Raises
    ------
    LessonbookError
        If ``lesson_pdf`` names no page of the table of contents.
    """
    page = lesson_setting(project.config, "lesson_pdf")
    if page is None:
        return None
    if page not in project.pages:
        allowed = "a page of _toc.yml, without suffix, such as the one with the block lesson-all"
        message = f"lesson_pdf: found {page!r}, allowed {allowed}."
        raise LessonbookError(Finding(CONFIG_NAME, None, message))
    return f"{page}.html"


def mark_page(site: Path, page: str) -> str:
    """Write into the page to be printed what its text, pictures and looks come down to.

    Parameters
    ----------
    site : pathlib.Path
        Pages as Sphinx wrote them, before anything is added.
    page : str
        From `printed_page`.

    Returns
    -------
    str
        The digest, 64 hexadecimal digits.
    """
    file = site / page
    text = file.read_text(encoding="utf8")
    article = text[max(text.find("<article"), 0) : text.rfind("</article>")]
    digest = hashlib.sha256(article.encode("utf8"))
    looks = [path for path in (site / "_static").rglob("*") if path.suffix in (".css", ".woff2")]
    own = [Path(__file__).with_name(name) for name in ("outline.py", "printing.py")]
    for path in (*find_images(article, file), *sorted(looks), *own):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    mark = f'<meta name="lesson-printed-from" content="{digest.hexdigest()}">'
    file.write_text(text.replace(_HEAD_END, f"{mark}\n{_HEAD_END}", 1), encoding="utf8")
    return digest.hexdigest()


def read_mark(text: str) -> str | None:
    """Return the digest that `mark_page` wrote into a page, if it has one.

    Examples
    --------
    >>> read_mark("<head></head>") is None
    True
    """
    match = _MARK.search(text.partition(_HEAD_END)[0])
    return match["digest"] if match else None


def find_printed(project: Project, digest: str, report: Callable[[str], None]) -> bytes | None:
    """Return the PDF that was printed from a page, if there is one and it is whole.

    Parameters
    ----------
    project : Project
    digest : str
        From `mark_page`.
    report : callable
        Called with a line for the author where there is only one of another state of the page.

    Returns
    -------
    bytes or None
    """
    record = _read_record(project)
    if record is None:
        return None
    if record["made_from"] != digest:
        report(
            "the PDF was printed from pages that have changed since, and is left out; "
            "lessonbook pdf prints it again"
        )
        return None
    content = (_folder(project) / _FILE).read_bytes()
    if hashlib.sha256(content).hexdigest() != record["sha256"]:
        report("the PDF is damaged, and is left out; lessonbook pdf prints it again")
        return None
    return content


def keep_printed(project: Project, digest: str, content: bytes) -> None:
    """Keep a PDF for the next build.

    Parameters
    ----------
    project : Project
    digest : str
        From `read_mark` of the page that it was printed from.
    content : bytes
        The PDF.
    """
    folder = _folder(project)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _FILE).write_bytes(content)
    record = {"made_from": digest, "sha256": hashlib.sha256(content).hexdigest()}
    write_checked(folder / _RECORD, record)


def printed_state(project: Project) -> str:
    """Say which PDF is kept, for the decision whether there is anything to build."""
    record = _read_record(project)
    return f"{record['made_from']} {record['sha256']}" if record else "none"


def _read_record(project: Project) -> dict[str, Any] | None:
    folder = _folder(project)
    try:
        record = read_checked(folder / _RECORD)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a PDF of which nothing is known is as good as none
    is_whole = {"made_from", "sha256"} <= record.keys() and (folder / _FILE).is_file()
    return record if is_whole else None


def _folder(project: Project) -> Path:
    return project.build_folder / PRINTED_FOLDER
