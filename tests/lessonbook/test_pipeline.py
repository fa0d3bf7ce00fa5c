"""The whole way, from the command line: what is run, what is published, and what faults leave."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from lessonbook.processes import course_tag, tagged_processes

from .courses import cell, edit, write_course

COUNTED = """
    import os
    with open("../_build/runs.txt", "a") as runs:
        runs.write("{name} ")
    import sys; sys.path.insert(0, "../code"); import helper
    print("{name}", "shows", helper.VALUE)
    """
LEARNER = ("--view", "learner")
LESSONBOOK = [sys.executable, "-m", "lessonbook"]


@pytest.fixture
def course(tmp_path):
    """Two episodes; the first reads ``code/helper.py``."""
    root = write_course(
        tmp_path / "course",
        {
            "one": "Prose.\n\n" + cell(COUNTED.format(name="one")),
            "two": cell(
                COUNTED.format(name="two").replace("helper.VALUE", "2").replace("import helper", "")
            ),
        },
    )
    (root / "code").mkdir()
    (root / "code/helper.py").write_text("VALUE = 1\n")
    return root


def call(root, *arguments, status=0):
    """Run a command as in a shell; return what it printed."""
    ran = subprocess.run(
        [*LESSONBOOK, *arguments, "--root", str(root)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == status, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def begin(root, *arguments, **options):
    return subprocess.Popen(
        [*LESSONBOOK, "build", *arguments, "--root", str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )


def runs(root):
    return (root / "_build/runs.txt").read_text().split()


def shown(root, name, view=""):
    path = Path(root, "_build/html", view, f"episodes/{name}.html")
    return BeautifulSoup(path.read_text(), "html.parser").get_text()


def site(root):
    return {
        path.relative_to(root): path.read_bytes()
        for path in sorted((root / "_build/html").rglob("*"))
        if path.is_file()
    }


def wait_until(is_true, seconds=60):
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def test_a_build_runs_what_is_stale_and_nothing_else(course):
    call(course, "build")
    assert sorted(runs(course)) == ["one", "two"]
    assert "one shows 1" in shown(course, "one")
    assert "one shows 1" in shown(course, "one", "instructor")

    before = site(course)
    assert "nothing has changed" in call(course, "build")
    assert site(course) == before

    edit(course / "episodes/one.md", "Prose", "Other prose")
    call(course, "build")
    assert "Other prose" in shown(course, "one")
    assert sorted(runs(course)) == ["one", "two"]

    (course / "code/helper.py").write_text("VALUE = 3\n")
    call(course, "build")
    assert "one shows 3" in shown(course, "one")
    assert sorted(runs(course)) == ["one", "one", "two"]
    assert course_sources(course) == {"_config.yml", "_toc.yml", "index.md", "code/helper.py"} | {
        "episodes/one.md",
        "episodes/two.md",
    }


def test_how_a_cell_is_shown_is_no_reason_to_run_it(course):
    call(course, "build")
    edit(
        course / "episodes/one.md",
        "{code-cell} python\n",
        "{code-cell} python\n:tags: [hide-input]\n",
    )
    call(course, "build")
    for view in ("", "instructor"):
        page = Path(course, "_build/html", view, "episodes/one.html").read_text()
        assert "tag_hide-input" in page
        assert "one shows 1" in shown(course, "one", view)
    assert sorted(runs(course)) == ["one", "two"]
    # the results stay when something else is done in between
    edit(course / "episodes/two.md", "Two", "Three")
    call(course, "build")
    edit(course / "episodes/one.md", "Prose", "Other prose")
    call(course, "build")
    assert sorted(runs(course)) == ["one", "two"]


def course_sources(root):
    names = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    return {name for name in names if not name.startswith("_build/")}


def test_a_plain_jupyter_book_build_uses_the_results(course):
    call(course, "build", *LEARNER)
    (course / "code/helper.py").write_text("VALUE = 3\n")
    call(course, "build", *LEARNER)
    command = "from jupyter_book.cli.main import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", command, "build", str(course), "-W"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Executing notebook" not in ran.stdout + ran.stderr
    assert "one shows 3" in shown(course, "one")
    assert sorted(runs(course)) == ["one", "one", "two"]

    # and its own run of what was edited since is not taken for a recorded one
    (course / "code/helper.py").write_text("VALUE = 4\n")
    subprocess.run(
        [sys.executable, "-c", command, "build", str(course)], check=True, capture_output=True
    )
    assert "one shows 4" in shown(course, "one")
    assert call(course, "status", status=1).count("stale") == 1
    call(course, "build", *LEARNER)
    assert "one shows 4" in shown(course, "one")


def test_a_failure_leaves_the_site_and_the_next_build_runs_only_it(course):
    call(course, "build", *LEARNER)
    before = site(course)
    (course / "code/helper.py").write_text("VALUE = undefined\n")
    edit(course / "episodes/two.md", "2)", "22)")
    output = call(course, "build", *LEARNER, status=1)
    assert "episodes/one.md:14: code-cell failed with NameError" in output
    assert "helper.VALUE" in output
    assert "1 episode failed" in output
    assert "The site built before is unchanged" in output
    assert site(course) == before

    assert call(course, "status", status=1).startswith("stale  episodes/one")
    (course / "code/helper.py").write_text("VALUE = 5\n")
    call(course, "build", *LEARNER)
    assert "one shows 5" in shown(course, "one")
    assert "two shows 22" in shown(course, "two")
    assert sorted(runs(course)) == ["one", "one", "one", "two", "two"]


def test_only_the_episodes_that_are_asked_for_are_run(course):
    output = call(course, "build", "two", *LEARNER)
    assert runs(course) == ["two"]
    assert "two shows 2" in shown(course, "two")
    assert "one shows" not in shown(course, "one")
    assert "episodes/one.md: stale and not executed, so its page shows no results" in output
    call(course, "build", *LEARNER)
    assert "one shows 1" in shown(course, "one")
    message = "nine: found no such episode, allowed episodes/one, episodes/two"
    assert message in call(course, "build", "nine", status=1)


FIGURE = """\
```{code-cell} python
---
mystnb:
  image:
    alt: A line that falls.
  figure:
    name: fig-fall
    caption: It falls.
---
import matplotlib.pyplot as plt
plt.plot([2, 1]);
```

