"""A video is drawn once while nothing has changed that it is drawn from, and again otherwise."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass, replace

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import pytest

from lessonbook.execute import execute
from lessonbook.execution_settings import execution_settings
from lessonbook.kept_videos import FOLDER
from lessonbook.plan import RECORDS_FOLDER, plan
from lessonbook.progress import Progress
from lessonbook.project import load_project
from lessonbook.upkeep import keep_records
from lessonbook.video import MIMETYPE, make_video
from lessonbook.video.kept import VARIABLE, Shelf

from .courses import cell, edit, write_course, write_episode, write_toc


@dataclass
class Scene:
    caption: str = "A bar grows."
    seconds: float = 1.0
    n_pictures: int | None = 2
    bar: object = None
    n_draws: int = 0

    def draw(self, progress):
        self.n_draws += 1
        self.bar.set_height(progress)


@dataclass
class Film:
    figure: object
    scenes: list
    still: int = -1
    made_from: str = "a bar"


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A place where what a run makes is found by the next one."""
    (tmp_path / "videos").mkdir()
    place = Shelf(str(tmp_path / "videos"), str(tmp_path / "videos"), "1")
    monkeypatch.setenv(VARIABLE, json.dumps(asdict(place)))
    return place


def show(change=lambda film: None, made_from="a bar"):
    """Show a film; its video, and whether it was drawn."""
    figure, ax = plt.subplots(figsize=(5, 3))
    scene = Scene(bar=ax.bar([0], [0.2])[0])
    film = Film(figure, [scene], made_from=made_from)
    change(film)
    video = make_video(film)
    assert not plt.fignum_exists(figure.number)
    return video, scene.n_draws > 0


def test_the_same_film_is_drawn_once(shelf):
    first, was_drawn = show()
    assert was_drawn
    assert show() == (first, False)


def change_caption(film):
    film.scenes[0].caption = "Another."


def change_still(film):
    film.still = 0


def change_figure(film):
    film.figure.axes[0].set_title("new")


def change_pictures(film):
    film.scenes[0].n_pictures = 3


@pytest.mark.parametrize("change", [change_caption, change_still, change_figure, change_pictures])
def test_a_film_that_a_cell_has_changed_is_another(shelf, change):
    show()
    video, was_drawn = show(change)
    assert was_drawn
    assert show(change) == (video, False)


def test_a_film_of_another_origin_style_or_version_is_another(shelf, monkeypatch):
    show()
    assert show(made_from="two bars")[1]
    with mpl.rc_context({"lines.linewidth": 7.25}):
        assert show()[1]
    monkeypatch.setenv(VARIABLE, json.dumps(asdict(replace(shelf, version="2"))))
    assert show()[1]


def test_a_film_that_does_not_say_what_it_is_made_from_is_drawn_each_time(shelf, tmp_path):
    assert [show(made_from="")[1] for _ in range(2)] == [True, True]
    assert not list((tmp_path / "videos").iterdir())


