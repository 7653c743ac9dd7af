"""Clusterability: the n-cut of a spectral clustering, beside that of shuffled weights (Filan et al. 2021)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError
from evomod.kernels import pointer_to
from evomod.kernels.clusters import k_means
from evomod.measures.edges import Graph, without_gradient
from evomod.measures.graphs import adjacency_of, layers_of, symmetric
from evomod.measures.seeds import Rng, generator_of

NULLS = ("shuffle-within-layer", "shuffle-connections-within-layer")

SEED = 0x6E637574
"""Of the starts of k-means and of the shuffles where no generator is given."""

SAME_CUT = (
    "the n-cut with k = {k} says nothing: every shuffled network has the same one, as a cut between layers is not "
    "changed by shuffling within them; take another k"
)

EPSILON = 1e-8  # added to every volume (Filan et al. 2021, authors' code)
CLEAR = 1e-10  # a squared singular value below this leaves no digits for its vector
EQUAL = 1e-9  # n-cuts of the same partition differ by rounding alone


@dataclass(frozen=True, slots=True)
class NCut:
    """An n-cut and where it lies among those of shuffled networks; NaN where there is no null."""

    n_cut: float
    """The sum over modules of the weight that leaves a module over all of its weight (Shi & Malik 2000): from 0 to k."""
    modules: NDArray[np.int64]
    """``[node]``: number of its module from 0; -1 for nodes without a connection."""
    k: int
    """Modules asked for (of a given partition: its modules)."""
    null_mean: float
    """Mean over the shuffled networks."""
    null_sd: float
    """Standard deviation over the draws, divided by their number as the authors do."""
    z: float
    """(n_cut - null_mean) / null_sd; negative: easier to part than shuffled. NaN where null_sd is 0."""
    percentile: float
    """Percentage of the draws with a lower n-cut, those that have the same counting half."""
    p: float
    """(r + 1) / (draws + 1), r draws being at or below: one-sided, small for a modular network."""
    null: str | None
    """What is shuffled; None without a null."""
    draws: int
    """Shuffled networks drawn."""
    note: str = ""
    """Why z says nothing, where it does not."""


def n_cut(
    graph: Graph,
    k: int = 12,
    *,
    weight: str | None = "weight",
    null: str | None = "shuffle-within-layer",
    draws: int = 50,
    rng: Rng = None,
    layer: ArrayLike | None = None,
    modules: ArrayLike | None = None,
) -> NCut:
    """How well a network falls into ``k`` modules: the sum over modules of cut / (volume + 1e-8).

    The graph is undirected, an edge ``|w|`` (Filan et al. 2021): the cut of a module is the weight of its edges
    to other modules, its volume the summed degrees of its nodes. From 0 (nothing between modules) to k;
    lower is more modular. Nodes without a connection are left out.

    Modules come from spectral clustering: k-means (25 starts, 100 beyond 2,000 nodes) of the rows of the k
    leading eigenvectors of D^-1/2 W D^-1/2, each divided by the root of the node's degree. Or they are given,
    ``modules[node]``; the null then keeps them and asks how well this partition cuts shuffled weights.

    The null "shuffle-within-layer" permutes all weights, zeros too, from each layer to the next one; other
    connections stay. "shuffle-connections-within-layer" permutes only the weights of connections, which keeps
    the wiring. Each draw is clustered afresh. An
    L1-trained network has a low n-cut and a lower null: read the two together. Of a small layered network the
    best cut in two often lies between layers, and shuffles do not change it: take k one larger than the
    parts that are looked for, so that what they have in common can be a part; ``note`` says so where it happens.

    Parameters
    ----------
    graph
        One graph of any kind, see `evomod.measures.edges.edges_of`; `graph_of_layers` makes one of weights.
    k
        Modules, from 1 to the number of connected nodes.
    weight
        "weight", the name of an attribute, or None: every connection counts 1.
    null
        One of the two above, or None: no null.
    draws
        Random graphs, at least 1.
    rng
        Of the starts of k-means, then for every draw one permutation from each layer to the next, in their order,
        and the starts of k-means. None: ``default_rng(SEED)``, the same every time.
    layer
        ``[node]``, whole numbers, for a null; left out, that of the graph.
    modules
        ``[node]``, whole numbers: given modules in place of clustered ones; `k` is then their number.

    Returns
    -------
    NCut
        n-cut, modules, and where n-cut lies among the nulls.

    Raises
    ------
    EvomodError
        For k beyond the connected nodes, unknown layers, and weights that are not finite.

    Examples
    --------
    >>> adjacency, layer = graph_of_layers([np.kron(np.eye(2), np.ones((3, 3)))] * 2)
    >>> result = n_cut(adjacency, k=2, layer=layer)
    >>> round(result.n_cut, 6), round(result.p, 6)
    (0.0, 0.019608)
    """
    import scipy.linalg  # noqa: F401 - what is loaded later is not limited
    from threadpoolctl import threadpool_limits

    if null is not None and null not in NULLS:
        raise EvomodError(f"there is no null '{null}'; known: {', '.join(NULLS)}, None.")
    if not _is_whole(draws) or draws < 1:
        raise EvomodError(f"draws wants a whole number from 1; got {draws!r}.")
    full = symmetric(np.abs(adjacency_of(graph, weight, signed=True)), weight)
    if not np.isfinite(full).all():
        raise EvomodError("weights are finite numbers; the graph has NaN or infinity.")
    connected = np.flatnonzero(full.any(axis=0))
    weights = np.ascontiguousarray(full[np.ix_(connected, connected)])
    given = None if modules is None else _given(modules, connected, full.shape[0])
    if given is None:
        _check_k(k, connected.size)
    rng = generator_of(rng, SEED)
    places = [] if null is None else _places(weights, _ranks(graph, layer)[connected], null)
    # one thread: 0.35 s instead of 3.8 s a draw while others use the cores, and the same digits everywhere
    with threadpool_limits(1, "blas"):
        found = spectral_modules(weights, k, rng) if given is None else given
        value = n_cut_of(weights, found)
        number = 0 if null is None else draws
        values = np.array([_drawn(weights, places, k, given, rng) for _ in range(number)])
    everyone = np.full(full.shape[0], -1, np.int64)
    everyone[connected] = found
    size = k if given is None else int(np.unique(given).size)
    if null is None:
        nothing = float("nan")
        return NCut(value, everyone, size, nothing, nothing, nothing, nothing, nothing, None, 0)
    mean, sd = float(values.mean()), float(values.std())
    lower, not_higher = (int((values <= value + slack).sum()) for slack in (-EQUAL, EQUAL))
    z = (value - mean) / sd if sd > EQUAL else float("nan")
    percentile = 50.0 * (lower + not_higher) / draws
    p = (not_higher + 1) / (draws + 1)
    note = "" if sd > EQUAL or draws == 1 else SAME_CUT.format(k=size)
    return NCut(value, everyone, size, mean, sd, z, percentile, p, null, draws, note)


def graph_of_layers(matrices: Sequence[ArrayLike]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The graph of a network that is given by its weights.

    Parameters
    ----------
    matrices
        Weights ``[source, target]`` from each layer to the next, as in ``x @ w``; those of torch's Linear are
        turned round.

    Returns
    -------
    float64 array, int64 array
        The adjacency ``[source, target]``, and ``layer[node]`` from 0.

    Raises
    ------
    EvomodError
        Where one matrix does not fit the next.

    Examples
    --------
    >>> adjacency, layer = graph_of_layers([[[1.0, -2.0]], [[3.0], [4.0]]])
    >>> layer.tolist()
    [0, 1, 1, 2]
    """
    try:
        weights = [np.asarray(without_gradient(matrix), np.float64) for matrix in matrices]
    except (TypeError, ValueError):
        weights = []
    if not weights or any(matrix.ndim != 2 for matrix in weights):
        raise EvomodError("wanted a list of weight matrices [source, target], one a layer.")
    for before, after in pairwise(weights):
        if before.shape[1] != after.shape[0]:
            raise EvomodError(
                f"a matrix of shape {before.shape} is followed by one of {after.shape}; wanted [source, target], "
                "so that the columns of one are the rows of the next (those of torch are turned round: w.T)."
            )
    sizes = [matrix.shape[0] for matrix in weights] + [weights[-1].shape[1]]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    adjacency = np.zeros((starts[-1], starts[-1]))
    for k, matrix in enumerate(weights):
        adjacency[starts[k] : starts[k + 1], starts[k + 1] : starts[k + 2]] = matrix
    return adjacency, np.repeat(np.arange(len(sizes)), sizes)


