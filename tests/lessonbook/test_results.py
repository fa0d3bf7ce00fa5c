"""What a build that was killed leaves of results does not stop the next."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest

from lessonbook.results import ResultStore, result_file, set_key


def executed(path, alt="A line."):
    """An executed notebook with one cell."""
    output = nbformat.v4.new_output("stream", name="stdout", text="1\n")
    cell = nbformat.v4.new_code_cell("print(1)", outputs=[output], id="one", execution_count=1)
    cell.metadata["mystnb"] = {"image": {"alt": alt}}
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.metadata["kernelspec"] = {"name": "python3"}
    set_key(notebook, "key of the run")
    path.write_text("the page")
    return notebook


def cut(path):
    path.write_text(path.read_text()[:50])


def remove(path):
    path.unlink()


@pytest.mark.parametrize("damage", [cut, remove])
def test_results_half_written_are_written_again(tmp_path, damage):
    page = tmp_path / "page.md"
    notebook = executed(page)
    store = ResultStore(tmp_path / "cache")
    first = store.store(notebook, page, 1.0)
    damage(result_file(store.folder, first[0]))
    assert ResultStore(store.folder).store(notebook, page, 1.0) == first


@pytest.mark.parametrize("damage", [cut, remove])
def test_results_half_shared_are_shared_again(tmp_path, damage):
    page = tmp_path / "page.md"
    store = ResultStore(tmp_path / "cache")
    result, _ = store.store(executed(page), page, 1.0)
    store.share(result, executed(page, alt="A curve."), page)
    (other,) = (folder for folder in (store.folder / "executed").iterdir() if folder.name != result)
    whole = result_file(store.folder, other.name)
    content = whole.read_text()
    damage(whole)
    ResultStore(store.folder).share(result, executed(page, alt="A curve."), page)
    assert whole.read_text() == content


def test_two_views_that_share_results_at_once_write_them_once(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    store = ResultStore(tmp_path / "cache")
    result, _ = store.store(executed(page), page, 1.0)
    written = []
    both = threading.Barrier(2)

    def slow_store(self, *arguments):
        written.append(arguments)
        time.sleep(0.3)  # long enough for the other to come by
        return keep(self, *arguments)

    def share(_):
        both.wait()
        ResultStore(store.folder).share(result, executed(page, alt="A curve."), page)

    keep = ResultStore.store
    monkeypatch.setattr(ResultStore, "store", slow_store)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(share, range(2)))
    assert len(written) == 1
