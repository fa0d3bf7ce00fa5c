"""A block's content, taken apart into its options and its body as MyST-Parser does it."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field

from lessonbook.markup import Option, Problem
from lessonbook.source.yaml_text import YamlError, YamlMapping, read_mapping

_YAML_END = re.compile(r"^-{3,}")
_OPTION = re.compile(r"^\s*:(?P<name>[^:\s][^:]*):(?:\s+(?P<value>.*?))?\s*$")


@dataclass
class Content:
    """Options and body of a block.

    Attributes
    ----------
    option_text : str
        The options as YAML.
    option_line : int
        Its first line.
    body : list of str
        Lines of the body.
    body_line : int
        Its first line.
    trapped_line : int
        Line of a block that MyST-Parser takes for an option; 0 if there is none.
    """

    option_text: str = ""
    option_line: int = 0
    body: list[str] = field(default_factory=list)
    body_line: int = 0
    trapped_line: int = 0


def split_content(content: str, line: int, is_colon_fence: bool) -> Content:
    """Take a block's content apart.

    Parameters
    ----------
    content : str
        What stands between the fences.
    line : int
        Line of the opening fence.
    is_colon_fence : bool
        Whether the fence is one of colons.

    Returns
    -------
    Content
    """
    lines = content.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    if content.startswith("---"):
        end = next((i for i, text in enumerate(lines) if i and _YAML_END.match(text)), len(lines))
        yaml_text = textwrap.dedent("\n".join(lines[1:end]))
        return Content(yaml_text, line + 2, lines[end + 1 :], line + 2 + end)
    if is_colon_fence and content.startswith(":::"):
        return Content(body=lines, body_line=line + 1)
    count = trapped = 0
    for text in lines:
        if not text.lstrip().startswith(":"):
            break
        if text.lstrip().startswith(":::"):
            trapped = line + 1 + count
            break
        count += 1
    yaml_text = "\n".join(text.lstrip()[1:] for text in lines[:count])
    return Content(yaml_text, line + 1, lines[count:], line + 1 + count, trapped)


def read_cell_options(content: Content) -> tuple[YamlMapping, list[Problem]]:
    """Read the options of a code cell, which are YAML."""
    try:
        return read_mapping(content.option_text, content.option_line), []
    except YamlError as error:
        message = f"the options of this code-cell are not YAML: {error}; correct them."
        return YamlMapping(), [Problem("options", error.line, message)]


def read_options(content: Content, name: str) -> tuple[tuple[Option, ...], list[Problem]]:
    """Read the options of another block, which are lines of text.

    Parameters
    ----------
    content : Content
        Of the block.
    name : str
        The block's name, for messages.

    Returns
    -------
    options : tuple of Option
    problems : list of Problem
    """
    options: list[Option] = []
    problems: list[Problem] = []
    for number, text in enumerate(content.option_text.split("\n"), content.option_line):
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        match = _OPTION.match(f":{text}") if text[0] not in " \t" else None
        if match:
            name_of_option = match["name"].strip()
            if any(option.name == name_of_option for option in options):
                message = f"{name}: found the option {name_of_option!r} twice; remove one."
                problems.append(Problem("options", number, message))
            value = (match["value"] or "").strip()
            options.append(Option(name_of_option, value.strip("\"'"), number))
        elif options and text[0] in " \t":
            last = options.pop()
            options.append(Option(last.name, f"{last.value} {text.strip()}".strip(), last.line))
        else:
            message = (
                f"found {text.strip()!r} where {name} has its options, allowed `:name: value`; "
                "correct it, or leave a blank line before the text."
            )
            problems.append(Problem("options", number, message))
    return tuple(options), problems
