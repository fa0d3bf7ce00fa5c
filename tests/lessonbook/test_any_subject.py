"""A course on any subject: installed from this repository, it needs nothing of the models."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

REPOSITORY = Path(__file__).parent.parent.parent
COURSE = Path(__file__).parent.parent / "courses" / "bell-ringing"
SOURCES = ("pyproject.toml", "README.md", "LICENSE")

# put into the environment, so that every process of it, kernels too, says when it would import
# the models, and cannot
FORBID = """\
import sys
from pathlib import Path

class Forbid:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "hierarchical_models":
            Path({log!r}).open("a").write(" ".join(sys.argv) + "\\n")
            raise ImportError("the models are not for this course")

sys.meta_path.insert(0, Forbid())
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A fresh environment with this repository's wheel, and the libraries of the locked one."""
    folder = tmp_path_factory.mktemp("fresh")
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        shutil.copy(REPOSITORY / name, source / name)
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(REPOSITORY / "code", source / "code", ignore=ignored)
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
    python = folder / "venv" / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    # a plain path: the libraries are found, the editable installation among them is not
    (site / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n")
    run(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps"),
        *("--no-build-isolation", "--no-index", "--quiet", "--ignore-installed", source),
    )
    (site / "sitecustomize.py").write_text(FORBID.format(log=str(folder / "imports.log")))
    return folder


@pytest.fixture(scope="module")
def built(environment):
    """The course, built by the command of the fresh environment: its folder and what was said."""
    course = environment / "course"
    shutil.copytree(COURSE, course)
    said = run(environment / "venv" / "bin" / "lessonbook", "build", "--jobs", "2", cwd=course)
    return course, said


def run(*command, cwd=None):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    ran = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
    return ran.stdout


def page(built, name):
    path = built[0] / "_build" / "html" / f"{name}.html"
    return BeautifulSoup(path.read_text(encoding="utf8"), "html.parser")


def text_of(tag):
    return " ".join(tag.get_text(" ").split())


def test_command_is_the_one_that_was_installed(environment):
    code = "import lessonbook; print(lessonbook.__file__)"
    place = run(environment / "venv" / "bin" / "python", "-c", code).strip()
    assert Path(place).is_relative_to(environment / "venv")


def test_models_cannot_be_imported_there(environment):
    python = environment / "venv" / "bin" / "python"
    command = [str(python), "-c", "import hierarchical_models"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "the models are not for this course" in ran.stderr
    (environment / "imports.log").unlink()


def test_course_builds_and_its_code_was_run(built):
    article = page(built, "episodes/01-plain-hunt").find("article")
    outputs = [text_of(output) for output in article.select(".cell_output")]
    assert "1234 2143 2413 4231 4321 3412 3142 1324 1234" in outputs
    assert "After 8 changes the bells are back in rounds, and 8 different rows" in text_of(article)
    second = text_of(page(built, "episodes/02-every-order-once").find("article"))
    assert "There are 24 different rows, and after 24 changes the bells are home." in second


def test_solution_holds_its_cell_and_the_quiz_its_computed_answer(built):
    challenge = page(built, "episodes/01-plain-hunt").select_one("#challenge-six-bells")
    assert text_of(challenge.select_one(".lesson-solution .cell_output")) == "12"
    quiz = page(built, "episodes/02-every-order-once").select_one("#quiz-changes")
    assert quiz.select_one("[data-answer]")["data-answer"] == "24"


def test_a_challenge_for_home_takes_no_time_of_the_schedule(built):
    second = page(built, "episodes/02-every-order-once")
    times = text_of(second.select_one(".lesson-times"))
    assert times == "Teaching: 20 min · Exercises: 0 min · At home: 15 min"
    title = text_of(second.select_one("#challenge-true .lesson-title"))
    assert "Is it true? 15 min, at home" in title


def test_instructor_note_is_for_instructors_only(built):
    site = built[0] / "_build" / "html"
    holders = {
        path.relative_to(site).parts[0]
        for path in site.rglob("*")
        if path.is_file() and b"SENTINEL-OF-THE-BELFRY" in path.read_bytes()
    }
    assert holders == {"instructor"}


def test_linter_has_nothing_to_say(built, environment):
    command = environment / "venv" / "bin" / "lessonbook"
    assert run(command, "check", cwd=built[0]).strip() == "no findings"


def test_every_command_is_there(built, environment):
    command = environment / "venv" / "bin" / "lessonbook"
    assert "fresh" in run(command, "status", cwd=built[0])
    assert "Nothing is missing." in run(command, "doctor", cwd=built[0])
    run(command, "new", "Calls", cwd=built[0])
    assert (built[0] / "episodes" / "03-calls.md").is_file()
    assert "0 broken links" in run(command, "linkcheck", cwd=built[0])
    assert "would be removed" in run(command, "clean", "--dry-run", cwd=built[0])


def test_models_were_never_asked_for(built, environment):
    log = environment / "imports.log"
    assert not log.exists(), log.read_text()
