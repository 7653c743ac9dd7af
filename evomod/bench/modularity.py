"""Which Q: how close each method comes to the proved optimum, and how long it takes, beside libraries."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from evomod.measures.communities import quality_of
from evomod.measures.edges import Edges, edges_of
from evomod.measures.files import read_graph
from evomod.measures.modularity import modularity, q_of_many, undirected

LAYERS, CONNECTIONS = (8, 8, 4, 2, 1), (30, 60)
NETWORKS, SEED = 60, 1
OURS = ("clune2013", "leading-eigenvector", "refined")
REPEATS = 3
"""The shortest time counts, and of the processor only, so that other work on the machine adds little."""

Matrix = NDArray[np.float64]
Search = Callable[[Any], Any]
Library = tuple[str, Search, Callable[[Matrix], Any]]


def random_layered(
    n: int,
    rng: np.random.Generator,
    layers: tuple[int, ...] = LAYERS,
    connections: tuple[int, int] = CONNECTIONS,
) -> NDArray[np.float64]:
    """``[network, source, target]``: networks with some of the connections between adjacent layers."""
    first = np.cumsum((0, *layers))
    sizes = zip(first[:-2], first[1:-1], first[2:], strict=True)
    places = [(a, b) for start, end, last in sizes for a in range(start, end) for b in range(end, last)]
    networks = np.zeros((n, first[-1], first[-1]))
    for network in networks:
        chosen = rng.permutation(len(places))[: rng.integers(connections[0], connections[1] + 1)]
        for place in chosen:
            network[places[place]] = 1.0
    return networks


def which_q(n: int = NETWORKS, seconds: float = 10.0) -> dict[str, Any]:
    """One row per method: microseconds a network, the mean of Q over the optimum, and the agreement of modules with it.

    Agreement is the mean adjusted mutual information (NaN without scikit-learn). Each is judged by the Q that it maximises, directed or undirected. Networks whose optimum is not proved
    within ``seconds`` are left out.
    """
    networks = random_layered(n, np.random.default_rng(SEED))
    rows, left_out = [], 0
    for is_directed in (True, False):
        matrices = networks if is_directed else undirected(networks)
        best, exact_times = _exact(matrices, seconds)
        known = np.array([partition.is_optimal for partition in best])
        left_out += int((~known).sum())
        matrices, best = matrices[known], [partition for partition in best if partition.is_optimal]
        optimum = np.array([partition.q for partition in best])
        ideal = [partition.modules for partition in best]
        rows.append(_row("exact", is_directed, float(np.median(exact_times)), optimum, optimum, 1.0))
        for method in OURS if is_directed else OURS[1:]:
            q_of_many(matrices[:1], method)
            took, (q, modules) = _shortest(partial(q_of_many, matrices, method))
            agreement = _mean_agreement(ideal, modules)
            rows.append(_row(method, is_directed, took / len(matrices), q, optimum, agreement))
        for name, search, convert in _libraries(is_directed):
            rows.append(_by_library(name, is_directed, search, convert, matrices, optimum, ideal))
    return {"networks": n, "optimum_not_proved": left_out, "methods": rows}


def report(result: dict[str, Any]) -> str:
    """The rows as a table for people."""
    lines = [
        f"which Q: {result['networks']} random networks of layers {'-'.join(map(str, LAYERS))} with "
        f"{CONNECTIONS[0]} to {CONNECTIONS[1]} connections",
        f"{'method':<34}{'µs/network':>12}{'Q / optimum':>13}{'least':>8}{'optimal':>9}{'agreement':>11}",
    ]
    for row in result["methods"]:
        name = f"{row['method']}, {'directed' if row['directed'] else 'undirected'}"
        lines.append(
            f"{name:<34}{row['us_per_network']:>12.0f}{row['q_over_optimum']:>13.4f}"
            f"{row['least']:>8.3f}{row['share_optimal']:>9.0%}{row['agreement']:>11.3f}"
        )
    if result["optimum_not_proved"]:
        lines.append(f"left out, optimum not proved: {result['optimum_not_proved']}")
    return "\n".join(lines)


def _row(
    name: str,
    is_directed: bool,
    seconds: float,
    q: NDArray[Any],
    optimum: NDArray[Any],
    agreement: float,
) -> dict[str, Any]:
    share = q / optimum
    return {
        "method": name,
        "directed": is_directed,
        "us_per_network": round(1e6 * seconds, 1),
        "q_over_optimum": round(float(share.mean()), 5),
        "least": round(float(share.min()), 5),
        "share_optimal": round(float((share > 1.0 - 1e-9).mean()), 4),
        "agreement": round(agreement, 4),
    }


def _exact(matrices: Matrix, seconds: float) -> tuple[list[Any], list[float]]:
    """Partitions, and the seconds that each took."""
    modularity(matrices[0], "exact", weight="weight", time_limit=seconds)
    best, times = [], []
    for matrix in matrices:
        begun = time.process_time()
        best.append(modularity(matrix, "exact", weight="weight", time_limit=seconds))
        times.append(time.process_time() - begun)
    return best, times


def _shortest(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came out last."""
    times, result = [], None
    for _ in range(REPEATS):
        begun = time.process_time()
        result = act()
        times.append(time.process_time() - begun)
    return min(times), result


