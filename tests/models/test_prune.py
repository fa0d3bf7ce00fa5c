"""Stored fits and compiled programs are removed when nobody has used them for a while."""

from __future__ import annotations

import os
import time

import pytest
from filelock import FileLock

from hierarchical_models import doctor, fit_store, prune, stan_executables
from hierarchical_models.cache import CACHE_VARIABLE, cache_dir


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    return tmp_path


def age(path, days):
    then = time.time() - days * 86_400
    os.utime(path, (then, then))


def store_fit(key, days):
    folder = cache_dir("fits", key[:2])
    (folder / f"{key}.npz").write_bytes(b"d" * 900)
    (folder / f"{key}.json").write_bytes(b"c" * 100)
    age(folder / f"{key}.json", days)
    return folder


def store_program(name, days):
    folder = cache_dir("executables") / name
    folder.mkdir()
    (folder / "model").write_bytes(b"p" * 5000)
    (folder / "model.json").write_bytes(b"{}")
    age(folder / "model.json", days)
    return folder


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def test_only_what_was_not_used_is_removed(store):
    fits = store_fit("aa1", days=40)
    store_fit("aa2", days=2)
    old, new = store_program("model-1", days=40), store_program("model-2", days=2)
    assert prune.prune(30, dry_run=False) == [
        {"what": "stored fits", "entries": 1, "bytes": 1000},
        {"what": "compiled Stan programs", "entries": 1, "bytes": 5002},
    ]
    assert names(fits) == ["aa2.json", "aa2.npz"]
    assert not old.exists() and names(new) == ["model", "model.json"]


def test_everything_is_removed_where_no_use_is_recent_enough(store):
    fits = store_fit("aa1", days=0)
    prune.prune(0, dry_run=False)
    assert names(fits) == []


def test_draws_without_their_card_are_removed_by_their_own_date(store):
    folder = store_fit("aa1", days=40)
    (folder / "aa1.json").unlink()
    age(folder / "aa1.npz", 40)
    assert prune.prune(30, dry_run=False)[0] == {"what": "stored fits", "entries": 1, "bytes": 900}
    assert names(folder) == []


def test_dry_run_says_the_same_and_removes_nothing(store):
    fits, program = store_fit("aa1", days=40), store_program("model-1", days=40)
    planned = prune.prune(30, dry_run=True)
    assert names(fits) == ["aa1.json", "aa1.npz"] and program.exists()
    assert prune.prune(30, dry_run=False) == planned


def test_entry_in_use_stays(store):
    fits = store_fit("aa1", days=40)
    program = store_program("model-1", days=40)
    locks = (fits / "aa1.lock", program.with_name("model-1.lock"))
    with FileLock(locks[0]), FileLock(locks[1]):
        assert [report["entries"] for report in prune.prune(30, dry_run=False)] == [0, 0]
    assert names(fits) == ["aa1.json", "aa1.npz"] and program.exists()


def test_fit_that_was_loaded_counts_as_used(store):
    az = pytest.importorskip("arviz")
    idata = az.from_dict(posterior={"theta": [[0.1, 0.2]]})
    fit_store.load_or_sample("aa1", {}, lambda: idata)
    card = cache_dir("fits", "aa") / "aa1.json"
    age(card, 40)
    fit_store.load_or_sample("aa1", {}, lambda: pytest.fail("sampled again"))
    assert prune.prune(30, dry_run=False)[0]["entries"] == 0
    age(card, 40)
    assert prune.prune(30, dry_run=False)[0]["entries"] == 1
    samples = []
    fit_store.load_or_sample("aa1", {}, lambda: samples.append(1) or idata)
    assert samples == [1]


def test_empty_store_is_no_error(store):
    assert [report["entries"] for report in prune.prune(30, dry_run=False)] == [0, 0]


def test_program_that_was_used_counts_as_used(store):
    folder = store_program("model-1", days=40)
    stan_executables._Entry(folder, "model").note_use()
    assert prune.prune(30, dry_run=False)[1]["entries"] == 0


def test_machine_without_cmdstan_is_told_how_to_get_it(store, tmp_path, monkeypatch):
    monkeypatch.setenv("HIERARCHICAL_MODELS_CMDSTAN_DIR", str(tmp_path / "none"))
    found = {check["name"]: check for check in doctor.check()}
    assert found["CmdStan"]["status"] == "missing"
    assert found["CmdStan"]["hint"] == "python -m hierarchical_models.cmdstan install"
    assert found["store of fits"] == {
        "name": "store of fits",
        "status": "ok",
        "found": str(store / "fits"),
        "hint": "",
    }


def test_store_that_cannot_be_written_to_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file"))
    found = {check["name"]: check for check in doctor.check()}
    assert found["store of fits"]["status"] == "missing"
    assert "HIERARCHICAL_MODELS_CACHE" in found["store of fits"]["hint"]
