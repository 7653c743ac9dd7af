"""The connections of a graph of any kind as arrays: what every measure of large networks is computed from."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evomod.errors import EvomodError, shortened, shown
from evomod.network import Network

if TYPE_CHECKING:
    import networkx

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Graph: TypeAlias = "Network | networkx.Graph | ArrayLike"
"""One network, of igraph, scipy.sparse and pandas too; or an array ``[network, node, node]`` of many."""

IGRAPH_NAMES = ("name", "label", "_nx_name")
"""Attributes of igraph's vertices: its own, that of GML files, and of `Graph.from_networkx`; the first that tells all apart."""

LEAST_WEIGHT, MOST_WEIGHT = 1e-150, 1e150
"""Sizes of weights whose squares are numbers still; Q is made of products of two sums of weights."""


@dataclass(frozen=True, slots=True)
class Edges:
    """The connections of one graph, at most one between two nodes (two in a directed graph)."""

    names: tuple[Hashable, ...]
    """``[node]``: what the graph calls its nodes; their numbers where it has no names."""
    source: Ints
    """``[connection]``; of an undirected graph the lower node."""
    target: Ints
    weight: Floats
    """``[connection]``: never 0. Parallel connections are summed, or counted where weights are not asked for."""
    directed: bool
    n_parallel: int = 0
    """Connections that were joined with another one between the same nodes."""
    n_zero: int = 0
    """Connections of weight 0, which are none."""
    leaves_out_weights: bool = False
    """Whether there are weights other than 1 that were not asked for."""

    @property
    def n_nodes(self) -> int:
        return len(self.names)

    @property
    def is_simple(self) -> bool:
        """Whether every connection counts as 1."""
        return bool((self.weight == 1.0).all())

    def degrees(self) -> Ints:
        """``[node]``: ends of connections at every node, those of a loop both."""
        ends = np.concatenate((self.source, self.target))
        return np.bincount(ends, minlength=self.n_nodes).astype(np.int64)


def edges_of(graph: Graph, weight: str | None = None, *, signed: bool = False) -> Edges:
    """The connections of one graph.

    Parameters
    ----------
    graph
        A `Network`; a graph of networkx or igraph, multigraphs too; a sparse matrix of scipy, an array or a
        pandas adjacency (the same names in index and columns), ``[source, target]``, undirected where it
        is symmetric.
    weight
        None: every connection counts as 1, and parallel ones as their number. "weight": the numbers of an
        array or the weights of a `Network`. The name of an attribute of a networkx or igraph graph. Parallel
        connections are then summed.
    signed
        Whether weights below 0 are allowed.

    A connection of weight 0 (of the attribute asked for, or "weight" where none is) is not a connection.
    Raises `EvomodError` for what is not a graph, missing weights, weights that are not finite or beyond
    `LEAST_WEIGHT` and `MOST_WEIGHT`, and negative ones unless ``signed``.

    >>> edges_of([[0, 0.5], [0, 0]], "weight").weight.tolist()
    [0.5]
    """
    names, source, target, values, directed = _raw(graph, weight)
    there = values != 0.0
    n_zero = int(values.size - np.count_nonzero(there))
    source, target, values = source[there], target[there], values[there]
    leaves_out = weight is None and bool((values != 1.0).any())
    if weight is None:
        values = np.ones(values.size)
    else:
        check_weights(values, signed)
    if not directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    place, first, group = np.unique(source * len(names) + target, return_index=True, return_inverse=True)
    summed = np.zeros(place.size)
    np.add.at(summed, group, values)
    if isinstance(graph, Network) and weight is None:
        summed[:] = 1.0  # a gate that is wired twice to another is one connection, as in the papers
    kept = summed != 0.0  # of opposite signs
    first = first[kept]
    return Edges(
        names, source[first], target[first], summed[kept], directed, values.size - place.size, n_zero, leaves_out,
    )  # fmt: skip


def with_direction(edges: Edges, directed: bool, is_weighted: bool) -> Edges:
    """The same connections with a direction or without.

    Without: as `evomod.measures.graphs.symmetric`. Unweighted, a connection either way, or both, is one edge;
    weighted, the weights of both ways add up, unless they are the same in both directions everywhere.
    With: an edge is a connection each way.
    """
    if edges.directed == directed:
        return edges
    source, target, weight = edges.source, edges.target, edges.weight
    if directed:
        apart = source != target
        source, target = (
            np.concatenate((source, target[apart])),
            np.concatenate((target, source[apart])),
        )
        order = np.lexsort((target, source))
        weight = np.concatenate((weight, weight[apart]))[order]
        return replace(edges, source=source[order], target=target[order], weight=weight, directed=True)
    n = edges.n_nodes
    low, high = np.minimum(source, target), np.maximum(source, target)
    place, first, group = np.unique(low * n + high, return_index=True, return_inverse=True)
    largest = np.full(place.size, -np.inf)
    np.maximum.at(largest, group, weight)
    both = np.bincount(group, minlength=place.size) + (low == high)[first]
    is_same = bool((both == 2).all() and (weight == largest[group]).all())
    value = largest if is_same or not is_weighted else np.bincount(group, weight, place.size)
    kept = value != 0.0
    first = first[kept]
    return replace(edges, source=low[first], target=high[first], weight=value[kept], directed=False)