def _libraries(is_directed: bool) -> list[Library]:
    """Name, search (a graph's list of sets or list of labels) and maker of the graph, of what is installed."""
    louvain: Search = lambda graph: nx.community.louvain_communities(graph, seed=1)  # noqa: E731
    if is_directed:
        found: list[Library] = [("networkx louvain", louvain, _networkx_directed)]
        if find_spec("igraph") and find_spec("leidenalg"):
            found.append(("leidenalg", _leidenalg, _igraph_directed))
        return found
    found = [
        ("networkx louvain", louvain, nx.from_numpy_array),
        ("networkx fast-greedy", nx.community.greedy_modularity_communities, nx.from_numpy_array),
    ]
    if find_spec("igraph"):
        found += [
            (
                "igraph fast-greedy",
                lambda g: g.community_fastgreedy().as_clustering().membership,
                _igraph,
            ),
            ("igraph leading eigenvector", _igraph_eigenvector, _igraph),
            ("igraph louvain", lambda g: g.community_multilevel().membership, _igraph),
            ("igraph leiden", lambda g: g.community_leiden("modularity").membership, _igraph),
        ]
    return found


def _by_library(
    name: str,
    is_directed: bool,
    search: Search,
    convert: Callable[[Matrix], Any],
    matrices: Matrix,
    optimum: NDArray[Any],
    ideal: list[NDArray[np.int64]],
) -> dict[str, Any]:
    """Its row; making the library's graph is not counted, and Q is taken from its modules by our formula."""
    nodes = [np.flatnonzero(matrix.any(axis=0) | matrix.any(axis=1)) for matrix in matrices]
    inner = [matrix[np.ix_(node, node)] for matrix, node in zip(matrices, nodes, strict=True)]
    graphs = [convert(matrix) for matrix in inner]
    search(graphs[0])
    took, found = _shortest(lambda: [search(graph) for graph in graphs])
    labels = [_labels(len(matrix), modules) for matrix, modules in zip(inner, found, strict=True)]
    q = np.array([_quality(matrix, label) for matrix, label in zip(inner, labels, strict=True)])
    agreement = _mean_agreement(
        [modules[node] for modules, node in zip(ideal, nodes, strict=True)], labels
    )
    return _row(name, is_directed, took / len(graphs), q, optimum, agreement)


def _labels(n_nodes: int, modules: Any) -> NDArray[np.int64]:
    """``[node]`` of sets of nodes, or of labels."""
    label = np.zeros(n_nodes, np.int64)
    for number, module in enumerate(modules):
        if isinstance(module, int):
            label[number] = module
        else:
            label[list(module)] = number
    return label


def _quality(matrix: Matrix, label: NDArray[np.int64]) -> float:
    expected = np.outer(matrix.sum(axis=1), matrix.sum(axis=0)) / matrix.sum()
    return float((matrix - expected)[label[:, None] == label].sum() / matrix.sum())


def _mean_agreement(ideal: Iterable[NDArray[np.int64]], found: Iterable[NDArray[np.int64]]) -> float:
    return float(np.mean([_agreement(one, other) for one, other in zip(ideal, found, strict=True)]))


def _networkx_directed(matrix: Matrix) -> Any:
    return nx.from_numpy_array(matrix, create_using=nx.DiGraph)


def _igraph_directed(matrix: Matrix) -> Any:
    import igraph

    return igraph.Graph(len(matrix), np.argwhere(matrix).tolist(), directed=True)


def _igraph(matrix: Matrix) -> Any:
    import igraph

    return igraph.Graph(len(matrix), np.argwhere(np.triu(matrix)).tolist())


def _igraph_eigenvector(graph: Any) -> Any:
    with warnings.catch_warnings():  # of its eigenvalue solver, on disconnected graphs
        warnings.simplefilter("ignore")
        return graph.community_leading_eigenvector().membership


def _leidenalg(graph: Any) -> Any:
    import leidenalg

    return leidenalg.find_partition(graph, leidenalg.ModularityVertexPartition, seed=1).membership


RUNS = 20
"""Of leidenalg on a larger network, of which the best counts."""
PLANTED = ((300, 0.2), (300, 0.4), (1000, 0.2), (1000, 0.4))
"""Nodes and mixing of the networks with planted modules (Lancichinetti, Fortunato & Radicchi 2008)."""
MOST_NODES_SPECTRAL = 300


