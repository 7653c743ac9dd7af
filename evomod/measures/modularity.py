"""Modularity Q of a network by every method that the papers use, each result with the name of its method."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from evomod.encodings.wiring import Wiring
from evomod.errors import EvomodError
from evomod.kernels import modularity as kernels
from evomod.kernels import refinement
from evomod.measures.edges import Graph
from evomod.measures.graphs import adjacencies_of, connected_nodes, symmetric
from evomod.network import Network

if TYPE_CHECKING:
    import networkx

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

METHODS = (
    "clune2013",
    "leading-eigenvector",
    "refined",
    "exact",
    "louvain",
    "fast-greedy",
    "girvan-newman",
)
UNDIRECTED_ONLY = ("fast-greedy", "girvan-newman")
UNWEIGHTED_ONLY = ("clune2013", "girvan-newman")

SEED = 0
"""Of "refined" and "louvain" where no generator is given."""
DRAWS = 4099
"""Random numbers for "refined", the same for every network; a prime, so that they do not repeat in step."""
MOST_NODES = 60
"""Nodes with a connection for which "exact" is tried; far below, time decides."""
PROOF = 1e-6
"""A Q this close to its proved bound is the optimum."""


@dataclass(frozen=True, slots=True)
class Partition:
    """Nodes in modules."""

    q: float
    modules: NDArray[np.int64]
    """``[node]``: number of its module from 0; -1 for nodes without a connection."""
    method: str
    directed: bool = True
    """Whether Q counts who connects to whom (Leicht & Newman 2008), or only that they do."""
    bound: float = math.nan
    """Proved: no partition has a higher Q. NaN where nothing is proved."""

    @property
    def n_modules(self) -> int:
        return int(self.modules.max(initial=-1)) + 1

    @property
    def is_optimal(self) -> bool:
        """Whether it is proved that no partition is better."""
        return self.bound <= self.q + PROOF


@overload
def modularity(
    graph: Network,
    method: str = ...,
    *,
    directed: bool = ...,
    weight: str | None = ...,
    ends: bool = ...,
    rng: np.random.Generator | None = ...,
    time_limit: float = ...,
) -> Partition: ...


@overload
def modularity(
    graph: Graph,
    method: str = ...,
    *,
    directed: bool = ...,
    weight: str | None = ...,
    ends: bool = ...,
    rng: np.random.Generator | None = ...,
    time_limit: float = ...,
) -> Partition | list[Partition]: ...


def modularity(
    graph: Graph,
    method: str = "clune2013",
    *,
    directed: bool = True,
    weight: str | None = None,
    ends: bool = True,
    rng: np.random.Generator | None = None,
    time_limit: float = 60.0,
) -> Partition | list[Partition]:
    """Q of a graph and the modules that a method finds: a `Partition`; a list of them for many graphs.

    Directed Q is Leicht & Newman's (2008); directed=False makes the graph undirected first, see
    `evomod.measures.graphs.symmetric`, and is Newman's (2006). Nodes without a connection are left out.
    A graph without connections has Q 0. A connection from a node to itself is inside its module, in an
    undirected graph at both of its ends. A `Network` should be simplified first, as the papers do.

    * "clune2013": the program of Clune et al. 2013, directed and without weights. As
      "leading-eigenvector", but below the first split the row sums are subtracted before the matrix is
      symmetrised, and the first split is accepted whatever it gains. A lower bound, and not a close one.
    * "leading-eigenvector": recursive bisection (Newman 2006; Leicht & Newman 2008), not refined.
    * "refined": from there, iterated local search; on networks of 23 nodes the proved optimum in 99 of 100.
    * "exact": the proved optimum; or, past ``time_limit`` seconds, the best found and its proved ``bound``.
    * "louvain" (networkx), "fast-greedy" (Clauset et al. 2004; networkx; undirected), "girvan-newman"
      (the best level of Newman & Girvan 2004; undirected, without weights; of ties in betweenness, to 9
      digits, the first edge goes).

    ``weight``: see `evomod.measures.graphs.adjacency_of`; they are from 0. ``ends`` False leaves out the
    inputs and outputs of a `Network`. ``rng`` is for "refined" and "louvain"; left out, the seed is fixed.
    Raises `EvomodError` for unknown methods, what a method cannot take, a graph without nodes, and more
    than `MOST_NODES` nodes for "exact".

    >>> two_pairs = [[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
    >>> modularity(two_pairs).q
    0.5
    >>> modularity(two_pairs, "exact").is_optimal
    True
    """
    _check(method, directed, weight)
    matrices, is_many = adjacencies_of(graph, weight)
    if matrices.shape[1] == 0:
        raise EvomodError("the graph has no nodes; it has no modularity.")
    if not ends:
        matrices = _without_ends(graph, matrices)
    matrices = matrices if directed else undirected(matrices, weight)
    q, modules, bounds = _parted(matrices, method, rng, time_limit)
    found = [
        Partition(float(value), labels, method, directed, float(bound))
        for value, labels, bound in zip(q, modules, bounds, strict=True)
    ]
    return found if is_many else found[0]


def q_of_many(
    adjacencies: Floats, method: str = "leading-eigenvector", rng: np.random.Generator | None = None
) -> tuple[Floats, Ints]:
    """Q ``[network]`` and modules ``[network, node]`` of many graphs ``[network, source, target]``.

    Weights are from 0; an undirected graph is a symmetric one, see `undirected`. As `modularity` otherwise.
    """
    _check(method, method not in UNDIRECTED_ONLY, None)
    matrices, _ = adjacencies_of(adjacencies, "weight")
    q, modules, _ = _parted(matrices, method, rng, 60.0)
    return q, modules


def modularity_of_many(
    wiring: Wiring, working: NDArray[np.int8], method: str
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Q and number of modules ``[network]`` of simplified networks ``working[network, edge]``."""
    q, modules, _ = _parted(wiring.adjacencies(working), method, None, 60.0)
    return q, modules.max(axis=1, initial=-1) + 1


def undirected(matrices: Floats, weight: str | None = None) -> Floats:
    """The undirected graphs of directed ones, as the formula of directed Q wants them.

    `evomod.measures.graphs.symmetric`, with the connections of nodes to themselves counted twice, once at
    each end, so that strengths are degrees (Newman 2006).
    """
    both: Floats = symmetric(matrices, weight).copy()
    node = np.arange(matrices.shape[-1])
    both[..., node, node] = 2.0 * matrices[..., node, node]
    return both


def _check(method: str, directed: bool, weight: str | None) -> None:
    if method not in METHODS:
        raise EvomodError(f"there is no method '{method}'; known: {', '.join(METHODS)}.")
    if directed and method in UNDIRECTED_ONLY:
        raise EvomodError(f"the method '{method}' is for undirected graphs; give directed=False.")
    if not directed and method == "clune2013":
        raise EvomodError(
            "the method 'clune2013' is that of one program, for directed graphs; give "
            "method='leading-eigenvector' or another for undirected ones."
        )
    if weight is not None and method in UNWEIGHTED_ONLY:
        raise EvomodError(
            f"the method '{method}' knows no weights; give weight=None, or another method."
        )


def _without_ends(graph: Graph, matrices: Floats) -> Floats:
    """Without the connections of inputs and outputs."""
    if not isinstance(graph, Network):
        raise EvomodError(
            "ends=False leaves out the inputs and outputs of a Network; of other graphs they are not known: "
            "leave the nodes out before."
        )
    inner = matrices.copy()
    for node in (graph.inputs, graph.outputs):
        inner[:, node, :] = inner[:, :, node] = 0.0
    return inner


def _parted(
    matrices: Floats, method: str, rng: np.random.Generator | None, time_limit: float
) -> tuple[Floats, Ints, Floats]:
    """Q ``[network]``, modules ``[network, node]`` and the bound ``[network]``, NaN where none is known."""
    if not time_limit > 0.0:
        raise EvomodError(f"time_limit wants seconds, above 0; got {time_limit!r}.")
    for matrix in matrices if method == "exact" else ():
        _check_size(connected_nodes(matrix).size)
    rng = np.random.default_rng(SEED) if rng is None else rng
    graphs = _in_units(matrices)
    modules = np.empty(graphs.shape[:2], np.int64)
    q, bounds = np.empty(graphs.shape[0]), np.full(graphs.shape[0], np.nan)
    space = kernels.space(graphs.shape[1])
    kernels.leading_eigenvector_of_many(graphs, method == "clune2013", *space, modules, q)
    if method in ("clune2013", "leading-eigenvector"):
        return q, modules, bounds
    if method in ("refined", "exact"):
        refinement.refine_many(graphs, rng.random(DRAWS), modules)
    for k, matrix in enumerate(matrices):
        nodes = np.flatnonzero(modules[k] >= 0)
        inner = np.ascontiguousarray(matrix[np.ix_(nodes, nodes)])
        if nodes.size and method == "exact":
            modules[k, nodes], bounds[k] = _optimum(inner, modules[k, nodes], time_limit)
        elif nodes.size and method != "refined":
            scaled = np.ascontiguousarray(graphs[k][np.ix_(nodes, nodes)])  # it squares their sum
            modules[k, nodes] = _by_networkx(scaled, method, rng)
    kernels.quality_of_many(graphs, modules, np.empty((2, graphs.shape[1])), q)
    bounds = np.where((modules < 0).all(axis=1) & (method == "exact"), 0.0, np.maximum(bounds, q))
    return q, modules, bounds


def _in_units(matrices: Floats) -> Floats:
    """In units, powers of 2, in which every graph's largest weight is from 1 to below 2; Q stays the same.

    So that the rounding noise that kernels put up with is small beside every graph's weights.
    """
    largest = matrices.max(axis=(1, 2), initial=0.0)
    exponent = np.where(largest > 0.0, 1 - np.frexp(largest)[1], 0)
    return np.ldexp(matrices, exponent[:, None, None])


def _check_size(n_nodes: int) -> None:
    if n_nodes > MOST_NODES:
        raise EvomodError(
            f"the method 'exact' is for at most {MOST_NODES} nodes with a connection; the graph has "
            f"{n_nodes}. Give method='refined'."
        )


def _optimum(matrix: Floats, start: Ints, time_limit: float) -> tuple[Ints, float]:
    from evomod.measures.optimum import optimum  # scipy's optimisers take 0.3 s to import

    return optimum(matrix, start, time_limit)


def _by_networkx(matrix: Floats, method: str, rng: np.random.Generator) -> Ints:
    """Modules ``[node]`` by networkx, numbered in the order of their first node."""
    import networkx as nx

    is_undirected = bool((matrix == matrix.T).all())
    if method in UNDIRECTED_ONLY and not is_undirected:
        raise EvomodError(
            f"the method '{method}' is for undirected graphs; the adjacency is not symmetric."
        )
    graph = nx.from_numpy_array(matrix, create_using=nx.Graph if is_undirected else nx.DiGraph)
    if is_undirected:  # there a loop is counted at both of its ends
        for node in np.flatnonzero(np.diag(matrix)).tolist():
            graph[node][node]["weight"] *= 0.5
    if method == "louvain":
        sets = nx.community.louvain_communities(graph, seed=int(rng.random() * 2**32))
    elif method == "fast-greedy":
        sets = nx.community.greedy_modularity_communities(graph, weight="weight")
    else:
        sets = _best_level(graph, matrix)
    labels = np.empty(len(matrix), np.int64)
    for number, members in enumerate(sorted(sets, key=min)):
        labels[list(members)] = number
    return labels


def _best_level(graph: networkx.Graph, matrix: Floats) -> Any:
    """The level of Girvan and Newman's tree that has the highest Q, the first of equals."""
    import networkx as nx

    def strongest(left: networkx.Graph) -> tuple[int, int]:
        between = nx.edge_betweenness_centrality(left)
        rounded = {tuple(sorted(edge)): round(value, 9) for edge, value in between.items()}
        return min(rounded, key=lambda edge: (-rounded[edge], edge))

    bare = nx.Graph([edge for edge in graph.edges if edge[0] != edge[1]])
    bare.add_nodes_from(graph.nodes)
    levels = [tuple(nx.connected_components(bare)), *nx.community.girvan_newman(bare, strongest)]
    labels = np.empty((1, len(matrix)), np.int64)
    sums, q = np.empty((2, len(matrix))), np.empty(1)
    best, most = levels[0], -math.inf
    for level in levels:
        for number, members in enumerate(level):
            labels[0, list(members)] = number
        kernels.quality_of_many(matrix[None], labels, sums, q)
        if q[0] > most + 1e-12:
            best, most = level, float(q[0])
    return best
