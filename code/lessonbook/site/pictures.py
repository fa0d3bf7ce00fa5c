"""Frames of pictures, in which a narrow screen shows them at a size at which they can be read."""

from __future__ import annotations

import re

from lessonbook.site.tags import read_attributes

NARROWEST = 480
"""Pixels; what is no wider is shown as a whole on any screen."""

# shown on paper alone, in place of a video
_UNFRAMED = frozenset({"lesson-video-still"})
_ARTICLE = re.compile(r"<article\b.*?</article>", re.DOTALL)
# of a link with a picture, the link is what readers reach; the rest only looks like a picture
_PICTURE = re.compile(
    r"(?P<skipped><!--.*?-->|<(?P<kind>script|textarea|a)\b.*?</(?P=kind)\s*>)|"
    r"""<img\b(?P<attributes>(?:[^>"']|"[^"]*"|'[^']*')*)>""",
    re.DOTALL,
)


def frame_pictures(text: str) -> str:
    """Put each wide picture of the article in a box of its own, which can scroll sideways.

    Parameters
    ----------
    text : str
        HTML of a page, whose pictures have their width.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> print(frame_pictures('<article><img src="a.svg" width="640"></article>'))
    <article><span class="lesson-picture"><img src="a.svg" width="640"></span></article>
    >>> frame_pictures('<article><img src="a.svg" width="64"></article>')
    '<article><img src="a.svg" width="64"></article>'
    """
    return _ARTICLE.sub(lambda article: _PICTURE.sub(_frame, article[0]), text)


def _frame(match: re.Match[str]) -> str:
    if match["skipped"] is not None:
        return match[0]
    values = read_attributes(match["attributes"].rstrip("/"))
    width = values.get("width") or ""
    classes = set((values.get("class") or "").split())
    if not width.isdecimal() or int(width) <= NARROWEST or classes & _UNFRAMED:
        return match[0]
    return f'<span class="lesson-picture">{match[0]}</span>'
