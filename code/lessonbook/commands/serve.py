"""``lessonbook serve``."""

from __future__ import annotations

import asyncio
import os
import sys
import webbrowser
from pathlib import Path
from typing import NoReturn

import click
from filelock import FileLock, Timeout

from lessonbook.commands.options import MISUSED, course_folder
from lessonbook.findings import LessonbookError
from lessonbook.preview.messages import PORTS, PREVIEW_FOLDER, Setting
from lessonbook.preview.server import Listener
from lessonbook.preview.server import serve as serve_session
from lessonbook.preview.session import Session
from lessonbook.project import Project, load_project
from lessonbook.views import LEARNER, VIEWS


@click.command()
@course_folder
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    show_default=f"the first free one from {PORTS.start}",
    help="Port; 0 for any that is free.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen at; any but this machine's own lets others read the preview.",
)
@click.option(
    "--view",
    type=click.Choice(VIEWS),
    default=LEARNER,
    show_default=True,
    help="Whose pages to show.",
)
@click.option(
    "--execute/--no-execute",
    default=True,
    help="Whether to run stale episodes; otherwise their pages have no results.",
)
@click.option("--browser/--no-browser", default=True, help="Whether to open a browser.")
def serve(root: Path, port: int | None, host: str, view: str, execute: bool, browser: bool) -> None:
    """Show the site while you write: every saved edit, without losing your place in the page."""
    try:
        project = load_project(root)
        folder = project.build_folder / PREVIEW_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{view}.lock", timeout=0)
        lock.acquire()
        listener = Listener(host, port)
    except Timeout:
        _refuse(f"The {view} view of this course is being served already, from another terminal.")
    except LessonbookError as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(f"{host}, port {port or PORTS.start}: {error.strerror}; try another --port")
    setting = Setting(project.root, folder / view, view, os.cpu_count() or 1, execute)
    click.echo(f"Serving at {listener.address} (Ctrl-C ends it)")
    if listener.is_public:
        click.echo("Other machines may read it, instructor notes included if they are shown.")
    with lock:
        asyncio.run(_serve(project, setting, listener, opens_browser=browser))
    click.echo("\nEnded.")


async def _serve(
    project: Project, setting: Setting, listener: Listener, *, opens_browser: bool
) -> None:
    def open_browser() -> None:
        if opens_browser:
            webbrowser.open(listener.address)

    await serve_session(Session(project, setting, click.echo), listener, open_browser)


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(MISUSED)