def n_cut_of(weights: NDArray[np.float64], modules: NDArray[np.int64]) -> float:
    """Sum over modules of cut / (volume + 1e-8), symmetric ``weights[node, node]``, ``modules[node]``."""
    numbers = np.unique(modules)
    member = (modules[:, None] == numbers).astype(np.float64)
    volume = weights.sum(axis=0) @ member
    inside = np.einsum("ik,ik->k", member, weights @ member)
    return float(np.maximum(volume - inside, 0.0) @ (1.0 / (volume + EPSILON)))


def spectral_modules(
    weights: NDArray[np.float64], k: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """``[node]``: spectral clustering of symmetric ``weights[node, node]``, every node having a connection."""
    n_nodes = weights.shape[0]
    modules = np.zeros(n_nodes, np.int64)
    points = np.ascontiguousarray(_embedding(weights, k).T)
    k_means(points, k, 25 if n_nodes <= 2000 else 100, pointer_to(rng), modules)
    return modules


def _embedding(weights: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """``[node, axis]``: k leading eigenvectors of D^-1/2 W D^-1/2, times D^-1/2.

    Layers that only lead to the next have no odd cycles. Then the eigenvectors are pairs of singular vectors
    of the block between even and odd layers: a tenth of the time for 1,818 nodes.
    """
    root = np.sqrt(weights.sum(axis=0))
    sides = _two_sides(weights)
    if sides is not None and k <= min(side.size for side in sides):
        large, small = sorted(sides, key=len, reverse=True)
        block = weights[np.ix_(large, small)] / (root[large, None] * root[small])
        squared, vectors = (part[..., -k:] for part in np.linalg.eigh(block.T @ block))
        if squared[0] > CLEAR:
            both = np.empty((weights.shape[0], k))
            both[small] = vectors
            both[large] = block @ vectors / np.sqrt(squared)
            return both * np.sqrt(0.5) / root[:, None]
    from scipy.linalg import eigh

    n_nodes = weights.shape[0]
    normal = weights / (root[:, None] * root)
    return eigh(normal, subset_by_index=(n_nodes - k, n_nodes - 1))[1] / root[:, None]


def _two_sides(
    weights: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Two groups of nodes without an edge inside either; None if there are none (an odd cycle)."""
    side = np.full(weights.shape[0], -1)
    while (side < 0).any():
        frontier = np.array([int(np.argmax(side < 0))])
        side[frontier] = 0
        while frontier.size:
            colour = side[frontier[0]]
            frontier = np.flatnonzero((weights[frontier] != 0.0).any(axis=0) & (side < 0))
            side[frontier] = 1 - colour
    one, other = np.flatnonzero(side == 0), np.flatnonzero(side == 1)
    if any(weights[np.ix_(group, group)].any() for group in (one, other)):
        return None
    return one, other


def _ranks(graph: Graph, layer: ArrayLike | None) -> NDArray[np.int64]:
    """``[node]``: 0, 1, 2, … in the order of layers."""
    return np.unique(layers_of(graph, layer), return_inverse=True)[1].reshape(-1)


def _places(weights: NDArray[np.float64], rank: NDArray[np.int64], null: str) -> list[NDArray[np.int64]]:
    """From each layer to the next: the places ``[2, edge]`` in the flat array, and in its transpose."""
    n_nodes, places = weights.shape[0], []
    for k in range(int(rank.max(initial=0))):
        rows, columns = np.flatnonzero(rank == k)[:, None], np.flatnonzero(rank == k + 1)
        both = np.stack(((rows * n_nodes + columns).ravel(), (rows + columns * n_nodes).ravel()))
        is_edge = weights.ravel()[both[0]] != 0.0
        if is_edge.any():
            places.append(both if null == NULLS[0] else both[:, is_edge])
    return places


def _drawn(
    weights: NDArray[np.float64],
    places: list[NDArray[np.int64]],
    k: int,
    given: NDArray[np.int64] | None,
    rng: np.random.Generator,
) -> float:
    """The n-cut of shuffled weights; k-means finds fewer modules if fewer nodes stay connected."""
    shuffled = _shuffled(weights, places, rng)
    connected = np.flatnonzero(shuffled.any(axis=0))
    if connected.size < shuffled.shape[0]:
        shuffled = np.ascontiguousarray(shuffled[np.ix_(connected, connected)])
    if given is not None:
        return n_cut_of(shuffled, given[connected])
    return n_cut_of(shuffled, spectral_modules(shuffled, min(k, connected.size), rng))


def _shuffled(
    weights: NDArray[np.float64], places: list[NDArray[np.int64]], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Symmetric weights, those of each group of places permuted; all others stay."""
    shuffled = weights.copy()
    flat, old = shuffled.ravel(), weights.ravel()
    for there, back in places:
        flat[there] = flat[back] = rng.permutation(old[there])
    return shuffled


def _is_whole(number: object) -> bool:
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool)


def _check_k(k: int, n_nodes: int) -> None:
    if not _is_whole(k) or not 1 <= k <= n_nodes:
        raise EvomodError(
            f"k wants a whole number of modules from 1 to the graph's {n_nodes} connected nodes; got {k!r}."
        )


def _given(modules: ArrayLike, connected: NDArray[np.int64], n_nodes: int) -> NDArray[np.int64]:
    """The modules of the connected nodes, checked."""
    numbers = np.asarray(modules)
    if numbers.shape != (n_nodes,) or numbers.dtype.kind not in "iu":
        raise EvomodError(f"modules wants {n_nodes} whole numbers, one a node; got {modules!r}.")
    if (numbers[connected] < 0).any():
        lost = int(connected[numbers[connected] < 0][0])
        raise EvomodError(f"modules leaves out node {lost} (a number below 0), which has connections.")
    if not connected.size:
        raise EvomodError("the graph has no connection, so its modules have no n-cut.")
    return numbers[connected].astype(np.int64)
