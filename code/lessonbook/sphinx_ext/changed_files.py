"""Read the pages again whose files hold something else, whatever the dates of these say.

Sphinx asks only whether a file is younger than its last reading. An older copy that is put in its
place, or an edit after the clock was set back, would leave the page as it was.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from lessonbook.recorder import file_state

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

Contents = dict[str, str]
"""Digests by path, of the files that a page was read from."""

_KNOWN = "lesson_contents"
_BEFORE = "lesson_contents_before"


def setup_changed_files(app: Sphinx) -> None:
    """Register the events."""
    app.connect("env-get-outdated", find_changed)
    app.connect("env-purge-doc", forget)
    app.connect("env-updated", note_contents)


def find_changed(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Return the pages of which a file is not what it was when they were read."""
    # what is read from now on may be younger than this, which the next build will find
    before = _Digests()
    app.__dict__[_BEFORE] = before
    known = _get_known(env)
    return [
        docname
        for docname in sorted(env.found_docs & env.all_docs.keys())
        if known.get(docname) != before.of(_files_of(env, docname))
    ]


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a page that is about to be read, or is gone."""
    _get_known(env).pop(docname, None)


def note_contents(app: Sphinx, env: BuildEnvironment) -> None:
    """Note what the pages that were read now were made of."""
    known = _get_known(env)
    before = app.__dict__.get(_BEFORE) or _Digests()
    for docname in env.all_docs:
        if docname not in known:
            known[docname] = before.of(_files_of(env, docname))


class _Digests:
    """What files held when they were first asked for."""

    def __init__(self) -> None:
        self._found: Contents = {}

    def of(self, files: list[str]) -> Contents:
        for file in files:
            if file not in self._found:
                self._found[file] = file_state(file)
        return {file: self._found[file] for file in files}


def _files_of(env: BuildEnvironment, docname: str) -> list[str]:
    at_home = partial(os.path.join, env.srcdir)
    return sorted({env.doc2path(docname), *map(at_home, env.dependencies.get(docname, ()))})


def _get_known(env: BuildEnvironment) -> dict[str, Contents]:
    if not hasattr(env, _KNOWN):
        setattr(env, _KNOWN, {})
    known: dict[str, Contents] = getattr(env, _KNOWN)
    return known
