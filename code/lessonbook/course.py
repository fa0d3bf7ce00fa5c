"""A course as its authors wrote it: plain data, parsed once, for whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lessonbook.markup import (
    Block,
    CodeCell,
    FileUse,
    Heading,
    Image,
    Label,
    Link,
    OutlineItem,
    Problem,
    Prose,
    Role,
    Suppression,
    Table,
)
from lessonbook.settings import Settings
from lessonbook.source.yaml_text import YamlMapping

EPISODE_BLOCKS = ("questions", "objectives", "keypoints")


@dataclass(frozen=True, eq=False)
class Page:
    """A page of the course.

    Attributes
    ----------
    path : str
        From the course's folder, with suffix.
    text : str
    front_matter : YamlMapping
    blocks : tuple of Block
        In document order, nested ones behind the one around them.
    outline : tuple of OutlineItem
    empty_items, empty_code : tuple of int
        Lines of list items without content, and of code blocks with a language and no code.
    terms : tuple of str
        What its glossaries define.
    problems : tuple of Problem
    """

    path: str
    text: str = ""
    front_matter: YamlMapping = field(default_factory=YamlMapping)
    blocks: tuple[Block, ...] = ()
    headings: tuple[Heading, ...] = ()
    prose: tuple[Prose, ...] = ()
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    roles: tuple[Role, ...] = ()
    cells: tuple[CodeCell, ...] = ()
    labels: tuple[Label, ...] = ()
    tables: tuple[Table, ...] = ()
    files: tuple[FileUse, ...] = ()
    outline: tuple[OutlineItem, ...] = ()
    empty_items: tuple[int, ...] = ()
    empty_code: tuple[int, ...] = ()
    terms: tuple[str, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        """Path without suffix, as in the table of contents."""
        return str(Path(self.path).with_suffix("").as_posix())

    @property
    def is_notebook(self) -> bool:
        """Whether its code cells are executed."""
        values = self.front_matter.values
        jupytext = values.get("jupytext")
        return values.get("file_format") == "mystnb" or isinstance(jupytext, dict)

    @property
    def is_python(self) -> bool:
        """Whether its code cells are Python, which they are unless it says otherwise."""
        kernel = self.front_matter.values.get("kernelspec")
        name = kernel.get("name") if isinstance(kernel, dict) else None
        return name is None or str(name).startswith("python")

    @property
    def first_fault(self) -> int | None:
        """Line of the first fence that leaves the nesting in doubt, if there is one."""
        return min((p.line for p in self.problems if p.kind in ("fence", "nesting")), default=None)

    def blocks_of(self, *kinds: str) -> list[Block]:
        """Return the blocks of these kinds."""
        return [block for block in self.blocks if block.kind in kinds]

    def children_of(self, parent: Block) -> list[Block]:
        """Return the blocks directly inside another."""
        return [block for block in self.blocks if block.parent is parent]


@dataclass(frozen=True, eq=False)
class Episode(Page):
    """A page that is taught: it has questions, objectives, key points and minutes."""


@dataclass(frozen=True)
class CellResult:
    """What a code cell gave when it was executed."""

    has_output: bool = False
    has_figure: bool = False
    stderr: str = ""
    error: str = ""


@dataclass(frozen=True, eq=False)
class Course:
    """All that is known of a course without building it.

    Attributes
    ----------
    root : pathlib.Path
    settings : Settings
    contents : tuple of str
        The pages of the table of contents, without suffix, in its order.
    pages : tuple of Page
        The pages that could be found, also those outside the table of contents.
    problems : dict of str to tuple of Problem
        Of the configuration and the table of contents, by file.
    suppressions : dict of str to tuple of Suppression
        Of these files.
    results : dict of str to tuple of CellResult
        For each page whose code cells have been executed as they stand, a result per cell.
    """

    root: Path
    settings: Settings
    contents: tuple[str, ...]
    pages: tuple[Page, ...]
    problems: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    suppressions: Mapping[str, tuple[Suppression, ...]] = field(default_factory=dict)
    results: Mapping[str, tuple[CellResult, ...]] = field(default_factory=dict)

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """The pages that are taught, in their order."""
        return tuple(page for page in self.pages if isinstance(page, Episode))

    def page(self, name: str) -> Page | None:
        """Return the page of this name, without suffix."""
        return next((page for page in self.pages if page.name == name), None)
