"""What a figure shows, read back from its Axes."""

from __future__ import annotations

from typing import Any

import numpy as np

SAMPLE = ("chain", "draw")


def points_of(ax: Any, label: str) -> np.ndarray:
    """Positions of the markers that the key calls `label`, whatever they were drawn by."""
    for one in ax.collections:
        if one.get_label() == label:
            return np.asarray(one.get_offsets())
    for line in ax.lines:
        if line.get_label() == label:
            return np.column_stack([line.get_xdata(), line.get_ydata()])
    raise AssertionError(f"nothing is called {label!r}")


def key_of(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def arrows_of(ax: Any) -> list[Any]:
    return [text for text in ax.texts if text.arrow_patch is not None and not text.get_text()]
