"""A small built site, for the examples of several rules."""

from __future__ import annotations

from collections.abc import Mapping

from lessonbook.check.rule import Example

SITE = "_build/html"
SITE_PAGE = f"{SITE}/page.html"


def site_page(
    body: str,
    line: int = 0,
    *,
    description: str = "A page.",
    files: Mapping[str, str] | None = None,
) -> Example:
    """Make an example of a page; its body begins in line 10."""
    meta = f'<meta name="description" content="{description}">' if description else ""
    text = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>A page</title>\n{meta}\n</head>\n<body>\n\n{body}\n</body>\n</html>\n"
    )
    return Example(text, line, SITE_PAGE, files or {})
