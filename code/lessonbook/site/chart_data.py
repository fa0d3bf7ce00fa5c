"""The data of charts that readers can change, as files that are loaded when a chart comes near.

A file of data could not be read where the site lies on a disk, but a script can, so that is what
the data become.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

CHARTS = "lessonCharts"
"""Name of the global object in which the files put their charts, each under its key."""

_CHART = re.compile(
    r'<script type="application/json" class="lesson-explorable-chart"(?P<attributes>[^>]*)>'
    r"(?P<chart>[^<]*)</script>"
)


def move_charts(text: str, write_script: Callable[[str], str]) -> str:
    """Move the charts of a page to files.

    Parameters
    ----------
    text : str
        HTML of the page.
    write_script : callable
        Called with a script; writes it to a file, and returns its address as from the page.

    Returns
    -------
    str
        HTML, in which the charts' elements are empty and name the file.

    Examples
    --------
    >>> page = '<script type="application/json" class="lesson-explorable-chart">{}</script>'
    >>> print(move_charts(page, lambda script: print(script, end="") or "charts/a.js"))
    (window.lessonCharts ??= {})["44136fa355b3678a"] = {};
    <script type="application/json" class="lesson-explorable-chart" data-src="charts/a.js" data-chart="44136fa355b3678a"></script>
    """  # noqa: E501

    def move(match: re.Match[str]) -> str:
        chart = match["chart"].strip()
        key = hashlib.sha256(chart.encode()).hexdigest()[:16]
        address = write_script(f'(window.{CHARTS} ??= {{}})["{key}"] = {chart};\n')
        start = match[0][: match.start("chart") - match.start() - 1]
        return f'{start} data-src="{address}" data-chart="{key}"></script>'

    return _CHART.sub(move, text)
