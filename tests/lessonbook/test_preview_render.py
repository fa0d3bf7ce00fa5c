"""A page that is edited while it is read is not shown with results of the text before."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from .courses import write_course

PAGE = "episodes/a"
# a process of its own, as a preview has for each rendering: Sphinx leaves much behind
RENDER = """
import json, sys
from pathlib import Path
from lessonbook.preview.messages import Build, Reading, Setting, Written
from lessonbook.preview.render import render_once

root, page, text = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
folder = root / "_build/.preview"
folder.mkdir(parents=True, exist_ok=True)
complete, overtaken = [], []

def report(message):
    if isinstance(message, Reading) and text:
        page.write_text(text)
    if isinstance(message, Written):
        complete.extend(message.pages)
        overtaken.extend(message.overtaken)

render_once(Setting(root=root, folder=folder, view="learner", jobs=1), Build, report)
print(json.dumps([complete, overtaken]))
"""


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path / "course", {"a": "First.\n", "b": "Other.\n"})


def render(root, page, text_while_it_is_read=""):
    """Render what has changed; return the pages that are complete, and those overtaken."""
    ran = subprocess.run(
        [sys.executable, "-c", RENDER, str(root), str(page), text_while_it_is_read],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def test_page_that_is_edited_while_it_is_read_is_not_complete(course):
    page = course / f"{PAGE}.md"
    text = page.read_text()
    complete, overtaken = render(course, page)
    assert PAGE in complete and overtaken == []
    page.write_text(text.replace("First.", "Second."))
    complete, overtaken = render(course, page, text.replace("First.", "Third."))
    assert PAGE not in complete and overtaken == [PAGE]
    page.write_text(text.replace("First.", "Fourth."))
    complete, overtaken = render(course, page)
    assert PAGE in complete and overtaken == []
