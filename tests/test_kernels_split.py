"""The first split of a network: the oracle's wherever it is clear."""

import naive
import naive_measures as oracle
import numpy as np
import pytest
from conftest import size

from evomod.kernels.modularity import first_split

CLEAR = 1e-7


def parts(adjacency):
    """By the kernel, over the nodes that have a connection."""
    adjacency = np.asarray(adjacency, float)
    kept = np.flatnonzero(adjacency.any(axis=0) | adjacency.any(axis=1))
    found = np.full(kept.size, -7, np.int64)
    n_parts = first_split(np.ascontiguousarray(adjacency[np.ix_(kept, kept)]), found)
    everyone = np.full(len(adjacency), -1)
    everyone[kept] = found
    return n_parts, everyone.tolist()


@pytest.mark.parametrize("density", [0.15, 0.3, 0.6])
def test_random_networks_are_split_as_by_the_oracle(density):
    rng = np.random.default_rng(int(100 * density))
    compared = n = 0
    for _ in range(size(60, 12)):
        n_nodes = int(rng.integers(3, 16))
        a = (rng.random((n_nodes, n_nodes)) < density).astype(int)
        n += bool(a.any())
        if a.any() and min(naive.spectral_gap(oracle.split_matrix(a.tolist()))) > CLEAR:
            compared += 1
            n_parts, found = parts(a)
            assert found == oracle.first_split(a.tolist())
            assert n_parts == len(set(found) - {-1})
    assert compared > 0.6 * n


def test_two_triangles_are_parted_between_them():
    a = np.kron(np.eye(2), np.roll(np.eye(3), 1, axis=1))
    a[2, 3] = 1
    assert parts(a) == (2, [0, 0, 0, 1, 1, 1])


def test_no_split_where_none_can_gain():
    """No node, no connection, and a bifan, whose connections are just as many as by chance."""
    bifan = [[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert parts(bifan) == (1, [0, 0, 0, 0])
    assert first_split(np.zeros((0, 0)), np.zeros(0, np.int64)) == 1
    labels = np.full(3, 9)
    assert first_split(np.zeros((3, 3)), labels) == 1 and labels.tolist() == [0, 0, 0]
