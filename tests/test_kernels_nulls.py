"""Null models: equal to the oracle draw by draw, keep what they claim, and are uniform."""

import math
from collections import Counter
from fractions import Fraction

import naive_measures as oracle
import numpy as np
import pytest
from conftest import size
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.stats import chisquare

from evomod.kernels import nulls as kernels
from evomod.kernels import pointer_to
from evomod.measures.nulls import random_graphs


def random_graph(n, density, seed, layered=False):
    """A digraph with loops, and layers ``[node]``; layered: connections lead to the next layer."""
    rng = np.random.default_rng(seed)
    layer = np.sort(rng.integers(0, 3, n))
    graph = (rng.random((n, n)) < density).astype(float)
    if layered:
        graph *= layer[:, None] + 1 == layer
    return graph, layer


SHAPES = [(1, 1.0), (2, 0.5), (3, 0.6), (5, 0.0), (5, 1.0), (6, 0.3), (9, 0.2), (12, 0.15), (12, 0.6)]


def rewired(graph, layer, swaps, draws, seed, undirected=False):
    """Rewirings by the kernel."""
    graphs = np.full((draws, *graph.shape), np.nan)
    rng = np.random.default_rng(seed)
    ends, pair = np.full((graph.size, 2), -7, np.int64), np.full(2, -7, np.int64)
    kernels.rewire(graph, np.asarray(layer), undirected, swaps, pointer_to(rng), ends, pair, graphs)
    return graphs, rng


# ------------------------------------------------------------------------------- against oracles


@pytest.mark.parametrize("with_layers", [False, True])
def test_rewiring_equals_the_oracle_draw_by_draw(with_layers):
    for n, density in SHAPES:
        for seed in range(size(20, 3)):
            graph, layer = random_graph(n, density, seed, layered=seed % 2 == 1)
            layer = layer if with_layers else np.zeros(n, np.int64)
            heavy = graph * 0.5
            graphs, rng = rewired(heavy, layer, 40, 3, seed)
            same = np.random.default_rng(seed)
            for found in graphs:
                if with_layers:
                    expected = oracle.rewire_layered(graph.tolist(), layer.tolist(), 40, same)
                else:
                    expected = oracle.rewire(graph.tolist(), 40, same)
                assert_array_equal(found, expected)
            assert rng.random() == same.random()


def rewire_undirected(a, swaps, rng):
    """Undirected edges i < j, row after row; the third draw of an attempt turns the second edge round."""
    now = [[int(weight != 0) for weight in row] for row in a]
    edges = [(i, j) for i in range(len(a)) for j in range(i + 1, len(a)) if a[i][j]]
    for _ in range(swaps if edges else 0):
        first, second = int(rng.random() * len(edges)), int(rng.random() * len(edges))
        if rng.random() < 0.5:
            edges[second] = edges[second][::-1]
        (s1, t1), (s2, t2) = edges[first], edges[second]
        if first == second or s1 == t2 or s2 == t1 or now[s1][t2] or now[s2][t1]:
            continue
        for i, j, there in ((s1, t1, 0), (s2, t2, 0), (s1, t2, 1), (s2, t1, 1)):
            now[i][j] = now[j][i] = there
        edges[first], edges[second] = (s1, t2), (s2, t1)
    return now


def test_rewiring_of_undirected_graphs_equals_its_definition():
    for n, density in SHAPES:
        for seed in range(size(20, 3)):
            graph = np.triu(random_graph(n, density, seed)[0])
            graph = np.maximum(graph, graph.T)
            graphs, rng = rewired(graph, np.zeros(n, np.int64), 40, 3, seed, undirected=True)
            same = np.random.default_rng(seed)
            for found in graphs:
                assert_array_equal(found, rewire_undirected(graph.tolist(), 40, same))
            assert rng.random() == same.random()


def test_shuffled_weights_equal_the_oracle_draw_by_draw():
    for seed in range(size(40, 8)):
        graph, layer = random_graph(1 + seed % 12, 0.5, seed)
        weights = graph * np.random.default_rng(seed).standard_normal(graph.shape)
        layer = np.unique(layer, return_inverse=True)[1]
        found = random_graphs(
            weights, "shuffle-within-layer", 3, np.random.default_rng(seed), layer=layer, weight="weight"
        )
        rng = np.random.default_rng(seed)
        for draw in found:
            assert_array_equal(draw, oracle.shuffle_within_layers(weights.tolist(), layer.tolist(), rng))


