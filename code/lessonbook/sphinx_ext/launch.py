"""Links to machines of others that run a page's notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

from lessonbook.downloads.sources import EXERCISES
from lessonbook.launch import SERVICES, Repository, launch_links
from lessonbook.sphinx_ext.messages import warn
from lessonbook.sphinx_ext.theme import uses_book_theme

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config


DEFAULT_REPOSITORY = "https://github.com/executablebooks/jupyter-book"
"""What Jupyter Book takes for the address of a course that has none: its own."""


def setup_launch(app: Sphinx) -> None:
    """Register the configuration value and the events."""
    app.add_config_value("lesson_notebooks_branch", "", "html", (str,))
    app.add_config_value("lesson_launch", {}, "html", (dict,))
    app.connect("config-inited", forget_default_repository, priority=940)
    app.connect("config-inited", take_over, priority=950)
    app.connect("html-page-context", add_launch_links, priority=950)


def forget_default_repository(app: Sphinx, config: Config) -> None:
    """Lead nobody to the sources of Jupyter Book where the course's own have no address."""
    options = config.html_theme_options if uses_book_theme(config) else {}
    if str(options.get("repository_url")).rstrip("/") == DEFAULT_REPOSITORY:
        config["html_theme_options"] = {**options, "repository_url": ""}


def take_over(app: Sphinx, config: Config) -> None:
    """Keep the theme from making links of its own.

    They lead to the page's source, of which Jupyter runs no nested cell, and the notebook that it
    copies beside the page holds the instructors' notes.
    """
    if not uses_book_theme(config):
        return
    given = config.html_theme_options.get("launch_buttons") or {}
    services = {name: given[name] for name in SERVICES if given.get(name)}
    config["lesson_launch"] = services
    others = {name: value for name, value in given.items() if name not in SERVICES}
    config["html_theme_options"] = {**config.html_theme_options, "launch_buttons": others}
    has_address = bool(config.html_theme_options.get("repository_url"))
    if services and has_address and not config.lesson_notebooks_branch:
        warn(
            "config",
            f"launch_buttons: found {', '.join(services)}, and no branch of the repository that "
            "holds the notebooks; name it as lesson_notebooks_branch under sphinx: config:",
            None,
        )


def add_launch_links(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Offer a menu on pages with code, where the notebooks have an address."""
    config = app.config
    if not uses_book_theme(config) or not _has_code(doctree):
        return
    options = config.html_theme_options
    url = str(options.get("repository_url") or "").rstrip("/")
    if not url or not config.lesson_notebooks_branch:
        return
    branch = str(options.get("repository_branch") or "main")
    repository = Repository(url, branch, config.lesson_notebooks_branch)
    links = launch_links(repository, f"{pagename}{EXERCISES}", config.lesson_launch)
    buttons = [{"text": text, "url": address} for text, address in links]
    if buttons:
        menu = {"tooltip": "Run this page's notebook elsewhere", "icon": "launch"}
        context["lesson_buttons"] = [
            *context.get("lesson_buttons", ()),
            {**menu, "buttons": buttons},
        ]


def _has_code(doctree: nodes.document | None) -> bool:
    return doctree is not None and any(
        "cell" in node.get("classes", ()) for node in doctree.findall(nodes.container)
    )
