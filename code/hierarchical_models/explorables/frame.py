"""What all charts with controls share: their look, their words, and how notebooks show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt

MIME_TYPE = "application/vnd.vegalite.v6+json"
GREY, TEXT = "#dddddd", "#222222"
TYPE_SIZE = 14


@dataclass(frozen=True, eq=False)
class Explorable:
    """A chart with controls, for a page and for a notebook.

    Parameters
    ----------
    chart : altair.TopLevelMixin
        Its parameters are bound to controls. A layer made by `words` says what it shows.
    """

    chart: Any

    def to_dict(self) -> dict[str, Any]:
        """Return the chart's Vega-Lite specification."""
        return dict(self.chart.to_dict())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        # a site takes the first; most notebooks know only the second, which needs a network
        return {
            MIME_TYPE: self.to_dict(),
            "text/html": self.chart.to_html(fullhtml=False, output_div="explorable"),
            "text/plain": "a chart with controls",
        }


def words(base: alt.Chart, text: str) -> alt.Chart:
    """Make the layer that says in words what a chart shows.

    Parameters
    ----------
    base : altair.Chart
        With the data and transformations of the chart, filtered to one row.
    text : str
        A Vega expression.

    Returns
    -------
    altair.Chart
        Without any drawing.
    """
    # tiny, so that no room is kept for it
    layer = base.transform_calculate(words=text).mark_text(opacity=0, fontSize=0.01, aria=False)
    return layer.encode(text="words:N").properties(name="says")


def finish(chart: alt.LayerChart, *controls: alt.Parameter, height: int) -> Explorable:
    """Give a chart its controls and its look: as wide as the page, white, large type."""
    framed = chart.add_params(*controls).properties(width="container", height=height)
    framed = framed.configure(background="white", font="sans-serif", padding=8)
    framed = framed.configure_view(stroke=None)
    framed = framed.configure_axis(
        labelFontSize=TYPE_SIZE,
        titleFontSize=TYPE_SIZE,
        titleFontWeight="normal",
        labelColor=TEXT,
        titleColor=TEXT,
        gridColor=GREY,
        domainColor=TEXT,
        tickColor=TEXT,
        tickCount=8,
    )
    framed = framed.configure_legend(
        orient="top",
        title=None,
        labelFontSize=TYPE_SIZE,
        labelColor=TEXT,
        labelLimit=0,
        symbolStrokeWidth=2,
        symbolSize=90,
        columnPadding=16,
    )
    return Explorable(framed)


def series(names: list[str], values: list[Any]) -> alt.Scale:
    """Return the scale that gives each named series its colour, mark or line."""
    return alt.Scale(domain=names, range=values)
