"""The diagnostics of all fits as a generated page, from records that the course's code wrote."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, cast

from docutils import nodes

from lessonbook.records import FitRecord, Measure, load_fits
from lessonbook.sphinx_ext.config import is_instructor_view
from lessonbook.sphinx_ext.listing import Listing, ListingKind, add_listing
from lessonbook.sphinx_ext.messages import warn
from lessonbook.sphinx_ext.numbers import set_minus
from lessonbook.sphinx_ext.places import config_place
from lessonbook.sphinx_ext.tables import Cell, make_table
from lessonbook.views import LEARNER

if TYPE_CHECKING:
    from sphinx.application import Sphinx

DEFAULT_SOURCE = "_build/fits/*.json"
_LOADED = "lesson_loaded_fits"


def collect_fits(listing: Listing) -> list[nodes.Node]:
    """Return a table of fits for each page."""
    result: list[nodes.Node] = []
    for docname, records in groupby(_records(listing), key=lambda record: record.page):
        result.append(listing.section(docname, *_write_table(list(records))))
    return result or [nodes.paragraph("", "No fit has been recorded yet.")]


def _records(listing: Listing) -> list[FitRecord]:
    """Return the records of the pages in their order, and of this view."""
    order = [docname for docname, _ in listing.pages()]
    has_all = is_instructor_view(listing.app.config)
    records = [r for r in _load(listing.app) if r.page in order and (has_all or r.view == LEARNER)]
    return sorted(records, key=lambda record: (order.index(record.page), record.name))


def _load(app: Sphinx) -> list[FitRecord]:
    """Read the records once in a build, when all pages have been read and so executed."""
    if not hasattr(app, _LOADED):
        source = str(app.config.lesson_fits or "")
        records, problems = load_fits(app.srcdir, source) if source else ([], [])
        for problem in problems:
            place = config_place(app, "lesson_fits")
            if problem.place != source:
                place = f"{app.srcdir / problem.place}:1"
            warn("fits", problem.message, place)
        setattr(app, _LOADED, records)
    return cast("list[FitRecord]", getattr(app, _LOADED))


def _write_table(records: list[FitRecord]) -> list[nodes.Node]:
    labels = list(dict.fromkeys(row.label for record in records for row in record.rows))
    limits = {row.label: row.limit for record in records for row in record.rows if row.limit}
    columns = ["Fit", *(f"{x} ({limits[x]})" if x in limits else x for x in labels)]
    notes = any(record.note for record in records)
    rows: list[list[Cell]] = []
    for record in records:
        found = {row.label: row for row in record.rows}
        row: list[Cell] = [record.name, *(_write_measure(found.get(label)) for label in labels)]
        rows.append([*row, record.note] if notes else row)
    columns += ["Note"] if notes else []
    return [make_table(columns, rows, classes=["lesson-fits"], heads=True)]


def _write_measure(measure: Measure | None) -> Cell:
    if measure is None:
        return "–"
    if measure.ok:
        return set_minus(measure.value)
    # In words as well, for whoever does not see the colour.
    text = f"{set_minus(measure.value)} (outside)"
    return [nodes.paragraph("", "", nodes.strong("", text, classes=["lesson-outside"]))]


def describe_fits(listing: Listing) -> str:
    """Return all that the table shows."""
    return repr(_records(listing))


def setup_fits(app: Sphinx) -> None:
    """Register the configuration value and the directive."""
    app.add_config_value("lesson_fits", DEFAULT_SOURCE, "html", (str,))
    add_listing(app, ListingKind("lesson-fits", collect_fits, state=describe_fits))
