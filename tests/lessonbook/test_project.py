"""A course's configuration and table of contents are read, or refused with file and line."""

from __future__ import annotations

import pytest

from lessonbook.findings import LessonbookError
from lessonbook.project import load_project

TOC = """format: jb-book
root: index
parts:
  - caption: Episodes
    chapters:
      - file: episodes/01-first
      - file: episodes/02-second.md
"""


@pytest.fixture
def course(tmp_path):
    (tmp_path / "episodes").mkdir()
    for name in ("index", "episodes/01-first", "episodes/02-second"):
        (tmp_path / f"{name}.md").write_text("# A page\n")
    (tmp_path / "_config.yml").write_text("title: A course\n")
    (tmp_path / "_toc.yml").write_text(TOC)
    return tmp_path


def findings(course):
    with pytest.raises(LessonbookError) as raised:
        load_project(course)
    return [str(finding) for finding in raised.value.findings]


def test_pages_are_listed_in_the_order_of_the_table_of_contents(course):
    project = load_project(course)
    assert project.pages == ("index", "episodes/01-first", "episodes/02-second")
    assert project.config == {"title": "A course"}


def test_page_that_does_not_exist_is_reported_at_its_line(course):
    (course / "episodes/01-first.md").unlink()
    assert findings(course) == [
        "_toc.yml:6: found 'episodes/01-first', which no file of this course has for a path; "
        "create episodes/01-first.md or mend the path"
    ]


def test_page_named_twice_is_reported(course):
    (course / "_toc.yml").write_text(TOC + "      - file: index\n")
    assert findings(course) == ["_toc.yml:8: found 'index' twice; keep one"]


def test_yaml_that_cannot_be_read_is_reported_at_its_line(course):
    (course / "_config.yml").write_text("title: [A course\nauthor: B\n")
    assert len(findings(course)) == 1
    assert findings(course)[0].startswith("_config.yml:2: found YAML that cannot be read:")


def test_every_faulty_file_is_reported_at_once(course):
    (course / "_config.yml").unlink()
    (course / "_toc.yml").write_text("- just\n- a list\n")
    assert [finding.split(":")[0] for finding in findings(course)] == ["_config.yml", "_toc.yml"]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00binary", b"\x00\x01\x02"])
def test_bytes_that_are_not_text_are_reported(course, content):
    (course / "_toc.yml").write_bytes(content)
    assert findings(course)[0].startswith("_toc.yml")


def test_missing_landing_page_is_reported(course):
    (course / "_toc.yml").write_text("format: jb-book\n")
    assert findings(course) == [
        "_toc.yml:1: found no `root`, allowed `root: ` and the path of the landing page"
    ]
