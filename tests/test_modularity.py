"""Q by every method: the optimum against brute force and libraries, borders, and what each refuses."""

from pathlib import Path

import igraph
import leidenalg
import naive
import naive_measures
import networkx as nx
import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import evomod
from evomod.bench import modularity as bench_modularity
from evomod.errors import EvomodError
from evomod.measures import METHODS, modularity, optimum, q_of_many, quality
from evomod.measures.modularity import MOST_NODES, UNDIRECTED_ONLY, UNWEIGHTED_ONLY, undirected
from evomod.network import Network

SMALL = (4, 4, 2, 1), (12, 20)
NONE = np.zeros(0, np.int64)
BOTH = [(method, directed) for method in METHODS for directed in (True, False)]
ALLOWED = [
    (method, directed)
    for method, directed in BOTH
    if not (directed and method in UNDIRECTED_ONLY) and (directed or method != "clune2013")
]


def random_digraph(rng, most, loops=False):
    """0 or 1, with a connection."""
    n = int(rng.integers(2, most + 1))
    matrix = (rng.random((n, n)) < rng.uniform(0.1, 0.7)).astype(float)
    if not loops:
        np.fill_diagonal(matrix, 0.0)
    matrix[0, 1] = 1.0
    return matrix


def one_way(matrix):
    """Of an undirected graph: every connection once, which is what the oracle wants."""
    return np.triu(np.maximum(matrix, matrix.T))


def sets_of(modules):
    return [set(np.flatnonzero(modules == k).tolist()) for k in range(modules.max() + 1)]


# ------------------------------------------------------------------------------------ the optimum


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("weights", ["binary", "whole", "real"])
def test_exact_is_the_best_of_all_partitions(directed, weights):
    """Up to seven nodes, loops and parts without a connection between them included."""
    rng = np.random.default_rng(len(weights))
    for _ in range(25):
        matrix = random_digraph(rng, 7, loops=True)
        if weights == "whole":
            matrix *= rng.integers(1, 9, matrix.shape)
        if weights == "real":
            matrix *= rng.random(matrix.shape) * 10.0 ** rng.uniform(-9, 9)
        weight = None if weights == "binary" else "weight"
        given = one_way(matrix) if not directed and weight is None else matrix
        symmetric = not directed and weight and (matrix == matrix.T).all()
        best = modularity(matrix, "exact", directed=directed, weight=weight)
        expected = naive_measures.best_q((np.triu(given) if symmetric else given).tolist(), directed)[0]
        assert_allclose(best.q, expected, rtol=0, atol=1e-9)
        assert best.is_optimal and best.q <= best.bound <= best.q + 1e-6
        if weights == "binary":
            assert_allclose(best.bound, best.q, rtol=0, atol=1e-12)


def test_exact_is_the_best_of_all_partitions_of_nine_nodes():
    matrix = random_digraph(np.random.default_rng(1), 9)
    while len(matrix) < 9:
        matrix = np.pad(matrix, ((0, 1), (0, 1)))
        matrix[-1, 0] = 1.0
    best, _ = naive.best_partition(matrix.tolist())
    assert_allclose(modularity(matrix, "exact").q, best, atol=1e-12)


@pytest.mark.parametrize("directed", [True, False])
def test_exact_is_igraphs_optimum(directed):
    rng = np.random.default_rng(2)
    graphs = [random_digraph(rng, 14) for _ in range(40)]
    graphs += list(bench_modularity.random_layered(20, rng, *SMALL)) if directed else []
    for matrix in graphs:
        edges = np.argwhere(matrix if directed else one_way(matrix)).tolist()
        graph = igraph.Graph(len(matrix), edges, directed=directed)
        expected = graph.community_optimal_modularity().modularity
        best = modularity(matrix, "exact", directed=directed)
        assert_allclose(best.q, expected, rtol=0, atol=1e-9)
        assert best.is_optimal


@pytest.mark.parametrize("method", ["exact", "refined"])
def test_the_karate_club_has_its_known_optimum(method):
    """0.4198 in 4 modules (Brandes et al. 2008)."""
    club = nx.karate_club_graph()
    best = modularity(club, method, directed=False)
    assert round(best.q, 4) == 0.4198 and best.n_modules == 4
    assert round(modularity(club, method, directed=False, weight="weight").q, 4) == 0.4449


