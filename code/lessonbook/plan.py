"""Which episodes are fresh, which are stale, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lessonbook.environment import Environment, read_environment, watched_digest
from lessonbook.episode_code import EpisodeCode, find_code
from lessonbook.execution_settings import ExecutionSettings, execution_settings
from lessonbook.findings import Finding
from lessonbook.manifest import CHANGED, Manifest, ManifestStore
from lessonbook.project import Project
from lessonbook.recorder import file_state, folder_state
from lessonbook.results import result_file

RECORDS_FOLDER = ".lesson"


@dataclass(frozen=True)
class Reason:
    """Why an episode is stale.

    Attributes
    ----------
    kind : str
        ``file``, ``folder``, ``code``, ``environment``, ``result``, ``never``, ``failed``,
        ``forced`` or ``unreadable``.
    subject : str
        The file, folder or version; empty where the kind says it all.
    text : str
        The reason in words.
    """

    kind: str
    subject: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class EpisodePlan:
    """What is to be done with one episode.

    Attributes
    ----------
    code : EpisodeCode
        The episode.
    reasons : tuple of Reason
        Why it is stale; empty for a fresh one.
    manifest : Manifest or None
        The run that its results are from; for an episode that was renamed, that of the old name.
    """

    code: EpisodeCode
    reasons: tuple[Reason, ...]
    manifest: Manifest | None

    @property
    def page(self) -> str:
        """The episode's path from the course's root, without suffix."""
        return self.code.page

    @property
    def is_fresh(self) -> bool:
        """Whether there is nothing to execute."""
        return not self.reasons

    @property
    def has_results(self) -> bool:
        """Whether there are results that hold, even if they are to be made anew."""
        return self.manifest is not None and all(r.kind == "forced" for r in self.reasons)


@dataclass(frozen=True)
class Plan:
    """What is to be done with all of them.

    Attributes
    ----------
    episodes : tuple of EpisodePlan
        In the order of the table of contents.
    manifests : mapping of str to Manifest
        Every run on record, also of pages that are gone.
    environment : Environment
        As it is now.
    warnings : tuple of Finding
        Records that are damaged.
    """

    episodes: tuple[EpisodePlan, ...]
    manifests: Mapping[str, Manifest]
    environment: Environment
    warnings: tuple[Finding, ...]

    @property
    def stale(self) -> tuple[EpisodePlan, ...]:
        """The episodes that are to be executed."""
        return tuple(episode for episode in self.episodes if not episode.is_fresh)


def plan(project: Project) -> Plan:
    """Compare every episode with the record of its last run.

    Parameters
    ----------
    project : Project
        The course; nothing in it is written.

    Returns
    -------
    Plan

    Raises
    ------
    LessonbookError
        If a setting is not allowed, or a script of ``lesson_environment`` fails.
    """
    settings = execution_settings(project)
    store = manifest_store(project)
    manifests, damaged = store.read_all()
    environment = read_environment(project, settings)
    known = {page: (one.source_digest, one.code_digest) for page, one in manifests.items()}
    codes = find_code(project, settings, known)
    adopted = _adopt(codes, manifests, settings)
    comparison = _Comparison(project.root, settings, environment)
    episodes = []
    for code in codes:
        manifest = adopted.get(code.page)
        reasons = list(comparison.reasons(code, manifest))
        failure = store.last_failure(code.page) if reasons else ""
        if failure:
            reasons.append(Reason("failed", "", f"its last run failed: {failure}"))
        if settings.mode == "force":
            reasons.append(Reason("forced", "", "execute_notebooks is `force`"))
        episodes.append(EpisodePlan(code, tuple(reasons), manifest))
    return Plan(tuple(episodes), manifests, environment, tuple(damaged))


def manifest_store(project: Project) -> ManifestStore:
    """The manifests of a course."""
    return ManifestStore(project.build_folder / RECORDS_FOLDER)


def _adopt(
    codes: list[EpisodeCode], manifests: Mapping[str, Manifest], settings: ExecutionSettings
) -> dict[str, Manifest]:
    """Find each page's manifest: its own, or that of a page that is gone and had its code."""
    adopted = {code.page: manifests[code.page] for code in codes if code.page in manifests}
    pages = {code.page for code in codes}
    gone = {
        (manifest.code_digest, _place(page, settings)): manifest
        for page, manifest in manifests.items()
        if page not in pages
    }
    for code in codes:
        key = (code.code_digest, _place(code.page, settings))
        if code.page not in adopted and key in gone:
            adopted[code.page] = gone[key]
    return adopted


