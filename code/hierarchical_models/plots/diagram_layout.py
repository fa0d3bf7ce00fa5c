"""Places for the nodes and plates of a model's diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hierarchical_models.plots.model_graph import Node, longest_paths

RADIUS = 0.36
"""Of a node, or half of its height where its symbol is wide."""
GAP, DOWN = 0.53, 1.25
"""Room between neighbours, and distance of rows."""
BENDS = (0.0, 0.18, -0.18, 0.36, -0.36, 0.54, -0.54)
"""How far arrows may go around nodes, as shares of their length; the first free one is taken."""
PLATE_MARGIN, PLATE_LABEL = 0.16, 0.34
"""Room between a node and the plate's frame, and for the plate's label below."""
BETWEEN = 0.21
"""Room between blocks of nodes."""
LETTER = 0.155
"""Width of a letter of a plate's label."""


@dataclass(frozen=True)
class Plate:
    """Frame around the nodes that are repeated along some dimensions.

    Parameters
    ----------
    label : str
        Names of the dimensions.
    left, bottom, width, height : float
        Of the frame.
    """

    label: str
    left: float
    bottom: float
    width: float
    height: float


@dataclass(frozen=True)
class _Block:
    """Nodes that stay together: those of one plate, or one scalar."""

    label: str
    rows: tuple[tuple[str, ...], ...]
    half_width: Mapping[str, float]

    def row_width(self, row: Sequence[str]) -> float:
        return sum(2 * self.half_width[name] for name in row) + GAP * (len(row) - 1)

    @property
    def width(self) -> float:
        nodes = max(map(self.row_width, self.rows))
        return max(nodes + 2 * PLATE_MARGIN, LETTER * len(self.label) + 2 * PLATE_MARGIN)

    @property
    def height(self) -> float:
        return DOWN * len(self.rows) + (PLATE_LABEL if self.label else 0.0)


def place_nodes(
    nodes: Sequence[Node], labels: Mapping[str, str], half_width: Mapping[str, float]
) -> tuple[dict[str, tuple[float, float]], list[Plate]]:
    """Place nodes so that arrows point down and no plate holds another's nodes.

    Parameters
    ----------
    nodes : sequence of Node
        Checked quantities.
    labels : mapping of str to str
        What to write for a dimension instead of its name.
    half_width : mapping of str to float
        Of each node, by its name; at least the radius.

    Returns
    -------
    places : dict of str to tuple of float
        Middle of each node, across and up.
    plates : list of Plate
        Their frames.
    """
    depth = longest_paths({one.name: one.parents for one in nodes})
    blocks = _make_blocks(nodes, depth, labels, half_width)
    layer = _layers(nodes, blocks)
    order: dict[int, list[int]] = {}
    for index, level in enumerate(layer):
        order.setdefault(level, []).append(index)
    places: dict[str, tuple[float, float]] = {}
    plates: list[Plate] = []
    children = _children(nodes)
    floor = 0.0
    for level in sorted(order, reverse=True):
        row = sorted(order[level], key=lambda at: _wish(blocks[at], children, places, at))
        tallest = max(blocks[at].height for at in row)
        left = -(sum(blocks[at].width for at in row) + BETWEEN * (len(row) - 1)) / 2
        for at in row:
            _place_block(blocks[at], left, floor, tallest, places, plates)
            left += blocks[at].width + BETWEEN
        floor += tallest + 0.25
    return places, plates


def _make_blocks(
    nodes: Sequence[Node],
    depth: Mapping[str, int],
    labels: Mapping[str, str],
    half_width: Mapping[str, float],
) -> list[_Block]:
    together: dict[tuple[str, ...], list[Node]] = {}
    blocks = []
    for one in nodes:
        if one.dims:
            together.setdefault(one.dims, []).append(one)
        else:
            blocks.append(_Block("", ((one.name,),), half_width))
    for dims, members in together.items():
        label = " × ".join(labels.get(dim, dim) for dim in dims)
        levels = sorted({depth[one.name] for one in members})
        rows = tuple(
            tuple(one.name for one in members if depth[one.name] == level) for level in levels
        )
        if _is_one_block(nodes, depth, {one.name for one in members}):
            blocks.append(_Block(label, rows, half_width))
        else:
            # a way leaves the plate and comes back: it is drawn in parts
            blocks += [_Block(label, (row,), half_width) for row in rows]
    return blocks


def _is_one_block(nodes: Sequence[Node], depth: Mapping[str, int], members: set[str]) -> bool:
    """Whether no way from one member to another goes through a node outside."""
    below: set[str] = set()
    for one in sorted(nodes, key=lambda node: depth[node.name]):
        if one.name not in members and any(p in members or p in below for p in one.parents):
            below.add(one.name)
        if one.name in members and any(p in below for p in one.parents):
            return False
    return True