def test_scattered_connections_equal_the_oracle_draw_by_draw():
    for seed in range(size(40, 8)):
        graph, layer = random_graph(3 + seed % 9, 0.3, seed, layered=True)
        graph[0, 2] = 1.0  # asymmetric whatever was drawn
        layer[2] = layer[0] + 1
        graph *= layer[:, None] < layer
        n, m = graph.shape[0], int(graph.sum())
        for given_layer in (None, layer):
            found = random_graphs(
                graph, "erdos-renyi", 3, np.random.default_rng(seed), layer=given_layer
            )
            rng = np.random.default_rng(seed)
            for draw in found:
                expected = oracle.erdos_renyi(n, m, rng, None if given_layer is None else layer.tolist())
                assert_array_equal(draw, expected)


# ------------------------------------------------------------------------- what a null preserves


@settings(deadline=None, max_examples=size(100, 10))
@given(st.integers(1, 10), st.floats(0.0, 1.0), st.integers(0, 2**32), st.booleans())
def test_rewiring_keeps_degrees_and_loops(n, density, seed, layered):
    graph = random_graph(n, density, seed, layered)[0]
    draws = random_graphs(graph, "degree-preserving", 5, np.random.default_rng(seed))
    assert set(np.unique(draws)) <= {0.0, 1.0}
    for draw in draws:
        assert_array_equal(draw.sum(axis=0), graph.sum(axis=0))
        assert_array_equal(draw.sum(axis=1), graph.sum(axis=1))
        assert_array_equal(np.diag(draw), np.diag(graph))


@settings(deadline=None, max_examples=size(100, 10))
@given(st.integers(1, 10), st.floats(0.0, 1.0), st.integers(0, 2**32), st.booleans())
def test_layered_rewiring_keeps_the_degrees_to_and_from_every_layer(n, density, seed, layered):
    graph, layer = random_graph(n, density, seed, layered)
    draws = random_graphs(graph, "layered", 5, np.random.default_rng(seed), layer=layer)
    for draw in draws:
        for each in np.unique(layer):
            here = layer == each
            assert_array_equal(draw[here].sum(axis=0), graph[here].sum(axis=0))
            assert_array_equal(draw[:, here].sum(axis=1), graph[:, here].sum(axis=1))
        assert_array_equal(np.diag(draw), np.diag(graph))
        if layered:
            sources, targets = np.nonzero(draw)
            assert_array_equal(layer[sources] + 1, layer[targets])


@settings(deadline=None, max_examples=size(60, 8))
@given(st.integers(1, 10), st.floats(0.0, 1.0), st.integers(0, 2**32))
def test_rewiring_keeps_an_undirected_graph_undirected(n, density, seed):
    graph = np.triu(random_graph(n, density, seed)[0])
    graph = np.maximum(graph, graph.T)
    for null in ("degree-preserving", "erdos-renyi"):
        for draw in random_graphs(graph, null, 3, np.random.default_rng(seed)):
            assert_array_equal(draw, draw.T)
            assert draw.sum() == graph.sum()
            assert_array_equal(np.diag(draw), np.diag(graph))
            if null == "degree-preserving":
                assert_array_equal(draw.sum(axis=0), graph.sum(axis=0))


@settings(deadline=None, max_examples=size(60, 8))
@given(st.integers(1, 10), st.floats(0.0, 1.0), st.integers(0, 2**32))
def test_shuffles_keep_the_weights_of_every_block(n, density, seed):
    graph, layer = random_graph(n, density, seed)
    rng = np.random.default_rng(seed)
    weights, rank = graph * rng.standard_normal((n, n)), np.unique(layer, return_inverse=True)[1]
    draws = random_graphs(weights, "shuffle-within-layer", 3, rng, layer=layer, weight="weight")
    for draw in draws:
        for a in range(rank.max() + 1):
            for b in range(rank.max() + 1):
                block = np.ix_(rank == a, rank == b)
                if b == a + 1:
                    assert_array_equal(np.sort(draw[block], None), np.sort(weights[block], None))
                else:
                    assert_array_equal(draw[block], weights[block])


@settings(deadline=None, max_examples=size(60, 8))
@given(st.integers(2, 10), st.floats(0.0, 1.0), st.integers(0, 2**32))
def test_scattered_graphs_keep_the_numbers_of_connections_and_loops(n, density, seed):
    graph, layer = random_graph(n, density, seed)
    rng = np.random.default_rng(seed)
    for draw in random_graphs(graph, "erdos-renyi", 3, rng):
        assert draw.sum() == graph.sum()
        assert_array_equal(np.diag(draw), np.diag(graph))
    forward = graph * (layer[:, None] < layer)
    for draw in random_graphs(forward, "erdos-renyi", 3, rng, layer=layer):
        assert draw.sum() == forward.sum()
        assert not draw[layer[:, None] >= layer].any()


# ------------------------------------------------------------------------------------ uniformity


def network(n, *connections):
    """Adjacency of unit weights, as the oracle takes it."""
    a = [[0] * n for _ in range(n)]
    for source, target in connections:
        a[source][target] = 1
    return a


