"""Hierarchy of a directed network: its global reaching centrality (Mones et al. 2012)."""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import NDArray

from evomod.measures.edges import Graph
from evomod.measures.graphs import adjacencies_of
from evomod.network import Network

AT_ONCE = 4_000_000
"""Entries of adjacencies that are multiplied at a time: 16 MB each of a few arrays."""


@overload
def hierarchy(graph: Network) -> float: ...


@overload
def hierarchy(graph: Graph) -> float | list[float]: ...


def hierarchy(graph: Graph) -> float | list[float]:
    """Global reaching centrality with connections reversed, from outputs to inputs; 0 to 1.

    As Mengistu et al. 2016 measure evolved networks: weights do not count, and the N nodes that have
    connections do. C(i) is the share of the N - 1 others from which paths lead to node i; the result is
    the sum of max C - C(i) over all nodes, divided by N - 1. One output fed by all others: 1; a cycle: 0;
    no connection: 0. An array of many graphs gives a list. A `Network` should be simplified first, as the
    paper does.

    >>> hierarchy([[0, 1, 0], [0, 0, 1], [0, 0, 0]])
    0.75
    """
    matrices, is_many = adjacencies_of(graph)
    found = hierarchy_of_many(matrices).tolist()
    return found if is_many else found[0]


def hierarchy_of_many(adjacencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """``[network]``: the hierarchy of each of ``adjacencies[network, source, target]``, 0 or 1."""
    n_networks, n_nodes = adjacencies.shape[:2]
    together = max(1, AT_ONCE // max(1, n_nodes**2))
    parts = [_centralities(adjacencies[k : k + together]) for k in range(0, n_networks, together)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _centralities(adjacencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Whole numbers until the division, so that equal networks have equal bits.

    Every node reaches itself too, which leaves the differences as they are.
    """
    connected = (adjacencies.any(axis=1) | adjacencies.any(axis=2)).astype(np.int64)
    others = np.maximum(connected.sum(axis=1) - 1, 1)
    reached = _reachable(adjacencies).sum(axis=1)
    lacking = (reached.max(axis=1, initial=0)[:, None] - reached) * connected
    return np.asarray(lacking.sum(axis=1) / others**2, np.float64)


def _reachable(adjacencies: NDArray[np.float64]) -> NDArray[np.bool_]:
    """``[network, source, target]``: whether a path leads to a node, as to itself, by squaring."""
    paths, before = (adjacencies != 0.0) | np.eye(adjacencies.shape[1], dtype=np.bool_), -1
    while before < paths.sum():
        before = int(paths.sum())
        counts = paths.astype(np.float32)  # whole numbers up to 2**24 are exact
        paths = counts @ counts > 0.0
    return paths
