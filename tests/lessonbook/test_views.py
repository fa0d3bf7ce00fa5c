"""Both views of one course: what only instructors see stays with them, and nothing runs twice."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
import zlib

import pytest
from bs4 import BeautifulSoup

from lessonbook.pipeline import build
from lessonbook.views import is_instructor_page, way_to

from .conftest import NOTEBOOK, ROOTS, squeeze

SENTINEL = b"zqsecret"
# written in pieces in the source, so that they are nowhere but in what was computed
COMPUTED = {"ZQSECRETVALUEEVAL", "ZQSECRETOUTPUT", "ZQSECRETWIDGET"}


@pytest.fixture(scope="module")
def site(two_views):
    return two_views.site


def read(site, name):
    return BeautifulSoup((site / f"{name}.html").read_text("utf8"), "html.parser")


def is_of_learners(path, site):
    return "instructor" not in path.relative_to(site).parts


def contents(path):
    """A file's bytes, and those packed in it."""
    data = path.read_bytes()
    yield data
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    if path.name == "objects.inv":
        yield zlib.decompress(data.split(b"zlib.\n", 1)[1])
    if path.name == "searchindex.js":
        index = json.loads(data.decode().removeprefix("Search.setIndex(").removesuffix(")"))
        yield json.dumps(index, ensure_ascii=False).encode()
    if path.suffix == ".ipynb":
        for cell in json.loads(data)["cells"]:
            yield "".join(cell["source"]).encode()


def test_nothing_for_instructors_is_in_any_file_of_the_learners(site):
    files = [p for p in site.rglob("*") if p.is_file() and is_of_learners(p, site)]
    assert {p.suffix for p in files} >= {".html", ".js", ".ipynb", ".inv", ".png"}
    for path in files:
        assert SENTINEL not in str(path.relative_to(site)).lower().encode()
        for data in contents(path):
            assert SENTINEL not in data.lower(), path
    # the learners' one picture, and a small one of it for the page of figures
    pictures = sorted(p.name for p in (site / "_images").iterdir())
    assert pictures[0] == "picture.png" and len(pictures) == 2
    assert pictures[1].startswith("preview-")
    assert not (site / "notes").exists()


def test_every_piece_of_it_is_in_the_instructors_site(site):
    source = ROOTS / "test-two-views"
    words = set(COMPUTED)
    for path in [*source.rglob("*.md"), source / "fits.json"]:
        words |= set(re.findall(r"ZQSECRET[A-Z]+", path.read_text("utf8")))
    assert len(words) > 30
    text = b"".join(p.read_bytes() for p in (site / "instructor").rglob("*") if p.is_file()).lower()
    assert [word for word in sorted(words) if word.lower().encode() not in text] == []


def test_one_run_serves_both_views(two_views):
    assert two_views.runs.read_text() == "x"
    assert "WARNING" not in two_views.log


def test_both_views_have_the_same_pages_but_for_the_instructors_own(site):
    learners = {p.relative_to(site) for p in site.rglob("*.html") if is_of_learners(p, site)}
    instructors = {
        p.relative_to(site / "instructor") for p in (site / "instructor").rglob("*.html")
    }
    assert {str(p) for p in instructors - learners} == {"notes/notes.html", "notes/plan.html"}
    assert learners < instructors


@pytest.mark.parametrize("name", ["index", "episodes/first", "pages/all"])
def test_views_link_to_each_other(site, name):
    link = read(site, name).select_one(".lesson-view-link a")
    assert (site / name).parent.joinpath(link["href"]).resolve() == (
        site / "instructor" / f"{name}.html"
    ).resolve()
    mark = read(site, f"instructor/{name}").select_one(".lesson-view-mark")
    assert squeeze(mark) == "Instructor view · This page for learners"
    there = (site / "instructor" / name).parent / mark.a["href"]
    assert there.resolve() == (site / f"{name}.html").resolve()


def test_page_of_the_instructors_alone_links_to_no_page_for_learners(site):
    page = read(site, "instructor/notes/notes")
    assert page.select_one(".lesson-view-mark").find("a") is None


def test_search_engines_are_kept_off_the_instructors_pages_only(site):
    for path in [p for p in site.rglob("*.html") if "_static" not in p.parts]:
        robots = BeautifulSoup(path.read_text("utf8"), "html.parser").select("meta[name=robots]")
        is_redirect = "Refresh" in path.read_text("utf8")[:60]
        if is_of_learners(path, site):
            assert robots == [], path
        elif not is_redirect:
            assert [tag["content"] for tag in robots] == ["noindex"], path


def test_navigation_of_the_learners_leaves_the_instructors_pages_out(site):
    texts = squeeze(read(site, "index").select_one("nav.bd-docs-nav, nav.bd-links"))
    assert "The first" in texts and "notes" not in texts and "For instructors" not in texts
    theirs = squeeze(read(site, "instructor/index").select_one("nav.bd-docs-nav, nav.bd-links"))
    assert "For instructors" in theirs


def test_numbers_are_the_same_in_both_views(site):
    for view in ("", "instructor/"):
        page = read(site, f"{view}episodes/first")
        assert squeeze(page.select_one("#fig-after .caption-number")) == "Fig. 1"
        assert squeeze(page.select_one("#equation-eq-after .eqno")).startswith("(1)")
        assert squeeze(page.select_one("#count > .lesson-title .lesson-number")) == "Challenge 1:"
        assert "See Fig. 1 and (1)" in squeeze(page.select_one("article"))
    note = read(site, "instructor/episodes/first").select_one("#zqsecretfiglabel")
    assert note.select_one(".caption-number") is None


