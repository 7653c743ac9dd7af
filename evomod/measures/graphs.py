"""What a measure is given: a `Network`, a networkx graph or an adjacency array; checked, as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError
from evomod.network import Network

if TYPE_CHECKING:
    import networkx

Graph: TypeAlias = "Network | networkx.Graph | ArrayLike"
"""One network, or an array ``[network, node, node]`` of many."""

LEAST_WEIGHT, MOST_WEIGHT = 1e-150, 1e150
"""Sizes of weights whose squares are numbers still; Q is made of products of two sums of weights."""

MOST_NODES = 20_000
"""Of a networkx graph: its adjacency has 3 GB then."""


def adjacency_of(
    graph: Graph, weight: str | None = None, *, signed: bool = False
) -> NDArray[np.float64]:
    """``[source, target]`` of one graph: 0 where there is no connection, else 1 or its weight.

    ``weight`` None counts every connection as 1; "weight" takes the numbers of an array or the weights of
    a `Network`; for a networkx graph it is the name of the attribute. An undirected graph becomes a
    symmetric array. Raises `EvomodError` for an array that is not square, not of finite real numbers or
    masked, several connections from one node to another, more than `MOST_NODES` nodes, a missing weight, one
    beyond `LEAST_WEIGHT` or `MOST_WEIGHT`, and a negative one unless ``signed``.

    >>> adjacency_of([[0, 0.5], [0, 0]]).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    matrices, is_many = adjacencies_of(graph, weight, signed=signed)
    if is_many:
        raise EvomodError(
            f"wanted one graph; got an array of {matrices.shape[0]} [network, node, node]."
        )
    return matrices[0]


def adjacencies_of(
    graph: Graph, weight: str | None = None, *, signed: bool = False
) -> tuple[NDArray[np.float64], bool]:
    """``[network, source, target]`` and whether many were given; as `adjacency_of` otherwise."""
    if isinstance(graph, Network):
        matrices = _of_network(graph, weight)[None]
    elif _is_networkx(graph):
        matrices = _of_networkx(graph, weight)[None]
    else:
        matrices = _of_array(graph, weight)
    if weight is not None and not signed and (matrices < 0).any():
        raise EvomodError(
            "this measure wants weights from 0; the graph has negative ones. Give weight=None to count "
            "connections, or take their absolute values first."
        )
    if weight is not None:
        sizes = np.abs(matrices[matrices != 0.0])
        if sizes.min(initial=1.0) < LEAST_WEIGHT or sizes.max(initial=1.0) > MOST_WEIGHT:
            raise EvomodError(
                f"weights are 0 or in size from {LEAST_WEIGHT:g} to {MOST_WEIGHT:g}; the graph has "
                f"{sizes.min():g} to {sizes.max():g}. Give them in another unit."
            )
    many = not isinstance(graph, Network) and not _is_networkx(graph) and np.ndim(graph) == 3
    return matrices, many


def _is_networkx(graph: Any) -> bool:
    return hasattr(graph, "nodes") and hasattr(graph, "edges") and hasattr(graph, "is_directed")


def _of_network(network: Network, weight: str | None) -> NDArray[np.float64]:
    if weight is None:
        return network.adjacency().astype(np.float64)
    _check_weight(weight)
    matrix = np.zeros((network.n_nodes, network.n_nodes))
    np.add.at(matrix, (network.source, network.target), network.weight)
    return matrix


def _of_networkx(graph: networkx.Graph, weight: str | None) -> NDArray[np.float64]:
    place = {node: k for k, node in enumerate(graph.nodes)}
    if len(place) > MOST_NODES:
        raise EvomodError(f"the graph has {len(place)} nodes; measures take at most {MOST_NODES}.")
    matrix = np.zeros((len(place), len(place)))
    seen: set[tuple[int, int]] = set()
    for source, target, data in graph.edges(data=True):
        if weight is not None and weight not in data:
            raise EvomodError(f"the connection {source} -> {target} has no attribute '{weight}'.")
        ends = (place[source], place[target])
        if ends in seen or (ends[::-1] in seen and not graph.is_directed()):
            raise EvomodError(
                f"the graph has several connections {source} -> {target}; merge them first, for example "
                "networkx.DiGraph(graph)."
            )
        seen.add(ends)
        value = 1.0 if weight is None else _number(data[weight], source, target)
        matrix[ends] = value
        if not graph.is_directed():
            matrix[ends[::-1]] = value
    return matrix


