"""The episodes that are expected to take longest are executed first."""

from __future__ import annotations

from dataclasses import replace

from lessonbook.execute import execute
from lessonbook.plan import plan
from lessonbook.project import load_project
from lessonbook.running_order import longest_first

from .courses import cell, write_course, write_episode, write_toc

QUICK = cell("print('outfit (that is no call)')")
LONG = cell("fit = print\nfit(1)\nfit(2)")


def order(project, episodes=None):
    episodes = plan(project).episodes if episodes is None else episodes
    return [one.page.removeprefix("episodes/") for one in longest_first(project, episodes)]


def test_pages_that_never_ran_go_by_how_often_they_sample(tmp_path):
    root = write_course(
        tmp_path, {"quick": QUICK, "longer": LONG + LONG, "other": QUICK, "long": LONG}
    )
    assert order(load_project(root)) == ["longer", "long", "quick", "other"]


def test_what_samples_is_a_setting(tmp_path):
    own = cell("draw = print\ndraw(1)")
    root = write_course(
        tmp_path, {"long": LONG, "own": own}, lesson_sampling_calls=["my.module.draw"]
    )
    assert order(load_project(root)) == ["own", "long"]


def test_pages_that_ran_go_by_how_long_they_took(tmp_path):
    root = write_course(tmp_path, {"one": QUICK, "two": LONG})
    project = load_project(root)
    first = plan(project)
    assert execute(project, first.stale, first.environment) == []
    write_episode(root, "three", QUICK)
    write_toc(root, ["one", "two", "three"])
    known = plan(load_project(root)).episodes
    seconds = {"one": 9.0, "two": 3.0}
    timed = [
        replace(one, manifest=replace(one.manifest, seconds=seconds[one.page[9:]]))
        if one.manifest
        else one
        for one in known
    ]
    assert order(project, timed) == ["three", "one", "two"]
