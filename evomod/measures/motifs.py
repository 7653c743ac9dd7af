"""Network motifs: connected subgraphs of three and four nodes, and how far from chance they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError
from evomod.kernels import motifs as kernels
from evomod.measures.edges import Graph, edges_of
from evomod.measures.graphs import adjacencies_of, dense, layers_of
from evomod.measures.nulls import check_draws, random_parts, z_interval
from evomod.measures.seeds import Rng, generator_of
from evomod.measures.swapped import drawn, start_of

PAIRS = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
"""The pairs of nodes in the order of the bits of a subgraph's code."""

MOTIF_NULLS = ("degree-preserving", "milo2002", "layered")

SEED = 0x6D6F7469
"""Of the nulls where no generator is given."""

NAMED: dict[str, tuple[tuple[int, int], ...]] = {
    "fan-out": ((0, 1), (0, 2)),
    "chain": ((0, 1), (1, 2)),
    "fan-in": ((1, 0), (2, 0)),
    "feed-forward loop": ((0, 1), (0, 2), (1, 2)),
    "three-node loop": ((0, 1), (1, 2), (2, 0)),
    "complete": tuple(permutations(range(3), 2)),
    "single-input module": ((0, 1), (0, 2), (0, 3)),
    "chain of four": ((0, 1), (1, 2), (2, 3)),
    "fan-in of three": ((1, 0), (2, 0), (3, 0)),
    "bifan": ((0, 2), (0, 3), (1, 2), (1, 3)),
    "diamond": ((0, 1), (0, 2), (1, 3), (2, 3)),
    "four-node loop": ((0, 1), (1, 2), (2, 3), (3, 0)),
    "two-output feed-forward loop": ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3)),
    "two-input feed-forward loop": ((0, 2), (0, 3), (1, 2), (1, 3), (2, 3)),
    "double feed-forward loop": ((0, 1), (0, 2), (0, 3), (1, 3), (2, 3)),
    "complete four": tuple(permutations(range(4), 2)),
}
"""Subgraphs that have a name in the literature (Milo et al. 2002; Kashtan et al. 2004, who generalise the
feed-forward loop); the diamond is also called bi-parallel."""


@dataclass(frozen=True, slots=True)
class MotifProfile:
    """How often every connected subgraph occurs, and how often in random graphs."""

    size: int
    """Nodes of a subgraph: 3 or 4."""
    ids: NDArray[np.int64]
    """``[class]``: the numbers of the motif literature, ascending."""
    names: tuple[str, ...]
    """``[class]``: a name, or "subgraph 74"."""
    counts: NDArray[np.int64]
    """``[class]``: induced subgraphs of the graph."""
    null_mean: NDArray[np.float64]
    """``[class]``."""
    null_sd: NDArray[np.float64]
    """``[class]``: of the draws, n - 1 below the line; NaN for one draw."""
    z: NDArray[np.float64]
    """``[class]``: counts less null_mean, in null_sd. 0 for a class of which the graph and every null hold the
    same number; NaN where all nulls agree and the graph differs, or for one draw."""
    z_low: NDArray[np.float64]
    """``[class]``: with ``z_high`` the 95 % interval of z that the number of draws leaves."""
    z_high: NDArray[np.float64]
    percentile: NDArray[np.float64]
    """``[class]``: percentage of the nulls with fewer, those with as many counting half."""
    significance_profile: NDArray[np.float64]
    """``[class]``: z over the length of the vector of all z that are numbers (Milo et al. 2004); 0 where
    all are 0."""
    null: str
    """What the draws keep, one of `NULLS`."""
    draws: int
    """Random graphs drawn."""


def motif_ids(size: int) -> NDArray[np.int64]:
    """``[class]``: the numbers of all connected subgraphs of 3 or 4 nodes, ascending: 13 or 199.

    The number of a subgraph is the least, over all orders of its nodes, of the sum of 2^(size * i + j)
    over its connections i -> j, as the motif literature numbers them.

    Parameters
    ----------
    size
        Nodes: 3 or 4.

    Returns
    -------
    int64 array
        ``[class]``.

    Raises
    ------
    EvomodError
        For another size.

    Examples
    --------
    >>> motif_ids(3).tolist()
    [6, 12, 14, 36, 38, 46, 74, 78, 98, 102, 108, 110, 238]
    """
    return _classes(_checked(size))[0].copy()


def motif_names(size: int) -> tuple[str, ...]:
    """``[class]``: a name where the literature has one, else for example "subgraph 74".

    >>> motif_names(3)[:5]
    ('fan-out', 'chain', 'subgraph 14', 'fan-in', 'feed-forward loop')
    """
    named = _names(_checked(size))
    return tuple(named.get(number, f"subgraph {number}") for number in motif_ids(size).tolist())


