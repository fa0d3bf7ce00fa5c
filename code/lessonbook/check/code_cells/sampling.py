"""The rule about random numbers."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from fnmatch import fnmatchcase

from lessonbook.check.code_cells.notebooks import cell_page
from lessonbook.check.rule import PageRule, register
from lessonbook.course import Course, Page
from lessonbook.findings import Finding
from lessonbook.markup import CodeCell
from lessonbook.python_cells import dotted_name, full_names, read_code, resolve

SEEDS = frozenset({"seed", "random_seed", "random_state", "rng", "rng_key", "key", "generator"})
_NUMPY = "numpy.random."
_NUMPY_MAKERS = frozenset(
    {
        "default_rng",
        "RandomState",
        "SeedSequence",
        "PCG64",
        "PCG64DXSM",
        "MT19937",
        "Philox",
        "SFC64",
    }
)
_NUMPY_HARMLESS = frozenset({"seed", "Generator", "get_state", "set_state", "BitGenerator"})
_STANDARD = frozenset(
    f"random.{name}"
    for name in dir(random)
    if name.islower() and not name.startswith("_") and name not in ("seed", "getstate", "setstate")
)


@register
class UnseededSampling(PageRule):
    """Random numbers without a seed."""

    id = "LB063"
    why = (
        "Every build would show other numbers, and the text about them would be wrong sooner or "
        "later. The functions meant are NumPy's and Python's, and those that the setting "
        "`lesson_sampling_calls` lists."
    )
    bad = cell_page(
        "import numpy as np\n\nrng = np.random.default_rng()\nrng.normal(size=3)", line=11
    )
    good = cell_page("import numpy as np\n\nrng = np.random.default_rng(1970)\nrng.normal(size=3)")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look at the calls in each cell."""
        if not page.is_python:
            return
        names = full_names(page.cells)
        seeded: set[str] = set()
        for cell in page.cells:
            calls = [
                (resolve(dotted_name(call.func), names), call)
                for call in read_code(cell.source).calls
            ]
            calls.sort(key=lambda pair: (pair[1].lineno, pair[1].col_offset))
            for name, call in calls:
                if name in ("numpy.random.seed", "random.seed") and call.args:
                    seeded.add(name)
                message = self._trouble(name, call, seeded, course)
                if message:
                    yield self.finding(page.path, _line_of(cell, call), message)

    def _trouble(self, name: str, call: ast.Call, seeded: set[str], course: Course) -> str:
        short = ast.unparse(call.func) if len(name) < 80 else name
        if name.startswith(_NUMPY):
            return self._numpy_trouble(name, short, call, seeded)
        if name in _STANDARD:
            is_seeded = "random.seed" in seeded
            return "" if is_seeded else f"{short} has no seed; call random.seed with one before it."
        patterns = course.settings.sampling_calls
        if any(_matches(name, short, pattern) for pattern in patterns) and not _has_seed(call):
            return f"{short} draws without a seed; give it one, so that every build shows the same."
        return ""

    def _numpy_trouble(self, name: str, short: str, call: ast.Call, seeded: set[str]) -> str:
        function = name.removeprefix(_NUMPY)
        if function in _NUMPY_MAKERS:
            is_seeded = bool(call.args or call.keywords) and not _is_none(call)
            return "" if is_seeded else f"{short} has no seed; give it a number."
        if function in _NUMPY_HARMLESS or "numpy.random.seed" in seeded or "." in function:
            return ""
        return (
            f"{short} draws from NumPy's global generator, which has no seed; "
            "draw from numpy.random.default_rng(seed)."
        )


def _matches(name: str, short: str, pattern: str) -> bool:
    if "." in pattern:
        return fnmatchcase(name, pattern) or fnmatchcase(short, pattern)
    return short == pattern or ("." not in short and name.rpartition(".")[2] == pattern)


def _has_seed(call: ast.Call) -> bool:
    # what comes with ** cannot be known
    return any(
        keyword.arg is None or (keyword.arg in SEEDS and not _is_constant_none(keyword.value))
        for keyword in call.keywords
    )


def _is_none(call: ast.Call) -> bool:
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    return all(_is_constant_none(value) for value in values)


def _is_constant_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _line_of(cell: CodeCell, call: ast.Call) -> int:
    return cell.code_line + call.lineno - 1
