"""The list of pages that search engines ask for."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path

SITEMAP_NAME = "sitemap.xml"

_CANONICAL = re.compile(r'<link rel="canonical" href="(?P<url>https?://[^"]+)"')
_NOT_LISTED = frozenset({"404.html", "search.html", "genindex.html"})


def write_sitemap(folder: Path, pages: Iterable[Path]) -> bool:
    """Write a site map, where the pages say at which address they are published.

    Parameters
    ----------
    folder : pathlib.Path
        The site.
    pages : iterable of pathlib.Path
        Pages to list, apart from those that list others.

    Returns
    -------
    bool
        Whether there is one: a site map needs whole addresses, which pages have only if the
        course sets ``html: baseurl:`` in ``_config.yml``.
    """
    found = (
        _CANONICAL.search(page.read_text(encoding="utf8").partition("</head>")[0])
        for page in pages
        if page.relative_to(folder).as_posix() not in _NOT_LISTED
    )
    addresses = [html.unescape(match["url"]) for match in found if match is not None]
    if not addresses:
        return False
    entries = "".join(f"<url><loc>{html.escape(one)}</loc></url>\n" for one in sorted(addresses))
    (folder / SITEMAP_NAME).write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
        encoding="utf8",
    )
    return True
