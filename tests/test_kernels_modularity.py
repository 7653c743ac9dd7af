"""Modularity: partitions equal the oracles, Q equals libraries and never exceeds the optimum."""

import igraph
import naive
import networkx as nx
import numpy as np
import pytest
from conftest import make_task, size
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from evomod.encodings import layered
from evomod.encodings.layered import LayeredNetwork
from evomod.kernels import modularity as kernels
from evomod.measures.modularity import modularity, modularity_of_many

RETINA = (8, 8, 4, 2, 1)
CLEAR = 1e-7
METHODS = ("clune2013", "leading-eigenvector")
ORACLES = {
    "clune2013": naive.clune2013_modules,
    "leading-eigenvector": naive.leading_eigenvector_modules,
}


def partition(adjacency, method):
    """Q and modules by the kernel."""
    modules, q = np.full((1, adjacency.shape[0]), -7, np.int64), np.full(1, np.nan)
    as_clune2013, space = method == "clune2013", kernels.space(adjacency.shape[0])
    kernels.leading_eigenvector_of_many(adjacency[None], as_clune2013, *space, modules, q)
    return q[0], modules[0]


def quality(adjacency, modules):
    """Q of a partition by the kernel."""
    q = np.full(1, np.nan)
    kernels.quality_of_many(adjacency[None], modules[None], np.empty((2, adjacency.shape[0])), q)
    return q[0]


def leading_eigenvector(form, vector):
    """The four steps as the kernel takes them."""
    n = len(form)
    diagonal, off, work = np.empty((3, n))
    matrix, reflectors = np.empty((2, n, n))
    kernels.tridiagonalise(form, n, matrix, diagonal, off, reflectors, work)
    value = kernels.largest_eigenvalue(diagonal, off, n)
    kernels.inverse_iteration(diagonal, off, n, value, work, vector)
    kernels.turn_back(reflectors, n, vector)


def connected_part(adjacency):
    """Only the nodes that have a connection."""
    touched = np.flatnonzero(adjacency.any(axis=0) | adjacency.any(axis=1))
    return np.ascontiguousarray(adjacency[np.ix_(touched, touched)])


def random_digraph(n, density, rng):
    """Any directed graph without loops."""
    adjacency = (rng.random((n, n)) < density).astype(float)
    np.fill_diagonal(adjacency, 0.0)
    return adjacency


def simplified_networks(layers, number, rng, connections=(0, 100)):
    """An encoding's wiring and ``working[network, edge]`` of newborn networks."""
    network = LayeredNetwork(layers=layers, initial_connections=connections)
    encoding = layered.build(network, make_task(layers[0], layers[-1]))
    return encoding.wiring, encoding.simplify(encoding.birth(number, rng))


def adjacency_of(wiring, row):
    """``[source, target]`` of one network, all nodes."""
    adjacency = np.zeros((wiring.n_nodes, wiring.n_nodes))
    adjacency[wiring.source[row != 0], wiring.target[row != 0]] = 1.0
    return adjacency


def sample(kind, number, seed):
    """Graphs with connections, every node with one."""
    rng = np.random.default_rng(seed)
    if kind in ("layered", "crowded"):
        connections = (0, 60) if kind == "layered" else (60, 106)
        wiring, working = simplified_networks(RETINA, number, rng, connections)
        graphs = [connected_part(adjacency_of(wiring, row)) for row in working]
    else:
        low, high = (0.6, 0.95) if kind == "dense" else (0.1, 0.5)
        sizes, densities = rng.integers(3, 16, number), rng.uniform(low, high, number)
        pairs = zip(sizes, densities, strict=True)
        graphs = [connected_part(random_digraph(n, density, rng)) for n, density in pairs]
    return [graph for graph in graphs if graph.size]


def in_order_of_first_node(labels):
    """The same partition, its modules numbered in the order of their first node."""
    numbers = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels]