def is_directed(graph: Graph) -> bool:
    """As the graph says; an array, sparse matrix or table is undirected where it is symmetric."""
    if isinstance(graph, Network):
        return True
    if is_networkx(graph) or is_igraph(graph):
        return bool(graph.is_directed())  # type: ignore[union-attr]
    if is_sparse(graph) or is_table(graph):
        return edges_of(graph, "weight", signed=True).directed
    matrix = dense_numbers(graph)
    return not bool((matrix == np.swapaxes(matrix, -1, -2)).all())


def names_of(graph: Graph) -> tuple[Hashable, ...]:
    """``[node]``: what a graph calls its nodes, or their numbers."""
    if is_networkx(graph):
        return tuple(graph.nodes)  # type: ignore[union-attr]
    if is_igraph(graph):
        any_graph: Any = graph
        for kind in IGRAPH_NAMES:
            names = any_graph.vs[kind] if kind in any_graph.vs.attributes() else []
            if len(set(names)) == any_graph.vcount():
                return tuple(names)
        return tuple(range(any_graph.vcount()))
    if is_table(graph):
        return tuple(_square_table(graph).index)
    if isinstance(graph, Network):
        return tuple(range(graph.n_nodes))
    return tuple(range(graph.shape[0] if is_sparse(graph) else np.shape(graph)[-1]))  # type: ignore[union-attr]


def is_networkx(graph: Any) -> bool:
    """Whether this is a graph of networkx."""
    return hasattr(graph, "nodes") and hasattr(graph, "edges") and hasattr(graph, "is_directed")


def is_igraph(graph: Any) -> bool:
    """Whether this is a graph of igraph."""
    return hasattr(graph, "get_edgelist") and hasattr(graph, "vcount")


def is_sparse(graph: Any) -> bool:
    """Whether this is a sparse matrix or array of scipy."""
    return hasattr(graph, "tocoo") and hasattr(graph, "nnz")


def is_table(graph: Any) -> bool:
    """Whether this is a table of pandas."""
    return hasattr(graph, "columns") and hasattr(graph, "index") and hasattr(graph, "to_numpy")


def check_weights(values: Floats, signed: bool) -> None:
    """Refuse weights that no measure, or none without signs, can take."""
    if not signed and (values < 0).any():
        raise EvomodError(
            "this measure requires weights from 0; the graph has negative ones. Measure it as signed "
            "(--signed; signed='rubinov2011'), count connections (without --weight; weight=None), or take "
            "the absolute values first."
        )
    sizes = np.abs(values[values != 0.0])
    if sizes.min(initial=1.0) < LEAST_WEIGHT or sizes.max(initial=1.0) > MOST_WEIGHT:
        raise EvomodError(
            f"weights are 0 or in size from {LEAST_WEIGHT:g} to {MOST_WEIGHT:g}; the graph has "
            f"{sizes.min():g} to {sizes.max():g}. Give them in another unit."
        )


def check_weight_name(weight: str | None) -> None:
    """Arrays and networks have one kind of weights."""
    if weight not in (None, "weight"):
        raise EvomodError(
            f"the weights of a Network, an array or a table are taken with weight='weight'; got '{weight}'."
        )


def without_gradient(values: Any) -> Any:
    """A tensor of PyTorch as NumPy can read it, on the CPU and dense; everything else as it is."""
    if not (hasattr(values, "detach") and hasattr(values, "layout")):
        return values
    values = values.detach().cpu()
    values = values.to_dense() if "sparse" in str(values.layout) else values
    return values.float() if "bfloat16" in str(values.dtype) else values


def dense_numbers(graph: Any) -> Floats:
    """``[network, source, target]`` of an array of one graph or many, checked."""
    if np.ma.is_masked(graph):
        raise EvomodError("the adjacency has masked entries; fill them first, for example .filled(0).")
    try:
        raw = np.asarray(without_gradient(graph))
        is_real = raw.dtype.kind not in "cmMV"  # which NumPy turns into numbers, or parts of them
        matrices = raw.astype(np.float64) if is_real else None
    except (TypeError, ValueError, OverflowError):
        raise EvomodError(
            "expected a Network, a graph of networkx or igraph, a sparse matrix, or an adjacency "
            f"[node, node]; got {type(graph).__name__}."
        ) from None
    if matrices is None:
        raise EvomodError(f"an adjacency holds real numbers; got an array of {raw.dtype}.")
    if matrices.ndim == 2:
        matrices = matrices[None]
    if matrices.ndim != 3 or matrices.shape[1] != matrices.shape[2]:
        raise EvomodError(
            f"an adjacency is a square array [node, node] (or many, [network, node, node]); got shape "
            f"{np.shape(graph)}."
        )
    if not np.isfinite(matrices).all():
        raise EvomodError("an adjacency holds finite numbers; got NaN or infinity.")
    return np.ascontiguousarray(matrices)


