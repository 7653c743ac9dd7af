"""Modularity Q of a network by every method that the papers use, each result with the name of its method."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError
from evomod.kernels import modularity as kernels
from evomod.kernels import refinement
from evomod.measures.communities import (
    NOTHING,
    best_partition,
    check_resolution,
    check_signed,
    links_of,
    quality_of,
)
from evomod.measures.edges import (
    Edges,
    Graph,
    edges_of,
    is_directed,
    names_of,
    with_direction,
    without_gradient,
)
from evomod.measures.graphs import adjacencies_of, connected_nodes, is_one_graph, symmetric
from evomod.measures.seeds import Rng, generator_of
from evomod.network import Network

if TYPE_CHECKING:
    import networkx

    from evomod.encodings.wiring import Wiring

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

METHODS = (
    "clune2013",
    "leading-eigenvector",
    "refined",
    "refined-once",
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
REFINED = ("refined", "refined-once")
DENSE = 64
"""Nodes with a connection up to which "refined" is a search of its own, on dense arrays: on networks of 23
nodes it takes a fifth of the time that the search of sparse graphs takes for as good a partition."""
LEAST_AGAIN = 24
"""Nodes with a connection beyond which one graph of up to `DENSE` is searched by both, and the better partition taken: of
912 random graphs of up to 64 nodes the first alone had a lower Q than the best of 20 runs of leidenalg in 22, of more than
30 nodes but for one, the second in 4, both in 3."""
MOST_NODES = 60
"""Nodes with a connection for which "exact" is tried; far below, time decides."""
NO_MODULE = re.compile(r"-[0-9]+(\.0*)?")
"""A number below 0, as text: a node without a module, see `read_modules`."""
PROOF = 1e-6
"""A Q this close to its proved bound is the optimum."""


@dataclass(frozen=True, slots=True)
class Partition:
    """Nodes in modules."""

    q: float
    """Modularity of these modules, at most 1."""
    modules: NDArray[np.int64]
    """``[node]``: number of its module from 0; -1 for nodes without a connection."""
    method: str
    """How they were found, one of `METHODS`."""
    directed: bool = True
    """Whether Q counts who connects to whom (Leicht & Newman 2008), or only that they do."""
    bound: float = math.nan
    """Proved: no partition has a higher Q. NaN where nothing is proved."""
    names: tuple[Hashable, ...] = ()
    """``[node]``: what the graph calls its nodes."""
    resolution: float = 1.0
    """What the expected connections were multiplied by; 1: plain Q."""
    signed: str | None = None
    """What negative weights did, see `communities.quality_of`; None: there were none."""

    @property
    def by_name(self) -> dict[Hashable, int]:
        """The module of every node, by its name."""
        return dict(zip(self.names, self.modules.tolist(), strict=True))

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
    directed: bool | None = ...,
    weight: str | None = ...,
    signed: str | None = ...,
    resolution: float = ...,
    ends: bool = ...,
    rng: Rng = ...,
    time_limit: float = ...,
) -> Partition: ...


@overload
def modularity(
    graph: Graph,
    method: str = ...,
    *,
    directed: bool | None = ...,
    weight: str | None = ...,
    signed: str | None = ...,
    resolution: float = ...,
    ends: bool = ...,
    rng: Rng = ...,
    time_limit: float = ...,
) -> Partition | list[Partition]: ...


def modularity(
    graph: Graph,
    method: str = "clune2013",
    *,
    directed: bool | None = None,
    weight: str | None = None,
    signed: str | None = None,
    resolution: float = 1.0,
    ends: bool = True,
    rng: Rng = None,
    time_limit: float = 60.0,
) -> Partition | list[Partition]:
    """Q of a graph and the modules that a method finds.

    Nodes without a connection are left out; a graph without connections has Q 0. A connection from a node
    to itself is inside its module, in an undirected graph at both of its ends. A `Network` should be
    simplified first, as the papers do.

    * "clune2013": the program of Clune et al. 2013, directed and without weights. As
      "leading-eigenvector", but below the first split the row sums are subtracted before the matrix is
      symmetrised, and the first split is accepted whatever it gains. A lower bound, and not a close one.
    * "leading-eigenvector": recursive bisection (Newman 2006; Leicht & Newman 2008), not refined.
    * "refined": iterated local search, of more than `DENSE` nodes `communities.best_partition`, of more than
      `LEAST_AGAIN` the better of both; the only one for large graphs, resolutions and negative weights. On
      networks of 23 nodes the proved optimum in 99 of 100. "refined-once": its first search alone, for nulls;
      it is also what many graphs, and a `Network`, as the engine logs it, have up to `DENSE` nodes.
    * "exact": the proved optimum; or, past ``time_limit`` seconds, the best found and its proved ``bound``.
    * "louvain" (networkx), "fast-greedy" (Clauset et al. 2004; networkx; undirected), "girvan-newman"
      (the best level of Newman & Girvan 2004; undirected, without weights; of ties in betweenness, to 9
      digits, the first edge goes).

    Parameters
    ----------
    graph
        Of any kind, see `evomod.measures.edges.edges_of`; or many, an array ``[network, node, node]``.
    method
        One of `METHODS`.
    directed
        True: Leicht & Newman's Q (2008), an edge being a connection each way. False: Newman's (2006), the graph
        made undirected first, see `evomod.measures.graphs.symmetric`. None: as the graph is, an array
        being undirected where it is symmetric; "clune2013" is always directed.
    weight
        None, "weight", or the name of an attribute, see `evomod.measures.edges.edges_of`.
    signed
        None: weights are from 0. "gomez2009", "rubinov2011": see `communities.quality_of`.
    resolution
        Above 0; larger means smaller modules.
    ends
        False leaves out the inputs and outputs of a `Network`.
    rng
        For "refined" and "louvain"; left out, the seed is fixed.
    time_limit
        Seconds, for "exact".

    Returns
    -------
    Partition
        A list of them for many graphs.

    Raises
    ------
    EvomodError
        For unknown methods, what a method cannot take, a graph without nodes, and more than `MOST_NODES`
        nodes for "exact".

    Examples
    --------
    >>> two_pairs = [[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
    >>> modularity(two_pairs).q
    0.5
    >>> modularity(two_pairs, "exact").is_optimal
    True
    """
    if directed is None:
        directed = method == "clune2013" or is_directed(graph)
    _check(method, directed, weight)
    _check_objective(method, resolution, signed, weight)
    is_sparse = method in REFINED and ends and is_one_graph(graph) and not isinstance(graph, Network)
    if is_sparse:
        edges = with_direction(
            edges_of(graph, weight, signed=signed is not None), directed, bool(weight)
        )
        if edges.n_nodes == 0:
            raise EvomodError("the graph has no nodes; it has no modularity.")
        if np.count_nonzero(edges.degrees()) > DENSE:
            modules = searched(edges, method, resolution, signed, generator_of(rng, SEED))
            value = quality_of(edges, modules, resolution, signed)
            return Partition(value, modules, method, directed, math.nan, edges.names, resolution, signed)
    matrices, is_many = adjacencies_of(graph, weight, signed=signed is not None)
    if matrices.shape[1] == 0:
        raise EvomodError("the graph has no nodes; it has no modularity.")
    if not ends:
        matrices = _without_ends(graph, matrices)
    # both inputs of a gate may be one source: what the engine logs counts both
    if method in UNWEIGHTED_ONLY and not isinstance(graph, Network) and (matrices > 1.0).any():
        raise no_parallel(method)
    names = names_of(graph)
    if signed is not None or resolution != 1.0:
        rng = generator_of(rng, SEED)
        found = [
            _with_objective(matrix, method, directed, weight, resolution, signed, rng, names)
            for matrix in matrices
        ]
        return found if is_many else found[0]
    matrices = matrices if directed else undirected(matrices, weight)
    rng = generator_of(rng, SEED)
    is_alone = not is_many and not isinstance(graph, Network)
    q, modules, bounds = _parted(matrices, method, rng, time_limit, is_alone)
    partitions = [
        Partition(float(each), labels, method, directed, float(bound), names)
        for each, labels, bound in zip(q, modules, bounds, strict=True)
    ]
    return partitions if is_many else partitions[0]


def quality(
    graph: Graph,
    modules: Partition | Mapping[Hashable, Any] | ArrayLike,
    *,
    directed: bool | None = None,
    weight: str | None = None,
    signed: str | None = None,
    resolution: float = 1.0,
) -> float:
    """Q of a partition that is given.

    Parameters
    ----------
    graph
        One graph of any kind, see `evomod.measures.edges.edges_of`.
    modules
        A `Partition`; a dict, the module of every node by its name; a list or array ``[node]`` of modules, which
        are numbers or names; or a list of sets of nodes, as networkx gives communities. Numbers below 0
        mark nodes without a connection.
    directed, weight, signed, resolution
        As in `modularity`.

    Returns
    -------
    float
        Q; 0 without a connection.

    Raises
    ------
    EvomodError
        For modules that leave out a node with a connection, or name one that the graph has not.

    Examples
    --------
    >>> quality([[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]], [0, 0, 1, 1])
    0.5
    """
    check_resolution(resolution)
    check_signed(signed)
    _check_signed_weight(signed, weight)
    if directed is None:
        directed = is_directed(graph)
    edges = with_direction(edges_of(graph, weight, signed=signed is not None), directed, bool(weight))
    return quality_of(edges, modules_of(edges, modules), resolution, signed)


def modules_of(edges: Edges, modules: Partition | Mapping[Hashable, Any] | ArrayLike) -> Ints:
    """Modules ``[node]`` from 0, -1 for nodes without a connection, as `quality` is given them, checked."""
    labels = _labels(edges.names, modules)
    connected = np.flatnonzero(edges.degrees())
    missing = [edges.names[node] for node in connected.tolist() if labels[node] is None]
    if missing:
        raise EvomodError(
            f"the modules leave out {_counted(len(missing), 'node')} with connections: "
            f"{', '.join(map(str, missing[:5]))}{', …' if len(missing) > 5 else ''}. Give every node a module."
        )
    number: dict[Hashable, int] = {}
    found = np.full(edges.n_nodes, -1, np.int64)
    for node in connected.tolist():
        found[node] = number.setdefault(labels[node], len(number))
    return found


def _labels(names: tuple[Hashable, ...], modules: Any) -> list[Hashable]:
    """``[node]``: what its module is called; None where it has none."""
    if isinstance(modules, Partition):
        modules = modules.modules
    modules = getattr(modules, "membership", modules)  # of igraph and leidenalg
    modules = _by_index(without_gradient(modules), names)
    if (
        isinstance(modules, list | tuple)
        and modules
        and all(isinstance(m, set | frozenset | list | tuple) for m in modules)
    ):
        if sum(map(len, modules)) > len(set().union(*modules)):
            raise EvomodError("the modules overlap: a node is in two of them.")
        modules = {node: number for number, members in enumerate(modules) for node in members}
    if isinstance(modules, Mapping):
        known = set(names)
        by_text = {str(name): name for name in names}  # as `read_modules` has them, from text
        if len(by_text) == len(names) and not known & set(modules):
            modules = {by_text.get(name, name): module for name, module in modules.items()}
        unknown = [name for name in modules if name not in known]
        if unknown:
            raise EvomodError(
                f"the modules name {_counted(len(unknown), 'node')} that the graph does not have: "
                f"{', '.join(map(str, unknown[:5]))}{', …' if len(unknown) > 5 else ''}. Its nodes are called "
                f"{', '.join(map(str, names[:5]))}{', …' if len(names) > 5 else ''}."
            )
        return [_label(modules.get(name)) for name in names]
    try:
        labels = np.asarray(modules)
    except ValueError:  # rows of several lengths
        labels = np.empty(0)
    if labels.shape != (len(names),):
        raise EvomodError(
            f"modules are a dict by the names of nodes, or one for each of the graph's {len(names)} nodes; got "
            f"{type(modules).__name__} of shape {labels.shape}."
        )
    return [_label(label) for label in labels.tolist()]


def no_parallel(method: str) -> EvomodError:
    """What is said where a method cannot count connections that a graph has several times."""
    return EvomodError(
        f"the method '{method}' knows no parallel connections, which the graph has; make them one first, "
        "for example networkx.DiGraph(graph)."
    )


def _by_index(modules: Any, names: tuple[Hashable, ...]) -> Any:
    """A pandas Series by its index, where that names nodes and is not just 0, 1, ...; everything else as it is."""
    if getattr(modules, "ndim", 0) != 1 or not hasattr(modules, "to_dict"):
        return modules
    index = list(modules.index)
    return (
        modules.to_numpy()
        if index == list(range(len(index))) and not set(index) <= set(names)
        else modules.to_dict()
    )


def _label(value: Any) -> Hashable:
    """None for what marks a node without a module."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, int | float | np.integer) and value < 0:
        return None
    if isinstance(value, str) and NO_MODULE.fullmatch(value):
        return None
    try:
        hash(value)
    except TypeError:
        raise EvomodError(f"a module is a number or a name; got {str(value)[:40]!r}.") from None
    return value


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _check_objective(method: str, resolution: float, signed: str | None, weight: str | None) -> None:
    check_resolution(resolution)
    check_signed(signed)
    _check_signed_weight(signed, weight)
    if (resolution != 1.0 or signed is not None) and method not in REFINED:
        what = "negative weights" if signed is not None else "resolution"
        raise EvomodError(f"the method '{method}' knows no {what}; give method='refined'.")


def _check_signed_weight(signed: str | None, weight: str | None) -> None:
    if signed is not None and weight is None:
        raise EvomodError(
            "signed says what negative weights do, but weights are not asked for; give weight='weight' "
            "(--weight)."
        )


def _with_objective(
    matrix: Floats,
    method: str,
    directed: bool,
    weight: str | None,
    resolution: float,
    signed: str | None,
    rng: np.random.Generator,
    names: tuple[Hashable, ...],
) -> Partition:
    edges = edges_of(matrix, "weight", signed=True)
    edges = with_direction(edges, directed, weight is not None)
    modules = searched(edges, method, resolution, signed, rng)
    q = quality_of(edges, modules, resolution, signed)
    return Partition(q, modules, method, directed, math.nan, names, resolution, signed)


def searched(
    edges: Edges, method: str, resolution: float, signed: str | None, rng: np.random.Generator
) -> Ints:
    """Modules ``[node]`` by the search of sparse graphs; -1 for nodes without a connection."""
    connected = np.flatnonzero(edges.degrees())
    modules = np.full(edges.n_nodes, -1, np.int64)
    if connected.size:
        place = np.full(edges.n_nodes, -1, np.int64)
        place[connected] = np.arange(connected.size)
        inner = Edges(
            tuple(range(connected.size)),
            place[edges.source],
            place[edges.target],
            edges.weight,
            edges.directed,
        )
        once = method == "refined-once"
        modules[connected] = best_partition(links_of(inner, resolution, signed), rng, once)
    return modules


def q_of_many(
    adjacencies: Floats, method: str = "leading-eigenvector", rng: Rng = None
) -> tuple[Floats, Ints]:
    """Q and modules of many graphs, as `modularity` finds them in one.

    Parameters
    ----------
    adjacencies
        ``[network, source, target]``, weights from 0; an undirected graph is a symmetric one, see `undirected`.
    method
        One of `METHODS`.
    rng
        For "refined" and "louvain"; left out, the seed is fixed.

    Returns
    -------
    float64 array, int64 array
        Q ``[network]``, and modules ``[network, node]``, -1 for nodes without a connection.

    Raises
    ------
    EvomodError
        For an unknown method, and arrays that are not square, finite and from 0.
    """
    _check(method, method not in UNDIRECTED_ONLY, None)
    matrices, _ = adjacencies_of(adjacencies, "weight")
    q, modules, _ = _parted(matrices, method, rng, 60.0)
    return q, modules


def modularity_of_many(
    wiring: Wiring, working: NDArray[np.int8], method: str
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Q ``[network]`` and modules ``[network, node]`` of simplified networks ``working[network, edge]``.

    Nodes without a connection are in no module: -1.
    """
    graphs = wiring.adjacencies(working)
    if method in EIGENVECTOR:  # without a generator, which takes as long as the kernel
        return _by_eigenvector(graphs, method)
    q, modules, _ = _parted(graphs, method, None, 60.0)
    return q, modules


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
    matrices: Floats, method: str, rng: Rng, time_limit: float, is_alone: bool = False
) -> tuple[Floats, Ints, Floats]:
    """Q ``[network]``, modules ``[network, node]`` and the bound ``[network]``, NaN where none is known.

    ``is_alone``: small graphs are searched twice where it can gain.
    """
    if not time_limit > 0.0:
        raise EvomodError(f"time_limit wants seconds, above 0; got {time_limit!r}.")
    for matrix in matrices if method == "exact" else ():
        _check_size(connected_nodes(matrix).size)
    rng = generator_of(rng, SEED)
    graphs = _in_units(matrices)
    q, bounds = np.empty(graphs.shape[0]), np.full(graphs.shape[0], np.nan)
    if method in EIGENVECTOR:
        return *_by_eigenvector(graphs, method), bounds
    is_connected = graphs.any(axis=1) | graphs.any(axis=2)
    modules = np.where(is_connected, 0, -1)
    if method in (*REFINED, "exact"):
        is_large = is_connected.sum(axis=1) > DENSE
        modules[~is_large] = _refined(graphs[~is_large], rng)
        for k in np.flatnonzero(~is_large & is_alone & (method != "refined-once")).tolist():
            modules[k] = _searched_again(graphs[k], modules[k], rng)
        for k in np.flatnonzero(is_large).tolist():
            edges = with_direction(edges_of(graphs[k], "weight"), True, True)
            modules[k] = searched(edges, method, 1.0, None, rng)
    for k, matrix in enumerate(matrices):
        nodes = np.flatnonzero(modules[k] >= 0)
        inner = np.ascontiguousarray(matrix[np.ix_(nodes, nodes)])
        if nodes.size and method == "exact":
            modules[k, nodes], bounds[k] = _optimum(inner, modules[k, nodes], time_limit)
        elif nodes.size and method not in REFINED:
            scaled = np.ascontiguousarray(graphs[k][np.ix_(nodes, nodes)])  # it squares their sum
            modules[k, nodes] = _by_networkx(scaled, method, rng)
    kernels.quality_of_many(graphs, modules, np.empty((2, graphs.shape[1])), q)
    bounds = np.where((modules < 0).all(axis=1) & (method == "exact"), 0.0, np.maximum(bounds, q))
    return q, modules, bounds


def _refined(graphs: Floats, rng: np.random.Generator) -> Ints:
    """Modules ``[network, node]`` of small graphs."""
    modules, q = np.empty(graphs.shape[:2], np.int64), np.empty(graphs.shape[0])
    kernels.leading_eigenvector_of_many(graphs, False, *kernels.space(graphs.shape[1]), modules, q)
    refinement.refine_many(graphs, rng.random(DRAWS), modules)
    return modules


def _searched_again(graph: Floats, modules: Ints, rng: np.random.Generator) -> Ints:
    """The better of modules ``[node]`` and those by the search of sparse graphs; of few nodes the former."""
    if np.count_nonzero(modules >= 0) <= LEAST_AGAIN:
        return modules
    edges = with_direction(edges_of(graph, "weight"), True, True)
    again = searched(edges, "refined", 1.0, None, rng)
    return again if quality_of(edges, again) > quality_of(edges, modules) + NOTHING else modules


EIGENVECTOR = ("clune2013", "leading-eigenvector")


def _by_eigenvector(graphs: Floats, method: str) -> tuple[Floats, Ints]:
    """Q ``[network]`` and modules ``[network, node]`` of graphs whose largest weight is from 1 to below 2."""
    q, modules = np.empty(graphs.shape[0]), np.empty(graphs.shape[:2], np.int64)
    space = kernels.space(graphs.shape[1])
    kernels.leading_eigenvector_of_many(graphs, method == "clune2013", *space, modules, q)
    return q, modules


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
