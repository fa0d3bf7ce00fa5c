"""What a machine lacks is said together with how to get it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from importlib.metadata import version

import pytest
from click.testing import CliRunner

from lessonbook import machine
from lessonbook.commands.doctor import doctor

CONFIG = "title: Knots\n"
EPISODE = "---\nfile_format: mystnb\nkernelspec:\n  name: {kernel}\n---\n\n# Bends\n"


@pytest.fixture
def course(tmp_path, monkeypatch):
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (tmp_path / "index.md").write_text(EPISODE.format(kernel="python3"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


def examine(course, *options):
    return CliRunner().invoke(doctor, ["--root", str(course), *options])


def checks(course):
    result = examine(course, "--json")
    return result.exit_code, {check["name"]: check for check in json.loads(result.output)}


def test_machine_that_has_everything_is_told_so(course):
    result = examine(course)
    assert result.exit_code == 0
    assert result.output.endswith("\nNothing is missing.\n")
    status, found = checks(course)
    assert status == 0
    assert list(found) == [
        "Python",
        "packages",
        "kernel python3",
        "writing",
        "disk",
        "port",
        "browser",
    ]
    assert all(check["status"] in ("ok", "optional") for check in found.values())


def test_python_that_the_course_is_not_made_for_is_named(course):
    (course / "pyproject.toml").write_text('[project]\nname = "x"\nrequires-python = ">=4"\n')
    status, found = checks(course)
    assert status == 1
    assert found["Python"]["status"] == "missing"
    assert "needed >=4" in found["Python"]["found"]
    assert "install Python >=4" in found["Python"]["hint"]


@pytest.mark.parametrize(
    "text", ["", "[project", "[project]\nrequires-python = 3\n", "project = 1\n"]
)
def test_course_that_asks_for_no_python_gets_the_generator_s(course, text):
    (course / "pyproject.toml").write_text(text)
    assert "needed >=3.11" in checks(course)[1]["Python"]["found"]


def test_packages_of_the_lock_file_are_compared(course):
    (course / "requirements.lock").write_text(
        f"# made by a tool\nclick=={version('click')} \\\n    --hash=sha256:00\n"
        'colorama==0.4.6 ; sys_platform == "no-such-system"\n'
    )
    assert checks(course)[1]["packages"]["found"] == "all 1 of requirements.lock"
    (course / "requirements.lock").write_text(
        "--no-binary :all:\nclick==0.1 \\\n    --hash=sha256:00\nno-such-package==1  # yet\n"
    )
    status, found = checks(course)
    assert status == 1
    assert found["packages"] == {
        "name": "packages",
        "status": "missing",
        "found": f"click is {version('click')}, not ==0.1, no-such-package is missing",
        "hint": "python -m pip install --requirement requirements.lock",
    }


def test_kernel_that_an_episode_asks_for_is_looked_for(course):
    (course / "index.md").write_text(EPISODE.format(kernel="no-such-kernel"))
    result = examine(course)
    assert result.exit_code == 1
    assert "missing   kernel no-such-kernel  index.md asks for it; there are: " in result.output
    assert "→ install the Jupyter kernel no-such-kernel" in result.output
    assert result.output.endswith("\n1 missing.\n")


def test_folder_that_cannot_be_written_to_is_named(course, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(machine.tempfile, "NamedTemporaryFile", refuse)
    status, found = checks(course)
    assert status == 1
    assert found["writing"]["found"].endswith(": Permission denied")


def test_full_disk_is_named(course, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _: usage(10**9, 10**9, 10**7))
    status, found = checks(course)
    assert status == 1
    assert found["disk"]["found"] == "0.0 GB free"


def test_what_only_some_commands_need_is_optional(course, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setattr(machine, "PORTS", range(port, port + 1))
        status, found = checks(course)
    assert status == 0
    assert found["browser"]["status"] == found["port"]["status"] == "optional"
    assert found["browser"]["hint"] and found["port"]["hint"]


HOOK = """\
def check():
    return [
        {"name": "rope", "status": "ok", "found": "hemp"},
        {"name": "fid", "status": "missing", "found": "", "hint": "carve one"},
    ]

def fail():
    raise RuntimeError("no rope")

def wrong():
    return [{"name": "fid", "status": "perhaps"}]

def text():
    return "all is well"

nothing = 1
"""


def configure(course, *hooks):
    (course / "ropes_of_the_tests.py").write_text(HOOK)
    lines = "".join(f"      - {hook}\n" for hook in hooks)
    (course / "_config.yml").write_text(f"{CONFIG}sphinx:\n  config:\n    lesson_doctor:\n{lines}")


def test_course_s_own_function_is_asked(course):
    configure(course, "ropes_of_the_tests:check")
    status, found = checks(course)
    assert status == 1
    assert found["rope"]["found"] == "hemp"
    assert found["fid"] == {"name": "fid", "status": "missing", "found": "", "hint": "carve one"}


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        ("fail", "it failed with RuntimeError: no rope"),
        ("wrong", "each of its records needs name, status (ok, missing, optional), found and hint"),
        ("text", "it returned str, not a list"),
    ],
)
def test_function_that_is_of_no_use_is_named(course, hook, said):
    configure(course, f"ropes_of_the_tests:{hook}")
    status, found = checks(course)
    assert status == 1
    check = found[f"ropes_of_the_tests:{hook}"]
    assert check["status"] == "missing" and said in check["found"]


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        (
            "ropes_of_the_tests",
            "found ropes_of_the_tests, allowed a name of the form module:function",
        ),
        ("ropes_of_the_tests:gone", "a function of ropes_of_the_tests, which has no gone"),
        ("ropes_of_the_tests:nothing", "a function of ropes_of_the_tests, which has no nothing"),
        ("no_such_module_here:check", "a module that can be imported (it said ModuleNotFoundError"),
    ],
)
def test_name_that_leads_to_no_function_is_misuse(course, hook, said):
    configure(course, hook)
    result = examine(course)
    assert result.exit_code == 2
    assert result.output.startswith("_config.yml: lesson_doctor: found ") and said in result.output


def test_hooks_of_another_kind_are_misuse(course):
    (course / "_config.yml").write_text(f"{CONFIG}sphinx:\n  config:\n    lesson_doctor: 7\n")
    result = examine(course)
    assert result.exit_code == 2 and "lesson_doctor: found 7, allowed a list" in result.output


def test_command_runs_without_the_site_generator():
    code = (
        "import sys, lessonbook.commands.doctor\n"
        "sys.exit('sphinx.application' in sys.modules or 'hierarchical_models' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
