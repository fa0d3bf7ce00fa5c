"""The configuration and the table of contents, with everything that is wrong in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from lessonbook.markup import Problem
from lessonbook.project import CONFIG_NAME, TOC_NAME, Project, read_project
from lessonbook.schedule_settings import read_settings as read_schedule
from lessonbook.settings import LESSON_SETTINGS
from lessonbook.source.book_settings import check_book_settings, wrong_value
from lessonbook.source.names import nearest_name
from lessonbook.source.text import UnreadableFileError, read_text
from lessonbook.source.yaml_text import YamlError, YamlMapping, read_mapping

_LISTS = ("parts", "chapters", "sections", "entries", "subtrees")
_NAMES = ("file", "glob", "url")
_TYPO = 90.0


def read_contents(root: Path) -> tuple[Project, dict[str, list[Problem]], YamlMapping]:
    """Read both files.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.

    Returns
    -------
    project : Project
    problems : dict of str to list of Problem
        By file.
    config : YamlMapping
        The configuration with its lines.
    """
    project, findings = read_project(root)
    problems: dict[str, list[Problem]] = {CONFIG_NAME: [], TOC_NAME: []}
    for finding in findings:
        kind = "config" if finding.file == CONFIG_NAME else "toc"
        message = finding.message.rstrip(".") + "."
        problems[finding.file].append(Problem(kind, finding.line or 1, message))
    config = _read_config(root) if not problems[CONFIG_NAME] else YamlMapping()
    problems[CONFIG_NAME] += check_settings(config)
    if not problems[TOC_NAME]:
        problems[TOC_NAME] += _check_toc(root)
    return project, problems, config


def _read_config(root: Path) -> YamlMapping:
    try:
        return read_mapping(read_text(root / CONFIG_NAME))
    except (UnreadableFileError, YamlError):
        return YamlMapping()  # the project's reader has reported it


def check_settings(config: YamlMapping) -> Iterator[Problem]:
    """Find settings of the wrong type, and misspelt ones of ours.

    Parameters
    ----------
    config : YamlMapping
        The configuration.

    Yields
    ------
    Problem
    """
    yield from check_book_settings(config)
    sphinx = config.values.get("sphinx")
    values = sphinx.get("config") if isinstance(sphinx, dict) else None
    if not isinstance(values, dict):
        return  # there is none, or it has been reported
    for name, value in values.items():
        yield from _check_setting(config, str(name), value)


def _check_setting(config: YamlMapping, name: str, value: Any) -> Iterator[Problem]:
    way = ("sphinx", "config", name)
    setting = LESSON_SETTINGS.get(name)
    if setting is not None:
        if not setting.is_allowed(value):
            yield wrong_value(config, way, value, setting.allowed)
        elif name == "lesson_schedule":
            for trouble in read_schedule(value)[1]:
                message = f"lesson_schedule: {trouble}; correct it."
                yield Problem("config", config.line_of(*way), message)
    elif name.startswith("lesson"):
        meant = nearest_name(name, LESSON_SETTINGS, at_least=_TYPO)
        if meant:
            message = f"found the setting {name!r}, which there is not; write {meant}."
            yield Problem("config", config.line_of(*way), message)


def _check_toc(root: Path) -> Iterator[Problem]:
    """Find entries of the table of contents that name no page."""
    try:
        node = yaml.compose(read_text(root / TOC_NAME), Loader=yaml.SafeLoader)
    except (UnreadableFileError, yaml.YAMLError):
        return  # the project's reader has reported it
    if isinstance(node, yaml.MappingNode):
        yield from _check_entry(node, set())


def _check_entry(node: yaml.MappingNode, seen: set[int]) -> Iterator[Problem]:
    if id(node) in seen:
        return
    seen.add(id(node))
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value not in _LISTS:
            continue
        line = key.start_mark.line + 1
        if not isinstance(value, yaml.SequenceNode) or not value.value:
            message = (
                f"{key.value}: found no list of entries, allowed lines of the form `- file: path`."
            )
            yield Problem("toc", line, message)
            continue
        for entry in value.value:
            yield from _check_list_entry(key.value, entry, seen)


def _check_list_entry(name: str, entry: yaml.Node, seen: set[int]) -> Iterator[Problem]:
    line = entry.start_mark.line + 1
    names = {
        key.value: value
        for key, value in (entry.value if isinstance(entry, yaml.MappingNode) else ())
        if isinstance(key, yaml.ScalarNode)
    }
    allowed = _LISTS if name in ("parts", "subtrees") else _NAMES
    named = [names[key] for key in allowed if key in names]
    is_empty = all(isinstance(node, yaml.ScalarNode) and not node.value for node in named)
    if not named or is_empty:
        what = "chapters" if allowed is _LISTS else "file"
        message = f"found an entry of {name} that names nothing; give it `{what}:`, or remove it."
        yield Problem("toc", line, message)
    if isinstance(entry, yaml.MappingNode):
        yield from _check_entry(entry, seen)
