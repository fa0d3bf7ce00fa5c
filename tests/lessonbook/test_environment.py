"""What results depend on beside the files that they were made from."""

from __future__ import annotations

import os
import sys

import nbformat
import pytest

from lessonbook import environment
from lessonbook.environment import course_files, read_environment, watched_digest, watched_files
from lessonbook.execution_settings import execution_settings
from lessonbook.project import load_project

from .courses import write_course

PATTERNS = ("code/**/*", "requirements.lock")


@pytest.fixture
def course(tmp_path):
    for name, text in {
        "code/models/one.py": "one",
        "code/models/one.stan": "stan",
        "code/models/__pycache__/one.pyc": "byte code",
        "requirements.lock": "lock",
        "episodes/01.md": "text",
        "_config.yml": "title: T",
        "_toc.yml": "root: episodes/01",
        "_build/html/index.html": "built",
        ".git/HEAD": "ref",
        "venv/pyvenv.cfg": "",
        "venv/lib/package.py": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def names(root, paths):
    return sorted(path.relative_to(root).as_posix() for path in paths)


def test_files_of_a_course_are_neither_built_nor_hidden_nor_installed(course):
    assert names(course, course_files(course)) == [
        "_config.yml",
        "_toc.yml",
        "code/models/one.py",
        "code/models/one.stan",
        "episodes/01.md",
        "requirements.lock",
    ]


def test_watched_files_are_found_once_without_byte_code(course):
    expected = ["code/models/one.py", "code/models/one.stan", "requirements.lock"]
    assert names(course, watched_files(course, (*PATTERNS, "code/models/*.py"))) == expected
    assert names(course, watched_files(course, ())) == expected


@pytest.mark.parametrize("patterns", [PATTERNS, ()])
@pytest.mark.parametrize(
    "name", ["code/models/one.py", "code/models/one.stan", "requirements.lock"]
)
def test_a_changed_file_changes_the_digest(course, name, patterns):
    before = watched_digest(course, patterns)
    (course / name).write_text("changed")
    assert watched_digest(course, patterns) != before


def test_a_new_or_renamed_file_changes_the_digest(course):
    before = watched_digest(course, PATTERNS)
    (course / "code/models/one.py").rename(course / "code/models/two.py")
    assert watched_digest(course, PATTERNS) != before


def test_a_touched_file_or_changed_prose_does_not(course):
    before = watched_digest(course, PATTERNS)
    os.utime(course / "code/models/one.py", (1, 1))
    (course / "episodes/01.md").write_text("changed")
    assert watched_digest(course, PATTERNS) == before


def facts(root):
    project = load_project(root)
    return read_environment(project, execution_settings(project)).facts


def test_packages_are_those_of_the_lock(tmp_path, monkeypatch):
    installed = {"click": "8.1", "numpy": "2.1", "zope-interface": "5"}
    monkeypatch.setattr(environment, "installed_packages", lambda: iter(installed.items()))
    root = write_course(tmp_path, {})
    assert {name for name in facts(root) if name.startswith("package ")} == {
        "package click",
        "package numpy",
        "package zope-interface",
    }
    (root / "requirements.lock").write_text("Zope.Interface[extra]==5 \\\n  --hash=x\nother==1\n")
    found = facts(root)
    assert found["package zope-interface"] == "5"
    assert found["package other"] == "not installed"
    assert "package click" not in found
    assert len(found["requirements.lock"]) == 64


def test_private_copies_of_a_library_are_no_installed_packages(tmp_path, monkeypatch):
    (tmp_path / "nbformat-0.0.1.dist-info").mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    assert dict(environment.installed_packages())["nbformat"] == nbformat.__version__
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))  # which every process follows
    assert dict(environment.installed_packages())["nbformat"] == "0.0.1"


def test_installed_packages_have_the_versions_that_are_imported():
    assert dict(environment.installed_packages())["nbformat"] == nbformat.__version__
