"""How links are checked: ``lesson_linkcheck`` in ``_config.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from lessonbook.findings import Finding, LessonbookError
from lessonbook.lesson_config import lesson_setting
from lessonbook.project import CONFIG_NAME

NAME = "lesson_linkcheck"
_REMEDY = "correct it"


@dataclass(frozen=True)
class Ignored:
    """Links that are not checked.

    Parameters
    ----------
    url : str
        An address, in which ``*`` stands for anything.
    reason : str
        Why.
    line : int
        Where it is written.
    """

    url: str
    reason: str
    line: int

    def matches(self, url: str) -> bool:
        """Tell whether an address is meant."""
        # brackets are frequent in addresses and mean themselves
        return fnmatchcase(url, self.url.replace("[", "[[]"))


@dataclass(frozen=True)
class LinkSettings:
    """How links are checked.

    Parameters
    ----------
    ignore : tuple of Ignored
        Links to leave alone.
    timeout : float
        Seconds to wait for a server to connect, and for each part of its answer.
    retries : int
        How often to ask again a server that did not answer or is overloaded.
    delay : float
        Seconds between two requests to one server, and before the first repetition of one.
    max_age : float
        Days for which a link that worked is taken to work still.
    """

    ignore: tuple[Ignored, ...] = ()
    timeout: float = 15.0
    retries: int = 2
    delay: float = 1.0
    max_age: float = 7.0


def read_link_settings(root: Path, config: Mapping[str, Any]) -> LinkSettings:
    """Read and check the settings.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    config : mapping
        What ``_config.yml`` holds.

    Returns
    -------
    LinkSettings
        The defaults for what is not set.

    Raises
    ------
    LessonbookError
        With everything that cannot be used, each at its line.
    """
    values = lesson_setting(config, NAME)
    if values is None:
        return LinkSettings()
    node = _find_node(yaml.compose((root / CONFIG_NAME).read_text(encoding="utf8")), NAME)
    if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
        names = ", ".join(field.name for field in fields(LinkSettings))
        line = None if node is None else node.start_mark.line + 1
        message = f"{NAME}: found {values!r}, allowed settings by name: {names}; {_REMEDY}"
        raise LessonbookError(Finding(CONFIG_NAME, line, message))
    findings: list[Finding] = []
    numbers = _numbers(values, node, findings)
    ignored = _ignored(values.get("ignore") or [], _child(node, "ignore"), findings)
    if findings:
        raise LessonbookError(*sorted(findings, key=lambda finding: finding.line or 0))
    return LinkSettings(ignore=tuple(ignored), **numbers)


def _numbers(
    values: dict[str, Any], node: yaml.MappingNode, findings: list[Finding]
) -> dict[str, Any]:
    kinds = {"timeout": float, "retries": int, "delay": float, "max_age": float}
    numbers = {}
    for name, value in values.items():
        line = (_child(node, name) or node).start_mark.line + 1
        if name == "ignore":
            continue
        if name not in kinds:
            allowed = ", ".join(["ignore", *kinds])
            found = f"{NAME}: found {name!r}, allowed {allowed}; {_REMEDY}"
            findings.append(Finding(CONFIG_NAME, line, found))
        elif not _is_number(value, kinds[name]):
            what = "whole numbers" if kinds[name] is int else "numbers"
            found = f"{NAME}: {name}: found {value!r}, allowed {what} from 0; {_REMEDY}"
            findings.append(Finding(CONFIG_NAME, line, found))
        else:
            numbers[name] = kinds[name](value)
    return numbers


def _is_number(value: Any, kind: type) -> bool:
    is_number = isinstance(value, int if kind is int else (int, float))
    return is_number and not isinstance(value, bool) and value >= 0


def _ignored(values: Any, node: yaml.Node | None, findings: list[Finding]) -> list[Ignored]:
    allowed = "allowed a list of entries, each with `url:` and `reason:`"
    if not isinstance(values, list) or not isinstance(node, yaml.SequenceNode | None):
        line = None if node is None else node.start_mark.line + 1
        found = f"{NAME}: ignore: found {values!r}, {allowed}; {_REMEDY}"
        findings.append(Finding(CONFIG_NAME, line, found))
        return []
    ignored = []
    for value, item in zip(values, node.value if node else (), strict=True):
        line = item.start_mark.line + 1
        parts = value if isinstance(value, dict) else {}
        url, reason = parts.get("url"), parts.get("reason")
        if not isinstance(url, str) or not url.strip() or set(parts) - {"url", "reason"}:
            found = f"{NAME}: ignore: found {value!r}, {allowed}; {_REMEDY}"
            findings.append(Finding(CONFIG_NAME, line, found))
        elif not isinstance(reason, str) or not reason.strip():
            found = (
                f"{NAME}: ignore: {url} is ignored without a reason; "
                "add `reason:` and say why it cannot be checked"
            )
            findings.append(Finding(CONFIG_NAME, line, found))
        else:
            ignored.append(Ignored(url, reason, line))
    return ignored


def _find_node(node: yaml.Node | None, name: str) -> yaml.Node | None:
    for step in ("sphinx", "config", name):
        node = _child(node, step)
    return node


def _child(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)
