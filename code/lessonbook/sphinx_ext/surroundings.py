"""Write all pages again when something has changed that may show on any of them.

Sphinx writes a page again when its own text has changed. What it takes from elsewhere then stays
as it was: the titles in the navigation, the text of links, numbers, style sheets. Here all of
that is digested, and with another digest every page is written again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

INTERRUPTED = ".lesson-writing"
"""Lies beside the doctrees from the reading of pages to the end of writing them.

Found there at the start, they were read and not all written, which Sphinx has no other memory of.
"""

_DIGEST = "lesson_surroundings"
_WAS_INTERRUPTED = "lesson_was_interrupted"


def setup_surroundings(app: Sphinx) -> None:
    """Register the events."""
    app.connect("env-before-read-docs", look_for_interruption)
    # After Sphinx has numbered the figures, which it does at the same event.
    app.connect("env-get-updated", find_pages_to_rewrite, priority=900)
    app.connect("write-started", mark_writing)
    # after all that changes what was written
    app.connect("build-finished", unmark_writing, priority=999)


def look_for_interruption(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Note whether the last build was interrupted, before this one is noted as unfinished."""
    app.__dict__[_WAS_INTERRUPTED] = _marker(app).exists()
    if docnames:
        _marker(app).touch()


def find_pages_to_rewrite(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return every page if the surroundings have changed or the last writing was interrupted."""
    digest = _digest(app, env)
    is_changed = getattr(env, _DIGEST, None) != digest
    setattr(env, _DIGEST, digest)
    if not is_changed and not app.__dict__[_WAS_INTERRUPTED]:
        return []
    _marker(app).touch()  # Sphinx will soon have stored the digest, and not yet have written
    return sorted(env.found_docs)


def get_surroundings(env: BuildEnvironment) -> str:
    """Return the digest of what may show on any page, as it was when the pages had been read."""
    digest: str = getattr(env, _DIGEST, "")
    return digest


def mark_writing(app: Sphinx, builder: object) -> None:
    """Note that pages are being written."""
    _marker(app).touch()


def unmark_writing(app: Sphinx, exception: Exception | None) -> None:
    """Note that all were."""
    if exception is None:
        _marker(app).unlink(missing_ok=True)


def _marker(app: Sphinx) -> Path:
    return Path(app.doctreedir, INTERRUPTED)


def _digest(app: Sphinx, env: BuildEnvironment) -> str:
    digest = hashlib.sha256()
    for part in (*_describe_pages(env), *_describe_labels(env), *describe_static_files(app)):
        digest.update(f"{part}\n".encode("utf8", "surrogatepass"))
    return digest.hexdigest()


def _describe_pages(env: BuildEnvironment) -> Iterator[str]:
    for docname in sorted(env.found_docs):
        titles = (env.titles.get(docname), env.longtitles.get(docname))
        yield f"{docname} {[title.pformat() for title in titles if title is not None]}"
        yield repr(env.toctree_includes.get(docname))
        yield repr(sorted(env.toc_secnumbers.get(docname, {}).items()))
        numbers = env.toc_fignumbers.get(docname, {})
        yield repr([(kind, sorted(numbers[kind].items())) for kind in sorted(numbers)])


def _describe_labels(env: BuildEnvironment) -> Iterator[str]:
    """Describe all that references can show or lead to, without the lines on which it stands."""
    standard: Any = env.get_domain("std")
    for name in ("labels", "anonlabels", "objects", "_terms", "progoptions"):
        yield from _sorted(standard.data.get(name.removeprefix("_"), getattr(standard, name, {})))
    yield from _sorted(getattr(env.get_domain("math"), "equations", {}))
    cited: Any = env.domains.get("cite")
    for citation in getattr(cited, "citations", ()):
        yield f"{citation.key} {citation.citation_id} {citation.formatted_entry.text!s}"
        yield f"{citation.formatted_entry.label} {citation.bibliography_key}"


def _sorted(items: Any) -> Iterable[str]:
    return sorted(f"{key} {value}" for key, value in items.items())


def describe_static_files(app: Sphinx) -> Iterator[str]:
    """Describe the style sheets, scripts and templates of the course and of this package."""
    places = (*app.config.html_static_path, *app.config.templates_path)
    for place in dict.fromkeys(map(str, places)):
        root = Path(app.confdir, place)
        files = [root] if root.is_file() else sorted(p for p in root.rglob("*") if p.is_file())
        for path in files:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            yield f"{place} {path.relative_to(root).as_posix()} {content}"
