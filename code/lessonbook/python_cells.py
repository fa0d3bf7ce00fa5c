"""The Python in code cells: which names it binds, uses, imports and calls."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from lessonbook.course import Course, Page
from lessonbook.markup import CodeCell

_MAGIC = re.compile(r"^(\s*)[%!?].*$|^(\s*)[\w.]+\?{1,2}\s*$", re.MULTILINE)
_NAME = re.compile(r"[^\W\d]\w*")


@lru_cache(maxsize=4096)
def parse_code(source: str) -> ast.Module | None:
    """Parse the code of a cell.

    Parameters
    ----------
    source : str
        Python, perhaps with commands of IPython.

    Returns
    -------
    ast.Module or None
        None if it is no Python.

    Examples
    --------
    >>> len(parse_code("%matplotlib inline\\nx = await f()").body)
    2
    >>> parse_code("x = ")
    """
    if source.lstrip().startswith("%%"):
        return None
    code = _MAGIC.sub(lambda match: f"{match[1] or match[2] or ''}pass", source)
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # of invalid escapes and the like: the kernel reports them
            tree = compile(code, "<cell>", "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree if isinstance(tree, ast.Module) else None


def has_commands(source: str) -> bool:
    """Tell whether a cell holds commands of IPython, which may do anything."""
    return _MAGIC.search(source) is not None


@dataclass(frozen=True)
class CodeFacts:
    """What the code of a cell holds, found in one walk.

    Attributes
    ----------
    calls : tuple of ast.Call
    imports : tuple of ast.Import or ast.ImportFrom
    used : frozenset of str
        Names that are read; every word of code that cannot be parsed.
    """

    calls: tuple[ast.Call, ...] = ()
    imports: tuple[ast.Import | ast.ImportFrom, ...] = ()
    used: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def read_code(source: str) -> CodeFacts:
    """Find what the code of a cell calls, imports and reads."""
    tree = parse_code(source)
    nodes = list(ast.walk(tree)) if tree else []
    used = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    if tree is None or has_commands(source):
        used |= words_of(source)
    return CodeFacts(
        tuple(node for node in nodes if isinstance(node, ast.Call)),
        tuple(node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)),
        frozenset(used),
    )


def words_of(text: str) -> frozenset[str]:
    """Every word of an expression."""
    return frozenset(_NAME.findall(text))


@lru_cache(maxsize=4)
def imported_modules(course: Course) -> frozenset[str]:
    """Names of the packages that the course's code cells import, in lower case."""
    targets = (target for page in course.pages for target in full_names(page.cells).values())
    return frozenset(target.split(".")[0].lower() for target in targets)


def full_names(cells: Iterable[CodeCell]) -> dict[str, str]:
    """What the imported names of a page stand for.

    Parameters
    ----------
    cells : iterable of CodeCell
        Of the page.

    Returns
    -------
    dict of str to str
        For example ``np`` to ``numpy`` and ``fit`` to ``models.fit``.
    """
    names: dict[str, str] = {}
    for node in (node for cell in cells for node in read_code(cell.source).imports):
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                names[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}"
            else:
                target = alias.name if alias.asname else alias.name.split(".")[0]
                names[alias.asname or target] = target
    return names


def dotted_name(node: ast.expr) -> str:
    """Return ``a.b.c`` for such an expression; what cannot be named is ``*``.

    Examples
    --------
    >>> dotted_name(ast.parse("np.random.normal", mode="eval").body)
    'np.random.normal'
    >>> dotted_name(ast.parse("f(x).sample", mode="eval").body)
    '*.sample'
    """
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted_name(node.value)}.{node.attr}"
    return "*"


def resolve(name: str, names: dict[str, str]) -> str:
    """Replace the first part of a dotted name by what it was imported as."""
    first, dot, rest = name.partition(".")
    return f"{names.get(first, first)}{dot}{rest}"


_PYPLOT = "matplotlib.pyplot."
_NOT_DRAWING_TEXT = """
    close rcParams style switch_backend ioff ion cm colormaps get_cmap isinteractive rc
"""
_NOT_DRAWING = frozenset(_NOT_DRAWING_TEXT.split())
_DRAWING_MODULES = ("seaborn.", "plotly.express.")


def draws_figure(cell: CodeCell, names: dict[str, str]) -> bool:
    """Tell whether a cell plainly draws a figure, as far as its code tells.

    Parameters
    ----------
    cell : CodeCell
        The cell.
    names : dict of str to str
        What the page's names were imported as; see `full_names`.

    Returns
    -------
    bool
        False for a cell that draws through functions that cannot be recognised.
    """
    called = {resolve(dotted_name(call.func), names) for call in _direct_calls(cell)}
    if f"{_PYPLOT}close" in called:
        return False
    return any(_draws(name) for name in called)


def _draws(name: str) -> bool:
    if name.startswith(_PYPLOT):
        return name.removeprefix(_PYPLOT).split(".")[0] not in _NOT_DRAWING
    last = name.rpartition(".")[2]
    is_other = name.startswith(_DRAWING_MODULES) and not last.startswith(
        ("set_", "color_", "load_")
    )
    return is_other or (name.startswith("arviz.") and last.startswith("plot_"))


def _direct_calls(cell: CodeCell) -> Iterator[ast.Call]:
    """Go through the calls that happen when the cell runs, not those inside a function."""
    tree = parse_code(cell.source)
    waiting: list[ast.AST] = [tree] if tree else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def python_pages(course: Course) -> Iterator[Page]:
    """Go through the pages whose cells are Python."""
    return (page for page in course.pages if page.is_python and page.cells)
