"""A new episode or course is complete but for its blanks, and is written whole or not at all."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml
from click.testing import CliRunner

from lessonbook.cli import main
from lessonbook.project import load_project
from lessonbook.scaffold import new_episode
from lessonbook.scaffold.skeleton import BLANK
from lessonbook.scaffold.toc import add_page

CONFIG = """\
title: Knots
parse:
  myst_enable_extensions: [colon_fence, dollarmath]
"""
TOC = """\
# the course of knots
format: jb-book
root: index
parts:
  - caption: Before   # of the first day
    chapters:
      - file: book/setup
  - caption: "Episodes"
    chapters:
      - file: episodes/01-bends
      # the second is the longest
      - file: episodes/02-hitches   # two hours

  - caption: Reference
    chapters: [{file: book/terms}, {file: book/books}]
"""


@pytest.fixture
def course(tmp_path):
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text(TOC)
    for page in ("index", *re.findall(r"file: ([\w/-]+)", TOC)):
        path = tmp_path / f"{page}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text("# A page\n")
    return tmp_path


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def new(course, title, *options):
    return run("new", title, "--root", course, *options)


def files(course):
    return {
        path.relative_to(course).as_posix(): path.read_bytes()
        for path in course.rglob("*")
        if path.is_file() and "_build" not in path.parts
    }


def check(course):
    """The findings of the linter about the new episode and the table of contents."""
    output = run("check", "--root", course).output
    return [
        line for line in output.splitlines() if line.startswith(("episodes/03", "_toc", "_conf"))
    ]


def test_episode_gets_the_next_number_and_a_place_behind_the_last(course):
    result = new(course, "Splices & Whippings")
    assert result.exit_code == 0
    assert result.output.startswith("episodes/03-splices-whippings.md is written and listed")
    added = "      - file: episodes/03-splices-whippings\n"
    line = "      - file: episodes/02-hitches   # two hours\n"
    assert (course / "_toc.yml").read_text() == TOC.replace(line, line + added)
    assert "episodes/03-splices-whippings" in load_project(course).pages


def test_first_episode_of_an_empty_course_begins_the_folder_and_the_list(tmp_path):
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index  # for now\n")
    (tmp_path / "index.md").write_text("# Knots\n")
    assert new(tmp_path, "Bends").exit_code == 0
    assert new(tmp_path, "Hitches").exit_code == 0
    assert (tmp_path / "_toc.yml").read_text() == (
        "format: jb-book\nroot: index  # for now\nchapters:\n"
        "  - file: episodes/01-bends\n  - file: episodes/02-hitches\n"
    )


def test_number_is_above_every_number_in_the_folder(course):
    (course / "episodes" / "07-not-listed-yet.md").write_text("# Later\n")
    new(course, "Splices")
    assert (course / "episodes" / "08-splices.md").is_file()


def test_digits_are_as_many_as_before(course):
    (course / "episodes" / "002-other.md").write_text("# Other\n")
    new(course, "Splices")
    assert (course / "episodes" / "003-splices.md").is_file()


def test_linter_reports_every_blank_and_nothing_else(course):
    new(course, "Splices")
    text = (course / "episodes" / "03-splices.md").read_text()
    blanks = [number for number, line in enumerate(text.splitlines(), 1) if BLANK in line]
    found = check(course)
    assert len(blanks) >= 7
    assert [int(line.split(":")[1]) for line in found] == blanks
    assert all("[LB040]" in line for line in found)


def test_episode_passes_as_soon_as_its_blanks_are_filled(course):
    new(course, "Splices")
    path = course / "episodes" / "03-splices.md"
    filled = re.sub(rf"{BLANK}: [^\n]*", lambda match: f"Splice {match.start()}.", path.read_text())
    path.write_text(filled)
    assert check(course) == []


def test_episode_without_exercises_has_no_challenge_and_no_finding_about_it(course):
    new(course, "Splices", "--teaching", 40, "--exercises", 0)
    text = (course / "episodes" / "03-splices.md").read_text()
    assert "teaching: 40\nexercises: 0\n" in text
    assert "challenge" not in text
    assert all("[LB040]" in line for line in check(course))


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Größe, Łódź & l'été", "grosze-lodz-l-ete"),
        ("8 knots: why?", "8-knots-why"),
        ("  A   title\twith blanks ".replace("\t", " "), "a-title-with-blanks"),
        ("Quotes \" and ' and #hash: [x]", "quotes-and-and-hash-x"),
        ("Yes", "yes"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("W" * 100, "w" * 48),
        (" ".join(["word"] * 20), "-".join(["word"] * 9)),
    ],
)
def test_title_becomes_a_file_name_and_stays_itself(course, title, slug):
    assert new(course, title).exit_code == 0
    path = course / "episodes" / f"03-{slug}.md"
    matter = yaml.safe_load(path.read_text().split("---\n")[1])
    assert matter["title"] == " ".join(title.split())


@pytest.mark.parametrize(
    ("title", "options", "said"),
    [
        (
            "結び目",
            (),
            "'結び目' has no Latin letters for 結び目, so it makes no file name; give one",
        ),
        ("Knoten и узлы", (), "has no Latin letters for иузлы"),
        ("???", (), "'???' has neither letters nor digits"),
        ("", (), "title: found '', allowed one line of text"),
        ("two\nlines", (), r"title: found 'two\nlines', allowed one line of text"),
        ("null\x00byte", (), "allowed one line of text"),
        ("Knots", ("--slug", "Not A Slug"), "--slug: found 'Not A Slug', allowed lower-case"),
        ("Knots", ("--slug", "../escape"), "--slug: found '../escape', allowed lower-case"),
        (
            "Knots",
            ("--after", "hitchs"),
            "--after: found 'hitchs', allowed a page of _toc.yml, such as ",
        ),
        ("Knots", ("--after", "index"), "--after: found 'index', allowed a page of _toc.yml"),
        ("Knots", ("--teaching", "-1"), "Invalid value for '--teaching'"),
        ("Knots", ("--exercises", "ten"), "Invalid value for '--exercises'"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_written(course, title, options, said):
    before = files(course)
    result = new(course, title, *options)
    assert result.exit_code == 2
    assert said in result.output
    assert files(course) == before


def test_title_in_another_script_needs_a_name_for_its_file(course):
    assert new(course, "結び目", "--slug", "musubime").exit_code == 0
    assert "title: 結び目\n" in (course / "episodes" / "03-musubime.md").read_text()


@pytest.mark.parametrize("after", ["book/setup", "book/setup.md", "setup"])
def test_episode_can_follow_any_page(course, after):
    new(course, "Rope", "--after", after)
    assert load_project(course).pages[1:3] == ("book/setup", "episodes/03-rope")


def test_episode_can_follow_a_page_of_a_list_on_one_line(course):
    new(course, "Rope", "--after", "terms")
    assert (
        "[{file: book/terms}, {file: episodes/03-rope}, {file: book/books}]"
        in (course / "_toc.yml").read_text()
    )


def test_existing_file_is_never_overwritten(course, monkeypatch):
    (course / "episodes" / "03-splices.md").write_text("mine\n")
    monkeypatch.setattr(new_episode, "find_numbering", lambda *_: new_episode_numbering())
    before = files(course)
    result = new(course, "Splices")
    assert result.exit_code == 2
    assert "03-splices.md: there is such a file" in result.output
    assert files(course) == before


def new_episode_numbering():
    from lessonbook.scaffold.naming import Numbering

    return Numbering("episodes", 3, 2)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_episode_is_taken_back_when_the_table_of_contents_cannot_be_written(
    course, monkeypatch, error
):
    def fail(*_):
        raise error

    monkeypatch.setattr(new_episode, "_replace", fail)
    before = files(course)
    assert new(course, "Splices").exit_code != 0
    assert files(course) == before


def test_episodes_added_at_the_same_time_all_get_a_number_and_an_entry(course):
    command = [sys.executable, "-m", "lessonbook", "new", "--root", str(course)]
    running = [
        subprocess.Popen([*command, f"Knot {n}"], stdout=subprocess.DEVNULL) for n in range(4)
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    numbers = sorted(path.name[:2] for path in (course / "episodes").glob("*.md"))
    assert numbers == ["01", "02", "03", "04", "05", "06"]
    assert len(load_project(course).pages) == 10


def test_course_that_cannot_be_read_is_left_as_it_is(course):
    (course / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters:\n- file: gone\n")
    before = files(course)
    result = new(course, "Splices")
    assert result.exit_code == 2 and "_toc.yml:4: found 'gone'" in result.output
    assert files(course) == before


TABLES = {
    "an empty book": (
        "format: jb-book\nroot: index\n",
        None,
        "format: jb-book\nroot: index\nchapters:\n  - file: new\n",
    ),
    "an empty article without a last line break": (
        "format: jb-article\nroot: index",
        None,
        "format: jb-article\nroot: index\nsections:\n  - file: new\n",
    ),
    "an empty list": (
        "format: jb-book\nroot: index\nchapters: []  # none yet\n# end\n",
        None,
        "format: jb-book\nroot: index\nchapters:  # none yet\n  - file: new\n# end\n",
    ),
    "a list that is nothing": (
        "format: jb-book\nroot: index\nparts:\n  - caption: A\n    chapters: # none yet\n",
        None,
        "format: jb-book\nroot: index\nparts:\n  - caption: A\n    chapters: # none yet\n"
        "      - file: new\n",
    ),
    "a list that is not indented": (
        "root: index\nchapters:\n- file: a\n- file: b\n",
        "a",
        "root: index\nchapters:\n- file: a\n- file: new\n- file: b\n",
    ),
    "an entry with titles and sections": (
        "root: index\nchapters:\n- file: a\n  title: A\n  sections:\n  - file: a1 # one\n\n# two\n- file: b\n",
        "a",
        "root: index\nchapters:\n- file: a\n  title: A\n  sections:\n  - file: a1 # one\n- file: new\n\n# two\n- file: b\n",
    ),
    "a section": (
        "root: index\nchapters:\n- file: a\n  sections:\n  - file: a1\n- file: b\n",
        "a1",
        "root: index\nchapters:\n- file: a\n  sections:\n  - file: a1\n  - file: new\n- file: b\n",
    ),
    "entries in braces": (
        "root: index\nchapters:\n  - {file: a}\n  - {file: b}\n",
        "a",
        "root: index\nchapters:\n  - {file: a}\n  - file: new\n  - {file: b}\n",
    ),
    "names with suffix": (
        "root: index\nchapters:\n- file: a.md\n",
        "a",
        "root: index\nchapters:\n- file: a.md\n- file: new.md\n",
    ),
    "Windows line ends": (
        "root: index\r\nchapters:\r\n- file: a\r\n- file: b\r\n",
        "a",
        "root: index\r\nchapters:\r\n- file: a\r\n- file: new\r\n- file: b\r\n",
    ),
    "wide dashes": (
        "root: index\nchapters:\n  -   file: a\n",
        "a",
        "root: index\nchapters:\n  -   file: a\n  -   file: new\n",
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_page_is_added_to(name):
    before, after, expected = TABLES[name]
    assert add_page(before, "new", after) == expected


def test_table_of_contents_without_a_place_for_the_page_is_refused():
    from lessonbook.findings import LessonbookError

    with pytest.raises(LessonbookError, match="add `- file: new` by hand"):
        add_page("root: index\n...\n", "new", None)


def test_new_course_builds_without_a_warning_and_its_blanks_are_all_that_is_wrong(tmp_path):
    folder = tmp_path / "knots"
    result = run("init", folder, "Knots & <hitches>", "--episode", "Bends", "--author", "A. Sailor")
    assert result.exit_code == 0
    found = run("check", "--root", folder).output.splitlines()
    findings = [line for line in found if ".md:" in line]
    assert len(findings) >= 9 and all("[LB040]" in line for line in findings)
    assert not [line for line in found if line.startswith("_")]
    built = subprocess.run(
        [sys.executable, "-m", "lessonbook", "build", "--root", str(folder), "--jobs", "1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    page = (folder / "_build" / "html" / "index.html").read_text()
    assert "<title>Knots &amp; &lt;hitches&gt;" in page
    assert "Bends" in page and "A. Sailor" in page
    assert (folder / "_build" / "html" / "episodes" / "01-bends.html").is_file()


def test_new_course_passes_as_soon_as_its_blanks_are_filled_and_takes_episodes(tmp_path):
    run("init", tmp_path, "Knots")
    assert run("new", "Hitches", "--root", tmp_path).exit_code == 0
    for path in tmp_path.rglob("*.md"):
        text = path.read_text()
        path.write_text(re.sub(rf"{BLANK}: [^\n]*", lambda m: f"Splice {m.start()}.", text))
    result = run("check", "--root", tmp_path)
    assert (result.exit_code, result.output) == (0, "no findings\n")
    assert load_project(tmp_path).pages == (
        "index",
        "episodes/01-the-first-episode",
        "episodes/02-hitches",
    )


def test_new_course_is_not_written_over_another(course):
    before = files(course)
    result = run("init", course, "Knots")
    assert result.exit_code == 2
    assert "found a course or a part of one (_config.yml, _toc.yml, index.md)" in result.output
    assert files(course) == before


def test_what_lies_in_the_folder_of_a_new_course_stays(tmp_path):
    (tmp_path / ".gitignore").write_text("*.pyc\n")
    (tmp_path / "README.md").write_text("mine\n")
    assert run("init", tmp_path, "Knots").exit_code == 0
    assert (tmp_path / ".gitignore").read_text() == "*.pyc\n"
    assert (tmp_path / "README.md").read_text() == "mine\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("Knots", "--language", "English please"), "--language: found 'English please', allowed"),
        (("",), "title: found '', allowed one line"),
        (("Knots", "--episode", "結び目"), "has no Latin letters for"),
    ],
)
def test_new_course_that_cannot_be_made_leaves_nothing(tmp_path, options, said):
    result = run("init", tmp_path / "a" / "b", *options)
    assert result.exit_code == 2 and said in result.output
    assert list(tmp_path.iterdir()) == []