def class_adjacency(size: int, number: int) -> NDArray[np.int64]:
    """The connections of a subgraph, its nodes in the order that gives its number.

    Parameters
    ----------
    size
        Nodes: 3 or 4.
    number
        One of `motif_ids`.

    Returns
    -------
    int64 array
        ``[source, target]`` of 0 and 1.

    Raises
    ------
    EvomodError
        For another size, and a number that no connected subgraph has.

    Examples
    --------
    >>> class_adjacency(3, 38).tolist()
    [[0, 1, 1], [0, 0, 1], [0, 0, 0]]
    """
    if number not in motif_ids(size):
        raise EvomodError(
            f"there is no connected subgraph {number!r} of {size} nodes; motif_ids({size}) lists them."
        )
    bits = np.arange(size * size).reshape(size, size)
    return (int(number) >> bits) & 1


def motif_census(graph: Graph, size: int) -> NDArray[np.int64]:
    """How often every connected induced subgraph occurs, by enumeration (ESU, Wernicke 2006).

    Parameters
    ----------
    graph
        Of any kind, see `evomod.measures.edges.edges_of`; or many, an array
        ``[network, node, node]``. Weights and loops are ignored.
    size
        Nodes of a subgraph: 3 or 4.

    Returns
    -------
    int64 array
        ``[class]`` in the order of `motif_ids`; of many graphs ``[network, class]``.

    Raises
    ------
    EvomodError
        For another size, and a graph with fewer nodes.

    Examples
    --------
    >>> motif_census([[0, 1, 1], [0, 0, 1], [0, 0, 0]], 3)[4]
    np.int64(1)
    """
    matrices, many = adjacencies_of(graph)
    counts = _census(matrices, _checked(size))
    return counts if many else counts[0]


def motifs(
    graph: Graph,
    size: int = 3,
    null: str = "degree-preserving",
    draws: int = 1000,
    rng: Rng = None,
    *,
    layer: ArrayLike | None = None,
    jobs: int = 1,
    tell: Callable[[int], None] | None = None,
) -> MotifProfile | list[MotifProfile]:
    """Counts of all connected subgraphs beside those in random graphs (Kashtan & Alon 2005, Fig. 1c, d).

    Every node set of ``size`` 3 or 4 counts once, as the subgraph of all connections between its nodes;
    loops and weights are ignored. z = (count - mean over nulls) / their standard deviation.

    Kashtan & Alon 2005 call the feed-forward loop subgraph 7 of three nodes and the diamond subgraph 5 of
    four; here they have the numbers of the motif literature, 38 and 904.

    Parameters
    ----------
    graph
        Of any kind, see `evomod.measures.edges.edges_of`; or many, an array
        ``[network, node, node]``. Simplify a `Network` first.
    size
        Nodes of a subgraph: 3 or 4.
    null
        "degree-preserving"; "milo2002", which keeps mutual connections, and of size 4 the counts of size 3 as
        well (Milo et al. 2002; of networks of up to 20,000 nodes); or "layered", Kashtan & Alon's choice for
        networks in layers; see `random_graphs`.
    draws
        Random graphs, at least 1.
    rng
        Left out, the seed is fixed, `SEED`, the same for every network.
    layer
        ``[node]``, whole numbers, for "layered"; left out, that of the graph.
    jobs
        Threads for "milo2002"; their number changes nothing.
    tell
        Called with the number of draws so far.

    Returns
    -------
    MotifProfile
        A list of them for many graphs.

    Raises
    ------
    EvomodError
        For another size or null, no draws, unknown layers, and a graph with fewer nodes than ``size``.
    """
    if null not in MOTIF_NULLS:
        raise EvomodError(f"motifs are compared with the null {' or '.join(MOTIF_NULLS)}; got '{null}'.")
    matrices, many = adjacencies_of(graph)
    layers = layers_of(graph, layer) if null == "layered" else None
    counts = _census(matrices, _checked(size))
    profiles = [
        _profile(matrix, size, count, null, draws, generator_of(rng, SEED), layers, jobs, tell)
        for matrix, count in zip(matrices, counts, strict=True)
    ]
    return profiles if many else profiles[0]


def _profile(
    matrix: NDArray[np.float64],
    size: int,
    counts: NDArray[np.int64],
    null: str,
    draws: int,
    rng: np.random.Generator,
    layers: NDArray[np.int64] | None,
    jobs: int,
    tell: Callable[[int], None] | None,
) -> MotifProfile:
    counted: list[NDArray[np.int64]] = []
    for part in _null_parts(matrix, size, null, draws, rng, layers, jobs):
        counted.append(_census(part, size))
        if tell is not None:
            tell(sum(map(len, counted)))
    return _beside(size, counts, np.concatenate(counted), null)


