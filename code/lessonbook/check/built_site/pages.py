"""Rules about each page by itself."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from lessonbook.check.addresses import is_foreign, resolve_address
from lessonbook.check.built_site.examples import site_page
from lessonbook.check.rule import SiteRule, register
from lessonbook.check.site import INSTRUCTOR_FOLDER, PAGE_SUFFIX, Site, SitePage
from lessonbook.findings import Finding

_MADE_BY_SPHINX = frozenset({"genindex.html", "search.html", "py-modindex.html", "404.html"})


@register
class DuplicateId(SiteRule):
    """Same id twice on a page."""

    id = "LB082"
    why = (
        "A link to it leads to the first only, and labels and descriptions go to the wrong element."
    )
    bad = site_page('<p id="data">One.</p>\n<p id="data">Two.</p>', line=11)
    good = site_page('<p id="data">One.</p>\n<p id="more-data">Two.</p>')

    def check(self, site: Site) -> Iterator[Finding]:
        """Compare the ids of each page."""
        for page in site.pages.values():
            seen: dict[str, int] = {}
            for name, line in page.ids:
                if name in seen:
                    message = (
                        f"found the id {name!r} again, as in line {seen[name]}; give the blocks "
                        "or headings labels of their own."
                    )
                    yield self.finding(site.place(page.path), line, message)
                seen.setdefault(name, line)


@register
class UnnamedPage(SiteRule):
    """Page without title, description or language."""

    id = "LB083"
    why = (
        "Search engines show the title and the description, browsers the title, and a screen "
        "reader chooses its voice by the language."
    )
    bad = site_page("<p>Text.</p>", line=1, description="")
    good = site_page("<p>Text.</p>")

    def check(self, site: Site) -> Iterator[Finding]:
        """Look at the head of each page."""
        for page in site.pages.values():
            missing = [name for name, value in self._named(page) if not value]
            if missing and not page.is_redirect:
                message = (
                    f"the page has no {' and no '.join(missing)}; give the episode a title and a "
                    "description in its front matter, and the course `language:` under "
                    "sphinx: config: in _config.yml."
                )
                yield self.finding(site.place(page.path), 1, message)

    def _named(self, page: SitePage) -> list[tuple[str, str]]:
        named = [("title", page.title), ("language", page.language)]
        if page.path.rpartition("/")[2] not in _MADE_BY_SPHINX:
            named.append(("description", page.description))
        return named


@register
class HeavyPage(SiteRule):
    """Page over its weight budget."""

    id = "LB084"
    why = (
        "Readers with a slow line wait for it. Counted are the page itself and the scripts, style "
        "sheets and images that it loads from the site; the setting `lesson_page_weight` is the "
        "number of bytes allowed, and `lesson_page_weights` names the pages that may have more."
    )
    bad = site_page(f"<p>{'Text. ' * 300_000}</p>", line=1)
    good = site_page("<p>Text.</p>")

    def check(self, site: Site) -> Iterator[Finding]:
        """Add up the sizes."""
        for page in site.pages.values():
            allowed = self._allowed(site, page)
            parts = {page.path, *self._parts(site, page)}
            sizes = {name: site.files[name].stat().st_size for name in parts if name in site.files}
            weight = sum(sizes.values())
            if weight > allowed:
                heaviest = max(sizes, key=lambda name: sizes[name])
                message = (
                    f"the page weighs {weight / 1e6:.2f} MB, allowed are {allowed / 1e6:.2f}; most "
                    f"of it is {heaviest} ({sizes[heaviest] / 1e6:.2f} MB): make it smaller, or "
                    "split the page."
                )
                yield self.finding(site.place(page.path), 1, message)

    def _allowed(self, site: Site, page: SitePage) -> int:
        name = page.path.removeprefix(f"{INSTRUCTOR_FOLDER}/").removesuffix(PAGE_SUFFIX)
        return site.settings.page_weights.get(name, site.settings.page_weight)

    def _parts(self, site: Site, page: SitePage) -> Iterator[str]:
        for address in page.resources:
            if not is_foreign(address.target):
                target, _, _ = address.target.partition("#")
                yield resolve_address(page, unquote(target.partition("?")[0]))
