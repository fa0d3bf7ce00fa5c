"""The command line; each command is a module of `lessonbook.commands`, imported when it is run."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import cast

import click

from lessonbook import __version__

COMMANDS = {
    "build": "Build the site.",
    "status": "Say which episodes are stale, and why.",
    "serve": "Show the site while you write.",
    "pdf": "Print the whole course, for readers who want it on paper.",
    "linkcheck": "Ask for the pages on other sites that the course links to.",
    "init": "Begin a course that builds at once.",
    "new": "Write a new episode, with its blanks marked.",
    "check": "Find what is wrong, without executing anything.",
    "diff": "Say what a reader would notice between two built sites.",
    "doctor": "Say what is missing on this machine, and how to get it.",
    "clean": "Remove what was built.",
}
"""Commands by name, with the line that the list of commands shows."""


class _LazyGroup(click.Group):
    """Commands that cost nothing until they are run: some need seconds to import."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"lessonbook.commands.{cmd_name}")
        return cast("click.Command", getattr(module, cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=_LazyGroup)
@click.version_option(__version__, prog_name="lessonbook")
def main() -> None:
    """Build a lesson site from MyST episodes."""
    # what a command makes is needed nearly to its end: looking for waste took a twentieth of it
    gc.set_threshold(100_000, 20, 100)