def _number(value: Any, source: Any, target: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = np.nan
    if not np.isfinite(number):
        raise EvomodError(
            f"the connection {source} -> {target} has the weight {str(value)[:40]!r}, no finite number."
        )
    return number


def _of_array(graph: Any, weight: str | None) -> NDArray[np.float64]:
    if np.ma.is_masked(graph):
        raise EvomodError("the adjacency has masked entries; fill them first, for example .filled(0).")
    try:
        raw = np.asarray(graph)
        is_real = raw.dtype.kind not in "cmMV"  # which NumPy turns into numbers, or parts of them
        matrices = raw.astype(np.float64) if is_real else None
    except (TypeError, ValueError, OverflowError):
        raise EvomodError(
            "wanted a Network, a networkx graph or an adjacency array [node, node]; got "
            f"{type(graph).__name__}."
        ) from None
    if matrices is None:
        raise EvomodError(f"an adjacency holds real numbers; got an array of {raw.dtype}.")
    if matrices.ndim == 2:
        matrices = matrices[None]
    if matrices.ndim != 3 or matrices.shape[1] != matrices.shape[2]:
        raise EvomodError(
            f"an adjacency is a square array [node, node] (or many, [network, node, node]); got shape "
            f"{np.shape(graph)}."
        )
    if not np.isfinite(matrices).all():
        raise EvomodError("an adjacency holds finite numbers; got NaN or infinity.")
    _check_weight(weight)
    return (matrices != 0.0).astype(np.float64) if weight is None else np.ascontiguousarray(matrices)


def _check_weight(weight: str | None) -> None:
    if weight not in (None, "weight"):
        raise EvomodError(
            f"the weights of a Network or an array are taken with weight='weight'; got '{weight}'."
        )


def symmetric(matrices: NDArray[np.float64], weight: str | None = None) -> NDArray[np.float64]:
    """The undirected graph of directed ones, ``[..., node, node]``.

    Unweighted, a connection either way, or both, is one edge. Weighted, the weights of both ways add up;
    a matrix that is symmetric already is undirected and stays as it is.
    """
    turned = np.swapaxes(matrices, -1, -2)
    if weight is None:
        return np.maximum(matrices, turned)
    is_undirected = (matrices == turned).all(axis=(-1, -2), keepdims=True)
    return np.where(is_undirected, matrices, matrices + turned)


def layers_of(graph: Graph, layer: ArrayLike | None = None) -> NDArray[np.int64]:
    """``[node]``: the layer of every node, as given, or of a `Network`, or the graph's attribute "layer".

    Raises `EvomodError` where it is not known, or is not one whole number a node.
    """
    n_nodes = adjacencies_of(graph, signed=True)[0].shape[1]
    if layer is None and isinstance(graph, Network):
        return graph.layer
    if layer is None and _is_networkx(graph):
        nodes: Any = graph
        found = [data.get("layer") for _, data in nodes.nodes(data=True)]
        layer = None if None in found else found
    if layer is None:
        raise EvomodError(
            "the layers of the graph are not known; give layer=[…], a whole number a node, or nodes with "
            "the attribute 'layer'."
        )
    numbers = np.asarray(layer)
    if numbers.shape != (n_nodes,) or numbers.dtype.kind not in "iu":
        raise EvomodError(f"layer wants {n_nodes} whole numbers, one a node; got {layer!r}.")
    return numbers.astype(np.int64)


def connected_nodes(matrix: NDArray[np.float64]) -> NDArray[np.int64]:
    """Ids of the nodes of ``matrix[source, target]`` that have a connection."""
    return np.flatnonzero(matrix.any(axis=0) | matrix.any(axis=1))
