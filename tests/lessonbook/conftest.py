"""Small Sphinx builds for the tests of the extension."""

from __future__ import annotations

import dataclasses as dc
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from sphinx.testing.util import SphinxTestApp

ROOTS = Path(__file__).parent.parent / "roots"

MARKDOWN = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath", "tasklist"]
CONF = f"""
extensions = ["sphinx_design", "lessonbook"]
exclude_patterns = ["_build"]
html_theme = "basic"
language = "en"
numfig = True
myst_enable_extensions = {MARKDOWN!r}
nb_execution_mode = "off"
"""
NOTEBOOK = """\
---
file_format: mystnb
kernelspec:
  name: python3
---
"""
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dc.dataclass
class Site:
    """A finished build."""

    app: SphinxTestApp
    messages: str

    @property
    def warnings(self) -> list[str]:
        """Warnings with the paths relative to the source."""
        text = _COLOUR.sub("", self.app.warning.getvalue()).replace(f"{self.app.srcdir}/", "")
        return text.strip().splitlines()

    def page(self, name: str = "index") -> BeautifulSoup:
        """Return a built page."""
        return BeautifulSoup((self.app.outdir / f"{name}.html").read_text("utf8"), "html.parser")

    def text(self, name: str) -> str:
        """Return a built file."""
        return (self.app.outdir / name).read_text("utf8")


@dc.dataclass(frozen=True)
class TwoViews:
    """The published course of `test-two-views`, with a file that gets a letter at each run."""

    site: Path
    runs: Path
    log: str


@pytest.fixture(scope="session")
def two_views(tmp_path_factory: pytest.TempPathFactory) -> TwoViews:
    """Build both views, as an author would."""
    folder = tmp_path_factory.mktemp("views")
    shutil.copytree(ROOTS / "test-two-views", folder / "course")
    runs = folder / "runs.txt"
    ran = subprocess.run(
        [sys.executable, "-m", "lessonbook", "build", "--jobs", "2"],
        cwd=folder / "course",
        env={**os.environ, "LESSON_TEST_RUNS": str(runs)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return TwoViews(folder / "course" / "_build" / "html", runs, ran.stdout + ran.stderr)


Build = Callable[..., Site]


def build_site(
    source: Path,
    pages: str | dict[str, str],
    *,
    builder: str = "html",
    parallel: int = 0,
    **config: Any,
) -> Site:
    """Write pages into a folder, where earlier ones may lie, and build them."""
    source.mkdir(parents=True, exist_ok=True)
    (source / "conf.py").write_text(CONF)
    for name, text in ({"index.md": pages} if isinstance(pages, str) else pages).items():
        (source / name).write_text(textwrap.dedent(text), "utf8")
    status = StringIO()
    app = SphinxTestApp(
        builder,
        srcdir=source,
        confoverrides=config,
        parallel=parallel,
        status=status,
        warning=StringIO(),
    )
    try:
        app.build()
    finally:
        app.cleanup()
    return Site(app, _COLOUR.sub("", status.getvalue()))


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Build pages given as text; later calls build again in the same folder."""

    def run(pages: str | dict[str, str], *, folder: str = "source", **options: Any) -> Site:
        return build_site(tmp_path / folder, pages, **options)

    return run


def squeeze(tag: Tag | None) -> str:
    """Return the text of an element on one line."""
    assert tag is not None
    return " ".join(tag.get_text(" ").split())
