"""What learners take home runs as it is, in an empty folder; the offline copy reads like the site.

The build has executed every page, in an empty folder. Of each file to take home it is shown that it
holds the code that was executed, with all that this code needs; some files are executed, those that
between them use all that a page may use. Their fits come from the store that the build has filled.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import symtable
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_cache import get_cache
from nbclient import NotebookClient
from nbformat import NotebookNode

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


# data sets, a Stan program of one's own and a video; charts to explore; no data; two factors
@pytest.mark.parametrize("name", [EPISODES[place] for place in (0, 4, 10, 12)])
def test_script_runs_in_an_empty_folder(site, tmp_path, name):
    script = take_home(site, name, ".py", tmp_path)
    ran = subprocess.run(
        [sys.executable, script.name], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert ran.stderr == ""


def code_cells(notebook: NotebookNode) -> list[str]:
    """Source of the code cells of a notebook, as plain Python in a form of its own."""
    plain = TransformerManager().transform_cell
    sources = [plain(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    return [ast.unparse(ast.parse(source)) for source in sources]


def script_cells(path: Path) -> list[str]:
    """The same of a script."""
    marks = re.split(r"^# %%(.*)$", path.read_text("utf-8"), flags=re.MULTILINE)
    cells = zip(marks[1::2], marks[2::2], strict=True)
    return [ast.unparse(ast.parse(text)) for mark, text in cells if "[markdown]" not in mark]


@pytest.fixture(scope="module")
def executed(site) -> dict[str, list[str]]:
    """The code that was executed for each episode, by its name."""
    cache = get_cache(ROOT / "_build" / ".jupyter_cache")
    records = sorted(cache.list_cache_records(), key=lambda record: record.created)
    notebooks = {Path(one.uri).stem: cache.get_cache_bundle(one.pk).nb for one in records}
    return {name: code_cells(notebook) for name, notebook in notebooks.items()}


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
        if isinstance(statement, ast.AugAssign):
            takes |= makes
        elif not isinstance(statement, ast.Assign):
            takes -= makes  # such as the variable of a loop
        read |= takes - bound
        bound |= makes
    return bound, read


def assert_runs_like(whole: list[str], kept: list[str]) -> None:
    """Cells are some of the whole, in its order, and read only what cells among them made last."""
    made_by_others: set[str] = set()
    rest = iter([*kept, None])
    expected = next(rest)
    for cell in whole:
        bound, read = bound_and_read(cell)
        if cell == expected:
            expected = next(rest)
            assert read.isdisjoint(made_by_others), cell
            made_by_others -= bound
        else:
            made_by_others |= bound
    assert expected is None, f"is not in the whole, in this order: {expected}"


@pytest.mark.parametrize("name", EPISODES)
def test_script_is_the_code_that_was_executed(site, executed, name):
    cells = script_cells(site / "episodes" / f"{name}.py")
    assert len(cells) > 20
    assert_runs_like(executed[name], cells)
    read = set().union(*(bound_and_read(cell)[1] for cell in cells))
    assert read.isdisjoint({"display", "get_ipython", "In", "Out", "_"})


@pytest.mark.parametrize("name", EPISODES)
@pytest.mark.parametrize("ending", [".ipynb", "-without-solutions.ipynb"])
def test_notebook_is_the_code_that_was_executed(site, executed, name, ending):
    notebook = nbformat.read(site / "episodes" / f"{name}{ending}", as_version=4)
    cells = code_cells(notebook)
    assert len(cells) > 10
    assert_runs_like(executed[name], cells)


@pytest.mark.parametrize(
    ("whole", "kept", "found"),
    [
        (["x = 1", "y = 2", "x + y"], ["x = 1", "x + y"], "x + y"),
        (["x = 1", "x = 2", "print(x)"], ["x = 1", "print(x)"], "print"),
        (["a = 1", "def f():\n    return a"], ["def f():\n    return a"], "def f"),
        (["a = 1", "a += 1"], ["a += 1"], "a += 1"),
        (["a = 1"], ["a = 2"], "is not in the whole"),
        (["a = 1", "b = 2"], ["b = 2", "a = 1"], "is not in the whole"),
    ],
)
def test_what_needs_a_cell_that_is_left_out_is_found(whole, kept, found):
    with pytest.raises(AssertionError, match=re.escape(found)):
        assert_runs_like(whole, kept)


def test_what_needs_none_of_the_cells_that_are_left_out_passes():
    whole = ["i = 0", "a = 1", "for i in (a,):\n    print(i)", "class C:\n    n = a"]
    assert_runs_like(whole, whole[1:])


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
