"""The code of each episode: what a page executes, and a digest of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lessonbook.execution_settings import ExecutionSettings
from lessonbook.project import Project
from lessonbook.views import INSTRUCTOR_TAG

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from lessonbook.notebook import EpisodeNotebook

TAGS_THAT_MATTER = ("raises-exception", "skip-execution", INSTRUCTOR_TAG)
"""Tags of a cell that change what its execution leads to; who may see its fits, for one."""

_MAY_BE_NOTEBOOK = re.compile(r"^(file_format|jupytext)\s*:", re.MULTILINE)
_LOADS_CODE = re.compile(r"^\s*:?load\s*:", re.MULTILINE)
_READER = Path(__file__).with_name("notebook.py")


@dataclass(frozen=True)
class EpisodeCode:
    """The code of a page.

    Attributes
    ----------
    page : str
        Path from the course's root, without suffix.
    path : pathlib.Path
        The file.
    source_digest : str
        Digest of the file and of how it is read; empty if other files are part of the code.
    code_digest : str
        Digest of what is executed; empty if the page cannot be read.
    problem : str
        Why the page cannot be read; otherwise empty.
    """

    page: str
    path: Path
    source_digest: str
    code_digest: str
    problem: str = ""


def find_code(
    project: Project, settings: ExecutionSettings, known: Mapping[str, tuple[str, str]]
) -> list[EpisodeCode]:
    """Find the pages that execute code.

    Parameters
    ----------
    project : Project
        The course.
    settings : ExecutionSettings
        How its pages are read, and which are executed.
    known : mapping of str to (str, str)
        Digests of source and code by page, from an earlier look; a page whose source is still
        the same is not parsed again.

    Returns
    -------
    list of EpisodeCode
        In the order of the table of contents.
    """
    found = []
    for page in project.pages:
        path = project.root / f"{page}.md"
        if not path.is_file() or not settings.is_executed(path):
            continue
        text = read_text(path)
        if not may_be_notebook(text):
            continue
        source_digest = _digest_source(text, settings)
        if known.get(page, ("", ""))[0] == source_digest:
            found.append(EpisodeCode(page, path, source_digest, known[page][1]))
            continue
        code = parse_code(page, path, text, settings)
        if code is not None:
            found.append(code)
    return found


def read_text(path: Path) -> str:
    """Read a page as Sphinx does; what is not UTF-8 is reported where the page is rendered."""
    return path.read_text(encoding="utf-8-sig", errors="replace")


def may_be_notebook(text: str) -> bool:
    """Tell whether a page's front matter may say that it is a notebook; cheap, and never wrong."""
    return text.startswith("---") and _MAY_BE_NOTEBOOK.search(text) is not None


def read_code(path: Path, text: str, settings: ExecutionSettings) -> EpisodeNotebook:
    """Read a page as MyST-NB will, once the course is rendered.

    Parameters
    ----------
    path : pathlib.Path
        The page.
    text : str
        Its text.
    settings : ExecutionSettings
        With the options of the Markdown parser.

    Returns
    -------
    EpisodeNotebook

    Raises
    ------
    lessonbook.notebook.UnreadableEpisodeError
        If no notebook can be made of the page.
    """
    from myst_parser.config.main import MdParserConfig

    from lessonbook.notebook import read_episode

    known = {name for name, _, _ in MdParserConfig().as_triple()}
    options = {name: value for name, value in settings.markdown.items() if name in known}
    return read_episode(text, path, MdParserConfig(**options), settings.containers)


def digest_code(notebook: NotebookNode) -> str:
    """Digest what of a notebook decides its outputs: kernel, code, and what is allowed to fail.

    Parameters
    ----------
    notebook : NotebookNode
        Before or after its execution.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    kernel = notebook.metadata.get("kernelspec", {})
    cells: list[Any] = [
        [cell.source, [tag for tag in TAGS_THAT_MATTER if tag in cell.metadata.get("tags", ())]]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    execution = dict(notebook.metadata.get("execution", {}))
    return _digest([json.dumps([kernel.get("name", ""), execution, cells], sort_keys=True)])


def parse_code(page: str, path: Path, text: str, settings: ExecutionSettings) -> EpisodeCode | None:
    """Parse a page.

    Parameters
    ----------
    page : str
        Path from the course's root, without suffix.
    path : pathlib.Path
        The file.
    text : str
        What it holds.
    settings : ExecutionSettings
        How it is read.

    Returns
    -------
    EpisodeCode or None
        None for a page that executes nothing.
    """
    # MyST-NB takes a quarter of a second to import, which a look at unchanged pages need not pay
    from lessonbook.notebook import UnreadableEpisodeError, is_episode

    if not is_episode(text):
        return None
    try:
        episode = read_code(path, text, settings)
    except UnreadableEpisodeError as error:
        return EpisodeCode(page, path, "", "", str(error))
    if not any(cell.cell_type == "code" for cell in episode.notebook.cells):
        return None
    source_digest = "" if _LOADS_CODE.search(text) else _digest_source(text, settings)
    return EpisodeCode(page, path, source_digest, digest_code(episode.notebook))


def _digest_source(text: str, settings: ExecutionSettings) -> str:
    options = repr(sorted(settings.markdown.items()))
    return _digest([_digest_reader(), options, *settings.containers, text])


@cache
def _digest_reader() -> str:
    return _digest([_READER.read_text(encoding="utf8")])


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf8", "surrogatepass")).hexdigest()
