"""Keeps other libraries off paths that fail or that speak to the wrong person.

Import this package before ArviZ where a page shows what is written to standard error. What ArviZ
needs is done when it is first imported, by whomever, so that importing this package does not wait
for it.
"""

from __future__ import annotations

import importlib.util
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

ARVIZ = "arviz"


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
            with warnings.catch_warnings():
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


if ARVIZ in sys.modules:
    adjust_arviz()
else:
    sys.meta_path.insert(0, AdjustArviz())

# In a notebook without widgets, tqdm tells the reader of the page to install them.
warnings.filterwarnings("ignore", message="IProgress not found")
