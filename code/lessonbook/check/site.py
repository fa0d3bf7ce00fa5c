"""A built site as a browser would get it, read without building anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

from lessonbook.course import Course
from lessonbook.kept import Kept
from lessonbook.settings import Settings
from lessonbook.site.parts import split_page

PAGE_SUFFIX = ".html"
INSTRUCTOR_FOLDER = "instructor"

_RESOURCES = {
    "script": ("src",),
    "img": ("src",),
    "iframe": ("src",),
    "embed": ("src",),
    "audio": ("src",),
    "video": ("src", "poster"),
    "source": ("src",),
    "track": ("src",),
    "input": ("src",),
    "object": ("data",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
    "body": ("background",),
    "frame": ("src",),
}
_LINK_KINDS_TEXT = """
    stylesheet preload prefetch modulepreload icon apple-touch-icon mask-icon manifest
    preconnect dns-prefetch prerender
"""
_LINK_KINDS = frozenset(_LINK_KINDS_TEXT.split())
_CSS_ADDRESS = re.compile(
    r"""url\(\s*(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|(?P<c>[^)"'\s]*))\s*\)"""
    r"""|@import\s+(?:"(?P<d>[^"]*)"|'(?P<e>[^']*)')""",
    re.IGNORECASE,
)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SKIPPED = frozenset({"script", "style", "template", "noscript"})
_VOID_TEXT = """
    area base br col embed hr img input link meta source track wbr
"""
_VOID = frozenset(_VOID_TEXT.split())


@dataclass(frozen=True)
class Address:
    """An address on a page: of what, and on which line."""

    target: str
    tag: str
    line: int

    def moved(self, lines: int) -> Address:
        """Return the same address that many lines further down."""
        return replace(self, line=self.line + lines) if lines else self


@dataclass
class SitePage:
    """A page of the site.

    Attributes
    ----------
    path : str
        From the site's folder.
    resources : list of Address
        What the browser loads with the page.
    links : list of Address
        Where readers can go from it.
    ids : list of (str, int)
        In document order, with lines.
    scripts : list of (str, int)
        Text of each inline script.
    lines : int
        How often a line ends on it.
    """

    path: str
    language: str = ""
    title: str = ""
    description: str = ""
    base: str = ""
    is_redirect: bool = False
    resources: list[Address] = field(default_factory=list)
    links: list[Address] = field(default_factory=list)
    ids: list[tuple[str, int]] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    scripts: list[tuple[str, int]] = field(default_factory=list)
    text: str = ""
    lines: int = 0


class Site:
    """A built site.

    Parameters
    ----------
    folder : pathlib.Path
        The learners' site; the instructors' pages may lie in it under ``instructor``.
    name : str
        What to call the folder in findings.
    course : Course, optional
        What it was built from.
    settings : Settings, optional
        By default the course's.
    kept : Kept, optional
        What an earlier check of the same pages has found out.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        course: Course | None = None,
        settings: Settings | None = None,
        kept: Kept | None = None,
    ) -> None:
        self.kept = kept or Kept()
        self.folder = folder
        self.name = name
        self.course = course
        self.settings = settings or (course.settings if course else Settings())
        self.files = _find_files(folder)
        self.pages = read_pages(self.files, self.kept)

    def place(self, path: str) -> str:
        """Return a file of the site as findings name it."""
        return f"{self.name}/{path}"

    def texts(self, *suffixes: str) -> Iterator[tuple[str, str]]:
        """Go through the text files with such suffixes, with their content."""
        for name, path in self.files.items():
            if name.endswith(suffixes):
                yield name, path.read_text(encoding="utf8", errors="replace")


def prepare_check(site: Path, pages: Iterable[Path], kept: Kept) -> None:
    """Read pages of a site before it is checked.

    Parameters
    ----------
    site : pathlib.Path
        The site.
    pages : iterable of pathlib.Path
        Some of its pages.
    kept : Kept
        Where the check will find them.
    """
    read_pages({path.relative_to(site).as_posix(): path for path in pages}, kept)


def read_pages(files: Mapping[str, Path], kept: Kept) -> dict[str, SitePage]:
    """Read those files that are pages.

    Parameters
    ----------
    files : mapping of str to pathlib.Path
        By path from the site's folder.
    kept : Kept
        Pages that were read before.

    Returns
    -------
    dict of str to SitePage
        By the same path.
    """
    pages = {}
    for name, path in files.items():
        if name.endswith(PAGE_SUFFIX) and "_static/" not in name:
            text = path.read_text(encoding="utf8", errors="replace")
            parts = [kept.get("page", part, partial(read_page, part)) for part in split_page(text)]
            pages[name] = _join(name, parts)
    return pages


def _join(name: str, parts: Sequence[SitePage]) -> SitePage:
    """Make one page of its parts, each with the lines that it would have by itself."""
    page = SitePage(name)
    lines = 0
    for part in parts:
        page.language = page.language or part.language
        page.title += part.title
        page.description = page.description or part.description
        page.base = page.base or part.base
        page.is_redirect |= part.is_redirect
        page.resources += [one.moved(lines) for one in part.resources]
        page.links += [one.moved(lines) for one in part.links]
        page.ids += [(name, line + lines) for name, line in part.ids]
        page.anchors |= part.anchors
        page.scripts += [(text, line + lines) for text, line in part.scripts]
        page.text += part.text
        lines += part.lines
    return page


def _find_files(folder: Path) -> dict[str, Path]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in files}


def read_page(text: str) -> SitePage:
    """Read a page of HTML, or a part of one.

    Parameters
    ----------
    text : str
        The HTML.

    Returns
    -------
    SitePage
        Without its path.
    """
    reader = _PageReader()
    reader.feed(text)
    reader.close()
    reader.page.title = " ".join(reader.page.title.split())
    reader.page.text = "".join(reader.text)
    reader.page.lines = text.count("\n")
    return reader.page


class _PageReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = SitePage("")
        self.text: list[str] = []
        self.open: list[str] = []
        self.svg_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        line = self.getpos()[0]
        self.svg_depth += tag == "svg"
        if tag not in _VOID:
            self.open.append(tag)
        if values.get("id"):
            self.page.ids.append((values["id"], line))
            self.page.anchors.add(values["id"])
        if tag == "a":
            self._read_anchor(values, line)
        elif tag == "html":
            self.page.language = values.get("lang", "").strip()
        elif tag == "meta":
            self._read_meta(values, line)
        elif tag == "link":
            self._read_link(values, line)
        elif tag == "base":
            self.page.base = values.get("href", "")
        for name in _RESOURCES.get(tag, ()):
            if values.get(name):
                self._add(values[name], tag, line)
        for candidate in values.get("srcset", values.get("imagesrcset", "")).split(","):
            if candidate.strip():
                self._add(candidate.split()[0], tag, line)
        for target in css_addresses(values.get("style", "")):
            self._add(target, "style", line)
        self.text.append(f" {values['alt']} " if values.get("alt") else " ")

    def handle_endtag(self, tag: str) -> None:
        self.svg_depth -= tag == "svg" and self.svg_depth > 0
        if tag in self.open[-60:]:
            while self.open.pop() != tag:
                pass
        self.text.append(" ")

    def handle_data(self, data: str) -> None:
        tag = self.open[-1] if self.open else ""
        if tag == "title" and not self.svg_depth:
            self.page.title += data
        elif tag == "style":
            for target in css_addresses(data):
                self._add(target, "style", self.getpos()[0])
        elif tag == "script":
            self.page.scripts.append((data, self.getpos()[0]))
        if tag not in _SKIPPED:
            self.text.append(data)

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:  # <![…[ of a kind that HTML does not have; browsers skip it
            return self.parse_bogus_comment(i)

    def _add(self, target: str, tag: str, line: int) -> None:
        self.page.resources.append(Address(target.strip(), tag, line))

    def _read_anchor(self, values: dict[str, str], line: int) -> None:
        if "href" in values:
            self.page.links.append(Address(values["href"].strip(), "a", line))
        if values.get("name"):
            self.page.anchors.add(values["name"])

    def _read_meta(self, values: dict[str, str], line: int) -> None:
        if values.get("name", "").lower() == "description":
            self.page.description = values.get("content", "").strip()
        if values.get("http-equiv", "").lower() == "refresh":
            self.page.is_redirect = True
            _, _, target = values.get("content", "").partition("=")
            self.page.links.append(Address(target.strip(" '\""), "meta", line))

    def _read_link(self, values: dict[str, str], line: int) -> None:
        if set(values.get("rel", "").lower().split()) & _LINK_KINDS and values.get("href"):
            self._add(values["href"], "link", line)


def css_addresses(text: str) -> Iterator[str]:
    """Go through the addresses that a style sheet loads.

    Examples
    --------
    >>> list(css_addresses("a { background: url('x.png') } /* url(y.png) */ @import 'z.css';"))
    ['x.png', 'z.css']
    """
    for match in _CSS_ADDRESS.finditer(_CSS_COMMENT.sub(" ", text)):
        target = next((group for group in match.groups() if group), "")
        if target:
            yield target
