"""Rules about what code cells gave when they were run."""

from __future__ import annotations

import json
from collections.abc import Iterator

from lessonbook.check.code_cells.notebooks import cell_page
from lessonbook.check.rule import CourseRule, PageRule, register
from lessonbook.course import CellResult, Course, Page
from lessonbook.findings import Finding
from lessonbook.markup import CodeCell
from lessonbook.records import load_fits
from lessonbook.settings import DEFAULT_FITS

_UNSHOWN = frozenset({"remove-output", "remove-cell", "remove-stderr"})
_ERROR: tuple[dict[str, object], ...] = (
    {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "division", "traceback": []},
)


def _fit(r_hat: float, *, ok: bool) -> dict[str, str]:
    row = {"label": "R-hat", "value": r_hat, "ok": ok, "limit": "up to 1.01"}
    return {"_build/fits/page.json": json.dumps([{"page": "page", "name": "radon", "rows": [row]}])}


@register
class NoisyOutput(PageRule):
    """Traceback or warning in the output."""

    id = "LB062"
    why = (
        "Readers take a warning for a result, or think that they did something wrong. Where an "
        "error is the point, the tag `raises-exception` says so."
    )
    bad = cell_page("1 / 0", line=8, outputs=(_ERROR,))
    good = cell_page(":tags: [raises-exception]\n1 / 0", outputs=(_ERROR,))
    needs_results = True

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Look at the outputs of the last run, if it was of this code."""
        results = course.results.get(page.path, ())
        for cell, result in zip(page.cells, results, strict=False):
            message = self._trouble(cell, result, course.settings.shows_stderr)
            if message:
                yield self.finding(page.path, cell.line, message)

    def _trouble(self, cell: CodeCell, result: CellResult, shows_stderr: bool) -> str:
        if result.error and "raises-exception" not in cell.tags:
            return (
                f"this code-cell failed with {result.error}; correct it, or give it the tag "
                "raises-exception if that is what it shows."
            )
        if result.stderr.strip() and shows_stderr and not _UNSHOWN & set(cell.tags):
            first = result.stderr.strip().split("\n")[0][:120]
            return (
                f"this code-cell writes to the error stream ({first!r}); remove its cause, or give "
                "it the tag remove-stderr if that is harmless."
            )
        return ""


@register
class PoorFit(CourseRule):
    """Fit outside its thresholds."""

    id = "LB064"
    why = (
        "Results of a computation that did not converge look like any others. The course's code "
        f"records each fit, by default in `{DEFAULT_FITS}`; one that fails on purpose has a note "
        "that says why."
    )
    bad = cell_page("print(1 + 1)", line=1, files=_fit(1.2, ok=False))
    good = cell_page("print(1 + 1)", files=_fit(1.0, ok=True))
    needs_results = True

    def check(self, course: Course) -> Iterator[Finding]:
        """Read the records of the last build."""
        if "*" not in course.settings.fits and not course.settings.fits.endswith(".json"):
            return  # a function, which the build calls
        records, _ = load_fits(course.root, course.settings.fits)
        for record in records:
            page = course.page(record.page.removesuffix(".md"))
            failed = [row for row in record.rows if not row.ok]
            if page is None or not failed or record.note.strip():
                continue
            listed = "; ".join(
                f"{row.label} is {row.value}" + (f", allowed {row.limit}" if row.limit else "")
                for row in failed
            )
            message = (
                f"the fit {record.name!r} is outside its thresholds: {listed}; change the model or "
                "the sampler's settings, or say why it is expected."
            )
            yield self.finding(page.path, 1, message)
