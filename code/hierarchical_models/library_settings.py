"""Keeps other libraries off paths that fail or that speak to the wrong person.

Import this package before ArviZ where a page shows what is written to standard error. What ArviZ
needs is done when it is first imported, by whomever, so that importing this package does not wait
for it.
"""

from __future__ import annotations

import importlib.util
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

ARVIZ = "arviz"
NUMBA = "numba"


class AdjustArviz(MetaPathFinder):
    """Adjusts ArviZ as soon as it is imported, and is gone after that."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find ArviZ as anyone else would; see `importlib.abc.MetaPathFinder`."""
        if fullname != ARVIZ:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(ARVIZ)
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            with warnings.catch_warnings(), without_numba():
                # once a day, ArviZ 0.23 announces its successor to whoever imports it first
                warnings.filterwarnings(
                    "ignore", message=r"\s*ArviZ is undergoing", category=FutureWarning
                )
                run(module)
            adjust_arviz()

        spec.loader.exec_module = exec_module
        return spec


def adjust_arviz() -> None:
    """Have ArviZ do without numba.

    With it, ArviZ 0.23 computes the Monte Carlo error of a standard deviation by `float` of an
    array of one element, which NumPy 2.4 refuses. Without, it gives the same numbers.
    """
    from arviz.utils import Numba

    Numba.disable_numba()


@contextmanager
def without_numba() -> Iterator[None]:
    """Have nothing that is imported meanwhile find numba.

    ArviZ would use it to compile a function as soon as it is imported, for half a second.
    """
    found = sys.modules.get(NUMBA)
    sys.modules[NUMBA] = None  # type: ignore[assignment]  # so says the import system: none here
    try:
        yield
    finally:
        del sys.modules[NUMBA]
        if found is not None:
            sys.modules[NUMBA] = found


if ARVIZ in sys.modules:
    adjust_arviz()
else:
    sys.meta_path.insert(0, AdjustArviz())

# In a notebook without widgets, tqdm tells the reader of the page to install them.
warnings.filterwarnings("ignore", message="IProgress not found")
