"""Malformed episodes give findings with file and line, and never a traceback."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from lessonbook.commands.check import check

from .lint_course import lint, write_course

FOLDER = Path(__file__).parent.parent / "bad_episodes"
OTHER = """\
---
title: Another page
teaching: 0
exercises: 0
---

:::{questions}
- What else?
:::

:::{objectives}
- See it.
:::

(other-label)=
## A section

:::{keypoints}
- That is all.
:::
"""


def read_expectations():
    """Findings by file, as pairs of line and rule."""
    expected = {}
    for row in (FOLDER / "expected.txt").read_text("utf8").splitlines():
        name, _, found = row.partition(":")
        if not row.startswith("#"):
            pairs = (pair.split() for pair in found.split(",") if pair.strip())
            expected[name] = [(int(line), rule) for line, rule in pairs]
    return expected


EXPECTED = read_expectations()


def make_course(tmp_path, name):
    write_course(tmp_path, {"episodes/other.md": OTHER, "episodes/z.md": ""})
    (tmp_path / "episodes" / "plot.png").write_bytes(b"")
    (tmp_path / "episodes" / "z.md").write_bytes((FOLDER / name).read_bytes())
    return tmp_path


def test_every_file_has_its_expectation():
    assert {path.name for path in FOLDER.glob("*.md")} == set(EXPECTED)
    assert sum(bool(found) for found in EXPECTED.values()) >= 60


@pytest.mark.parametrize("name", EXPECTED)
def test_bad_episode_gives_these_findings(tmp_path, name):
    root = make_course(tmp_path, name)
    start = time.perf_counter()
    findings = lint(root)
    assert time.perf_counter() - start < 10
    assert {finding.file for finding in findings} <= {"episodes/z.md"}
    found = sorted((finding.line, finding.rule) for finding in findings)
    assert found == sorted(EXPECTED[name]), "\n".join(map(str, findings))


@pytest.mark.parametrize("name", EXPECTED)
def test_command_fails_without_traceback(tmp_path, name):
    root = make_course(tmp_path, name)
    result = CliRunner().invoke(check, ["--root", str(root), "--strict"])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.exit_code == (1 if EXPECTED[name] else 0)
    assert result.output.count("episodes/z.md:") >= len(EXPECTED[name])
    assert "Traceback" not in result.output
