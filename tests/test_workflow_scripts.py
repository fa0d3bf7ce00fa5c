"""What the workflows' scripts do, with a stand-in for GitHub's command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPTS = ROOT / ".github" / "scripts"

GH = """\
#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$CALLS"
for argument in "$@"; do
  if [ -f "$argument" ]; then cp "$argument" "$BODY"; fi
done
case "$1 $2" in "issue list" | "pr list") printf '%s' "$NUMBER" ;; esac
"""
LOCK = "arviz==0.23.0 \\\n    --hash=sha256:aa\nbambi==0.17.0 \\\n    --hash=sha256:bb\n"


@pytest.fixture
def gh(tmp_path):
    """A command ``gh`` that writes down how it was called; gives a runner of the scripts."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "gh").write_text(GH)
    (folder / "gh").chmod(0o755)
    calls, body = tmp_path / "calls", tmp_path / "body"

    def run(script, *arguments, number="", cwd=tmp_path, status=0, **variables):
        calls.write_text("")
        environment = {
            **os.environ,
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "CALLS": str(calls),
            "BODY": str(body),
            "NUMBER": number,
            "GIT_CONFIG_GLOBAL": os.devnull,
            **variables,
        }
        ran = subprocess.run(
            ["bash", SCRIPTS / script, *map(str, arguments)],
            capture_output=True, text=True, check=False, cwd=cwd, env=environment,
        )  # fmt: skip
        assert ran.returncode == status, ran.stderr
        words = [" ".join(call.split()[:3]) for call in calls.read_text().splitlines()]
        return words, body.read_text() if body.exists() else "", ran

    return run


@pytest.fixture
def report(tmp_path):
    file = tmp_path / "links.txt"
    file.write_text("episodes/01.md:3: https://a.example is gone. @everyone\n" + "x" * 500 + "\n")
    return file


def test_broken_links_open_an_issue_with_the_report_as_code(gh, report):
    calls, body, _ = gh("report_links.sh", 1, report)
    assert calls == ["issue list --state", "label create broken-links", "issue create --title"]
    assert "\n    episodes/01.md:3: https://a.example is gone. @everyone\n" in body
    assert max(map(len, body.splitlines())) <= 144


def test_broken_links_renew_the_issue_that_is_open(gh, report):
    calls, body, _ = gh("report_links.sh", 1, report, number="12")
    assert calls == ["issue list --state", "issue edit 12"]
    assert "https://a.example" in body


def test_issue_is_closed_when_all_links_work(gh, report):
    assert gh("report_links.sh", 0, report, number="12")[0][-1] == "issue close 12"
    assert gh("report_links.sh", 0, report)[0] == ["issue list --state"]


def test_check_that_did_not_run_says_nothing_of_links(gh, report):
    for status in ("2", ""):
        calls, _, ran = gh("report_links.sh", status, report, status=2)
        assert calls == []
        assert f"found the status '{status}', allowed 0" in ran.stderr


def write_site(folder, text):
    folder.mkdir(exist_ok=True)
    (folder / "a.html").write_text(f"<main><p>{text}</p></main>")
    return folder


def test_summary_says_what_changed_and_with_what_it_was_compared(gh, tmp_path):
    old, new = write_site(tmp_path / "old", "tau 6.2"), write_site(tmp_path / "new", "tau 6.5")
    summary, changes = tmp_path / "summary.md", tmp_path / "changes.json"
    variables = {
        "GITHUB_STEP_SUMMARY": str(summary),
        "LESSONBOOK": str(Path(sys.executable).with_name("lessonbook")),
    }
    gh("compare_pages.sh", old, new, changes, BASELINE="pages-of-main-0123abc", **variables)
    assert "Compared with main at `0123abc`" in summary.read_text()
    assert "| 6.2 | 6.5 | +4.84% |" in summary.read_text()
    assert '"new": "6.5"' in changes.read_text()
    summary.unlink()
    changes.unlink()
    gh("compare_pages.sh", old, new, changes, BASELINE="", **variables)
    assert summary.read_text().startswith("No pages of main are kept yet")
    assert not changes.exists()


