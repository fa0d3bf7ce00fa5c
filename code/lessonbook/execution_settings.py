"""How the episodes of a course are to be executed: the settings of `_config.yml`, checked."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from lessonbook.findings import Finding, LessonbookError
from lessonbook.project import CONFIG_NAME, Project

MODES = ("auto", "cache", "force", "inline", "off")
DEFAULT_CACHE = "_build/.jupyter_cache"
DEFAULT_EXTENSIONS = ("colon_fence", "dollarmath", "linkify", "substitution", "tasklist")
"""Markdown extensions of a Jupyter Book whose configuration names none."""

DEFAULT_TIMEOUT = 30
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class ExecutionSettings:
    """Settings that decide what is executed, how, and within which limits.

    Attributes
    ----------
    mode : str
        One of `MODES`.
    cache : pathlib.Path
        The folder of the jupyter-cache that MyST-NB reads.
    timeout : int or None
        Seconds that one cell may take; None for no limit.
    episode_timeout : int or None
        Seconds that one episode may take; None for no limit.
    output_limit : int
        Bytes of output that one cell may produce.
    memory_limit : int or None
        Bytes of memory that one episode's processes may hold; None for no limit.
    run_in_temp : bool
        Whether an episode runs in an empty folder rather than in its own.
    allow_errors : bool
        Whether an episode goes on after a cell that fails.
    exclude_patterns : tuple of str
        Pages that are not executed.
    environment_scripts : tuple of str
        Python files, from the course's folder, that describe what the results depend on besides
        files and packages.
    dependencies : tuple of str
        Patterns of the files that count where no record says what was read; empty for all.
    containers : tuple of str
        Further directives whose content is Markdown.
    markdown : mapping
        The options ``myst_*`` without their prefix.
    """

    mode: str
    cache: Path
    timeout: int | None
    episode_timeout: int | None
    output_limit: int
    memory_limit: int | None
    run_in_temp: bool
    allow_errors: bool
    exclude_patterns: tuple[str, ...]
    environment_scripts: tuple[str, ...]
    dependencies: tuple[str, ...]
    containers: tuple[str, ...]
    markdown: Mapping[str, Any]

    def is_executed(self, path: Path) -> bool:
        """Tell whether a page with code is to be executed, given its absolute path."""
        page = PurePosixPath(path.as_posix())
        return self.has_results and not any(page.match(name) for name in self.exclude_patterns)

    @property
    def has_results(self) -> bool:
        """Whether results are kept: neither is nothing executed, nor all by the renderer itself."""
        return self.mode not in ("off", "inline")


def execution_settings(project: Project) -> ExecutionSettings:
    """Read the settings for execution.

    Parameters
    ----------
    project : Project
        The course.

    Returns
    -------
    ExecutionSettings

    Raises
    ------
    LessonbookError
        If a setting has a value that is not allowed; all are reported.
    """
    execute, sphinx = project.config.get("execute"), project.config.get("sphinx")
    config = sphinx.get("config") if isinstance(sphinx, dict) else None
    reader = _Reader(
        execute if isinstance(execute, dict) else {}, config if isinstance(config, dict) else {}
    )
    mode = reader.execute.get("execute_notebooks", "auto")
    if mode is False:  # YAML's reading of an unquoted `off`
        mode = "off"
    if mode not in MODES:
        reader.report("execute: execute_notebooks", mode, " or ".join(MODES))
    cache = reader.execute.get("cache") or DEFAULT_CACHE
    settings = ExecutionSettings(
        mode=str(mode),
        cache=project.root / str(cache),
        timeout=reader.limit("execute: timeout", reader.execute.get("timeout", DEFAULT_TIMEOUT)),
        episode_timeout=reader.limit("lesson_episode_timeout", 3600),
        output_limit=(reader.limit("lesson_output_limit", 10) or 1_000_000) * MEGABYTE,
        memory_limit=_bytes(reader.limit("lesson_memory_limit", None)),
        run_in_temp=bool(reader.execute.get("run_in_temp", False)),
        allow_errors=bool(reader.execute.get("allow_errors", False)),
        exclude_patterns=reader.names(
            "execute: exclude_patterns", reader.execute.get("exclude_patterns")
        ),
        environment_scripts=reader.names("lesson_environment"),
        dependencies=reader.names("lesson_dependencies"),
        containers=reader.names("lesson_containers"),
        markdown=_markdown_options(project, reader.config),
    )
    if reader.findings:
        raise LessonbookError(*reader.findings)
    return settings


def default_jobs() -> int:
    """Return the number of episodes to run at once: the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def page_matches(page: str, pattern: str) -> bool:
    """Tell whether somebody who writes `pattern` on the command line means this page.

    Examples
    --------
    >>> page_matches("episodes/01-why-pool", "episodes/01-why-pool.md")
    True
    >>> page_matches("episodes/01-why-pool", "01-*"), page_matches("episodes/02-x", "01-*")
    (True, False)
    """
    wanted = pattern.removeprefix("./").removesuffix(".md")
    return any(fnmatch.fnmatchcase(name, wanted) for name in (page, PurePosixPath(page).name))


class _Reader:
    """Reads settings and collects what is wrong with them."""

    def __init__(self, execute: Mapping[str, Any], config: Mapping[str, Any]) -> None:
        self.execute = execute
        self.config = config
        self.findings: list[Finding] = []

    def report(self, name: str, found: object, allowed: str) -> None:
        self.findings.append(
            Finding(CONFIG_NAME, None, f"{name}: found {found!r}, allowed {allowed}")
        )

    def limit(self, name: str, default: int | None) -> int | None:
        """Read a whole number; 0, -1 and nothing mean that there is no limit."""
        value = default if name.startswith("execute:") else self.config.get(name, default)
        if value is None or (isinstance(value, int) and value in (0, -1)):
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.report(name, value, "a whole number above 0, or -1 for no limit")
            return None
        return value

    def names(self, name: str, value: object = None) -> tuple[str, ...]:
        value = self.config.get(name) if value is None else value
        if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
            return tuple(value)
        if value is not None:
            self.report(name, value, "a list of names")
        return ()


def _bytes(megabytes: int | None) -> int | None:
    return None if megabytes is None else megabytes * MEGABYTE


def _markdown_options(project: Project, config: Mapping[str, Any]) -> dict[str, Any]:
    parse = project.config.get("parse")
    given = {
        "myst_enable_extensions": DEFAULT_EXTENSIONS,
        **(parse if isinstance(parse, dict) else {}),
        **config,
    }
    return {
        name.removeprefix("myst_"): value
        for name, value in given.items()
        if name.startswith("myst_")
    }
