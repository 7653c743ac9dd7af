"""Q of given partitions and the search for the best one: brute force, other programs, resolution, signs."""

import igraph
import leidenalg
import networkx as nx
import numpy as np
import pandas
import pytest
import scipy.sparse
from numpy.testing import assert_allclose

from evomod import measures
from evomod.errors import EvomodError
from evomod.measures import communities
from evomod.measures.communities import SIGNED, best_partition, links_of, quality_of
from evomod.measures.edges import edges_of, with_direction
from evomod.measures.graphs import symmetric
from evomod.measures.modularity import q_of_many, undirected

SYMMETRIC = [
    [0, -5, 1, -1, -1, 0], [-5, 0, -2, 7, 0, -1], [1, -2, 0, -1, 1, 0],
    [-1, 7, -1, 0, 1, -1], [-1, 0, 1, 1, 0, 2], [0, -1, 0, -1, 2, 0],
]  # fmt: skip


def partitions(n):
    def grown(labels, number):
        if len(labels) == n:
            yield np.array(labels)
            return
        for k in range(number + 1):
            yield from grown([*labels, k], max(number, k + 1))

    return list(grown([], 0))


def by_definition(matrix, modules, resolution, signed, directed):
    """The sum over all pairs of nodes, as the papers write it."""
    if not directed:
        matrix = matrix + np.diag(np.diag(matrix))
    together = modules[:, None] == modules
    parts, totals = [], []
    for part in (np.maximum(matrix, 0), np.maximum(-matrix, 0)):
        m = part.sum()
        expected = np.outer(part.sum(axis=1), part.sum(axis=0)) / m if m else 0.0
        parts.append((part - resolution * expected)[together].sum())
        totals.append(m)
    if signed is None:
        return parts[0] / totals[0]
    first = sum(totals) if signed == "gomez2009" else totals[0]
    return (parts[0] / first if first else 0.0) - parts[1] / sum(totals)


def drawn(rng, most, signed):
    n = int(rng.integers(2, most + 1))
    matrix = (rng.random((n, n)) < 0.5) * rng.integers(-3 if signed else 1, 4, (n, n)).astype(float)
    matrix = matrix if rng.random() < 0.5 else matrix + matrix.T
    touched = np.flatnonzero(matrix.any(axis=0) | matrix.any(axis=1))
    return matrix[np.ix_(touched, touched)] if touched.size else np.array([[0.0, 1.0], [0.0, 0.0]])


@pytest.mark.parametrize("signed", [None, *SIGNED])
@pytest.mark.parametrize("resolution", [0.5, 1.0, 1.7])
def test_the_search_finds_the_best_of_all_partitions(signed, resolution):
    rng = np.random.default_rng([int(10 * resolution), len(signed or "")])
    for _ in range(25):
        matrix = drawn(rng, 6, signed is not None)
        edges = edges_of(matrix, "weight", signed=True)
        every = [
            by_definition(matrix, p, resolution, signed, edges.directed) for p in partitions(len(matrix))
        ]
        found = best_partition(links_of(edges, resolution, signed), np.random.default_rng(0))
        q = quality_of(edges, found, resolution, signed)
        assert_allclose(q, max(every), rtol=0, atol=1e-12)
        assert_allclose(q, by_definition(matrix, found, resolution, signed, edges.directed), atol=1e-12)


@pytest.mark.parametrize(
    ("signed", "q"), [("rubinov2011", 0.595486111111111), ("gomez2009", 0.4027777777777778)]
)
def test_signed_q_is_that_of_bctpy(signed, q):
    """bctpy 0.6.1, modularity_louvain_und_sign with qtype "sta" and "gja", on weights made here."""
    found = measures.modularity(SYMMETRIC, "refined", weight="weight", signed=signed)
    assert_allclose(found.q, q, rtol=0, atol=1e-12)
    assert found.modules.tolist() == [0, 1, 0, 1, 0, 0] and found.signed == signed
    assert_allclose(measures.quality(SYMMETRIC, found, weight="weight", signed=signed), q, atol=1e-12)


