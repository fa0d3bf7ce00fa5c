"""Configuration values, and the settings of other extensions that a lesson site needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sphinx.errors import ConfigError

from lessonbook.sphinx_ext.messages import warn
from lessonbook.views import INSTRUCTOR, LEARNER, VIEWS

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

MATH_RENDERER = "lesson_mathml"
# One works on the table of contents when all pages have been read, the other only for LaTeX.
SAFE_EXTENSIONS = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")


def setup_config(app: Sphinx) -> None:
    """Register the configuration values ``lesson_*``."""
    app.add_config_value("lesson_view", LEARNER, "env", (str,))
    app.add_config_value("lesson_containers", [], "env", (list, tuple))
    app.add_config_value("lesson_math_macros", {}, "env", (dict,))
    # read by commands alone: registered so that Sphinx knows them
    app.add_config_value("lesson_linkcheck", {}, "", (dict,))
    app.add_config_value("lesson_doctor", [], "", (list, tuple))
    app.add_config_value("lesson_clean", [], "", (list, tuple))
    app.add_config_value("lesson_offline_copy", False, "", (bool,))
    app.add_config_value("lesson_pdf", None, "", (str,))
    app.add_config_value("lesson_requirements", "", "", (str,))
    # After the extensions that set defaults of their own at the same event.
    app.connect("config-inited", configure, priority=900)
    app.connect("env-before-read-docs", allow_parallel_reading)


def configure(app: Sphinx, config: Config) -> None:
    """Check our own values and choose what a lesson site needs of the others'."""
    if config.lesson_view not in VIEWS:
        raise ConfigError(
            f"lesson_view: found {config.lesson_view!r}, allowed {' or '.join(VIEWS)}; "
            "set it under sphinx: config: in _config.yml"
        )
    _hide_sources(config)
    _hide_empty_header(config)
    _set_default(config, "html_math_renderer", MATH_RENDERER)
    # MyST-NB would load the ipywidgets scripts from another host.
    _set_default(config, "nb_ipywidgets_js", {})
    # Without it the theme's script logs an error on every page.
    config["html_context"] = {"default_mode": "auto", **config.html_context}


def allow_parallel_reading(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Vouch for extensions that Jupyter Book loads and that do not say that they are safe.

    Without it Sphinx warns, and so fails a strict build, as soon as there are six pages.
    """
    for name in SAFE_EXTENSIONS:
        extension = app.extensions.get(name)
        if extension is not None and extension.parallel_read_safe is None:
            extension.parallel_read_safe = True


def is_instructor_view(config: Config) -> bool:
    """Tell whether the pages are made for instructors."""
    return str(config.lesson_view) == INSTRUCTOR


def _hide_sources(config: Config) -> None:
    for name in ("html_copy_source", "html_show_sourcelink"):
        if _is_given(config, name) and config[name]:
            warn("config", f"{name} would publish the instructor notes; remove it", None)
        config[name] = False
    if config.html_theme == "sphinx_book_theme":
        # Its button for downloads links to the page's source.
        config["html_theme_options"] = {
            **config.html_theme_options,
            "use_download_button": False,
        }


def _hide_empty_header(config: Config) -> None:
    """Keep the theme's base from adding a bar with a second search button to every page."""
    if config.html_theme == "sphinx_book_theme":
        config["html_theme_options"] = {"navbar_persistent": [], **config.html_theme_options}


def _set_default(config: Config, name: str, value: Any) -> None:
    if name in config and not _is_given(config, name):
        config[name] = value


def _is_given(config: Config, name: str) -> bool:
    # Jupyter Book hands over all of _config.yml as overrides.
    return name in config.overrides or name in config._raw_config