@pytest.mark.parametrize(
    ("method", "q"),
    [("leading-eigenvector", 0.3934), ("fast-greedy", 0.3807), ("girvan-newman", 0.4013)],
)
def test_the_karate_club_has_its_known_q_by_method(method, q):
    """Newman (2006) before refinement, Newman (2004), Newman & Girvan (2004)."""
    assert round(modularity(nx.karate_club_graph(), method, directed=False).q, 4) == q


def test_exact_does_not_depend_on_the_order_of_nodes_nor_on_the_unit():
    rng = np.random.default_rng(3)
    for matrix in bench_modularity.random_layered(15, rng, *SMALL):
        best = modularity(matrix, "exact")
        for unit in (1.0, 1e-12, 3.0, 1e150):
            order = rng.permutation(len(matrix))
            moved = matrix[np.ix_(order, order)] * unit
            found = modularity(moved, "exact", weight="weight")
            assert found.is_optimal
            assert_allclose(found.q, best.q, rtol=0, atol=1e-9)


def test_pairs_that_are_set_are_not_set_again():
    """A network whose start is close to the optimum, and whose pruning once went too far because of it."""
    rng = np.random.default_rng(3)
    matrix = bench_modularity.random_layered(6, rng)[3]
    order = [rng.permutation(len(matrix)) for _ in range(4)][3]
    moved = matrix[np.ix_(order, order)]
    assert modularity(moved, "refined").q < 0.36 < modularity(matrix, "refined").q
    for best in (modularity(moved, "exact"), modularity(matrix, "exact")):
        assert best.is_optimal
        assert_allclose(best.q, 494 / 37**2, rtol=0, atol=1e-12)


def test_branching_finds_the_optimum_where_cuts_do_not(monkeypatch):
    """Without cuts the relaxation of layered networks is far off and the tree is large."""
    monkeypatch.setattr(
        optimum, "_cut_rows", lambda problem, x, n: optimum._triangle_rows(problem, NONE)
    )
    parts = []
    relaxed = optimum._relaxed
    monkeypatch.setattr(optimum, "_relaxed", lambda *given: parts.append(1) or relaxed(*given))
    rng = np.random.default_rng(4)
    for matrix in bench_modularity.random_layered(25, rng, *SMALL):
        graph = igraph.Graph(len(matrix), np.argwhere(matrix).tolist(), directed=True)
        best = modularity(matrix, "exact")
        assert_allclose(best.q, graph.community_optimal_modularity().modularity, atol=1e-9)
        assert best.is_optimal
    assert len(parts) > 30


@pytest.mark.parametrize("limit", [1e-9, 0.02])
def test_past_its_time_exact_says_what_is_proved_and_claims_nothing(limit):
    (matrix,) = bench_modularity.random_layered(1, np.random.default_rng(5))
    best = modularity(matrix, "exact")
    stopped = modularity(matrix, "exact", time_limit=limit)
    assert best.is_optimal and not stopped.is_optimal
    assert stopped.q <= best.q <= stopped.bound <= 1.0
    assert stopped.q >= modularity(matrix, "leading-eigenvector").q


def test_a_start_that_is_bad_does_not_matter():
    """Nor that it parts nodes that are contracted; what is pruned depends on it."""
    (matrix,) = bench_modularity.random_layered(1, np.random.default_rng(6), *SMALL)
    nodes = np.flatnonzero(matrix.any(axis=0) | matrix.any(axis=1))
    inner = matrix[np.ix_(nodes, nodes)]
    best = modularity(matrix, "exact").q
    rng = np.random.default_rng(7)
    for start in (
        np.arange(nodes.size),
        np.zeros(nodes.size, np.int64),
        *rng.integers(0, 4, (20, nodes.size)),
    ):
        modules, bound = optimum.optimum(inner, start, 60.0)
        assert_allclose(bound, best, rtol=0, atol=1e-12)
        assert_allclose(naive.directed_q(inner.tolist(), modules.tolist()), best, rtol=0, atol=1e-12)


# ---------------------------------------------------------------------------------- every method


@st.composite
def digraphs(draw):
    """Any directed graph of up to eight nodes, isolated nodes and loops included."""
    n = draw(st.integers(1, 8))
    bits = draw(st.integers(0, 2 ** (n * n) - 1))
    return np.array([[(bits >> (i * n + j)) & 1 for j in range(n)] for i in range(n)], float)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(digraphs())
