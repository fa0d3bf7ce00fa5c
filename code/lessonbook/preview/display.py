"""Which file readers are shown for a page: the last that nothing was wrong with."""

from __future__ import annotations

import filecmp
import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from lessonbook.preview.messages import Setting


class Display:
    """The pages of a preview.

    Parameters
    ----------
    setting : Setting
        Where they are.
    """

    def __init__(self, setting: Setting) -> None:
        self._rendered = setting.pages
        self._good = setting.folder / "good"
        self._stamp = 0

    def file_of(self, page: str, *, is_draft: bool) -> Path:
        """The file to show for a page.

        Parameters
        ----------
        page : str
            Its address without suffix.
        is_draft : bool
            Whether to show it with its mistakes.

        Returns
        -------
        pathlib.Path
            The last rendering without findings; without such a one, the last.
        """
        good = self._good / f"{page}.html"
        return self._rendered / f"{page}.html" if is_draft or not good.is_file() else good

    def is_good(self, page: str) -> bool:
        """Whether there is a rendering of a page that nothing was wrong with."""
        return (self._good / f"{page}.html").is_file()

    def version_of(self, page: str, *, is_draft: bool) -> str:
        """Text that is another as soon as a page has to be loaded again; empty for no page."""
        try:
            content = self.file_of(page, is_draft=is_draft).read_bytes()
        except FileNotFoundError:
            return ""
        return f"{hashlib.blake2b(content, digest_size=8).hexdigest()}-{self._stamp}"

    def renew(self) -> None:
        """Have every page loaded again: a picture may have another content under its old name."""
        self._stamp += 1

    def show(self, pages: Iterable[str]) -> None:
        """Show pages as they were rendered last.

        Parameters
        ----------
        pages : iterable of str
            Pages that nothing is wrong with.
        """
        for page in pages:
            rendered, good = self._rendered / f"{page}.html", self._good / f"{page}.html"
            if rendered.is_file() and not _is_same(rendered, good):
                _copy_whole(rendered, good)

    def keep_only(self, pages: Iterable[str]) -> None:
        """Remove what the course no longer has.

        Parameters
        ----------
        pages : iterable of str
            The pages that it has.
        """
        wanted = {self._good / f"{page}.html" for page in pages}
        for path in self._good.rglob("*.html"):
            if path not in wanted:
                path.unlink()
                (self._rendered / path.relative_to(self._good)).unlink(missing_ok=True)


def _is_same(one: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(one, other, shallow=False)


def _copy_whole(source: Path, target: Path) -> None:
    """Copy a file so that a reader meets either the old one or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, temporary)
    temporary.replace(target)
