"""What learners take home runs as it is, in an empty folder; the offline copy reads like the site.

The fits come from the store that the build of the site filled, so an episode takes seconds.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import symtable
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbclient import NotebookClient

from lessonbook.kernel import THREAD_VARIABLES
from tests.site.test_browser import open_page
from tests.site.test_pages import EPISODES, ROOT

PATIENCE = 300  # seconds for one cell, as some of them compile a model


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    """Let numerical libraries use one thread, as in a build: small sums take three times as long with two."""
    for name in THREAD_VARIABLES:
        monkeypatch.setenv(name, "1")


def take_home(site: Path, name: str, ending: str, folder: Path) -> Path:
    """Put a file of an episode into a folder, with the episode's data as they are packed."""
    data = site / "episodes" / f"{name}-data.zip"
    if data.exists():
        shutil.unpack_archive(data, folder)
    return Path(shutil.copy(site / "episodes" / f"{name}{ending}", folder))


@pytest.mark.parametrize("name", EPISODES)
def test_script_runs_in_an_empty_folder(site, tmp_path, name):
    script = take_home(site, name, ".py", tmp_path)
    ran = subprocess.run(
        [sys.executable, script.name], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert ran.stderr == ""


def code_cells(path: Path) -> list[str]:
    """Source of the code cells of a notebook, as plain Python."""
    cells = nbformat.read(path, as_version=4).cells
    plain = TransformerManager().transform_cell
    return [plain(cell.source) for cell in cells if cell.cell_type == "code"]


def bound_and_read(source: str) -> tuple[set[str], set[str]]:
    """Names that a cell binds for later ones, and those that it or its functions read from others."""
    bound: set[str] = set()
    read: set[str] = set()
    for statement in ast.parse(source).body:
        top = symtable.symtable(ast.unparse(statement), "cell", "exec")
        symbols = top.get_symbols()
        makes = {one.get_name() for one in symbols if one.is_assigned() or one.is_imported()}
        takes = {one.get_name() for one in symbols if one.is_referenced()}
        inner = top.get_children()
        while inner:
            table = inner.pop()
            inner.extend(table.get_children())
            takes |= {one.get_name() for one in table.get_symbols() if one.is_global()}
        if not isinstance(statement, ast.Assign | ast.AugAssign):
            takes -= makes  # such as the variable of a loop
        read |= takes - bound
        bound |= makes
    return bound, read


@pytest.mark.parametrize("name", EPISODES)
def test_notebook_without_solutions_needs_nothing_of_what_it_leaves_out(site, name):
    """The cells are those of the whole notebook, and each reads what a cell that is there made last.

    So they run, and give what the page shows, where the whole script does: which the test above sees.
    """
    whole = code_cells(site / "episodes" / f"{name}.ipynb")
    kept = code_cells(site / "episodes" / f"{name}-without-solutions.ipynb")
    assert kept
    made_by_solutions: set[str] = set()
    rest = iter([*kept, None])
    expected = next(rest)
    for cell in whole:
        bound, read = bound_and_read(cell)
        if cell == expected:
            expected = next(rest)
            assert read.isdisjoint(made_by_solutions), cell
            made_by_solutions -= bound
        else:
            made_by_solutions |= bound
    assert expected is None, f"is not in the whole notebook, in this order: {expected}"


@pytest.mark.parametrize("name", [EPISODES[1], EPISODES[10]])  # the two that take least time
def test_notebook_without_solutions_runs_in_an_empty_folder(site, tmp_path, name):
    path = take_home(site, name, "-without-solutions.ipynb", tmp_path)
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    # raises what a cell raises, where the episode does not expect it
    NotebookClient(
        notebook, timeout=PATIENCE, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    assert outputs


@pytest.fixture(scope="module")
def copy(site, tmp_path_factory):
    """The course as learners unpack it."""
    folder = tmp_path_factory.mktemp("offline")
    with zipfile.ZipFile(site / "offline-copy.zip") as archive:
        archive.extractall(folder)
    return folder / "course"


def test_offline_copy_names_nothing_of_the_machine_it_was_made_on(copy):
    for path in copy.rglob("*"):
        if path.is_file():
            assert str(ROOT).encode() not in path.read_bytes(), path


def test_offline_copy_opens_from_a_disk_with_its_pictures(copy, page):
    problems = open_page(page, copy, f"episodes/{EPISODES[0]}")
    pictures = page.locator("article img")
    count = pictures.count()
    assert count > 3
    for number in range(count):
        picture = pictures.nth(number)
        picture.evaluate("image => { image.loading = 'eager'; return image.decode(); }")
        assert picture.evaluate("image => image.naturalWidth") > 100
    assert problems == []


def test_offline_copy_is_searched_from_a_disk(copy, page):
    problems = open_page(page, copy, "index")
    page.wait_for_url("**/book/index.html")
    page.locator(".search-button__button").first.click()
    page.keyboard.type("shrinkage")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=shrinkage")
    found = page.locator("#search-results li a")
    found.first.wait_for()
    found.first.click()
    page.wait_for_url(f"{copy.as_uri()}/**")
    assert "shrink" in page.locator("article").inner_text().lower()
    assert problems == []
