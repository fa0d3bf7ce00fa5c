"""The rule about other hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from lessonbook.check.addresses import is_remote
from lessonbook.check.built_site.examples import site_page
from lessonbook.check.rule import SiteRule, register
from lessonbook.check.site import Site, css_addresses
from lessonbook.findings import Finding

_TEXT = r"""["'`](?P<target>(?:https?:|wss?:)?//[^"'`\s]+)["'`]"""
_SCRIPT_REQUESTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\bfetch\s*\(\s*{_TEXT}",
        rf"\bimport\s*\(\s*{_TEXT}",
        rf"\bimport\s+(?:[\w*{{}}\s,$]+\s+from\s+)?{_TEXT}",
        rf"\bimportScripts\s*\(\s*{_TEXT}",
        rf"\.open\s*\(\s*[\"'`](?:GET|POST|HEAD|PUT)[\"'`]\s*,\s*{_TEXT}",
        rf"\bnew\s+(?:WebSocket|EventSource|Worker|SharedWorker)\s*\(\s*{_TEXT}",
        rf"\bsendBeacon\s*\(\s*{_TEXT}",
        rf"\.src\s*=\s*{_TEXT}",
        rf"\bloadScript\s*\(\s*{_TEXT}",
    )
)


@register
class OtherHost(SiteRule):
    """Request to another host."""

    id = "LB081"
    why = (
        "The page then works only online and only as long as that host does, and tells it who "
        "reads what. Links that readers follow are not meant."
    )
    bad = site_page('<script src="https://cdn.example.org/x.js"></script>', line=10)
    good = site_page(
        '<script src="x.js"></script>', files={"_build/html/x.js": "let shown = true;\n"}
    )

    def check(self, site: Site) -> Iterator[Finding]:
        """Look at what pages, style sheets and scripts load."""
        for page in site.pages.values():
            for address in page.resources:
                if is_remote(address.target):
                    yield self._report(site, page.path, address.line, address.target)
            for script, line in page.scripts:
                yield from self._check_script(site, page.path, script, line)
        for name, text in site.texts(".css"):
            for target in css_addresses(text):
                if is_remote(target):
                    yield self._report(site, name, _line_of(text, target), target)
        for name, text in site.texts(".js", ".mjs"):
            yield from self._check_script(site, name, text, 1)

    def _check_script(self, site: Site, name: str, text: str, first_line: int) -> Iterator[Finding]:
        for line, target in site.kept.get("requests", text, partial(_find_requests, text)):
            yield self._report(site, name, first_line + line, target)

    def _report(self, site: Site, name: str, line: int, target: str) -> Finding:
        message = (
            f"found a request to another host, {target[:100]}; put a copy of the file into the "
            "course, or switch off what asks for it."
        )
        return self.finding(site.place(name), line, message)


def _find_requests(script: str) -> list[tuple[int, str]]:
    """Return what a script asks other hosts for, each with its line from 0."""
    return [
        (script.count("\n", 0, match.start()), match["target"])
        for pattern in _SCRIPT_REQUESTS
        for match in pattern.finditer(script)
    ]


def _line_of(text: str, target: str) -> int:
    return text.count("\n", 0, max(0, text.find(target))) + 1
