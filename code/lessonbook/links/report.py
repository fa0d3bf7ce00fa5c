"""What is to be said of the links, and how it is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lessonbook.check.report import format_github, format_json, format_text
from lessonbook.findings import Finding
from lessonbook.links.ask import Answer
from lessonbook.links.checker import address_asked
from lessonbook.links.collect import Link
from lessonbook.links.settings import Ignored
from lessonbook.project import CONFIG_NAME

BROKEN, UNCHECKED, MOVED, UNUSED = "LK001", "LK002", "LK003", "LK004"


def link_findings(
    links: Iterable[Link], answers: Mapping[str, Answer], *, with_anchors: bool
) -> list[Finding]:
    """Say of each link what is wrong with it.

    Parameters
    ----------
    links : iterable of Link
        The links, in the order in which to report them.
    answers : mapping of str to Answer
        From `check_links`.
    with_anchors : bool
        As it was given there.

    Returns
    -------
    list of Finding
        Broken links are errors; links that could not be checked, or have moved, are warnings.
    """
    findings = []
    for link in links:
        answer = answers[address_asked(link, with_anchors=with_anchors)]
        if answer.status == "broken":
            message = f"{link.url} is broken: {answer.detail}; mend or remove the link."
            findings.append(Finding(link.file, link.line, message, BROKEN))
        elif answer.status == "unchecked":
            message = f"{link.url} could not be checked: {answer.detail}."
            findings.append(Finding(link.file, link.line, message, UNCHECKED, "warning"))
        elif answer.moved_to:
            message = f"{link.url} has moved for good; link to {answer.moved_to}."
            findings.append(Finding(link.file, link.line, message, MOVED, "warning"))
    return findings


def unused_entries(ignored: Iterable[Ignored], links: Iterable[Link]) -> list[Finding]:
    """Say which entries of the list of ignored links match no link any more."""
    urls = {link.url for link in links}
    return [
        Finding(
            CONFIG_NAME,
            entry.line,
            f"{entry.url} is ignored, but no link matches it; remove the entry.",
            UNUSED,
            "warning",
        )
        for entry in ignored
        if not any(entry.matches(url) for url in urls)
    ]


@dataclass(frozen=True)
class LinkReport:
    """Everything that a run has to say.

    Parameters
    ----------
    findings : tuple of Finding
        What is wrong.
    links : tuple of (Link, Answer)
        Every link that was checked.
    summary : str
        One line.
    """

    findings: tuple[Finding, ...]
    links: tuple[tuple[Link, Answer], ...]
    summary: str


def _as_text(report: LinkReport) -> str:
    return f"{format_text(report.findings)}\n{report.summary}"


def _as_json(report: LinkReport) -> str:
    links = [
        {
            "url": link.url,
            "file": link.file,
            "line": link.line,
            "status": answer.status,
            "detail": answer.detail,
            "moved_to": answer.moved_to or None,
        }
        for link, answer in report.links
    ]
    content = {**json.loads(format_json(report.findings)), "links": links}
    return json.dumps(content, indent=2, ensure_ascii=False)


def _as_annotations(report: LinkReport) -> str:
    return f"{format_github(report.findings)}\n{report.summary}"


FORMATS: Mapping[str, Callable[[LinkReport], str]] = {
    "text": _as_text,
    "json": _as_json,
    "github": _as_annotations,
}
"""Ways to write a report; the findings are written as ``lessonbook check`` writes them."""