DIRECTED = [
    [0, 0, 0, 2, 2, 0, 0, 2, 3], [0, 0, 2, 0, 0, 0, 0, 0, 0], [0, 3, 0, 4, 0, 4, 0, 0, 2],
    [0, 0, 1, 0, 4, 0, 0, 3, 0], [0, 0, 1, 0, 0, 0, 3, 0, 0], [0, 0, 2, 3, 0, 0, 0, 0, 0],
    [0, 0, 0, 2, 0, 0, 0, 0, 3], [0, 4, 0, 0, 0, 0, 4, 0, 0], [0, 0, 0, 0, 0, 0, 0, 4, 0],
]  # fmt: skip
MIXED = [
    [0, 0, 0, -2, -2, 0, 0, 2, 3], [0, 0, 2, 0, 0, 0, 0, 0, 0], [0, 2, 0, 4, 0, -4, 0, 0, -2],
    [-2, 0, 4, 0, -4, 0, 0, -3, 0], [-2, 0, 0, -4, 0, 0, -3, 0, 0], [0, 0, -4, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, -3, 0, 0, 0, -3], [2, 0, 0, -3, 0, 0, 0, 0, 0], [3, 0, -2, 0, 0, 0, -3, 0, 0],
]  # fmt: skip


@pytest.mark.parametrize(
    ("matrix", "modules", "wish", "q"),
    [
        (DIRECTED, [1, 1, 2, 2, 3, 1, 2, 3, 3], {"weight": "weight"}, -0.15755053507728894),
        (DIRECTED, [1, 1, 2, 2, 3, 1, 2, 3, 3], {}, -0.15192743764172334),
        (DIRECTED, [1, 1, 2, 2, 3, 1, 2, 3, 3], {"weight": "weight", "resolution": 1.4}, -0.29643281807372174),
        (DIRECTED, [1, 0, 0, 1, 1, 0, 2, 2, 2], {"weight": "weight"}, 0.18876337693222367),
        (DIRECTED, [3, 1, 1, 2, 3, 1, 0, 0, 0], {"resolution": 1.4}, 0.022222222222222254),
        (MIXED, [0, 1, 1, 1, 0, 0, 1, 0, 0], {"weight": "weight", "signed": "rubinov2011"}, 0.7778370780579569),
        (MIXED, [0, 1, 1, 1, 0, 0, 1, 0, 0], {"weight": "weight", "signed": "gomez2009"}, 0.44239711694954664),
        (
            MIXED, [0, 1, 1, 1, 0, 0, 1, 0, 0],
            {"weight": "weight", "signed": "rubinov2011", "resolution": 1.3}, 0.7288352602988735,
        ),
        (
            MIXED, [0, 1, 1, 1, 0, 0, 1, 0, 0],
            {"weight": "weight", "signed": "gomez2009", "resolution": 1.3}, 0.4957044873285283,
        ),
    ],
)  # fmt: skip
def test_directed_and_signed_q_with_a_resolution_is_that_of_bctpy(matrix, modules, wish, q):
    """bctpy 0.6.1 on weights made here: modularity_dir (kci given), modularity_finetune_dir, and community_louvain
    with "negative_asym" and "negative_sym"."""
    assert_allclose(measures.quality(matrix, modules, **wish), q, rtol=0, atol=1e-12)
    assert measures.modularity(matrix, "refined", **wish).q >= q - 1e-12


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("resolution", [0.6, 1.0, 2.0])
def test_q_of_a_partition_is_that_of_networkx_and_igraph(directed, resolution):
    rng = np.random.default_rng(4)
    for _ in range(10):
        n = int(rng.integers(3, 12))
        kind = nx.MultiDiGraph if directed else nx.MultiGraph
        graph = kind()
        graph.add_nodes_from(f"n{k}" for k in range(n))
        for _ in range(2 * n):
            a, b = rng.integers(0, n, 2)
            graph.add_edge(f"n{a}", f"n{b}", weight=float(rng.integers(1, 5)))
        labels = rng.integers(0, 3, n)
        named = {f"n{k}": f"module {labels[k]}" for k in range(n)}
        sets = [{f"n{k}" for k in np.flatnonzero(labels == c)} for c in set(labels.tolist())]
        for weight in (None, "weight"):
            q = measures.quality(graph, named, weight=weight, resolution=resolution)
            expected = nx.community.modularity(graph, sets, weight=weight, resolution=resolution)
            assert_allclose(q, expected, rtol=0, atol=1e-12)
            assert q == measures.quality(graph, sets, weight=weight, resolution=resolution)
            other = igraph.Graph.from_networkx(graph)
            by_igraph = other.modularity(
                labels.tolist(), weights=weight, resolution=resolution, directed=directed
            )
            assert_allclose(q, by_igraph, rtol=0, atol=1e-12)


