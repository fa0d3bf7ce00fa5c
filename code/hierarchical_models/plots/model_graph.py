"""What depends on what in a model: read from its PyMC program, so that no picture can differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hierarchical_models.inputs import DataLike, prepare_inputs
from hierarchical_models.names import unknown_name
from hierarchical_models.registry import ModelSpec, get_model

KINDS = ("unknown", "computed", "observed")


@dataclass(frozen=True)
class Node:
    """A quantity of a model.

    Parameters
    ----------
    name : str
        Its name.
    symbol : str
        How a diagram writes it, in LaTeX without dollar signs.
    kind : {"unknown", "computed", "observed"}
        Sampled, computed from others, or data.
    parents : tuple of str
        Names of the quantities that it depends on directly.
    dims : tuple of str
        The plates that it lies in; none for a scalar.

    Raises
    ------
    ValueError
        If there is no such kind.
    """

    name: str
    symbol: str
    kind: str = "unknown"
    parents: tuple[str, ...] = ()
    dims: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(
                f"kind of {self.name}: found {self.kind!r}, allowed {', '.join(KINDS)}"
            )


def read_graph(model: ModelSpec | str, data: DataLike) -> tuple[list[Node], dict[str, str]]:
    """Quantities of a model that lead to its data, and names of its plates.

    Parameters
    ----------
    model : ModelSpec or str
        The model, or its name.
    data : Dataset, ModelData, mapping of str to array, or DataFrame
        Data for it, which give plates their names and sizes.

    Returns
    -------
    nodes : list of Node
        Without what is computed but nothing depends on.
    plates : dict of str to str
        Label of each dimension, such as ``"county (85)"``.

    Raises
    ------
    ModelDataError, UnknownNameError
        If the data do not fit, or there is no such model.
    """
    # PyMC takes seconds to import, and is needed by this figure only
    from pymc.model_graph import ModelGraph

    from hierarchical_models.backends.pymc_backend import build_model

    spec = get_model(model) if isinstance(model, str) else model
    inputs = prepare_inputs(spec, data)
    program = build_model(spec, inputs, spec.resolve_hyperparameters(None))
    parents = {
        str(name): tuple(sorted(map(str, found)))
        for name, found in ModelGraph(program).make_compute_graph().items()
    }
    known = {one.name: one for one in spec.parameters}
    parents = _without(parents, [name for name in parents if name not in {*known, *spec.outcomes}])
    kept = _ancestors(parents, [name for name in spec.outcomes if name in parents])
    nodes = []
    for name in [*known, *spec.outcomes]:
        if name not in kept:
            continue
        dims = spec.dims_of(name)
        if name in spec.outcomes:
            nodes.append(Node(name, _subscripted(name, dims), "observed", parents[name], dims))
        else:
            kind = "computed" if known[name].is_derived else "unknown"
            symbol = known[name].symbol.split("=")[0].strip()
            nodes.append(Node(name, symbol, kind, parents[name], dims))
    plates = {dim: f"{inputs.dims[dim]} ({size:,})" for dim, size in inputs.sizes.items()}
    return nodes, plates


def check_nodes(nodes: Sequence[Node]) -> None:
    """Refuse quantities that cannot be drawn.

    Parameters
    ----------
    nodes : sequence of Node
        The quantities.

    Raises
    ------
    ValueError
        If there are none, two have one name, or they depend on each other in a circle.
    UnknownNameError
        If a parent is not among them.
    """
    if not nodes:
        raise ValueError("nodes: found none, allowed one or more")
    names = [one.name for one in nodes]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"nodes: found {twice[0]!r} twice, allowed each name once")
    for one in nodes:
        for parent in one.parents:
            if parent not in names:
                raise unknown_name(f"parent of {one.name}", parent, names)
    longest_paths({one.name: one.parents for one in nodes})


def longest_paths(parents: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Length of the longest way from a root to each node.

    Parameters
    ----------
    parents : mapping of str to sequence of str
        Parents of each node.

    Returns
    -------
    dict of str to int
        0 for roots.

    Raises
    ------
    ValueError
        If nodes depend on each other in a circle.

    Examples
    --------
    >>> longest_paths({"mu": [], "theta": ["mu"], "y": ["mu", "theta"]})
    {'mu': 0, 'theta': 1, 'y': 2}
    """
    lengths: dict[str, int] = {}
    while len(lengths) < len(parents):
        ready = [
            name
            for name, above in parents.items()
            if name not in lengths and all(one in lengths for one in above)
        ]
        if not ready:
            circle = ", ".join(sorted(set(parents) - set(lengths)))
            raise ValueError(f"nodes: found a circle among {circle}, allowed none")
        for name in ready:
            lengths[name] = 1 + max((lengths[one] for one in parents[name]), default=-1)
    return {name: lengths[name] for name in parents}


def _without(
    parents: Mapping[str, Sequence[str]], names: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The same dependences without nodes that only the program knows."""
    found = {name: set(above) for name, above in parents.items()}
    for name in names:
        above = found.pop(name)
        for others in found.values():
            if name in others:
                others.remove(name)
                others |= above
    return {name: tuple(sorted(above)) for name, above in found.items()}


def _ancestors(parents: Mapping[str, Sequence[str]], start: Sequence[str]) -> set[str]:
    """The nodes themselves and all that lead to them."""
    kept, waiting = set(), list(start)
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept.add(name)
            waiting += parents[name]
    return kept


def _subscripted(name: str, dims: Sequence[str]) -> str:
    # in formulae, letters side by side would be read as a product
    upright = name if len(name) == 1 else rf"\mathrm{{{name.replace('_', ' ')}}}"
    if not dims:
        return upright
    return rf"{upright}_{{{'i' if dims[0] == 'observation' else 'j'}}}"
