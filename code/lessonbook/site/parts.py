"""The parts of a page that shows whole pages: most of them are as they were in the last build."""

from __future__ import annotations

_BEGINNING = '<div class="lesson-whole-page"'


def split_page(text: str) -> list[str]:
    """Split a page where another one that it shows begins.

    Parameters
    ----------
    text : str
        HTML of the page.

    Returns
    -------
    list of str
        The page itself up to the first of them; each of them, the last with all that follows it.

    Examples
    --------
    >>> split_page('<body><div class="lesson-whole-page">A</div></body>')
    ['<body>', '<div class="lesson-whole-page">A</div></body>']
    >>> split_page("<body></body>")
    ['<body></body>']
    """
    first, *pages = text.split(_BEGINNING)
    return [first, *(f"{_BEGINNING}{page}" for page in pages)]
