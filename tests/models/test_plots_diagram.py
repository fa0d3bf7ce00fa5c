"""Diagrams of models show what depends on what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import pytest

from hierarchical_models import datasets, plots
from hierarchical_models.errors import ModelDataError, UnknownNameError
from hierarchical_models.plots import Node
from hierarchical_models.plots.diagram_layout import place_nodes
from hierarchical_models.plots.model_graph import read_graph


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    plt.close("all")


def test_a_diagram_is_read_from_the_program_of_the_model() -> None:
    nodes, plates = read_graph("normal_partial_noncentred", datasets.load("eight_schools"))
    found = {one.name: (one.kind, set(one.parents), one.dims) for one in nodes}
    assert found == {
        "mu": ("unknown", set(), ()),
        "tau": ("unknown", set(), ()),
        "theta_raw": ("unknown", set(), ("group",)),
        "theta": ("computed", {"mu", "tau", "theta_raw"}, ("group",)),
        "y": ("observed", {"theta"}, ("group",)),
    }
    assert plates == {"group": "school (8)"}


def test_what_only_the_program_knows_is_not_in_the_diagram() -> None:
    data = {
        "rt": [0.5, 0.7, 0.6, 0.9],
        "choice": [1, 0, 1, 1],
        "person": [0, 0, 0, 0],
        "condition": [0, 1, 0, 1],
    }
    nodes, _ = read_graph("ddm_pooled", data)
    observed = {one.name for one in nodes if one.kind == "observed"}
    assert observed == {"rt", "choice"}
    assert all(set(one.parents) <= {other.name for other in nodes} for one in nodes)


def test_arrows_point_down_and_plates_hold_only_their_own() -> None:
    nodes, plates = read_graph("radon_varying_slope_correlated", datasets.load("radon"))
    half = {one.name: 0.36 for one in nodes}
    places, frames = place_nodes(nodes, plates, half)
    for one in nodes:
        for parent in one.parents:
            assert places[parent][1] > places[one.name][1]
    for frame in frames:
        inside = {
            one.dims
            for one in nodes
            if frame.left < places[one.name][0] < frame.left + frame.width
            and frame.bottom < places[one.name][1] < frame.bottom + frame.height
        }
        assert len(inside) == 1 and inside != {()}
    assert {frame.label for frame in frames} == {"county (85)", "house (919)"}


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ([], "nodes: found none"),
        ([Node("a", "a"), Node("a", "a")], "nodes: found 'a' twice"),
        (
            [Node("a", "a", parents=("b",)), Node("b", "b", parents=("a",))],
            "nodes: found a circle among a, b",
        ),
    ],
)
def test_quantities_that_cannot_be_drawn_are_refused(nodes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plots.model_diagram(nodes)


def test_a_parent_that_is_missing_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="parent of y: found 'mu', allowed y"):
        plots.model_diagram([Node("y", "y", parents=("mu",))])
    with pytest.raises(ValueError, match="kind of y: found 'data', allowed unknown, computed"):
        Node("y", "y", kind="data")


def test_a_model_needs_data_for_its_plates() -> None:
    with pytest.raises(ValueError, match="data: found nothing"):
        plots.model_diagram("normal_pooled")
    with pytest.raises(ModelDataError, match="normal_pooled: data lack sigma"):
        plots.model_diagram("normal_pooled", {"y": [1.0]})
