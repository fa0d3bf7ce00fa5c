"""The process that Sphinx runs in: made ready while the sources are checked, then one copy a view.

Sphinx and what it loads take as long to import as an edited page takes to write. Nothing is built
in this process itself, as Sphinx and its extensions leave much behind, which stops a later build.
"""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

OFTEN_USED = (
    "babel.dates",
    "latexcodec",
    "lessonbook.sphinx_ext.extension",
    "myst_nb.sphinx_ext",
    "numpy",
    "pybtex.backends.plaintext",
    "pydata_sphinx_theme",
    "sphinx.search.en",
    "sphinx.writers.html5",
    "sphinx_design.extension",
    "sphinxcontrib.bibtex",
    "sqlalchemy.dialects.sqlite",
)
"""Modules that nearly every course needs, beside Jupyter Book's own extensions."""


def main() -> int:
    """Carry out the orders that come by standard input, a list in JSON; none when it is closed.

    Returns
    -------
    int
        0 if every order could be carried out, otherwise 1.
    """
    # Ctrl-C in a terminal reaches this process too; it is for the build, which then ends this one
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _import_early()
    text = sys.stdin.read()
    if not text:
        return 0
    # what so short a life makes is needed to its end: looking for waste would take a sixth of it
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    fork = multiprocessing.get_context("fork")
    copies = [fork.Process(target=_carry_out, args=(order,)) for order in json.loads(text)]
    for copy in copies:
        copy.start()
    for copy in copies:
        copy.join()
    return int(any(copy.exitcode for copy in copies))


def _import_early() -> None:
    from jupyter_book.config import get_default_sphinx_config

    import_module("jupyter_book.sphinx")
    for name in (*get_default_sphinx_config()["extensions"], *OFTEN_USED):
        with contextlib.suppress(ImportError):  # Sphinx will say so, if the course needs it
            import_module(name)
    # the first notebook compiles the schema of all notebooks
    import_module("nbformat.v4").new_notebook()
    # and what finds elements or colours code compiles its patterns with its first use
    import_module("bs4").BeautifulSoup("", "html.parser").select("a#b.c[d=e]:not(f) > g, h:is(i)")
    import_module("pygments.lexers").get_lexer_by_name("ipython3").get_tokens("")


def _carry_out(order: dict[str, Any]) -> None:
    """Render one view; the target of a process, which ends with 1 if that fails."""
    from jupyter_book.sphinx import build_sphinx

    log = order.pop("log")
    if log is not None:
        _print_to(Path(log))
    for name in ("sourcedir", "outputdir"):
        order[name] = Path(order[name])
    # Sphinx has reported an exception that it returns
    if build_sphinx(**order, builder="html"):
        sys.exit(1)


def _print_to(path: Path) -> None:
    with path.open("wb") as log:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            os.dup2(log.fileno(), stream.fileno())


if __name__ == "__main__":
    sys.exit(main())
