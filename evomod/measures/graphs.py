"""What a measure is given as dense arrays: the adjacency of one graph or many, layers, connected nodes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError
from evomod.measures.edges import (
    Edges,
    Graph,
    check_weight_name,
    check_weights,
    dense_numbers,
    edges_of,
    is_igraph,
    is_networkx,
    is_sparse,
    is_table,
    names_of,
)
from evomod.network import Network

MOST_NODES = 20_000
"""Of a graph whose adjacency is made dense: it has 3 GB then."""


def adjacency_of(
    graph: Graph, weight: str | None = None, *, signed: bool = False
) -> NDArray[np.float64]:
    """``[source, target]`` of one graph: 0 where there is no connection, else 1 or its weight.

    See `evomod.measures.edges.edges_of` for kinds of graphs, ``weight``, parallel connections and weights of
    0. An undirected graph becomes a symmetric array. Raises `EvomodError` for an array that is not square,
    not of finite real numbers or masked, more than `MOST_NODES` nodes, missing weights, those that are too
    large or small, and negative ones unless ``signed``.

    >>> adjacency_of([[0, 0.5], [0, 0]]).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    matrices, is_many = adjacencies_of(graph, weight, signed=signed)
    if is_many:
        raise EvomodError(
            f"expected one graph; got an array of {matrices.shape[0]} [network, node, node]."
        )
    return matrices[0]


def adjacencies_of(
    graph: Graph, weight: str | None = None, *, signed: bool = False
) -> tuple[NDArray[np.float64], bool]:
    """``[network, source, target]`` and whether many were given; as `adjacency_of` otherwise."""
    if is_one_graph(graph):
        return dense(edges_of(graph, weight, signed=signed))[None], False
    matrices = dense_numbers(graph)
    check_weight_name(weight)
    if weight is None:
        return (matrices != 0.0).astype(np.float64), np.ndim(graph) == 3  # type: ignore[arg-type]
    check_weights(matrices[matrices != 0.0], signed)
    return matrices, np.ndim(graph) == 3  # type: ignore[arg-type]


def is_one_graph(graph: Any) -> bool:
    """Whether a graph is an object, and not an array, which may hold many."""
    kinds = (is_networkx, is_igraph, is_sparse, is_table)
    return isinstance(graph, Network) or any(kind(graph) for kind in kinds)


def dense(edges: Edges) -> NDArray[np.float64]:
    """``[source, target]`` of connections."""
    if edges.n_nodes > MOST_NODES:
        raise EvomodError(
            f"the graph has {edges.n_nodes} nodes; this measure takes at most {MOST_NODES}. Q by "
            "method='refined' takes any number."
        )
    matrix = np.zeros((edges.n_nodes, edges.n_nodes))
    matrix[edges.source, edges.target] = edges.weight
    if not edges.directed:
        matrix[edges.target, edges.source] = edges.weight
    return matrix


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
    n_nodes = len(names_of(graph))
    if layer is None and isinstance(graph, Network):
        return graph.layer
    if layer is None and is_networkx(graph):
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
        raise EvomodError(f"layer requires {n_nodes} whole numbers, one a node; got {layer!r}.")
    return numbers.astype(np.int64)


def connected_nodes(matrix: NDArray[np.float64]) -> NDArray[np.int64]:
    """Ids of the nodes of ``matrix[source, target]`` that have a connection."""
    return np.flatnonzero(matrix.any(axis=0) | matrix.any(axis=1))
