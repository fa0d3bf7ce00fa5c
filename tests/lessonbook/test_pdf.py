"""The course on paper: printed on demand, published only while it is what the pages say."""

from __future__ import annotations

import re
import shutil
import sys
import zipfile

import pytest

from lessonbook.downloads.outline import mend_titles
from lessonbook.downloads.printing import print_page
from lessonbook.findings import LessonbookError
from tests.browser import launched_chromium

from .courses import call, cell, edit, write_course

ADDRESS = "https://example.org/lessons/"
ONE = f"""
## Odds and ends

Two fours are [eight](two.md).

:::{{challenge}} Add
::::{{solution}}
<h4>Behind the fold</h4>
::::
:::

{cell("print(6 * 7)")}
"""
PAPER = "```{lesson-all}\n:pages: episodes/one\n```\n"


@pytest.fixture(scope="module", autouse=True)
def chromium():
    """Skip on a laptop without a browser, fail in CI."""
    with launched_chromium():
        pass


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("pdf") / "course"
    pages = {"one": ONE, "two": "A page that is not printed.\n", "paper": PAPER}
    write_course(root, pages, lesson_pdf="episodes/paper", lesson_offline_copy=True)
    edit(root / "_config.yml", "html:\n", f"html:\n  baseurl: {ADDRESS}\n")
    return root


def is_offered(root):
    site = root / "_build/html"
    is_linked = 'href="course.pdf" download' in (site / "index.html").read_text()
    assert is_linked == (site / "course.pdf").is_file()
    return is_linked


def titles(content):
    return re.findall(rb"/Title \(([^)]*)\)", content)


def test_a_pdf_is_published_only_while_it_is_what_the_pages_say(course):
    assert "The course is printed" in call(course, "pdf", "--jobs", "1")
    assert is_offered(course)
    content = (course / "_build/html/course.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    # tagged, with an outline that goes into what the page folds away
    assert b"/StructTreeRoot" in content and b"/MarkInfo" in content
    assert {b"Odds and ends", b"Behind the fold"} <= {*titles(content)}
    # links lead to the published pages, nothing to this machine
    assert f"/URI ({ADDRESS}episodes/two.html)".encode() in content
    assert b"file:" not in content and str(course).encode() not in content
    with zipfile.ZipFile(course / "_build/html/offline-copy.zip") as archive:
        assert not [name for name in archive.namelist() if name.endswith(".pdf")]

    # printing it again costs nothing
    assert "printing" not in call(course, "pdf", "--jobs", "1")

    edit(course / "episodes/two.md", "not printed", "never printed")
    assert "PDF" not in call(course, "build", "--jobs", "1")
    assert is_offered(course)

    edit(course / "episodes/one.md", "Two fours", "Twice four")
    output = call(course, "build", "--jobs", "1")
    assert "the PDF was printed from pages that have changed since, and is left out" in output
    assert not is_offered(course)

    edit(course / "episodes/one.md", "Twice four", "Two fours")
    call(course, "build", "--jobs", "1")
    assert is_offered(course)
    assert (course / "_build/html/course.pdf").read_bytes() == content

    (course / "_build/.printed/course.pdf").write_bytes(b"%PDF- half a file")
    edit(course / "episodes/two.md", "never printed", "not printed")
    assert "the PDF is damaged, and is left out" in call(course, "build", "--jobs", "1")
    assert not is_offered(course)


def test_a_course_without_a_page_for_print_is_told_how(tmp_path):
    root = write_course(tmp_path / "course", {"one": "Text.\n"})
    output = call(root, "pdf", status=2)
    assert "lesson_pdf is not set" in output and "lesson_pdf: book/all" in output
    edit(root / "_config.yml", "config: {}", "config: {lesson_pdf: book/all}")
    output = call(root, "pdf", status=1)
    assert "_config.yml: lesson_pdf: found 'book/all', allowed a page of _toc.yml" in output


def test_without_playwright_it_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(LessonbookError, match="pip install playwright"):
        print_page(tmp_path / "page.html")


def test_without_a_browser_it_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(LessonbookError, match="apt-get install chromium"):
        print_page(tmp_path / "page.html")


def test_a_page_with_a_lost_picture_is_not_printed(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<!DOCTYPE html><title>t</title><img src='gone.png' alt=''>")
    with pytest.raises(LessonbookError, match=r"page\.html: found no picture in .*gone\.png"):
        print_page(page)


@pytest.mark.parametrize(
    ("written", "right"),
    [
        (b"(OddsOdds)", b"(Odds)"),
        (b"(of \\(two\\)of \\(two\\))", b"(of \\(two\\))"),
        (b"<FEFF03C403C4>", b"<FEFF03C4>"),
        (b"(Odds)", b"(Odds)"),
        (b"(Unknown)", b"(Unknown)"),
        (b"(Twowords)", b"(Twowords)"),  # there is no room for the space
    ],
)
def test_titles_of_the_outline_are_those_of_the_page(written, right):
    headings = ["Odds", "of (two)", "τ", "Two words"]
    found = mend_titles(b"<</Title " + written + b"\n/Dest 1>>", headings)
    # in as many bytes, so that the file's table of places stays true
    assert found == b"<</Title " + right.ljust(len(written)) + b"\n/Dest 1>>"
