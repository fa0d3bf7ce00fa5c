"""What takes a while to work out, kept for the next build by what it was worked out from."""

from __future__ import annotations

import hashlib
import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from lessonbook.own_code import own_digest
from lessonbook.whole_files import write_whole

T = TypeVar("T")


class Kept:
    """Results of functions of a text, as of the build before this one.

    Parameters
    ----------
    path : pathlib.Path, optional
        The file that holds them. Without one, nothing is kept beyond this build.
    version : str
        Of what else the results depend on: with another one they are worked out anew.
    """

    def __init__(self, path: Path | None = None, *, version: str = "") -> None:
        self._path = path
        self._version = f"{own_digest()} {sys.version} {version}"
        self._before: dict[str, Any] = {}
        if path is not None:
            self.take_over(path)
        self._used: dict[str, Any] = {}

    def take_over(self, path: Path) -> None:
        """Have the results that another process has kept, too.

        Parameters
        ----------
        path : pathlib.Path
            Its file. What cannot be read there, or depends on something else, is left out.
        """
        self._before |= _load(path, self._version)

    def get(self, kind: str, content: str | bytes, make: Callable[[], T]) -> T:
        """Return what a function makes of a content, made now or in an earlier build.

        Parameters
        ----------
        kind : str
            Which function.
        content : str or bytes
            All that its result depends on, but for the code of this package.
        make : callable
            Makes it; the result, which must not be changed, is pickled.

        Returns
        -------
        object
            What `make` returns.

        Examples
        --------
        >>> kept = Kept()
        >>> kept.get("length", "a page", lambda: len("a page"))
        6
        >>> kept.get("length", "a page", lambda: 1 / 0)
        6
        """
        key = _key(kind, content)
        if key not in self._used:
            self._used[key] = self._before[key] if key in self._before else make()
        result: T = self._used[key]
        return result

    def find(self, kind: str, content: str | bytes) -> Any:
        """Return what an earlier build has put there; None if there is nothing."""
        key = _key(kind, content)
        if key in self._before:
            self._used[key] = self._before[key]
        return self._used.get(key)

    def put(self, kind: str, content: str | bytes, result: object) -> None:
        """Keep what was made of a content where no function could be given that makes it."""
        key = _key(kind, content)
        self._used[key] = result
        self._before.pop(key, None)

    def save(self) -> None:
        """Write what this build has used; the rest is forgotten."""
        if self._path is not None and self._used.keys() != self._before.keys():
            record = (self._version, self._used)
            write_whole(self._path, pickle.dumps(record, pickle.HIGHEST_PROTOCOL))


def _key(kind: str, content: str | bytes) -> str:
    data = content.encode("utf8", "surrogatepass") if isinstance(content, str) else content
    return f"{kind} {hashlib.sha256(data).hexdigest()}"


@contextmanager
def keep(path: Path) -> Iterator[Kept]:
    """Have results of the last build, and keep those of this one if it succeeds.

    Parameters
    ----------
    path : pathlib.Path
        The file that holds them.
    """
    kept = Kept(path)
    yield kept
    kept.save()


def _load(path: Path, version: str) -> dict[str, Any]:
    try:
        its_version, entries = pickle.loads(path.read_bytes())
    except Exception:  # whatever is wrong with the file, everything is worked out anew
        return {}
    return dict(entries) if its_version == version else {}