def test_outside_a_build_every_film_is_drawn(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert [show()[1] for _ in range(2)] == [True, True]


@pytest.mark.parametrize(
    "damage",
    [lambda c: c[:1000], lambda c: b"", lambda c: c.replace(b'"width": 720', b'"width": 721')],
)
def test_a_damaged_video_is_drawn_again(shelf, tmp_path, damage):
    video, _ = show()
    (file,) = (tmp_path / "videos").glob("*.json")
    content = file.read_bytes()
    assert damage(content) != content
    file.write_bytes(damage(content))
    assert show() == (video, True)
    assert show() == (video, False)


def test_a_kept_film_too_heavy_for_a_page_is_refused_as_well(shelf):
    figure, ax = plt.subplots(figsize=(5, 3))
    show()
    with pytest.raises(ValueError, match="allowed 1; draw fewer"):
        make_video(Film(figure, [Scene(bar=ax.bar([0], [0.2])[0])]), most_bytes=1000)


MODULE = """
import os
from dataclasses import dataclass
import matplotlib.pyplot as plt
from lessonbook.video import make_video

@dataclass
class Scene:
    caption: str
    seconds: float
    bar: object
    n_pictures: int | None = 2

    def draw(self, progress):
        with open(os.environ["DRAWN"], "a") as file:
            file.write("x")
        self.bar.set_height(0.8 * progress)

@dataclass
class Film:
    figure: object
    scenes: list
    still: int = -1
    made_from: str = "bar"

def grow():
    figure, ax = plt.subplots(figsize=(5, 3))
    ax.set_ylim(0, 1)
    return make_video(Film(figure, [Scene("A bar grows.", 1, ax.bar([0], [0.2])[0])]))
"""
WITH_FILM = cell("from film import grow\ngrow()")
LAST = cell("print('the end')")


@pytest.fixture
def course(tmp_path, monkeypatch):
    root = write_course(tmp_path / "course", {"one": WITH_FILM + LAST})
    (root / "film.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", str(root))
    monkeypatch.setenv("DRAWN", str(tmp_path / "drawn"))
    return root


def run(root, progress=None):
    """Execute what is stale; the number of pictures drawn so far, and the videos shown."""
    project = load_project(root)
    current = plan(project)
    keep_records(project, current)
    assert current.stale
    assert execute(project, current.stale, current.environment, progress=progress) == []
    cache = execution_settings(project).cache
    newest = max(cache.rglob("base.ipynb"), key=lambda path: path.stat().st_mtime)
    outputs = [o for c in nbformat.read(newest, 4).cells for o in c.get("outputs", ())]
    data = [o["data"][MIMETYPE] for o in outputs if MIMETYPE in o.get("data", {})]
    return len((root.parent / "drawn").read_text()), [video["data"] for video in data]


def kept_in(root):
    return {p.parent.name for p in (root / "_build" / RECORDS_FOLDER / FOLDER).glob("*/*")}


def test_an_edited_cell_beside_a_film_leaves_it_as_it_is(course):
    drawn, (video,) = run(course)
    edit(course / "episodes/one.md", "the end", "an end")
    assert run(course) == (drawn, [video])
    # found once more, after what was found was kept again
    edit(course / "episodes/one.md", "an end", "that is it")
    assert run(course) == (drawn, [video])


def test_code_that_a_film_is_drawn_with_draws_it_again(course):
    drawn, (video,) = run(course)
    edit(course / "film.py", "0.8 * progress", "0.4 * progress")
    drawn_again, (other,) = run(course)
    assert drawn_again > drawn
    assert other != video
    edit(course / "film.py", "0.4 * progress", "0.8 * progress")
    assert run(course)[1] == [video]


def test_videos_go_with_the_cell_and_with_the_page(course):
    (course / "film.py").write_text(MODULE)
    write_episode(course, "two", WITH_FILM)
    write_toc(course, ["one", "two"])
    run(course)
    assert kept_in(course) == {"episodes--one", "episodes--two"}
    write_episode(course, "one", LAST)
    run(course)
    assert kept_in(course) == {"episodes--two"}
    write_toc(course, ["one"])
    project = load_project(course)
    keep_records(project, plan(project))
    assert kept_in(course) == set()


def test_a_run_that_fails_keeps_what_was_kept(course):
    drawn, (video,) = run(course)
    edit(course / "episodes/one.md", "the end", "{1 / 0}")
    edit(course / "episodes/one.md", "print('", "print(f'")
    project = load_project(course)
    current = plan(project)
    assert execute(project, current.stale, current.environment)
    edit(course / "episodes/one.md", "{1 / 0}", "{1 / 1}")
    assert run(course) == (drawn, [video])


WAIT = cell("import pathlib, time\npathlib.Path('../../begun').touch()\ntime.sleep(2)")


class Editor(Progress):
    """Edits the module of the film when the first cell has begun."""

    def __init__(self, root):
        super().__init__(io.StringIO())
        self.root = root

    def refresh(self):
        path = self.root / "film.py"
        text = MODULE.replace("0.8 * progress", "0.4 * progress")
        # once: a kernel may be reading it by the next time
        if (self.root.parent / "begun").exists() and path.read_text() != text:
            path.write_text(text)


def test_a_film_whose_code_changes_while_it_is_shown_is_neither_kept_nor_trusted(course):
    _, (before,) = run(course)
    write_episode(course, "one", WAIT + WITH_FILM)
    run(course, Editor(course))
    # of the new code, with the video of the old one: it must not stay
    assert plan(load_project(course)).stale
    (course.parent / "begun").unlink()
    _, (after,) = run(course)
    assert after != before
    assert not plan(load_project(course)).stale
