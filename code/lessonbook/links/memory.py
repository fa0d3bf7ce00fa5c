"""What links were found to work, and when, so that they are not asked for again every time."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lessonbook.links.ask import Answer
from lessonbook.whole_files import write_whole

PLACE = Path(".lesson", "links.json")
VERSION = 1
SECONDS_PER_DAY = 86_400.0


class Memory:
    """Answers of earlier runs.

    Parameters
    ----------
    path : pathlib.Path
        The file that holds them, which need not exist; one that cannot be read counts as empty.
    max_age : float
        Days after which an answer is forgotten.
    """

    def __init__(self, path: Path, max_age: float) -> None:
        self._path = path
        self._entries = self._load(max_age * SECONDS_PER_DAY)

    def recall(self, url: str) -> Answer | None:
        """Return the answer to an address that worked not long ago."""
        entry = self._entries.get(url)
        return None if entry is None else Answer("ok", entry["detail"], entry["moved_to"])

    def keep(self, answers: Mapping[str, Answer]) -> None:
        """Write down the answers of a run; only those that were good are used again.

        Parameters
        ----------
        answers : mapping of str to Answer
            By address.
        """
        now = time.time()
        for url, answer in answers.items():
            if answer.status == "ok":
                known = {name: asdict(answer)[name] for name in ("detail", "moved_to")}
                self._entries.setdefault(url, {**known, "checked": now})
            else:
                self._entries.pop(url, None)
        content = {"version": VERSION, "links": dict(sorted(self._entries.items()))}
        write_whole(self._path, json.dumps(content, indent=1))

    def _load(self, max_age: float) -> dict[str, dict[str, Any]]:
        try:
            content = json.loads(self._path.read_text(encoding="utf8"))
            if content["version"] != VERSION:
                return {}
            now = time.time()
            return {
                url: {
                    "detail": str(entry["detail"]),
                    "moved_to": str(entry["moved_to"]),
                    "checked": float(entry["checked"]),
                }
                for url, entry in content["links"].items()
                if 0 <= now - float(entry["checked"]) < max_age
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}
