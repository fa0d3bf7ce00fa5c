"""The published site is replaced in one step, or not at all."""

from __future__ import annotations

import shutil

import pytest

from lessonbook import publish as publish_module
from lessonbook.publish import publish


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "rendered"
    (folder / "below").mkdir(parents=True)
    (folder / "index.html").write_text("new")
    (folder / "below" / "page.html").write_text("new page")
    return folder


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "_build" / "html"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("old")
    (folder / "gone.html").write_text("old page")
    return folder


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


NEW = {"index.html": "new", "below/page.html": "new page"}
OLD = {"index.html": "old", "gone.html": "old page"}


def test_first_site_is_published(pages, tmp_path):
    site = tmp_path / "_build" / "html"
    publish({"": pages}, site)
    assert contents(site) == NEW


@pytest.mark.parametrize("can_exchange", [True, False])
def test_new_site_takes_the_place_of_the_old_one_and_leaves_nothing(
    pages, site, monkeypatch, can_exchange
):
    if not can_exchange:
        monkeypatch.setattr(publish_module, "_exchange", lambda *_: False)
    publish({"": pages}, site)
    assert contents(site) == NEW
    assert [path.name for path in site.parent.iterdir()] == ["html"]


def test_rendered_pages_stay_for_the_next_incremental_build(pages, site):
    publish({"": pages}, site)
    assert contents(pages) == NEW


def test_full_disk_leaves_the_old_site(pages, site, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", fail)
    with pytest.raises(OSError, match="No space left"):
        publish({"": pages}, site)
    assert contents(site) == OLD
    assert [path.name for path in site.parent.iterdir()] == ["html"]


def test_what_a_killed_build_left_is_removed(pages, site):
    leftover = site.parent / ".next-killed"
    leftover.mkdir()
    (leftover / "half.html").write_text("half")
    publish({"": pages}, site)
    assert [path.name for path in site.parent.iterdir()] == ["html"]