"""


def test_figures_of_pages_that_are_not_run_can_be_referred_to(tmp_path):
    episodes = {"one": FIGURE, "two": "See {numref}`fig-fall`.\n\n" + cell("1 + 1")}
    root = write_course(tmp_path, episodes)
    call(root, "build", "two", *LEARNER)  # in a strict build, as any other
    page = BeautifulSoup(Path(root, "_build/html/episodes/one.html").read_text(), "html.parser")
    figure = page.select_one("#fig-fall")
    assert "It falls." in figure.get_text()
    assert "has not been run" in figure.img["alt"]
    drawn = Path(root, "_build/html/episodes", figure.img["src"]).read_text()
    assert "[not run]" in drawn
    assert "Fig. 1" in shown(root, "two")
    call(root, "build", *LEARNER)
    page = BeautifulSoup(Path(root, "_build/html/episodes/one.html").read_text(), "html.parser")
    assert page.select_one("#fig-fall img")["alt"] == "A line that falls."
    assert "[not run]" not in str(page)


def test_two_builds_at_once_run_everything_once(course):
    first, second = begin(course), begin(course)
    outputs = [build.communicate()[0] for build in (first, second)]
    assert first.returncode == second.returncode == 0, outputs
    assert sorted(runs(course)) == ["one", "two"]
    assert sum("nothing has changed" in output for output in outputs) == 1


@pytest.fixture
def sleeper(tmp_path):
    """A course whose episode, and a child of it, sleep until they are ended."""
    code = """
        import pathlib, subprocess, time
        child = subprocess.Popen(["sleep", "600"], start_new_session=True)
        pathlib.Path("../_build/asleep").touch()
        time.sleep(600)
        """
    return write_course(tmp_path / "course", {"one": cell(code)}, execute={"timeout": 600})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_build_that_is_stopped_leaves_no_process(sleeper, number):
    build = begin(sleeper)
    wait_until((sleeper / "_build/asleep").exists)
    # a child that was just started has its tag only when its program is loaded
    wait_until(lambda: len(tagged_processes(course_tag(sleeper))) >= 2)
    build.send_signal(number)
    output, _ = build.communicate()
    if number == signal.SIGKILL:
        assert build.returncode == -number
        wait_until(lambda: not tagged_processes(course_tag(sleeper)), 20)
    else:
        assert build.returncode == 128 + number
        assert f"Interrupted by {number.name}" in output
        assert "Traceback" not in output
        assert tagged_processes(course_tag(sleeper)) == []


def test_ctrl_c_while_pages_are_written_is_no_traceback(course):
    call(course, "build", *LEARNER)
    shutil.rmtree(course / "_build/.render")
    (course / "_build/.lesson/site.json").unlink()
    build = begin(course, start_new_session=True)
    wait_until((course / "_build/.render/learner/doctrees").exists)
    os.killpg(build.pid, signal.SIGINT)
    output, _ = build.communicate()
    assert build.returncode == 128 + signal.SIGINT
    assert "Interrupted by SIGINT" in output and "Traceback" not in output
    assert tagged_processes(course_tag(course)) == []


def test_a_build_that_is_killed_at_any_moment_is_made_good_by_the_next(course):
    call(course, "build")
    reference = site(course)
    begun = time.monotonic()
    moments = random.Random(1)
    for turn in range(10):
        (course / "code/helper.py").write_text(f"VALUE = {turn + 100}\n")
        build = begin(course)
        duration = 5.0 if turn == 0 else time.monotonic() - begun
        time.sleep(moments.uniform(0, min(duration, 5.0)))
        build.kill()
        build.communicate()
        left = site(course)
        assert left.keys() == reference.keys()
        value = shown(course, "one").partition("one shows ")[2].split()[0]
        assert value in {"1", *(str(old + 100) for old in range(turn + 1))}
    (course / "code/helper.py").write_text("VALUE = 1\n")
    call(course, "build")
    assert "one shows 1" in shown(course, "one")
    assert "one shows 1" in shown(course, "one", "instructor")
    assert site(course).keys() == reference.keys()
    assert not list((course / "_build").glob(".next-*"))


def test_a_build_with_nothing_to_do_removes_what_a_killed_one_left(course):
    call(course, "build", *LEARNER)
    left = course / "_build/.next-killed"
    left.mkdir()
    assert "nothing has changed" in call(course, "build", *LEARNER)
    assert not left.exists()


def test_a_full_disk_leaves_the_site_and_the_next_build_is_right(course):
    (course / "_build").mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", course / "_build"],
        check=False,
        capture_output=True,
    ).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        call(course, "build", *LEARNER)
        before = site(course)
        used = shutil.disk_usage(course / "_build").used
        subprocess.run(
            ["mount", "-o", f"remount,size={used + 200_000}", course / "_build"], check=True
        )
        edit(course / "episodes/two.md", "2)", "2, 'x' * 1_000_000)")
        output = call(course, "build", *LEARNER, status=1)
        assert "No space left on device" in output or "disk is full" in output
        assert "The site built before is unchanged" in output
        assert site(course) == before
        subprocess.run(["mount", "-o", "remount,size=80m", course / "_build"], check=True)
        call(course, "build", *LEARNER)
        assert "two shows 2 xxx" in shown(course, "two")
    finally:
        subprocess.run(["umount", course / "_build"], check=True)


def test_a_site_that_was_changed_by_hand_is_published_again(course):
    call(course, "build", *LEARNER)
    page = course / "_build/html/episodes/one.html"
    good = page.read_bytes()
    page.write_text("changed")
    call(course, "build", *LEARNER)
    assert page.read_bytes() == good


@pytest.fixture
def read_only_course(course):
    """The sources cannot be written, `_build` can."""
    output = course / "_build"
    output.mkdir()
    bind = ["mount", "--bind", course, course]
    if subprocess.run(bind, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a folder read-only")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", course], check=True)
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", output], check=True)
        yield course
    finally:
        subprocess.run(["umount", "--recursive", course], check=True)


def test_sources_that_cannot_be_written_are_built_all_the_same(read_only_course):
    with pytest.raises(OSError, match="Read-only file system"):
        (read_only_course / "episodes/one.md").write_text("")
    call(read_only_course, "build")
    assert "one shows 1" in shown(read_only_course, "one")
    assert "nothing has changed" in call(read_only_course, "build")


def test_a_folder_that_cannot_be_written_is_reported(read_only_course):
    subprocess.run(["mount", "-o", "remount,ro", read_only_course / "_build"], check=True)
    output = call(read_only_course, "build", status=1)
    assert "The site could not be written: [Errno 30] Read-only file system" in output


DAMAGE = {
    "a page": ("html/episodes/one.html", "half a page"),
    "the index": ("html/searchindex.js", "Search.setIndex({"),
    "what Sphinx has read": ("doctrees/episodes/two.doctree", "noise"),
    "what Sphinx knows": ("doctrees/environment.pickle", ""),
    "what is kept of the code": ("doctrees/.lesson-code/episodes/two.kept", "noise"),
}


def test_what_was_rendered_is_rendered_again_where_it_is_damaged(course):
    text = (course / "episodes/two.md").read_text()
    call(course, "build", *LEARNER)
    for turn, (name, content) in enumerate(DAMAGE.values()):
        (course / "_build/.render/learner" / name).write_text(content)
        (course / "episodes/two.md").write_text(f"{text}\nTurn {turn}.\n")
        call(course, "build", *LEARNER)
        kept = site(course)
        shutil.rmtree(course / "_build/.render")
        (course / "_build/.lesson/site.json").unlink()
        call(course, "build", *LEARNER)
        assert site(course) == kept, name
