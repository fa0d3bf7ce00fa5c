"""Videos of each episode's last good run, so that the next one draws only what has changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from lessonbook.own_code import own_digest
from lessonbook.plan import RECORDS_FOLDER
from lessonbook.project import Project
from lessonbook.video.kept import ENDING, TAKEN, VARIABLE, Shelf

FOLDER = "videos"


def video_variables(
    project: Project, page: str, workspace: Path, watched: str, facts: Mapping[str, str]
) -> dict[str, str]:
    """Give a run of an episode its places for videos.

    Parameters
    ----------
    project : Project
        The course.
    page : str
        The episode.
    workspace : pathlib.Path
        The folder of the run.
    watched : str
        Digest of all files of the course that are no pages.
    facts : mapping of str to str
        Versions of all that its environment has.

    Returns
    -------
    dict of str to str
        An environment variable.
    """
    made = _made(workspace)
    made.mkdir()
    version = json.dumps([own_digest(), watched, dict(facts)], sort_keys=True)
    shelf = Shelf(str(_kept(project, page)), str(made), version)
    return {VARIABLE: json.dumps(asdict(shelf))}


def has_videos(workspace: Path) -> bool:
    """Tell whether a run has shown a video that may be kept."""
    return any(_made(workspace).iterdir())


def has_found_videos(workspace: Path) -> bool:
    """Tell whether a run has shown a video that it did not draw."""
    return any(_made(workspace).glob(f"*{TAKEN}"))


def keep_videos(project: Project, page: str, workspace: Path) -> None:
    """Keep the videos of a run in the place of those of the run before it.

    Parameters
    ----------
    project : Project
        The course; no other build of it may be running.
    page : str
        The episode.
    workspace : pathlib.Path
        The folder of the run, which has succeeded.
    """
    made, kept = _made(workspace), _kept(project, page)
    shown = {path.stem for path in made.iterdir()}
    for path in kept.glob("*") if kept.is_dir() else ():
        if path.stem not in shown:
            path.unlink()
    for path in made.glob(f"*{ENDING}"):
        kept.mkdir(parents=True, exist_ok=True)
        # a half-written one has no checksum that holds
        shutil.copyfile(path, kept / path.name)


def drop_videos(project: Project, page: str) -> None:
    """Drop what was kept of a page that is gone."""
    shutil.rmtree(_kept(project, page), ignore_errors=True)


def _kept(project: Project, page: str) -> Path:
    return project.build_folder / RECORDS_FOLDER / FOLDER / page.replace("/", "--")


def _made(workspace: Path) -> Path:
    return workspace / "videos"
