"""No stale output: what an episode's code reads is part of its notebook's key in the cache."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode

from lessonbook.environment import environment_digest
from lessonbook.notebook import read_notebook
from lessonbook.sphinx_ext.nested_cells import get_episode

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

DEFAULT_DEPENDENCIES = ("code/**/*", "requirements.lock", "requirements.txt")
_DIGEST = "lesson_digest"


def setup_freshness(app: Sphinx) -> None:
    """Register the configuration value and the events."""
    app.add_config_value("lesson_dependencies", list(DEFAULT_DEPENDENCIES), "env", (list, tuple))
    app.connect("config-inited", place_cache)
    app.connect("builder-inited", take_digest)
    app.connect("env-get-outdated", find_outdated)
    # after the reader, which marks the page as an episode
    app.connect("source-read", key_notebook, priority=950)
    app.connect("doctree-read", note_digest)


def place_cache(app: Sphinx, config: Config) -> None:
    """Take a relative path of the execution cache from the course's folder.

    MyST-NB takes it from wherever the command was run, so that one course could have several.
    """
    path = config.nb_execution_cache_path
    if path and not Path(path).is_absolute():
        config["nb_execution_cache_path"] = str(Path(app.srcdir, path))


def take_digest(app: Sphinx) -> None:
    """Digest the files that episodes depend on, once for all pages."""
    digest = environment_digest(Path(app.srcdir), app.config.lesson_dependencies)
    setattr(app.env, _DIGEST, digest)


def key_notebook(app: Sphinx, docname: str, source: list[str]) -> None:
    """Have the page's reader put the digest where the cache looks for it."""
    environment: Any = app.env
    path = app.env.doc2path(docname)
    formats = dict(environment.mystnb_config.custom_formats)
    if get_episode(app.env) is None or path not in formats:
        return
    _, options, is_commonmark = formats[path]
    formats[path] = (
        f"{__name__}.read_keyed_notebook",
        {"digest": getattr(environment, _DIGEST), **options},
        is_commonmark,
    )
    environment.mystnb_config = environment.mystnb_config.copy(custom_formats=formats)


def read_keyed_notebook(text: str, digest: str, **options: Any) -> NotebookNode:
    """Read an episode so that results made with other files are not found in the cache.

    Jupyter-cache looks at the code cells and at the kernel's metadata, and at nothing else.

    Parameters
    ----------
    text : str
        The episode.
    digest : str
        Of the files that its code depends on.
    **options
        As for `lessonbook.notebook.read_notebook`.

    Returns
    -------
    NotebookNode
        With the digest in the kernel's metadata.
    """
    notebook = read_notebook(text, **options)
    kernel = notebook.metadata.setdefault("kernelspec", {"name": "python3"})
    kernel.setdefault("display_name", kernel["name"])
    kernel[_DIGEST] = digest
    return notebook


def note_digest(app: Sphinx, doctree: nodes.document) -> None:
    """Remember with which files the page's outputs were made."""
    if get_episode(app.env) is not None:
        app.env.metadata[app.env.docname][_DIGEST] = getattr(app.env, _DIGEST)


def find_outdated(
    app: Sphinx,
    env: BuildEnvironment,
    added: set[str],
    changed: set[str],
    removed: set[str],
) -> Sequence[str]:
    """Read the episodes again whose outputs were made with other files."""
    current = getattr(env, _DIGEST)
    return [
        docname
        for docname, metadata in env.metadata.items()
        if metadata.get(_DIGEST, current) != current and docname not in removed
    ]
