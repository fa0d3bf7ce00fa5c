"""No page is shown without results that it had, nor with results of the text before."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from lessonbook.preview.execution import execute_once
from lessonbook.preview.messages import Execute, Setting

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
complete, overtaken, waiting = [], [], []

def report(message):
    if isinstance(message, Reading):
        waiting.extend(sorted(message.waiting))
    if isinstance(message, Reading) and text:
        page.write_text(text)
    if isinstance(message, Written):
        complete.extend(message.pages)
        overtaken.extend(message.overtaken)

render_once(Setting(root=root, folder=folder, view="learner", jobs=1), Build, report)
print(json.dumps([complete, overtaken, waiting]))
"""


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path / "course", {"a": "First.\n", "b": "Other.\n"})


def render(root, page, text_while_it_is_read=""):
    """Render what has changed; return the pages that are complete, overtaken and waiting."""
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
    complete, overtaken, _ = render(course, page)
    assert PAGE in complete and overtaken == []
    page.write_text(text.replace("First.", "Second."))
    complete, overtaken, _ = render(course, page, text.replace("First.", "Third."))
    assert PAGE not in complete and overtaken == [PAGE]
    page.write_text(text.replace("First.", "Fourth."))
    complete, overtaken, _ = render(course, page)
    assert PAGE in complete and overtaken == []


def test_page_whose_code_is_stale_waits_however_often_it_is_rendered(tmp_path):
    body = "```{code-cell} python3\nprint('five' + 'fold')\n```\n"
    course = write_course(tmp_path / "course", {"a": f"First.\n\n{body}", "b": "Other.\n"})
    page = course / f"{PAGE}.md"
    text = page.read_text()
    setting = Setting(root=course, folder=course / "_build/.preview", view="learner", jobs=1)
    setting.folder.mkdir(parents=True)
    execute_once(setting, lambda: Execute(frozenset({PAGE})), lambda message: None)
    assert render(course, page)[0].count(PAGE) == 1
    shown = setting.pages / f"{PAGE}.html"
    assert "fivefold" in shown.read_text()
    for code in ("'six'", "'seven'"):
        page.write_text(text.replace("'five'", code))
        assert render(course, page)[2] == [PAGE]
        assert "fivefold" in shown.read_text()
    # an editor that saves a page empties it for a moment
    page.write_text("")
    complete, _, waiting = render(course, page)
    assert PAGE in complete and waiting == []
    page.write_text(text.replace("'five'", "'octo'"))
    assert render(course, page)[2] == [PAGE]
    assert "octo" not in shown.read_text()
    # nor is what was read in that moment written, because another page has a new title
    other = course / "episodes/b.md"
    other.write_text(other.read_text().replace("title: B", "title: Bee"))
    complete, _, waiting = render(course, page)
    assert PAGE not in complete and waiting == [PAGE] and "episodes/b" in complete
    # without code there is nothing to wait for
    page.write_text(text.replace(body, "No cell.\n"))
    complete, _, waiting = render(course, page)
    assert PAGE in complete and waiting == []
    assert "No cell." in shown.read_text()
    page.write_text(text)
    render(course, page)
    assert "fivefold" in shown.read_text()
