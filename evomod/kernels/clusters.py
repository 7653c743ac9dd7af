"""k-means: Lloyd's steps from greedy k-means++ starts (Arthur & Vassilvitskii 2007), the best of many."""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, uniform

MOST_STEPS = 300


@inlined
def measure_from(points, node, distances):
    """Squared distance of every node from one of them (nodes innermost, so that it becomes SIMD)."""
    distances[:] = 0.0
    for axis in range(points.shape[0]):
        place = points[axis, node]
        for i in range(points.shape[1]):
            distances[i] += (points[axis, i] - place) * (points[axis, i] - place)


@inlined
def seed_centres(points, n_candidates, rng, work, best, centres):
    """Centres at nodes: a random one, then ones drawn by their squared distance from the nearest centre.

    Of every ``n_candidates`` draws the one is taken that leaves the smallest sum of squared distances,
    the first of equals. Draws: one double for the first centre, one a candidate. ``work`` and ``best`` are
    ``[node]``.
    """
    n_axes, n = points.shape
    nearest = np.empty(n)
    node = min(int(uniform(rng) * n), n - 1)
    measure_from(points, node, nearest)
    for axis in range(n_axes):
        centres[0, axis] = points[axis, node]
    for k in range(1, centres.shape[0]):
        total = 0.0
        for i in range(n):
            total += nearest[i]
        least, taken = np.inf, 0
        for _ in range(n_candidates):
            left, node = uniform(rng) * total, 0
            while node < n - 1 and left >= nearest[node]:
                left -= nearest[node]
                node += 1
            measure_from(points, node, work)
            potential = 0.0
            for i in range(n):
                work[i] = min(work[i], nearest[i])
                potential += work[i]
            if potential < least:
                least, taken = potential, node
                best[:] = work
        nearest[:] = best
        for axis in range(n_axes):
            centres[k, axis] = points[axis, taken]


@inlined
def assign(points, centres, work, nearest, labels):
    """Every node to its nearest centre, the first of equals; returns how many changed."""
    n_changed = 0
    n = points.shape[1]
    fresh = np.zeros(n, np.int64)
    nearest[:] = np.inf
    for k in range(centres.shape[0]):
        work[:] = 0.0
        for axis in range(points.shape[0]):
            place = centres[k, axis]
            for i in range(n):
                work[i] += (points[axis, i] - place) * (points[axis, i] - place)
        for i in range(n):
            is_nearer = work[i] < nearest[i]
            nearest[i] = work[i] if is_nearer else nearest[i]
            fresh[i] = k if is_nearer else fresh[i]
    for i in range(n):
        n_changed += fresh[i] != labels[i]
        labels[i] = fresh[i]
    return n_changed


@inlined
def fill_empty(n_clusters, nearest, labels):
    """An empty cluster takes the node that is farthest from its centre, the first of equals."""
    counts = np.zeros(n_clusters, np.int64)
    for i in range(labels.size):
        counts[labels[i]] += 1
    for k in range(n_clusters):
        farthest = 0
        for i in range(labels.size):
            if nearest[i] > nearest[farthest]:
                farthest = i
        if counts[k] == 0 and nearest[farthest] > 0.0:
            labels[farthest] = k
            nearest[farthest] = 0.0


@inlined
def move_centres(points, labels, centres):
    """Every centre to the mean of its nodes; one without nodes stays."""
    n_clusters = centres.shape[0]
    counts, sums = np.zeros(n_clusters), np.zeros(n_clusters)
    for i in range(labels.size):
        counts[labels[i]] += 1.0
    for axis in range(points.shape[0]):
        sums[:] = 0.0
        for i in range(labels.size):
            sums[labels[i]] += points[axis, i]
        for k in range(n_clusters):
            if counts[k] > 0.0:
                centres[k, axis] = sums[k] / counts[k]


@compiled
def k_means(points, n_clusters, starts, rng, labels):
    """Cluster ``labels[node]`` of ``points[axis, node]``, the best of so many starts; returns its sum of squares.

    Lloyd's steps until no node changes its cluster. An empty cluster takes the farthest node; with fewer
    different points than clusters some stay empty. Draws: those of `seed_centres`, start after start.
    """
    n = points.shape[1]
    centres = np.empty((n_clusters, points.shape[0]))
    work, nearest, found = np.empty(n), np.empty(n), np.empty(n, np.int64)
    n_candidates = 2 + int(np.log(n_clusters))
    least = np.inf
    for _ in range(starts):
        seed_centres(points, n_candidates, rng, work, nearest, centres)
        found[:] = -1
        for _ in range(MOST_STEPS):
            if assign(points, centres, work, nearest, found) == 0:
                break
            fill_empty(n_clusters, nearest, found)
            move_centres(points, found, centres)
        total = 0.0
        for i in range(n):
            total += nearest[i]
        if total < least:
            least = total
            labels[:] = found
    return least
