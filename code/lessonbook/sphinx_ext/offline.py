"""Keep a page from carrying scripts that are there to reach other hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup_offline(app: Sphinx) -> None:
    """Remove sphinx-thebe, which Jupyter Book always loads, where no thebe button is wanted."""
    app.connect("doctree-resolved", remove_thebe_configuration, priority=900)
    app.connect("html-page-context", remove_thebe_assets, priority=900)


def remove_thebe_configuration(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Drop the settings that sphinx-thebe appends to every page."""
    if _has_thebe_button(app):
        return
    for node in list(doctree.findall(nodes.raw)):
        text = node.astext()
        if "text/x-thebe-config" in text or text.startswith("<script>kernelName ="):
            node.parent.remove(node)


def remove_thebe_assets(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Drop the scripts and style sheets of sphinx-thebe."""
    if _has_thebe_button(app):
        return
    for name in ("script_files", "css_files"):
        context[name] = [asset for asset in context.get(name, ()) if not _is_thebe(asset)]


def _is_thebe(asset: Any) -> bool:
    body = getattr(asset, "attributes", {}).get("body") or ""
    return "sphinx-thebe" in str(getattr(asset, "filename", asset)) or "THEBE_JS_URL" in body


def _has_thebe_button(app: Sphinx) -> bool:
    buttons = app.config.html_theme_options.get("launch_buttons") or {}
    return bool(buttons.get("thebe"))
