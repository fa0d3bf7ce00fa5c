"""Episodes run in parallel, each failure is reported where it was written, nothing is left over."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import textwrap
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from lessonbook.execute import execute
from lessonbook.failure_report import ExecutionFailedError
from lessonbook.plan import plan
from lessonbook.processes import TAG_VARIABLE, course_tag, tagged_processes
from lessonbook.progress import Progress
from lessonbook.project import load_project
from lessonbook.upkeep import keep_records

from .courses import call, cell, edit, write_course, write_episode, write_toc

GOOD = cell("print('good')")
LATER = cell("open('later.txt', 'w').close()")
FAILURES = {
    "name-error": (
        "Text.\n\n:::{callout} Boxed\n- In a list:\n\n  ```{code-cell} python\n  first = 1\n"
        + "  second = undefined + 1\n  ```\n:::\n\n"
        + LATER,
        ":15: code-cell failed with NameError: name 'undefined' is not defined",
    ),
    "eval-error": (
        cell("x = 1") + "The number is\n{eval}`x / 0`.\n",
        ":12: {eval} of 'x / 0' failed with ZeroDivisionError: division by zero",
    ),
    "slow-cell": (
        cell("import time; time.sleep(600)") + LATER,
        ":10: code-cell was stopped: it took more than 4 s; make it faster, or raise `timeout`",
    ),
    "killed": (
        GOOD + cell("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"),
        ":13: the kernel died while this cell ran (it was killed, which the operating system does",
    ),
    "exits": (
        cell("import os; os._exit(3)"),
        ":9: the kernel died while this cell ran (exit status 3)",
    ),
    "flood": (
        cell("for _ in range(10_000):\n    print('x' * 10_000)") + LATER,
        ":9: code-cell was stopped: its output is over 1 MB; print less, or raise",
    ),
    "memory": (
        cell("import time\nhoard = bytearray(b'x') * 1_000_000_000\ntime.sleep(600)"),
        ":9: the episode was stopped: it held more than 600 MB of memory; use less, or",
    ),
    "no-kernel": (
        GOOD,
        ":1: found kernel 'nonesuch', which is not installed; install it",
    ),
    "widget-without-state": (
        GOOD
        + cell("from comm import create_comm\n_ = create_comm('jupyter.widget', data={'a': 1})")
        + LATER,
        ":13: code-cell sent an output (comm_open) that cannot be used: KeyError: 'state'; correct",
    ),
    "image-that-is-none": (
        cell("from IPython.display import display\ndisplay({'image/png': 'no!'}, raw=True)")
        + LATER,
        ":9: code-cell sent an output (display_data) that cannot be used: Error: ",
    ),
    "html-that-is-a-number": (
        cell("from IPython.display import display\ndisplay({'text/html': 5}, raw=True)") + LATER,
        ":9: code-cell sent an output (display_data) that cannot be used: NotebookValidationError",
    ),
    "bad-front-matter": (
        "```{code-cell}\n:tags: hide-input\n1\n```\n",
        ":1: the page cannot be read: front matter or options: 'hide-input' is not of type 'array'",
    ),
    "bad-options": (
        "```{code-cell}\n---\n{]\n---\n1\n```\n",
        ":8: the page cannot be read: Code cell 0 at line 8 could not be read",
    ),
}
UNREADABLE = 2
"""How many of them are not even started."""
SUCCESSES = {
    "good": GOOD + cell("import os; print(sorted(os.listdir('.')))"),
    "allowed": cell("1 / 0", "raises-exception") + cell("print('went on')"),
    "skipped": cell("raise SystemError", "skip-execution"),
    "forks": cell("import os, subprocess, time\nprint('forked', flush=True)")
    + cell(
        """
        if os.fork() == 0:
            os.setsid()
            time.sleep(600)
        subprocess.Popen(["sleep", "600"], start_new_session=True)
        """
    ),
    "few-threads": cell("import os; print(os.environ['OMP_NUM_THREADS'])"),
}


def run(root, *, jobs=2, progress=None):
    project = load_project(root)
    current = plan(project)
    return execute(
        project,
        current.stale,
        current.environment,
        jobs=jobs,
        progress=progress or Progress(io.StringIO()),
    )


def fits_of(root, page):
    """The records of a page's fits, where the page that lists them looks for them."""
    project = load_project(root)
    keep_records(project, plan(project))
    file = root / f"_build/fits/episodes--{page}.json"
    return json.loads(file.read_text()) if file.exists() else []


