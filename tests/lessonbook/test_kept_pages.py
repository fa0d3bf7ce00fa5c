"""Pages that are shown on the page of all pages are made once, and are right all the same."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from lessonbook.sphinx_ext import pages as generated

from .conftest import build_site

TABS = """
::::{tab-set}
:::{tab-item} One
1
:::
:::{tab-item} Two
2
:::
::::
"""
COURSE = {
    "index.md": "# Home\n\n```{toctree}\na\nb\nall\n```\n",
    "a.md": f"# A\n\nThe [second](b.md), [](b.md).\n\n## Part of A\n\n{TABS}{TABS}",
    "b.md": f"# B\n\nText.\n\n{TABS}",
    "all.md": "# All\n\n```{lesson-all}\n```\n",
}


@pytest.fixture
def made(monkeypatch):
    """The pages that were made anew for the page of all pages, in order."""
    names = []
    take_over = generated._take_over_page

    def note(listing, docname):
        names.append(docname)
        return take_over(listing, docname)

    monkeypatch.setattr(generated, "_take_over_page", note)
    return names


def build(folder, pages, made):
    """Build; return the page of all pages, and forget what was made before."""
    made.clear()
    site = build_site(folder, pages)
    return Path(site.app.outdir, "all.html").read_text(), site


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"b.md": f"# B\n\nOther text.\n\n{TABS}"}, ["b"]),
        ({"b.md": f"# Bee\n\nText.\n\n{TABS}"}, ["index", "a", "b"]),
        ({"a.md": COURSE["a.md"].replace("## Part of A", "## Half of A")}, ["a"]),
        ({"all.md": "# All\n\nOf them.\n\n```{lesson-all}\n```\n"}, []),
    ],
    ids=["prose", "a title that others show", "a heading", "the page itself"],
)
def test_page_is_made_anew_if_what_it_shows_has_changed(tmp_path, made, edit, expected):
    build(tmp_path / "kept", COURSE, made)
    assert made == ["index", "a", "b"]
    page, _ = build(tmp_path / "kept", edit, made)
    assert made == expected
    fresh, _ = build(tmp_path / "fresh", {**COURSE, **edit}, made)
    assert made == ["index", "a", "b"] and page == fresh


def test_ids_of_tabs_are_used_once(tmp_path, made):
    for _ in range(2):
        text, _ = build(tmp_path, {**COURSE, "b.md": f"# B\n\n{TABS}Text.\n"}, made)
        soup = BeautifulSoup(text, "html.parser")
        ids = [element["id"] for element in soup.select("[id]")]
        assert len(ids) == len(set(ids))
        for label in soup.select("label.sd-tab-label"):
            field = soup.find(id=label["for"])
            assert field.name == "input" and field.find_next_sibling() is label
            assert soup.find(id=label["aria-controls"])["class"][0] == "sd-tab-content"
        names = [field["name"] for field in soup.select(".sd-tab-set > input")]
        assert len(names) == 6 and len(set(names)) == 3
        made.clear()


def test_page_with_a_warning_is_made_anew(tmp_path, made):
    pages = {**COURSE, "b.md": "# B\n\n{ref}`nowhere`\n"}
    _, site = build(tmp_path, pages, made)
    assert any("nowhere" in line for line in site.warnings)
    build(tmp_path, {"all.md": "# All\n\nMore.\n\n```{lesson-all}\n```\n"}, made)
    assert made == ["index", "a", "b"]


def test_damaged_store_is_made_anew(tmp_path, made):
    first, site = build(tmp_path, COURSE, made)
    (path,) = Path(site.app.doctreedir).rglob(".lesson-pages/*.kept")
    path.write_bytes(path.read_bytes()[:100])
    (tmp_path / "all.md").touch()
    again, _ = build(tmp_path, {"all.md": COURSE["all.md"] + "\n"}, made)
    assert made == ["index", "a", "b"] and again == first


def test_contents_of_the_page_name_the_sections_of_kept_pages(tmp_path, made):
    for text in ("Text.", "Other."):
        page, _ = build(tmp_path, {**COURSE, "b.md": f"# B\n\n{text}\n"}, made)
        assert re.search(r'href="#a--part-of-a"', page)


def test_page_whose_picture_was_replaced_is_made_anew(tmp_path, made):
    """The size of a picture stands on each page that shows it."""
    pages = {**COURSE, "b.md": "# B\n\n![A square.](square.png)\n"}
    tmp_path.joinpath("square.png").write_bytes(png(20))
    build(tmp_path, pages, made)
    tmp_path.joinpath("square.png").write_bytes(png(40))
    build(tmp_path, {}, made)
    assert made == ["b"]


def png(size):
    file = BytesIO()
    Image.new("L", (size, size)).save(file, "png")
    return file.getvalue()