def _place(page: str, settings: ExecutionSettings) -> str:
    """Where a page's code runs, so far as it could make a difference."""
    return "" if settings.run_in_temp else page.rpartition("/")[0]


class _Comparison:
    """Looks at each file, folder and result once, however many episodes read it."""

    def __init__(self, root: Path, settings: ExecutionSettings, environment: Environment) -> None:
        self.root = root
        self.settings = settings
        self.environment = environment
        self.files: dict[str, str] = {}
        self.folders: dict[str, list[str] | None] = {}
        self.watched = ""

    def reasons(self, code: EpisodeCode, manifest: Manifest | None) -> Iterator[Reason]:
        if code.problem:
            yield Reason("unreadable", code.path.name, f"it cannot be read: {code.problem}")
            return
        if manifest is None:
            yield Reason("never", "", "it was never run")
            return
        if manifest.code_digest != code.code_digest:
            yield Reason("code", "", "its code cells changed")
        for name, then in manifest.files.items():
            yield from self._compare_file(name, then)
        for name, names in manifest.folders.items():
            yield from self._compare_folder(name, names)
        yield from self._compare_facts(manifest.facts)
        if manifest.watched and manifest.watched != self._watched():
            yield Reason("file", "", "a file changed, and it is not known which files it reads")
        yield from self._look_at_result(manifest)

    def _compare_file(self, name: str, then: str) -> Iterator[Reason]:
        if name not in self.files:
            self.files[name] = file_state(str(self.root / name))
        now = self.files[name]
        if now == then:
            return
        if then == CHANGED:
            what = "changed while it ran"
        elif not now:
            what = "is gone"
        else:
            what = "changed" if then else "is new"
        yield Reason("file", name, f"{name} {what}")

    def _compare_folder(self, name: str, then: list[str] | None) -> Iterator[Reason]:
        if name not in self.folders:
            self.folders[name] = folder_state(str(self.root / name))
        now = self.folders[name]
        if now == then:
            return
        shown = "the course's folder" if name == "." else f"{name}/"
        new = sorted(set(now or ()) - set(then or ()))
        gone = sorted(set(then or ()) - set(now or ()))
        what = "; ".join(
            f"{label} {', '.join(names)}"
            for label, names in (("new:", new), ("gone:", gone))
            if names
        )
        yield Reason("folder", name, f"the files in {shown} changed ({what or 'now empty'})")

    def _compare_facts(self, then: Mapping[str, str]) -> Iterator[Reason]:
        now = {
            **self.environment.facts,
            **{name: value for name, value in self.environment.optional.items() if name in then},
        }
        for name in sorted({*then, *now}):
            if then.get(name) != now.get(name):
                yield Reason("environment", name, _describe(name, then.get(name), now.get(name)))

    def _watched(self) -> str:
        self.watched = self.watched or watched_digest(self.root, self.settings.dependencies)
        return self.watched

    def _look_at_result(self, manifest: Manifest) -> Iterator[Reason]:
        path = result_file(self.settings.cache, manifest.result)
        state = file_state(str(path))
        if state != manifest.result_digest:
            what = "damaged" if state else "missing"
            yield Reason("result", "", f"its stored results are {what}")


def _describe(name: str, then: str | None, now: str | None) -> str:
    label = name.removeprefix("package ")
    if then is None or now is None:
        return f"{label} is {'no longer' if now is None else 'now'} part of the environment"
    if len(then) == len(now) == 64:  # digests, which say nothing to a reader
        return f"{label} changed"
    return f"{label} was {then}, is {now}"
