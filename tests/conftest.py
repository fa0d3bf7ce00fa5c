"""Settings that all tests share."""

from __future__ import annotations

import os

import matplotlib

os.environ.setdefault("PYTHONHASHSEED", "0")
matplotlib.use("agg")
