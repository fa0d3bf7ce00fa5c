"""Rules about how a link is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lessonbook.check.rule import Example, PageRule, register
from lessonbook.check.structure.labels import role_target
from lessonbook.course import Course, Page
from lessonbook.findings import Finding
from lessonbook.source.names import nearest_name

_EMPTY_LIST = """
    here, this, click, click here, click on this, click this, follow this link, link, links,
    the link, this link, page, this page, the page, more, read more, see more, learn more,
    more info, more information, see here, see this, go, go here, url, website, this website, site,
    this site, web page, webpage, article, this article, document, this document, download, details,
    there, it
"""
_EMPTY_TEXTS = frozenset(text.strip() for text in _EMPTY_LIST.split(","))
_LINK_ROLES = ("ref", "doc", "download", "numref", "term")
_SCHEME = re.compile(r"^(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?P<rest>.*)$", re.DOTALL)
_NO_COLON = re.compile(r"^https?//", re.IGNORECASE)
_OWN_SCHEMES = frozenset({"inv", "path", "project"})
_LOCAL = re.compile(r"^(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[?::1\]?|.*\.local(?:host)?)$")
_BARE = re.compile(r"\bhttp://[^\s<>()]+")
_BRACKETS = re.compile(
    r"(?<![\w\]\\])\[(?P<text>[^\[\]\n]*[^\W\d_][^\[\]\n]*)\]\[(?P<target>[^\[\]\n]+)\]"
)
_REVERSED = re.compile(r"\((?P<text>[^()\n]+)\)\[(?P<target>(?:https?://|www\.)[^\[\]\n]+)\]")


@register
class EmptyLinkText(PageRule):
    """Link whose text does not say where it leads."""

    id = "LB041"
    why = (
        "Screen readers list the links of a page without the sentences around them; a list of "
        "«here» and «this» helps nobody."
    )
    bad = Example("# A page\n\nThe guide is [here](https://example.org/guide).\n", 3)
    good = Example("# A page\n\nRead [the guide](https://example.org/guide).\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look at the text of each link."""
        texts = [(link.text, link.target, link.line) for link in page.links if not link.is_auto]
        for role in page.roles:
            text, target = role_target(role.content)
            if role.name in _LINK_ROLES and text:
                texts.append((text, target, role.line))
        for text, target, line in texts:
            words = " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())
            is_blank = not text.strip() and _SCHEME.match(target) is not None
            if words in _EMPTY_TEXTS or is_blank:
                message = (
                    f"found the link text {text.strip()!r}; say where the link leads: "
                    "`read [the title](address)`."
                )
                yield self.finding(page.path, line, message)


@register
class UnknownProtocol(PageRule):
    """Link with an unknown protocol."""

    id = "LB042"
    why = "Browsers cannot follow it."
    bad = Example("# A page\n\nRead [the guide](htps://example.org/guide).\n", 3)
    good = Example("# A page\n\nRead [the guide](https://example.org/guide).\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look at what stands before the colon."""
        allowed = course.settings.url_schemes
        for target, line in _targets(page):
            if target.lower().startswith("data:image/"):
                continue
            message = self._trouble(target, allowed)
            if message:
                yield self.finding(page.path, line, message)

    def _trouble(self, target: str, allowed: frozenset[str]) -> str:
        if _NO_COLON.match(target):
            return f"found {target!r}, which lacks a colon; write {target.replace('//', '://', 1)}."
        match = _SCHEME.match(target)
        if match is None:
            return ""
        scheme = match["scheme"].lower()
        if scheme in _OWN_SCHEMES:
            return ""
        if scheme not in allowed:
            near = nearest_name(scheme, allowed)
            advice = f"write {near}:" if near else "correct it"
            listed = ", ".join(sorted(allowed))
            return f"found the protocol {scheme!r}, allowed {listed}; {advice}."
        if scheme in ("http", "https") and not match["rest"].startswith("//"):
            return f"found {target!r}, allowed {scheme}:// and the name of a host; correct it."
        return ""


@register
class PlainHttp(PageRule):
    """Link over plain http."""

    id = "LB043"
    why = (
        "What is sent over plain http can be read and changed on its way; nearly every site has "
        "https."
    )
    bad = Example("# A page\n\nRead [the guide](http://example.org/guide).\n", 3)
    good = Example("# A page\n\nRead [the guide](https://example.org/guide).\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look at links and images, and at addresses that become links."""
        found = _targets(page)
        if "linkify" in course.settings.extensions:
            found += [
                (match[0], prose.line_at(match.start()))
                for prose in page.prose
                for match in _BARE.finditer(prose.text)
            ]
        for target, line in dict.fromkeys(found):
            if target.lower().startswith("http://") and not _is_local(target):
                message = f"found {target!r}, which is not encrypted; write https://."
                yield self.finding(page.path, line, message)


@register
class BracketsForLink(PageRule):
    """Brackets where a link needs parentheses."""

    id = "LB046"
    why = "The page then shows the brackets, and there is no link."
    bad = Example("# A page\n\nRead [the guide][https://example.org/guide].\n", 3)
    good = Example("# A page\n\nRead [the guide](https://example.org/guide).\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Search the text for what did not become a link."""
        for prose in page.prose:
            for pattern in (_BRACKETS, _REVERSED):
                for match in pattern.finditer(prose.text):
                    text, target = match["text"], match["target"]
                    message = f"found {match[0]!r}, which is no link; write [{text}]({target})."
                    yield self.finding(page.path, prose.line_at(match.start()), message)


def _targets(page: Page) -> list[tuple[str, int]]:
    links = [(link.target, link.line) for link in page.links]
    return [*links, *((image.target, image.line) for image in page.images)]


def _is_local(target: str) -> bool:
    try:
        host = urlsplit(target).hostname or ""
    except ValueError:
        return False
    return bool(_LOCAL.match(host))
