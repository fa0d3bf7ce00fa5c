"""A changed helper module or data file makes an episode's results stale; nothing else does."""

from __future__ import annotations

import os

import pytest

EPISODE = """\
---
file_format: mystnb
kernelspec:
  name: python3
title: Fresh
---

```{code-cell} python
import sys
from pathlib import Path

source = Path(FOLDER) / "code" / "answer.txt"
with open(Path(FOLDER) / "runs.txt", "a") as runs:
    runs.write("x")
print("the answer is", source.read_text())
```
"""


@pytest.fixture
def course(tmp_path, build):
    """Builds the course, and says what the page shows and how often the episode has run."""
    folder = tmp_path / "course"
    (folder / "code").mkdir(parents=True)
    answer = folder / "code" / "answer.txt"
    answer.write_text("42")
    text = EPISODE.replace("FOLDER", repr(str(folder)))

    def run(prose=""):
        # the cache lies in the course's folder, which the default would not have
        site = build(
            {"index.md": text + prose},
            folder="course",
            nb_execution_mode="cache",
            lesson_dependencies=["code/**/*"],
            nb_execution_cache_path="_build/cache",
        )
        assert site.warnings == []
        return site.page().get_text(), len((folder / "runs.txt").read_text())

    return run, answer, folder


def test_a_second_build_executes_nothing(course):
    run, _, folder = course
    assert "the answer is 42" in run()[0]
    assert run("A word of prose.\n")[1] == 1
    assert (folder / "_build" / "cache").is_dir()


def test_changed_file_is_seen_though_the_page_is_not_changed(course):
    run, answer, _ = course
    run()
    answer.write_text("43")
    shown, runs = run()
    assert "the answer is 43" in shown
    assert runs == 2


def test_touched_file_executes_nothing(course):
    run, answer, _ = course
    run()
    os.utime(answer, (1, 1))
    assert run()[1] == 1


def test_going_back_to_the_old_file_takes_the_old_results(course):
    run, answer, _ = course
    run()
    answer.write_text("43")
    run()
    answer.write_text("42")
    shown, runs = run()
    assert "the answer is 42" in shown
    assert runs == 2