def test_a_loop_of_an_undirected_graph_counts_at_both_of_its_ends():
    """The graph of the findings: 0.20833, where taking it as directed gives 0.21488."""
    graph = nx.Graph([(1, 1), (1, 2), (1, 3), (1, 4), (2, 4), (3, 5)])
    found = measures.modularity(graph, "refined")
    assert round(found.q, 5) == 0.20833 and not found.directed
    assert found.q == measures.modularity(nx.to_numpy_array(graph), "exact").q
    assert round(measures.modularity(graph, "refined", directed=True).q, 5) == 0.21488
    assert measures.modularity(
        graph
    ).directed  # the program of Clune et al. knows directed networks only


def test_names_are_kept_by_every_kind_of_graph():
    graph = nx.DiGraph([("AVAL", "AVAR"), ("AVAR", "AVAL"), ("PVCL", "PVCR")])
    found = measures.modularity(graph, "refined")
    assert found.by_name == {"AVAL": 0, "AVAR": 0, "PVCL": 1, "PVCR": 1}
    table = pandas.DataFrame(nx.to_numpy_array(graph), index=list(graph), columns=list(graph))
    assert measures.modularity(table, "refined").by_name == found.by_name
    other = igraph.Graph.from_networkx(graph)
    assert measures.modularity(other, "refined").by_name == found.by_name
    other.vs["label"] = ["A", "B", "C", "D"]  # as igraph reads GML files
    assert list(measures.modularity(other, "refined").by_name) == ["A", "B", "C", "D"]
    other.vs["name"] = ["same"] * 4
    assert list(measures.modularity(other, "refined").by_name) == ["A", "B", "C", "D"]
    matrix = scipy.sparse.csr_array(nx.to_numpy_array(graph))
    assert measures.modularity(matrix, "exact").by_name == {0: 0, 1: 0, 2: 1, 3: 1}


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ({"a": 0, "b": 0}, "leave out 1 node with connections: c"),
        ({"a": 0, "b": 0, "c": 1, "x": 1}, "name 1 node that the graph does not have: x"),
        ([0, 1], "one for each of the graph's 4 nodes"),
        ([0, -1, 0, 0], "leave out 1 node"),
        ([{"a", "b"}, {"b", "c"}], "overlap"),
        ({"a": 0, "b": 0, "c": [1]}, "a number or a name"),
        (3, "one for each"),
    ],
)
def test_modules_that_do_not_fit_are_refused(modules, said):
    graph = nx.DiGraph([("a", "b"), ("b", "c")])
    graph.add_node("alone")
    assert measures.quality(graph, {"a": 0, "b": 0, "c": 1}) == measures.quality(graph, [0, 0, 1, -1])
    with pytest.raises(EvomodError, match=said):
        measures.quality(graph, modules)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"resolution": 0.0}, "resolution is a number above 0"),
        ({"resolution": -1}, "resolution is a number above 0"),
        ({"resolution": float("nan")}, "resolution is a number above 0"),
        ({"resolution": "high"}, "resolution is a number above 0"),
        ({"signed": "newman", "weight": "weight"}, "signed is None or one of gomez2009, rubinov2011"),
        ({"signed": "gomez2009"}, "weights are not asked for"),
        ({"weight": "weight"}, "requires weights from 0"),
        ({"method": "louvain", "resolution": 2.0}, "knows no resolution; give method='refined'"),
        ({"method": "exact", "weight": "weight", "signed": "gomez2009"}, "knows no negative weights"),
    ],
)
def test_what_is_no_objective_is_refused(changes, said):
    with pytest.raises(EvomodError, match=said):
        measures.modularity(SYMMETRIC, **({"method": "refined"} | changes))


