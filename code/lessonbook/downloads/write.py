"""Write the downloads of a rendered view, and links to them on its pages."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lessonbook.downloads.data import pack_data
from lessonbook.downloads.links import Download, add_links
from lessonbook.downloads.sources import EXERCISES, NOTEBOOK, SCRIPT, Source, find_images
from lessonbook.execution_settings import ExecutionSettings, execution_settings
from lessonbook.lesson_config import lesson_setting
from lessonbook.own_code import own_digest
from lessonbook.plan import EpisodePlan
from lessonbook.project import Project
from lessonbook.settings import read_settings

DATA = "-data.zip"
LABELS = {
    NOTEBOOK: "Notebook with results",
    EXERCISES: "Notebook without solutions and results",
    SCRIPT: "Script",
    DATA: "Data",
}

_KEY_FILE = "key"


def write_downloads(
    project: Project,
    episodes: Iterable[EpisodePlan],
    site: Path,
    cache: Path,
    *,
    for_instructor: bool,
) -> None:
    """Write the downloads of each episode beside its page, and list them on it.

    Parameters
    ----------
    project : Project
        The course.
    episodes : iterable of EpisodePlan
        With the records of their runs.
    site : pathlib.Path
        The pages of one view as Sphinx wrote them, which are changed.
    cache : pathlib.Path
        Folder for what need not be made anew as long as a page stays the same.
    for_instructor : bool
        Whether the pages are the instructors'.

    Raises
    ------
    LessonbookError
        If a page and its executed notebook do not go together.
    """
    requirements = describe_requirements(project)
    folders = read_settings(project.config).data_folders
    settings = execution_settings(project)
    for episode in episodes:
        name = f"{episode.page}.html"
        file = site / name
        if not file.is_file() or episode.code.problem:
            continue
        text = file.read_text(encoding="utf8")
        source = Source(name, file, text, requirements)
        files = _make_or_fetch(
            source, episode, settings, cache / episode.page, for_instructor=for_instructor
        )
        if files and episode.manifest is not None:
            data = pack_data(project.root, episode.page, episode.manifest.files, folders)
            if data is not None:
                files[DATA] = data
        downloads = []
        for ending, content in files.items():
            path = f"{episode.page}{ending}"
            (site / path).write_bytes(content)
            downloads.append(Download(path, LABELS[ending], len(content)))
        file.write_text(add_links(text, name, downloads), encoding="utf8")


def describe_requirements(project: Project) -> str:
    """Say what the code of the course needs before it runs anywhere else.

    Parameters
    ----------
    project : Project
        The course.

    Returns
    -------
    str
        Sentences in Markdown; empty where the course installs nothing and says nothing.
    """
    repository: Any = project.config.get("repository")
    url = repository.get("url") if isinstance(repository, dict) else None
    sentences = []
    if (project.root / "pyproject.toml").is_file():
        if url:
            sentences.append(f"`pip install git+{url}` installs what the code needs.")
        else:
            sentences.append(
                "`pip install .` in a copy of the course installs what the code needs."
            )
    own = lesson_setting(project.config, "lesson_requirements")
    if isinstance(own, str):
        sentences.append(own.strip())
    return " ".join(sentences)


def _make_or_fetch(
    source: Source,
    episode: EpisodePlan,
    settings: ExecutionSettings,
    kept: Path,
    *,
    for_instructor: bool,
) -> dict[str, bytes]:
    """Return the files of a page by the end of their names, from the former build if possible."""
    key = _key(source, episode)
    files = _fetch(kept, key)
    if files is not None:
        return files
    # both take a while to import, which a build that fetches everything need not pay
    from lessonbook.downloads.episode import make_files
    from lessonbook.downloads.executed import read_executed

    executed = read_executed(episode, settings, for_instructor=for_instructor)
    files = {name: text.encode("utf8") for name, text in make_files(source, executed).items()}
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    for name, content in files.items():
        (kept / f"file{name}").write_bytes(content)
    record = {"key": key, "files": list(files), "digest": _digest(files)}
    (kept / _KEY_FILE).write_text(json.dumps(record), encoding="utf8")
    return files


def _fetch(kept: Path, key: str) -> dict[str, bytes] | None:
    try:
        record = json.loads((kept / _KEY_FILE).read_text(encoding="utf8"))
        files = {name: (kept / f"file{name}").read_bytes() for name in record["files"]}
        is_good = record["key"] == key and record["digest"] == _digest(files)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # whatever is wrong with it, the files are made anew
    return files if is_good else None


def _key(source: Source, episode: EpisodePlan) -> str:
    """Digest all that the files of a page are made of."""
    digest = hashlib.sha256(own_digest().encode())
    manifest = episode.manifest if episode.has_results else None
    result = manifest.result_digest if manifest else ""
    parts = [source.name, source.text, source.requirements, episode.code.source_digest, result]
    for text in parts:
        digest.update(hashlib.sha256(text.encode("utf8", "surrogatepass")).digest())
    for image in find_images(source.text, source.file):
        digest.update(hashlib.sha256(image.read_bytes()).digest())
    return digest.hexdigest()


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()