def test_no_method_is_above_exact_nor_refined_below_the_leading_eigenvector(matrix):
    """And Q is that of the modules, which hold every node with a connection."""
    touched = matrix.any(axis=0) | matrix.any(axis=1)
    best = {directed: modularity(matrix, "exact", directed=directed) for directed in (True, False)}
    for method, directed in ALLOWED:
        found = modularity(matrix, method, directed=directed)
        assert (found.method, found.directed) == (method, directed)
        assert_array_equal(found.modules >= 0, touched)
        assert set(found.modules[touched].tolist()) == set(range(found.n_modules))
        given = matrix if directed else one_way(matrix)
        assert_allclose(
            found.q,
            naive_measures.weighted_q(given.tolist(), found.modules.tolist(), directed),
            atol=1e-12,
        )
        assert found.q <= best[directed].q + 1e-12
        if method == "refined":
            lower = modularity(matrix, "leading-eigenvector", directed=directed)
            assert found.q >= lower.q - 1e-12


@pytest.mark.parametrize(("method", "directed"), ALLOWED)
def test_q_is_that_of_networkx_and_of_the_definition(method, directed):
    """Weighted where the method takes weights, loops included."""
    rng = np.random.default_rng(7)
    weight = None if method in UNWEIGHTED_ONLY else "weight"
    for _ in range(20):
        matrix = random_digraph(rng, 16, loops=True) * rng.integers(1, 9, 1)
        graph = nx.DiGraph(matrix) if directed else nx.Graph(one_way(matrix))
        found = modularity(graph, method, directed=directed, weight=weight)
        sets = [*sets_of(found.modules), *({int(k)} for k in np.flatnonzero(found.modules < 0))]
        by_networkx = nx.community.modularity(graph, sets, weight=weight)
        assert_allclose(found.q, by_networkx, rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", ["refined", "exact", "leading-eigenvector"])
def test_weights_count(method):
    """A square of strong and weak connections is parted where they are weak."""
    square = np.zeros((4, 4))
    square[[0, 2], [1, 3]], square[[1, 3], [2, 0]] = 5.0, 0.5
    for directed in (True, False):
        found = modularity(square, method, directed=directed, weight="weight")
        assert found.modules.tolist() == [0, 0, 1, 1]
        assert_allclose(found.q, 10 / 11 - 0.5)


def test_girvan_newman_has_the_oracles_q():
    """Layered and other graphs; the edge that goes first is the same also where several are equal."""
    rng = np.random.default_rng(8)
    graphs = [random_digraph(rng, 10) for _ in range(40)]
    graphs += list(bench_modularity.random_layered(5, rng, *SMALL))
    for matrix in graphs:
        found = modularity(matrix, "girvan-newman", directed=False)
        expected, _ = naive_measures.girvan_newman(matrix.tolist())
        assert_allclose(found.q, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", ["louvain", "refined"])
def test_a_generator_decides_and_without_one_the_result_is_always_the_same(method):
    matrices = bench_modularity.random_layered(20, np.random.default_rng(9))
    first, again = (q_of_many(matrices, method)[0] for _ in range(2))
    assert_array_equal(first, again)
    seeded = [q_of_many(matrices, method, np.random.default_rng(seed))[1] for seed in (1, 1, 2)]
    assert_array_equal(seeded[0], seeded[1])
    assert (seeded[0] != seeded[2]).any()


def test_refined_is_nearly_always_the_optimum_and_better_than_leiden():
    """0.999 of it, measured 1.0000 on these and 0.9999 on two hundred others."""
    matrices = bench_modularity.random_layered(6, np.random.default_rng(10))
    refined, _ = q_of_many(matrices, "refined")
    best, _ = q_of_many(matrices, "exact")
    assert (refined <= best + 1e-12).all() and (refined / best).mean() >= 0.999
    for k, matrix in enumerate(matrices):
        graph = igraph.Graph(len(matrix), np.argwhere(matrix).tolist(), directed=True)
        leiden = leidenalg.find_partition(graph, leidenalg.ModularityVertexPartition, seed=1)
        assert leiden.quality() <= best[k] + 1e-9
        assert leiden.quality() <= refined[k] + 1e-9


def test_many_graphs_give_a_list():
    matrices = bench_modularity.random_layered(5, np.random.default_rng(11), *SMALL)
    for method, directed in ALLOWED:
        found = modularity(matrices, method, directed=directed)
        assert len(found) == 5
        if method != "louvain":  # whose draws go on from graph to graph
            assert [each.q for each in found] == [
                modularity(each, method, directed=directed).q for each in matrices
            ]
    assert modularity(np.zeros((0, 3, 3))) == []


# --------------------------------------------------------------------------------------- borders


@pytest.mark.parametrize(("method", "directed"), ALLOWED)
def test_a_graph_without_connections_has_q_0_and_no_module(method, directed):
    found = modularity(np.zeros((3, 3)), method, directed=directed)
    assert found.q == 0.0 and found.modules.tolist() == [-1, -1, -1] and found.n_modules == 0
    assert found.is_optimal == (method == "exact")
    with pytest.raises(EvomodError, match="the graph has no nodes"):
        modularity(np.zeros((0, 0)), method, directed=directed)
    loop = modularity([[1.0, 0.0], [0.0, 0.0]], method, directed=directed)
    assert loop.q == 0.0 and loop.modules.tolist() == [0, -1]


def test_a_loop_of_an_undirected_graph_counts_at_both_ends():
    """As in networkx."""
    graph = nx.Graph([(0, 0), (0, 1), (1, 2)])
    assert undirected(nx.to_numpy_array(graph)).diagonal().tolist() == [2.0, 0.0, 0.0]
    best = modularity(graph, "exact", directed=False)
    assert_allclose(best.q, nx.community.modularity(graph, sets_of(best.modules)))


def test_ends_are_left_out_of_a_network_only():
    """Two pairs of hidden neurons, which the input and the output join."""
    source, target = np.array([0, 0, 1, 2, 3, 4]), np.array([1, 2, 3, 4, 5, 5])
    layer = np.array([0, 1, 1, 2, 2, 3])
    network = Network(layer, np.zeros((6, 2)), np.zeros(6), source, target, np.ones(6))
    inner = modularity(network, "exact", ends=False)
    assert inner.q == 0.5 and inner.modules.tolist() == [-1, 0, 1, 0, 1, -1]
    assert modularity(network, "exact").q < 0.5
    with pytest.raises(EvomodError, match="inputs and outputs of a Network"):
        modularity(network.to_networkx(), ends=False)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"method": "metis"}, f"no method 'metis'; known: {', '.join(METHODS)}"),
        (
            {"method": "fast-greedy", "directed": True},
            "'fast-greedy' is for undirected graphs; give directed=False",
        ),
        ({"method": "girvan-newman", "directed": True}, "'girvan-newman' is for undirected graphs"),
        ({"method": "clune2013", "directed": False}, "'clune2013' is that of one program, for directed"),
        ({"method": "clune2013", "weight": "weight"}, "'clune2013' knows no weights"),
        ({"method": "girvan-newman", "directed": False, "weight": "weight"}, "knows no weights"),
        ({"method": "exact", "time_limit": 0.0}, "time_limit wants seconds, above 0; got 0.0"),
        ({"method": "exact", "time_limit": float("nan")}, "time_limit wants seconds"),
    ],
)
def test_what_a_method_cannot_take_is_refused(changes, words):
    with pytest.raises(EvomodError, match=words):
        modularity(np.eye(3), **changes)