def test_a_graph_of_negative_weights_alone_falls_into_nodes_without_links_between_them():
    pair = [[0.0, -1.0], [-1.0, 0.0]]
    for signed in SIGNED:
        found = measures.modularity(pair, "refined", weight="weight", signed=signed)
        assert found.modules.tolist() == [0, 1] and found.q == 0.5
    empty = measures.modularity(np.zeros((2, 2)), "refined", weight="weight", signed="gomez2009")
    assert empty.q == 0.0 and empty.modules.tolist() == [-1, -1]


def test_a_larger_resolution_makes_smaller_modules():
    graph = nx.les_miserables_graph()
    number = [measures.modularity(graph, "refined", resolution=r).n_modules for r in (0.2, 1.0, 5.0)]
    assert number[0] < number[1] < number[2]


def random_networks():
    yield nx.gnm_random_graph(100, 300, seed=1, directed=True)
    yield nx.gnm_random_graph(100, 120, seed=2)
    yield nx.barabasi_albert_graph(150, 3, seed=3)
    yield nx.connected_watts_strogatz_graph(150, 6, 0.2, seed=4)
    yield nx.random_partition_graph([20] * 6, 0.3, 0.03, seed=5, directed=True)
    yield nx.les_miserables_graph()
    # which cliques go in pairs is hard to find, and so are sparse graphs of up to 64 nodes for the dense search alone
    yield nx.ring_of_cliques(29, 4)
    yield nx.ring_of_cliques(23, 3)
    yield nx.ring_of_cliques(20, 3)
    for seed in (24, 25, 34):
        sparse = nx.gnm_random_graph(58, 70, seed=seed)
        yield nx.Graph(sparse.edges)


@pytest.mark.parametrize("graph", list(random_networks()))
def test_the_search_finds_no_less_than_twenty_runs_of_leidenalg(graph):
    found = measures.modularity(graph, "refined")
    other = igraph.Graph(
        len(graph), list(nx.convert_node_labels_to_integers(graph).edges), graph.is_directed()
    )
    best = max(
        leidenalg.find_partition(other, leidenalg.ModularityVertexPartition, seed=seed).quality()
        for seed in range(20)
    )
    assert found.q >= best - 1e-12
    assert found.q >= measures.modularity(graph, "refined-once").q
    named = np.maximum(
        found.modules, 0
    )  # -1, no module, which older ones refuse, is that of nodes without links
    assert_allclose(other.modularity(named.tolist()), found.q, atol=1e-12)


def test_planted_modules_are_found():
    graph = nx.planted_partition_graph(8, 40, 0.4, 0.01, seed=1)
    found = measures.modularity(graph, "refined")
    assert found.modules.tolist() == [k for k in range(8) for _ in range(40)]


