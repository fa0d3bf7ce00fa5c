"""What is wrong with each page, kept until the page is rendered again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from lessonbook.findings import Finding
from lessonbook.project import SOURCE_SUFFIXES
from lessonbook.whole_files import write_whole

STEPS = ("executed", "read", "written")


class Ledger:
    """Findings by page; Sphinx reports them only when it reads or writes the page.

    Parameters
    ----------
    path : pathlib.Path
        Where they are kept for the next preview.

    Attributes
    ----------
    is_complete : bool
        Whether what an earlier preview found is known, so that its pages need not be read again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._findings: dict[str, dict[str, list[Finding]]] = {step: {} for step in STEPS}
        self.is_complete = self._load()

    def note(self, step: str, pages: Sequence[str], findings: Iterable[Finding]) -> None:
        """Take over what one step of a build found.

        Parameters
        ----------
        step : {"executed", "read", "written"}
            What was done with the pages.
        pages : sequence of str
            The pages; what was known of them from this step is forgotten.
        findings : iterable of Finding
            What was found; those of no page or another page are kept too.
        """
        known = self._findings[step]
        # what belongs to no page is said anew in every build
        for page in (*pages, ""):
            known.pop(page, None)
        for finding in findings:
            of_page = known.setdefault(page_of(finding.file), [])
            if finding not in of_page:
                of_page.append(finding)
        self._save()

    def keep_only(self, pages: Iterable[str]) -> None:
        """Forget the pages that the course no longer has."""
        wanted = {*pages, ""}
        for known in self._findings.values():
            for page in known.keys() - wanted:
                del known[page]
        self._save()

    def with_findings(self, step: str) -> frozenset[str]:
        """The pages with which one step of a build found something wrong."""
        return frozenset(self._findings[step]) - {""}

    def of_page(self, page: str) -> list[Finding]:
        """Everything that is wrong with a page."""
        return [f for step in STEPS for f in self._findings[step].get(page, [])]

    def all(self) -> list[Finding]:
        """Everything that is wrong with the course."""
        pages = sorted({page for step in STEPS for page in self._findings[step]})
        return [finding for page in pages for finding in self.of_page(page)]

    def _load(self) -> bool:
        try:
            kept = json.loads(self._path.read_text(encoding="utf8"))
            self._findings = {
                step: {
                    page: [Finding(file, line, message) for file, line, message in found]
                    for page, found in kept[step].items()
                }
                for step in STEPS
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # there is none yet, or another version of this program wrote it
            return False
        return True

    def _save(self) -> None:
        kept = {
            step: {
                page: [(f.file, f.line, f.message) for f in found] for page, found in known.items()
            }
            for step, known in self._findings.items()
        }
        write_whole(self._path, json.dumps(kept, indent=1))


def page_of(file: str) -> str:
    """Return the page whose source a file is, empty for a file of another kind.

    Examples
    --------
    >>> page_of("episodes/01-why-pool.md"), page_of("_config.yml")
    ('episodes/01-why-pool', '')
    """
    for suffix in SOURCE_SUFFIXES:
        if file.endswith(suffix):
            return file.removesuffix(suffix)
    return ""
