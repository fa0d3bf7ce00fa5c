"""Data and fits that several tests of the models use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hierarchical_models.cache import CACHE_VARIABLE, cache_dir

REFERENCE = Path(__file__).parent / "reference" / "posteriors.json"


@pytest.fixture(scope="session")
def reference() -> dict[str, Any]:
    """Exact answers by quadrature; see reference/README.md for their source."""
    return dict(json.loads(REFERENCE.read_text()))


@pytest.fixture
def empty_store(tmp_path, monkeypatch):
    """A store without fits, with the compiled programs of the usual one."""
    (tmp_path / "executables").symlink_to(cache_dir("executables"))
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    return tmp_path / "fits"
