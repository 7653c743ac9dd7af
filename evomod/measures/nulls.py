"""Random graphs to compare a network with: what each null keeps of it, and what it draws anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError
from evomod.kernels import nulls as kernels
from evomod.kernels import pointer_to
from evomod.measures.edges import Graph, edges_of
from evomod.measures.graphs import adjacency_of, connected_nodes, dense, layers_of
from evomod.measures.seeds import Rng, generator_of

if TYPE_CHECKING:
    from evomod.evolution.setup import Setup

NULLS = (
    "degree-preserving",
    "milo2002",
    "milo2002-triads",
    "layered",
    "genomes",
    "shuffle-within-layer",
    "erdos-renyi",
)

ATTEMPTS = {"degree-preserving": 20, "layered": 50}
"""Swaps tried for a draw, in connections of the graph. On random digraphs and layered networks (8-8-4-2-1)
of 30 to 90 connections the mean Q of 4000 nulls and the connections they share with the original
differ from those after 1000 a connection, by more than two standard errors, up to 5 and up to 20."""

ENTRIES = 2**23
"""Matrix entries that are drawn at a time where only a number of every null is wanted: 64 MB."""

BIRTHS = 200
"""Random genomes that are tried for one draw of the null "genomes" before it is given up: for 1000 draws
three seconds at most."""
SEED = 0x6E756C6C
"""Of nulls, and of the search for Q_max, where no generator is given."""


def random_graphs(
    graph: Graph,
    null: str,
    draws: int,
    rng: Rng,
    *,
    layer: ArrayLike | None = None,
    weight: str | None = None,
    setup: Setup | None = None,
) -> NDArray[np.float64]:
    """Random graphs that share with a graph what the null keeps of it.

    =====================  ==============================================================================
    null                   keeps
    =====================  ==============================================================================
    degree-preserving      in- and out-degree of every node, and loops (Kashtan & Alon 2005, control 1); with
                           negative weights those of each sign
    milo2002               the mutual connections of every node as well (Milo et al. 2002, for subgraphs of
                           three nodes)
    milo2002-triads        and the counts of all subgraphs of three nodes, by simulated annealing (theirs for
                           subgraphs of four nodes)
    layered                the connections of every node to and from each layer as well: swaps within a
                           pair of layers, so that what feeds forward still does
    genomes                the encoding of ``setup`` and the number of nodes with a connection: random
                           genomes, simplified (their control 2). Simplify the graph too
    shuffle-within-layer   the weights, zeros included, of the block from each layer to the next one
                           (Filan et al. 2021); other connections stay
    erdos-renyi            the numbers of nodes and connections, and loops; with ``layer`` given
                           connections lead to later layers only
    =====================  ==============================================================================

    Draws are 0 and 1, or where ``weight`` asks for it weighted: the weights of the original, loops apart, in
    random order over the connections of the draw ("genomes" knows none). A symmetric
    adjacency is an undirected graph, and so are its rewirings. Every draw begins from the original with
    `ATTEMPTS` swaps, so that draws do not depend on each other. Swaps reach all graphs that share the
    degrees, except that a loop of three nodes cannot always be turned round (Rao et al. 1996).

    Parameters
    ----------
    graph
        One graph of any kind, see `evomod.measures.edges.edges_of`.
    null
        One of the table.
    draws
        Random graphs, at least 1.
    rng
        A generator or a seed.
    layer
        ``[node]``, whole numbers; left out, that of the graph.
    weight
        None, "weight", or the name of an attribute.
    setup
        For "genomes": the encoding, from `evomod.prepare`.

    Returns
    -------
    float64 array
        ``[draw, source, target]``.

    Raises
    ------
    EvomodError
        For an unknown null, no draws, and where a null lacks what it needs.

    Examples
    --------
    >>> chain = [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
    >>> random_graphs(chain, "degree-preserving", 2, np.random.default_rng(1)).sum(axis=1).tolist()
    [[0.0, 1.0, 1.0], [0.0, 1.0, 1.0]]
    """
    _check(null, draws)
    return _drawer(graph, null, generator_of(rng, SEED), layer, weight, setup)(draws)


def random_parts(
    graph: Graph,
    null: str,
    draws: int,
    rng: Rng,
    *,
    layer: ArrayLike | None = None,
    weight: str | None = None,
    setup: Setup | None = None,
) -> Iterator[NDArray[np.float64]]:
    """The draws of `random_graphs` in parts of at most `ENTRIES`, so that large graphs fit into memory."""
    _check(null, draws)
    draw = _drawer(graph, null, generator_of(rng, SEED), layer, weight, setup)
    size = adjacency_of(graph, signed=True).shape[0]
    most = max(1, ENTRIES // max(1, size * size))
    for begin in range(0, draws, most):
        yield draw(min(most, draws - begin))


def z_interval(
    value: NDArray[np.float64], draws: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 95 % interval of z = (value - mean) / sd that the number of draws leaves, ``draws[draw, ...]``.

    By the delta method, from the draws' own skewness and kurtosis: the variance of z is
    (1 + z skewness + z^2 (kurtosis - 1) / 4) / draws. NaN where z is.
    """
    number, mean = draws.shape[0], draws.mean(axis=0)
    nothing = np.full(np.shape(mean), np.nan)
    if number < 2:
        return nothing, nothing
    sd = draws.std(axis=0, ddof=1)
    is_known = sd > 0
    scaled = np.divide(draws - mean, sd, out=np.zeros(draws.shape), where=is_known)
    z = np.divide(value - mean, sd, out=nothing, where=is_known)
    skewness, kurtosis = (scaled**3).mean(axis=0), (scaled**4).mean(axis=0)
    variance = np.maximum(1.0 + z * skewness + z * z * (kurtosis - 1.0) / 4.0, 0.0) / number
    half = 1.959963984540054 * np.sqrt(variance)
    return z - half, z + half


def is_undirected(matrix: NDArray[np.float64]) -> bool:
    """Whether an adjacency is symmetric, which is how an undirected graph is given."""
    return bool((matrix == matrix.T).all())


def _check(null: str, draws: int) -> None:
    if null not in NULLS:
        raise EvomodError(f"there is no null '{null}'; known: {', '.join(NULLS)}.")
    check_draws(draws)


def check_draws(draws: int) -> None:
    """Refuse what is not a number of random graphs."""
    if not isinstance(draws, int | np.integer) or isinstance(draws, bool) or draws < 1:
        raise EvomodError(f"draws is the number of random graphs, from 1; got {draws!r}.")


def _drawer(
    graph: Graph,
    null: str,
    rng: np.random.Generator,
    layer: ArrayLike | None,
    weight: str | None,
    setup: Setup | None,
) -> Callable[[int], NDArray[np.float64]]:
    """What draws a number of random graphs; everything is checked before the first."""
    matrix = adjacency_of(graph, weight, signed=True)
    if null == "shuffle-within-layer":
        return _shuffled(matrix, layers_of(graph, layer), rng)
    if null == "genomes":
        if weight is not None:
            raise EvomodError("the null 'genomes' knows connections, not weights; give weight=None.")
        return _from_genomes(matrix, setup, rng)
    is_signed = null == "degree-preserving" and bool((matrix < 0.0).any())
    if null.startswith("milo2002") or is_signed:
        return _exchanged(matrix, null, rng, weight)
    there = (matrix != 0.0).astype(np.float64)
    if null == "erdos-renyi":
        draw = _scattered(there, None if layer is None else layers_of(graph, layer), rng)
    elif null == "degree-preserving":
        draw = _rewired(there, np.zeros(matrix.shape[0], np.int64), ATTEMPTS[null], rng)
    else:
        draw = _rewired(there, layers_of(graph, layer), ATTEMPTS[null], rng)
    return draw if weight is None else _weighted(draw, matrix, rng)


def _exchanged(
    matrix: NDArray[np.float64], null: str, rng: np.random.Generator, weight: str | None
) -> Callable[[int], NDArray[np.float64]]:
    """Random graphs of `evomod.measures.swapped`."""
    from evomod.measures.swapped import drawn, start_of

    start = start_of(edges_of(matrix, weight and "weight", signed=True), null.startswith("milo2002"))

    def draw(number: int) -> NDArray[np.float64]:
        found = drawn(start, number, rng, triads=null == "milo2002-triads")
        return np.stack([dense(edges) for edges, _ in found])

    return draw


def _weighted(
    draw: Callable[[int], NDArray[np.float64]], matrix: NDArray[np.float64], rng: np.random.Generator
) -> Callable[[int], NDArray[np.float64]]:
    """Random graphs whose connections carry the weights of the original in random order; loops keep theirs."""
    undirected = is_undirected(matrix)
    apart = np.triu(np.ones(matrix.shape, np.bool_), 1)
    if not undirected:
        apart |= apart.T
    weights = matrix[apart & (matrix != 0.0)]
    loops = np.diag(np.diag(matrix))

    def weighted(number: int) -> NDArray[np.float64]:
        graphs = draw(number)
        for graph in graphs:
            places = apart & (graph != 0.0)
            graph[:] = 0.0
            graph[places] = rng.permutation(weights)
            if undirected:
                graph += graph.T
            graph += loops
        return graphs

    return weighted


def _rewired(
    matrix: NDArray[np.float64], layers: NDArray[np.int64], attempts: int, rng: np.random.Generator
) -> Callable[[int], NDArray[np.float64]]:
    undirected = is_undirected(matrix)
    n_connections = int(np.count_nonzero(matrix)) // (2 if undirected else 1)

    def draw(number: int) -> NDArray[np.float64]:
        graphs = np.empty((number, *matrix.shape))
        ends, pair = np.empty((matrix.size, 2), np.int64), np.empty(2, np.int64)
        kernels.rewire(
            matrix, layers, undirected, attempts * n_connections, pointer_to(rng), ends, pair, graphs
        )
        return graphs

    return draw


def _shuffled(
    matrix: NDArray[np.float64], layers: NDArray[np.int64], rng: np.random.Generator
) -> Callable[[int], NDArray[np.float64]]:
    rank = np.unique(layers, return_inverse=True)[1]
    blocks = [
        np.flatnonzero(np.outer(rank == k, rank == k + 1)) for k in range(int(rank.max(initial=0)))
    ]
    places = np.concatenate([np.zeros(0, np.int64), *blocks])
    first = np.cumsum([0, *(block.size for block in blocks)])

    def draw(number: int) -> NDArray[np.float64]:
        values = np.repeat(matrix.reshape(1, -1), number, axis=0)
        kernels.shuffle(places, first, pointer_to(rng), values)
        return values.reshape(number, *matrix.shape)

    return draw


def _scattered(
    matrix: NDArray[np.float64], layers: NDArray[np.int64] | None, rng: np.random.Generator
) -> Callable[[int], NDArray[np.float64]]:
    size = matrix.shape[0]
    loops = np.diag(np.diag(matrix))
    if layers is not None:
        allowed = layers[:, None] < layers
        if (~allowed & (matrix - loops != 0)).any():
            raise EvomodError(
                "the graph has connections that lead to no later layer; leave layer out, or correct it."
            )
    elif is_undirected(matrix):
        allowed = np.triu(np.ones((size, size), np.bool_), 1)
    else:
        allowed = ~np.eye(size, dtype=np.bool_)
    undirected = layers is None and is_undirected(matrix)
    places = np.flatnonzero(allowed)
    n_connections = int(np.count_nonzero(matrix - loops)) // (2 if undirected else 1)

    def draw(number: int) -> NDArray[np.float64]:
        values = np.zeros((number, size * size))
        kernels.scatter(places, n_connections, pointer_to(rng), values)
        graphs = values.reshape(number, size, size)
        return (graphs + graphs.transpose(0, 2, 1) if undirected else graphs) + loops

    return draw


def _from_genomes(
    matrix: NDArray[np.float64], setup: Setup | None, rng: np.random.Generator
) -> Callable[[int], NDArray[np.float64]]:
    if setup is None:
        raise EvomodError(
            "the null 'genomes' wants setup=…, the encoding to draw from: evomod.prepare(config), in Python only."
        )
    wanted = connected_nodes(matrix).size

    def draw(number: int) -> NDArray[np.float64]:
        found: list[NDArray[np.float64]] = []
        n_found = n_born = 0
        while n_found < number:
            if n_born >= BIRTHS * (number + 10):
                raise EvomodError(
                    f"only {n_found} of {n_born} random genomes of this encoding have {wanted} nodes with "
                    f"a connection, as the graph has; wanted {number}. Take fewer draws, or another null."
                )
            graphs = _born(setup, 1000, rng)
            n_born += graphs.shape[0]
            connected = (graphs.any(axis=1) | graphs.any(axis=2)).sum(axis=1)
            found.append(graphs[connected == wanted])
            n_found += found[-1].shape[0]
        return np.concatenate(found)[:number]

    return draw


def _born(setup: Setup, number: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Adjacencies ``[network, source, target]`` of random genomes, simplified."""
    wiring = setup.encoding.wiring
    working = setup.encoding.simplify(setup.encoding.birth(number, rng))
    graphs = np.zeros((number, wiring.n_nodes, wiring.n_nodes))
    graphs[:, wiring.source, wiring.target] = working != 0
    return graphs
