"""What a course adds to commands that know nothing of its subject: functions named in its settings.

A hook is ``module:function``. The module may be installed, or stand in the course's folder.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from lessonbook.findings import Finding, LessonbookError
from lessonbook.lesson_config import lesson_setting
from lessonbook.project import CONFIG_NAME

Hook = Callable[..., Any]


def load_hooks(root: Path, config: Mapping[str, Any], setting: str) -> dict[str, Hook]:
    """Import the functions that a setting names.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    config : mapping
        What ``_config.yml`` holds.
    setting : str
        The setting, for example ``lesson_doctor``.

    Returns
    -------
    dict of str to callable
        By the name in the settings, in their order.

    Raises
    ------
    LessonbookError
        With every name that leads to no function.
    """
    names = lesson_setting(config, setting)
    if names is None:
        return {}
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _error(setting, repr(names), "a list of names of the form module:function")
    hooks: dict[str, Hook] = {}
    findings: list[Finding] = []
    for name in names:
        try:
            hooks[name] = _import(root, name)
        except LookupError as error:
            findings += _error(setting, name, str(error)).findings
    if findings:
        raise LessonbookError(*findings)
    return hooks


def _import(root: Path, name: str) -> Hook:
    module, _, function = name.partition(":")
    if not module or not function.isidentifier():
        raise LookupError("a name of the form module:function")
    if str(root) not in sys.path:
        sys.path.append(str(root))
    try:
        hook = getattr(import_module(module), function, None)
    except Exception as error:  # a module of the course's authors may fail in any way
        reason = f"{type(error).__name__}: {error}"
        raise LookupError(f"a module that can be imported (it said {reason})") from error
    if not callable(hook):
        raise LookupError(f"a function of {module}, which has no {function}")
    return hook  # type: ignore[no-any-return]


def _error(setting: str, found: str, allowed: str) -> LessonbookError:
    return LessonbookError(
        Finding(CONFIG_NAME, None, f"{setting}: found {found}, allowed {allowed}; correct it")
    )
