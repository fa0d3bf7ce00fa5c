"""Results of episodes in the jupyter-cache that MyST-NB reads."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from lessonbook.manifest import Manifest
from lessonbook.recorder import file_state

if TYPE_CHECKING:
    from nbformat import NotebookNode

KEY_FIELD = "lesson_digest"
"""Field of the kernel's metadata that makes the key of a run part of jupyter-cache's own."""

_INDEX = "global.db"
_SHARE_LOCK = "share.lock"


def result_file(cache: Path, result: str) -> Path:
    """Where a jupyter-cache keeps the executed notebook of a key."""
    return cache / "executed" / result / "base.ipynb"


def set_key(notebook: NotebookNode, key: str) -> None:
    """Have jupyter-cache find a notebook only where its run had the same key.

    Jupyter-cache looks at the code cells and at the kernel's metadata, and at nothing else.
    """
    kernel = notebook.metadata.setdefault("kernelspec", {"name": "python3"})
    kernel.setdefault("display_name", kernel["name"])
    kernel[KEY_FIELD] = key


class ResultStore:
    """Writes into a jupyter-cache.

    Parameters
    ----------
    folder : pathlib.Path
        The jupyter-cache, which need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cache: Any = None

    def store(self, notebook: NotebookNode, path: Path, seconds: float) -> tuple[str, str]:
        """Keep an executed notebook.

        Parameters
        ----------
        notebook : NotebookNode
            After its execution, with its key set.
        path : pathlib.Path
            The page.
        seconds : float
            How long the execution took.

        Returns
        -------
        result, result_digest : str
            As in `Manifest`.

        Raises
        ------
        OSError
            If the results cannot be written, for example on a full disk.
        """
        from jupyter_cache.base import CacheBundleIn
        from sqlalchemy.exc import SQLAlchemyError

        bundle = CacheBundleIn(notebook, str(path), data={"execution_seconds": seconds})
        try:
            cache = self._open()
            _, wanted = cache.create_hashed_notebook(notebook)
            # what a build that was killed has left, and jupyter-cache would stumble over
            shutil.rmtree(result_file(self.folder, wanted).parent, ignore_errors=True)
            record = cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
        except (SQLAlchemyError, RuntimeError) as error:  # the latter is jupyter-cache's own
            raise OSError(f"{self.folder}: {error.__cause__ or error}") from error
        return record.hashkey, file_state(str(result_file(self.folder, record.hashkey)))

    def share(self, result: str, notebook: NotebookNode, path: Path) -> None:
        """Let a notebook whose cells differ only in how they are shown find the same results.

        Jupyter-cache takes all options of a cell for part of its key: after an edit of a figure's
        alternative text it would have the episode executed again.

        Parameters
        ----------
        result : str
            Key of results with the same code, in the same order.
        notebook : NotebookNode
            As it is read now, with its key set.
        path : pathlib.Path
            The page.
        """
        import nbformat
        from jupyter_cache.cache.db import NbCacheRecord

        _, wanted = self._open().create_hashed_notebook(notebook)
        if wanted == result:
            return
        # both views are rendered at once: what one has shared the other must find, and not redo
        with FileLock(self.folder / _SHARE_LOCK):
            if _is_whole(result_file(self.folder, wanted)):
                return
            executed: NotebookNode = nbformat.read(  # type: ignore[no-untyped-call]
                result_file(self.folder, result), nbformat.NO_CONVERT
            )
            cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
            for kept, cell in zip(executed.cells, cells, strict=True):
                kept.metadata = cell.metadata
            executed.metadata["kernelspec"] = notebook.metadata["kernelspec"]
            record = NbCacheRecord.record_from_hashkey(result, self._open().db)
            self.store(executed, path, record.data["execution_seconds"])

    def drop_superseded(self, pages: Collection[Path], kept: Mapping[str, Path]) -> None:
        """Drop the results that no page has any more.

        Parameters
        ----------
        pages : collection of pathlib.Path
            Pages of which nothing but `kept` is of use; of files that are gone, nothing is.
        kept : mapping of str to pathlib.Path
            Page by key of its results.
        """
        ours = {str(path) for path in pages}
        index = _index_of(self.folder / _INDEX) or {}
        # those of a page that was renamed stay, and get its new name from `mend_index`
        dropped = [
            key
            for key, page in index.items()
            if (page not in ours if key in kept else page in ours or not Path(page).exists())
        ]
        if not dropped:
            return
        from jupyter_cache.cache.db import NbCacheRecord

        for key in dropped:
            record = NbCacheRecord.record_from_hashkey(key, self._open().db)
            NbCacheRecord.remove_records([record.pk], self._open().db)
            if key not in kept:
                shutil.rmtree(result_file(self.folder, key).parent, ignore_errors=True)

    def mend_index(self, manifests: Iterable[tuple[Path, Manifest]]) -> bool:
        """Make the cache's index name every result that is there.

        Parameters
        ----------
        manifests : iterable of (pathlib.Path, Manifest)
            Pages with their intact results.

        Returns
        -------
        bool
            Whether the index was damaged, and had to be made anew.
        """
        known = _index_of(self.folder / _INDEX)
        was_damaged = known is None
        if known is None:
            self._cache = None
            _remove(self.folder / _INDEX)
            known = {}
        found = {manifest.result: (path, manifest) for path, manifest in manifests}
        if was_damaged:
            for folder in (self.folder / "executed").glob("*"):
                if folder.name not in found:
                    shutil.rmtree(folder, ignore_errors=True)
        missing = [found[key] for key in found if key not in known]
        if missing:
            from jupyter_cache.cache.db import NbCacheRecord

            for path, manifest in missing:
                data = {"execution_seconds": manifest.seconds}
                NbCacheRecord.create_record(str(path), manifest.result, self._open().db, data=data)
        return was_damaged

    def _open(self) -> Any:
        # SQLAlchemy takes half a second to import, which only a build that executes need pay
        from jupyter_cache import get_cache

        if self._cache is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._cache = get_cache(str(self.folder))
        return self._cache


def _is_whole(result: Path) -> bool:
    """Tell whether a notebook was written to its end."""
    try:
        json.loads(result.read_text(encoding="utf8"))
    except (OSError, ValueError):
        return False
    return True


def _index_of(index: Path) -> dict[str, str] | None:
    """Return the page of each key that an index names, None for one that cannot be used."""
    if not index.exists():
        return {}
    try:
        with closing(sqlite3.connect(f"file:{index}?mode=ro", uri=True)) as database:
            if database.execute("PRAGMA quick_check").fetchone() != ("ok",):
                return None
            for table in ("nbproject", "settings"):
                database.execute(f"SELECT count(*) FROM {table}")
            return dict(database.execute("SELECT hashkey, uri FROM nbcache"))
    except sqlite3.Error:
        return None


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    for journal in path.parent.glob(f"{path.name}-*"):
        journal.unlink()
