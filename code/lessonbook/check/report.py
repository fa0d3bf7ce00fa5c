"""Findings as text for people, JSON for programs, and annotations for a pull request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from lessonbook.findings import Finding

JSON_VERSION = 1


def format_text(findings: Sequence[Finding]) -> str:
    """Write findings for people, those of a file together.

    Parameters
    ----------
    findings : sequence of Finding
        By file and line.

    Returns
    -------
    str
        Its last line counts them.

    Examples
    --------
    >>> print(format_text([Finding("a.md", 3, "found a placeholder; write it.", "LB040")]))
    a.md:3: found a placeholder; write it. [LB040]
    <BLANKLINE>
    1 error in 1 file
    """
    groups = [
        "\n".join(_line(finding) for finding in group)
        for _, group in groupby(findings, key=lambda finding: finding.file)
    ]
    return "\n\n".join([*groups, summary(findings)])


def _line(finding: Finding) -> str:
    if finding.severity == "error":
        return str(finding)
    place, _, rest = str(finding).partition(": ")
    return f"{place}: warning: {rest}"


def summary(findings: Sequence[Finding]) -> str:
    """Count errors and warnings in words.

    Examples
    --------
    >>> summary([])
    'no findings'
    """
    counts = [
        _count(sum(finding.severity == severity for finding in findings), severity)
        for severity in ("error", "warning")
    ]
    found = " and ".join(count for count in counts if count)
    files = _count(len({finding.file for finding in findings}), "file")
    return f"{found} in {files}" if found else "no findings"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def format_json(findings: Sequence[Finding]) -> str:
    """Write findings for programs.

    Parameters
    ----------
    findings : sequence of Finding
        By file and line.

    Returns
    -------
    str
        A JSON object with ``version`` (1), ``errors`` and ``warnings`` (how many), and
        ``findings``: a list of objects with ``rule``, ``severity`` (``error`` or ``warning``),
        ``file`` (from the course's folder), ``line`` (from 1, or null) and ``message``.
    """
    report = {
        "version": JSON_VERSION,
        "errors": sum(finding.severity == "error" for finding in findings),
        "warnings": sum(finding.severity == "warning" for finding in findings),
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity,
                "file": finding.file,
                "line": finding.line,
                "message": finding.message,
            }
            for finding in findings
        ],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def format_github(findings: Sequence[Finding]) -> str:
    """Write findings as workflow commands, which show them beside the lines of a pull request.

    Parameters
    ----------
    findings : sequence of Finding
        By file and line.

    Returns
    -------
    str
        A line for each, and one that counts them.

    Examples
    --------
    >>> print(format_github([Finding("a.md", 3, "100% of it; write it.", "LB040")]))
    ::error file=a.md,line=3,title=LB040::100%25 of it; write it.
    1 error in 1 file
    """
    return "\n".join([*(_annotation(finding) for finding in findings), summary(findings)])


def _annotation(finding: Finding) -> str:
    properties = {"file": finding.file, "line": finding.line, "title": finding.rule}
    listed = ",".join(f"{k}={_escape(str(v), ':,')}" for k, v in properties.items() if v)
    return f"::{finding.severity} {listed}::{_escape(finding.message)}"


def _escape(text: str, signs: str = "") -> str:
    for sign in "%\r\n" + signs:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


FORMATS: Mapping[str, Callable[[Sequence[Finding]], str]] = {
    "text": format_text,
    "json": format_json,
    "github": format_github,
}
"""Ways to write findings, by the name of the option."""
