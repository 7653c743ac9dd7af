"""Hierarchy of a network: its global reaching centrality (Mones et al. 2012), and where it lies among nulls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.kernels import paths as kernels
from evomod.measures.edges import Edges, Graph, edges_of, is_directed, with_direction
from evomod.measures.graphs import adjacencies_of, is_one_graph
from evomod.measures.normalised import EXCHANGED
from evomod.measures.nulls import check_draws, z_interval
from evomod.measures.seeds import Rng, generator_of
from evomod.measures.swapped import drawn_values, start_of
from evomod.network import Network

AT_A_TIME = 64
"""Nodes from which paths are followed without Ctrl-C being heard: of a million connections half a second."""
DIJKSTRA = 10
"""What a step along weighted paths costs, in steps without weights."""

SEED = 0x68696572
"""Of the nulls where no generator is given."""


@dataclass(frozen=True, slots=True)
class NullHierarchy:
    """A hierarchy and where it lies among those of random graphs; NaN where all of these are the same."""

    hierarchy: float
    """Global reaching centrality of the graph, from 0 to 1 (Mones, Vicsek & Vicsek 2012)."""
    null_mean: float
    """Mean over the draws."""
    null_sd: float
    """Of the draws, n - 1 below the line; NaN for one draw."""
    z: float
    """(hierarchy - null_mean) / null_sd."""
    z_low: float
    """With ``z_high`` the 95 % interval of z that the number of draws leaves."""
    z_high: float
    percentile: float
    """Percentage of the draws that are less hierarchical, those that are as much so counting half."""
    null: str
    """What the draws keep, one of `NULLS`."""
    draws: int
    """Random graphs drawn."""


@overload
def hierarchy(graph: Network, *, directed: bool | None = ..., weight: str | None = ...) -> float: ...


@overload
def hierarchy(
    graph: Graph, *, directed: bool | None = ..., weight: str | None = ...
) -> float | list[float]: ...


def hierarchy(
    graph: Graph, *, directed: bool | None = None, weight: str | None = None
) -> float | list[float]:
    """Global reaching centrality: the sum of max C - C(i) over the N connected nodes, divided by N - 1.

    Of a directed graph without weights, as Mengistu et al. 2016 measure evolved networks: C(i) is the share of the
    N - 1 others from which paths lead to node i, connections being reversed, from outputs to inputs. One
    output fed by all others: 1; a cycle: 0. Of an undirected graph, where every node of a component reaches all
    others, C(i) is the mean of 1 / distance to the others, 0 to those that are not reached (a star is the most
    hierarchical). With ``weight``, C(i) is the mean over the others of the mean weight along the path to them, in
    units of the mean weight, the path being that of the least sum of 1 / weight (all Mones et al. 2012).

    Parameters
    ----------
    graph
        Of any kind, see `evomod.measures.edges.edges_of`; or many, an array
        ``[network, node, node]``. Simplify a `Network` first, as the paper does.
    directed
        None: as the graph is, an array being undirected where it is symmetric.
    weight
        None, "weight", or the name of an attribute; weights are above 0, in any unit.

    Returns
    -------
    float
        From 0 to 1 without weights; 0 without a connection. A list of them for many graphs.

    Raises
    ------
    EvomodError
        For what is not a graph, and weights that are missing, negative or not finite.

    Examples
    --------
    >>> hierarchy([[0, 1, 0], [0, 0, 1], [0, 0, 0]])
    0.75
    >>> hierarchy([[0, 1, 1], [1, 0, 0], [1, 0, 0]])
    0.25
    """
    if is_one_graph(graph):
        edges = edges_of(graph, weight)
        kind = is_directed(graph) if directed is None else directed
        return _of_edges(with_direction(edges, kind, weight is not None), weight is not None)
    matrices, is_many = adjacencies_of(graph, weight)
    given: Any = graph if is_many else [graph]
    found = []
    for matrix, each in zip(matrices, given, strict=True):
        edges = edges_of(matrix, "weight")
        kind = is_directed(each) if directed is None else directed
        found.append(_of_edges(with_direction(edges, kind, weight is not None), weight is not None))
    return found if is_many else found[0]


def null_hierarchy(
    graph: Graph,
    null: str = "degree-preserving",
    draws: int = 1000,
    rng: Rng = None,
    *,
    directed: bool | None = None,
    weight: str | None = None,
    jobs: int = 1,
    tell: Callable[[int], None] | None = None,
) -> NullHierarchy:
    """The hierarchy of a graph beside that of ``draws`` random graphs with its degrees.

    Parameters
    ----------
    graph
        As in `hierarchy`; one graph.
    null
        "degree-preserving" or "milo2002", see `evomod.measures.nulls.random_graphs`.
    draws
        Random graphs, at least 1.
    rng
        Left out, the seed is fixed.
    directed, weight
        As in `hierarchy`.
    jobs
        Threads; their number changes nothing.
    tell
        Called with the number of draws so far.

    Returns
    -------
    NullHierarchy
        The mean and standard deviation of the nulls, z and percentile.

    Raises
    ------
    EvomodError
        For another null, no draws, many graphs, and as `hierarchy`.
    """
    check_draws(draws)
    if null not in EXCHANGED:
        raise EvomodError(
            f"the hierarchy is compared with the nulls {' and '.join(EXCHANGED)}; got '{null}'."
        )
    kind = is_directed(graph) if directed is None else directed
    edges = with_direction(edges_of(graph, weight), kind, weight is not None)
    value = _of_edges(edges, weight is not None)
    start = start_of(edges, keep_mutual=null == "milo2002")
    rng = generator_of(rng, SEED)
    values = drawn_values(start, draws, rng, lambda each: _of_edges(each, weight is not None), jobs)
    spread = np.empty(draws)
    for k, each in enumerate(values):
        spread[k] = each
        if tell is not None:
            tell(k + 1)
    mean, sd = float(spread.mean()), float(spread.std(ddof=1)) if draws > 1 else np.nan
    z, low, high = np.nan, np.nan, np.nan
    if sd > 1e-12:
        z = (value - mean) / sd
        low, high = (float(side[0]) for side in z_interval(np.array([value]), spread[:, None]))
    percentile = 50.0 * float((spread < value - 1e-12).mean() + (spread <= value + 1e-12).mean())
    return NullHierarchy(value, mean, sd, z, low, high, percentile, null, draws)


def steps_of(edges: Edges, is_weighted: bool) -> float:
    """Steps that the hierarchy takes, about, of 3 to 14 ns; without weights as many as its first 64 nodes let expect."""
    if is_weighted:
        return DIJKSTRA * float(edges.n_nodes) * (edges.source.size + edges.n_nodes)
    first, near, _ = _rows(edges)
    few = min(kernels.TOGETHER, edges.n_nodes)
    looked = kernels.reach(first, near, 0, few, np.zeros((2, edges.n_nodes)))
    return float(looked + edges.n_nodes) * max(edges.n_nodes, 1) / max(few, 1)


def _of_edges(edges: Edges, is_weighted: bool) -> float:
    connected = np.flatnonzero(edges.degrees())
    others = connected.size - 1
    if others < 1:
        return 0.0
    reached = _reached(edges, is_weighted)[connected]
    if (
        edges.directed and not is_weighted
    ):  # whole numbers until the division, so that equal networks have equal bits
        return float((reached.max() - reached).sum() / others**2)
    reached = reached / others
    if is_weighted:
        reached /= edges.weight.mean()
    return float((reached.max() - reached).sum() / others)


def _reached(edges: Edges, is_weighted: bool) -> NDArray[np.float64]:
    """``[node]``: others that it reaches, connections being reversed, or the sum over them of what each counts."""
    n, reached = edges.n_nodes, np.zeros((2, edges.n_nodes))
    if is_weighted:
        backward = replace(edges, source=edges.target, target=edges.source)
        first, near, weight = _rows(backward)
        unit = float(weight.max(initial=0.0))
        for begin in range(0, n, AT_A_TIME):  # Ctrl-C is heard in between
            kernels.follow(first, near, weight, unit, begin, min(begin + AT_A_TIME, n), reached[0])
        return reached[0]
    first, near, _ = _rows(edges)
    for begin in range(0, n, AT_A_TIME):
        kernels.reach(first, near, begin, min(begin + AT_A_TIME, n), reached)
    return reached[0 if edges.directed else 1]


def _rows(edges: Edges) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Compressed rows: where those of a node begin, to which nodes it leads, and the weights; undirected: both ways."""
    source, target, weight = edges.source, edges.target, edges.weight
    if not edges.directed:
        source, target = np.concatenate((source, target)), np.concatenate((target, source))
        weight = np.concatenate((weight, weight))
    order = np.lexsort((target, source))
    first = np.searchsorted(source[order], np.arange(edges.n_nodes + 1)).astype(np.int64)
    return first, target[order], weight[order]
