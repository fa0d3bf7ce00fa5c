"""Headless Chromium of this machine and a strict server, for the tests that look at pages."""

from __future__ import annotations

import functools
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# nothing that would have Chromium itself look for a network
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def launched_chromium() -> Iterator[Browser]:
    """Run Chromium; without one the test is skipped on a laptop and fails in CI."""
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        message = "no Chromium on this machine; apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(OPTIONS))
        yield browser
        browser.close()


class StrictServer(SimpleHTTPRequestHandler):
    """Serves a site below a folder, with a policy stricter than its own."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", "default-src 'self'")
        super().end_headers()

    def translate_path(self, path):
        return super().translate_path(path.removeprefix("/some/folder"))

    def log_message(self, *arguments):
        """Say nothing."""


@contextmanager
def strictly_served(folder: Path) -> Iterator[str]:
    """Serve a site for as long as it is looked at; its address, without a slash at the end."""
    handler = functools.partial(StrictServer, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/some/folder"
        server.shutdown()
