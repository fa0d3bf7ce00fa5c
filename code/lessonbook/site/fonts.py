"""The font of mathematics, with the signs that a site has formulas for."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from lessonbook.kept import Kept

MATH_FONT = "stix-two-math.woff2"

_FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
_NOT_SHOWN = re.compile(r"<annotation\b.*?</annotation>|<[^>]+>", re.DOTALL)
_ROOT = re.compile(r"<m(?:sqrt|root)\b")  # drawn with a sign that is not written
_ALWAYS = frozenset(map(chr, range(0x20, 0x7F)))
_ITALIC_STARTS = (("A", 26, 0x1D434), ("a", 26, 0x1D44E), ("Α", 25, 0x1D6E2), ("α", 25, 0x1D6FC))
_ITALICS = {
    chr(ord(first) + i): chr(start + i)
    for first, count, start in _ITALIC_STARTS
    for i in range(count)
} | dict(zip("hıȷ∂ϵϑϰϕϱϖ∇", "ℎ𝚤𝚥𝜕𝜖𝜗𝜘𝜙𝜚𝜛𝛁", strict=True))
_FEATURES = ["ccmp", "dtls", "flac", "kern", "locl", "mark", "math", "mkmk", "rtlm", "ssty"]


def find_math_signs(pages: Iterable[str]) -> frozenset[str]:
    """Find the signs of all formulas.

    Parameters
    ----------
    pages : iterable of str
        HTML.

    Returns
    -------
    frozenset of str
        With the italic letters in which browsers show variables; empty without formulas.

    Examples
    --------
    >>> sorted(find_math_signs(["<math><mi>y</mi><mo>≈</mo></math>"]) - {*map(chr, range(127))})
    ['≈', '𝑦']
    """
    signs: set[str] = set()
    for page in pages:
        for formula in _FORMULA.findall(page):
            signs |= set(html.unescape(_NOT_SHOWN.sub("", formula)))
            if _ROOT.search(formula):
                signs.add("√")
    if not signs:
        return frozenset()
    return frozenset({*signs, *(_ITALICS[sign] for sign in signs if sign in _ITALICS), *_ALWAYS})


def subset_font(font: Path, signs: frozenset[str], kept: Kept) -> bytes:
    """Reduce a font to some signs.

    Parameters
    ----------
    font : pathlib.Path
        A WOFF2 file.
    signs : frozenset of str
        With all that the font builds from them, such as wider brackets.
    kept : Kept
        The result of the last build, and then of this one.

    Returns
    -------
    bytes
        A WOFF2 file.
    """
    data = font.read_bytes()
    key = data + "".join(sorted(signs)).encode()
    return kept.get("font", key, lambda: _subset(data, signs))


def _subset(data: bytes, signs: frozenset[str]) -> bytes:
    # half a second to import, which a build with the same signs as the last need not pay
    from fontTools import subset
    from fontTools.ttLib.woff2 import WOFF2FlavorData

    options = subset.Options(layout_features=_FEATURES, hinting=False, notdef_outline=True)
    options.flavor = "woff2"
    font = subset.load_font(BytesIO(data), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[ord(sign) for sign in signs])
    subsetter.subset(font)
    # the smallest form, whichever the whole font has
    font.flavorData = WOFF2FlavorData(transformedTables=("glyf", "loca"))
    output = BytesIO()
    subset.save_font(font, output, options)
    return output.getvalue()
