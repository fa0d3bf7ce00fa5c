"""The extension in a Jupyter Book, built as an author would."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from .conftest import ROOTS

# The command line of Jupyter Book has no option for jobs.
PARALLEL = """
import sys
from pathlib import Path
from jupyter_book.sphinx import build_sphinx
source, output = map(Path, sys.argv[1:])
sys.exit(build_sphinx(
    source, output / "_build/html", noconfig=True, jobs=2, warningiserror=True,
    path_config=source / "_config.yml",
    confoverrides={"external_toc_path": str(source / "_toc.yml"), "latex_individualpages": False},
))
"""
SENTINELS = ("PROSESENTINEL", "CODESENTINEL", "CELLSENTINEL", "EVALSENTINEL", "SENTINEL")


def run_book(source, output, *options, view="learner"):
    """Build the sample book with the command line of Jupyter Book."""
    config = yaml.safe_load((source / "_config.yml").read_text())
    config["sphinx"]["config"] = {"lesson_view": view}
    config["execute"]["cache"] = str(source.parent / "cache")
    (source / "_config.yml").write_text(yaml.safe_dump(config))
    if options == ("-j2",):
        command = [sys.executable, "-c", PARALLEL, str(source), str(output)]
    else:
        command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
        command += [str(source), "--path-output", str(output), "-W", "--keep-going", *options]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The learners' site: source folder, output folder, log."""
    folder = tmp_path_factory.mktemp("book")
    source = folder / "source"
    shutil.copytree(ROOTS / "test-lesson-book", source)
    log = run_book(source, folder / "learner")
    return source, folder / "learner", log


def pages(output):
    return sorted((output / "_build" / "html").rglob("*.html"))


def read(path):
    return BeautifulSoup(path.read_text("utf8"), "html.parser")


def files_with(folder, text):
    return [p for p in folder.rglob("*") if p.is_file() and text.encode() in p.read_bytes()]


def unversioned(path):
    # MyST-NB's style sheet has a checksum in its address only if an earlier build left it there.
    return re.sub(rb"\?v=[0-9a-f]{8}", b"", path.read_bytes())


def test_book_builds_without_a_warning(book):
    _, output, log = book
    assert len(pages(output)) >= 6
    assert "Executing notebook" in log


def test_no_page_asks_another_host(book):
    remote = re.compile(r"^(https?:)?//")
    for path in pages(book[1]):
        page = read(path)
        for tag in page.select(
            "script[src], img[src], iframe[src], link[href], source[src], object[data]"
        ):
            if tag.name == "link" and tag.get("rel") in (["canonical"], ["license"]):
                continue
            assert not remote.match(tag.get("src") or tag.get("href") or tag.get("data") or ""), tag
        assert not page.find(string=re.compile("unpkg.com|THEBE|x-thebe|mathjax@|cdn.jsdelivr"))


def test_no_style_sheet_asks_another_host(book):
    static = book[1] / "_build" / "html" / "_static"
    for path in static.rglob("*.css"):
        text = path.read_text("utf8")
        assert not re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", text), path


def test_mathematics_is_mathml_with_the_bundled_font(book):
    html = book[1] / "_build" / "html"
    assert read(html / "index.html").select_one("span.math > math")
    assert (html / "_static" / "stix-two-math.woff2").stat().st_size > 100_000
    assert "SIL OPEN FONT LICENSE" in (html / "_static" / "stix-two-math.LICENSE.txt").read_text()


def test_ids_are_unique_in_every_page(book):
    for path in pages(book[1]):
        ids = [tag["id"] for tag in read(path).select("article [id]")]
        assert len(ids) == len(set(ids)), path


def test_title_of_the_front_matter_is_in_the_navigation(book):
    home = read(book[1] / "_build" / "html" / "index.html")
    links = [a.get_text(strip=True) for a in home.select("nav a")]
    assert {"The first episode", "The second episode"} <= set(links)
    assert home.select_one("article a[href='episodes/01-first.html#which-move']").get_text() == (
        "Challenge 1: Which move most?"
    )


def test_learners_get_nothing_of_the_instructors(book):
    _, output, _ = book
    for sentinel in SENTINELS:
        assert files_with(output / "_build" / "html", sentinel) == []
        assert files_with(output / "_build" / "jupyter_execute", sentinel) == []


def test_learners_are_offered_no_page_source(book):
    html = book[1] / "_build" / "html"
    assert not (html / "_sources").exists()
    for path in pages(book[1]):
        assert not read(path).select("a[href*=_sources]")


def test_second_build_executes_nothing(book):
    source, output, _ = book
    (source / "episodes" / "02-second.md").touch()
    log = run_book(source, output, "--all")
    assert "Executing notebook" not in log
    assert log.count("Using cached notebook") == 2


def test_instructors_see_the_notes_of_the_same_run(book):
    source, output, _ = book
    log = run_book(source, output.parent / "instructor", view="instructor")
    assert "Executing notebook" not in log
    note = read(output.parent / "instructor/_build/html/episodes/01-first.html").select_one(
        ".lesson-instructor"
    )
    text = note.get_text()
    assert "PROSESENTINEL" in text
    assert "CELLSENTINEL" in text
    assert "CODESENTINELEVALSENTINEL" in text


def test_parallel_build_gives_the_same_site(book):
    source, output, _ = book
    parallel = output.parent / "parallel"
    run_book(source, parallel, "-j2")
    for path in (output / "_build" / "html").rglob("*"):
        if path.is_file() and path.name != ".buildinfo":
            twin = parallel / path.relative_to(output)
            assert unversioned(path) == unversioned(twin), path


@pytest.mark.parametrize("name", ["html_copy_source", "html_show_sourcelink"])
def test_setting_that_would_publish_notes_is_refused(build, name):
    site = build("# T\n", **{name: True})
    assert site.warnings == [
        f"WARNING: {name} would publish the instructor notes; remove it [lesson.config]"
    ]
    assert not Path(site.app.outdir, "_sources").exists()


def test_unknown_view_stops_the_build(build):
    from sphinx.errors import ConfigError

    with pytest.raises(ConfigError, match="lesson_view: found 'teacher', allowed learner or"):
        build("# T\n", lesson_view="teacher")
