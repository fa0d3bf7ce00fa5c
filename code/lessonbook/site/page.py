"""One page, finished: what browsers would refuse, wait for or not need is put right."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from lessonbook.kept import Kept
from lessonbook.site.parts import split_page
from lessonbook.site.pictures import frame_pictures
from lessonbook.site.tags import Attributes, add_class, rewrite_tags

Size = tuple[int, int]
STYLE_OPEN = '<style class="lesson-page-styles">'
CLASS_PREFIX = "lesson-s-"
_PANDAS_ROWS = (
    ".dataframe tbody tr th:only-of-type { vertical-align: middle; } "
    ".dataframe tbody tr th { vertical-align: top; }"
)
_PANDAS_COLUMNS = f"{_PANDAS_ROWS} .dataframe thead tr th {{ text-align: left; }}"
PANDAS_STYLES = f"{_PANDAS_ROWS} .dataframe thead th {{ text-align: right; }}"
"""What pandas puts before most tables; the style sheet of all pages has it."""

PANDAS_HEADS = {
    _PANDAS_COLUMNS: "lesson-columns",
    f"{_PANDAS_COLUMNS} .dataframe thead tr:last-of-type th {{ text-align: right; }}": (
        "lesson-columns lesson-named-rows"
    ),
}
"""What it puts before those whose columns are in groups, and the classes that stand for it."""

_WANTED = re.compile(r"\sstyle\s*=|<img\b|<iframe\b|\srole=|<summary\b", re.IGNORECASE)
# of docutils: deprecated by the standard, and a list whose children are no items
_WRONG_ROLES = frozenset({("doc-biblioentry", "citation"), ("list", "citation-list")})
# of MyST-NB: says other words than are seen, so that who speaks to a computer cannot name it
_WRONG_LABEL = "Toggle hidden content"
_STYLE = re.compile(r"<style\b[^>]*>(?P<css>.*?)</style\s*>\n?", re.DOTALL | re.IGNORECASE)
_CODE = re.compile(r'<div class="highlight"><pre>.*?</pre>', re.DOTALL)
_STYLED_TABLE = re.compile(
    r"<style scoped>(?P<css>[^<]*)</style>\s*"
    r'(?P<tag><table\b[^>]*\bclass=")(?P<classes>dataframe)(?=")'
)
# pandas writes each cell on a line of its own, indented
_TABLE = re.compile(r'<table\b[^>]*\bclass="[^"]*\bdataframe\b.*?</table>', re.DOTALL)
_INDENT = re.compile(r">\s*\n\s*<")
_EMPTY = re.compile(r"<span></span>")
_SOURCE = re.compile(r"<img\b[^>]*\ssrc=[\"']?([^\"'\s>]*)", re.IGNORECASE)
# the spans of words never contain another
_WORD = re.compile(r'<span class="(?P<kind>[\w-]+)">(?P<word>[^<]*)</span>')
_SAME_KIND = re.compile(r'(<span class="([\w-]+)">[^<]*)</span>( *)<span class="\2">')
# asks a script that no page loads to leave formulas alone
_FORMULA = 'class="math notranslate nohighlight"'
_HEAD_END = "</head>"


@dataclass
class _Finisher:
    """What is found on one page while its tags are rewritten."""

    image_size: Callable[[str], Size | None]
    rules: dict[str, str] = field(default_factory=dict)

    def rewrite(self, name: str, attributes: Attributes) -> bool:
        changed = False
        style = attributes.pop("style", None)
        if style is not None:
            changed = True
            if style.strip():
                add_class(attributes, self._class_for(" ".join(style.split()).rstrip(";")))
        if name == "img":
            changed |= self._complete_image(attributes)
        if (attributes.get("role"), attributes.get("class")) in _WRONG_ROLES:
            del attributes["role"]
            changed = True
        if name == "summary" and attributes.get("aria-label") == _WRONG_LABEL:
            del attributes["aria-label"]
            changed = True
        if name == "iframe" and "loading" not in attributes:
            attributes["loading"] = "lazy"
            changed = True
        return changed

    def _class_for(self, style: str) -> str:
        name = CLASS_PREFIX + hashlib.sha256(style.encode()).hexdigest()[:8]
        # twice the class, as an attribute outweighs a rule by a class
        self.rules[name] = f".{name}.{name}{{{style}}}"
        return name

    def _complete_image(self, attributes: Attributes) -> bool:
        before = dict(attributes)
        attributes.setdefault("loading", "lazy")
        attributes.setdefault("decoding", "async")
        if not {"width", "height"} & attributes.keys():
            size = self.image_size(attributes.get("src") or "")
            if size is not None:
                attributes["width"], attributes["height"] = map(str, size)
        return before != attributes


@dataclass(frozen=True)
class _Part:
    """A part of a page, finished, with the styles that are to stand in the head."""

    html: str
    sheets: tuple[str, ...]
    rules: dict[str, str]


def finish_page(
    text: str,
    image_size: Callable[[str], Size | None],
    word_kinds: Mapping[str, str] = MappingProxyType({}),
    kept: Kept | None = None,
) -> str:
    """Finish a page as it comes from a template.

    Styles of single elements become classes, and with the style sheets that outputs bring along
    they move to one style sheet in the head. Images get their size and a frame, and wait until they
    come into view. Words of code that look like the code around them lose their tags, and tables of
    pandas their indentation.

    Parameters
    ----------
    text : str
        HTML of the whole page.
    image_size : callable
        Called with the address of an image; returns width and height in pixels, or None if they
        are not known.
    word_kinds : mapping of str to str
        Classes of highlighted words, and the class that is shown like it; empty if the style sheet
        shows such words like any other code. Classes that are not there stay.
    kept : Kept, optional
        What the last build has kept of a page that shows others.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> page = '<head></head><p style="color: red">A <img src="a.png"></p>'
    >>> print(finish_page(page, lambda address: (640, 480)))
    <head><style class="lesson-page-styles">.lesson-s-35eac301.lesson-s-35eac301{color: red}</style>
    </head><p class="lesson-s-35eac301">A <img src="a.png" loading="lazy" decoding="async" width="640" height="480"></p>
    """  # noqa: E501
    kept = kept or Kept()
    head, end, body = text.partition(_HEAD_END)
    kinds = sorted(word_kinds.items())
    parts = []
    for part in split_page(body):
        sizes = [image_size(html.unescape(address)) for address in _SOURCE.findall(part)]
        make = partial(_finish_part, part, image_size, word_kinds)
        parts.append(kept.get("part", f"{kinds} {sizes}\n{part}", make))
    sheets = dict.fromkeys(sheet for part in parts for sheet in part.sheets)
    rules = {name: rule for part in parts for name, rule in part.rules.items()}
    if sheets or rules:
        css = "\n".join([*sheets, *rules.values()])
        head += f"{STYLE_OPEN}{css}</style>\n"
    return f"{head}{end}{frame_pictures(''.join(part.html for part in parts))}"


def _finish_part(
    text: str, image_size: Callable[[str], Size | None], word_kinds: Mapping[str, str]
) -> _Part:
    found = _Finisher(image_size)
    sheets: list[str] = []

    def take(match: re.Match[str]) -> str:
        css = match["css"].strip()
        if " ".join(css.split()) != PANDAS_STYLES:
            sheets.append(css)
        return ""

    text = _STYLED_TABLE.sub(_class_head, text)
    text = rewrite_tags(_STYLE.sub(take, text), found.rewrite, _WANTED)
    text = _TABLE.sub(lambda table: _INDENT.sub("><", table[0]), text)
    text = _CODE.sub(lambda code: _slim_code(code[0], word_kinds), text)
    text = text.replace(_FORMULA, 'class="math notranslate"')
    return _Part(text, tuple(sheets), found.rules)


def _class_head(match: re.Match[str]) -> str:
    """Have a class say of a table what pandas says of all tables of the page."""
    classes = PANDAS_HEADS.get(" ".join(match["css"].split()))
    return match[0] if classes is None else f"{match['tag']}{match['classes']} {classes}"


def _slim_code(code: str, word_kinds: Mapping[str, str]) -> str:
    def rename(match: re.Match[str]) -> str:
        kind = word_kinds.get(match["kind"], match["kind"])
        return f'<span class="{kind}">{match["word"]}</span>' if kind else match["word"]

    slim = _WORD.sub(rename, _EMPTY.sub("", code))
    while slim != code:
        code, slim = slim, _SAME_KIND.sub(r"\1\3", slim)
    return slim
