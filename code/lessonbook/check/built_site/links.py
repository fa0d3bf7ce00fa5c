"""The rule about links inside the site."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from lessonbook.check.addresses import is_foreign, resolve_address
from lessonbook.check.built_site.examples import site_page
from lessonbook.check.rule import SiteRule, register
from lessonbook.check.site import Site, SitePage
from lessonbook.findings import Finding


@register
class BrokenSiteLink(SiteRule):
    """Link inside the site that leads nowhere."""

    id = "LB085"
    why = "Readers land on an error page, or at the top of one instead of where they were sent."
    bad = site_page('<a href="absent.html">The setup</a>', line=10)
    good = site_page('<a href="#data">The data</a>\n<p id="data">28</p>')

    def check(self, site: Site) -> Iterator[Finding]:
        """Follow each link and each resource."""
        for page in site.pages.values():
            for address in (*page.links, *page.resources):
                trouble = self._trouble(site, page, address.target, address.tag)
                if trouble:
                    message = f"found {address.target!r}, {trouble}; correct what it is made from."
                    yield self.finding(site.place(page.path), address.line, message)

    def _trouble(self, site: Site, page: SitePage, target: str, tag: str) -> str:
        if is_foreign(target):
            return ""
        path, _, anchor = target.partition("#")
        name = resolve_address(page, unquote(path.partition("?")[0]))
        if name.startswith("../"):
            return "which leads out of the site"
        if name.endswith("/") or name in ("", "."):
            name = f"{name.strip('/.')}/index.html".lstrip("/")
        if name not in site.files:
            return "which the site does not have"
        other = site.pages.get(name)
        anchor = unquote(anchor)
        if tag != "a" or other is None or anchor in ("", "top") or anchor in other.anchors:
            return ""
        return f"and {name} has no {anchor!r}"
