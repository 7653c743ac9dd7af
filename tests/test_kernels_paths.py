"""What nodes reach, and along which paths: the kernels equal plain Python, bit by bit."""

import naive_measures as measures
import naive_paths as naive
import numpy as np
from conftest import size

from evomod.kernels import paths


def random_rows(rng, most=14):
    """Rows of a directed graph with loops, weights of which many are equal, and nodes without a connection."""
    n = int(rng.integers(1, most + 1))
    matrix = (rng.random((n, n)) < rng.uniform(0.05, 0.5)) * rng.choice(
        [0.5, 1.0, 1.0, 3.0, 0.1], (n, n)
    )
    source, target = np.nonzero(matrix)
    first = np.searchsorted(source, np.arange(n + 1)).astype(np.int64)
    near = [[(int(to), matrix[node, to]) for to in np.flatnonzero(matrix[node])] for node in range(n)]
    return first, target.astype(np.int64), matrix[source, target], near


def test_what_is_reached_equals_the_oracle():
    rng = np.random.default_rng(1)
    for _ in range(size(200, 30)):
        first, target, _, near = random_rows(rng)
        n = len(near)
        found, middle = np.zeros((2, n)), int(rng.integers(n + 1))
        paths.reach(first, target, 0, middle, found)  # in parts, as large graphs are
        paths.reach(first, target, middle, n, found)
        parts = naive.reach(near, 0, middle), naive.reach(near, middle, n)
        assert found[0].tolist() == [one[0] + other[0] for one, other in zip(*parts, strict=True)]
        np.testing.assert_allclose(
            found[1], [one[1] + other[1] for one, other in zip(*parts, strict=True)], rtol=1e-15
        )


def test_more_nodes_than_a_word_has_bits():
    rng = np.random.default_rng(3)
    for n in (63, 64, 65, 130):
        source, target = np.nonzero(rng.random((n, n)) < 2.0 / n)
        first = np.searchsorted(source, np.arange(n + 1)).astype(np.int64)
        near = [[(int(to), 1.0) for to in target[first[k] : first[k + 1]]] for k in range(n)]
        found = np.zeros((2, n))
        n_looked = paths.reach(first, target.astype(np.int64), 0, n, found)
        assert list(zip(*found.tolist(), strict=True)) == naive.reach(near, 0, n)
        assert n_looked <= n * target.size


def test_mean_weights_along_shortest_paths_equal_the_oracle():
    rng = np.random.default_rng(2)
    for _ in range(size(200, 30)):
        first, target, weight, near = random_rows(rng)
        n = len(near)
        found, middle = np.zeros(n), int(rng.integers(n + 1))
        paths.follow(first, target, weight, 3.0, 0, middle, found)
        paths.follow(first, target, weight, 3.0, middle, n, found)
        assert found.tolist() == [naive.follow(near, 3.0, node) for node in range(n)]


def test_hierarchy_of_networks_equals_the_oracle():
    """Of 1 to 70 nodes, with cycles and without, edges in the order of their targets."""
    rng = np.random.default_rng(4)
    for n in (1, 2, 7, 24, 70):
        target, source = (ends.ravel() for ends in np.indices((n, n)))
        active = (rng.random((size(20, 4), n * n)) < 1.5 / n).astype(np.int8)
        active[1::2] *= source < target
        found = np.empty(len(active))
        words, is_connected = np.empty((n, -(-n // 64)), np.uint64), np.empty(n, np.bool_)
        listed, counts = np.empty(n * n, np.int64), np.empty(n, np.int64)
        paths.rank(active, source, target, listed, words, counts, is_connected, found)
        for row, one in zip(found.tolist(), active, strict=True):
            matrix = np.zeros((n, n))
            matrix[source[one != 0], target[one != 0]] = 1.0
            assert row == measures.global_reaching_centrality(matrix.tolist())


def test_connected_nodes_are_counted_as_by_hand():
    """Of 1 to 70 nodes, all, some or none of which count; a connection to itself is one."""
    rng = np.random.default_rng(5)
    for n in (1, 2, 7, 24, 70):
        target, source = (ends.ravel() for ends in np.indices((n, n)))
        active = (rng.random((size(20, 4), n * n)) < 1.0 / n / n).astype(np.int8) * 2
        active[0], active[-1] = 0, 1
        for is_counted in (np.ones(n, np.bool_), np.zeros(n, np.bool_), rng.random(n) < 0.5):
            counts = np.empty(len(active), np.int64)
            paths.count_connected(active, source, target, is_counted, np.empty(n, np.bool_), counts)
            for found, one in zip(counts.tolist(), active.tolist(), strict=True):
                ends = {
                    int(end) for k, there in enumerate(one) if there for end in (source[k], target[k])
                }
                assert found == sum(bool(is_counted[node]) for node in ends)