def is_clear(adjacency, method):
    """Whether no split of the recursion hangs on an eigenvector that rounding could change.

    Components that are 0 but for rounding have a rule in "clune2013".
    """
    for matrix in naive.split_matrices(adjacency.tolist(), method):
        values, vectors = np.linalg.eigh(np.array(matrix))
        sizes = np.abs(vectors[:, -1])
        is_doubtful = (sizes <= CLEAR) & ((sizes > 1e-12) | (method != "clune2013"))
        if (len(values) > 1 and values[-1] - values[-2] <= CLEAR) or is_doubtful.any():
            return False
    return True


# ------------------------------------------------------------------------------- against oracles


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["layered", "crowded", "any", "dense"])
def test_partitions_equal_the_oracle(kind, method):
    """Same modules and Q wherever every split is clear, which is so in most networks."""
    graphs = sample(kind, size(100, 16), seed=1)
    compared = 0
    for adjacency in graphs:
        if is_clear(adjacency, method):
            compared += 1
            q, modules = partition(adjacency, method)
            expected, labels = ORACLES[method](adjacency.tolist())
            assert abs(q - expected) < 1e-9
            assert in_order_of_first_node(modules.tolist()) == labels
    assert compared >= 0.6 * len(graphs)


@pytest.mark.parametrize("method", METHODS)
def test_unclear_splits_still_give_a_partition_with_its_q(method):
    """Symmetric and disconnected networks: whatever the split, Q is that of the modules."""
    twins = np.kron(np.eye(3), [[0, 1, 1], [0, 0, 1], [0, 0, 0]])
    ring = np.roll(np.eye(8), 1, axis=1)
    star = np.zeros((6, 6))
    star[:5, 5] = 1.0
    bipartite = np.kron([[0, 1], [0, 0]], np.ones((4, 4)))
    complete = np.ones((5, 5)) - np.eye(5)
    isolated = np.pad(twins, ((0, 3), (0, 3)))
    for adjacency in (twins, ring, star, bipartite, complete, isolated):
        q, modules = partition(np.ascontiguousarray(adjacency), method)
        assert_allclose(q, naive.directed_q(adjacency.tolist(), modules.tolist()), atol=1e-12)
        is_connected = adjacency.any(axis=0) | adjacency.any(axis=1)
        assert set(modules[is_connected].tolist()) == set(range(modules.max() + 1))
        assert (modules[~is_connected] == -1).all()


def test_the_authors_accept_the_first_split_even_at_a_loss():
    """A network whose leading eigenvector parts it badly: the textbook leaves it whole."""
    adjacency = np.array([[0, 1, 1, 0], [1, 0, 1, 0], [1, 0, 0, 0], [1, 1, 0, 0]], float)
    q, modules = partition(adjacency, "clune2013")
    assert in_order_of_first_node(modules.tolist()) == [0, 1, 0, 1]
    assert_allclose(q, -2 / 49)
    q, modules = partition(adjacency, "leading-eigenvector")
    assert q == 0.0 and modules.tolist() == [0, 0, 0, 0]


def test_the_gain_of_a_textbook_split_is_the_difference_in_q():
    """Any group of any network, parted in any way: Q after less Q before."""
    rng = np.random.default_rng(9)
    for adjacency in sample("any", size(60, 20), seed=10):
        n = adjacency.shape[0]
        before = rng.integers(0, 2, n)
        members = np.flatnonzero(before == before[0])
        form, sides, strength = np.zeros((n, n)), np.zeros(n), np.zeros((2, n))
        m = kernels.strengths(adjacency, strength)
        is_whole = members.size == n
        kernels.symmetric_gain(adjacency, members, members.size, is_whole, False, strength, m, form)
        gain = kernels.split(rng.standard_normal(n), form, members.size, m, False, sides)
        side = sides[: members.size]
        if abs(side.sum()) == members.size:
            assert gain == -1.0
            continue
        after = before.copy()
        after[members[side < 0]] = 2
        was, now = (naive.directed_q(adjacency.tolist(), each.tolist()) for each in (before, after))
        assert_allclose(gain, now - was, rtol=0, atol=1e-12)


def test_the_textbooks_q_is_never_negative():
    """Only splits that gain are accepted."""
    for adjacency in sample("any", size(200, 20), seed=2):
        assert partition(adjacency, "leading-eigenvector")[0] >= -1e-12


