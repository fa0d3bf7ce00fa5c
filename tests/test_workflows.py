"""The workflows, which nothing here can run, keep to rules that make them safe to copy.

Each rule is tried on a workflow that breaks it, too: a rule that finds nothing proves nothing.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from platformdirs.unix import Unix

from hierarchical_models.cmdstan_installation import install_root
from lessonbook.links.memory import PLACE as PLACE_OF_ANSWERS
from lessonbook.settings import DEFAULT_CACHE

ROOT = Path(__file__).parent.parent
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
ACTIONS = sorted((GITHUB / "actions").glob("*/action.yml"))
SCRIPTS = sorted(GITHUB.glob("scripts/*.sh"))

PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
USES = re.compile(r"^\s*(?:- )?uses:\s*(\S+)(.*)$", re.M)
VERSION = re.compile(r"\s+# v\d+\.\d+\.\d+$")
MAX_MINUTES = 360
WRITERS = {
    "build.yml": {"publish": {"pages", "id-token"}, "notebooks": {"contents"}},
    "dependencies.yml": {"propose": {"actions", "contents", "pull-requests"}},
    "links.yml": {"report": {"issues"}},
}
"""What the jobs may write; all others only read."""


def steps_of(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for job in content.get("jobs", {}).values():
        yield from job.get("steps", [])
    yield from content.get("runs", {}).get("steps", [])


def unpinned_actions(text: str) -> list[str]:
    return [
        name
        for name, comment in USES.findall(text)
        if not name.startswith("./") and not (PINNED.fullmatch(name) and VERSION.fullmatch(comment))
    ]


def pins_by_action(text: str) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    for name, comment in USES.findall(text):
        action, _, commit = name.partition("@")
        pins.setdefault("/".join(action.split("/")[:2]), set()).add(commit + comment)
    return pins


def dangers(text: str, writers: dict[str, set[str]] | None = None) -> list[str]:
    content = yaml.safe_load(text)
    triggers = content[True]  # YAML 1.1 reads the word "on" as true
    found = [
        f"trigger {trigger}"
        for trigger in ("pull_request_target", "workflow_run", "issue_comment")
        if trigger in triggers
    ]
    if content.get("permissions") != {}:
        found.append("the workflow's permissions are not {}")
    if "concurrency" not in content:
        found.append("no concurrency")
    if re.search(r"\bsecrets\b", text):
        found.append("secrets")
    for name, job in content["jobs"].items():
        found += [f"{name}: {danger}" for danger in dangers_of_job(job, (writers or {}).get(name))]
    return found + [f"expression in a script: {script}" for script in expressions_in_scripts(text)]


def dangers_of_job(job: dict[str, Any], writes: set[str] | None) -> Iterator[str]:
    permissions = job.get("permissions")
    if not isinstance(permissions, dict):
        yield f"permissions {permissions}"
    elif {name for name, right in permissions.items() if right != "read"} != (writes or set()):
        yield f"writes {permissions}"
    if not 0 < job.get("timeout-minutes", 0) <= MAX_MINUTES:
        yield "no timeout"
    for step in job["steps"]:
        if step.get("uses", "").startswith("actions/checkout@") and (
            step.get("with", {}).get("persist-credentials") is not False
        ):
            yield "checkout leaves its token behind"
        if writes and "make " in step.get("run", ""):
            yield "runs what it downloads with a token that writes"


def expressions_in_scripts(text: str) -> list[str]:
    """Scripts with an expression: its value would be read as part of the program."""
    return [step["run"] for step in steps_of(yaml.safe_load(text)) if "${{" in step.get("run", "")]


def syntax_error(script: str) -> str:
    ran = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    return ran.stderr


@pytest.mark.parametrize(
    "file", [*WORKFLOWS, *ACTIONS], ids=lambda file: file.parent.name + file.stem
)
class TestEveryFile:
    def test_actions_are_pinned_by_commit_with_their_version(self, file):
        assert USES.search(file.read_text())
        assert unpinned_actions(file.read_text()) == []

    def test_scripts_are_free_of_expressions_and_of_errors(self, file):
        text = file.read_text()
        scripts = [step["run"] for step in steps_of(yaml.safe_load(text)) if "run" in step]
        assert expressions_in_scripts(text) == []
        assert [*map(syntax_error, scripts)] == [""] * len(scripts)

    def test_what_it_runs_is_there(self, file):
        text = file.read_text()
        paths = re.findall(r"\.github/[\w./-]+|\.ci/\w+", text)
        assert [path for path in paths if not (ROOT / path).exists()] == []
        makefile = (ROOT / "Makefile").read_text()
        for step in steps_of(yaml.safe_load(text)):
            for targets in re.findall(r"^make (.+)$", step.get("run", ""), re.M):
                assert all(re.search(f"^{target}:", makefile, re.M) for target in targets.split())

    def test_patterns_in_the_keys_of_caches_match_files(self, file):
        for arguments in re.findall(r"\bkey: .*hashFiles\(([^)]+)\)", file.read_text()):
            for pattern in re.findall(r"'([^']+)'", arguments):
                assert next(ROOT.glob(pattern), None) is not None, pattern


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_workflow_is_safe_for_a_pull_request_from_a_fork(file):
    assert dangers(file.read_text(), WRITERS.get(file.name)) == []


def test_one_version_of_every_action():
    pins = pins_by_action("".join(file.read_text() for file in [*WORKFLOWS, *ACTIONS]))
    assert {action: versions for action, versions in pins.items() if len(versions) > 1} == {}


def test_what_is_slow_to_make_is_kept_from_one_build_to_the_next(monkeypatch):
    for variable in ("XDG_CACHE_HOME", "HIERARCHICAL_MODELS_CMDSTAN_DIR"):
        monkeypatch.delenv(variable, raising=False)
    (prepare,) = ACTIONS
    kept = " ".join(
        step["with"]["path"]
        for step in steps_of(yaml.safe_load(prepare.read_text()))
        if "path" in step.get("with", {})
    ).split()
    kept = [str(Path(path).expanduser()) for path in kept]
    models = Unix("hierarchical_models").user_cache_dir
    places = [str(install_root()), f"{models}/executables", f"{models}/fits", DEFAULT_CACHE]
    assert [place for place in places if place not in kept] == []
    assert str(Path("_build", PLACE_OF_ANSWERS)) in (GITHUB / "workflows/links.yml").read_text()


def test_workflows_of_every_kind_are_there():
    assert [file.stem for file in WORKFLOWS] == ["build", "dependencies", "from-nothing", "links"]
    (updates,) = yaml.safe_load((GITHUB / "dependabot.yml").read_text())["updates"]
    assert updates["package-ecosystem"] == "github-actions"


BAD = """\
on: {trigger}
permissions: {permissions}
{concurrency}
jobs:
  job:
    runs-on: ubuntu-24.04
    {timeout}
    permissions: {rights}
    steps:
      - uses: actions/checkout@{commit}
        with: {{persist-credentials: {persist}}}
      - run: {script}