ANY = network(6, (0, 0), (0, 3), (2, 4), (3, 1), (4, 2), (4, 5), (5, 0), (5, 2), (5, 3))
FORWARD = network(8, (0, 0), (0, 3), (0, 4), (1, 4), (1, 5), (2, 3), (3, 6), (4, 7), (5, 6))
SIDEWAYS = network(8, (0, 4), (1, 5), (2, 6), (3, 4), (0, 1), (2, 3), (4, 5), (6, 7))


def chances(graphs, possible, draws):
    """p of the hypothesis that all possible graphs are as likely."""
    found = Counter(tuple(tuple(int(x) for x in row) for row in graph) for graph in graphs)
    assert set(found) <= set(possible)
    assert draws / len(possible) >= 5
    return chisquare([found[graph] for graph in possible]).pvalue


def test_rewirings_are_uniform_over_all_graphs_with_these_degrees():
    draws, possible = size(20_000, 1500), oracle.all_rewirings(ANY)
    assert possible == oracle.reachable_rewirings(ANY) and len(possible) == 147
    graphs = random_graphs(ANY, "degree-preserving", draws, np.random.default_rng(1))
    assert chances(graphs, possible, draws) > 0.001


@pytest.mark.parametrize(
    ("graph", "layer", "number"),
    [(FORWARD, [0, 0, 0, 1, 1, 1, 2, 2], 15), (SIDEWAYS, [0] * 4 + [1] * 4, 48)],
)
def test_layered_rewirings_are_uniform_over_all_graphs_with_these_layers(graph, layer, number):
    draws, possible = size(20_000, 1000), oracle.all_rewirings(graph, layer)
    assert possible == oracle.reachable_rewirings(graph, layer) and len(possible) == number
    graphs = random_graphs(graph, "layered", draws, np.random.default_rng(2), layer=layer)
    assert chances(graphs, possible, draws) > 0.001


def undirected_like(graph):
    """All simple undirected graphs with the degrees of one."""
    n = graph.shape[0]
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    found = []
    for code in range(2 ** len(pairs)):
        if code.bit_count() == int(graph.sum()) // 2:
            other = np.zeros((n, n), int)
            for bit, (i, j) in enumerate(pairs):
                other[i, j] = other[j, i] = code >> bit & 1
            if (other.sum(axis=0) == graph.sum(axis=0)).all():
                found.append(tuple(map(tuple, other.tolist())))
    return found


def test_undirected_rewirings_are_uniform():
    graph = np.zeros((6, 6))
    for i, j in ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (1, 4)):
        graph[i, j] = graph[j, i] = 1.0
    possible, draws = undirected_like(graph), size(20_000, 1500)
    assert len(possible) > 10
    graphs = random_graphs(graph, "degree-preserving", draws, np.random.default_rng(3))
    assert chances(graphs, possible, draws) > 0.001


def test_a_lone_loop_of_three_keeps_its_direction():
    """The two graphs with these degrees are not joined by swaps (Rao et al. 1996): documented, not hidden."""
    loop = np.roll(np.eye(3), 1, axis=1)
    assert len(oracle.all_rewirings(loop.tolist())) == 2
    assert_array_equal(
        random_graphs(loop, "degree-preserving", 5, np.random.default_rng(1)), np.array([loop] * 5)
    )


def test_every_draw_begins_from_the_original():
    """So draws are the same whether they are drawn in one part or in several."""
    graph = random_graph(8, 0.4, 5)[0]
    rng, same = np.random.default_rng(6), np.random.default_rng(6)
    whole = random_graphs(graph, "degree-preserving", 6, rng)
    parts = [random_graphs(graph, "degree-preserving", k, same) for k in (1, 2, 3)]
    assert_array_equal(whole, np.concatenate(parts))


# --------------------------------------------------------------------------------- the annealing


def annealed(graph, layer, shape, restarts, seed):
    graphs = np.full((restarts, *graph.shape), np.nan)
    kernels.anneal(
        graph,
        np.asarray(layer),
        np.array(shape),
        np.array((0.5, 0.1)),
        pointer_to(np.random.default_rng(seed)),
        graphs,
    )
    return graphs


def m_times_q(graph, modules, undirected, as_undirected):
    """Connections inside modules less those expected: sums of out and in, or of both squared over 4 m."""
    n = len(graph)
    ends = [(i, j) for i in range(n) for j in range(i if undirected else 0, n) if graph[i][j]]
    total = Fraction(sum(modules[i] == modules[j] for i, j in ends))
    for module in set(modules):
        out = sum(modules[i] == module for i, _ in ends)
        into = sum(modules[j] == module for _, j in ends)
        total -= (
            Fraction((out + into) ** 2, 4 * len(ends))
            if as_undirected
            else Fraction(out * into, len(ends))
        )
    return total


