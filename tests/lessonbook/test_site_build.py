"""What a build publishes and what it refuses to."""

from __future__ import annotations

import re

import pytest
import yaml

from .courses import call, cell, edit, write_course

BASE = "https://example.org/lessons/"


def contents(root):
    site = root / "_build/html"
    return {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()}


@pytest.fixture
def course(tmp_path):
    root = write_course(tmp_path / "course", {"one": "The first paragraph says *enough*.\n"})
    config = yaml.safe_load((root / "_config.yml").read_text())
    config["html"]["baseurl"] = BASE
    (root / "_config.yml").write_text(yaml.safe_dump(config))
    (root / "CITATION.cff").write_text("title: The work\nauthors: [{name: A group}]\n")
    return root


def test_pages_say_what_they_are_and_hosts_find_their_files(course):
    call(course, "build")
    site = course / "_build/html"
    page = (site / "episodes/one.html").read_text()
    assert '<meta name="description" content="The first paragraph says enough.">' in page
    assert '<meta property="og:title" content="One">' in page
    assert f'<link rel="canonical" href="{BASE}episodes/one.html">' in page
    assert '<meta name="citation_title" content="One (The work)">' in page
    assert "citation_doi" not in page
    assert page.count('name="viewport"') == 1
    places = re.findall(r"<loc>(.*?)</loc>", (site / "sitemap.xml").read_text())
    assert f"{BASE}episodes/one.html" in places
    assert not [place for place in places if "instructor" in place or "search" in place]
    assert "Content-Security-Policy: default-src 'self'" in (site / "_headers").read_text()
    lost = (site / "404.html").read_text()
    assert '<base href="/lessons/">' in lost and "canonical" not in lost
    redirect = (site / "index.html").read_text()
    assert "<title>" in redirect or "<h1>" in redirect


def test_without_an_address_there_is_no_site_map(course):
    edit(course / "_config.yml", f"  baseurl: {BASE}\n", "")
    call(course, "build")
    assert not (course / "_build/html/sitemap.xml").exists()
    assert "canonical" not in (course / "_build/html/episodes/one.html").read_text()


def test_a_mistake_in_the_built_pages_leaves_the_former_site(course):
    call(course, "build")
    before = contents(course)
    page = course / "episodes/one.md"
    page.write_text(page.read_text() + '\n<p id="twice">a</p>\n\n<p id="twice">b</p>\n')
    output = call(course, "build", status=1)
    assert re.search(r"_build/html/episodes/one\.html:\d+: found the id 'twice' again", output)
    assert "The site built before is unchanged" in output
    assert contents(course) == before
    assert "warning: _build/html/episodes/one.html" in call(course, "build", "--no-strict")
    assert contents(course) != before


def test_mistakes_in_the_sources_are_reported_and_stop_a_checked_build(course):
    output = call(course, "build")
    assert "warning: episodes/one.md:1: this episode has no questions" in output
    before = contents(course)
    edit(course / "episodes/one.md", "enough", "more")
    output = call(course, "build", "--check", status=1)
    assert "episodes/one.md:1: this episode has no questions" in output
    assert contents(course) == before


def test_a_page_that_is_not_listed_stops_nothing(course):
    draft = course / "episodes/draft.md"
    draft.write_text("# A draft\n\n:::{solution}\nTODO\n:::\n")
    output = call(course, "build", "--check", status=1)
    assert "warning: episodes/draft.md" in output
    assert not re.search(r"^episodes/draft\.md", output, re.MULTILINE)


ODD_FRONT_MATTER = [
    "authors: 3",
    "orig_nbformat: text",
    "kernelspec: 3",
    "kernelspec: {display_name: P}",
    "language_info: python",
    "title: [1]",
    "title: 2026",
    "jupytext: yes please",
    "jupytext: {text_representation: 5}",
    "mystnb: 5",
    "execution: no",
    "execution: {timeout: soon}",
]


def test_odd_front_matter_is_reported_at_its_line_without_a_traceback(tmp_path):
    names = [f"odd{number}" for number in range(len(ODD_FRONT_MATTER))]
    course = write_course(tmp_path / "course", dict.fromkeys(names, cell("1")))
    for name, line in zip(names, ODD_FRONT_MATTER, strict=True):
        page, key = course / f"episodes/{name}.md", line.partition(":")[0]
        if key == "title":
            edit(page, f"title: {name.capitalize()}", line)
        elif key == "kernelspec":
            edit(page, "kernelspec:\n  name: python3", line)
        else:
            edit(page, "title:", f"{line}\ntitle:")
    for command in ("check", "build"):
        output = call(course, command, status=1)
        for name, line in zip(names, ODD_FRONT_MATTER, strict=True):
            number = (course / f"episodes/{name}.md").read_text().split("\n").index(line) + 1
            assert f"episodes/{name}.md:{number}: {line.partition(':')[0]}: " in output


def test_pages_link_to_their_source_where_the_repository_has_an_address(course):
    call(course, "build", "--view", "learner")
    page = course / "_build/html/episodes/one.html"
    assert "/edit/" not in page.read_text()
    config = yaml.safe_load((course / "_config.yml").read_text())
    config["repository"] = {"url": "https://github.com/someone/lesson", "branch": "main"}
    config["html"]["use_edit_page_button"] = True
    (course / "_config.yml").write_text(yaml.safe_dump(config))
    call(course, "build", "--view", "learner")
    address = "https://github.com/someone/lesson/edit/main/episodes/one.md"
    assert f'<a class="btn btn-sm" href="{address}"' in page.read_text()
