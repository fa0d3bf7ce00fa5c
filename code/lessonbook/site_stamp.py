"""Whether the published site is what a build would publish again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import lessonbook
from lessonbook.environment import course_files, installed_packages
from lessonbook.manifest import read_checked, write_checked
from lessonbook.plan import RECORDS_FOLDER, Plan
from lessonbook.project import Project, find_source
from lessonbook.recorder import file_state

STAMP_NAME = "site.json"
_OWN_FOLDER = Path(lessonbook.__file__).parent


def digest_inputs(project: Project, plan: Plan, options: Iterable[str]) -> str:
    """Digest everything that pages are made of.

    Parameters
    ----------
    project : Project
        The course.
    plan : Plan
        With the results that the pages show.
    options : iterable of str
        What else decides what is published.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for part in _inputs(project, plan, options):
        digest.update(f"{part}\n".encode("utf8", "surrogateescape"))
    return digest.hexdigest()


def is_site_current(project: Project, inputs: str) -> bool:
    """Tell whether the published site was made of `inputs`, and has not been touched since.

    Parameters
    ----------
    project : Project
        The course.
    inputs : str
        From `digest_inputs`.

    Returns
    -------
    bool
        False also where that is not known.
    """
    try:
        stamp = read_checked(_stamp_file(project))
    except (OSError, ValueError, KeyError, TypeError):
        return False  # a damaged stamp costs one rendering
    return stamp.get("inputs") == inputs and stamp.get("site") == _digest_site(project.site_folder)


def seems_edited(project: Project) -> bool:
    """Guess from dates alone whether a page was edited since the site was built.

    Parameters
    ----------
    project : Project
        The course.

    Returns
    -------
    bool
        False also where there is no site yet.
    """
    sources = [find_source(project.root, page) for page in project.pages]
    try:
        built = _stamp_file(project).stat().st_mtime_ns
        return any(source.stat().st_mtime_ns > built for source in sources if source is not None)
    except OSError:
        return False


def stamp_site(project: Project, inputs: str) -> None:
    """Note what the published site was made of.

    Parameters
    ----------
    project : Project
        The course, just published.
    inputs : str
        From `digest_inputs`, before the pages were rendered.
    """
    fields = {"inputs": inputs, "site": _digest_site(project.site_folder)}
    write_checked(_stamp_file(project), fields)


def _inputs(project: Project, plan: Plan, options: Iterable[str]) -> Iterator[str]:
    yield from options
    for package, version in sorted(dict(installed_packages()).items()):
        yield f"{package} {version}"
    for folder in (_OWN_FOLDER, project.root):
        for path in sorted(course_files(folder)):
            yield f"{path.relative_to(folder)} {file_state(str(path))}"
    for episode in plan.episodes:
        key = episode.manifest.key if episode.manifest and episode.has_results else "no results"
        yield f"{episode.page} {key}"


def _digest_site(site: Path) -> str:
    """Digest names, sizes and dates in the site; its contents would take too long."""
    entries = []
    for folder, _, names in os.walk(site):
        for name in names:
            path = Path(folder, name)
            status = path.lstat()
            entries.append([str(path.relative_to(site)), status.st_size, status.st_mtime_ns])
    return hashlib.sha256(json.dumps(sorted(entries)).encode()).hexdigest()


def _stamp_file(project: Project) -> Path:
    return project.build_folder / RECORDS_FOLDER / STAMP_NAME