def planted(n: int, mixing: float) -> tuple[nx.Graph, NDArray[np.int64]]:
    """A network with planted modules, and these ``[node]``."""
    graph = nx.LFR_benchmark_graph(
        n, 3, 1.5, mixing, average_degree=8, min_community=15, seed=SEED, max_iters=2000
    )
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    truth = np.array([min(graph.nodes[node]["community"]) for node in range(n)])
    return nx.Graph(graph.edges), truth[list(nx.Graph(graph.edges))]


def on_networks(folder: Path | None = None) -> list[dict[str, Any]]:
    """A row per network and method: Q over the best that any of them found, seconds, agreement of modules.

    Networks are those with planted modules, three of networkx, and those in ``folder``, which may be anyone's own.
    Agreement is adjusted mutual information (Vinh et al. 2010), with the planted modules or else with the best
    partition found; NaN without scikit-learn.
    """
    graphs: list[tuple[str, Any, NDArray[np.int64] | None]] = [
        (f"LFR, {n} nodes, mixing {mixing}", *planted(n, mixing)) for n, mixing in PLANTED
    ]
    graphs += [
        ("karate club", nx.karate_club_graph(), None),
        ("les miserables", nx.les_miserables_graph(), None),
        ("florentine families", nx.florentine_families_graph(), None),
    ]
    for path in sorted(folder.iterdir()) if folder is not None else ():
        if path.is_file():
            graphs.append((path.name, read_graph(path), None))
    return [row for name, graph, truth in graphs for row in _of_network(name, graph, truth)]


def _of_network(name: str, graph: Any, truth: NDArray[np.int64] | None) -> list[dict[str, Any]]:
    edges = edges_of(graph)
    found: list[tuple[str, float, NDArray[np.int64]]] = []
    methods = ["refined", "refined-once"]
    methods += ["leading-eigenvector"] if edges.n_nodes <= MOST_NODES_SPECTRAL else []
    for method in methods:
        seconds, partition = _timed(partial(modularity, graph, method))
        found.append((method, seconds, partition.modules))
    for method, search in _other_searches(edges):
        seconds, labels = _timed(search)
        found.append((method, seconds, np.where(edges.degrees() > 0, labels, -1)))
    q = [quality_of(edges, modules) for _, _, modules in found]
    best = found[int(np.argmax(q))][2] if truth is None else truth
    return [
        {
            "network": name,
            "nodes": edges.n_nodes,
            "connections": int(edges.source.size),
            "directed": edges.directed,
            "method": method,
            "q": value,
            "q_over_best": value / max(q),
            "seconds": round(seconds, 4),
            "agreement": _agreement(best, modules),
            "with": "planted" if truth is not None else "best",
        }
        for (method, seconds, modules), value in zip(found, q, strict=True)
    ]


def _timed(act: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.process_time()
    result = act()
    return time.process_time() - begun, result


def _other_searches(edges: Edges) -> list[tuple[str, Callable[[], Any]]]:
    """networkx's Louvain, and the best of `RUNS` of leidenalg where it is installed."""
    kind = nx.DiGraph if edges.directed else nx.Graph
    ends = list(zip(edges.source.tolist(), edges.target.tolist(), strict=True))
    graph = kind()
    graph.add_nodes_from(range(edges.n_nodes))
    graph.add_weighted_edges_from(
        (a, b, w) for (a, b), w in zip(ends, edges.weight.tolist(), strict=True)
    )

    def louvain() -> NDArray[np.int64]:
        labels = np.zeros(edges.n_nodes, np.int64)
        for number, members in enumerate(nx.community.louvain_communities(graph, seed=1)):
            labels[list(members)] = number
        return labels

    searches: list[tuple[str, Callable[[], Any]]] = [("networkx louvain", louvain)]
    if not (find_spec("igraph") and find_spec("leidenalg")):
        return searches
    import igraph
    import leidenalg

    other = igraph.Graph(edges.n_nodes, ends, directed=edges.directed)

    def leiden() -> NDArray[np.int64]:
        runs = [
            leidenalg.find_partition(
                other, leidenalg.ModularityVertexPartition, weights=edges.weight.tolist(), seed=seed
            )
            for seed in range(RUNS)
        ]
        return np.array(max(runs, key=lambda run: run.quality()).membership)

    return [*searches, (f"leidenalg, best of {RUNS}", leiden)]


def _agreement(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Adjusted mutual information of two partitions of the nodes that both hold."""
    if not find_spec("sklearn"):
        return float("nan")
    from sklearn.metrics import adjusted_mutual_info_score

    both = (one >= 0) & (other >= 0)
    return float(adjusted_mutual_info_score(one[both], other[both]))


def report_networks(rows: list[dict[str, Any]]) -> str:
    """The rows as a table."""
    lines = [
        "| network | nodes, connections | method | Q | Q / best | CPU s | agreement |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row['network']} | {row['nodes']}, {row['connections']} | {row['method']} | {row['q']:.5f} | "
            f"{row['q_over_best']:.4f} | {row['seconds']:.3f} | {row['agreement']:.3f} ({row['with']}) |"
        )
    return "\n".join(lines)
