"""A course's folder: its configuration and its table of contents, read without Sphinx."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lessonbook.findings import Finding, LessonbookError

CONFIG_NAME = "_config.yml"
TOC_NAME = "_toc.yml"
SOURCE_SUFFIXES = (".md", ".ipynb", ".rst")


@dataclass(frozen=True)
class Project:
    """A course on disk.

    Parameters
    ----------
    root : pathlib.Path
        The folder with ``_config.yml`` and ``_toc.yml``.
    config : dict
        The configuration as it stands in the file.
    pages : tuple of str
        The pages of the table of contents, in its order, as paths from the root without suffix.
    """

    root: Path
    config: dict[str, Any]
    pages: tuple[str, ...]

    @property
    def build_folder(self) -> Path:
        """Where everything that is built goes."""
        return self.root / "_build"

    @property
    def site_folder(self) -> Path:
        """The published site."""
        return self.build_folder / "html"


def load_project(root: Path) -> Project:
    """Read a course's configuration and table of contents.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.

    Returns
    -------
    Project
        With every page of the table of contents there.

    Raises
    ------
    LessonbookError
        If a file is missing, is not YAML, or names a page that does not exist; all are reported.
    """
    project, findings = read_project(root)
    if findings:
        raise LessonbookError(*findings)
    return project


def read_project(root: Path) -> tuple[Project, list[Finding]]:
    """Read what can be read of a course's configuration and table of contents.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.

    Returns
    -------
    project : Project
        With every page of the table of contents, there or not.
    findings : list of Finding
        Everything that keeps the course from being built.
    """
    root = root.resolve()
    config, config_findings = _read_mapping(root, CONFIG_NAME)
    toc, toc_findings = _read_mapping(root, TOC_NAME)
    findings = [*config_findings, *toc_findings]
    pages: list[str] = []
    if not toc_findings:
        pages, page_findings = _pages(root, toc)
        findings += page_findings
    return Project(root, config, tuple(dict.fromkeys(pages))), findings


def find_source(root: Path, page: str) -> Path | None:
    """Find the file of a page.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    page : str
        Path from the root, without suffix.

    Returns
    -------
    pathlib.Path or None
        None if there is no such file.
    """
    for suffix in SOURCE_SUFFIXES:
        path = root / f"{page}{suffix}"
        try:
            if path.is_file():
                return path
        except OSError:  # a name that no file can have
            return None
    return None


def _read_mapping(root: Path, name: str) -> tuple[dict[str, Any], list[Finding]]:
    path = root / name
    try:
        content = yaml.safe_load(path.read_text(encoding="utf8"))
    except FileNotFoundError:
        return {}, [
            Finding(
                name, None, f"found no such file in {root}; run lessonbook in a course's folder"
            )
        ]
    except UnicodeDecodeError as error:
        return {}, [
            Finding(name, None, f"found bytes that are not UTF-8 ({error}); save it as UTF-8")
        ]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        return {}, [Finding(name, line, f"found YAML that cannot be read: {error.problem}")]
    # YAML also stands for dates that do not exist and for nesting without end
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return {}, [Finding(name, None, f"found YAML that cannot be read: {error}")]
    except OSError as error:
        return {}, [Finding(name, None, f"cannot be read: {error.strerror}")]
    if not isinstance(content, dict):
        found = "nothing" if content is None else type(content).__name__
        return {}, [Finding(name, 1, f"found {found}, allowed settings of the form `name: value`")]
    return content, []


def _pages(root: Path, toc: dict[str, Any]) -> tuple[list[str], list[Finding]]:
    pages: list[str] = []
    findings: list[Finding] = []
    if not isinstance(toc.get("root"), str):
        findings.append(
            Finding(
                TOC_NAME, 1, "found no `root`, allowed `root: ` and the path of the landing page"
            )
        )
    for name, line in _named_files(yaml.compose((root / TOC_NAME).read_text(encoding="utf8"))):
        page = name
        for suffix in SOURCE_SUFFIXES:
            page = page.removesuffix(suffix)
        if find_source(root, page) is None:
            findings.append(
                Finding(
                    TOC_NAME,
                    line,
                    f"found {name!r}, which no file of this course has for a path; "
                    f"create {page}.md or mend the path",
                )
            )
        elif page in pages:
            findings.append(Finding(TOC_NAME, line, f"found {name!r} twice; keep one"))
        pages.append(page)
    return pages, findings


def _named_files(node: yaml.Node | None, seen: set[int] | None = None) -> list[tuple[str, int]]:
    """Every `root` and `file` of a table of contents with its line, in document order."""
    seen = set() if seen is None else seen
    # by aliases a list can contain itself, or the same one millions of times
    if id(node) in seen:
        return []
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [named for item in node.value for named in _named_files(item, seen)]
    if not isinstance(node, yaml.MappingNode):
        return []
    found: list[tuple[str, int]] = []
    for key, value in node.value:
        if key.value in ("root", "file") and isinstance(value, yaml.ScalarNode):
            found.append((value.value, value.start_mark.line + 1))
        else:
            found += _named_files(value, seen)
    return found
