"""Addresses on the pages of a site."""

from __future__ import annotations

import posixpath
import re

from lessonbook.check.site import SitePage

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
_REMOTE = re.compile(r"^(?:(?:https?|wss?|ftp):)?//", re.IGNORECASE)


def is_remote(target: str) -> bool:
    """Tell whether an address is on another host.

    Examples
    --------
    >>> is_remote("//example.org/x.js"), is_remote("x.js"), is_remote("data:,x")
    (True, False, False)
    """
    return bool(_REMOTE.match(target.strip()))


def is_foreign(target: str) -> bool:
    """Tell whether an address is no file of the site."""
    return not target or is_remote(target) or bool(_SCHEME.match(target))


def resolve_address(page: SitePage, target: str) -> str:
    """Return the path, from the site's folder, to which an address on a page leads."""
    # a base from the top of the host names the folder in which the site is published
    is_published_folder = page.base.startswith("/")
    base = "" if is_published_folder else posixpath.join(posixpath.dirname(page.path), page.base)
    path = target.lstrip("/") if target.startswith("/") else posixpath.join(base, target)
    folder = "/" if target.endswith("/") else ""
    return posixpath.normpath(path).lstrip("/") + folder if target else page.path
