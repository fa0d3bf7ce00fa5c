"""The preview's web server, for this machine alone unless told otherwise."""

from __future__ import annotations

import asyncio
import html
import ipaddress
import json
import re
import signal
import socket
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, cast

from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError, RequestHandler, StaticFileHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from lessonbook.preview.messages import PORTS
from lessonbook.preview.session import Session

SCRIPT = Path(__file__).with_name("live.js")
SCRIPT_ADDRESS = "/.lessonbook/live.js"
EVENTS_ADDRESS = "/.lessonbook/events"
DRAFT_COOKIE = "lessonbook-draft"
_HEAD = re.compile(rb"<head[^>]*>", re.IGNORECASE)


class Listener:
    """A place on this machine at which the preview answers.

    Parameters
    ----------
    host : str
        Name or address to listen at.
    port : int or None
        None for the first free one of `PORTS`.

    Raises
    ------
    OSError
        If there is none, or the one that was asked for is taken.
    """

    def __init__(self, host: str, port: int | None) -> None:
        ports = PORTS if port is None else [port]
        for number in ports:
            try:
                family = socket.AF_INET6 if ":" in host else socket.AF_INET
                self.socket = socket.create_server((host, number), family=family)
                break
            except OSError:
                if number == ports[-1]:
                    raise
        self.socket.setblocking(False)
        self.host = host
        self.port = int(self.socket.getsockname()[1])

    @property
    def is_public(self) -> bool:
        """Whether other machines may read the preview."""
        return not _is_loopback(self.host)

    @property
    def address(self) -> str:
        """What to open in a browser."""
        try:
            is_any = ipaddress.ip_address(self.host).is_unspecified
        except ValueError:
            is_any = False
        host = "localhost" if is_any else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def is_addressed(self, host: str) -> bool:
        """Tell whether a request's Host header names this server.

        A page of another site could otherwise have its own name lead here and read the preview.
        """
        name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
        name = name.strip("[]").lower()
        if name == self.host.lower() or _is_loopback(name):
            return True
        return self.is_public and _is_address(name)


def _is_loopback(name: str) -> bool:
    return name == "localhost" or (_is_address(name) and ipaddress.ip_address(name).is_loopback)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def serve(
    session: Session, listener: Listener, on_ready: Callable[[], object] = lambda: None
) -> None:
    """Show a session's pages until the process is asked to end.

    Parameters
    ----------
    session : Session
        What to show.
    listener : Listener
        Where.
    on_ready : callable
        Called once the server answers.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, session.stop)
    server = HTTPServer(_application(session, listener))
    server.add_socket(listener.socket)
    on_ready()
    try:
        await session.run()
    finally:
        server.stop()
        await server.close_all_connections()


def _application(session: Session, listener: Listener) -> Application:
    return Application(
        [
            (re.escape(SCRIPT_ADDRESS), _ScriptHandler),
            (re.escape(EVENTS_ADDRESS), _EventsHandler),
            (r"/((?:.*/)?(?:[^/]*\.html)?)", _PageHandler),
            (r"/(.+)", _FileHandler, {"path": str(session.setting.pages)}),
        ],
        session=session,
        listener=listener,
        log_function=lambda handler: None,
    )


class _LocalHandler(RequestHandler):
    """Answers only those who asked for this server by its name."""

    @property
    def session(self) -> Session:
        return cast("Session", self.application.settings["session"])

    def prepare(self) -> None:
        listener = cast("Listener", self.application.settings["listener"])
        if not listener.is_addressed(self.request.headers.get("Host", "")):
            raise HTTPError(403, reason="This preview is not known by that name")

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")

    @property
    def is_draft(self) -> bool:
        return bool(self.get_cookie(DRAFT_COOKIE) == "1")


class _ScriptHandler(_LocalHandler):
    def get(self) -> None:
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.finish(SCRIPT.read_bytes())


class _FileHandler(_LocalHandler, StaticFileHandler):
    """Style sheets, pictures and scripts, as they were rendered."""

    def compute_etag(self) -> str | None:
        # Tornado's own is computed once for each name, as if files never changed
        assert self.absolute_path is not None
        state = Path(self.absolute_path).stat()
        return f'"{state.st_mtime_ns}-{state.st_size}"'


class _PageHandler(_LocalHandler):
    """Pages, with the script that keeps them fresh."""

    def get(self, path: str) -> None:
        page = _page_at(path)
        file = self.session.display.file_of(page, is_draft=self.is_draft)
        if not file.is_file():
            self.set_status(503 if self.session.state.busy else 404)
            content = _NO_PAGE.replace("PAGE", html.escape(page)).encode()
        else:
            content = file.read_bytes()
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(
            _with_script(content, self.session.display.version_of(page, is_draft=self.is_draft))
        )

    head = get


class _EventsHandler(_LocalHandler, WebSocketHandler):
    """Tells a page's script what is being done, what is wrong, and when there is a newer page."""

    _telling: asyncio.Task[None] | None = None

    def open(self, *args: str, **kwargs: str) -> None:
        path = self.get_query_argument("page", "/").removeprefix("/")
        self._telling = asyncio.create_task(self._tell(_page_at(path)))

    def on_message(self, message: str | bytes) -> None:
        """Nothing that a page says is of interest."""

    def on_close(self) -> None:
        if self._telling is not None:
            self._telling.cancel()

    async def _tell(self, page: str) -> None:
        with self.session.listening() as event:
            while True:
                await event.wait()
                event.clear()
                try:
                    await self.write_message(json.dumps(self._news(page)))
                except WebSocketClosedError:
                    return

    def _news(self, page: str) -> dict[str, Any]:
        here = self.session.findings_of(page)
        state = self.session.state
        return {
            "version": self.session.display.version_of(page, is_draft=self.is_draft),
            "busy": state.busy,
            "isDraft": self.is_draft,
            "isGood": self.session.display.is_good(page) and not self.is_draft,
            "here": [str(finding) for finding in here],
            "elsewhere": [str(finding) for finding in state.findings if finding not in here],
        }


def _page_at(path: str) -> str:
    """The page at an address, without suffix; a folder's is its index."""
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts or "\0" in path:
        raise HTTPError(404)
    return (path + "index" if path.endswith("/") or not path else path).removesuffix(".html")


def _with_script(content: bytes, version: str) -> bytes:
    tag = f'<script src="{SCRIPT_ADDRESS}" data-version="{version}"></script>'.encode()
    head = _HEAD.search(content)
    place = head.end() if head else 0
    return content[:place] + tag + content[place:]


_NO_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>No such page</title>
<style>
:root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif; margin: 3rem }
</style></head>
<body><p>There is no page PAGE yet. It is shown here as soon as there is one.</p></body></html>
"""
