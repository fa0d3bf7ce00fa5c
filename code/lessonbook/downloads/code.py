"""What a piece of Python binds and uses, so far as its text tells."""

from __future__ import annotations

import ast
import re
import symtable
from dataclasses import dataclass

_MAGIC = re.compile(r"^(\s*)([%!?].*)$", re.MULTILINE)
_HARMLESS = (
    ast.Assert,
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.ClassDef,
    ast.Pass,
)


@dataclass(frozen=True)
class CodeNames:
    """Names of a piece of code.

    Attributes
    ----------
    bound, used : frozenset of str
        At the top level, or from there.
    only_defines : bool
        Whether it does nothing that could be seen, but for giving things a name and asserting.
    """

    bound: frozenset[str]
    used: frozenset[str]
    only_defines: bool


def read_names(source: str) -> CodeNames:
    """Find the names of a piece of code.

    Parameters
    ----------
    source : str
        Python, with lines of commands to IPython.

    Returns
    -------
    CodeNames
        Code that is not Python may do anything, and binds and uses nothing.

    Examples
    --------
    >>> names = read_names("import numpy as np\\nx = np.ones(y)")
    >>> sorted(names.bound), sorted(names.used), names.only_defines
    (['np', 'x'], ['np', 'y'], True)

    What a function calls its own concerns nobody else.

    >>> names = read_names("def f(a):\\n    b = a + c\\n    return b")
    >>> sorted(names.bound), sorted(names.used)
    (['f'], ['c'])
    """
    text = comment_commands(source)
    try:
        tree = ast.parse(text)
        table = symtable.symtable(text, "cell", "exec")
    except (SyntaxError, ValueError):
        return CodeNames(frozenset(), frozenset(), False)
    bound: set[str] = set()
    used: set[str] = set()
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            bound.add(symbol.get_name())
        if symbol.is_referenced():
            used.add(symbol.get_name())
    for inner in table.get_children():
        _add_global_names(inner, bound, used)
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            used |= bound & {node.target.id}
    only_defines = all(_is_harmless(statement) for statement in tree.body)
    return CodeNames(frozenset(bound), frozenset(used), only_defines)


def _add_global_names(table: symtable.SymbolTable, bound: set[str], used: set[str]) -> None:
    """Add what a function or a class takes from the cells around it, or changes there."""
    for symbol in table.get_symbols():
        if symbol.is_global():
            if symbol.is_assigned():
                bound.add(symbol.get_name())
            if symbol.is_referenced():
                used.add(symbol.get_name())
    for inner in table.get_children():
        _add_global_names(inner, bound, used)


def _is_harmless(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):
        return all(isinstance(target, ast.Name | ast.Tuple) for target in statement.targets)
    if isinstance(statement, ast.AnnAssign):
        return isinstance(statement.target, ast.Name)
    if isinstance(statement, ast.For | ast.If | ast.With):
        orelse = [] if isinstance(statement, ast.With) else statement.orelse
        return all(_is_harmless(one) for one in (*statement.body, *orelse))
    return isinstance(statement, _HARMLESS)


def comment_commands(source: str) -> str:
    """Make comments of the lines that only IPython understands.

    Examples
    --------
    >>> print(comment_commands("%matplotlib inline\\nx = 1"))
    # %matplotlib inline
    x = 1
    """
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return _MAGIC.sub(r"\1# \2", source)
    return source
