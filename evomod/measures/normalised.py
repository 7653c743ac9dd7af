"""Modularity against chance: Q_m (Kashtan & Alon 2005), z and percentile beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError
from evomod.kernels import nulls as kernels
from evomod.kernels import pointer_to
from evomod.measures.communities import quality_of
from evomod.measures.edges import Edges, Graph, edges_of, is_directed, with_direction
from evomod.measures.graphs import adjacencies_of, adjacency_of, is_one_graph, layers_of
from evomod.measures.modularity import (
    DENSE,
    REFINED,
    UNWEIGHTED_ONLY,
    modularity,
    no_parallel,
    q_of_many,
    searched,
    undirected,
)
from evomod.measures.nulls import SEED, check_draws, is_undirected, random_parts, z_interval
from evomod.measures.seeds import Rng, generator_of
from evomod.measures.swapped import drawn_values, start_of
from evomod.network import Network

if TYPE_CHECKING:
    from evomod.evolution.setup import Setup

EXCHANGED = ("degree-preserving", "milo2002")
NOT_SOUGHT = "none: not sought in large, signed or weighted graphs, nor with a resolution; give q_max"

NO_Q_MAX = "Q_m is NaN: there is no Q_max"
SAME = 1e-9
"""Two Q closer than this are equal: the same partition summed in another order differs by 1e-16."""

RESTARTS = 50
STEPS = 1000
"""Of the search for Q_max: steps a connection. At 45 connections 0.3 s; the best of other seeds lies within
0.01 (standard deviation), four times as many steps find 0.003 to 0.025 more."""

TEMPERATURES = (0.5, 0.1)
"""First and last, in connections. On six graphs the best of those that were tried, or within 0.002 of it;
0.7 to 0.2 finds 0.006 to 0.027 less, 0.3 constantly as much as 0.06 less."""


@dataclass(frozen=True, slots=True)
class NormalisedModularity:
    """Q of a network and where it lies between random graphs and the most modular one."""

    q: float
    """Modularity of the network, at most 1."""
    q_m: float
    """(q - q_rand) / (q_max - q_rand); NaN where ``note`` says why."""
    q_rand: float
    """Mean Q of the random graphs."""
    q_rand_sd: float
    """Of the draws, n - 1 below the line; NaN for one draw."""
    q_max: float
    """The largest Q found among graphs with the same degrees, or as given; NaN where it was not sought."""
    q_max_source: str
    """Where q_max comes from."""
    z: float
    """(q - q_rand) / q_rand_sd; NaN where ``note`` says why."""
    z_low: float
    """With ``z_high`` the 95 % interval of z that the number of draws leaves."""
    z_high: float
    percentile: float
    """Percentage of random graphs whose Q is below q, those that have the same counting half."""
    null: str
    """What the random graphs keep, one of `NULLS`."""
    draws: int
    """Random graphs drawn."""
    method: str
    """How Q was found, one of `METHODS`."""
    directed: bool
    """Whether Q counts who connects to whom."""
    note: str
    """Why a number is NaN; else empty."""


def normalised_modularity(
    graph: Graph,
    null: str = "degree-preserving",
    draws: int = 1000,
    rng: Rng = None,
    *,
    directed: bool | None = None,
    weight: str | None = None,
    signed: str | None = None,
    resolution: float = 1.0,
    method: str = "leading-eigenvector",
    q_max: float | None = None,
    layer: ArrayLike | None = None,
    setup: Setup | None = None,
    jobs: int = 1,
    tell: Callable[[int], None] | None = None,
) -> NormalisedModularity | list[NormalisedModularity]:
    """Q_m = (Q - Q_rand) / (Q_max - Q_rand) of a network (Kashtan & Alon 2005), with z and percentile.

    Q_rand is the mean over random graphs, see `evomod.measures.nulls.random_graphs`. Q_max: Kashtan & Alon evolved
    networks for Q and took the mean of the best;
    give that number as ``q_max``. Left out, it is the largest Q found among graphs with the same degrees
    (the same layers too where the null keeps them) by `RESTARTS` annealings. That is another number: its
    graphs may fall apart, which a network that works does not, so it is larger and Q_m smaller. All Q are
    by the same ``method``, that of the graph too: "refined" is of up to `DENSE` nodes what `q_of_many` finds.
    With negative weights, a resolution and weights, Q_max is not sought. Graphs of more than `DENSE` nodes by
    the methods `REFINED` are drawn one by one as connections.

    Parameters
    ----------
    graph
        Of any kind, see `evomod.measures.edges.edges_of`; or many, an array
        ``[network, node, node]``. Simplify a `Network` first.
    null
        See `evomod.measures.nulls.random_graphs`.
    draws
        Random graphs, at least 1.
    rng
        Left out, the seed is fixed, `SEED`, the same for every network.
    directed
        False makes the graph and every null undirected first, as Kashtan & Alon do. None: as the graph says, see `modularity`.
    weight, signed, resolution, method
        See `modularity`.
    q_max
        Above 0, at most 1.
    layer, setup
        See `evomod.measures.nulls.random_graphs`.
    jobs
        Threads for large graphs; their number changes nothing.
    tell
        Called with the number of draws so far.

    Returns
    -------
    NormalisedModularity
        A list of them for many graphs.

    Raises
    ------
    EvomodError
        For unknown names, no draws, and what a null lacks.

    Examples
    --------
    >>> ring = np.roll(np.eye(6), 1, axis=1)
    >>> found = normalised_modularity(ring, draws=50, q_max=0.5)
    >>> found.q_max_source, found.draws
    ('given', 50)
    """
    if q_max is not None and not (np.isfinite(q_max) and 0.0 < q_max <= 1.0):
        raise EvomodError(f"q_max is a modularity, above 0 and at most 1; got {q_max!r}.")
    directed = _direction(graph, method, directed)
    if method in REFINED and null in EXCHANGED and is_one_graph(graph):
        edges = edges_of(graph, weight, signed=signed is not None)
        if np.count_nonzero(edges.degrees()) > DENSE or (weight is None and not edges.is_simple):
            draw = generator_of(rng, SEED)
            objective = (method, resolution, signed)
            is_weighted = weight is not None
            return _of_edges(edges, null, draws, draw, directed, is_weighted, objective, jobs, tell)
    counted, weight = _counted(graph, weight, method)
    matrices, many = adjacencies_of(counted, weight, signed=signed is not None)
    weight = weight and "weight"  # from here on graphs are arrays
    if not many and method in REFINED and null in EXCHANGED:
        edges = edges_of(matrices[0], weight, signed=signed is not None)
        is_large = np.count_nonzero(edges.degrees()) > DENSE
        if is_large or signed is not None or resolution != 1.0:
            draw = generator_of(rng, SEED)
            objective = (method, resolution, signed)
            return _of_edges(edges, null, draws, draw, directed, bool(weight), objective, jobs, tell)
    if signed is not None or resolution != 1.0:
        raise EvomodError(
            f"resolution and negative weights go with one graph, the methods {' and '.join(REFINED)} and the "
            f"nulls {' and '.join(EXCHANGED)}; got method '{method}' and null '{null}'."
        )
    partitions = modularity(matrices, method, directed=directed, weight=weight)
    assert isinstance(partitions, list)
    layers = _layers(graph, null, layer, setup)
    results = []
    for matrix, partition in zip(matrices, partitions, strict=True):
        draw, q = generator_of(rng, SEED), partition.q
        parts = random_parts(matrix, null, draws, draw, layer=layers, weight=weight, setup=setup)
        spread = _told([_q(part, directed, weight, method) for part in parts], tell)
        highest, source = q_max, "given"
        if highest is None:
            known = max(q, float(spread.max())) if null in ("degree-preserving", "layered") else q
            highest, source = _largest_q(matrix, known, directed, weight, method, layers, draw)
        results.append(compared(q, spread, highest, source, null, method, directed))
    return results if many else results[0]


def _direction(graph: Graph, method: str, directed: bool | None) -> bool:
    """As it is said, or as `modularity` takes a graph."""
    return (method == "clune2013" or is_directed(graph)) if directed is None else directed


def _counted(graph: Graph, weight: str | None, method: str) -> tuple[Graph, str | None]:
    """A graph whose parallel connections are counted has their numbers as weights, and so have its nulls."""
    if weight is not None or isinstance(graph, Network) or not is_one_graph(graph):
        return graph, weight
    edges = edges_of(graph, None)
    if edges.is_simple:
        return graph, weight
    if method in UNWEIGHTED_ONLY:
        raise no_parallel(method)
    matrix = np.zeros((edges.n_nodes, edges.n_nodes))
    np.add.at(matrix, (edges.source, edges.target), edges.weight)
    if not edges.directed:
        apart = edges.source != edges.target
        np.add.at(matrix, (edges.target[apart], edges.source[apart]), edges.weight[apart])
    return matrix, "weight"


def _told(parts: list[NDArray[np.float64]], tell: Callable[[int], None] | None) -> NDArray[np.float64]:
    spread = np.concatenate(parts)
    if tell is not None:
        tell(spread.size)
    return spread


def _of_edges(
    edges: Edges,
    null: str,
    draws: int,
    rng: np.random.Generator,
    directed: bool,
    is_weighted: bool,
    objective: tuple[str, float, str | None],
    jobs: int,
    tell: Callable[[int], None] | None,
) -> NormalisedModularity:
    """Of a large graph, or one whose Q is not the plain one: draws one by one, Q_max not sought."""
    check_draws(draws)
    method, resolution, signed = objective
    start = start_of(edges, keep_mutual=null == "milo2002")

    def q_of(graph: Edges) -> float:
        graph = with_direction(graph, directed, is_weighted)
        modules = searched(graph, method, resolution, signed, np.random.default_rng(SEED))
        return quality_of(graph, modules, resolution, signed)

    spread = np.empty(draws)
    for k, value in enumerate(drawn_values(start, draws, rng, q_of, jobs)):
        spread[k] = value
        if tell is not None:
            tell(k + 1)
    return compared(q_of(edges), spread, np.nan, NOT_SOUGHT, null, method, directed)


def null_distribution(
    graph: Graph,
    null: str = "degree-preserving",
    draws: int = 1000,
    rng: Rng = None,
    *,
    directed: bool | None = None,
    weight: str | None = None,
    method: str = "leading-eigenvector",
    layer: ArrayLike | None = None,
    setup: Setup | None = None,
) -> NDArray[np.float64]:
    """Q of random graphs; of up to 64 connected nodes those of `normalised_modularity` with the same arguments.

    Of larger graphs as many others.

    Parameters
    ----------
    graph, null, draws, rng, directed, weight, method, layer, setup
        As in `normalised_modularity`; one graph.

    Returns
    -------
    float64 array
        ``[draw]``.

    Raises
    ------
    EvomodError
        As `normalised_modularity`.
    """
    directed = _direction(graph, method, directed)
    counted, weight = _counted(graph, weight, method)
    matrix, rng = adjacency_of(counted, weight), generator_of(rng, SEED)
    weight = weight and "weight"
    modularity(matrix, method, directed=directed, weight=weight)  # refuses what the method cannot take
    layers = _layers(graph, null, layer, setup)
    parts = random_parts(matrix, null, draws, rng, layer=layers, weight=weight, setup=setup)
    return np.concatenate([_q(part, directed, weight, method) for part in parts])


def _layers(
    graph: Graph, null: str, layer: ArrayLike | None, setup: Setup | None
) -> NDArray[np.int64] | None:
    """``[node]`` for a null that keeps layers, else None."""
    if null in ("layered", "shuffle-within-layer") or layer is not None:
        return layers_of(graph, layer)
    if null != "genomes" or setup is None:
        return None
    known = setup.encoding.wiring.layer
    return known if known.size == adjacencies_of(graph)[0].shape[1] else None


def _q(
    matrices: NDArray[np.float64], directed: bool, weight: str | None, method: str
) -> NDArray[np.float64]:
    """Q ``[network]``."""
    return q_of_many(matrices if directed else undirected(matrices, weight), method)[0]


def _largest_q(
    matrix: NDArray[np.float64],
    known: float,
    directed: bool,
    weight: str | None,
    method: str,
    layers: NDArray[np.int64] | None,
    rng: np.random.Generator,
) -> tuple[float, str]:
    """Q_max by annealing, at least the Q ``known`` of such a graph, and where it comes from."""
    if weight is not None:
        return np.nan, "none: with weights Q_max is not sought; give q_max"
    graphs = most_modular_graphs(matrix, directed, layers, rng)
    best = max(known, float(_q(graphs, directed, weight, method).max()))
    same = "degrees" if layers is None else "degrees and layers"
    return best, f"largest Q of graphs with the same {same}, {RESTARTS} annealings"


def most_modular_graphs(
    matrix: NDArray[np.float64],
    directed: bool,
    layers: NDArray[np.int64] | None,
    rng: np.random.Generator,
    restarts: int = RESTARTS,
) -> NDArray[np.float64]:
    """``[restart, source, target]``: graphs with the same degrees (and layers), as modular as annealing finds."""
    symmetric = is_undirected(matrix)
    n_connections = int(np.count_nonzero(matrix)) // (2 if symmetric else 1)
    shape = np.array((symmetric, symmetric or not directed, STEPS * n_connections))
    graphs = np.empty((restarts, *matrix.shape))
    kept = np.zeros(matrix.shape[0], np.int64) if layers is None else layers
    kernels.anneal(matrix, kept, shape, np.array(TEMPERATURES), pointer_to(rng), graphs)
    return graphs


def compared(
    q: float,
    spread: NDArray[np.float64],
    q_max: float,
    source: str,
    null: str,
    method: str,
    directed: bool,
) -> NormalisedModularity:
    """Where Q lies among the Q of random graphs, ``spread[draw]``."""
    q_rand = float(spread.mean())
    sd = float(spread.std(ddof=1)) if spread.size > 1 else np.nan
    notes = []
    z, q_m, interval = np.nan, np.nan, (np.nan, np.nan)
    if spread.size == 1:
        notes.append("z is NaN: one random graph has no spread")
    elif np.ptp(spread) <= SAME:
        notes.append("z is NaN: all random graphs have the same Q")
    else:
        z = (q - q_rand) / sd
        low, high = z_interval(np.array([q]), spread[:, None])
        interval = float(low[0]), float(high[0])
    if np.isnan(q_max):
        notes.append(NO_Q_MAX)
    elif q_max - q_rand <= SAME:
        notes.append(f"Q_m is NaN: Q_max {q_max:.4g} is not above Q_rand {q_rand:.4g}")
    else:
        q_m = (q - q_rand) / (q_max - q_rand)
    below = np.count_nonzero(spread < q - SAME) + 0.5 * np.count_nonzero(abs(spread - q) <= SAME)
    return NormalisedModularity(
        q=q,
        q_m=q_m,
        q_rand=q_rand,
        q_rand_sd=sd,
        q_max=q_max,
        q_max_source=source,
        z=z,
        z_low=interval[0],
        z_high=interval[1],
        percentile=float(100.0 * below / spread.size),
        null=null,
        draws=spread.size,
        method=method,
        directed=directed,
        note="; ".join(notes),
    )