def results_of(root, page):
    manifest = plan(load_project(root)).manifests[page]
    return (root / "_build/.jupyter_cache/executed" / manifest.result / "base.ipynb").read_text()


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A course after its first run: folder, failures by page, output."""
    root = write_course(
        tmp_path_factory.mktemp("execute") / "course",
        {name: text for name, (text, _) in FAILURES.items()} | SUCCESSES,
        execute={"timeout": 120, "run_in_temp": True},
        lesson_output_limit=1,
        lesson_memory_limit=600,
    )
    edit(root / "episodes/slow-cell.md", "title:", "execution: {timeout: 4}\ntitle:")
    edit(root / "episodes/no-kernel.md", "name: python3", "name: nonesuch")
    output = io.StringIO()
    failures = run(root, jobs=4, progress=Progress(output))
    return root, failures, output.getvalue()


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_reported_where_it_was_written(executed, name):
    _, failures, _ = executed
    (failure,) = [one for one in failures if one.page == f"episodes/{name}.md"]
    report = str(ExecutionFailedError([failure]))
    place, _, message = FAILURES[name][1].partition(": ")
    assert report.startswith(f"episodes/{name}.md{place}")
    assert message in report


def test_failures_come_in_the_order_of_the_contents(executed):
    assert [one.page for one in executed[1]] == [f"episodes/{name}.md" for name in FAILURES]


def test_the_report_shows_code_and_traceback_without_colours(executed):
    report = str(ExecutionFailedError(executed[1]))
    assert "  the cell:\n    first = 1\n    second = undefined + 1\n  its traceback:\n" in report
    assert "----> 2 second = undefined + 1" in report
    assert "\x1b" not in report
    assert report.endswith(f"{len(FAILURES)} episodes failed")


def test_the_other_episodes_are_finished_and_only_the_failed_are_stale(executed):
    root, _, _ = executed
    stale = {one.page: one.reasons for one in plan(load_project(root)).stale}
    assert set(stale) == {f"episodes/{name}" for name in FAILURES}
    kinds = {page: [reason.kind for reason in reasons] for page, reasons in stale.items()}
    assert kinds["episodes/name-error"] == ["never", "failed"]
    reason = str(stale["episodes/exits"][1])
    assert reason.startswith("its last run failed: episodes/exits.md:9: the kernel died")


def test_cells_below_a_failed_one_are_not_run(executed):
    assert not list(executed[0].rglob("later.txt"))


def test_an_error_that_is_part_of_the_lesson_is_an_output(executed):
    results = results_of(executed[0], "episodes/allowed")
    assert "ZeroDivisionError" in results
    assert "went on" in results


def test_numerical_libraries_use_one_thread(executed):
    assert '"1\\n"' in results_of(executed[0], "episodes/few-threads")


def test_each_episode_runs_in_an_empty_folder_of_its_own(executed):
    assert "[]\\n" in results_of(executed[0], "episodes/good")


def test_no_process_is_left_behind(executed):
    assert tagged_processes(course_tag(executed[0])) == []


def test_progress_names_episodes_and_outcomes(executed):
    lines = executed[2].splitlines()
    assert (
        lines[0] == f"executing {len(FAILURES) - UNREADABLE + len(SUCCESSES)} episodes, 4 at once"
    )
    assert "episodes/good: starts" in lines
    assert any(line.startswith("episodes/good: done after ") for line in lines)
    assert any(line.startswith("episodes/exits: failed after ") for line in lines)


@pytest.fixture
def course(tmp_path):
    def make(episodes, **settings):
        return write_course(tmp_path / "course", episodes, **settings)

    return make


def test_an_episode_that_takes_too_long_is_stopped(course):
    root = course({"one": cell("import time; time.sleep(1)") * 100}, lesson_episode_timeout=5)
    (failure,) = run(root)
    assert failure.message.startswith("the episode was stopped: it took more than 5 s; make it")
    assert failure.line > 9


def test_episodes_run_at_the_same_time(course):
    meet = """
        import pathlib, time
        pathlib.Path("{me}.here").touch()
        end = time.monotonic() + 20
        while not pathlib.Path("{other}.here").exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        """
    root = course(
        {
            "one": cell(meet.format(me="one", other="two")),
            "two": cell(meet.format(me="two", other="one")),
        }
    )
    assert run(root, jobs=2) == []


def test_a_cell_that_runs_on_is_shown_as_it_goes(course, monkeypatch):
    monkeypatch.setattr("lessonbook.progress.QUIET_SECONDS", 0.5)
    root = course({"one": cell("1") + cell("import time; time.sleep(2)")})
    output = io.StringIO()
    run(root, progress=Progress(output))
    assert "episodes/one: cell 2/2, line 13, " in output.getvalue()
    last = re.search(r"([\d.]+) s of them in the cell on line (\d+) ", output.getvalue())
    assert last[2] == "13" and float(last[1]) >= 2


def test_on_a_terminal_the_running_cells_are_one_line_that_is_overwritten():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    output = Terminal()
    progress = Progress(output)
    progress.begin(2, 2)
    progress.start("one")
    progress.reach("one", 3, 20, 41)
    progress.refresh()
    progress.end("one", "done")
    assert "\r\x1b[Kone: cell 3/20, line 41, 0 s" in output.getvalue()
    assert output.getvalue().endswith(
        "\r\x1b[Kone: done after 0.0 s, 0.0 s of them in the cell on line 41 (1 of 2)\n"
    )


def test_runs_of_the_same_code_give_the_same_outputs(course):
    table = """
        import pandas
        pandas.DataFrame({"a": [1, 2]}).style.hide()
        """
    drawing = """
        import random
        from IPython.display import SVG
        start = f"1.00000{random.randrange(10**6)}"
        SVG(f"<svg xmlns='http://www.w3.org/2000/svg'><path d=\\"M {start} 1 L 2 2\\"/></svg>")
        """
    order = "print(set('abcdefgh'))"
    root = course({"one": cell(table) * 2 + cell(drawing) + cell(order)})
    found = []
    for _ in range(2):
        assert run(root) == []
        found.append(json.loads(results_of(root, "episodes/one"))["cells"])
        shutil.rmtree(root / "_build")
    outputs = [[cell["outputs"] for cell in cells if cell["outputs"]] for cells in found]
    assert outputs[0] == outputs[1]
    first, second = ("".join(output[0]["data"]["text/html"]) for output in outputs[0][:2])
    assert first != second
    assert 'd="M1 1L2 2"' in "".join(outputs[0][2][0]["data"]["image/svg+xml"])


def test_what_an_episode_changes_while_it_reads_it_stays_stale(course):
    change = (
        "open('count.txt').read()\nopen('count.txt', 'w').write(str(__import__('time').time()))"
    )
    root = course({"one": cell(change)})
    (root / "episodes/count.txt").write_text("0")
    assert run(root) == []
    (episode,) = plan(load_project(root)).stale
    assert str(episode.reasons[0]) == "episodes/count.txt changed"


def test_a_file_edited_during_the_run_makes_the_episode_stale_again(course):
    wait = "import pathlib, time\nopen('../data.txt').read()\npathlib.Path('../begun').touch()\ntime.sleep(2)"
    root = course({"one": cell(wait)})
    (root / "data.txt").write_text("old")

    class Editor(Progress):
        def refresh(self):
            if (root / "begun").exists():
                (root / "data.txt").write_text("new")

    assert run(root, progress=Editor(io.StringIO())) == []
    (episode,) = plan(load_project(root)).stale
    assert str(episode.reasons[0]) == "data.txt changed"


def test_what_the_code_tells_of_its_fits_is_kept_for_the_page_that_lists_them(course):
    tell = """
        import json, os
        with open(os.environ["LESSONBOOK_FITS"], "a") as file:
            file.write(json.dumps({"name": "first", "rows": []}) + "\\n")
        """
    root = course({"one": cell(tell)})
    assert run(root) == []
    assert fits_of(root, "one") == [{"name": "first", "page": "episodes/one", "rows": []}]
    write_episode(root, "one", cell("1"))
    assert run(root) == []
    assert fits_of(root, "one") == []
    assert not list((root / "_build/fits").iterdir())


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text('[{"name": "fir')])
def test_a_lost_or_damaged_file_of_fits_is_written_again_without_a_run(course, damage):
    root = course({"one": cell(TELL + "tell('first')"), "two": cell("1")})
    assert run(root) == []
    before = fits_of(root, "one")
    assert [record["name"] for record in before] == ["first"]
    damage(root / "_build/fits/episodes--one.json")
    (root / "_build/fits/episodes--two.json").write_text("[]")
    (root / "_build/fits/own.json").write_text("[]")
    assert fits_of(root, "one") == before
    assert not (root / "_build/fits/episodes--two.json").exists()
    assert (root / "_build/fits/own.json").exists()
    assert not plan(load_project(root)).stale
    write_toc(root, ["two"])
    assert fits_of(root, "one") == []


TELL = """
import json, os
def tell(name, **more):
    with open(os.environ["LESSONBOOK_FITS"], "a") as file:
        file.write(json.dumps({"name": name, "rows": [], **more}) + "\\n")
