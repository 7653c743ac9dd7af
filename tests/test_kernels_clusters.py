"""k-means: every cluster, sum and draw equals the oracle's; it finds what scikit-learn finds."""

import naive_clusters as naive
import numpy as np
import pytest
from conftest import size
from numpy.testing import assert_allclose
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from evomod.kernels import clusters as kernels
from evomod.kernels import pointer_to


def by_kernel(points, n_clusters, starts, seed):
    labels = np.full(points.shape[1], -7, np.int64)
    rng = np.random.default_rng(seed)
    total = kernels.k_means(np.ascontiguousarray(points), n_clusters, starts, pointer_to(rng), labels)
    return total, labels.tolist(), rng.random()


def by_oracle(points, n_clusters, starts, seed):
    rng = np.random.default_rng(seed)
    total, labels = naive.k_means(points.tolist(), n_clusters, starts, rng)
    return total, labels, rng.random()


def clouds(n_clusters, each, seed, spread=0.05):
    """``[axis, node]``: clouds of nodes round the corners of a grid."""
    rng = np.random.default_rng(seed)
    middles = np.stack((np.arange(n_clusters) % 3, np.arange(n_clusters) // 3)).astype(float)
    points = np.repeat(middles, each, axis=1)
    return points + spread * rng.standard_normal(points.shape)


@pytest.mark.parametrize("seed", range(size(12, 3)))
def test_random_points_equal_the_oracle(seed):
    """Clusters, sum of squares and the state of the generator, bit by bit."""
    rng = np.random.default_rng(seed)
    n_nodes = int(rng.integers(2, 25))
    points = rng.standard_normal((int(rng.integers(1, 5)), n_nodes))
    n_clusters = int(rng.integers(1, n_nodes + 1))
    assert by_kernel(points, n_clusters, 3, seed) == by_oracle(points, n_clusters, 3, seed)


CORNERS = {
    "one node": (np.ones((2, 1)), 1),
    "as many clusters as nodes": (np.arange(6.0)[None], 6),
    "one place": (np.zeros((3, 7)), 4),
    "two places": (np.repeat([[0.0, 1.0]], 5, axis=1), 4),
    "ties": (np.array([[0.0, 1.0, 2.0, 3.0, 4.0], [0.0] * 5]), 2),
    "a square": (np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]]), 2),
}


@pytest.mark.parametrize("name", CORNERS)
def test_corner_cases_equal_the_oracle(name):
    """Equal distances, nodes on one another, more clusters than places."""
    points, n_clusters = CORNERS[name]
    for seed in range(5):
        assert by_kernel(points, n_clusters, 4, seed) == by_oracle(points, n_clusters, 4, seed)


def test_an_empty_cluster_takes_the_farthest_node():
    """Which k-means++ starts cannot bring about while there are enough places, so it is tested apart."""
    nearest, labels = np.array([0.5, 2.0, 0.1, 2.0]), np.array([0, 0, 3, 3])
    expected = naive.filled(labels.tolist(), nearest.tolist(), 4)
    kernels.fill_empty(4, nearest, labels)
    assert labels.tolist() == expected == [0, 1, 3, 2]


def test_separate_clouds_are_found():
    """Every cloud a cluster, whatever the seed."""
    points = clouds(6, size(30, 5), seed=1)
    for seed in range(size(10, 2)):
        _, labels, _ = by_kernel(points, 6, 10, seed)
        assert len(set(labels)) == 6
        assert [len(set(part)) for part in np.array_split(labels, 6)] == [1] * 6


def test_sums_of_squares_are_as_small_as_those_of_scikit_learn():
    """Overlapping clouds, 25 starts each."""
    for seed in range(size(2, 1)):
        points = clouds(8, size(40, 6), seed, spread=0.6)
        with threadpool_limits(1):  # ten times as long where others use the cores
            theirs = KMeans(8, n_init=25, random_state=seed).fit(points.T).inertia_
        assert by_kernel(points, 8, 25, seed)[0] <= 1.01 * theirs


def test_the_sum_is_that_of_the_clusters():
    points = clouds(5, 8, seed=3, spread=0.5)
    total, labels, _ = by_kernel(points, 4, 2, seed=0)
    groups = [points[:, np.array(labels) == k] for k in range(4)]
    assert_allclose(total, sum(((g - g.mean(axis=1)[:, None]) ** 2).sum() for g in groups))
