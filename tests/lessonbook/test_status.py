"""``lessonbook status`` says which episodes are stale and why, for people and for programs."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from lessonbook.cli import main

from .courses import cell, edit, write_course
from .test_execute import run


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Two episodes that were run once; the first reads ``data.txt``."""
    root = write_course(
        tmp_path_factory.mktemp("status") / "course",
        {"one": "Prose.\n\n" + cell("open('../data.txt').read()"), "two": cell("2")},
    )
    (root / "data.txt").write_text("old")
    return root


def status(root, *options):
    return CliRunner().invoke(main, ["status", "--root", str(root), *options])


def test_which_and_why(course):
    first = status(course)
    assert first.exit_code == 1
    assert first.output.splitlines() == [
        "stale  episodes/one",
        "         it was never run",
        "stale  episodes/two",
        "         it was never run",
    ]
    assert run(course) == []
    second = status(course)
    assert (second.exit_code, second.output) == (0, "fresh  episodes/one\nfresh  episodes/two\n")

    (course / "data.txt").write_text("new")
    third = status(course, "--json")
    assert third.exit_code == 1
    one, two = json.loads(third.output)["episodes"]
    assert (one["page"], one["is_fresh"]) == ("episodes/one", False)
    assert one["reasons"] == [{"kind": "file", "subject": "data.txt", "text": "data.txt changed"}]
    assert two["is_fresh"]
    assert two["reasons"] == []
    assert two["seconds"] > 0


def test_it_takes_less_than_two_seconds(course):
    run(course)
    edit(course / "episodes/one.md", "Prose", "Other prose")  # so that it is parsed
    durations = []
    for _ in range(3):
        begun = time.monotonic()
        command = [sys.executable, "-m", "lessonbook", "status", "--root", str(course)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        durations.append(time.monotonic() - begun)
        assert done.returncode == 0, done.stdout + done.stderr
    assert min(durations) < 2


def test_damaged_records_are_a_warning(course):
    record = course / "_build/.lesson/episodes/episodes/two.json"
    content = record.read_text()
    record.write_text("noise")
    result = status(course)
    record.write_text(content)
    assert "warning: episodes/two.md: the record of its last run is damaged" in result.output
    assert result.exit_code == 1


def test_what_is_no_course_is_misuse(tmp_path):
    result = status(tmp_path)
    assert result.exit_code == 2
    assert "found no such file" in result.output
