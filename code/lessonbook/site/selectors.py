"""Which selectors of a style sheet something on a site may match."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lessonbook.site.vocabulary import Vocabulary

_COMBINATORS = frozenset({">", "+", "~", "|"})
# what stands in these is matched by the element itself or, after a combinator, by one near it
_CHOICES = frozenset({"is", "where", "matches", "has", "-webkit-any", "-moz-any"})

Tokens = list[Any]


class Matcher:
    """Tells whether something on a site may match a selector.

    For each part between spaces and signs such as ``>`` there must be an element of a page that
    has all the classes; a script may have added those that it names. It may also have copied the
    classes of one element to another, so its name need not be that of the same element. How
    elements lie in each other, the values of attributes and what stands in ``:not()`` are not
    looked at.

    Parameters
    ----------
    vocabulary : Vocabulary
        What the site has. It must not change from then on.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = vocabulary.words
        self._tags = {element[0] for element in vocabulary.elements}
        self._tags |= {word.lower() for word in vocabulary.words}
        self._ids = vocabulary.ids | vocabulary.words
        self._attributes = vocabulary.attributes | vocabulary.properties
        self._with_class: dict[str, list[set[str]]] = {}
        for _, *classes in vocabulary.elements:
            for name in classes:
                self._with_class.setdefault(name, []).append(set(classes))

    def may_match(self, selector: Tokens) -> bool:
        """Tell whether an element may match one selector, given as its tokens."""
        return all(map(self._may_match_part, _split_parts(selector)))

    def _may_match_part(self, part: Tokens) -> bool:
        tag = ""
        classes: list[str] = []
        before = ""
        for token in part:
            if token.type == "ident" and before == ".":
                classes.append(token.value)
            elif token.type == "ident" and before != ":":
                tag = token.lower_value
            elif not self._may_match_token(token):
                return False
            before = token.value if token.type == "literal" else ""
        return self._has_element(tag, classes)

    def _may_match_token(self, token: Any) -> bool:
        if token.type == "hash":
            return token.value in self._ids
        if token.type == "[] block":
            names = [inner.lower_value for inner in token.content if inner.type == "ident"]
            return not names or names[0] in self._attributes
        if token.type == "function" and token.lower_name in _CHOICES:
            return any(map(self.may_match, split_list(token.arguments)))
        return True

    def _has_element(self, tag: str, classes: list[str]) -> bool:
        if tag and tag not in self._tags:
            return False
        fixed = set(classes) - self._words
        if not fixed:
            return True
        return any(fixed <= together for together in self._with_class.get(min(fixed), ()))


def split_list(tokens: Tokens) -> Iterator[Tokens]:
    """Split a list of selectors at its commas, without comments and the spaces before each."""
    part: Tokens = []
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            yield part
            part = []
        elif token.type != "comment" and (part or token.type != "whitespace"):
            part.append(token)
    yield part


def _split_parts(selector: Tokens) -> Iterator[Tokens]:
    part: Tokens = []
    for token in selector:
        if token.type == "whitespace" or (token.type == "literal" and token.value in _COMBINATORS):
            if part:
                yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part