def test_graphs_that_have_no_q_are_refused():
    with pytest.raises(EvomodError, match="weights from 0"):
        modularity([[0.0, -1.0], [0.0, 0.0]], "refined", weight="weight")
    many = np.roll(np.eye(MOST_NODES + 1), 1, axis=1)
    with pytest.raises(
        EvomodError, match=f"at most {MOST_NODES} nodes with a connection; the graph has 61"
    ):
        modularity(many, "exact")
    with pytest.raises(EvomodError, match="not symmetric"):
        q_of_many(np.triu(np.ones((1, 4, 4)), 1), "fast-greedy")
    assert evomod.modularity(np.pad(many, (0, 5))[:60, :60], "exact").is_optimal


def test_a_ring_of_cliques_is_parted_into_them():
    """Up to the largest graph that exact takes."""
    cliques = np.kron(np.eye(12), np.ones((5, 5)) - np.eye(5))
    for k in range(12):
        cliques[5 * k, (5 * k + 9) % 60] = 1.0
    for method in ("refined", "exact"):
        found = modularity(cliques, method)
        assert found.modules.tolist() == np.repeat(np.arange(12), 5).tolist()


# ----------------------------------------------------------------------------------------- bench


def test_the_bench_knows_every_method_and_library():
    result = bench_modularity.which_q(3)
    rows = {(row["method"], row["directed"]): row for row in result["methods"]}
    for method, directed in (
        ("refined", True),
        ("exact", False),
        ("leidenalg", True),
        ("igraph leiden", False),
    ):
        assert rows[method, directed]["us_per_network"] > 0
        assert 0.5 < rows[method, directed]["q_over_optimum"] <= 1.0 + 1e-9
        assert 0.0 < rows[method, directed]["agreement"] <= 1.0 + 1e-9
    assert rows["exact", True]["share_optimal"] == 1.0
    text = bench_modularity.report(result)
    assert all(method in text for method, _ in rows)


