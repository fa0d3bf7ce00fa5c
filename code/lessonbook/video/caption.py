"""The strip above the picture in which a film says what there is to see.

Not below it: a browser's controls would cover it.
"""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

MOST_LINES = 2
LETTER = 25
"""Height of the type in pixels, of which a phone shows half."""
MARGIN = 18
GROUND, INK = "#EDEFF2", "#000000"


class CaptionStrip:
    """Draws captions.

    Parameters
    ----------
    width : int
        Pixels.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        height = round(LETTER * 1.35 * MOST_LINES + 20) // 2 * 2
        dpi = 72  # so that a point is a pixel
        with plt.rc_context({"figure.constrained_layout.use": False}):
            self._figure = Figure(figsize=(width / dpi, height / dpi), dpi=dpi, facecolor=GROUND)
        self._canvas: Any = FigureCanvasAgg(self._figure)
        self._text: Any = self._figure.text(
            MARGIN / width,
            0.5,
            "",
            color=INK,
            family="DejaVu Sans",
            fontsize=LETTER,
            linespacing=1.2,
            va="center_baseline",
            parse_math=False,
        )

    def draw(self, place: str, caption: str) -> NDArray[Any]:
        """Draw a caption.

        Parameters
        ----------
        place : str
            What to call it in messages.
        caption : str
            Plain text.

        Returns
        -------
        ndarray of uint8, shape (height, width, 3)

        Raises
        ------
        ValueError
            If it takes more than `MOST_LINES`.
        """
        lines = self._break(caption.split())
        if len(lines) > MOST_LINES:
            message = (
                f"{place}: found {len(caption)} letters, which take {len(lines)} lines; allowed "
                f"are {MOST_LINES}: shorten it, or make two scenes of one."
            )
            raise ValueError(message)
        self._text.set_text("\n".join(lines))
        self._canvas.draw()
        return np.asarray(self._canvas.buffer_rgba())[..., :3].copy()

    def _break(self, words: list[str]) -> list[str]:
        lines = [""]
        for word in words:
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and self._measure(longer) > self.width - 2 * MARGIN:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines

    def _measure(self, line: str) -> float:
        self._text.set_text(line)
        return float(self._text.get_window_extent(self._canvas.get_renderer()).width)

    def close(self) -> None:
        """Let go of the figure."""
        self._figure.clear()
