"""Every link of a course that leads to another site, with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urldefrag, urlsplit

from lessonbook.course import Course
from lessonbook.lesson_config import lesson_setting
from lessonbook.project import CONFIG_NAME

RESERVED = ("example.com", "example.net", "example.org", "localhost")
"""Hosts that stand for any other, or for the reader's own machine."""

_ADDRESS = r"https?://[^\s\"'<>{}\\]+"
_IN_TEXT = re.compile(r"https?://[^\s\"'<>{}\\`()\[\]]+")
_IN_HTML = re.compile(rf"(?:href|src)\s*=\s*[\"']({_ADDRESS})", re.IGNORECASE)
_IN_BIBLIOGRAPHY = re.compile(
    rf"^\s*doi\s*=\s*[{{\"](?P<doi>[^}}\"]+)|(?P<url>{_ADDRESS})", re.IGNORECASE
)


@dataclass(frozen=True)
class Link:
    """A link to another site.

    Parameters
    ----------
    url : str
        The address as it is asked for.
    file : str
        Path from the course's folder.
    line : int
        1-based.
    """

    url: str
    file: str
    line: int

    @property
    def page(self) -> str:
        """The address without its fragment."""
        return urldefrag(self.url).url

    @property
    def host(self) -> str:
        """The server's name, lower case; empty where the address has none."""
        try:
            return urlsplit(self.url).netloc.rpartition("@")[2].lower()
        except ValueError:
            return ""


def collect_links(course: Course, config: Mapping[str, Any]) -> list[Link]:
    """Find the external links of a course.

    Parameters
    ----------
    course : Course
        The course as its authors wrote it.
    config : mapping
        What ``_config.yml`` holds.

    Returns
    -------
    list of Link
        Of the pages in their order, with the images that they fetch, then of the bibliographies
        and the configuration.
    """
    found: list[Link] = []
    for page in course.pages:
        links = [Link(link.target, page.path, link.line) for link in page.links]
        links += [Link(image.target, page.path, image.line) for image in page.images]
        found += sorted(links, key=lambda link: link.line)
        if not page.path.endswith(".md"):
            found += _in_other_text(course, page.path)
    found += (link for name in _bibliographies(config) for link in _in_bibliography(course, name))
    found += _in_configuration(course.root)
    return [link for link in found if _is_external(link)]


def _is_external(link: Link) -> bool:
    if not link.url.lower().startswith(("http:", "https:")):
        return False
    name = link.host.partition(":")[0]
    return not any(name == host or name.endswith(f".{host}") for host in RESERVED)


def _bibliographies(config: Mapping[str, Any]) -> list[str]:
    names = config.get("bibtex_bibfiles") or lesson_setting(config, "bibtex_bibfiles")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _in_bibliography(course: Course, name: str) -> Iterator[Link]:
    try:
        text = (course.root / name).read_text(encoding="utf8", errors="replace")
    except OSError:
        return  # a bibliography that is missing is the build's to report
    for number, line in enumerate(text.splitlines(), 1):
        for match in _IN_BIBLIOGRAPHY.finditer(line):
            if match["doi"]:
                yield Link(f"https://doi.org/{quote(match['doi'], safe='/:;()')}", name, number)
            else:
                yield Link(match["url"].rstrip(".,;"), name, number)


def _in_other_text(course: Course, name: str) -> Iterator[Link]:
    """The addresses of a page that is not Markdown: a notebook, or reStructuredText."""
    text = (course.root / name).read_text(encoding="utf8", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        for match in _IN_TEXT.finditer(line):
            yield Link(match[0].rstrip(".,;:"), name, number)


def _in_configuration(root: Path) -> Iterator[Link]:
    text = (root / CONFIG_NAME).read_text(encoding="utf8", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        for match in _IN_HTML.finditer(line):
            yield Link(match[1], CONFIG_NAME, number)
