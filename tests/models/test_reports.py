"""The records that the page of models is made of."""

from __future__ import annotations

import json

import pytest

from hierarchical_models import get_model, list_models
from hierarchical_models.reports import ROOT, models_for_lesson
from lessonbook.records import load_models


@pytest.fixture(scope="module")
def models():
    return {model["name"]: model for model in models_for_lesson()}


def test_the_site_can_read_every_record():
    records, problems = load_models(ROOT, "hierarchical_models.reports:models_for_lesson")
    assert problems == []
    assert [record.name for record in records] == list(list_models())


@pytest.mark.parametrize("name", list_models())
def test_record_names_every_parameter_and_constant_once(models, name):
    spec, model = get_model(name), models[name]
    found = [[row[0].strip("`") for row in table["rows"]] for table in model["tables"]]
    assert found[0] == list(spec.parameter_names)
    assert found[1:] == [[h.name for h in spec.hyperparameters]] * bool(spec.hyperparameters)
    assert [(ROOT / source["path"]).is_file() for source in model["sources"]] == [True, True]


def test_records_are_plain_data(models):
    assert json.loads(json.dumps(models)) == models


def test_defaults_are_those_of_the_registry(models):
    rows = models["binomial_partial"]["tables"][1]["rows"]
    assert {row[0]: float(row[1]) for row in rows} == {
        f"`{h.name}`": h.default for h in get_model("binomial_partial").hyperparameters
    }
