"""The course's own site, built once for all tests, and a browser to look at it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import launched_chromium

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def site() -> Path:
    """The built site; does only what has changed since the last build."""
    ran = subprocess.run(
        [sys.executable, "-m", "lessonbook", "build"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stdout[-4000:]}\n{ran.stderr[-4000:]}"
    return ROOT / "_build" / "html"


@pytest.fixture(scope="module")  # one at a time in a process: others are launched elsewhere
def browser() -> Iterator[Browser]:
    """Headless Chromium of this machine."""
    with launched_chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh tab, without any network."""
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()
