"""Rules about which data are used."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from lessonbook.check.code_cells.notebooks import cell_page
from lessonbook.check.data.cards import MissingCard
from lessonbook.check.data.files import DATA_SUFFIXES, find_data
from lessonbook.check.file_tree import FileTree
from lessonbook.check.rule import CourseRule, Example, register
from lessonbook.course import Course, Page
from lessonbook.findings import Finding
from lessonbook.markup import CodeCell
from lessonbook.python_cells import dotted_name, python_pages, read_code
from lessonbook.source.text import UnreadableFileError, read_text

_WRITES = re.compile(r"(?:^|\.)(?:to_\w+|save\w*|write\w*|dump|mkdir|touch|urlretrieve|imsave)$")
_SOURCES = frozenset({".py", ".r", ".jl", ".stan", ".qmd", ".ipynb", ".toml"})
_CARD_OF = MissingCard.good


@register
class UnusedData(CourseRule):
    """Data that nothing uses."""

    id = "LB072"
    severity = "warning"
    why = "A reader of the repository takes them for part of the course, and someone keeps them up."
    bad = Example(
        "school,effect\nA,28\n",
        1,
        "data/schools.csv",
        {"data/schools.yml": _CARD_OF.text, "page.md": "# A page\n\nText.\n"},
    )
    good = _CARD_OF

    def check(self, course: Course) -> Iterator[Finding]:
        """Search pages and the files that they depend on for the data's name."""
        files, _ = find_data(course)
        if not files:
            return
        text = "\n".join(page.text for page in course.pages)
        unused = [file for file in files if not _is_named(file.path, text)]
        if unused:
            text = "\n".join(_source_texts(course))
        for file in unused:
            if not _is_named(file.path, text):
                message = "nothing uses this data file; use it in an episode or remove it."
                yield self.finding(file.path, 1, message)


def _is_named(path: str, text: str) -> bool:
    name = PurePosixPath(path).name
    stem = PurePosixPath(path).stem
    return name in text or f'"{stem}"' in text or f"'{stem}'" in text


def _source_texts(course: Course) -> Iterator[str]:
    data = [folder.strip("/") for folder in course.settings.data_folders]
    for pattern in course.settings.dependencies:
        for path in course.root.glob(pattern):
            name = path.relative_to(course.root).as_posix()
            if path.suffix.lower() not in _SOURCES or any(name.startswith(f"{f}/") for f in data):
                continue
            try:
                yield read_text(path)
            except UnreadableFileError:
                continue  # a file that is no text names no data


@register
class MissingData(CourseRule):
    """Data that are used and not there."""

    id = "LB073"
    why = "The cell fails wherever the file is not by chance."
    bad = cell_page('import pandas as pd\n\npd.read_csv("data/schools.csv")', line=11)
    good = cell_page(
        'import pandas as pd\n\npd.read_csv("data/schools.csv")',
        files={"data/schools.csv": "school,effect\nA,28\n", "data/schools.yml": _CARD_OF.text},
    )

    def check(self, course: Course) -> Iterator[Finding]:
        """Look for the files that code names, and for those that cards describe."""
        _, lone_cards = find_data(course)
        for card in lone_cards:
            message = (
                "this card describes a data file that is not there; add it or remove the card."
            )
            yield self.finding(card.path, 1, message)
        for page in python_pages(course):
            written = {name for cell in page.cells for name, _ in _file_names(cell, writes=True)}
            for cell in page.cells:
                for name, line in _file_names(cell, writes=False):
                    if name not in written and not _is_there(course, page, name):
                        message = (
                            f"found the data file {name!r}, which is not there; correct the path, "
                            "or add the file with its card."
                        )
                        yield self.finding(page.path, line, message)


def _file_names(cell: CodeCell, *, writes: bool) -> Iterator[tuple[str, int]]:
    """Names of data files that calls are given, with their lines."""
    for node in read_code(cell.source).calls:
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        texts = [v for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]
        is_writing = bool(_WRITES.search(dotted_name(node.func))) or _opens_to_write(node)
        for text in texts:
            name = str(text.value)
            if is_writing is writes and _is_path(name):
                yield name, cell.code_line + text.lineno - 1


def _opens_to_write(call: ast.Call) -> bool:
    if dotted_name(call.func).rpartition(".")[2] != "open":
        return False
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    modes = [v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]
    return any(re.fullmatch(r"[rwax+bt]{1,3}", mode) and set(mode) & set("wax+") for mode in modes)


def _is_path(name: str) -> bool:
    suffix = PurePosixPath(name).suffix.lower()
    return (
        suffix in DATA_SUFFIXES
        and "://" not in name
        and not name.startswith(("/", "~"))
        and not re.search(r"[\s*?<>|{}%]", name)
        and PurePosixPath(name).stem not in ("", suffix)
    )


def _is_there(course: Course, page: Page, name: str) -> bool:
    tree = FileTree.of(course)
    folders = (posixpath.dirname(page.path), "", *course.settings.data_folders)
    paths = [posixpath.normpath(posixpath.join(folder, unquote(name))) for folder in folders]
    return any(not tree.trouble(path) for path in paths)
