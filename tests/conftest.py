"""Settings that all tests share."""

from __future__ import annotations

import os

import matplotlib

import hierarchical_models  # noqa: F401 (before ArviZ, whose daily notice it keeps quiet)

os.environ.setdefault("PYTHONHASHSEED", "0")
matplotlib.use("agg")