"""


def test_what_an_instructors_cell_tells_of_its_fits_is_not_for_learners(course):
    hidden = (
        ":::{instructor}\n- Aside:\n\n"
        + textwrap.indent(
            cell("tell('hidden'); tell('both'); tell('claimed', view='learner')"), "  "
        )
        + ":::\n\n"
    )
    body = cell(TELL + "tell('ölk')") + hidden + cell("tell('last'); tell('both')")
    root = course({"one": body})
    assert run(root) == []
    kept = fits_of(root, "one")
    assert {record["name"]: record.get("view", "learner") for record in kept} == {
        "ölk": "learner",
        "hidden": "instructor",
        "claimed": "instructor",
        "last": "learner",
        "both": "learner",
    }
    assert len(kept) == 5


def test_a_cell_that_moves_into_an_instructor_block_is_run_anew(course):
    """What it told of its fits was for learners."""
    root = course({"one": cell(TELL + "tell('it')")})
    assert run(root) == []
    write_episode(root, "one", ":::{instructor}\n\n" + cell(TELL + "tell('it')") + ":::\n")
    assert run(root) == []
    (record,) = fits_of(root, "one")
    assert record["view"] == "instructor"


def test_superseded_results_are_dropped(course):
    root = course({"one": cell("1"), "two": cell("1")}, execute={"run_in_temp": True})
    for code in ("2", "3"):
        assert run(root) == []
        keep_records(load_project(root), plan(load_project(root)))
        write_episode(root, "one", cell(code))
    assert run(root) == []
    keep_records(load_project(root), plan(load_project(root)))
    kept = {path.name for path in (root / "_build/.jupyter_cache/executed").iterdir()}
    assert kept == {one.result for one in plan(load_project(root)).manifests.values()}
    (root / "episodes/two.md").unlink()
    write_toc(root, ["one"])
    keep_records(load_project(root), plan(load_project(root)))
    (kept,) = (root / "_build/.jupyter_cache/executed").iterdir()
    with sqlite3.connect(root / "_build/.jupyter_cache/global.db") as database:
        (row,) = database.execute("SELECT hashkey, uri FROM nbcache")
    database.close()
    assert row == (kept.name, str(root / "episodes/one.md"))


def test_a_kernel_that_is_not_recorded_depends_on_every_file(course, monkeypatch):
    """As one of another language would be: here Python that is told not to look for the hook."""
    find = KernelSpecManager.get_kernel_spec

    def isolated(self, name):
        spec = find(self, name)
        spec.argv = [spec.argv[0], "-I", *spec.argv[1:]]
        return spec

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", isolated)
    root = course({"one": cell("1")})
    (root / "code").mkdir()
    assert run(root) == []
    assert plan(load_project(root)).stale == ()
    (root / "code" / "new.py").write_text("")
    (episode,) = plan(load_project(root)).stale
    assert str(episode.reasons[0]) == "a file changed, and it is not known which files it reads"


def test_processes_of_a_build_that_was_killed_are_ended_by_the_next(course):
    root = course({"one": cell("1")})
    left = subprocess.Popen(
        ["sleep", "600"], env={**os.environ, TAG_VARIABLE: f"{course_tag(root)}/old/0"}
    )
    call(root, "build", "--view", "learner")
    left.wait(timeout=30)


def test_nothing_is_left_of_a_kernel_that_is_ended_after_its_last_cell(course, tmp_path):
    late = tmp_path / "late"
    code = f"""
        import atexit, tempfile
        from pathlib import Path
        atexit.register(Path({str(late)!r}).touch)
        print(tempfile.mkdtemp(), "end")
        """
    root = course({"one": cell(code)})
    assert run(root) == []
    made = re.search(r'"(/[^ "]+) end', results_of(root, "episodes/one"))
    assert made and not Path(made[1]).exists()
    assert not late.exists()
