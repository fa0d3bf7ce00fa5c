"""Records of fits and models: what is read, and what is said of those that cannot be."""

from __future__ import annotations

import json
import sys

import pytest

from lessonbook.records import FitRecord, Measure, Problem, load_fits, load_models

FIT = {
    "page": "one",
    "name": "slope",
    "rows": [{"label": "R-hat", "value": 1.002, "ok": True, "limit": "at most 1.01"}],
}
MODEL = {"name": "line", "title": "A line"}


def write(folder, name, content):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(content), "utf8")


def test_fits_are_read_from_files_in_the_order_of_pages_and_names(tmp_path):
    write(tmp_path / "fits", "b.json", [{**FIT, "page": "two"}, {**FIT, "name": "a"}])
    write(tmp_path / "fits", "a.json", FIT)
    records, problems = load_fits(tmp_path, "fits/*.json")
    assert problems == []
    assert [(r.page, r.name) for r in records] == [("one", "a"), ("one", "slope"), ("two", "slope")]
    measure = Measure("R-hat", "1.002", True, "at most 1.01")
    assert records[1] == FitRecord("one", "slope", (measure,))


def test_no_file_is_no_problem(tmp_path):
    assert load_fits(tmp_path, "fits/*.json") == ([], [])


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (7, "record: found 7, allowed a mapping"),
        ({**FIT, "extra": 1}, "record: found 'extra', allowed page, name, rows, note, view"),
        ({"name": "x"}, "record: page: found nothing, allowed text"),
        ({**FIT, "page": ""}, "record: page: found '', allowed text"),
        (
            {**FIT, "view": "teacher"},
            "record: view: found 'teacher', allowed learner or instructor",
        ),
        ({**FIT, "rows": "many"}, "record: rows: found 'many', allowed a list"),
        ({**FIT, "rows": [{"label": "x"}]}, "row: value: found nothing, allowed text or a number"),
        (
            {**FIT, "rows": [{"label": "x", "value": None}]},
            "row: value: found None, allowed text or a number",
        ),
        (
            {**FIT, "rows": [{"label": "x", "value": 1, "ok": "yes"}]},
            "row: ok: found 'yes', allowed true or false",
        ),
    ],
)
def test_record_of_a_fit_that_is_wrong_is_left_out_and_reported(tmp_path, record, message):
    write(tmp_path / "fits", "bad.json", record)
    write(tmp_path / "fits", "good.json", FIT)
    records, problems = load_fits(tmp_path, "fits/*.json")
    assert problems == [Problem("fits/bad.json", message)]
    assert [r.name for r in records] == ["slope"]


@pytest.mark.parametrize("source", ["/tmp/*.json", ""])
def test_source_that_is_no_pattern_is_reported(tmp_path, source):
    records, (problem,) = load_fits(tmp_path, source)
    assert records == []
    assert problem.message.startswith(f"found {source!r}, allowed a pattern of files")


def test_file_that_is_no_json_is_reported(tmp_path):
    (tmp_path / "bad.json").write_bytes(b"\xff{")
    (tmp_path / "cut.json").write_text('{"page": ')
    _, problems = load_fits(tmp_path, "*.json")
    assert [p.place for p in problems] == ["bad.json", "cut.json"]
    assert all(p.message.startswith("found no JSON that can be read: ") for p in problems)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Writes a course's own module, and returns the address of its function."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(body):
        (tmp_path / "fake_course.py").write_text(f"def models():\n    {body}\n")
        sys.modules.pop("fake_course", None)
        return "fake_course:models"

    yield make
    sys.modules.pop("fake_course", None)


def test_models_come_from_a_function_in_its_order(tmp_path, course):
    source = course("return [dict(name='b', title='B'), dict(name='a', title='A')]")
    records, problems = load_models(tmp_path, source)
    assert problems == []
    assert [r.name for r in records] == ["b", "a"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise KeyError('x')", "failed with KeyError: 'x'; correct it"),
        ("return 'abc'", "found str, allowed a list of mappings"),
        ("return None", "found NoneType, allowed a list of mappings"),
        ("return {'name': 'a'}", "found dict, allowed a list of mappings"),
        ("return [3]", "record: found 3, allowed a mapping"),
    ],
)
def test_function_that_fails_is_a_finding(tmp_path, course, body, message):
    source = course(body)
    assert load_models(tmp_path, source) == ([], [Problem("fake_course:models", message)])


def test_module_that_is_not_there_is_a_finding(tmp_path):
    records, problems = load_models(tmp_path, "no_such_course:models")
    assert records == []
    assert "failed with ModuleNotFoundError" in problems[0].message


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (
            {**MODEL, "name": "a b"},
            "record: name: found 'a b', allowed letters, digits, '_', '.' and '-'",
        ),
        ({"name": "a"}, "record: title: found nothing, allowed text"),
        (
            {**MODEL, "tables": [{"title": "T", "columns": ["x"], "rows": [[1, 2]]}]},
            "table: rows: found [[1, 2]], allowed lists of as many texts or numbers as there are "
            "columns",
        ),
        ({**MODEL, "sources": [{"title": "S"}]}, "source: path: found nothing, allowed text"),
        (
            {**MODEL, "sources": [{"title": "S", "path": "gone.py"}]},
            "line: found no file 'gone.py'; correct its path",
        ),
    ],
)
def test_wrong_model_is_reported(tmp_path, record, message):
    write(tmp_path, "models.json", [record])
    _, problems = load_models(tmp_path, "models.json")
    assert [p.message for p in problems] == [message]


def test_model_given_twice_is_reported_and_shown_once(tmp_path):
    write(tmp_path, "models.json", [MODEL, MODEL])
    records, problems = load_models(tmp_path, "models.json")
    assert len(records) == 1
    assert [p.message for p in problems] == ["found the model 'line' twice; keep one"]
