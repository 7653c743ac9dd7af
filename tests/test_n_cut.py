"""n-cut: the oracle's value, scikit-learn's modules, shuffles within layers, the border."""

import math
from collections import Counter
from itertools import pairwise

import naive_measures as naive
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.cluster import SpectralClustering
from threadpoolctl import threadpool_limits

from evomod.bench import n_cut as bench_n_cut
from evomod.errors import EvomodError
from evomod.measures import NCut, graph_of_layers, n_cut
from evomod.measures.graphs import symmetric
from evomod.measures.n_cut import (
    NULLS,
    SEED,
    _embedding,
    _places,
    _ranks,
    _shuffled,
    _two_sides,
    n_cut_of,
)
from evomod.network import Network

SIZES = (12, 9, 9, 6)
RNG = np.random.default_rng


def blocks(n_modules, noise, seed=0, sizes=SIZES):
    """Weights of layers, strong within modules and ``noise`` between them."""
    rng = RNG(seed)
    matrices = []
    for n, m in pairwise(sizes):
        same = np.arange(n)[:, None] % n_modules == np.arange(m) % n_modules
        strong, weak = rng.uniform(0.5, 1.0, (n, m)), noise * rng.uniform(0.5, 1.0, (n, m))
        matrices.append(np.where(same, strong, weak) * rng.choice((-1.0, 1.0), (n, m)))
    return matrices


def sparse_layers(seed, sizes=SIZES, density=0.3):
    """Weights of layers of which most are 0."""
    rng = RNG(seed)
    pairs = pairwise(sizes)
    return [rng.standard_normal(pair) * (rng.random(pair) < density) for pair in pairs]


def undirected(adjacency):
    return symmetric(np.abs(adjacency), "weight")


def by_scikit_learn(weights, k):
    """Labels; one thread, as two take ten times as long where others use the cores."""
    with threadpool_limits(1):
        clustering = SpectralClustering(k, affinity="precomputed", n_init=25, random_state=0)
        return clustering.fit(weights).labels_


def in_order(labels):
    """The same partition, its modules numbered in the order of their first node."""
    numbers = {}
    return [numbers.setdefault(label, len(numbers)) for label in np.asarray(labels).tolist()]


def same(one, other):
    """Whether two results agree in every field."""
    pairs = [(getattr(one, name), getattr(other, name)) for name in NCut.__slots__]
    return all(np.array_equal(a, b, equal_nan=not isinstance(a, str | None)) for a, b in pairs)


# --------------------------------------------------------------------------------------- the value


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    arrays.arrays(float, (7, 7), elements=st.floats(0, 9).map(lambda x: round(x, 3))),
    arrays.arrays(int, 7, elements=st.integers(0, 3)),
)
def test_the_n_cut_of_a_partition_is_the_oracles(weights, modules):
    """Any undirected graph with loops and any partition."""
    both = weights + weights.T
    expected = naive.n_cut(both.tolist(), modules.tolist())
    assert_allclose(n_cut_of(both, modules), expected, rtol=1e-6, atol=1e-6)


