"""The frame of the pages: templates, style sheets, scripts and buttons in place of the theme's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sphinx.builders.html._assets import _CascadingStyleSheet, _JavaScript

import lessonbook
from lessonbook.sphinx_ext.domain import get_domain

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

THEME = "sphinx_book_theme"
TEMPLATES = Path(lessonbook.__file__).parent / "templates"
NOT_FOUND = "404"

_THEME_STYLES = ("basic.css", "styles/pydata-sphinx-theme.css")
_OWN_STYLES = ("site.css",)
_OWN_SCRIPTS = ("site.js",)
# what our own script does, or nobody needs
_REPLACED = (
    "scripts/sphinx-book-theme.js",
    "scripts/pydata-sphinx-theme.js",
    "scripts/bootstrap.js",
    "scripts/fontawesome.js",
    "clipboard.min.js",
    "copybutton.js",
    "copybutton.css",
    "copybutton_funcs.js",
    "styles/theme.css",
)
# what only some pages need: the file's name or a word of a script, and what is on those pages
_ON_DEMAND = (
    (re.compile("toggle", re.IGNORECASE), re.compile(r'class="[^"]*\b(?:toggle|dropdown)\b')),
    (re.compile(r"design-tabs"), re.compile(r"\bsd-tab-set\b")),
)
# what marks the words that a reader has searched for: our script loads it where there are some
_HIGHLIGHTING = frozenset({"documentation_options.js", "doctools.js", "sphinx_highlight.js"})
# other scripts may rely on what those define
_SELF_SUFFICIENT = frozenset({"design-tabs.js", "explorable.js", "lesson.js"})
_SEARCH = "search"
_USELESS_SETTING = re.compile(r"^DOCUMENTATION_OPTIONS\.(?:pagename|search_as_you_type) =")
_SOLUTION = re.compile(r'<details\b[^>]*\bclass="[^"]*\blesson-(?:solution|hint)\b')
# what the script would add late, when the text below it is already being read
_SHOW_ALL = (
    '<button type="button" class="lesson-show-all pst-js-only">'
    "Show all solutions and hints</button>"
)
_ICONS = {"download": "download", "launch": "launch", "source": "repository"}


def setup_theme(app: Sphinx) -> None:
    """Register the events; other themes than Jupyter Book's are left as they are."""
    app.connect("config-inited", add_templates, priority=950)
    app.connect("html-page-context", prepare_frame, priority=960)
    app.connect("html-collect-pages", add_not_found_page)


def uses_book_theme(config: Config) -> bool:
    """Tell whether the pages have Jupyter Book's theme."""
    return bool(config.html_theme == THEME)


def add_templates(app: Sphinx, config: Config) -> None:
    """Put our templates behind the course's own and before the theme's."""
    if not uses_book_theme(config):
        return
    paths = list(config.templates_path)
    index = next((i for i, path in enumerate(paths) if THEME in str(path)), len(paths))
    config["templates_path"] = [*paths[:index], str(TEMPLATES), *paths[index:]]
    config["html_theme_options"] = {**config.html_theme_options, "use_fullscreen_button": False}


def prepare_frame(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Hand the templates what they show."""
    if not uses_book_theme(app.config):
        return
    body = context.get("body") or ""
    if _SOLUTION.search(body):
        context["body"] = body.replace("</h1>", f"</h1>\n{_SHOW_ALL}", 1)
    context["lesson_styles"] = list(_choose_styles(context, body))
    scripts = list(_choose_scripts(context, body))
    context["lesson_scripts"] = scripts if pagename == _SEARCH else _leave_highlighting(scripts)
    context["lesson_buttons"] = [
        *context.get("lesson_buttons", ()),
        *_convert_buttons(context.get("header_buttons", ())),
    ]
    record = get_domain(app.env).pages.get(pagename)
    context["lesson_is_episode"] = record is not None and record.is_episode


def add_not_found_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Write the page that hosts show for an address that leads nowhere."""
    if uses_book_theme(app.config) and NOT_FOUND not in app.env.found_docs:
        # hosts show it at whatever address was asked for, so its links need the site's folder
        path = urlsplit(app.config.html_baseurl or "").path
        yield NOT_FOUND, {"lesson_base": path and f"{path.rstrip('/')}/"}, "404.html"


def _choose_styles(context: dict[str, Any], body: str) -> Iterator[Any]:
    for name in _THEME_STYLES:
        yield _CascadingStyleSheet(f"_static/{name}")
    yield from (css for css in context.get("css_files", ()) if _is_wanted(css, body))
    for name in _OWN_STYLES:
        yield _CascadingStyleSheet(f"_static/{name}")


def _choose_scripts(context: dict[str, Any], body: str) -> Iterator[Any]:
    for script in context.get("script_files", ()):
        if not _is_wanted(script, body):
            continue
        attributes = dict(getattr(script, "attributes", {}))
        name = str(getattr(script, "filename", script) or "")
        # a script in the page has no name, and comes before those that are deferred
        if not name or attributes.keys() & {"defer", "async", "type"} or "//" in name:
            yield script
        else:
            yield _JavaScript(name, **attributes, defer="defer")
    for name in _OWN_SCRIPTS:
        yield _JavaScript(f"_static/{name}", defer="defer")


def _leave_highlighting(scripts: list[Any]) -> list[Any]:
    """Leave out the scripts that only readers who come from the search need, unless others do."""
    rest = [script for script in scripts if _file_of(script) not in _HIGHLIGHTING]
    others = {_file_of(script) for script in rest} - _SELF_SUFFICIENT - set(_OWN_SCRIPTS)
    return scripts if others else rest


def _file_of(script: Any) -> str:
    name = str(getattr(script, "filename", script) or "")
    return name.rpartition("/")[2].partition("?")[0]


def _is_wanted(asset: Any, body: str) -> bool:
    name = str(getattr(asset, "filename", asset) or "")
    text = str(getattr(asset, "attributes", {}).get("body") or "")
    if name.removeprefix("_static/").partition("?")[0] in _REPLACED or _USELESS_SETTING.match(text):
        return False
    return all(sign.search(body) for asset_of, sign in _ON_DEMAND if asset_of.search(name or text))


def _convert_buttons(buttons: Any) -> Iterator[dict[str, Any]]:
    """Keep what the theme's buttons lead to; those that run a script are ours to make."""
    for button in buttons:
        label = str(button.get("label", "")).partition("-")[0]
        icon = _ICONS.get(label, "right")
        tooltip = str(button.get("tooltip") or button.get("text") or "")
        if button["type"] == "link":
            yield {"url": button["url"], "tooltip": tooltip, "icon": icon}
        entries = [
            {"url": entry["url"], "text": str(entry.get("text") or entry.get("tooltip"))}
            for entry in button.get("buttons", ())
            if entry["type"] == "link"
        ]
        if entries:
            yield {"tooltip": tooltip, "icon": icon, "buttons": entries}