@pytest.mark.parametrize(
    ("adjacencies", "said"),
    [
        (np.full((1, 3, 3), np.nan), "finite"),
        (-np.ones((1, 3, 3)), "weights from 0"),
        (np.ones((1, 3, 4)), "square"),
        ("text", "expected a Network"),
    ],
)
def test_many_graphs_are_checked_as_one_is(adjacencies, said):
    with pytest.raises(EvomodError, match=said):
        q_of_many(adjacencies)


@pytest.mark.parametrize(
    "method", [name for name in METHODS if name not in ("clune2013", "girvan-newman")]
)
@pytest.mark.parametrize("unit", [1e-150, 1e150])
def test_the_largest_and_the_least_weights_leave_q_as_it_is(method, unit):
    graph = nx.to_numpy_array(nx.karate_club_graph(), weight=None)[:12, :12]
    expected, found = (
        modularity(graph * size, method, directed=False, weight="weight").q for size in (1.0, unit)
    )
    assert_allclose(found, expected, rtol=0, atol=1e-9)


def test_the_bench_compares_methods_on_planted_modules_and_own_networks(tmp_path, monkeypatch):
    monkeypatch.setattr(bench_modularity, "PLANTED", ((250, 0.1),))
    monkeypatch.setattr(bench_modularity, "RUNS", 2)
    nx.write_gml(nx.path_graph(6), tmp_path / "path.gml")
    rows = bench_modularity.on_networks(tmp_path)
    assert {row["network"] for row in rows} >= {"LFR, 250 nodes, mixing 0.1", "karate club", "path.gml"}
    for row in rows:
        assert 0.0 < row["q_over_best"] <= 1.0
    refined = {row["network"]: row for row in rows if row["method"] == "refined"}
    assert all(row["q_over_best"] == pytest.approx(1.0) for row in refined.values())
    planted = refined["LFR, 250 nodes, mixing 0.1"]
    assert planted["with"] == "planted" and planted["agreement"] > 0.9
    assert "| path.gml | 6, 5 | refined |" in bench_modularity.report_networks(rows)


def test_modules_of_a_series_and_of_text_go_by_the_names_of_nodes():
    graph = nx.Graph([("a", "c"), ("c", "b"), ("b", "d")])
    given = {"a": 0, "b": 1, "c": 0, "d": 1}
    q = quality(graph, given)
    assert quality(graph, pandas.Series(given)) == q
    assert quality(graph, pandas.Series([0, 0, 1, 1])) == q  # in the order of the nodes: a, c, b, d
    square = np.roll(np.eye(4), 1, axis=1)
    assert quality(square, {"0": "x", "1": "x", "2": "y", "3": "y"}) == quality(square, [0, 0, 1, 1])
    with pytest.raises(EvomodError, match="leave out 1 node"):
        quality(square, {"0": "x", "1": "x", "2": "y", "3": "-1"})  # below 0: none
    with pytest.raises(EvomodError, match="nodes? that the graph does not have: 7"):
        quality(square, {"0": "x", "1": "x", "2": "y", "3": "y", "7": "y"})


@pytest.mark.parametrize("what", ["a.csv", Path("a.csv"), None, [[0, 1], [1]]], ids=repr)
def test_what_is_no_graph_is_told_in_a_sentence(what):
    with pytest.raises(
        EvomodError, match="expected a Network, a graph of networkx|an adjacency is a square array"
    ):
        modularity(what, "refined")
