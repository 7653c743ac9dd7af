"""Modularity Q of a directed network, each result with the name of its method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evomod.encodings.wiring import Wiring
from evomod.errors import EvomodError
from evomod.kernels import modularity as kernels
from evomod.measures.graphs import Graph, adjacency_of, connected_nodes

METHODS = ("clune2013", "leading-eigenvector")


@dataclass(frozen=True, slots=True)
class Partition:
    """Nodes in modules."""

    q: float
    modules: NDArray[np.int64]
    """``[node]``: number of its module from 0; -1 for nodes without a connection."""
    method: str

    @property
    def n_modules(self) -> int:
        return int(self.modules.max(initial=-1)) + 1


def modularity(graph: Graph, method: str = "clune2013") -> Partition:
    """Directed Q (Leicht & Newman 2008) by recursive leading-eigenvector bisection, unrefined.

    "clune2013" is the variant of the program of Clune et al. 2013: below the first split the row sums
    are subtracted before the matrix is symmetrised, and the first split is accepted whatever it gains;
    "leading-eigenvector" is the textbook's. Connections count as 0 or 1; nodes without one are left out.
    A network that is a `Network` should be simplified first, as the paper does. Both are lower bounds
    of the optimum. Raises `EvomodError` for an unknown method or an array that is no adjacency.

    >>> two_pairs = [[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
    >>> modularity(two_pairs).q
    0.5
    """
    if method not in METHODS:
        raise EvomodError(f"there is no method '{method}'; known: {', '.join(METHODS)}.")
    matrix = adjacency_of(graph)
    connected = connected_nodes(matrix)
    modules = np.zeros(connected.size, np.int64)
    inner = np.ascontiguousarray(matrix[np.ix_(connected, connected)])
    q = kernels.leading_eigenvector_modules(inner, method == "clune2013", modules)
    everyone = np.full(matrix.shape[0], -1, np.int64)
    everyone[connected] = modules
    return Partition(float(q), everyone, method)


def modularity_of_many(
    wiring: Wiring, working: NDArray[np.int8], method: str
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Q and number of modules ``[network]`` of simplified networks ``working[network, edge]``."""
    q, n_modules = np.zeros(working.shape[0]), np.zeros(working.shape[0], np.int64)
    for k, row in enumerate(working != 0):
        source, target = wiring.source[row], wiring.target[row]
        is_connected = np.zeros(wiring.n_nodes, np.bool_)
        is_connected[source] = is_connected[target] = True
        place = np.cumsum(is_connected) - 1
        size = int(place[-1]) + 1
        adjacency = np.zeros((size, size))
        adjacency[place[source], place[target]] = 1.0
        modules = np.zeros(size, np.int64)
        q[k] = kernels.leading_eigenvector_modules(adjacency, method == "clune2013", modules)
        n_modules[k] = modules.max(initial=-1) + 1
    return q, n_modules