@pytest.mark.parametrize("inside", [0.0, 0.8])
@pytest.mark.parametrize("signed", [None, "gomez2009"])
def test_a_large_graph_is_searched_by_cycles_that_never_lose(inside, signed, monkeypatch):
    """A random one, and one of 40 modules: as good as one whole search within 1 %, and better than no cycle."""
    monkeypatch.setattr(communities, "MANY", 500)
    rng = np.random.default_rng(3)
    source, target = rng.integers(2000, size=(2, 7000))
    target = np.where(rng.random(7000) < inside, source // 50 * 50 + target % 50, target)
    weight = np.where(rng.random(7000) < 0.1, -1.0, 1.0) if signed else np.ones(7000)
    matrix = scipy.sparse.coo_array((weight, (source, target)), shape=(2000, 2000))
    edges = edges_of(matrix, "weight", signed=signed is not None)
    links = links_of(edges, 1.0, signed)

    def q(modules):
        return quality_of(edges, modules, 1.0, signed)

    begun = communities._by_levels(links, np.random.default_rng(1))
    steps = [begun]
    for seed in range(3):
        steps.append(communities._cycled(links, steps[-1], np.random.default_rng(seed)))
    values = [q(modules) for modules in steps]
    assert values == sorted(values) and values[-1] > values[0]
    whole = communities._searched(links, np.arange(2000), 8 * 2000, np.random.default_rng(1))[0]
    assert q(best_partition(links, np.random.default_rng(1))) > max(0.99 * q(whole), values[0])


def test_a_graph_of_ten_thousand_nodes():
    graph = scipy.sparse.random_array((10_000, 10_000), density=3e-4, rng=np.random.default_rng(1))
    found = measures.modularity(graph, "refined-once")
    assert found.directed and found.q > 0.4
    assert_allclose(measures.quality(graph, found), found.q, atol=1e-12)


def test_many_large_graphs_are_searched_one_after_the_other():
    graphs = np.stack([nx.to_numpy_array(nx.gnm_random_graph(70, 210, seed=s)) for s in (1, 2)])
    q, modules = q_of_many(undirected(graphs), "refined-once", np.random.default_rng(3))
    for each, labels, graph in zip(q, modules, graphs, strict=True):
        assert_allclose(each, measures.quality(graph, labels), atol=1e-12)


def test_a_direction_is_taken_away_as_from_dense_arrays_and_given():
    rng = np.random.default_rng(6)
    for trial in range(60):
        n = int(rng.integers(1, 6))
        matrix = (rng.random((n, n)) < 0.5) * rng.integers(1, 4, (n, n)).astype(float)
        weight = "weight" if trial % 2 else None
        given = matrix if weight else (matrix != 0).astype(float)
        edges = edges_of(matrix, weight)
        both = with_direction(edges, False, weight is not None)
        dense = np.zeros((n, n))
        dense[both.source, both.target] = both.weight
        dense = np.maximum(dense, dense.T)
        expected = symmetric(given, weight)
        if weight and not (matrix == matrix.T).all():  # there a loop is summed with itself
            expected = expected - np.diag(np.diag(given))
        assert dense.tolist() == expected.tolist()
        again = with_direction(both, True, weight is not None)
        assert again.directed
        back = np.zeros((n, n))
        back[again.source, again.target] = again.weight
        assert back.tolist() == dense.tolist()


@pytest.mark.parametrize(("n", "searches"), [(1_000, 9), (10_000, 2)])
def test_large_graphs_are_searched_less_often(n, searches, monkeypatch):
    """The kicks of all searches, in those of one, with what the last one takes beyond the limit."""
    spent = []

    def counted(links, start, kicks, rng, is_merged=True):
        spent.append(kicks)
        return start.astype(np.int64) // 3, float(
            len(spent)
        )  # ever better, so that only the limit ends it

    monkeypatch.setattr(communities, "_searched", counted)
    ring = np.arange(n)
    matrix = scipy.sparse.coo_array((np.ones(n), (ring, (ring + 1) % n)), shape=(n, n))
    best_partition(links_of(edges_of(matrix)), np.random.default_rng(1))
    one = 8 * n
    assert searches * one <= sum(spent) + one and sum(spent) <= (searches + 2) * one
    assert spent[0] == one


def test_one_small_graph_is_searched_twice_and_many_are_once_as_runs_log_them():
    graph = nx.Graph(nx.gnm_random_graph(58, 70, seed=4).edges)
    matrix = nx.to_numpy_array(graph)
    both = measures.modularity(graph, "refined").q
    once = measures.modularity(graph, "refined-once").q
    assert both > once + 1e-9
    assert measures.modularity(matrix, "refined").q == both
    assert q_of_many(matrix[None], "refined")[0][0] == once
    found = measures.normalised_modularity(matrix, draws=2, method="refined", directed=False)
    assert found.q == once  # its nulls are searched once too


def test_partitions_of_other_programs_and_lists_of_nodes_are_modules():
    graph = igraph.Graph.Famous("Zachary")
    parts = graph.community_leiden("modularity")
    found = leidenalg.find_partition(graph, leidenalg.ModularityVertexPartition, seed=1)
    assert measures.quality(graph, parts) == pytest.approx(parts.modularity)
    assert measures.quality(graph, list(parts)) == measures.quality(graph, parts)
    assert measures.quality(graph, found) == pytest.approx(found.modularity)
    assert measures.quality(nx.path_graph(4), [[0, 1], [2, 3]]) == measures.quality(
        nx.path_graph(4), [0, 0, 1, 1]
    )
    with pytest.raises(EvomodError, match="modules are a dict by the names of nodes"):
        measures.quality(nx.path_graph(3), [[0, 1], 2])
