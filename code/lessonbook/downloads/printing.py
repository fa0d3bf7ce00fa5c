"""A page on paper: Chromium prints it, with everything on it open and its outline beside it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from lessonbook.downloads.outline import mend_titles
from lessonbook.findings import Finding, LessonbookError
from lessonbook.machine import BROWSERS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, PdfMargins, Playwright

# nothing that would have Chromium itself look for a network
_OPTIONS = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE = 300_000
"""Milliseconds; a course of some hundred figures takes a slow machine a minute."""

_PREPARE = """async () => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  const name = document.querySelector('meta[property="og:site_name"]');
  if (name) document.title = name.content;
  const canonical = document.querySelector("link[rel=canonical]");
  for (const link of document.querySelectorAll("a[href]")) {
    const target = link.getAttribute("href");
    if (target.startsWith("#") || /^[a-z][a-z0-9+.-]*:/i.test(target)) continue;
    // on paper, the way to a file beside this one leads nowhere
    if (canonical) link.href = new URL(target, canonical.href).href;
    else link.removeAttribute("href");
  }
  const images = [...document.images];
  for (const image of images) image.loading = "eager";
  await Promise.all(images.map((image) => image.decode().catch(() => null)));
  await document.fonts.ready;
  const readHeading = (heading) => {
    const copy = heading.cloneNode(true);
    copy.querySelectorAll(".headerlink").forEach((link) => link.remove());
    return copy.textContent;
  };
  return {
    headings: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(readHeading),
    missing: images.filter((image) => image.naturalWidth === 0).map((image) => image.src),
  };
}"""
_FOOTER = (
    '<div style="width: 100%; text-align: center; font-size: 8px; color: #555">'
    '<span class="pageNumber"></span></div>'
)
_SCALE = 0.75
"""Of the letters on the screen, so that lines of code of 100 signs fit."""
_MARGIN: PdfMargins = {"top": "18mm", "bottom": "18mm", "left": "16mm", "right": "16mm"}


def print_page(page: Path) -> bytes:
    """Print a built page, without a network.

    Parameters
    ----------
    page : pathlib.Path
        An HTML file, with what it loads around it.

    Returns
    -------
    bytes
        A tagged PDF with an outline, on A4. Links to other pages lead to where the site is
        published; without an address they are plain text.

    Raises
    ------
    LessonbookError
        If Playwright or a browser is missing, or the page cannot be printed.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError as error:
        raise _failure("Playwright", "it is not installed; pip install playwright") from error
    try:
        with sync_playwright() as playwright, _launch(playwright) as browser:
            return _print(browser, page)
    except Error as error:
        raise _failure(page.name, f"the browser could not print it: {error.message}") from error


def _launch(playwright: Playwright) -> Browser:
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        found = "found none; apt-get install chromium, or your system's like"
        raise _failure("Chromium or Chrome", found)
    # its sandbox does not work for the user root, as in a container
    own = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    return playwright.chromium.launch(executable_path=executable, args=[*_OPTIONS, *own])


def _print(browser: Browser, file: Path) -> bytes:
    context = browser.new_context(offline=True, color_scheme="light")
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    page.emulate_media(media="print", color_scheme="light")
    page.goto(file.resolve().as_uri(), wait_until="load")
    found = page.evaluate(_PREPARE)
    if found["missing"]:
        raise _failure(file.name, f"found no picture in {found['missing'][0]}; build again")
    content = page.pdf(
        format="A4",
        margin=_MARGIN,
        scale=_SCALE,
        print_background=True,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=_FOOTER,
        tagged=True,
        outline=True,
    )
    return mend_titles(content, found["headings"])


def _failure(place: str, message: str) -> LessonbookError:
    return LessonbookError(Finding(place, None, message))
