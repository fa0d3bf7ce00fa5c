"""Charts in notebooks that readers download: a picture in place of what needs a network."""

from __future__ import annotations

import base64
import copy
from typing import Any

from lessonbook.charts import ChartError, draw_png, is_chart

_NEEDS_NETWORK = frozenset({"text/html", "application/javascript"})


def make_portable(output: dict[str, Any]) -> dict[str, Any]:
    """Return an output that programs without Vega, or without a network, show too.

    Parameters
    ----------
    output : dict
        Of a code cell.

    Returns
    -------
    dict
        A copy. Of a chart, with its still as PNG beside it, and without the HTML that Python
        packages add, whose scripts come from another host.
    """
    kept = copy.deepcopy(output)
    data = kept.get("data", {})
    charts = [value for mime_type, value in data.items() if is_chart(mime_type)]
    if not charts:
        return kept
    for mime_type in _NEEDS_NETWORK & data.keys():
        del data[mime_type]
    try:
        data["image/png"] = base64.b64encode(draw_png(charts[0])).decode()
    except ChartError:
        return kept  # the build has warned of it
    return kept
