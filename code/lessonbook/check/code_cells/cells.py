"""Rules about what a code cell is for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lessonbook.check.code_cells.notebooks import cell_page
from lessonbook.check.rule import Example, PageRule, register
from lessonbook.course import CellResult, Course, Page
from lessonbook.findings import Finding
from lessonbook.markup import CodeCell
from lessonbook.python_cells import has_commands, parse_code, read_code, words_of

SETUP_TAG = "setup"
_UNSHOWN = frozenset({"remove-output", "remove-cell"})


@register
class EmptyCell(PageRule):
    """Code cell or code block without code."""

    id = "LB060"
    why = "It shows as an empty grey box."
    bad = cell_page("", line=8)
    good = cell_page("print(1 + 1)")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look for cells that hold nothing and load nothing."""
        for cell in page.cells:
            if not cell.source.strip() and not cell.option("load"):
                message = "this code-cell is empty; write its code or remove it."
                yield self.finding(page.path, cell.line, message)
        for line in page.empty_code:
            message = "this code block is empty; write its code or remove it."
            yield self.finding(page.path, line, message)


@register
class CellWithoutEffect(PageRule):
    """Code cell without effect."""

    id = "LB061"
    why = (
        "A cell that shows no result, and whose names nothing below it uses, is a remnant, or the "
        "use was forgotten. Meant are cells of plain assignments and definitions only: calls may "
        "have effects that cannot be seen, and so may imports. A cell that prepares something on "
        f"purpose says so with the tag `{SETUP_TAG}`."
    )
    bad = cell_page("scale = 2.5", "print(1 + 1)", line=8)
    good = cell_page("scale = 2.5", "print(1 + scale)")
    needs_results = True

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look for cells that could be taken away unnoticed."""
        if not page.is_python:
            return
        results = course.results.get(page.path, ())
        used = {
            word for role in page.roles if role.name == "eval" for word in words_of(role.content)
        }
        found = []
        for position in reversed(range(len(page.cells))):
            cell = page.cells[position]
            result = results[position] if results else None
            if SETUP_TAG not in cell.tags and _lacks_effect(cell, result, used):
                message = (
                    "this code-cell shows nothing, and nothing below uses what it defines; remove "
                    f"it, use it, or give it the tag {SETUP_TAG}."
                )
                found.append(self.finding(page.path, cell.line, message))
            used |= read_code(cell.source).used
        yield from reversed(found)


def _lacks_effect(cell: CodeCell, result: CellResult | None, used: set[str]) -> bool:
    tree = parse_code(cell.source)
    if tree is None or not tree.body or has_commands(cell.source):
        return False
    if result is not None and result.has_output:
        return False
    is_shown = not _UNSHOWN & set(cell.tags)
    last = tree.body[-1]
    if isinstance(last, ast.Expr) and is_shown and not cell.source.rstrip().endswith(";"):
        return False
    bound = set()
    for statement in tree.body:
        names = _bound_names(statement)
        if names is None:
            return False
        bound |= names
    return not any(name in used or name.startswith("_") for name in bound)


def _bound_names(statement: ast.stmt) -> set[str] | None:
    """Names that a statement binds; None if it may do anything else."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return None if statement.decorator_list else {statement.name}
    if any(isinstance(node, ast.Call | ast.Await | ast.Yield) for node in ast.walk(statement)):
        return None
    if isinstance(statement, ast.Expr | ast.Pass):
        return set()
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    names = [node for target in targets for node in _flatten(target)]
    if not names or not all(isinstance(node, ast.Name) for node in names):
        return None
    return {node.id for node in names if isinstance(node, ast.Name)}


def _flatten(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [node for item in target.elts for node in _flatten(item)]
    return [target.value] if isinstance(target, ast.Starred) else [target]


@register
class CodeThatNeverRuns(PageRule):
    """Code on a page that runs none."""

    id = "LB065"
    why = "The cells are shown without results, and `{eval}` has nothing to show."
    bad = Example("# A page\n\n```{code-cell} python\nprint(1 + 1)\n```\n", 3)
    good = cell_page("print(1 + 1)")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look for cells and expressions on pages that are no notebooks."""
        if page.is_notebook or any(p.kind == "front matter" for p in page.problems):
            return
        lines = [(cell.line, "this code-cell") for cell in page.cells]
        lines += [(role.line, "this {eval}") for role in page.roles if role.name == "eval"]
        for line, what in sorted(lines)[:1]:
            message = (
                f"{what} is never run, since the page is no notebook; "
                "give it the front matter `file_format: mystnb` and a kernelspec."
            )
            yield self.finding(page.path, line, message)
