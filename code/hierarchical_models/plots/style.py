"""Colours, marks and type of the course's figures.

Colours are those of Okabe and Ito, which readers with any common kind of colour vision can tell
apart; every series also has its own marker and line, so that figures survive a black-and-white
printer. Figures bring their own white ground, and so look the same on a light and on a dark page.
They are as wide as a page's column, with type as large as its text: on a phone, where a figure
shrinks to little more than half its size, it can still be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.figure import Figure

OKABE_ITO = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "amber": "#E69F00",
    "black": "#000000",
}
RAW, PARTIAL, POOLED, TRUTH = (
    OKABE_ITO["orange"],
    OKABE_ITO["blue"],
    "#555555",
    OKABE_ITO["green"],
)
FAINT = "#8A8A8A"
"""For what joins or frames the data and is not data itself."""


@dataclass(frozen=True)
class Look:
    """How one of several series is told from the others, in colour and without.

    Parameters
    ----------
    colour : str
        With a contrast of at least 3 to white.
    marker : str
        Shape of its points.
    line : object
        Style of its lines, as Matplotlib takes it.
    """

    colour: str
    marker: str
    line: Any


SERIES = (
    Look(OKABE_ITO["blue"], "o", "-"),
    Look(OKABE_ITO["orange"], "s", "--"),
    Look(OKABE_ITO["green"], "D", "-."),
    # of Okabe and Ito's further colours only black is dark enough for a thin line on white
    Look(OKABE_ITO["black"], "^", ":"),
    Look("#A3478A", "v", (0, (5, 1.5, 1, 1.5, 1, 1.5))),
)

STYLE: Mapping[str, Any] = {
    "axes.edgecolor": "#444444",
    "axes.grid": True,
    "axes.labelpad": 5.0,
    "axes.labelsize": 12,
    "axes.prop_cycle": cycler(color=list(OKABE_ITO.values())),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
    "figure.figsize": (6.0, 3.8),
    # both come with Matplotlib, so that every machine draws the same letters
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "dejavusans",
    "font.size": 12,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.8,
    "legend.fontsize": 11,
    "legend.frameon": False,
    "legend.handletextpad": 0.5,
    "lines.linewidth": 1.8,
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "hierarchical-models",
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
}
NO_DATE = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}, ".png": {"Software": None}}


def use_style() -> None:
    """Set the course's look for all figures that follow, as sharp vector graphics in a notebook.

    Returns
    -------
    None
        Matplotlib's settings are changed for this process.
    """
    plt.rcParams.update(STYLE)
    try:
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    # without a date in the file, the same figure is the same bytes
    set_matplotlib_formats("svg", metadata=NO_DATE[".svg"])


def save(figure: Figure, path: str | Path, **options: Any) -> Path:
    """Write a figure to a file whose bytes depend on the figure only.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to write.
    path : str or pathlib.Path
        Where to; the ending, ``.svg``, ``.png`` or ``.pdf``, says in which format.
    **options
        For ``Figure.savefig``, for example ``dpi=200``.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ValueError
        If the ending is another one.
    """
    target = Path(path)
    if target.suffix not in NO_DATE:
        raise ValueError(f"path: found ending {target.suffix!r}, allowed {', '.join(NO_DATE)}")
    # figures may have been drawn before use_style, but their file must not be random
    with plt.rc_context({"svg.hashsalt": STYLE["svg.hashsalt"]}):
        figure.savefig(target, metadata=NO_DATE[target.suffix], **options)
    return target
