"""A fit is sampled once for each model, data, settings and versions, and never trusted when damaged."""

from __future__ import annotations

import shutil
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest

from hierarchical_models import fit, get_model
from hierarchical_models.cache import CACHE_VARIABLE
from hierarchical_models.fit_store import FitStoreWarning, fit_key, load_or_sample
from hierarchical_models.inputs import prepare_inputs
from hierarchical_models.settings import SamplerSettings
from tests.models.cases import TRIALS, all_cases

SPEC = get_model("binomial_pooled")
SETTINGS = SamplerSettings("nutpie", seed=1)
HYPER = SPEC.resolve_hyperparameters({})


@pytest.fixture(scope="module")
def sampled():
    return fit("binomial_pooled", TRIALS, seed=1)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    return tmp_path / "fits"


def key(data=TRIALS, hyper=HYPER, settings=SETTINGS, stan=None):
    return fit_key(SPEC, prepare_inputs(SPEC, data), hyper, settings, stan)[0]


def test_equal_ingredients_have_one_key():
    assert key() == key(data={"y": np.array(TRIALS["y"]), "n": list(TRIALS["n"])})


@pytest.mark.parametrize(
    "changed",
    [
        {"data": {"y": [1, 3, 7, 12], "n": TRIALS["n"]}},
        {"hyper": {"alpha": 2.5, "beta": 2.0}},
        {"settings": SamplerSettings("nutpie", seed=2)},
        {"settings": SamplerSettings("pymc", seed=1)},
        {"settings": SamplerSettings("nutpie", seed=1, target_accept=0.8)},
        {"stan": "2.27.0"},
    ],
)
def test_any_changed_ingredient_changes_the_key(changed):
    assert key(**changed) != key()


@pytest.mark.parametrize(
    ("name", "stan", "is_changed"),
    [
        ("__init__.py", None, True),
        ("__init__.py", "2.27.0", True),
        ("pymc_model.py", None, True),
        ("pymc_model.py", "2.27.0", False),
        ("model.stan", None, False),
        ("model.stan", "2.27.0", True),
        ("numpy_model.py", None, False),
    ],
)
def test_a_key_changes_with_the_files_that_the_fit_is_made_of(
    tmp_path, monkeypatch, name, stan, is_changed
):
    shutil.copytree(SPEC.folder, tmp_path / "copied_model")
    monkeypatch.syspath_prepend(tmp_path)
    spec = replace(SPEC, package="copied_model")
    inputs = prepare_inputs(spec, TRIALS)
    before = fit_key(spec, inputs, HYPER, SETTINGS, stan)[0]
    file = tmp_path / "copied_model" / name
    file.write_text(file.read_text() + "\n\n")
    after = fit_key(spec, inputs, HYPER, SETTINGS, stan)[0]
    sys.modules.pop("copied_model", None)
    assert (before != after) == is_changed


def test_a_key_digests_the_modules_that_a_program_imports():
    spec = get_model("count_negative_binomial")
    case = next(case for case in all_cases() if case.model == spec.name)
    inputs = prepare_inputs(spec, case.data)
    _, ingredients = fit_key(spec, inputs, spec.resolve_hyperparameters({}), SETTINGS, None)
    files = set(ingredients["files"])
    assert {"log_rates.py", "fields_counts.py", "registry.py"} <= files
    assert not {"fields_linear.py", "linear_numpy.py"} & files


def test_second_request_is_answered_from_the_store(store, sampled):
    calls = []

    def sample():
        calls.append(1)
        return sampled

    first = load_or_sample("ab" * 32, {"why": "test"}, sample)
    second = load_or_sample("ab" * 32, {"why": "test"}, sample)
    assert len(calls) == 1
    for group in sampled.groups():
        for name in sampled[group].data_vars:
            np.testing.assert_array_equal(first[group][name], second[group][name])
            assert first[group][name].dtype == second[group][name].dtype
    assert second.posterior.attrs["model"] == "binomial_pooled"


@pytest.mark.parametrize(
    "damage", ["truncated", "noise", "missing card", "empty card", "missing draws"]
)
def test_damaged_entry_is_sampled_again_with_a_warning(store, sampled, damage):
    calls = []

    def sample():
        calls.append(1)
        return sampled

    load_or_sample("cd" * 32, {}, sample)
    entry = next(store.rglob("*.npz"))
    card = entry.with_suffix(".json")
    if damage == "truncated":
        entry.write_bytes(entry.read_bytes()[:1000])
    elif damage == "noise":
        content = bytearray(entry.read_bytes())
        content[len(content) // 2] ^= 0xFF
        entry.write_bytes(bytes(content))
    elif damage == "missing card":
        card.unlink()
    elif damage == "empty card":
        card.write_text("")
    else:
        entry.unlink()
    with pytest.warns(FitStoreWarning, match="is damaged .* sampled again"):
        load_or_sample("cd" * 32, {}, sample)
    load_or_sample("cd" * 32, {}, sample)
    assert len(calls) == 2


def test_failed_sampling_leaves_nothing_behind(store):
    def sample():
        raise RuntimeError("the sampler stopped")

    with pytest.raises(RuntimeError, match="the sampler stopped"):
        load_or_sample("ef" * 32, {}, sample)
    assert not [*store.rglob("*.npz"), *store.rglob("*.json"), *store.rglob(".new-*")]


def test_simultaneous_requests_sample_once(store, sampled):
    calls = []
    started = threading.Barrier(4)

    def sample():
        calls.append(1)
        return sampled

    def request():
        started.wait()
        load_or_sample("12" * 32, {}, sample)

    threads = [threading.Thread(target=request) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
