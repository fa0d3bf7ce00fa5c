"""Every file of the course that a Python process reads is noted, and no other."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import textwrap

import pytest

from lessonbook.episode_run import read_records
from lessonbook.kernel import kernel_environment
from lessonbook.manifest import CHANGED


@pytest.fixture
def course(tmp_path):
    for name, text in {
        "code/helper.py": "VALUE = 1\n",
        "code/package/__init__.py": "",
        "data/one.csv": "a,b\n1,2\n",
        "_build/old.csv": "built",
        ".git/HEAD": "ref",
    }.items():
        (tmp_path / "course" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "course" / name).write_text(text)
    return tmp_path / "course"


@pytest.fixture
def record(course, tmp_path):
    """Runs a script in a recorded Python with the course's folder as `ROOT`; returns the records."""

    def run(script, *, cwd=None, folders=None, check=True):
        workspace = tmp_path / f"workspace-{len(list(tmp_path.iterdir()))}"
        workspace.mkdir()
        environment = kernel_environment(
            course, workspace, "tag", [course / "_build"], folders or {}
        )
        script = f"ROOT = {str(course)!r}\n" + textwrap.dedent(script)
        subprocess.run(
            [sys.executable, "-c", script], env=environment, cwd=cwd or workspace, check=check
        )
        return read_records(workspace)

    return run


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_that_is_opened_is_noted_with_its_contents(course, record):
    records = record("open(ROOT + '/data/one.csv').read()")
    assert records.is_complete
    assert records.files == {"data/one.csv": digest(course / "data/one.csv")}


def test_a_path_relative_to_the_working_directory_is_resolved(course, record):
    records = record(
        "from pathlib import Path; Path('../data/one.csv').read_text()", cwd=course / "code"
    )
    assert list(records.files) == ["data/one.csv"]


def test_a_path_through_a_link_is_noted_under_its_own_name(course, record, tmp_path):
    (tmp_path / "link").symlink_to(course)
    records = record(f"open({str(tmp_path / 'link')!r} + '/data/one.csv').read()")
    assert list(records.files) == ["data/one.csv"]


def test_an_imported_module_is_noted_by_its_source(course, record):
    script = "import sys; sys.path.insert(0, ROOT + '/code'); import helper, package"
    assert set(record(script).files) == {"code/helper.py", "code/package/__init__.py"}
    assert not (course / "code" / "__pycache__").exists()


def test_stored_byte_code_with_the_date_and_size_of_an_edited_module_is_not_used(course, record):
    helper = course / "code" / "helper.py"
    environment = {**os.environ, "PYTHONPATH": str(course / "code")}
    subprocess.run([sys.executable, "-c", "import helper"], env=environment, check=True)
    status = helper.stat()
    helper.write_text("VALUE = 2\n")
    os.utime(helper, ns=(status.st_atime_ns, status.st_mtime_ns))
    record(
        "import sys; sys.path.insert(0, ROOT + '/code'); import helper; assert helper.VALUE == 2"
    )


def test_a_file_that_is_missing_is_noted_as_missing(record):
    script = """
        try:
            open(ROOT + "/data/two.csv")
        except FileNotFoundError:
            pass
    """
    assert record(script).files == {"data/two.csv": ""}


def test_a_listed_folder_is_noted_with_its_names(record):
    records = record("import glob; glob.glob(ROOT + '/data/*.csv')")
    assert records.folders == {"data": ["one.csv"]}


def test_a_tools_hidden_folder_is_no_part_of_a_listing(course, record):
    (course / "data/.tool_cache").mkdir()
    (course / "data/.options").write_text("a hidden file may be read with the rest")
    records = record("import os; os.listdir(ROOT + '/data')")
    assert records.folders == {"data": [".options", "one.csv"]}


def test_the_search_for_modules_is_no_listing(record):
    script = "import sys; sys.path.insert(0, ROOT + '/code'); import helper\n"
    assert record(script + "from importlib.metadata import version; version('click')").folders == {}