def test_comparison_that_fails_fails_the_step(gh, tmp_path):
    new = write_site(tmp_path / "new", "tau 6.5")
    lessonbook = str(Path(sys.executable).with_name("lessonbook"))
    _, _, ran = gh(
        "compare_pages.sh", tmp_path / "none", new, "changes.json",
        BASELINE="pages-of-main-0", LESSONBOOK=lessonbook, status=2,
    )  # fmt: skip
    assert "does not exist" in ran.stderr


@pytest.fixture
def checkout(tmp_path):
    def git(*arguments, cwd=tmp_path):
        ran = subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments],
            capture_output=True, text=True, check=True, cwd=cwd,
        )  # fmt: skip
        return ran.stdout

    git("init", "--quiet", "--bare", "origin.git")
    git("clone", "--quiet", "origin.git", "course")
    course = tmp_path / "course"
    (course / "requirements.lock").write_text(LOCK)
    git("add", "requirements.lock", cwd=course)
    git("commit", "--quiet", "-m", "first", cwd=course)
    git("push", "--quiet", "origin", "HEAD:main", cwd=course)
    return course, git


def test_renewed_lock_file_is_proposed_once_and_built(gh, checkout, tmp_path):
    course, git = checkout
    (course / "requirements.lock").write_text(LOCK.replace("0.17.0", "0.17.1").replace("bb", "cc"))
    calls, body, _ = gh("propose_lock.sh", "main", cwd=course)
    assert calls == [
        "auth setup-git",
        "pr list --state",
        "pr create --head",
        "workflow run build.yml",
    ]
    assert "```diff\n-bambi==0.17.0\n+bambi==0.17.1\n```" in body
    branch = ("--git-dir", str(tmp_path / "origin.git"), "show", "--stat", "renew-lock-file")
    assert "requirements.lock | 4 ++--" in git(*branch)
    (course / "requirements.lock").write_text(LOCK.replace("0.23.0", "0.23.1"))
    calls, body, _ = gh("propose_lock.sh", "main", number="7", cwd=course)
    assert "pr edit 7" in calls and "pr create --head" not in calls


def test_lock_file_that_is_up_to_date_is_not_proposed(gh, checkout):
    course, _ = checkout
    calls, _, ran = gh("propose_lock.sh", "main", cwd=course)
    assert calls == []
    assert "up to date" in ran.stdout


@pytest.fixture
def built(tmp_path):
    """A site with a notebook for learners, one for instructors, and a page."""
    folder = tmp_path / "built"
    for name in ("a/one.ipynb", "a/one-data.zip", "a/one.html", "instructor/a/one.ipynb"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def test_notebooks_of_learners_are_pushed_to_a_branch_without_history(
    gh, checkout, built, tmp_path
):
    course, git = checkout
    (course / ".gitignore").write_text("*.zip\n")
    calls, _, _ = gh("push_notebooks.sh", built, "notebooks", cwd=course)
    assert calls == ["auth setup-git"]
    there = ("--git-dir", str(tmp_path / "origin.git"))
    names = git(*there, "ls-tree", "-r", "--name-only", "notebooks").split()
    assert names == ["a/one-data.zip", "a/one.ipynb"]
    first = git(*there, "rev-parse", "notebooks")

    calls, _, ran = gh("push_notebooks.sh", built, "notebooks", cwd=course)
    assert calls == [] and "are the same" in ran.stdout
    assert git(*there, "rev-parse", "notebooks") == first

    (built / "a/one.ipynb").write_text("another")
    gh("push_notebooks.sh", built, "notebooks", cwd=course)
    assert git(*there, "show", "notebooks:a/one.ipynb") == "another"
    assert git(*there, "rev-list", "--count", "notebooks").strip() == "1"
    # the checkout is as it was
    assert git("status", "--short", cwd=course).split() == ["??", ".gitignore"]


def test_a_folder_without_notebooks_is_refused(gh, checkout, tmp_path):
    course, _ = checkout
    (tmp_path / "empty").mkdir()
    calls, _, ran = gh("push_notebooks.sh", tmp_path / "empty", "notebooks", cwd=course, status=1)
    assert calls == [] and "found no notebook" in ran.stderr
