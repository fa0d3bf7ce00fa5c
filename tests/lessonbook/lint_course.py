"""Small courses on disk for the tests of the linter."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lessonbook.check.engine import check_course, check_site
from lessonbook.check.rule import Example, Rule, SiteRule
from lessonbook.findings import Finding
from lessonbook.source.reader import load_course

CONFIG = """\
title: A course
parse:
  myst_enable_extensions: [amsmath, attrs_inline, colon_fence, deflist, dollarmath, tasklist]
sphinx:
  extra_extensions: [lessonbook]
"""


def write_course(root: Path, files: Mapping[str, str], unlisted: Iterable[str] = ()) -> Path:
    """Write a course whose table of contents lists every page, unless it is written as well."""
    pages = sorted(name for name in files if name.endswith(".md") and name not in unlisted)
    contents = ["format: jb-book", "root: index"]
    if pages:
        contents += ["chapters:", *(f"- file: {name.removesuffix('.md')}" for name in pages)]
    given = {"_config.yml": CONFIG, "_toc.yml": "\n".join(contents) + "\n", "index.md": "# Home\n"}
    for name, text in {**given, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf8", errors="surrogateescape"))
    return root


def write_outputs(root: Path, page: str, outputs: Iterable[Iterable[Mapping[str, Any]]]) -> None:
    """Put a page's outputs where the build keeps them."""
    (document,) = [p for p in load_course(root).pages if p.path == page]
    cells = [
        {"cell_type": "code", "source": cell.source, "outputs": list(given), "metadata": {}}
        for cell, given in zip(document.cells, outputs, strict=True)
    ]
    write_notebook(root, page, cells)


def write_notebook(root: Path, page: str, cells: list[dict[str, Any]], key: str = "0") -> None:
    """Put an executed notebook into the course's cache."""
    cache = root / "_build" / ".jupyter_cache"
    (cache / "executed" / key).mkdir(parents=True)
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    (cache / "executed" / key / "base.ipynb").write_text(text)
    with sqlite3.connect(cache / "global.db") as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS nbcache (hashkey TEXT, uri TEXT, accessed TEXT)"
        )
        row = (key, str(root.resolve() / page), f"2026-01-01 00:00:0{key}")
        connection.execute("INSERT INTO nbcache VALUES (?, ?, ?)", row)
    connection.close()


def lint(root: Path) -> list[Finding]:
    """Check a course's sources."""
    return check_course(load_course(root))


def lint_files(root: Path, files: Mapping[str, str]) -> list[tuple[str, int | None]]:
    """Write a course and return the rules that it breaks, with their lines."""
    return [(finding.rule, finding.line) for finding in lint(write_course(root, files))]


def lint_page(root: Path, text: str) -> list[tuple[str, int | None]]:
    """Check one page, which is no episode."""
    return lint_files(root, {"page.md": text})


def check_example(root: Path, rule: Rule, example: Example) -> list[Finding]:
    """Check an example of a rule with every rule of its kind."""
    unlisted = () if example.is_listed else (example.path,)
    write_course(root, {**example.files, example.path: example.text}, unlisted)
    if example.outputs:
        write_outputs(root, example.path, example.outputs)
    if isinstance(rule, SiteRule):
        return check_site(root / "_build" / "html", load_course(root))
    return lint(root)
