"""Write a new course that builds at once: configuration, contents, landing page, one episode."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from lessonbook.findings import Finding, LessonbookError
from lessonbook.project import CONFIG_NAME, TOC_NAME
from lessonbook.scaffold.naming import DEFAULT_DIGITS, DEFAULT_FOLDER, Numbering
from lessonbook.scaffold.new_episode import checked_title, slug_from
from lessonbook.scaffold.skeleton import BLANK, write_skeleton

TEACHING, EXERCISES = 30, 15
_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][A-Za-z]{2,4})?")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#$|~&])")


@dataclass(frozen=True)
class CourseRequest:
    """What an author asks for.

    Parameters
    ----------
    title : str
        The course's title, one line.
    episode : str
        Title of its first episode.
    author : str
        Who writes it.
    language : str
        Code of the language that it is written in, for example ``en``.
    """

    title: str
    episode: str = "The first episode"
    author: str = "The course's authors"
    language: str = "en"


def create_course(folder: Path, request: CourseRequest) -> list[Path]:
    """Write a course into a folder.

    Parameters
    ----------
    folder : pathlib.Path
        The folder, which need not exist. What is in it stays.
    request : CourseRequest
        What to write.

    Returns
    -------
    list of pathlib.Path
        The new files.

    Raises
    ------
    LessonbookError
        If one of the files is there already, or something that was asked for cannot be used;
        nothing is then written.
    """
    files = {folder / name: text for name, text in _files(request).items()}
    there = [path for path in files if path.exists() and path.name != ".gitignore"]
    if there:
        found = ", ".join(path.relative_to(folder).as_posix() for path in there)
        message = f"found a course or a part of one ({found}); name another folder"
        raise LessonbookError(Finding(str(folder), None, message))
    new_folders = _folders_to_make(files)
    written = []
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                with path.open("x", encoding="utf8", newline="\n") as file:
                    written.append(path)
                    file.write(text)
    except BaseException:
        for path in written:
            path.unlink()
        for made in new_folders:
            with contextlib.suppress(OSError):
                made.rmdir()
        raise
    return written


def _folders_to_make(files: dict[Path, str]) -> list[Path]:
    """The folders that are not there, innermost first."""
    missing = {folder for path in files for folder in path.parents if not folder.exists()}
    return sorted(missing, key=lambda folder: len(folder.parts), reverse=True)


def _files(request: CourseRequest) -> dict[str, str]:
    title, episode = checked_title(request.title), checked_title(request.episode)
    if not _LANGUAGE.fullmatch(request.language):
        message = f"found {request.language!r}, allowed the code of a language, such as en"
        raise LessonbookError(Finding("--language", None, message))
    page = Numbering(DEFAULT_FOLDER, 1, DEFAULT_DIGITS).page(slug_from(episode))
    return {
        CONFIG_NAME: _config(title, checked_title(request.author), request.language),
        TOC_NAME: _contents(page),
        "index.md": _landing_page(title),
        f"{page}.md": write_skeleton(page, episode, TEACHING, EXERCISES),
        ".gitignore": "_build/\n",
    }


def _config(title: str, author: str, language: str) -> str:
    names = yaml.safe_dump(
        {"title": title, "author": author}, allow_unicode=True, sort_keys=False, width=10**6
    )
    return f"""\
{names}only_build_toc_files: true
exclude_patterns: [".*", _build]

# code cells run when the site is built, and again only when something that they read has changed
execute:
  execute_notebooks: cache
  timeout: 300
  run_in_temp: true

parse:
  myst_enable_extensions:
    - amsmath
    - attrs_inline
    - colon_fence
    - deflist
    - dollarmath
    - substitution
    - tasklist

html:
  home_page_in_navbar: true

sphinx:
  extra_extensions:
    - lessonbook
  config:
    language: {language}
    lesson_schedule:
      start: "9:00"
      end: "17:00"
"""


def _contents(page: str) -> str:
    return f"""\
# lessonbook new "Title" adds an episode to this list
format: jb-book
root: index
parts:
  - caption: Episodes
    chapters:
      - file: {page}
"""


def _landing_page(title: str) -> str:
    heading = _MARKUP.sub(r"\\\1", title)
    return f"""\
# {heading}

{BLANK}: what this course is about, and why it is worth a learner's day

## For whom

{BLANK}: what learners need to know and to bring

## Schedule

```{{lesson-schedule}}
```
"""