@pytest.mark.parametrize("name", ["_build/old.csv", ".git/HEAD"])
def test_what_is_built_and_hidden_folders_are_passed_over(record, name):
    assert record(f"open(ROOT + '/{name}').read()").files == {}


def test_a_file_that_the_process_wrote_itself_is_not_noted(record):
    script = """
        with open(ROOT + "/out.csv", "w") as file:
            file.write("1")
        open(ROOT + "/out.csv").read()
        with open(ROOT + "/runs.log", "a") as file:
            file.write("1")
    """
    assert record(script).files == {}


def test_a_file_that_is_read_and_then_written_is_noted_as_it_was(course, record):
    before = digest(course / "data/one.csv")
    script = """
        open(ROOT + "/data/one.csv").read()
        open(ROOT + "/data/one.csv", "w").write("new")
    """
    assert record(script).files == {"data/one.csv": before}


def test_a_file_that_changes_between_two_looks_is_noted_as_changed(record):
    script = """
        import subprocess
        open(ROOT + "/data/one.csv").read()
        subprocess.run(f"echo new > '{ROOT}/data/one.csv'", shell=True)
        open(ROOT + "/data/one.csv").read()
    """
    assert record(script).files == {"data/one.csv": CHANGED}


def test_child_processes_of_python_are_recorded_too(course, record):
    (course / "code" / "child.py").write_text("import sys; open(sys.argv[1]).read()")
    script = """
        import subprocess, sys
        subprocess.run([sys.executable, ROOT + "/code/child.py", ROOT + "/data/one.csv"])
    """
    assert set(record(script).files) == {"code/child.py", "data/one.csv"}


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_multiprocessing_are_recorded_too(course, record, tmp_path, method):
    (course / "code" / "work.py").write_text("def work(path):\n    return open(path).read()\n")
    script = f"""
        import multiprocessing, sys
        sys.path.insert(0, ROOT + "/code")
        import work
        if __name__ == "__main__":
            with multiprocessing.get_context({method!r}).Pool(1) as pool:
                pool.map(work.work, [ROOT + "/data/one.csv"])
    """
    assert set(record(script).files) == {"code/work.py", "data/one.csv"}


def test_files_that_a_command_names_are_noted(record):
    script = "import subprocess; subprocess.run(['wc', 'data/one.csv'], cwd=ROOT)"
    assert set(record(script).files) == {"data/one.csv"}
    script = "import os; os.chdir(ROOT); os.execvp('sh', ['sh', '-c', 'cat data/one.csv'])"
    assert set(record(script).files) == {"data/one.csv"}


def test_a_database_is_noted(course, record):
    records = record("import sqlite3; sqlite3.connect(ROOT + '/data/one.csv')")
    assert set(records.files) == {"data/one.csv"}


def test_use_of_a_folder_outside_the_course_is_noted_by_its_name(tmp_path, record):
    (tmp_path / "tool").mkdir()
    (tmp_path / "tool" / "version").write_text("1")
    folders = {"Tool": str(tmp_path / "tool")}
    path = str(tmp_path / "tool" / "version")
    assert record(f"open({path!r}).read()", folders=folders).uses == {"Tool"}
    assert record("pass", folders=folders).uses == set()


def test_odd_arguments_of_open_do_no_harm(record):
    script = r"""
        import os
        for path in ("\0", b"\xff", "", "x" * 5000):
            try:
                open(path)
            except (OSError, ValueError):
                pass
        read, write = os.pipe()
        open(read).close()
    """
    assert record(script).is_complete


def test_the_sitecustomize_of_the_machine_still_runs(record, tmp_path, monkeypatch):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "sitecustomize.py").write_text("OWN = True\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "own"))
    assert record("import sitecustomize; assert sitecustomize.OWN").is_complete


def test_records_that_are_cut_short_are_not_complete(tmp_path):
    (tmp_path / "records").write_text('["started", "", null]\n["file", "a.c')
    assert not read_records(tmp_path).is_complete
    (tmp_path / "records").unlink()
    assert not read_records(tmp_path).is_complete
