"""What the pages of a site have, and what their scripts may add, that a style sheet may ask for."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from lessonbook.site.tags import rewrite_tags

_ANY = re.compile("")
_NAME = re.compile(r"[A-Za-z_][\w-]*")
USED_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
"""Where a custom property is used."""

_SKIPPED_TAG = re.compile(r"<(script|style|textarea|title)\b")
_APART = r"""\s"'()<>=/?#,"""
# a name begins behind what sets it apart: tried at every letter, a long word takes for ever
_FILE = re.compile(rf"(?<![^{_APART}])[^{_APART}]+\.(?:css|js|svg|png|ttf|woff2?|eot)\b")
_CAPITAL = re.compile(r"[A-Z]")
_ALWAYS = ("html", "body", "head")

Element = tuple[str, ...]
"""Name of an element, and its classes in alphabetical order."""


@dataclass
class Vocabulary:
    """What the pages of a site have that a rule may ask for.

    Attributes
    ----------
    elements : set of tuple of str
        Names of elements, each with its classes.
    ids, attributes : set of str
        On any page.
    words : set of str
        What scripts say in quotes: names, classes and ids of what they may make or change.
    properties : set of str
        Attributes that scripts may set.
    variables : set of str
        Custom properties that pages and scripts use by themselves.
    files : set of str
        Whatever looks like the name of a file that pages load.
    """

    elements: set[Element] = field(default_factory=lambda: {(name,) for name in _ALWAYS})
    ids: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def add(self, other: Vocabulary) -> None:
        """Note what another vocabulary has."""
        self.elements |= other.elements
        self.ids |= other.ids
        self.attributes |= other.attributes
        self.words |= other.words
        self.properties |= other.properties
        self.variables |= other.variables
        self.files |= other.files

    def add_page(self, text: str) -> None:
        """Note what stands on a page."""

        def note(name: str, attributes: dict[str, str | None]) -> bool:
            self.elements.add((name, *sorted(set((attributes.get("class") or "").split()))))
            self.attributes.update(attributes)
            if attributes.get("id"):
                self.ids.add(str(attributes["id"]))
            return False

        rewrite_tags(text, note, _ANY)
        self.elements.update((name,) for name in _SKIPPED_TAG.findall(text))
        self.variables.update(USED_VARIABLE.findall(text))
        self.files.update(unquote(html.unescape(name)) for name in _FILE.findall(text))

    def add_script(self, text: str) -> None:
        """Note the words that a script has in quotes, and the attributes that it may set."""
        for quoted in _find_quoted(text):
            self.words.update(_NAME.findall(quoted))
        names = set(_NAME.findall(text))
        self.properties |= {name.lower() for name in names}
        self.properties |= {f"data-{_CAPITAL.sub(_hyphenate, name)}" for name in names}
        self.variables.update(re.findall(r"--[\w-]+", text))

    def __str__(self) -> str:
        elements = sorted(map(" ".join, self.elements))
        parts = (self.ids, self.attributes, self.words, self.properties, self.variables)
        return "\n".join([*elements, *(" ".join(sorted(part)) for part in parts)])


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


def _hyphenate(capital: re.Match[str]) -> str:
    return f"-{capital[0].lower()}"


def _find_quoted(script: str) -> Iterable[str]:
    # not imported by a build whose scripts are those of the last
    from pygments.lexers.javascript import JavascriptLexer
    from pygments.token import String

    for kind, text in JavascriptLexer().get_tokens(script):
        if kind in String:
            yield text