def _layers(nodes: Sequence[Node], blocks: Sequence[_Block]) -> list[int]:
    """Layer of each block, 0 on top: as low as the blocks that depend on it allow."""
    of = {name: at for at, block in enumerate(blocks) for row in block.rows for name in row}
    above: dict[str, set[str]] = {str(at): set() for at in range(len(blocks))}
    for one in nodes:
        for parent in one.parents:
            if of[parent] != of[one.name]:
                above[str(of[one.name])].add(str(of[parent]))
    below: dict[str, list[str]] = {at: [] for at in above}
    for at, found in above.items():
        for parent in sorted(found):
            below[parent].append(at)
    from_bottom = longest_paths(below)
    lowest = max(from_bottom.values())
    return [lowest - from_bottom[str(at)] for at in range(len(blocks))]


def _children(nodes: Sequence[Node]) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {one.name: [] for one in nodes}
    for one in nodes:
        for parent in one.parents:
            children[parent].append(one.name)
    return children


def _wish(
    block: _Block,
    children: Mapping[str, Sequence[str]],
    places: Mapping[str, tuple[float, float]],
    at: int,
) -> tuple[float, bool, int]:
    """Where a block would like to be: above its children; plates to the left of scalars."""
    xs = [
        places[child][0]
        for row in block.rows
        for name in row
        for child in children[name]
        if child in places
    ]
    mean = sum(xs) / len(xs) if xs else 0.0
    return (round(mean, 6), not block.label, at)


def _place_block(
    block: _Block,
    left: float,
    floor: float,
    tallest: float,
    places: dict[str, tuple[float, float]],
    plates: list[Plate],
) -> None:
    spare = (tallest - block.height) / 2
    bottom = floor + spare + (PLATE_LABEL if block.label else 0.0)
    for level, row in enumerate(reversed(block.rows)):
        start = left + (block.width - block.row_width(row)) / 2
        for name in row:
            half = block.half_width[name]
            places[name] = (start + half, bottom + DOWN * (level + 0.5))
            start += 2 * half + GAP
    if block.label:
        plates.append(
            Plate(
                block.label,
                left,
                bottom + DOWN / 2 - RADIUS - PLATE_MARGIN - PLATE_LABEL,
                block.width,
                DOWN * (len(block.rows) - 1) + 2 * (RADIUS + PLATE_MARGIN) + PLATE_LABEL,
            )
        )


def bend_around(
    start: tuple[float, float],
    end: tuple[float, float],
    others: Sequence[tuple[float, float, float]],
) -> float:
    """How far an arrow must bend to miss the nodes that it does not belong to.

    Parameters
    ----------
    start, end : tuple of float
        Middles of the nodes that it joins.
    others : sequence of tuple of float
        Middle and half width of each other node.

    Returns
    -------
    float
        For Matplotlib's connection style ``arc3``; 0 where a straight arrow is free, and the bend
        that comes nearest to it where none is.

    Examples
    --------
    >>> bend_around((0.0, 2.0), (0.0, 0.0), [(1.0, 1.0, 0.36)])
    0.0
    >>> bend_around((0.0, 2.0), (0.0, 0.0), [(0.0, 1.0, 0.36)]) != 0
    True
    """
    if not others:
        return 0.0
    room = {bend: _nearest(curve(start, end, bend), others) for bend in BENDS}
    free = [bend for bend in BENDS if room[bend] > RADIUS + 0.08]
    return free[0] if free else max(BENDS, key=lambda bend: room[bend])


def curve(start: tuple[float, float], end: tuple[float, float], bend: float) -> np.ndarray:
    """Points along an arrow.

    Parameters
    ----------
    start, end : tuple of float
        Middles of the nodes that it joins.
    bend : float
        As for Matplotlib's connection style ``arc3``.

    Returns
    -------
    ndarray of float, shape (33, 2)
        Across and up.
    """
    first, last = np.array(start), np.array(end)
    way = last - first
    middle = (first + last) / 2 + bend * np.array([way[1], -way[0]])
    share = np.linspace(0, 1, 33)[:, None]
    return (1 - share) ** 2 * first + 2 * share * (1 - share) * middle + share**2 * last


def _nearest(points: np.ndarray, others: Sequence[tuple[float, float, float]]) -> float:
    """Smallest distance to the line between a node's two outer centres, on which it is built."""
    across, up, half = np.array(others).T
    dx = np.maximum(np.abs(points[:, :1] - across) - (half - RADIUS), 0.0)
    return float(np.hypot(dx, points[:, 1:] - up).min())
