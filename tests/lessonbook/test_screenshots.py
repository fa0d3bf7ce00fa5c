"""Key pages look as they did when somebody last looked at them.

The references in ``screenshots/`` are a quarter as wide and high as the pages. After a change that
is meant to be seen, renew them, and look at each before it is committed::

    RENEW_SCREENSHOTS=1 python -m pytest tests/lessonbook/test_screenshots.py

All text is set in a font of this repository, so that a machine's own fonts make no difference. What
remains between two versions of a browser are the edges of letters and shifts by a pixel or two: they
vanish as both pictures are blurred, and a pixel counts only where its colour still differs visibly.
"""

from __future__ import annotations

import base64
import io
import os
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

import lessonbook
from tests.browser import launched_chromium

REFERENCES = Path(__file__).parent / "screenshots"
LARGEST_FILE = 60_000  # bytes
REDUCTION = 4
BLUR = 1.5  # pixels of the reduced picture, so that a shift by a few of the page's is none
VISIBLE = 16  # of 255, in any of red, green and blue
TOLERANCE = 0.005  # share of pixels that may differ
RENEW = "RENEW_SCREENSHOTS"

WIDE, PHONE, PAPER = (1280, 1000), (390, 844), (794, 1123)
SHOTS = {
    "landing-light": ("index", WIDE, {}),
    "landing-phone-dark": ("index", PHONE, {"color_scheme": "dark"}),
    "episode-light": ("episodes/first", WIDE, {}),
    "episode-dark": ("episodes/first", WIDE, {"color_scheme": "dark"}),
    "episode-phone-light": ("episodes/first", PHONE, {}),
    "episode-print": ("episodes/first", PAPER, {"media": "print"}),
}
FONT = Path(lessonbook.__file__).parent / "static" / "stix-two-math.woff2"
ONE_FONT = """
@font-face {{ font-family: "Only"; src: url("data:font/woff2;base64,{font}") format("woff2"); }}
*, *::before, *::after {{
  animation: none !important; caret-color: transparent !important;
  font-family: "Only" !important; transition: none !important;
}}
"""


@pytest.fixture(scope="module")
def browser():
    with launched_chromium() as running:
        yield running


@contextmanager
def opened(browser, site, name, styles="", without=()):
    """Open the page of a screenshot, with more styles or without some files."""
    path, (width, height), media = SHOTS[name]
    context = browser.new_context(
        bypass_csp=True,  # for the styles of this test
        offline=True,
        reduced_motion="reduce",
        viewport={"width": width, "height": height},
    )
    try:
        page = context.new_page()
        page.emulate_media(**{"color_scheme": "light", **media})
        for pattern in without:
            page.route(pattern, lambda route: route.abort())
        page.goto((site / f"{path}.html").as_uri())
        font = base64.b64encode(FONT.read_bytes()).decode()
        page.add_style_tag(content=ONE_FONT.format(font=font) + styles)
        page.evaluate("document.fonts.load('16px Only').then(() => document.fonts.ready)")
        yield page
    finally:
        context.close()


def reduced(content):
    """Reduce a screenshot to what a glance would see."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    size = (image.width // REDUCTION, image.height // REDUCTION)
    return image.resize(size, Image.Resampling.BOX)


def look(browser, site, name, **changes):
    with opened(browser, site, name, **changes) as page:
        return reduced(page.screenshot())


def reference(name):
    return Image.open(REFERENCES / f"{name}.png").convert("RGB")


def share_that_differs(one, other):
    """Share of pixels of another colour; all of them where the sizes differ."""
    if one.size != other.size:
        return 1.0
    blur = ImageFilter.GaussianBlur(BLUR)
    pixels = [np.asarray(image.filter(blur), dtype=int) for image in (one, other)]
    return float((np.abs(pixels[0] - pixels[1]).max(axis=2) > VISIBLE).mean())


@pytest.mark.parametrize("name", SHOTS)
def test_page_looks_as_it_did(browser, two_views, tmp_path, name):
    seen = look(browser, two_views.site, name)
    if os.environ.get(RENEW):
        # few colours, so that the files stay small
        seen.quantize(128, dither=Image.Dither.NONE).save(REFERENCES / f"{name}.png", optimize=True)
    share = share_that_differs(seen, reference(name))
    seen.save(tmp_path / f"{name}.png")
    assert share <= TOLERANCE, (
        f"{share:.1%} of {name}.png differ, allowed {TOLERANCE:.1%}; compare {tmp_path}/{name}.png "
        f"with {REFERENCES}/{name}.png, and renew it with {RENEW}=1 if the change is meant"
    )


def test_references_are_small_and_none_is_left_over():
    files = {path.stem: path.stat().st_size for path in REFERENCES.iterdir()}
    assert files.keys() == SHOTS.keys()
    assert max(files.values()) <= LARGEST_FILE


CHANGES = {
    **{f"no style sheet, {name}": (name, {"without": ["**/site-styles.css*"]}) for name in SHOTS},
    "no colours of the dark": ("episode-dark", {"styles": "html { filter: invert(1); }"}),
    "contents that are gone": (
        "episode-light",
        {"styles": ".bd-sidebar-primary { display: none !important; }"},
    ),
    "text that runs out of a phone": (
        "episode-phone-light",
        {"styles": "article { min-width: 600px; }"},
    ),
    "boxes without frames": (
        "episode-print",
        {"styles": ".lesson-block { border: 0 !important; padding: 0 !important; }"},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_reader_would_notice_is_noticed(browser, two_views, change):
    name, changes = CHANGES[change]
    seen = look(browser, two_views.site, name, **changes)
    assert share_that_differs(seen, reference(name)) > TOLERANCE


NOISE = {
    "edges of letters": "* { -webkit-text-stroke: 0.1px; }",
    "a shade": "article { color: #333 !important; }",
    "two pixels": "article { transform: translate(2px, 2px); }",
}


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("name", ["episode-light", "episode-phone-light"])
def test_what_a_reader_would_not_notice_is_not(browser, two_views, name, noise):
    seen = look(browser, two_views.site, name, styles=NOISE[noise])
    assert share_that_differs(seen, reference(name)) <= TOLERANCE
