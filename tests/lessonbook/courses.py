"""Small courses that execute code, for the tests of planning, executing and building."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import yaml

FRONT = """\
---
file_format: mystnb
kernelspec:
  name: python3
title: {title}
---

"""


def write_course(root: Path, episodes: dict[str, str], **settings) -> Path:
    """Write a course whose episodes have the given bodies, each below `FRONT`."""
    root.mkdir(parents=True, exist_ok=True)
    config = {
        "title": "Course",
        "author": "Nobody",
        "logo": "",
        "only_build_toc_files": True,
        "execute": {
            "execute_notebooks": "cache",
            "timeout": 60,
            "run_in_temp": False,
            **settings.pop("execute", {}),
        },
        "html": {"home_page_in_navbar": True},
        "sphinx": {"extra_extensions": ["lessonbook"], "config": settings},
    }
    (root / "_config.yml").write_text(yaml.safe_dump(config))
    (root / "index.md").write_text("# Home\n")
    write_toc(root, list(episodes))
    for name, body in episodes.items():
        write_episode(root, name, body)
    return root


def write_toc(root: Path, names: list[str]) -> None:
    chapters = [{"file": f"episodes/{name}"} for name in names]
    toc = {"format": "jb-book", "root": "index", "chapters": chapters}
    (root / "_toc.yml").write_text(yaml.safe_dump(toc))


def write_episode(root: Path, name: str, body: str) -> Path:
    path = root / "episodes" / f"{name}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(FRONT.format(title=name.capitalize()) + textwrap.dedent(body))
    return path


def cell(code: str, tags: str = "") -> str:
    """A code cell of an episode."""
    options = f":tags: [{tags}]\n" if tags else ""
    return f"```{{code-cell}} python\n{options}{textwrap.dedent(code).strip()}\n```\n\n"


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def call(root, *arguments, status=0):
    """Run a command as in a shell, which ends as it should; return what it printed."""
    ran = subprocess.run(
        [sys.executable, "-m", "lessonbook", *arguments, "--root", str(root)],
        capture_output=True,
        text=True,
        check=False,
    )
    output = ran.stdout + ran.stderr
    assert ran.returncode == status, output
    assert "Traceback" not in output
    return output
