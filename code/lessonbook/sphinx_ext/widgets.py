"""Keep the state of widgets that only instructors see off the learners' pages.

MyST-NB puts the state of every widget of a notebook into its page, whichever cell showed it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import nbformat
from docutils import nodes
from myst_nb.core.render import WIDGET_STATE_MIMETYPE, sanitize_script_content
from myst_nb.sphinx_ import NbMetadataCollector

from lessonbook.sphinx_ext.config import is_instructor_view
from lessonbook.sphinx_ext.nested_cells import get_episode

if TYPE_CHECKING:
    from sphinx.application import Sphinx

VIEW_MIMETYPE = "application/vnd.jupyter.widget-view+json"
SCRIPT = "ipywidgets_state"

_SHOWN = re.compile(r'"model_id":\s*"([^"]+)"')
_MODEL = re.compile(r"IPY_MODEL_(\w+)")


def setup_widgets(app: Sphinx) -> None:
    """Register the event."""
    # While the notebook still has all its cells: `finish_notebook` comes after.
    app.connect("doctree-read", drop_hidden_widgets, priority=400)


def drop_hidden_widgets(app: Sphinx, doctree: nodes.document) -> None:
    """Keep, in the learner view, the state of those widgets that the page shows."""
    if get_episode(app.env) is None or is_instructor_view(app.config):
        return
    env, docname = cast("Any", app.env), app.env.docname
    shown = set(find_shown(doctree))
    scripts = NbMetadataCollector.get_js_files(env, docname)
    if SCRIPT in scripts:
        address, attributes = scripts[SCRIPT]
        widgets = _keep(json.loads(attributes["body"]), shown)
        body = sanitize_script_content(json.dumps(widgets))
        scripts[SCRIPT] = (address, {**attributes, "body": body})
    path = Path(env.mystnb_config.output_folder, f"{docname}.ipynb")
    if not path.is_file():
        return
    notebook = cast("Any", nbformat.reads)(path.read_text(encoding="utf8"), as_version=4)
    in_notebook = notebook.metadata.get("widgets", {})
    if WIDGET_STATE_MIMETYPE in in_notebook:
        in_notebook[WIDGET_STATE_MIMETYPE] = _keep(in_notebook[WIDGET_STATE_MIMETYPE], shown)
        path.write_text(cast("Any", nbformat.writes)(notebook), encoding="utf8")


def find_shown(doctree: nodes.document) -> list[str]:
    """Return the names of the widgets that a page shows."""
    texts = (node.astext() for node in doctree.findall(nodes.raw))
    return [name for text in texts if VIEW_MIMETYPE in text for name in _SHOWN.findall(text)]


def _keep(widgets: dict[str, Any], shown: set[str]) -> dict[str, Any]:
    return {**widgets, "state": keep_shown(widgets.get("state", {}), shown)}


def keep_shown(state: dict[str, Any], shown: Iterable[str]) -> dict[str, Any]:
    """Return the widgets that are shown, and those that these are made of.

    Parameters
    ----------
    state : dict
        State by widget.
    shown : iterable of str
        Names of widgets.

    Returns
    -------
    dict
        Part of the state.

    Examples
    --------
    >>> keep_shown({"a": {"in": "IPY_MODEL_b"}, "b": {}, "c": {}}, ["a"])
    {'a': {'in': 'IPY_MODEL_b'}, 'b': {}}
    """
    waiting, kept = list(shown), set()
    while waiting:
        name = waiting.pop()
        if name in state and name not in kept:
            kept.add(name)
            waiting += _MODEL.findall(json.dumps(state[name]))
    return {name: value for name, value in state.items() if name in kept}
