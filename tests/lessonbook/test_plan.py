"""After any edit exactly the episodes that depend on it are stale, and the plan says why."""

from __future__ import annotations

import os
import shutil

import pytest

from lessonbook import environment
from lessonbook.execute import execute
from lessonbook.findings import LessonbookError
from lessonbook.plan import plan
from lessonbook.project import load_project
from lessonbook.upkeep import keep_records

from .courses import cell, edit, write_course, write_episode, write_toc

ALL = {"one", "two", "three"}
SCRIPT = """\
import json
from pathlib import Path
folder = Path({folder!r})
version = (folder / "version").read_text()
print(json.dumps({{"Tool": {{"version": version, "folder": str(folder)}}}}))
"""
EPISODES = {
    "one": "Prose.\n\n"
    + cell(
        "import sys; sys.path.insert(0, '../code'); import helper\nopen('../data/one.csv').read()"
    ),
    "two": cell("import sys; sys.path.insert(0, '../code'); import other\nother.VALUE")
    + cell(
        """
        import os
        try:
            open("../extra/maybe.csv")
        except FileNotFoundError:
            print(sorted(os.listdir("../data")))
        """
    ),
    "three": ":::{callout} Boxed\n" + cell("x = 1") + "A number: {eval}`x + 1`.\n:::\n",
}


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A course that was executed once; read it, never write to it."""
    folder = tmp_path_factory.mktemp("plan")
    root = write_course(folder / "course", EPISODES, lesson_environment=["code/facts.py"])
    (folder / "tool").mkdir()
    (folder / "tool" / "version").write_text("1.0")
    for name, text in {
        "code/helper.py": "VALUE = 1\n",
        "code/other.py": f"VALUE = open({str(folder / 'tool' / 'version')!r}).read()\n",
        "code/facts.py": SCRIPT.format(folder=str(folder / "tool")),
        "code/unused.py": "",
        "data/one.csv": "a\n1\n",
        "extra/readme.txt": "",
        "requirements.lock": "click==8.1.0 \\\n    --hash=sha256:0\n",
    }.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    project = load_project(root)
    first = plan(project)
    assert [str(reason) for one in first.episodes for reason in one.reasons] == [
        "it was never run"
    ] * 3
    assert execute(project, first.episodes, first.environment, jobs=2) == []
    return root


@pytest.fixture
def course(executed, tmp_path):
    return shutil.copytree(executed, tmp_path / "course")


def stale(root):
    """The stale episodes, each with its reasons in one line."""
    return {
        one.page.removeprefix("episodes/"): "; ".join(map(str, one.reasons))
        for one in plan(load_project(root)).stale
    }


def only_result(root, name):
    manifest = plan(load_project(root)).manifests[f"episodes/{name}"]
    return root / "_build" / ".jupyter_cache" / "executed" / manifest.result / "base.ipynb"


def test_nothing_is_stale_after_a_run(course):
    assert stale(course) == {}


def test_a_plan_writes_nothing(course):
    def snapshot():
        return {path: path.stat().st_mtime_ns for path in course.rglob("*")}

    before = snapshot()
    edit(course / "episodes/one.md", "Prose", "Other prose")
    before[course / "episodes/one.md"] = (course / "episodes/one.md").stat().st_mtime_ns
    plan(load_project(course))
    assert snapshot() == before


@pytest.mark.parametrize(
    "prose",
    [
        "More prose.\n",
        ":::{instructor}\nA note.\n:::\n",
        ":::{quiz} Which?\n\n- [x] this\n  : Yes.\n- [ ] that\n  : No.\n:::\n",
        "```python\nnot_executed = 1\n```\n",
    ],
)
def test_an_edit_of_prose_makes_nothing_stale(course, prose):
    path = course / "episodes/one.md"
    path.write_text(path.read_text() + "\n" + prose)
    assert stale(course) == {}


@pytest.mark.parametrize(
    "name", ["code/helper.py", "data/one.csv", "episodes/one.md", "requirements.lock"]
)
def test_a_touched_file_makes_nothing_stale(course, name):
    os.utime(course / name, (1, 1))
    assert stale(course) == {}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("code/helper.py", {"one": "code/helper.py changed"}),
        ("code/other.py", {"two": "code/other.py changed"}),
        ("data/one.csv", {"one": "data/one.csv changed"}),
        ("code/unused.py", {}),
        ("index.md", {}),
        ("requirements.lock", dict.fromkeys(ALL, "requirements.lock changed")),
    ],
)
def test_an_edit_makes_those_stale_that_read_the_file(course, name, expected):
    with (course / name).open("a") as file:
        file.write("# edited\n")
    assert stale(course) == expected


def test_an_edit_that_keeps_size_and_date_is_seen(course):
    helper = course / "code/helper.py"
    status = helper.stat()
    helper.write_text("VALUE = 2\n")
    os.utime(helper, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert stale(course) == {"one": "code/helper.py changed"}


def test_an_edit_that_is_taken_back_leaves_nothing_stale(course):
    edit(course / "code/helper.py", "1", "2")
    assert stale(course)
    edit(course / "code/helper.py", "2", "1")
    assert stale(course) == {}


def test_a_new_file_makes_those_stale_that_looked_for_it(course):
    (course / "extra/maybe.csv").write_text("")
    assert stale(course) == {"two": "extra/maybe.csv is new"}


def test_a_new_file_makes_those_stale_that_listed_its_folder(course):
    (course / "data/two.csv").write_text("")
    assert stale(course) == {"two": "the files in data/ changed (new: two.csv)"}


def test_a_file_that_is_gone_makes_those_stale_that_read_or_listed_it(course):
    (course / "data/one.csv").unlink()
    assert stale(course) == {
        "one": "data/one.csv is gone",
        "two": "the files in data/ changed (gone: one.csv)",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x = 1", "x = 2"),
        ("{eval}`x + 1`", "{eval}`x + 2`"),
        ("x = 1", ":tags: [raises-exception]\nx = 1"),
        ("name: python3", "name: other"),
    ],
)
def test_an_edit_of_code_makes_its_episode_stale(course, old, new):
    edit(course / "episodes/three.md", old, new)
    assert stale(course) == {"three": "its code cells changed"}


def test_a_tag_that_only_hides_makes_nothing_stale(course):
    edit(course / "episodes/three.md", "x = 1", ":tags: [hide-input]\nx = 1")
    assert stale(course) == {}


def test_a_loaded_file_is_code_of_the_episode(course):
    (course / "episodes/loaded.py").write_text("y = 1\n")
    text = EPISODES["three"] + "```{code-cell} python\n:load: loaded.py\n```\n"
    write_episode(course, "three", ":::{callout}\n" + text + ":::\n")
    first = plan(load_project(course)).episodes[2].code
    (course / "episodes/loaded.py").write_text("y = 2\n")
    second = plan(load_project(course)).episodes[2].code
    assert first.source_digest == second.source_digest == ""
    assert first.code_digest != second.code_digest


def test_another_python_makes_all_stale(course, monkeypatch):
    before = environment.platform.python_version()
    monkeypatch.setattr(environment.platform, "python_version", lambda: "3.99.0")
    assert stale(course) == dict.fromkeys(ALL, f"Python was {before}, is 3.99.0")


def test_another_version_of_a_locked_package_makes_all_stale(course, monkeypatch):
    installed = dict(environment.installed_packages())
    monkeypatch.setattr(
        environment, "installed_packages", lambda: iter({**installed, "click": "99"}.items())
    )
    assert stale(course) == dict.fromkeys(ALL, f"click was {installed['click']}, is 99")
    monkeypatch.setattr(
        environment, "installed_packages", lambda: iter({**installed, "ruff": "99"}.items())
    )
    assert stale(course) == {}


def test_another_version_of_a_tool_makes_those_stale_that_use_it(course, executed):
    folder = executed.parent / "tool"
    script = SCRIPT.format(folder=str(folder)).replace(".read_text()", '.read_text() + ".1"')
    (course / "code/facts.py").write_text(script)
    assert stale(course) == {"two": "Tool was 1.0, is 1.0.1"}


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("raise SystemExit('no compiler')", "it ended with 1: no compiler"),
        ("print('Tool 1.0')", "found output that cannot be read"),
        ('print(\'{"Tool": "1.0"}\')', "found output that cannot be read"),
    ],
)
def test_a_script_that_fails_is_reported(course, script, message):
    (course / "code/facts.py").write_text(script)
    with pytest.raises(LessonbookError, match=message):
        plan(load_project(course))


@pytest.mark.parametrize("damage", ["missing", "truncated", "noise", "folder"])
def test_damaged_results_are_made_again(course, damage):
    path = only_result(course, "one")
    content = path.read_bytes()
    path.unlink()
    if damage == "truncated":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "noise":
        path.write_bytes(os.urandom(1000))
    elif damage == "folder":
        path.mkdir()
    what = "damaged" if damage in ("truncated", "noise") else "missing"
    assert stale(course) == {"one": f"its stored results are {what}"}


@pytest.mark.parametrize("damage", ["truncated", "noise", "folder", "edited"])
def test_a_damaged_record_is_reported_and_its_episode_run_again(course, damage):
    path = course / "_build/.lesson/episodes/episodes/one.json"
    content = path.read_text()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    else:
        path.write_bytes(
            {
                "truncated": content[:100].encode(),
                "noise": os.urandom(1000),
                "edited": content.replace("helper.py", "unused.py").encode(),
            }[damage]
        )
    assert stale(course) == {"one": "it was never run"}
    (warning,) = plan(load_project(course)).warnings
    assert str(warning).startswith("episodes/one.md: the record of its last run is damaged")
    write_again(course)
    assert plan(load_project(course)).warnings == ()


def write_again(course):
    """Write the record of the first episode, as its next run would."""
    current = plan(load_project(course))
    from lessonbook.plan import manifest_store

    good = current.manifests["episodes/two"]
    manifest_store(load_project(course)).write(type(good)(**{**vars(good), "page": "episodes/one"}))


def test_an_index_that_is_damaged_is_made_anew_without_running_anything(course):
    (course / "_build/.jupyter_cache/global.db").write_bytes(os.urandom(5000))
    project = load_project(course)
    (finding,) = keep_records(project, plan(project))
    assert "index of the stored results was damaged" in str(finding)
    assert keep_records(project, plan(project)) == []
    assert stale(course) == {}


def test_episodes_in_another_order_are_fresh(course):
    write_toc(course, ["three", "one", "two"])
    assert stale(course) == {}


def test_an_episode_that_is_gone_leaves_no_record_and_no_results(course):
    result = only_result(course, "one")
    (course / "episodes/one.md").unlink()
    write_toc(course, ["two", "three"])
    project = load_project(course)
    assert stale(course) == {}
    # the index names the pages of the course that this one is a copy of
    keep_records(project, plan(project))
    assert set(plan(project).manifests) == {"episodes/two", "episodes/three"}
    assert stale(course) == {}
    assert not (course / "_build/.lesson/episodes/episodes/one.json").exists()
    assert result.exists()  # its page in the course that this is a copy of is still there


def test_a_renamed_episode_keeps_its_results(course):
    (course / "episodes/one.md").rename(course / "episodes/zero.md")
    write_toc(course, ["zero", "two", "three"])
    assert stale(course) == {}
    project = load_project(course)
    keep_records(project, plan(project))
    assert set(plan(project).manifests) == {"episodes/zero", "episodes/two", "episodes/three"}
    assert stale(course) == {}


def test_a_renamed_episode_with_other_code_is_stale(course):
    (course / "episodes/three.md").rename(course / "episodes/zero.md")
    edit(course / "episodes/zero.md", "x = 1", "x = 3")
    write_toc(course, ["one", "two", "zero"])
    assert stale(course) == {"zero": "it was never run"}


def test_an_episode_moved_to_another_folder_is_stale_where_it_runs_in_its_folder(course):
    (course / "moved").mkdir()
    (course / "episodes/three.md").rename(course / "moved/three.md")
    write_toc(course, ["one", "two", "../moved/three"])
    assert stale(course) == {"../moved/three": "it was never run"}


def test_facts_that_no_run_refers_to_are_dropped(course):
    other = course / "_build/.lesson/facts/other.json"
    other.write_text("{}")
    project = load_project(course)
    keep_records(project, plan(project))
    assert not other.exists()
    assert stale(course) == {}


def test_a_page_whose_cells_cannot_be_read_is_stale_and_says_where(course):
    edit(
        course / "episodes/three.md", ":::{callout} Boxed", "```{code-cell}\n---\n{]\n---\n1\n```\n"
    )
    assert "it cannot be read" in stale(course)["three"]


def test_a_page_without_code_is_no_episode(course):
    write_episode(course, "three", "Only prose.\n")
    assert [one.page for one in plan(load_project(course)).episodes] == [
        "episodes/one",
        "episodes/two",
    ]


def test_pages_that_are_not_to_be_executed_are_no_episodes(course):
    edit(course / "_config.yml", "execute:\n", "execute:\n  exclude_patterns: ['one.*']\n")
    assert [one.page for one in plan(load_project(course)).episodes] == [
        "episodes/two",
        "episodes/three",
    ]
    edit(course / "_config.yml", "execute_notebooks: cache", "execute_notebooks: off")
    assert plan(load_project(course)).episodes == ()


def test_execution_can_be_forced(course):
    edit(course / "_config.yml", "execute_notebooks: cache", "execute_notebooks: force")
    assert stale(course) == dict.fromkeys(ALL, "execute_notebooks is `force`")
    assert all(one.has_results for one in plan(load_project(course)).episodes)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "execute_notebooks: cache",
            "execute_notebooks: perhaps",
            "found 'perhaps', allowed auto or",
        ),
        ("timeout: 60", "timeout: soon", "execute: timeout: found 'soon', allowed a whole number"),
        (
            "lesson_environment:\n    - code/facts.py",
            "lesson_environment: 3",
            "found 3, allowed a list",
        ),
    ],
)
def test_a_setting_that_is_not_allowed_is_reported(course, old, new, message):
    edit(course / "_config.yml", old, new)
    with pytest.raises(LessonbookError, match=message):
        plan(load_project(course))
