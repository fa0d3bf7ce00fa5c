"""Read a whole course: its configuration, its table of contents and every page, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from fnmatch import fnmatch
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lessonbook.course import EPISODE_BLOCKS, CellResult, Course, Episode, Page
from lessonbook.kept import Kept
from lessonbook.markup import Problem, Suppression
from lessonbook.notebook import block_parser
from lessonbook.outputs import executed_notebooks, find_results
from lessonbook.project import CONFIG_NAME, TOC_NAME, find_source
from lessonbook.settings import Settings, read_settings
from lessonbook.source.contents import read_contents
from lessonbook.source.fences import find_faults
from lessonbook.source.front_matter import read_front_matter
from lessonbook.source.names import EXTENSION_BLOCKS
from lessonbook.source.notebook_form import FRONT_MATTER, find_wrong_values
from lessonbook.source.page_parser import PageParser
from lessonbook.source.page_parts import PageParts
from lessonbook.source.suppressions import find_in_code, read_mapping_wishes
from lessonbook.source.text import UnreadableFileError, read_text


def load_course(root: Path, extra: Iterable[str] = (), kept: Kept | None = None) -> Course:
    """Read a course.

    Parameters
    ----------
    root : pathlib.Path
        Its folder.
    extra : iterable of str
        Paths of further pages from that folder, which need not be in the table of contents.
    kept : Kept, optional
        What an earlier build has kept of pages that it has read.

    Returns
    -------
    Course
        With everything that is wrong among the problems of its files; nothing raises.
    """
    root = root.resolve()
    project, problems, config = read_contents(root)
    settings = read_settings(config.values)
    reader = PageReader(settings, kept)
    problems[CONFIG_NAME] += reader.problems
    contents = tuple(name for name in project.pages if find_source(root, name) is not None)
    paths = _page_paths(root, contents, settings, extra)
    pages = tuple(reader.read(root, path) for path in paths)
    return Course(
        root,
        settings,
        contents,
        pages,
        {name: tuple(found) for name, found in problems.items()},
        {
            CONFIG_NAME: (
                *_comments(root / CONFIG_NAME),
                *read_mapping_wishes(settings.ignore, config, "sphinx", "config", "lesson_ignore"),
            ),
            TOC_NAME: tuple(_comments(root / TOC_NAME)),
        },
        _results(root, settings, pages),
    )


def _page_paths(
    root: Path, contents: Sequence[str], settings: Settings, extra: Iterable[str]
) -> list[str]:
    """List the pages: those of the table of contents, then the others in the episodes' folders."""
    paths = []
    for name in contents:
        source = find_source(root, name)
        if source is not None and source.resolve().is_relative_to(root):
            paths.append(source.relative_to(root).as_posix())
    for folder in settings.episode_folders:
        for path in sorted((root / folder).glob("**/*.md")):
            paths.append(path.relative_to(root).as_posix())
    patterns = settings.exclude_patterns
    found = [p for p in paths if not any(fnmatch(p, pattern) for pattern in patterns)]
    return list(dict.fromkeys([*found, *extra]))


class PageReader:
    """Reads pages with the Markdown extensions of a course.

    Parameters
    ----------
    settings : Settings
        Of the course.
    kept : Kept, optional
        What an earlier build has kept of pages that it has read.
    """

    def __init__(self, settings: Settings, kept: Kept | None = None) -> None:
        from myst_parser.config.main import MdParserConfig

        self.settings = settings
        self._kept = kept or Kept()
        self.problems: list[Problem] = []
        blocks = (EXTENSION_BLOCKS.get(name, ()) for name in settings.extra_extensions)
        self.containers = settings.containers.union(*blocks)
        try:
            config = MdParserConfig(enable_extensions=set(settings.extensions))
        except (ValueError, TypeError) as error:
            message = f"myst_enable_extensions: {error}; correct it."
            self.problems.append(Problem("config", 1, message))
            config = MdParserConfig(enable_extensions={"colon_fence", "dollarmath"})
        self.parser = block_parser(config)
        depends_on = (
            version("myst-parser"),
            version("markdown-it-py"),
            version("mdit-py-plugins"),
            sorted(self.containers),
            sorted(config.enable_extensions),
            settings.episode_folders,
        )
        self._depends_on = repr(depends_on)

    def read(self, root: Path, path: str) -> Page:
        """Read one page.

        Parameters
        ----------
        root : pathlib.Path
            The course's folder.
        path : str
            Of the page, from that folder.

        Returns
        -------
        Page
            An `Episode` if it is one; empty but for its problem if it cannot be read.
        """
        if not path.endswith(".md"):
            return Page(path)
        try:
            text = read_text(root / path)
        except UnreadableFileError as error:
            return Page(path, problems=(Problem("file", error.line, str(error)),))
        content = f"{self._depends_on}\n{path}\n{text}"
        return self._kept.get("source", content, partial(self.parse, path, text))

    def parse(self, path: str, text: str) -> Page:
        """Parse the text of a page.

        Parameters
        ----------
        path : str
            Of the page, from the course's folder.
        text : str
            The text, with line feeds only.

        Returns
        -------
        Page
        """
        lines = text.split("\n")
        front = read_front_matter(lines)
        body, first_line = lines[front.n_lines :], front.n_lines + 1
        parser = PageParser(self.parser, self.containers)
        parser.read_title(front.mapping.values.get("title"), front.mapping.line_of("title"))
        parts = parser.parse(body, first_line)
        wrong = find_wrong_values(front.mapping, FRONT_MATTER, "value")
        problems = [*front.problems, *wrong, *parts.problems]
        if parser.is_doubtful and parser.first_open is not None:
            problems += find_faults(body, first_line) or [parser.first_open]
        wishes = front.mapping.values.get("lesson_ignore")
        suppressions = (
            *find_in_code(lines[: front.n_lines], 1),
            *read_mapping_wishes(wishes, front.mapping, "lesson_ignore"),
            *parts.suppressions,
        )
        values = {
            name: tuple(value)
            for name, value in _as_mapping(parts).items()
            if name not in ("problems", "suppressions")
        }
        is_episode = _is_episode(path, front.mapping.values, parts, self.settings)
        return (Episode if is_episode else Page)(
            path,
            text,
            front.mapping,
            problems=tuple(problems),
            suppressions=suppressions,
            **values,
        )


def _as_mapping(parts: PageParts) -> dict[str, Any]:
    return {item.name: getattr(parts, item.name) for item in fields(parts)}


def _is_episode(path: str, values: dict[str, Any], parts: PageParts, settings: Settings) -> bool:
    return (
        any(path.startswith(f"{folder.strip('/')}/") for folder in settings.episode_folders)
        or "teaching" in values
        or "exercises" in values
        or any(item.kind in EPISODE_BLOCKS for item in parts.outline)
    )


def _comments(path: Path) -> Iterator[Suppression]:
    try:
        yield from find_in_code(read_text(path).split("\n"), 1)
    except UnreadableFileError:
        return  # reported as a problem of the file


def _results(
    root: Path, settings: Settings, pages: Sequence[Page]
) -> dict[str, tuple[CellResult, ...]]:
    notebooks = executed_notebooks(root / settings.cache)
    found = {
        page.path: find_results(page.cells, notebooks.get(root / page.path, ()))
        for page in pages
        if page.cells and root / page.path in notebooks
    }
    return {path: results for path, results in found.items() if results}
