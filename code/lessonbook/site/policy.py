"""The content security policy of the published pages."""

from __future__ import annotations

from pathlib import Path

POLICY = "; ".join(
    (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
"""Everything from the site itself; no script, style or handler in the page, and no ``eval``."""

HEADERS_NAME = "_headers"


def policy_tag() -> str:
    """Return the policy as it stands in the head of a page, which works from a disk as well.

    Examples
    --------
    >>> policy_tag().startswith('<meta http-equiv="Content-Security-Policy"')
    True
    """
    return f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'


def write_headers(folder: Path) -> None:
    """Write the policy for hosts that take headers from a file of the site.

    Parameters
    ----------
    folder : pathlib.Path
        The site. The file that some static hosts read lies at its top; others ignore it.
    """
    lines = (
        "/*",
        f"  Content-Security-Policy: {POLICY}; frame-ancestors 'self'",
        "  X-Content-Type-Options: nosniff",
        "  Referrer-Policy: no-referrer",
    )
    (folder / HEADERS_NAME).write_text("\n".join(lines) + "\n", encoding="utf8")