"""
GOOD = {
    "trigger": "[push]",
    "permissions": "{}",
    "concurrency": "concurrency: {group: g}",
    "timeout": "timeout-minutes: 5",
    "rights": "{contents: read}",
    "commit": "0" * 40 + " # v1.0.0",
    "persist": "false",
    "script": "make site",
}


def test_rules_are_content_with_a_good_workflow():
    assert dangers(BAD.format(**GOOD)) == [] == unpinned_actions(BAD.format(**GOOD))


@pytest.mark.parametrize(
    ("change", "danger"),
    [
        ({"trigger": "[push, pull_request_target]"}, "trigger pull_request_target"),
        ({"trigger": "{workflow_run: {}}"}, "trigger workflow_run"),
        ({"permissions": "write-all"}, "the workflow's permissions are not {}"),
        ({"concurrency": ""}, "no concurrency"),
        ({"timeout": ""}, "job: no timeout"),
        ({"rights": "{contents: write}"}, "job: writes {'contents': 'write'}"),
        ({"rights": "write-all"}, "job: permissions write-all"),
        ({"persist": "true"}, "job: checkout leaves its token behind"),
        (
            {"script": "echo ${{ github.event.pull_request.title }}"},
            "expression in a script: echo ${{ github.event.pull_request.title }}",
        ),
        ({"script": "echo $TOKEN # secrets"}, "secrets"),
    ],
)
def test_rules_find_what_is_dangerous(change, danger):
    assert dangers(BAD.format(**{**GOOD, **change})) == [danger]


@pytest.mark.parametrize(
    "commit", ["v4", "main", "0" * 40, "0" * 39 + " # v1.0.0", "0" * 40 + " # v1"]
)
def test_rules_find_actions_that_are_not_pinned(commit):
    name = f"actions/checkout@{commit.split()[0]}"
    assert unpinned_actions(BAD.format(**{**GOOD, "commit": commit})) == [name]


def test_job_that_may_write_does_not_run_what_it_downloads():
    text = BAD.format(**{**GOOD, "rights": "{contents: write}"})
    assert dangers(text, {"job": {"contents"}}) == [
        "job: runs what it downloads with a token that writes"
    ]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_scripts_stop_at_errors_and_have_none(script):
    text = script.read_text()
    assert "set -euo pipefail" in text
    assert syntax_error(text) == ""
    assert syntax_error("if true; then") != ""
