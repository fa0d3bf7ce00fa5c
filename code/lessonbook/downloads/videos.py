"""Videos in notebooks to take home."""

from __future__ import annotations

import copy
from typing import Any

from lessonbook.video.output import MIMETYPE

_PLAYERS = (MIMETYPE, "text/html")


def keep_still(output: Any) -> Any:
    """Leave of a video its still and its words.

    A player in HTML would be shown only where a notebook is trusted, and doubles its size; run
    again, the cell brings it back.

    Parameters
    ----------
    output : NotebookNode
        Any output of a cell.

    Returns
    -------
    NotebookNode
        The same output if it is no video.

    Examples
    --------
    >>> video = {"data": {MIMETYPE: {}, "text/html": "<video>", "image/png": "iVBO"}}
    >>> keep_still(video)
    {'data': {'image/png': 'iVBO'}}
    """
    if MIMETYPE not in output.get("data", ()):
        return output
    kept = copy.deepcopy(output)
    for kind in _PLAYERS:
        kept["data"].pop(kind, None)
    return kept
