"""The part of the configuration that is Jupyter Book's, checked against its own schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lessonbook.markup import Problem
from lessonbook.source.yaml_text import YamlMapping

_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "null": "nothing",
    "number": "a number",
    "object": "settings of the form `name: value`",
    "string": "text",
}
_OF_REPOSITORY = ("use_repository_button", "use_edit_page_button", "use_issues_button")


def check_book_settings(config: YamlMapping) -> Iterator[Problem]:
    """Find settings that Jupyter Book does not take, or that lack another which they need.

    Parameters
    ----------
    config : YamlMapping
        The configuration.

    Yields
    ------
    Problem
    """
    import jsonschema  # it takes a tenth of a second

    validator = jsonschema.Draft7Validator(_schema())
    for error in validator.iter_errors(_without_blanks(config.values)):
        way = tuple(part for part in error.absolute_path if isinstance(part, str))
        yield wrong_value(config, way, error.instance, _allowed(error.schema))
    html, repository = (_mapping(config.values.get(name)) for name in ("html", "repository"))
    for name in _OF_REPOSITORY:
        if html.get(name) is True and not repository.get("url"):
            message = (
                f"{name}: found true without the address of a repository; write it below "
                "`repository:` as `url: …`, or take this setting out."
            )
            yield Problem("config", config.line_of("html", name), message)


def wrong_value(config: YamlMapping, way: tuple[str, ...], value: Any, allowed: str) -> Problem:
    """Say what was found and what is allowed.

    Parameters
    ----------
    config : YamlMapping
        The configuration.
    way : tuple of str
        Keys from the outermost to the setting.
    value : object
        What it has.
    allowed : str

    Returns
    -------
    Problem
    """
    found = repr(value) if len(repr(value)) < 60 else f"a value of type {type(value).__name__}"
    message = f"{way[-1]}: found {found}, allowed {allowed}; correct it."
    return Problem("config", config.line_of(*way), message)


@cache
def _schema() -> dict[str, Any]:
    spec = find_spec("jupyter_book")  # found, not imported, because Sphinx would come with it
    assert spec is not None and spec.origin is not None
    text = Path(spec.origin).with_name("config_schema.json").read_text(encoding="utf8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _without_blanks(value: Any) -> Any:
    """Leave out names without a value, which leave a setting as it is."""
    if not isinstance(value, Mapping):
        return value
    return {str(name): _without_blanks(part) for name, part in value.items() if part is not None}


def _allowed(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(json.dumps(choice) for choice in schema["enum"])
    if "minimum" in schema:
        return f"a number from {schema['minimum']}"
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join(_TYPES[kind] for kind in kinds if kind != "null")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
