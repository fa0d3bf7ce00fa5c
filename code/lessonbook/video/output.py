"""A video as the result of a cell: what is stored, and what Jupyter shows."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

MIMETYPE = "application/vnd.lessonbook.video+json"
"""Kind of result that the lesson builder makes files of."""


@dataclass(frozen=True)
class Cue:
    """What a video says from one second to another."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Video:
    """A silent video with its captions.

    Attributes
    ----------
    data : bytes
        The MP4 file.
    still : bytes
        A PNG file of the same size.
    width, height : int
        Pixels.
    cues : tuple of Cue
        One after the other, without gaps.
    """

    data: bytes
    still: bytes
    width: int
    height: int
    cues: tuple[Cue, ...]

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return self.cues[-1].end

    def __repr__(self) -> str:
        captions = " ".join(cue.text for cue in self.cues)
        return f"Video of {self.seconds:.0f} seconds: {captions}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Return all forms for Jupyter: the film to play, the still, and the text."""
        return {
            MIMETYPE: self.to_json(),
            "text/html": self._to_html(),
            "image/png": _to_text(self.still),
            "text/plain": repr(self),
        }

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes."""
        return {
            "data": _to_text(self.data),
            "still": _to_text(self.still),
            "width": self.width,
            "height": self.height,
            "cues": [asdict(cue) for cue in self.cues],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Video:
        """Return the video that `to_json` wrote.

        Raises
        ------
        ValueError
            If it was written by something else.
        """
        try:
            cues = tuple(Cue(**cue) for cue in stored["cues"])
            data, still = (base64.b64decode(stored[name]) for name in ("data", "still"))
            return cls(data, still, int(stored["width"]), int(stored["height"]), cues)
        except (KeyError, TypeError, ValueError) as error:
            message = f"{MIMETYPE}: found what no video is ({error!r}); run the cell again."
            raise ValueError(message) from None

    def _to_html(self) -> str:
        # Jupyter sizes nothing by itself; a page of the site has a figure's width
        return (
            f'<video controls playsinline width="{self.width}" style="max-width: 100%" '
            f'aria-label="{html.escape(repr(self))}" '
            f'src="data:video/mp4;base64,{_to_text(self.data)}"></video>'
        )


def _to_text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def write_captions(cues: Iterable[Cue]) -> str:
    """Write captions as WebVTT.

    Parameters
    ----------
    cues : iterable of Cue

    Returns
    -------
    str
        The file.

    Examples
    --------
    >>> print(write_captions([Cue(0.0, 2.5, "Small groups move.")]))
    WEBVTT
    <BLANKLINE>
    00:00.000 --> 00:02.500
    Small groups move.
    <BLANKLINE>
    """
    parts = ["WEBVTT\n"]
    for cue in cues:
        text = " ".join(html.escape(cue.text, quote=False).split())
        parts.append(f"{_stamp(cue.start)} --> {_stamp(cue.end)}\n{text}\n")
    return "\n".join(parts)


def _stamp(seconds: float) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    return f"{minutes:02d}:{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"


def format_time(seconds: float) -> str:
    """Write a time in whole seconds, as players do.

    Examples
    --------
    >>> format_time(75.4)
    '1:15'
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
