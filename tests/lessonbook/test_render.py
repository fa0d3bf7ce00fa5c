"""What writes pages gets ready early, can be ended, and gets ready once more."""

from __future__ import annotations

import os

import pytest

from lessonbook.processes import course_tag, tagged_processes
from lessonbook.project import load_project
from lessonbook.render import rendering
from lessonbook.site_stamp import seems_edited

from .courses import write_course


@pytest.fixture
def project(tmp_path):
    return load_project(write_course(tmp_path / "course", {"a": "Some text.\n"}))


def test_nothing_is_started_until_it_is_asked_for(project):
    with rendering(project):
        assert tagged_processes(course_tag(project.root)) == []


def test_what_was_ended_is_started_again_and_nothing_stays(project):
    with rendering(project) as renderer:
        first = renderer.get_ready()
        assert renderer.get_ready() is first
        renderer.end()
        assert first.poll() is not None
        second = renderer.get_ready()
        assert second is not first and second.poll() is None
    assert second.poll() is not None
    assert tagged_processes(course_tag(project.root)) == []


def test_what_was_killed_is_started_again(project):
    with rendering(project) as renderer:
        first = renderer.get_ready()
        first.kill()
        first.wait()
        assert renderer.get_ready() is not first
        folders = renderer.render(["learner"])
    assert (folders["learner"] / "index.html").is_file()


def test_a_page_newer_than_the_site_tells_that_it_was_edited(project):
    assert not seems_edited(project)
    stamp = project.build_folder / ".lesson" / "site.json"
    stamp.parent.mkdir(parents=True)
    stamp.write_text("{}")
    later = stamp.stat().st_mtime + 10
    (page,) = project.root.rglob("a.md")
    os.utime(page, (0, 0))
    os.utime(project.root / "index.md", (0, 0))
    assert not seems_edited(project)
    os.utime(page, (later, later))
    assert seems_edited(project)
    page.unlink()
    assert not seems_edited(project)