@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_leading_eigenvector_is_numpys(n):
    """Residual of the largest eigenvalue, also where it is degenerate or the matrix is 0."""
    rng = np.random.default_rng(3)
    matrices = [rng.standard_normal((n, n)) for _ in range(size(40, 5))]
    matrices += [rng.integers(-1, 2, (n, n)).astype(float) for _ in range(size(40, 5))]
    matrices += [np.zeros((n, n)), np.eye(n), np.ones((n, n)), -np.ones((n, n))]
    for matrix in matrices:
        form, vector = matrix + matrix.T, np.empty(n)
        leading_eigenvector(form, vector)
        largest = np.linalg.eigvalsh(form)[-1]
        norm = np.abs(vector).max()
        assert norm > 0
        assert_allclose(form @ vector, largest * vector, rtol=0, atol=1e-8 * norm)
        assert vector[np.flatnonzero(vector)[0]] > 0


# ----------------------------------------------------------------------------- against libraries


def sets_of(modules):
    """Modules as networkx wants them."""
    return [set(np.flatnonzero(modules == k).tolist()) for k in np.unique(modules)]


@pytest.mark.parametrize("kind", ["layered", "any"])
def test_quality_equals_the_oracle_networkx_and_igraph(kind):
    """Q of random partitions and of the method's own."""
    rng = np.random.default_rng(4)
    for adjacency in sample(kind, size(40, 8), seed=5):
        n = adjacency.shape[0]
        drawn = rng.integers(0, rng.integers(1, n + 1), n)
        relabelled = np.unique(drawn, return_inverse=True)[1].astype(np.int64)
        for modules in (relabelled, partition(adjacency, METHODS[0])[1]):
            q = quality(adjacency, modules)
            graph = nx.from_numpy_array(adjacency, create_using=nx.DiGraph)
            by_networkx = nx.community.modularity(graph, sets_of(modules))
            edges = np.argwhere(adjacency).tolist()
            by_igraph = igraph.Graph(n, edges, directed=True).modularity(modules.tolist())
            expected = naive.directed_q(adjacency.tolist(), modules.tolist())
            assert_allclose([q, by_networkx, by_igraph], expected, rtol=0, atol=1e-12)


def test_q_is_never_above_the_best_of_all_partitions():
    """Up to eight nodes, by force; the same optimum as igraph's."""
    rng = np.random.default_rng(6)
    for n in (2, 3, 4, 5, 6, 6, 7, *size((7, 7, 8, 8), ())):
        adjacency = random_digraph(n, 0.35, rng)
        adjacency[0, 1] = 1.0
        best, labels = naive.best_partition(adjacency.tolist())
        graph = igraph.Graph(n, np.argwhere(adjacency).tolist(), directed=True)
        assert_allclose(graph.community_optimal_modularity().modularity, best, atol=1e-9)
        assert_allclose(quality(adjacency, np.array(labels)), best, atol=1e-12)
        for method in METHODS:
            assert partition(adjacency, method)[0] <= best + 1e-12


def test_q_is_never_above_igraphs_optimum():
    """Layered networks that are too large for brute force."""
    wiring, working = simplified_networks((4, 4, 2, 1), size(30, 8), np.random.default_rng(7))
    reached = 0.0
    for row in working[(working != 0).any(axis=1)]:
        adjacency = connected_part(adjacency_of(wiring, row))
        graph = igraph.Graph(len(adjacency), np.argwhere(adjacency).tolist(), directed=True)
        best = graph.community_optimal_modularity().modularity
        for method in METHODS:
            q = partition(adjacency, method)[0]
            assert q <= best + 1e-9
            reached = max(reached, q / best if best > 0 else 0.0)
    assert reached > 0.99


# ------------------------------------------------------------------------------------------ laws


@st.composite
def digraphs(draw):
    """Any directed graph of up to ten nodes, isolated nodes and loops included."""
    n = draw(st.integers(1, 10))
    bits = draw(st.integers(0, 2 ** (n * n) - 1))
    return np.array([[(bits >> (i * n + j)) & 1 for j in range(n)] for i in range(n)], float)


