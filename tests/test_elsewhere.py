"""The course starts in an editor's container and on Binder, as far as can be seen from here."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
POST_BUILD = ROOT / "binder" / "postBuild"
DEBIAN_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")


def wanted_python() -> str:
    """The Python that the lock file is made for."""
    script = (ROOT / "tools" / "make_environment.sh").read_text()
    return re.search(r"^wanted=(.+)$", script, re.M)[1]


@pytest.fixture
def container():
    return json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())


def test_python_is_the_one_of_the_lock_file(container):
    assert f":1-{wanted_python()}-" in container["image"]
    assert (ROOT / "binder" / "runtime.txt").read_text() == f"python-{wanted_python()}\n"


def test_container_installs_what_the_build_needs(container):
    command = container["onCreateCommand"]
    packages = command.split("--no-install-recommends ")[1].split()
    assert {"chromium", "g++", "make"} <= {*packages}
    assert all(DEBIAN_NAME.fullmatch(package) for package in packages)
    for line in (command, container["updateContentCommand"]):
        subprocess.run(["bash", "-n", "-c", line], check=True)
    settings = container["customizations"]["vscode"]["settings"]
    makefile = (ROOT / "Makefile").read_text()
    folder = re.search(r"^VENV := (.+)$", makefile, re.M)[1]
    assert settings["python.defaultInterpreterPath"].endswith(f"/{folder}/bin/python")


def test_binder_installs_a_compiler():
    assert (ROOT / "binder" / "apt.txt").read_text().split() == ["g++", "make"]


def test_binder_fetches_the_notebooks_that_the_pages_link_to():
    assert "\nnbgitpuller" in (ROOT / "binder" / "requirements.txt").read_text()
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    branch = config["sphinx"]["config"]["lesson_notebooks_branch"]
    workflow = (ROOT / ".github" / "workflows" / "build.yml").read_text()
    assert f"push_notebooks.sh _build/html {branch}\n" in workflow


def test_binder_prepares_the_environment_and_its_kernel(tmp_path):
    """Run as Binder does, in a course whose environment is a stand-in."""
    (tmp_path / "Makefile").write_text(
        "env cmdstan:\n\t@mkdir -p .venv/bin && echo $@ >>made\n"
        "\t@printf '#!/bin/sh\\necho \"$$@\" >asked\\n' >.venv/bin/python\n"
        "\t@chmod +x .venv/bin/python\n"
    )
    environment = {**os.environ, "HOME": str(tmp_path), "NB_PYTHON_PREFIX": "/srv/notebook"}
    subprocess.run([POST_BUILD], check=True, cwd=tmp_path, env=environment)
    assert (tmp_path / "made").read_text().split() == ["env", "cmdstan"]
    asked = (tmp_path / "asked").read_text()
    assert asked.startswith("-m ipykernel install --prefix /srv/notebook --name python3 ")


def test_binder_stops_where_a_step_fails(tmp_path):
    (tmp_path / "Makefile").write_text("env cmdstan:\n\t@false\n")
    environment = {**os.environ, "HOME": str(tmp_path), "NB_PYTHON_PREFIX": "/srv/notebook"}
    ran = subprocess.run(
        [POST_BUILD], check=False, cwd=tmp_path, env=environment, capture_output=True
    )
    assert ran.returncode != 0
