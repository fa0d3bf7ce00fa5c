"""The list of downloads on a page."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

_ARTICLE_END = "</article>"
_LIST = re.compile(r'<nav class="lesson-downloads".*?</nav>\n?', re.DOTALL)


@dataclass(frozen=True)
class Download:
    """A file that a page offers.

    Attributes
    ----------
    path : str
        From the site's folder.
    label : str
        What it is.
    size : int
        In bytes; 0 where it is not known yet.
    """

    path: str
    label: str
    size: int = 0


def add_links(text: str, page: str, downloads: Iterable[Download]) -> str:
    """Put a list of downloads at the end of a page's text.

    Parameters
    ----------
    text : str
        HTML of the whole page.
    page : str
        Path of the page from the site's folder.
    downloads : iterable of Download
        In the order in which they are listed.

    Returns
    -------
    str
        HTML; the page as it was where it has no article, or nothing to offer.

    Examples
    --------
    >>> text = "<article><p>28</p></article>"
    >>> print(add_links(text, "a/b.html", [Download("a/b.py", "Script", 2048)]))
    <article><p>28</p><nav class="lesson-downloads" aria-label="Downloads">
    <p class="lesson-downloads-title">Downloads</p>
    <ul>
    <li><a href="b.py" download>Script</a> (.py, 2 KB)</li>
    </ul>
    </nav>
    </article>
    """
    before, end, after = text.rpartition(_ARTICLE_END)
    items = "".join(_item(page, download) for download in downloads)
    if not end or not items:
        return text
    block = (
        '<nav class="lesson-downloads" aria-label="Downloads">\n'
        f'<p class="lesson-downloads-title">Downloads</p>\n<ul>\n{items}</ul>\n</nav>\n'
    )
    return f"{before}{block}{end}{after}"


def remove_links(text: str) -> str:
    """Return a page without its list of downloads."""
    return _LIST.sub("", text)


def _item(page: str, download: Download) -> str:
    href = html.escape(posixpath.relpath(download.path, posixpath.dirname(page) or "."))
    kind = posixpath.splitext(download.path)[1]
    size = f", {_format_size(download.size)}" if download.size else ""
    label = html.escape(download.label)
    return f'<li><a href="{href}" download>{label}</a> ({kind}{size})</li>\n'


def _format_size(size: int) -> str:
    """Say how large a file is.

    Examples
    --------
    >>> _format_size(900), _format_size(2_345_678)
    ('1 KB', '2.2 MB')
    """
    if size < 1_000_000:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024**2:.1f} MB"
