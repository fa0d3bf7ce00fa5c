"""The digest of what episodes depend on changes with contents and with nothing else."""

from __future__ import annotations

import os

import pytest

from lessonbook.environment import environment_digest, watched_files

PATTERNS = ("code/**/*", "requirements.lock")


@pytest.fixture
def course(tmp_path):
    for name, text in {
        "code/models/one.py": "one",
        "code/models/one.stan": "stan",
        "code/models/__pycache__/one.pyc": "byte code",
        "requirements.lock": "lock",
        "episodes/01.md": "text",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_watched_files_are_found_once_without_byte_code(course):
    found = watched_files(course, (*PATTERNS, "code/models/*.py"))
    assert [path.relative_to(course).as_posix() for path in found] == [
        "code/models/one.py",
        "code/models/one.stan",
        "requirements.lock",
    ]


@pytest.mark.parametrize(
    "name", ["code/models/one.py", "code/models/one.stan", "requirements.lock"]
)
def test_a_changed_file_changes_the_digest(course, name):
    before = environment_digest(course, PATTERNS)
    (course / name).write_text("changed")
    assert environment_digest(course, PATTERNS) != before


def test_a_new_or_renamed_file_changes_the_digest(course):
    before = environment_digest(course, PATTERNS)
    (course / "code/models/one.py").rename(course / "code/models/two.py")
    assert environment_digest(course, PATTERNS) != before


def test_a_touched_file_or_changed_prose_does_not(course):
    before = environment_digest(course, PATTERNS)
    os.utime(course / "code/models/one.py", (1, 1))
    (course / "episodes/01.md").write_text("changed")
    assert environment_digest(course, PATTERNS) == before
