"""What a course tells of its fits and models: plain records from files, or from a function.

lessonbook knows no subject. A course's own code writes or returns the records; here they are read
and checked, so that each mistake is reported with its place and nothing else goes wrong later.
"""

from __future__ import annotations

import dataclasses as dc
import json
import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from lessonbook.views import INSTRUCTOR, LEARNER, VIEWS

_FUNCTION = re.compile(r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")
_NAME = re.compile(r"^[\w.-]+$")


@dc.dataclass(frozen=True)
class Problem:
    """What is wrong with a record or with its source, and where."""

    place: str
    message: str


@dc.dataclass(frozen=True)
class Measure:
    """A number, or a few words, that a fit is judged by."""

    label: str
    value: str
    ok: bool = True
    limit: str = ""


@dc.dataclass(frozen=True)
class FitRecord:
    """A fit of a page; see the author's guide for its form as JSON."""

    page: str
    name: str
    rows: tuple[Measure, ...]
    note: str = ""
    view: str = LEARNER


@dc.dataclass(frozen=True)
class RecordTable:
    """A table of a model."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dc.dataclass(frozen=True)
class SourceFile:
    """A program of a model; `path` is taken from the course's folder."""

    title: str
    path: str
    language: str
    sync: str


@dc.dataclass(frozen=True)
class ModelRecord:
    """A model; see the author's guide for its form as JSON."""

    name: str
    title: str
    summary: str = ""
    equation: str = ""
    tables: tuple[RecordTable, ...] = ()
    sources: tuple[SourceFile, ...] = ()


def load_fits(root: Path, source: str) -> tuple[list[FitRecord], list[Problem]]:
    """Read the records of all fits.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    source : str
        A glob pattern of JSON files from there, or ``module:function``.

    Returns
    -------
    records : list of FitRecord
        In the order of pages and names; those with mistakes are left out.
    problems : list of Problem
    """
    checker = _Checker()
    records = checker.each(_load(root, source, checker), _read_fit)
    return sorted(records, key=lambda r: (r.page, r.name)), checker.problems


def load_models(root: Path, source: str) -> tuple[list[ModelRecord], list[Problem]]:
    """Read the records of all models, in the order in which they are given.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    source : str
        A glob pattern of JSON files from there, or ``module:function``.

    Returns
    -------
    records : list of ModelRecord
        Those with mistakes are left out.
    problems : list of Problem
    """
    checker = _Checker()
    records = checker.each(_load(root, source, checker), _read_model)
    seen: set[str] = set()
    for record in records:
        if record.name in seen:
            checker.report(source, f"found the model {record.name!r} twice; keep one")
        seen.add(record.name)
        for file in record.sources:
            if not (root / file.path).is_file():
                checker.report(
                    source, f"{record.name}: found no file {file.path!r}; correct its path"
                )
    return [r for i, r in enumerate(records) if r.name not in {q.name for q in records[:i]}], (
        checker.problems
    )


def _load(root: Path, source: str, checker: _Checker) -> list[tuple[str, object]]:
    """Return every record as it is given, with the place that it comes from."""
    if _FUNCTION.match(source):
        return _call(source, checker)
    try:
        paths = sorted(root.glob(source))
    except (ValueError, NotImplementedError):
        allowed = "a pattern of files from the course's folder, or package.module:function"
        checker.report(source, f"found {source!r}, allowed {allowed}")
        return []
    found: list[tuple[str, object]] = []
    for path in paths:
        place = path.relative_to(root).as_posix()
        try:
            content = json.loads(path.read_text(encoding="utf8"))
        except (OSError, UnicodeDecodeError, ValueError) as error:
            checker.report(place, f"found no JSON that can be read: {error}; write it again")
            continue
        found += [(place, item) for item in (content if isinstance(content, list) else [content])]
    return found


def _call(source: str, checker: _Checker) -> list[tuple[str, object]]:
    module, _, function = source.partition(":")
    try:
        content = getattr(import_module(module), function)()
    except Exception as error:  # whatever a course's own code raises is a finding, not our crash
        checker.report(source, f"failed with {type(error).__name__}: {error}; correct it")
        return []
    if isinstance(content, (str, Mapping)) or not isinstance(content, Iterable):
        checker.report(source, f"found {type(content).__name__}, allowed a list of mappings")
        return []
    return [(source, item) for item in content]


class RecordError(Exception):
    """What is wrong with a record."""


class _Checker:
    """Collects what is wrong while records are read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def report(self, place: str, message: str) -> None:
        self.problems.append(Problem(place, message))

    def each(self, items: Iterable[tuple[str, object]], read: Any) -> list[Any]:
        records = []
        for place, item in items:
            try:
                records.append(read(_Fields(item, "record")))
            except RecordError as error:
                self.report(place, str(error))
        return records


class _Fields:
    """A mapping of a record, read field by field."""

    def __init__(self, given: object, what: str) -> None:
        if not isinstance(given, Mapping):
            raise RecordError(f"{what}: found {given!r}, allowed a mapping")
        self.given, self.what = given, what

    def fail(self, key: str, allowed: str) -> RecordError:
        found = repr(self.given[key]) if key in self.given else "nothing"
        return RecordError(f"{self.what}: {key}: found {found}, allowed {allowed}")

    def only(self, *keys: str) -> None:
        for key in self.given:
            if key not in keys:
                raise RecordError(f"{self.what}: found {key!r}, allowed {', '.join(keys)}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.given.get(key, default)
        if isinstance(value, str) and (value or default is not None):
            return value
        raise self.fail(key, "text")

    def cell(self, key: str) -> str:
        if key not in self.given:
            raise self.fail(key, "text or a number")
        return _as_text(self.given[key], self.fail(key, "text or a number"))

    def flag(self, key: str) -> bool:
        value = self.given.get(key, True)
        if isinstance(value, bool):
            return value
        raise self.fail(key, "true or false")

    def items(self, key: str) -> list[Any]:
        value = self.given.get(key, [])
        if isinstance(value, (list, tuple)):
            return list(value)
        raise self.fail(key, "a list")


def _as_text(value: object, error: RecordError) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise error
    return str(value)


def _read_fit(fields: _Fields) -> FitRecord:
    fields.only("page", "name", "rows", "note", "view")
    if fields.text("view", LEARNER) not in VIEWS:
        raise fields.fail("view", f"{LEARNER} or {INSTRUCTOR}")
    rows = tuple(_read_measure(_Fields(row, "row")) for row in fields.items("rows"))
    if len({row.label for row in rows}) < len(rows):
        raise fields.fail("rows", "each label once")
    return FitRecord(
        fields.text("page"),
        fields.text("name"),
        rows,
        fields.text("note", ""),
        fields.text("view", LEARNER),
    )


def _read_measure(fields: _Fields) -> Measure:
    fields.only("label", "value", "ok", "limit")
    return Measure(
        fields.text("label"), fields.cell("value"), fields.flag("ok"), fields.text("limit", "")
    )


def _read_model(fields: _Fields) -> ModelRecord:
    fields.only("name", "title", "summary", "equation", "tables", "sources")
    if not _NAME.match(fields.text("name")):
        raise fields.fail("name", "letters, digits, '_', '.' and '-'")
    return ModelRecord(
        fields.text("name"),
        fields.text("title"),
        fields.text("summary", ""),
        fields.text("equation", ""),
        tuple(_read_table(_Fields(table, "table")) for table in fields.items("tables")),
        tuple(_read_source(_Fields(source, "source")) for source in fields.items("sources")),
    )


def _read_table(fields: _Fields) -> RecordTable:
    fields.only("title", "columns", "rows")
    error = fields.fail("rows", "lists of as many texts or numbers as there are columns")
    columns = tuple(_as_text(column, error) for column in fields.items("columns"))
    rows = []
    for row in fields.items("rows"):
        if not isinstance(row, (list, tuple)) or len(row) != len(columns):
            raise error
        rows.append(tuple(_as_text(value, error) for value in row))
    return RecordTable(fields.text("title"), columns, tuple(rows))


def _read_source(fields: _Fields) -> SourceFile:
    fields.only("title", "path", "language", "sync")
    return SourceFile(
        fields.text("title"),
        fields.text("path"),
        fields.text("language", "text"),
        fields.text("sync", ""),
    )