def test_widget_that_all_see_keeps_its_state(site):
    script = read(site, "episodes/first").find("script", type=re.compile("widget-state"))
    (widget,) = json.loads(script.string)["state"].values()
    assert widget["state"]["value"] == "a widget for all"


def test_files_that_both_views_share_take_room_once(site):
    style = site / "_static" / "lesson.css"
    assert style.samefile(site / "instructor" / "_static" / "lesson.css")


def test_schedule_does_not_show_learners_how_long_the_notes_challenges_take(site):
    rows = [squeeze(row) for row in read(site, "pages/schedule").select("tr")]
    assert rows[1] == "10:00–10:35 The first 20 15 35"


@pytest.fixture
def small(tmp_path):
    """A course of two pages, one of them the instructors'."""
    (tmp_path / "_config.yml").write_text(
        "title: Small\nonly_build_toc_files: true\n"
        "sphinx: {extra_extensions: [lessonbook], config: {language: en}}\n"
    )
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters: [{file: plan}]\n")
    (tmp_path / "index.md").write_text("# Home\n\nText.\n")
    (tmp_path / "plan.md").write_text("---\nlesson_view: instructor\n---\n# Plan\n")
    return tmp_path


def test_one_view_alone_links_to_no_other(small):
    assert build(small, views=["learner"]) == small / "_build" / "html" / "index.html"
    html = small / "_build" / "html"
    assert not (html / "instructor").exists() and not (html / "plan.html").exists()
    assert read(html, "index").select(".lesson-view-link") == []
    build(small, views=["instructor"])
    assert not (html / "index.html").exists()
    assert read(html, "instructor/index").select_one(".lesson-view-mark").find("a") is None
    assert (html / "instructor" / "plan.html").exists()


def test_link_to_the_instructor_view_can_be_switched_off(small):
    config = small / "_config.yml"
    config.write_text(
        config.read_text().replace("{language", "{lesson_view_links: false, language")
    )
    build(small)
    html = small / "_build" / "html"
    assert read(html, "index").select(".lesson-view-link") == []
    assert read(html, "instructor/index").select_one(".lesson-view-mark a") is not None


def test_page_that_becomes_the_instructors_leaves_the_learners_site(small):
    plan = small / "plan.md"
    plan.write_text("# Plan\n\nzqopen text\n")
    build(small)
    html = small / "_build" / "html"
    assert (html / "plan.html").exists()
    plan.write_text("---\nlesson_view: instructor\n---\n# Plan\n\nzqopen text\n")
    build(small)
    assert not (html / "plan.html").exists()
    for path in html.rglob("*"):
        if path.is_file() and is_of_learners(path, html):
            assert b"zqopen" not in path.read_bytes(), path


def test_text_that_moves_into_a_note_leaves_the_learners_site(small):
    index = small / "index.md"
    picture = small / "zqpicture.png"
    shutil.copyfile(ROOTS / "test-two-views" / "picture.png", picture)
    body = "zqmoved text\n\n![A picture of one colour.](zqpicture.png)\n"
    index.write_text(f"# Home\n\n{body}")
    build(small)
    html = small / "_build" / "html"
    assert (html / "_images" / "zqpicture.png").exists()
    index.write_text(f"# Home\n\n:::{{instructor}}\n{body}:::\n")
    text = (small / "_config.yml").read_text()
    (small / "_config.yml").write_text(f"{text}parse: {{myst_enable_extensions: [colon_fence]}}\n")
    build(small)
    for path in html.rglob("*"):
        if path.is_file() and is_of_learners(path, html):
            assert b"zqmoved" not in path.read_bytes(), path
    assert not (html / "_images" / "zqpicture.png").exists()
    assert (html / "instructor" / "_images" / "zqpicture.png").exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\nlesson_view: instructor\n---\n# T\n", True),
        (NOTEBOOK.replace("---\n", "---\nlesson_view: instructor\n", 1), True),
        ("---\nlesson_view: learner\n---\n# T\n", False),
        ("---\ntitle: T\n---\nlesson_view: instructor\n", False),
        ("# T\n\nlesson_view: instructor\n", False),
        ("---\nlesson_view: [instructor\n---\n", False),
        ("---\nlesson_view: instructor\n", False),
        ("", False),
    ],
)
def test_page_is_the_instructors_if_its_front_matter_says_so(tmp_path, text, expected):
    (tmp_path / "page.md").write_text(text)
    assert is_instructor_page(tmp_path / "page.md") is expected


def test_page_that_cannot_be_read_is_not_the_instructors(tmp_path):
    (tmp_path / "page.md").write_bytes(b"---\nlesson_view: \xff\n---\n")
    assert not is_instructor_page(tmp_path / "page.md")
    assert not is_instructor_page(tmp_path / "gone.md")


def test_way_from_one_view_to_the_other_and_back_ends_where_it_began():
    assert way_to("learner", "learner") == ""
    assert way_to("instructor", "learner") == "instructor/"
    assert way_to("learner", "instructor") == "../"


@pytest.mark.parametrize(
    "matter", ["due: 2026-13-01", "a: [", "a: " + "[" * 5000, "- lesson_view", "", "a: !!set"]
)
def test_page_whose_front_matter_cannot_be_read_is_not_for_instructors_alone(tmp_path, matter):
    page = tmp_path / "page.md"
    page.write_text(f"---\nlesson_view: instructor\n{matter}\n---\n")
    assert is_instructor_page(page) is (not matter)
