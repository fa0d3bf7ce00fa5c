"""What the process that renders tells the one that serves, and what it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lessonbook.findings import Finding

PREVIEW_FOLDER = ".preview"
"""Where previews keep their files, in the course's build folder."""

PORTS = range(8000, 8010)
"""Where a preview listens if it is not told: at the first of these that is free."""


@dataclass(frozen=True)
class Setting:
    """What a rendering process needs to know before it starts.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    folder : pathlib.Path
        Where this preview keeps its files.
    view : str
        Whose pages to render.
    jobs : int
        Episodes that are executed at once, and processes that write pages where there are many.
    executes : bool
        Whether stale episodes are executed; otherwise their pages are shown without results.
    """

    root: Path
    folder: Path
    view: str
    jobs: int
    executes: bool = True

    @property
    def pages(self) -> Path:
        """The folder of the rendered pages."""
        return self.folder / "html"

    @property
    def log(self) -> Path:
        """What Sphinx prints."""
        return self.folder / "render.log"

    @property
    def execution_log(self) -> Path:
        """What the kernels print."""
        return self.folder / "execute.log"


@dataclass(frozen=True)
class Build:
    """Render what has changed.

    Parameters
    ----------
    saved : frozenset of str
        Pages to read whatever their dates: one that was saved while it was being read is older
        than Sphinx's note of the reading.
    files : frozenset of str
        Other files, from the course's folder, whose pages are to be read for the same reason.
    owed : frozenset of str
        Pages to write that an earlier, interrupted process did not come to.
    """

    saved: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    owed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Stale:
    """These episodes are to be executed: their pages, and a digest of the code of each."""

    episodes: Mapping[str, str]


@dataclass(frozen=True)
class Execute:
    """Execute these pages."""

    pages: frozenset[str]


@dataclass(frozen=True)
class Running:
    """What the kernels are doing."""

    text: str


@dataclass(frozen=True)
class Ran:
    """A page was executed to its end, and its results are kept."""

    page: str


@dataclass(frozen=True)
class Reading:
    """These pages are read; others wait for results, and stay as they were until then."""

    pages: tuple[str, ...]
    waiting: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Read:
    """These pages were read; afterwards `owed` are to be written."""

    pages: tuple[str, ...]
    owed: frozenset[str]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Written:
    """The files of these pages are complete, pictures included.

    Those in `overtaken` were edited after the results had been looked up with which they were read.
    """

    pages: tuple[str, ...]
    findings: tuple[Finding, ...]
    overtaken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done:
    """Everything that was owed is written."""


@dataclass(frozen=True)
class Failed:
    """Nothing more can be rendered until the course is mended."""

    findings: tuple[Finding, ...] = field(default=())


Message = Reading | Read | Written | Stale | Running | Ran | Done | Failed