Raw: TypeAlias = tuple[tuple[Hashable, ...], Ints, Ints, Floats, bool]
"""Names, sources, targets, weights, whether directed; parallel connections and those of weight 0 included."""


def _raw(graph: Graph, weight: str | None) -> Raw:
    if isinstance(graph, Network):
        check_weight_name(weight)
        values = np.ones(graph.weight.size) if weight is None else graph.weight
        names = tuple(range(graph.n_nodes))
        return names, graph.source, graph.target, values.astype(np.float64), True
    if is_networkx(graph):
        return _of_networkx(graph, weight)
    if is_igraph(graph):
        return _of_igraph(graph, weight)
    check_weight_name(weight)
    if is_sparse(graph):
        return _of_sparse(graph)
    if is_table(graph):
        table = _square_table(graph)
        return _of_matrix(dense_numbers(table.to_numpy()), tuple(table.index))
    matrices = dense_numbers(graph)
    return _of_matrix(matrices, tuple(range(matrices.shape[1])), np.ndim(graph) == 3)


def _of_matrix(matrices: Floats, names: tuple[Hashable, ...], is_many: bool = False) -> Raw:
    if is_many:
        raise EvomodError(
            f"expected one graph; got an array of {matrices.shape[0]} [network, node, node]."
        )
    matrix = matrices[0]
    directed = not bool((matrix == matrix.T).all())
    source, target = np.nonzero(matrix if directed else np.triu(matrix))
    return names, source, target, matrix[source, target], directed


def _of_sparse(graph: Any) -> Raw:
    if len(graph.shape) != 2 or graph.shape[0] != graph.shape[1]:
        raise EvomodError(f"an adjacency is square, [node, node]; got a sparse matrix of {graph.shape}.")
    if graph.dtype.kind not in "biuf":
        raise EvomodError(f"an adjacency holds real numbers; got a sparse matrix of {graph.dtype}.")
    matrix = graph.tocsr().astype(np.float64)
    matrix.sum_duplicates()
    if not np.isfinite(matrix.data).all():
        raise EvomodError("an adjacency holds finite numbers; got NaN or infinity.")
    directed = bool((matrix != matrix.T).nnz)
    triplets = matrix.tocoo()
    source, target = triplets.coords if hasattr(triplets, "coords") else (triplets.row, triplets.col)
    kept = np.ones(source.size, np.bool_) if directed else source <= target
    names = tuple(range(graph.shape[0]))
    ends = source[kept].astype(np.int64), target[kept].astype(np.int64)
    return names, *ends, triplets.data[kept], directed


def _square_table(table: Any) -> Any:
    """A pandas adjacency with its columns in the order of its rows."""
    rows, columns = list(table.index), list(table.columns)
    if len(set(rows)) < len(rows) or set(rows) != set(columns) or len(rows) != len(columns):
        raise EvomodError(
            "a pandas adjacency has the same names in index and columns, each once; got "
            f"{len(rows)} rows {_some(rows)} and {len(columns)} columns {_some(columns)}. Make a table of "
            "connections into a graph first, for example networkx.from_pandas_edgelist(table)."
        )
    return table[rows]


def _some(names: list[Any]) -> str:
    return ", ".join(shortened(name, 60) for name in names[:3]) + (", …" if len(names) > 3 else "")


def _of_networkx(graph: Any, weight: str | None) -> Raw:
    place = {node: k for k, node in enumerate(graph.nodes)}
    return _of_triples(
        tuple(place),
        ((place[source], place[target], data) for source, target, data in graph.edges(data=True)),
        graph.number_of_edges(),
        bool(graph.is_directed()),
        weight,
    )


def _of_igraph(graph: Any, weight: str | None) -> Raw:
    triples = ((edge.source, edge.target, edge.attributes()) for edge in graph.es)
    return _of_triples(names_of(graph), triples, graph.ecount(), bool(graph.is_directed()), weight)


def _of_triples(
    names: tuple[Hashable, ...],
    triples: Iterator[tuple[int, int, dict[str, Any]]],
    number: int,
    directed: bool,
    weight: str | None,
) -> Raw:
    ends, values = np.empty((2, number), np.int64), np.ones(number)
    for k, (source, target, data) in enumerate(triples):
        ends[0, k], ends[1, k] = source, target
        if weight is not None and weight not in data:
            known = ", ".join(sorted(map(str, data))) or "none"
            raise EvomodError(
                f"the connection {_arrow(names[source], names[target])} has no attribute '{weight}'; its "
                f"attributes: {shortened(known)}. To count connections alone, give weight=None (no --weight)."
            )
        value = data.get(weight or "weight", 1.0)
        if weight is not None:
            values[k] = _number(value, names[source], names[target])
        elif isinstance(value, int | float | np.number):
            values[k] = value  # 0 is no connection; other numbers are only noticed
    return names, ends[0], ends[1], values, directed


def _number(value: Any, source: Any, target: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = np.nan
    if not np.isfinite(number):
        raise EvomodError(
            f"the connection {_arrow(source, target)} has the weight {shown(value)}, which is not a "
            "finite number."
        )
    return number


def _arrow(source: object, target: object) -> str:
    return f"{shortened(source, 60)} -> {shortened(target, 60)}"