def anneal(a, layer, undirected, as_undirected, steps, temperatures, rng):
    """By the definition: draw a move, compare m Q before and after, accept a loss by Metropolis' rule."""
    n = len(a)
    now, modules = [[int(weight != 0) for weight in row] for row in a], list(range(n))
    edges = [
        (i, j) for i in range(n) for j in range(i + 1 if undirected else 0, n) if i != j and a[i][j]
    ]
    temperature = temperatures[0]
    for step in range(steps if len(edges) > 1 else 0):
        cooling = (temperatures[1] / temperatures[0]) ** (1.0 / (0.9 * steps))
        temperature = temperature * cooling if step < 0.9 * steps else 0.0
        there, labels = [list(row) for row in now], list(modules)
        is_swap = rng.random() < 0.5
        if is_swap:
            first, second = int(rng.random() * len(edges)), int(rng.random() * len(edges))
            if undirected and rng.random() < 0.5:
                edges[second] = edges[second][::-1]
            (s1, t1), (s2, t2) = edges[first], edges[second]
            alike = layer[s1] == layer[s2] and layer[t1] == layer[t2]
            if first == second or not alike or s1 == t2 or s2 == t1 or now[s1][t2] or now[s2][t1]:
                continue
            for i, j, value in ((s1, t1, 0), (s2, t2, 0), (s1, t2, 1), (s2, t1, 1)):
                there[i][j] = value
                if undirected:
                    there[j][i] = value
        else:
            node, module = int(rng.random() * n), int(rng.random() * n)
            if modules[node] == module:
                continue
            labels[node] = module
        kind = (undirected, as_undirected)
        gain = float(m_times_q(there, labels, *kind) - m_times_q(now, modules, *kind))
        if gain >= 0.0 or (temperature > 0.0 and rng.random() < math.exp(gain / temperature)):
            now, modules = there, labels
            if is_swap:
                edges[first], edges[second] = (s1, t2), (s2, t1)
    return now


@pytest.mark.parametrize("kind", [(0, 0), (0, 1), (1, 1)])
def test_annealing_equals_its_definition_draw_by_draw(kind):
    for n, density in SHAPES[:-2]:
        for seed in range(size(4, 1)):
            graph, layer = random_graph(n, density, seed)
            graph = np.maximum(graph, graph.T) if kind[0] else graph
            rng, same = np.random.default_rng(seed), np.random.default_rng(seed)
            graphs = np.full((2, n, n), np.nan)
            ends = (2.0, 0.2)
            kernels.anneal(graph, layer, np.array((*kind, 150)), np.array(ends), pointer_to(rng), graphs)
            for found in graphs:
                assert_array_equal(found, anneal(graph.tolist(), layer, *kind, 150, ends, same))
            assert rng.random() == same.random()


@settings(deadline=None, max_examples=size(40, 5))
@given(st.integers(1, 9), st.floats(0.0, 1.0), st.integers(0, 2**32), st.booleans())
def test_annealed_graphs_have_the_degrees_of_the_graph(n, density, seed, as_undirected):
    graph, layer = random_graph(n, density, seed)
    for found in annealed(graph * 0.5, layer, (0, as_undirected, 300), 3, seed):
        assert set(np.unique(found)) <= {0.0, 1.0}
        for each in np.unique(layer):
            here = layer == each
            assert_array_equal(found[here].sum(axis=0), graph[here].sum(axis=0))
            assert_array_equal(found[:, here].sum(axis=1), graph[:, here].sum(axis=1))
    both = np.maximum(graph, graph.T)
    for found in annealed(both, np.zeros(n, np.int64), (1, 1, 300), 3, seed):
        assert_array_equal(found, found.T)
        assert_array_equal(found.sum(axis=0), both.sum(axis=0))
        assert_array_equal(np.diag(found), np.diag(both))


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("layered", [True, False])
def test_annealing_finds_the_most_modular_of_all_graphs_with_these_degrees(directed, layered):
    """By force: the best partition of every possible graph of six nodes."""
    graph, layer = network(6, (0, 3), (0, 4), (1, 4), (1, 5), (2, 3), (3, 5)), [0, 0, 0, 1, 1, 1]
    possible = oracle.all_rewirings(graph, layer if layered else None)
    best = max(oracle.best_q(each, directed)[0] for each in possible)
    assert best > oracle.best_q(graph, directed)[0] + 0.05
    kept = layer if layered else [0] * 6
    found = annealed(np.array(graph, float), kept, (0, not directed, 3000), 8, seed=1)
    assert max(oracle.best_q(each, directed)[0] for each in found.tolist()) >= best - 1e-12
