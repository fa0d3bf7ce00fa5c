"""The style sheets of a site as one, without the rules that match nothing on it.

A theme styles everything that any site may have; a lesson needs a sixth of that. A rule is left out
only when no page has the name, the id or the attribute that it asks for, or an element with all the
classes that a part of it asks for, and no script of the site names them either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2

from lessonbook.site.selectors import Matcher, split_list
from lessonbook.site.vocabulary import USED_VARIABLE, Vocabulary

_GROUPS = frozenset({"media", "supports", "layer", "container"})
_SPACE = re.compile(r"\s+")


def shake(css: str, vocabulary: Vocabulary) -> str:
    """Leave out of a style sheet what matches nothing.

    Parameters
    ----------
    css : str
        Style sheets, one after the other.
    vocabulary : Vocabulary
        What the site has.

    Returns
    -------
    str
        The rest, without comments.

    Examples
    --------
    >>> site = Vocabulary()
    >>> site.add_page('<p class="a">A page.</p>')
    >>> shake("p.a, p.b { color: red } .b { color: blue } /* c */ a:hover { color: red }", site)
    'p.a{color:red}'
    """
    matcher = Matcher(vocabulary)
    rules = list(_keep_rules(tinycss2.parse_stylesheet(css, True, True), matcher))
    text = "\n".join(rules)
    while True:  # a property that only left-out rules used is in turn of no use
        used = set(USED_VARIABLE.findall(text)) | vocabulary.variables
        slimmer = _drop_variables(text, used)
        if slimmer == text:
            return _drop_unused_names(text)
        text = slimmer


def _keep_rules(rules: Iterable[Any], matcher: Matcher) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [s for s in split_list(rule.prelude) if matcher.may_match(s)]
            body = _tighten(_squeeze(tinycss2.serialize(rule.content))).rstrip("; ")
            if selectors and body:
                prelude = ",".join(_squeeze(tinycss2.serialize(one)) for one in selectors)
                yield f"{prelude}{{{body}}}"
        elif rule.type == "at-rule":
            yield from _keep_at_rule(rule, matcher)


def _keep_at_rule(rule: Any, matcher: Matcher) -> Iterator[str]:
    prelude = _squeeze(tinycss2.serialize(rule.prelude))
    name = rule.lower_at_keyword
    if name == "charset":
        return
    if rule.content is None:
        yield f"@{name} {prelude};"
    elif name in _GROUPS:
        inner = "\n".join(_keep_rules(tinycss2.parse_rule_list(rule.content, True, True), matcher))
        if inner:
            yield f"@{name} {prelude}{{{inner}}}"
    else:
        body = _tighten(_squeeze(_without_comments(rule.content)))
        yield f"@{name}{' ' if prelude else ''}{prelude}{{{body}}}"


def _without_comments(tokens: list[Any]) -> str:
    return str(tinycss2.serialize([token for token in tokens if token.type != "comment"]))


def _squeeze(text: str) -> str:
    return _SPACE.sub(" ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).strip()


# a property without a value is not empty but a space
_GAP = re.compile(
    r"""(?P<kept>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|url\([^)]*\))|(?P<sign>[;:,{}]) (?![;}]|$)"""
)


def _tighten(declarations: str) -> str:
    """Leave out the spaces behind signs, but not those in strings and addresses."""
    return _GAP.sub(lambda match: match["kept"] or match["sign"], declarations)


_DECLARED = re.compile(
    r"(?<=[{;])\s*(?P<name>--[\w-]+)\s*:(?:[^;{}\"']|\"[^\"]*\"|'[^']*')*(?:;|(?=\}))"
)
_EMPTY_RULE = re.compile(r"^[^{}@]*\{\s*;?\s*\}\n?", re.MULTILINE)


def _drop_variables(text: str, used: set[str]) -> str:
    slimmer = _DECLARED.sub(lambda m: m[0] if m["name"] in used else "", text)
    return _EMPTY_RULE.sub("", slimmer)


_FACE = re.compile(r"@font-face\{(?P<body>[^}]*)\}\n?")
_FAMILY = re.compile(r"font-family\s*:\s*[\"']?([^\"';}]+)")
_FRAMES = re.compile(r"@(?:-webkit-)?keyframes (?P<name>[\w-]+)\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}\n?")


def _drop_unused_names(text: str) -> str:
    """Leave out fonts and animations that no rule names."""
    rest = _FRAMES.sub("", _FACE.sub("", text))

    def is_used(name: str) -> bool:
        return re.search(rf"(?<![\w-]){re.escape(name.strip())}(?![\w-])", rest) is not None

    def keep_face(match: re.Match[str]) -> str:
        family = _FAMILY.search(match["body"])
        return match[0] if family is None or is_used(family[1]) else ""

    text = _FACE.sub(keep_face, text)
    return _FRAMES.sub(lambda match: match[0] if is_used(match["name"]) else "", text)