def motifs_among(
    graph: Graph, size: int, graphs: NDArray[np.float64], null: str, tell: Callable[[int], None] | None
) -> MotifProfile:
    """`motifs` with random graphs ``[draw, source, target]`` that were drawn before."""
    matrices, _ = adjacencies_of(graph)
    counts = _census(matrices, _checked(size))[0]
    nulls = _census(graphs, size)
    if tell is not None:
        tell(len(nulls))
    return _beside(size, counts, nulls, null)


def _beside(size: int, counts: NDArray[np.int64], nulls: NDArray[np.int64], null: str) -> MotifProfile:
    """Where counts lie among those of random graphs, ``nulls[draw, class]``."""
    draws = len(nulls)
    low, high = z_interval(counts.astype(np.float64), nulls.astype(np.float64))
    mean = nulls.mean(axis=0)
    sd = nulls.std(axis=0, ddof=1) if draws > 1 else np.full(counts.size, np.nan)
    z = np.full(counts.size, np.nan)
    np.divide(counts - mean, sd, out=z, where=sd > 0)
    z[(sd == 0) & (counts == mean)] = 0.0
    length = np.sqrt(np.nansum(z**2))
    return MotifProfile(
        size=size,
        ids=motif_ids(size),
        names=motif_names(size),
        counts=counts,
        null_mean=mean,
        null_sd=sd,
        z=z,
        z_low=low,
        z_high=high,
        percentile=50.0 * ((nulls < counts).mean(axis=0) + (nulls <= counts).mean(axis=0)),
        significance_profile=z / length if length > 0 else z.copy(),
        null=null,
        draws=draws,
    )


def _null_parts(
    matrix: NDArray[np.float64],
    size: int,
    null: str,
    draws: int,
    rng: np.random.Generator,
    layers: NDArray[np.int64] | None,
    jobs: int,
) -> Iterator[NDArray[np.float64]]:
    """Random graphs ``[draw, source, target]``, some at a time."""
    if null != "milo2002":
        yield from random_parts(matrix, null, draws, rng, layer=layers)
        return
    check_draws(draws)
    start = start_of(edges_of(matrix), keep_mutual=True)
    for edges, _ in drawn(start, draws, rng, triads=size == 4, jobs=jobs):
        yield dense(edges)[None]


def _checked(size: int) -> int:
    if size not in (3, 4) or not isinstance(size, int | np.integer):
        raise EvomodError(f"motifs are counted of size 3 or 4; got {size!r}.")
    return size


def _census(matrices: NDArray[np.float64], size: int) -> NDArray[np.int64]:
    if matrices.shape[1] < size:
        raise EvomodError(
            f"the graph has {matrices.shape[1]} nodes; subgraphs of {size} nodes want at least {size}."
        )
    ids, classes = _classes(size)
    counts = np.zeros((matrices.shape[0], ids.size), np.int64)
    kernels.census(matrices != 0.0, size, classes, counts)
    return counts


def triad_classes() -> NDArray[np.int64]:
    """The class of every code of three nodes, see `kernels.census`; 13 where they are not connected."""
    ids, classes = _classes(3)
    codes = np.arange(64)
    pairs = np.stack([codes & 3, codes >> 2 & 3, codes >> 4 & 3])
    return np.where((pairs > 0).sum(axis=0) >= 2, classes, ids.size)


@cache
def _classes(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of the connected subgraphs ``[class]``, and the class of every code, 0 for disconnected."""
    pairs = PAIRS[: size * (size - 1) // 2]
    codes = np.arange(4 ** len(pairs))
    graphs = np.zeros((codes.size, size, size), np.int64)
    for bit, (i, j) in enumerate(pairs):
        graphs[:, i, j] = codes >> 2 * bit & 1
        graphs[:, j, i] = codes >> 2 * bit + 1 & 1
    reached = np.minimum(graphs + graphs.transpose(0, 2, 1) + np.eye(size, dtype=np.int64), 1)
    connected = (np.linalg.matrix_power(reached, size - 1) > 0).all(axis=(1, 2))
    numbers = np.min([_number(graphs, order) for order in permutations(range(size))], axis=0)
    ids = np.unique(numbers[connected])
    return ids, np.where(connected, np.searchsorted(ids, numbers), 0)


def _number(graphs: NDArray[np.int64], order: tuple[int, ...]) -> NDArray[np.int64]:
    """``[graph]``: the sum of 2^(size * i + j) with the nodes of ``graphs[graph, node, node]`` in this order."""
    size = len(order)
    power = 2 ** np.arange(size * size).reshape(size, size)
    return (graphs[:, order][:, :, order] * power).sum(axis=(1, 2))


@cache
def _names(size: int) -> dict[int, str]:
    """Name of each number that has one."""
    named = {}
    for name, connections in NAMED.items():
        if 1 + max(max(ends) for ends in connections) == size:
            graph = np.zeros((1, size, size), np.int64)
            graph[0][tuple(zip(*connections, strict=True))] = 1
            number = min(int(_number(graph, order)[0]) for order in permutations(range(size)))
            named[number] = name
    return named
