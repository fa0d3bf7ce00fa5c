"""A model as a picture: what is unknown, what depends on what, what is repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.legend_handler import HandlerPatch
from matplotlib.patches import Circle, Ellipse, FancyBboxPatch, Patch
from matplotlib.textpath import TextPath

from hierarchical_models.inputs import DataLike
from hierarchical_models.plots.canvas import WIDTH
from hierarchical_models.plots.diagram_layout import (
    RADIUS,
    Plate,
    bend_around,
    curve,
    place_nodes,
)
from hierarchical_models.plots.labels import HALO
from hierarchical_models.plots.model_graph import Node, check_nodes, read_graph
from hierarchical_models.plots.style import FAINT
from hierarchical_models.registry import ModelSpec

SYMBOL = 1.1
"""Size of symbols, as a multiple of the text's."""
INCHES = 0.62
"""Of the figure for each unit of the diagram, at most."""
LOOKS = {
    "unknown": {"fc": "white", "ls": "-"},
    "computed": {"fc": "white", "ls": (0, (3, 2))},
    "observed": {"fc": "#BCD7EA", "ls": "-"},
}


def model_diagram(
    model: ModelSpec | str | Sequence[Node],
    data: DataLike | None = None,
    *,
    plates: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a model's quantities, their dependences, and the plates they are repeated in.

    Parameters
    ----------
    model : ModelSpec, str or sequence of Node
        A model of the course, or its name; or the quantities of any other.
    data : Dataset, ModelData, mapping of str to array, or DataFrame, optional
        Data for a model of the course, which give plates their names and sizes.
    plates : mapping of str to str, optional
        Labels of dimensions, instead of those that the data give.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        Unknowns in circles, what is computed from others in dashed circles, data in filled ones.
        Arrows point down, from the top of the hierarchy to the data. Numbers that are known from
        the start, such as predictors and constants of priors, are left out.

    Raises
    ------
    ValueError
        If a model of the course comes without data, or quantities depend on each other in a circle.
    ModelDataError, UnknownNameError
        If the data do not fit, there is no such model, or a parent is not among the quantities.

    Notes
    -----
    For a model of the course the dependences are those of its PyMC program, which has to be built.

    Examples
    --------
    >>> nodes = [
    ...     Node("mu", r"\\mu"),
    ...     Node("theta", r"\\theta_j", parents=("mu",), dims=("group",)),
    ...     Node("y", "y_j", "observed", ("theta",), ("group",)),
    ... ]
    >>> ax = model_diagram(nodes, plates={"group": "school (8)"})
    >>> [text.get_text() for text in ax.texts if "school" in text.get_text()]
    ['school (8)']
    """
    if isinstance(model, (str, ModelSpec)):
        if data is None:
            raise ValueError("data: found nothing, allowed data that size the plates")
        nodes, labels = read_graph(model, data)
    else:
        nodes, labels = list(model), {}
    labels |= dict(plates or {})
    check_nodes(nodes)
    half_width = {one.name: _half_width(one.symbol) for one in nodes}
    places, frames = place_nodes(nodes, labels, half_width)
    limits = _limits(places, frames, half_width)
    ax = ax if ax is not None else _new_axes(limits)
    shapes = {
        one.name: _draw_node(ax, one, places[one.name], half_width[one.name]) for one in nodes
    }
    ways = []
    for one in nodes:
        for parent in one.parents:
            others = [
                (*place, half_width[name])
                for name, place in places.items()
                if name not in (parent, one.name)
            ]
            bend = bend_around(places[parent], places[one.name], others)
            ways.append(curve(places[parent], places[one.name], bend))
            _draw_arrow(
                ax,
                places[parent],
                places[one.name],
                (shapes[parent], shapes[one.name]),
                bend,
            )
    for frame in frames:
        _draw_plate(ax, frame, np.concatenate(ways) if ways else np.empty((0, 2)))
    ax.set(xlim=limits[0], ylim=limits[1])
    ax.set_aspect("equal")
    ax.axis("off")
    _add_key_of_kinds(ax, nodes)
    room = {f"${one.symbol}$": 2 * half_width[one.name] - 0.2 for one in nodes}
    _fit_texts(ax, room | {frame.label: frame.width - 0.2 for frame in frames})
    return ax


def _half_width(symbol: str) -> float:
    """Half the width of a node that its symbol fits into, at the usual scale."""
    path = TextPath((0, 0), f"${symbol}$", size=SYMBOL * plt.rcParams["font.size"])
    return max(RADIUS, path.get_extents().width / 72 / INCHES / 2 + 0.16)


def _limits(
    places: Mapping[str, tuple[float, float]],
    frames: Sequence[Plate],
    half_width: Mapping[str, float],
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Of the axes, across and up."""
    across = [x + side * half_width[name] for name, (x, _) in places.items() for side in (-1, 1)]
    across += [end for one in frames for end in (one.left, one.left + one.width)]
    up = [y + side * RADIUS for _, y in places.values() for side in (-1, 1)]
    up += [end for one in frames for end in (one.bottom, one.bottom + one.height)]
    return (min(across) - 0.1, max(across) + 0.1), (min(up) - 0.1, max(up) + 0.1)


def _new_axes(limits: tuple[tuple[float, float], tuple[float, float]]) -> Axes:
    width, height = (high - low for low, high in limits)
    scale = min(INCHES, WIDTH / width)
    return plt.subplots(figsize=(WIDTH, scale * height + 0.45), layout="constrained")[1]


def _draw_node(ax: Axes, one: Node, place: tuple[float, float], half_width: float) -> Patch:
    look = {"ec": "black", "lw": 1.4, "zorder": 3, **LOOKS[one.kind]}
    if half_width == RADIUS:
        shape: Patch = Circle(place, RADIUS, **look)
    else:
        shape = FancyBboxPatch(
            (place[0] - half_width, place[1] - RADIUS),
            2 * half_width,
            2 * RADIUS,
            boxstyle=f"round,pad=0,rounding_size={RADIUS}",
            **look,
        )
    ax.add_patch(shape)
    size = SYMBOL * plt.rcParams["font.size"]
    ax.text(*place, f"${one.symbol}$", ha="center", va="center", fontsize=size, zorder=4)
    return shape


def _draw_arrow(
    ax: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    shapes: tuple[Patch, Patch],
    bend: float,
) -> None:
    ax.annotate(
        "",
        end,
        start,
        arrowprops={
            "arrowstyle": "-|>,head_length=0.4,head_width=0.2",
            "connectionstyle": f"arc3,rad={bend}",
            "color": "#444444",
            "lw": 1.2,
            "patchA": shapes[0],
            "patchB": shapes[1],
            "shrinkA": 1,
            "shrinkB": 1,
        },
        zorder=2,
    )


def _draw_plate(ax: Axes, plate: Plate, ways: np.ndarray) -> None:
    ax.add_patch(
        FancyBboxPatch(
            (plate.left, plate.bottom),
            plate.width,
            plate.height,
            boxstyle="round,pad=0,rounding_size=0.12",
            fc="none",
            ec=FAINT,
            lw=1.2,
            zorder=1,
        )
    )
    middle = plate.left + plate.width / 2
    low = ways[(ways[:, 1] > plate.bottom) & (ways[:, 1] < plate.bottom + 0.4)]
    low = low[(low[:, 0] > plate.left) & (low[:, 0] < plate.left + plate.width)]
    # in the corner that fewer arrows cross
    is_left = np.sum(low[:, 0] < middle) < np.sum(low[:, 0] > middle)
    ax.text(
        plate.left + 0.1 if is_left else plate.left + plate.width - 0.1,
        plate.bottom + 0.08,
        plate.label,
        ha="left" if is_left else "right",
        va="bottom",
        fontsize="small",
        path_effects=HALO,
        zorder=4,
    )


def _fit_texts(ax: Axes, room: Mapping[str, float]) -> None:
    """Make the type smaller where the whole diagram had to be."""
    ax.figure.get_figure(root=True).draw_without_rendering()
    corners = ax.transData.transform([(0, 0), (1, 0)])
    per_unit = corners[1, 0] - corners[0, 0]
    for text in ax.texts:
        if text.get_text() in room:
            share = room[text.get_text()] * per_unit / text.get_window_extent().width
            text.set_fontsize(min(1.0, share) * text.get_fontsize())


def _add_key_of_kinds(ax: Axes, nodes: Sequence[Node]) -> None:
    kinds = [kind for kind in LOOKS if any(one.kind == kind for one in nodes)]
    handles = [Circle((0, 0), 1, ec="black", lw=1.2, label=kind, **LOOKS[kind]) for kind in kinds]
    ax.legend(
        handles=handles,
        handler_map={Circle: HandlerPatch(patch_func=_round)},
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=len(handles),
        handlelength=1.2,
        handleheight=1.2,
    )


def _round(
    *, width: float, height: float, xdescent: float, ydescent: float, **_: object
) -> Ellipse:
    """A circle in the key, where Matplotlib would draw a box."""
    side = min(width, height)
    return Ellipse(((width - xdescent) / 2, (height - ydescent) / 2), side, side)
