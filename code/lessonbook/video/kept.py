"""The video of an earlier run, where nothing has changed that it was drawn from.

Whoever edits a cell waits for all cells before it, and drawing hundreds of pictures is the longest
wait that nothing else shortens. `lessonbook.kept_videos` gives each run a place to look and a place
to put; outside a build there is neither, and every video is drawn.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lessonbook.video.output import Video

VARIABLE = "LESSONBOOK_VIDEOS"
"""Environment variable with the fields of a `Shelf`, as JSON."""

ENDING = ".json"
TAKEN = ".taken"
"""Ending of an empty file that says that a video was not drawn but found."""


@dataclass(frozen=True)
class Shelf:
    """Where a run finds videos, and where it leaves those that it draws.

    Attributes
    ----------
    kept : str
        Folder with the videos of the episode's last good run; it may be missing.
    made : str
        Folder for those of this run.
    version : str
        All that a drawing depends on beside what the film itself says: code, packages, Python.
    """

    kept: str
    made: str
    version: str

    @classmethod
    def of_this_run(cls) -> Shelf | None:
        """Return what the build has told this process of, None outside a build."""
        text = os.environ.get(VARIABLE)
        return cls(**json.loads(text)) if text else None

    def key(self, ingredients: Iterable[str | bytes]) -> str:
        """Digest what a video is drawn from.

        Parameters
        ----------
        ingredients : iterable of str or bytes
            In a fixed order.

        Returns
        -------
        str
            64 hexadecimal digits.
        """
        digest = hashlib.sha256(self.version.encode())
        for part in ingredients:
            content = part.encode("utf8", "surrogatepass") if isinstance(part, str) else part
            # by digest, so that no two lists of parts run into the same bytes
            digest.update(hashlib.sha256(content).digest())
        return digest.hexdigest()

    def find(self, key: str) -> Video | None:
        """Return the video with a key; None if there is none, or only a damaged one."""
        try:
            stored = json.loads(Path(self.kept, key + ENDING).read_bytes())
            if stored["sha256"] != _checksum(stored["video"]):
                return None
            video = Video.from_json(stored["video"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        Path(self.made, key + TAKEN).touch()
        return video

    def put(self, key: str, video: Video) -> None:
        """Leave a video for later runs. The build takes it over if this run succeeds."""
        content = video.to_json()
        text = json.dumps({"sha256": _checksum(content), "video": content})
        Path(self.made, key + ENDING).write_text(text, encoding="utf8")


def _checksum(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
