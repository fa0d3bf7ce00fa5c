"""Where things in a figure will be, before it is drawn."""

from __future__ import annotations

from matplotlib.figure import Figure


def lay_out(figure: Figure) -> None:
    """Have the axes where they will be when the figure is drawn.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The whole figure.
    """
    engine = figure.get_layout_engine()
    if engine is None:
        figure.draw_without_rendering()
    else:  # measures what lies around the axes, and not every artist in them
        engine.execute(figure)
