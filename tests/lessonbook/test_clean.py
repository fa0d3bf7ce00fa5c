"""What was built is removed by kind, and never while it is in use."""

from __future__ import annotations

import re
import sys

import pytest
from click.testing import CliRunner
from filelock import FileLock

from lessonbook.commands.clean import clean

HOOK = """\
CALLS = []

def prune(unused_days, dry_run):
    CALLS.append((unused_days, dry_run))
    return [{"what": "old ropes", "entries": 3, "bytes": 2_500_000}]

def fail(unused_days, dry_run):
    raise RuntimeError("no rope")

def wrong(unused_days, dry_run):
    return [{"what": "old ropes"}]
"""
PAGES = (".render/html/a.html", ".preview/learner/html/a.html", "html/a.html", ".next-1/a.html")
RESULTS = (".jupyter_cache/global.db", ".lesson/episodes/a.json")


@pytest.fixture
def course(tmp_path, monkeypatch):
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (tmp_path / "index.md").write_text("# Knots\n")
    (tmp_path / "old_ropes_of_the_tests.py").write_text(HOOK)
    configure(tmp_path, "prune")
    for name in (*PAGES, *RESULTS):
        path = tmp_path / "_build" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 1000)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "old_ropes_of_the_tests", raising=False)
    return tmp_path


def configure(course, hook):
    (course / "_config.yml").write_text(
        "title: Knots\nsphinx:\n  config:\n    lesson_clean:\n"
        f"      - old_ropes_of_the_tests:{hook}\n"
    )


def run(course, *options):
    return CliRunner().invoke(clean, ["--root", str(course), *options])


def left(course):
    build = course / "_build"
    return {p.relative_to(build).as_posix() for p in build.rglob("*") if p.is_file()} - {".lock"}


def calls():
    module = sys.modules.get("old_ropes_of_the_tests")
    return module.CALLS if module else []


def test_pages_go_and_results_stay(course):
    result = run(course)
    assert result.exit_code == 0
    assert left(course) == set(RESULTS)
    assert [line.split() for line in result.output.splitlines()] == [
        ["1.0", "kB", "_build/.next-1"],
        ["1.0", "kB", "_build/.preview"],
        ["1.0", "kB", "_build/.render"],
        ["1.0", "kB", "_build/html"],
        ["4.0", "kB", "removed"],
    ]
    assert calls() == []


def test_results_go_where_that_is_wanted(course):
    assert run(course, "--outputs").exit_code == 0
    assert left(course) == set()
    assert calls() == []


def test_results_in_another_folder_of_the_course_go_too(course):
    with (course / "_config.yml").open("a") as config:
        config.write("execute:\n  cache: results\n")
    (course / "results").mkdir()
    (course / "results" / "global.db").write_bytes(b"x" * 500)
    run(course)
    assert (course / "results" / "global.db").exists()
    run(course, "--outputs")
    assert not (course / "results").exists()


def test_fits_alone_leave_the_pages(course):
    result = run(course, "--fits")
    assert result.exit_code == 0
    assert left(course) == {*PAGES, *RESULTS}
    assert calls() == [(30.0, False)]
    assert re.fullmatch(r" +2.5 MB  old ropes \(3\)\n +2.5 MB  removed\n", result.output)


def test_all_is_pages_results_and_fits(course):
    assert run(course, "--all", "--unused-for", "7").exit_code == 0
    assert left(course) == set()
    assert calls() == [(7.0, False)]


def test_dry_run_says_the_same_and_removes_nothing(course):
    before = left(course)
    planned = run(course, "--all", "--dry-run")
    assert left(course) == before
    assert calls() == [(30.0, True)]
    assert planned.output.replace("would be removed", "removed") == run(course, "--all").output


def test_course_that_was_never_built_is_clean(course, tmp_path):
    run(course, "--outputs")
    (course / "_build" / ".lock").unlink()
    (course / "_build").rmdir()
    result = run(course)
    assert (result.exit_code, result.output) == (0, "       0 B  removed\n")


@pytest.mark.parametrize(
    ("lock", "what"), [(".lock", "built"), (".preview/learner.lock", "served")]
)
def test_course_in_use_is_left_alone(course, lock, what):
    before = left(course)
    with FileLock(course / "_build" / lock):
        result = run(course, "--all")
    assert result.exit_code == 1
    assert result.output == f"The course is being {what}; wait for it or end it first.\n"
    assert left(course) - {lock} == before - {lock}


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        ("fail", "it failed with RuntimeError: no rope; mend it"),
        ("wrong", "it returned {'what': 'old ropes'}, allowed what, entries and bytes; mend it"),
    ],
)
def test_function_that_is_of_no_use_is_named(course, hook, said):
    configure(course, hook)
    result = run(course, "--fits")
    assert result.exit_code == 2
    assert result.output == f"_config.yml: lesson_clean: old_ropes_of_the_tests:{hook}: {said}\n"


def test_folder_without_a_course_is_left_alone(tmp_path):
    (tmp_path / "_build").mkdir()
    (tmp_path / "_build" / "mine.txt").write_text("mine")
    result = run(tmp_path)
    assert result.exit_code == 2 and "found no such file" in result.output
    assert (tmp_path / "_build" / "mine.txt").exists()