@settings(max_examples=size(200, 50), deadline=None, derandomize=True)
@given(digraphs(), st.sampled_from(METHODS))
def test_every_connected_node_has_a_module_and_every_module_a_node(adjacency, method):
    """Labels run from 0 without a gap, Q is theirs, and it lies in [-1, 1)."""
    q, modules = partition(adjacency, method)
    is_connected = adjacency.any(axis=0) | adjacency.any(axis=1)
    assert set(modules[is_connected].tolist()) == set(range(modules.max() + 1))
    assert (modules[~is_connected] == -1).all()
    assert_allclose(q, naive.directed_q(adjacency.tolist(), modules.tolist()), atol=1e-12)
    assert -1.0 <= q < 1.0


@settings(max_examples=size(60, 20), deadline=None, derandomize=True)
@given(digraphs())
def test_a_partition_into_one_module_has_q_zero(adjacency):
    """All connections are inside, as expected."""
    assert abs(quality(adjacency, np.zeros(len(adjacency), np.int64))) < 1e-12


@pytest.mark.parametrize("method", METHODS)
def test_small_graphs_have_known_modules(method):
    """No node, no connection, one connection, two separate ones, two triangles."""
    q, modules = partition(np.zeros((0, 0)), method)
    assert q == 0.0 and modules.size == 0
    q, modules = partition(np.zeros((4, 4)), method)
    assert q == 0.0 and modules.tolist() == [-1, -1, -1, -1]
    single = np.array([[0.0, 1.0], [0.0, 0.0]])
    assert partition(single, method)[0] == 0.0
    assert len(set(partition(single, method)[1].tolist())) == 1
    pairs = np.kron(np.eye(2), single)
    q, modules = partition(pairs, method)
    assert q == 0.5 and in_order_of_first_node(modules.tolist()) == [0, 0, 1, 1]
    triangles = np.kron(np.eye(2), [[0.0, 1.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    triangles[0, 3] = 1.0
    q, modules = partition(triangles, method)
    assert in_order_of_first_node(modules.tolist()) == [0, 0, 0, 1, 1, 1]
    assert_allclose(q, naive.directed_q(triangles.tolist(), [0, 0, 0, 1, 1, 1]), atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("layers", [RETINA, (3, 2), (4, 4, 2, 1)])
def test_many_networks_at_once_equal_one_at_a_time(layers, method):
    """Only connected nodes count; empty networks have Q 0 and no module."""
    wiring, working = simplified_networks(layers, size(60, 8), np.random.default_rng(8))
    working[0] = 0
    q, found = modularity_of_many(wiring, working, method)
    assert q[0] == 0.0 and (found[0] == -1).all()
    for k, row in enumerate(working):
        adjacency = adjacency_of(wiring, row)
        alone, modules = partition(connected_part(adjacency), method)
        assert q[k] == alone
        assert_array_equal(found[k][found[k] >= 0], modules)
        measured = modularity(adjacency, method)
        assert measured.q == alone and measured.n_modules == modules.max(initial=-1) + 1
        assert_array_equal(measured.modules, found[k])


# ------------------------------------------------------------------------- many simplified networks


@pytest.mark.parametrize("method", ORACLES)
@pytest.mark.parametrize("layers", [RETINA, (2, 1), (4, 6, 3)])
def test_q_of_many_networks_is_that_of_each(layers, method):
    """The oracle's where its splits are clear; without a connection, or with one, 0."""
    wiring, working = simplified_networks(layers, size(60, 8), np.random.default_rng(4))
    working[0] = 0  # no connection at all
    working[1] = 0
    working[1, -1] = -1  # one, of negative weight
    q = modularity_of_many(wiring, working, method)[0]
    assert q[0] == q[1] == 0.0
    compared = 0
    for row, value in zip(working, q, strict=True):
        adjacency = connected_part(adjacency_of(wiring, row))
        if adjacency.size and is_clear(adjacency, method):
            compared += 1
            assert abs(value - ORACLES[method](adjacency.tolist())[0]) < 1e-9
    assert compared or layers == (2, 1)
