"""What is known of each episode's last good run: what it read, and where its results are."""

from __future__ import annotations

import dataclasses as dc
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lessonbook.findings import Finding

FORMAT = 2
"""Raised when manifests mean something else than before; older ones are then not read."""


@dc.dataclass(frozen=True)
class Manifest:
    """The record of a run that succeeded.

    Attributes
    ----------
    page : str
        The episode.
    source_digest, code_digest : str
        As in `lessonbook.episode_code.EpisodeCode`.
    files : mapping of str to str
        Each file of the course that was read, by path from its root, with its digest; empty for
        one that was looked for and not there. `CHANGED` for one that changed meanwhile.
    folders : mapping of str to list of str or None
        Each folder that was listed, with the names in it.
    facts : mapping of str to str
        The environment of the run; only those optional facts that it used.
    watched : str
        For a run that could not be recorded, the digest of every file it might have read; `CHANGED`
        where such a file changed meanwhile.
    result : str
        Key of the results in the jupyter-cache.
    result_digest : str
        SHA-256 of the file with the results.
    fits : list of dict
        What the code told of its fits, as in `lessonbook.fit_records`.
    seconds : float
        How long the run took.
    finished : str
        When it ended, in ISO 8601, UTC.
    """

    page: str
    source_digest: str
    code_digest: str
    files: Mapping[str, str]
    folders: Mapping[str, list[str] | None]
    facts: Mapping[str, str]
    watched: str
    result: str
    result_digest: str
    fits: list[dict[str, Any]]
    seconds: float
    finished: str

    @property
    def key(self) -> str:
        """Digest of everything that the results depend on."""
        ingredients = [self.code_digest, self.files, self.folders, self.facts, self.watched]
        return _digest(_json([dict(i) if isinstance(i, Mapping) else i for i in ingredients]))


CHANGED = "changed during the run"
"""State of a file that is equal to no file's."""


class ManifestStore:
    """The manifests of a course, one file each.

    Facts about the environment, hundreds of lines that episodes share, lie in files of their own.

    Parameters
    ----------
    folder : pathlib.Path
        Where to keep them; need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.episodes = folder / "episodes"
        self.facts = folder / "facts"
        self.failures = folder / "failures"

    def read_all(self) -> tuple[dict[str, Manifest], list[Finding]]:
        """Read every manifest.

        Returns
        -------
        manifests : dict of str to Manifest
            By page.
        damaged : list of Finding
            One for each file that cannot be trusted; its episode counts as never run.
        """
        manifests: dict[str, Manifest] = {}
        damaged: list[Finding] = []
        facts: dict[str, Any] = {}
        for path in sorted(self.episodes.rglob("*.json")):
            try:
                fields = read_checked(path)
                digest = fields["facts"]
                if digest not in facts:
                    facts[digest] = read_checked(self.facts / f"{digest}.json")
                manifest = Manifest(**{**fields, "facts": facts[digest]})
            except (OSError, ValueError, KeyError, TypeError) as error:
                page = path.relative_to(self.episodes).as_posix().removesuffix(".json")
                message = f"the record of its last run is damaged ({error}); it is run again"
                damaged.append(Finding(f"{page}.md", None, message))
            else:
                manifests[manifest.page] = manifest
        return manifests, damaged

    def write(self, manifest: Manifest) -> None:
        """Keep a manifest, in the place of any earlier one of its page."""
        facts = _json(dict(manifest.facts))
        digest = _digest(facts)
        write_checked(self.facts / f"{digest}.json", dict(manifest.facts))
        write_checked(self._file(manifest.page), {**dc.asdict(manifest), "facts": digest})
        self.forget_failure(manifest.page)

    def remove(self, page: str) -> None:
        """Drop the manifest of a page."""
        _unlink(self._file(page))

    def remove_unused_facts(self, manifests: Mapping[str, Manifest]) -> None:
        """Drop the facts that none of the manifests refers to."""
        used = {_digest(_json(dict(manifest.facts))) for manifest in manifests.values()}
        for path in self.facts.glob("*.json"):
            if path.stem not in used:
                _unlink(path)

    def note_failure(self, page: str, message: str) -> None:
        """Remember that the last run of a page failed; its manifest stays."""
        write_checked(self.failures / f"{page}.json", {"message": message})

    def forget_failure(self, page: str) -> None:
        """Drop what `note_failure` noted."""
        _unlink(self.failures / f"{page}.json")

    def last_failure(self, page: str) -> str:
        """Return how the last run of a page failed, empty if it did not."""
        try:
            return str(read_checked(self.failures / f"{page}.json")["message"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""  # a note for the reader only: without it nothing is taken for fresh

    def _file(self, page: str) -> Path:
        return self.episodes / f"{page}.json"


def read_checked(path: Path) -> dict[str, Any]:
    """Read what `write_checked` wrote.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    dict
        The fields.

    Raises
    ------
    OSError, ValueError, KeyError, TypeError
        If the file is missing or damaged.
    """
    content = json.loads(path.read_text(encoding="utf8"))
    if content["format"] != FORMAT:
        raise ValueError(f"found format {content['format']}, needed {FORMAT}")
    if content["sha256"] != _digest(_json(content["fields"])):
        raise ValueError("its checksum does not hold")
    fields: dict[str, Any] = content["fields"]
    return fields


def write_checked(path: Path, fields: Mapping[str, Any]) -> None:
    """Write fields to a file that is there whole or not at all, whatever happens meanwhile.

    Parameters
    ----------
    path : pathlib.Path
        The file; its folder is made where it is missing.
    fields : mapping of str
        What JSON can hold.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"format": FORMAT, "sha256": _digest(_json(fields)), "fields": fields}
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf8") as file:
            json.dump(content, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        _make_way(path)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _unlink(path: Path) -> None:
    _make_way(path)
    path.unlink(missing_ok=True)


def _make_way(path: Path) -> None:
    """Remove a folder that stands, after some accident, where a file belongs."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