def test_an_n_cut_is_that_of_the_graph_of_absolute_weights():
    """Connections of both directions add up; nodes without any are left out."""
    adjacency = np.array([[0, -2, 0, 0], [1, 0, 0.5, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    found = n_cut(adjacency, modules=[0, 0, 1, 7], null=None)
    assert_allclose(found.n_cut, 0.5 / 6.5 + 0.5 / 0.5)
    assert found.modules.tolist() == [0, 0, 1, -1] and found.k == 2
    assert math.isnan(found.p) and found.null is None and found.draws == 0


def test_weights_count_or_only_connections():
    """weight=None takes every connection as 1; a networkx graph may call its weights what it likes."""
    graph = nx.Graph([(0, 1, {"w": 3.0}), (1, 2, {"w": 1.0})])
    given = {"modules": [0, 0, 1], "null": None}
    assert_allclose(n_cut(graph, weight="w", **given).n_cut, 1 / 7 + 1)
    assert_allclose(n_cut(graph, weight=None, **given).n_cut, 1 / 3 + 1)


def test_loops_count_in_the_volume():
    """As in the definition: the volume is the sum of rows."""
    found = n_cut([[3.0, 1.0], [0.0, 0.0]], modules=[0, 1], null=None)
    assert_allclose(found.n_cut, 1 / 7 + 1)  # 3 + 3 of the loop, as both directions add up


# ------------------------------------------------------------------------------------ the clusters


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("noise", [0.05, 0.2])
def test_modules_are_those_of_scikit_learn(k, noise):
    """Layered networks with modules: the same ones, and so the same n-cut."""
    adjacency, _ = graph_of_layers(blocks(k, noise))
    weights = undirected(adjacency)
    theirs = by_scikit_learn(weights, k)
    mine = n_cut(adjacency, k, null=None)
    assert (
        in_order(mine.modules)
        == in_order(theirs)
        == in_order(np.concatenate([np.arange(n) % k for n in SIZES]))
    )
    assert_allclose(mine.n_cut, naive.n_cut(weights.tolist(), theirs.tolist()), rtol=1e-9)


def test_modules_of_a_graph_that_is_not_layered_are_those_of_scikit_learn():
    graph = nx.connected_caveman_graph(4, 6)
    weights = nx.to_numpy_array(graph)
    theirs = by_scikit_learn(weights, 4)
    mine = n_cut(graph, 4, weight=None, null=None)
    assert in_order(mine.modules) == in_order(theirs)
    assert_allclose(mine.n_cut, naive.n_cut(weights.tolist(), theirs.tolist()), rtol=1e-9)


@pytest.mark.parametrize("is_layered", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_the_embedding_is_of_leading_eigenvectors(seed, is_layered):
    """W x = value D x, with the k largest values, and x D x = 1: by the short cut of layers and without."""
    adjacency, _ = graph_of_layers(blocks(3, 0.5, seed))
    adjacency[0, 1] = 0.0 if is_layered else 2.0  # inside a layer: an odd cycle
    weights = undirected(adjacency)
    assert (_two_sides(weights) is not None) == is_layered
    degree = weights.sum(axis=0)
    points = _embedding(weights, 5)
    values = np.linalg.eigvalsh(weights / np.sqrt(degree[:, None] * degree))[-5:]
    assert_allclose(weights @ points, degree[:, None] * points * values, atol=1e-9)
    assert_allclose(points.T @ (degree[:, None] * points), np.eye(5), atol=1e-9)


def test_separate_parts_have_an_n_cut_of_zero():
    """Layered (the block has singular values of 1 alone, then of 0) and not layered."""
    parts = np.kron(np.eye(3), np.triu(np.ones((4, 4)), 1))
    assert_allclose(n_cut(parts, 3, null=None).n_cut, 0.0, atol=1e-9)
    layered, _ = graph_of_layers([np.kron(np.eye(3), np.ones((2, 2)))])
    found = n_cut(layered, 3, null=None)
    assert_allclose(found.n_cut, 0.0, atol=1e-9)
    assert in_order(found.modules) == [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2]
    assert n_cut(layered, 4, null=None).n_cut >= 0.0  # beyond the rank of the block


def test_one_module_and_every_node_a_module():
    adjacency, _ = graph_of_layers(blocks(2, 0.3, sizes=(3, 2)))
    assert n_cut(adjacency, 1, null=None).n_cut == pytest.approx(0.0, abs=1e-9)
    assert n_cut(adjacency, 5, null=None).n_cut == pytest.approx(5.0)


def test_a_layered_network_knows_its_layers():
    """A `Network` needs no layer argument; the same weights as an array do."""
    matrices = blocks(2, 0.1, sizes=(4, 4, 2))
    adjacency, layer = graph_of_layers(matrices)
    source, target = np.nonzero(adjacency)
    network = Network(layer, np.zeros((10, 2)), np.zeros(10), source, target, adjacency[source, target])
    assert same(n_cut(network, 2, draws=5), n_cut(adjacency, 2, draws=5, layer=layer))
    graph = network.to_networkx()
    assert same(n_cut(graph, 2, draws=5), n_cut(adjacency, 2, draws=5, layer=layer))


# --------------------------------------------------------------------------------------- the null


def block_contents(matrix, layer):
    """The weights between every two layers, sorted."""
    matrix = np.abs(matrix)
    pairs = [(a, b) for a in np.unique(layer) for b in np.unique(layer)]
    return {(a, b): sorted(matrix[np.ix_(layer == a, layer == b)].ravel()) for a, b in pairs}


@pytest.mark.parametrize("null", NULLS)
def test_a_shuffle_keeps_the_weights_between_two_layers(null):
    """The same numbers at other places; the oracle's shuffle keeps the same ones."""
    adjacency, layer = graph_of_layers(sparse_layers(1))
    weights = undirected(adjacency)
    shuffled = _shuffled(weights, _places(weights, layer, null), RNG(2))
    assert_array_equal(shuffled, shuffled.T)
    assert block_contents(shuffled, layer) == block_contents(weights, layer)
    assert not np.array_equal(shuffled, weights)
    is_same_wiring = np.array_equal(shuffled != 0, weights != 0)
    assert is_same_wiring == (null == "shuffle-connections-within-layer")
    oracle = np.array(naive.shuffle_within_layers(np.abs(adjacency).tolist(), layer.tolist(), RNG(3)))
    assert block_contents(oracle, layer) == block_contents(np.triu(shuffled), layer)


def test_every_arrangement_is_as_likely_as_in_the_oracle():
    """Two by two weights, one of them 0: 24 arrangements; chi-squared of 23 degrees below 99.9 %."""
    adjacency, layer = graph_of_layers([[[1.0, 2.0], [3.0, 0.0]]])
    weights = undirected(adjacency)
    places, rng = _places(weights, layer, NULLS[0]), RNG(4)
    n = 2400
    mine = Counter(tuple(np.triu(_shuffled(weights, places, rng)).ravel()) for _ in range(n))
    oracles = {
        tuple(np.ravel(naive.shuffle_within_layers(adjacency.tolist(), layer.tolist(), rng)))
        for _ in range(600)
    }
    assert set(mine) == oracles and len(mine) == 24
    assert sum((count - n / 24) ** 2 / (n / 24) for count in mine.values()) < 49.7


def test_connections_that_do_not_lead_to_the_next_layer_stay():
    """Skips, edges within a layer and loops; layers may be numbered in any steps."""
    rng = RNG(5)
    layer = np.repeat([0, 2, 7], 4)
    weights = undirected(rng.random((12, 12)) * (rng.random((12, 12)) < 0.6))
    graph = np.triu(weights)
    shuffled = _shuffled(weights, _places(weights, _ranks(graph, layer), NULLS[0]), rng)
    assert block_contents(shuffled, layer) == block_contents(weights, layer)
    for a in range(3):
        for b in range(3):
            block = np.ix_(layer == [0, 2, 7][a], layer == [0, 2, 7][b])
            assert np.array_equal(shuffled[block], weights[block]) == (abs(a - b) != 1)


def test_modules_are_significant_and_their_absence_is_not():
    adjacency, layer = graph_of_layers(blocks(3, 0.1))
    found = n_cut(adjacency, 3, layer=layer, draws=19)
    assert found.p == 0.05 and found.percentile == 0.0 and found.z < -3
    assert found.n_cut < found.null_mean and found.null == NULLS[0] and found.draws == 19
    adjacency, layer = graph_of_layers(blocks(1, 0.0))
    assert n_cut(adjacency, 3, layer=layer, draws=19).p > 0.05


def test_p_counts_the_draws_at_or_below_and_percentile_half_of_the_equal_ones():
    """With all weights equal every shuffle is the network."""
    adjacency, layer = graph_of_layers([np.ones((3, 3))])
    found = n_cut(adjacency, layer=layer, modules=[0, 1, 2, 0, 1, 2], draws=9)
    assert (found.p, found.percentile) == (1.0, 50.0)
    assert math.isnan(found.z) and found.null_sd < 1e-12
    assert found.null_mean == pytest.approx(found.n_cut)
    # the worst of the two cuts of two weights: half of the shuffles are better, half the same
    adjacency, layer = graph_of_layers([[[3.0, 1.0]], [[2.0], [2.0]]])
    found = n_cut(adjacency, layer=layer, modules=[0, 1, 0, 1], draws=200)
    equal = 2 * found.percentile / 100 - 1
    assert found.p == 1.0 and 0.5 < found.percentile / 100 < 1.0 and 0.3 < 1 - equal < 0.7


def test_given_modules_are_kept_in_the_null():
    """By hand: the mean over all 24 shuffles of a two by two block, which 400 draws come close to."""
    adjacency, layer = graph_of_layers([[[8.0, 1.0], [0.0, 4.0]]])
    modules = [0, 1, 0, 1]
    found = n_cut(adjacency, layer=layer, modules=modules, draws=400)
    values = []
    for seed in range(600):
        drawn = undirected(np.array(naive.shuffle_within_layers(adjacency, layer, RNG(seed))))
        kept = np.flatnonzero(drawn.any(axis=0))
        values.append(naive.n_cut(drawn[np.ix_(kept, kept)].tolist(), np.array(modules)[kept].tolist()))
    assert_allclose([found.null_mean, found.null_sd], [np.mean(values), np.std(values)], rtol=0.15)


def test_a_shuffle_may_leave_fewer_nodes_connected():
    """Five weights of 100 places: nodes fall out, and k is at most the nodes that are left."""
    block = np.zeros((10, 10))
    block[np.arange(5), np.arange(5)] = 1.0
    adjacency, layer = graph_of_layers([block])
    found = n_cut(adjacency, 10, layer=layer, draws=10)
    assert found.n_cut == pytest.approx(10.0) and found.null_mean < 10.0


def test_the_same_generator_gives_the_same_result():
    adjacency, layer = graph_of_layers(blocks(2, 0.4))
    one, other, standard = (
        n_cut(adjacency, 4, layer=layer, draws=5, rng=rng) for rng in (RNG(1), RNG(1), None)
    )
    assert same(one, other)
    assert same(standard, n_cut(adjacency, 4, layer=layer, draws=5, rng=RNG(SEED)))
    assert one.null_mean != standard.null_mean


def test_the_workload_of_the_bench_finds_what_scikit_learn_finds():
    result = bench_n_cut.measure_n_cut((12, 8, 4), k=3, draws=2, plain_draws=1)
    assert result["ratio"] > 0.0 and result["ms_per_n_cut"] > 0.0
    assert result["n_cut"] == pytest.approx(result["sklearn_n_cut"], abs=0.05)
    assert "scikit-learn: " in bench_n_cut.report(result)


def test_the_workload_of_the_bench_runs_without_scikit_learn(monkeypatch):
    monkeypatch.setattr(bench_n_cut, "find_spec", lambda name: None)
    result = bench_n_cut.measure_n_cut((12, 8, 4), k=3, draws=2)
    assert result["sklearn_n_cut"] is None and result["ratio"] is None
    assert "scikit-learn is not installed" in bench_n_cut.report(result)


# -------------------------------------------------------------------------------------- the border

PAIR = [[0.0, 1.0], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"k": 3}, "k wants a whole number of modules from 1 to the graph's 2 connected nodes; got 3"),
        ({"k": 0}, "got 0"),
        ({"k": 2.0}, "got 2.0"),
        ({"null": "rewired"}, "there is no null 'rewired'; known: shuffle-within-layer"),
        ({"draws": 0}, "draws wants a whole number from 1; got 0"),
        ({"k": 2}, "the layers of the graph are not known"),
        ({"modules": [0]}, "modules wants 2 whole numbers"),
        ({"modules": [0.5, 1.0]}, "modules wants 2 whole numbers"),
        ({"modules": [0, -1]}, "modules leaves out node 1"),
        ({"layer": [0, 1, 2], "k": 2}, "layer requires 2 whole numbers"),
        ({"graph": [[0.0, math.nan], [0.0, 0.0]]}, "finite numbers"),
        ({"graph": np.zeros((3, 3))}, "from 1 to the graph's 0 connected nodes"),
        ({"graph": np.zeros((3, 3)), "modules": [0, 0, 1]}, "has no connection"),
        ({"graph": np.zeros((2, 3, 3))}, "expected one graph"),
    ],
)
def test_bad_input_is_one_sentence(given, message):
    with pytest.raises(EvomodError, match=message):
        n_cut(**{"graph": PAIR, **given})


def test_a_network_with_a_weight_that_is_no_number_is_one_sentence():
    adjacency, layer = graph_of_layers([[[1.0], [2.0]]])
    source, target = np.nonzero(adjacency)
    made = Network(layer, np.zeros((3, 2)), np.zeros(3), source, target, np.array([1.0, math.nan]))
    with pytest.raises(EvomodError, match="weights are finite numbers"):
        n_cut(made, 2)


@pytest.mark.parametrize(
    ("matrices", "message"),
    [
        ([], "a list of weight matrices"),
        ([[1.0, 2.0]], "a list of weight matrices"),
        (["x"], "a list of weight matrices"),
        (3, "a list of weight matrices"),
        ([np.ones((2, 3)), np.ones((2, 1))], "shape \\(2, 3\\) is followed by one of \\(2, 1\\)"),
    ],
)
def test_matrices_that_are_no_layers_are_one_sentence(matrices, message):
    with pytest.raises(EvomodError, match=message):
        graph_of_layers(matrices)


def test_where_no_shuffle_changes_the_cut_it_is_said():
    """Two pairs of layers that one strong chain each holds together: the best cut in two is between layers."""
    adjacency, layer = graph_of_layers([np.ones((3, 3)), np.full((3, 1), 1e-6), np.ones((1, 2))])
    found = n_cut(adjacency, 2, layer=layer, draws=20)
    assert np.isnan(found.z) and found.null_sd < 1e-9
    assert found.note.startswith("the n-cut with k = 2 says nothing")
    rng = np.random.default_rng(1)
    adjacency, layer = graph_of_layers([rng.random((8, 8)), rng.random((8, 4)), rng.random((4, 2))])
    assert n_cut(adjacency, 3, layer=layer, draws=20).note == ""
