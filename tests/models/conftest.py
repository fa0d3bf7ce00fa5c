"""Data and fits that several tests of the models use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

REFERENCE = Path(__file__).parent / "reference" / "posteriors.json"


@pytest.fixture(scope="session")
def reference() -> dict[str, Any]:
    """Exact answers by quadrature; see reference/README.md for their source."""
    return dict(json.loads(REFERENCE.read_text()))
