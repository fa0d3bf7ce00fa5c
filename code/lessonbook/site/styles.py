"""The style sheets of a site as one, without the rules that match nothing on it.

A theme styles everything that any site may have; a lesson needs a sixth of that. A rule is left out
only when no page has the class, the id or the element that it asks for, and no script of the site
knows that class either.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import tinycss2

from lessonbook.site.tags import rewrite_tags

_ANY = re.compile("")
_NAME_IN_SCRIPT = re.compile(r"[A-Za-z_][\w-]*")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
_APART = r"""\s"'()<>=/?#,"""
# a name begins behind what sets it apart: tried at every letter, a long word takes for ever
_FILE = re.compile(rf"(?<![^{_APART}])[^{_APART}]+\.(?:css|js|svg|png|ttf|woff2?|eot)\b")
_GROUPS = frozenset({"media", "supports", "layer", "container"})
_SPACE = re.compile(r"\s+")
_ALWAYS = frozenset({"html", "body", "head", "root"})


@dataclass
class Vocabulary:
    """What the pages of a site have that a rule may ask for.

    Attributes
    ----------
    tags, classes, ids : set of str
        On any page, with what scripts may add.
    variables : set of str
        Custom properties that pages and scripts use by themselves.
    files : set of str
        Whatever looks like the name of a file that pages load.
    """

    tags: set[str] = field(default_factory=lambda: set(_ALWAYS))
    classes: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def add(self, other: Vocabulary) -> None:
        """Note what another vocabulary has."""
        self.tags |= other.tags
        self.classes |= other.classes
        self.ids |= other.ids
        self.variables |= other.variables
        self.files |= other.files

    def add_page(self, text: str) -> None:
        """Note what stands on a page."""

        def note(name: str, attributes: dict[str, str | None]) -> bool:
            self.tags.add(name)
            self.classes.update((attributes.get("class") or "").split())
            if attributes.get("id"):
                self.ids.add(str(attributes["id"]))
            return False

        rewrite_tags(text, note, _ANY)
        self.tags.update(re.findall(r"<(script|style|textarea|title)\b", text))
        self.variables.update(_VARIABLE.findall(text))
        self.files.update(unquote(html.unescape(name)) for name in _FILE.findall(text))

    def add_script(self, text: str) -> None:
        """Note every word of a script, as it may make an element of that name or class."""
        words = set(_NAME_IN_SCRIPT.findall(text))
        self.tags |= {word.lower() for word in words}
        self.classes |= words
        self.ids |= words
        self.variables.update(re.findall(r"--[\w-]+", text))

    def __str__(self) -> str:
        parts = (self.tags, self.classes, self.ids, self.variables)
        return "\n".join(" ".join(sorted(part)) for part in parts)

    def may_match(self, selector: list[Any]) -> bool:
        """Tell whether an element of the site may match a selector.

        What stands in brackets, and in functions such as ``:not()``, is not looked at.
        """
        return all(
            self._may_match(before, token)
            for before, token in zip([None, *selector], selector, strict=False)
        )

    def _may_match(self, before: Any, token: Any) -> bool:
        if token.type == "hash":
            return token.value in self.ids
        if token.type != "ident":
            return True
        sign = before.value if before is not None and before.type == "literal" else ""
        if sign == ".":
            return token.value in self.classes
        return sign == ":" or token.lower_value in self.tags


def page_vocabulary(text: str) -> Vocabulary:
    """Return what stands on one page of HTML."""
    vocabulary = Vocabulary()
    vocabulary.add_page(text)
    return vocabulary


def script_vocabulary(text: str) -> Vocabulary:
    """Return what one script may make."""
    vocabulary = Vocabulary()
    vocabulary.add_script(text)
    return vocabulary


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
    'p.a{color: red}'
    """
    rules = list(_keep_rules(tinycss2.parse_stylesheet(css, True, True), vocabulary))
    text = "\n".join(rules)
    while True:  # a property that only left-out rules used is in turn of no use
        used = set(_VARIABLE.findall(text)) | vocabulary.variables
        slimmer = _drop_variables(text, used)
        if slimmer == text:
            return _drop_unused_names(text)
        text = slimmer


def _keep_rules(rules: Iterable[Any], vocabulary: Vocabulary) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [s for s in _split(rule.prelude) if vocabulary.may_match(s)]
            body = _squeeze(tinycss2.serialize(rule.content)).rstrip("; ")
            if selectors and body:
                prelude = ",".join(_squeeze(tinycss2.serialize(one)) for one in selectors)
                yield f"{prelude}{{{body}}}"
        elif rule.type == "at-rule":
            yield from _keep_at_rule(rule, vocabulary)


def _keep_at_rule(rule: Any, vocabulary: Vocabulary) -> Iterator[str]:
    prelude = _squeeze(tinycss2.serialize(rule.prelude))
    name = rule.lower_at_keyword
    if name == "charset":
        return
    if rule.content is None:
        yield f"@{name} {prelude};"
    elif name in _GROUPS:
        inner = "\n".join(
            _keep_rules(tinycss2.parse_rule_list(rule.content, True, True), vocabulary)
        )
        if inner:
            yield f"@{name} {prelude}{{{inner}}}"
    else:
        body = _squeeze(_without_comments(rule.content))
        yield f"@{name}{' ' if prelude else ''}{prelude}{{{body}}}"


def _split(tokens: list[Any]) -> Iterator[list[Any]]:
    part: list[Any] = []
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            yield part
            part = []
        elif token.type != "comment" and (part or token.type != "whitespace"):
            part.append(token)
    yield part


def _without_comments(tokens: list[Any]) -> str:
    return str(tinycss2.serialize([token for token in tokens if token.type != "comment"]))


def _squeeze(text: str) -> str:
    return _SPACE.sub(" ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).strip()


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
