"""What every node of a sparse graph reaches, and along which paths: breadth first, or by Dijkstra's algorithm.

The nodes that a node leads to are ``near[first[node] : first[node + 1]]``.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined


@compiled
def reach(first, near, begin, end, reached):
    """``reached[0, node]``: other nodes to which paths lead, of the nodes from ``begin`` to before ``end``.

    ``reached[1, node]``: the sum of 1 / distance to them, distance by distance, so that the order of nodes changes
    nothing.
    """
    seen, queue = np.full(first.size, -1), np.empty(first.size, np.int64)
    for node in range(begin, end):
        seen[node] = node
        queue[0] = node
        low, n_seen, distance, near_by = 0, 1, 0, 0.0
        while low < n_seen:
            high = n_seen
            for place in range(low, high):
                for k in range(first[queue[place]], first[queue[place] + 1]):
                    queue[n_seen] = near[k]
                    is_new = seen[near[k]] != node
                    seen[near[k]] = node
                    n_seen += is_new
            low = high
            distance += 1
            near_by += (n_seen - high) / distance
        reached[0, node], reached[1, node] = n_seen - 1, near_by


@inlined
def is_before(one, other, distance):
    """Whether a node is nearer than another, or as near and of a lower number."""
    return distance[one] < distance[other] or (distance[one] == distance[other] and one < other)


@inlined
def rise(node, heap, place, distance):
    """Move a node of the heap up to where it belongs, nearer ones above it."""
    k = place[node]
    while k > 0 and is_before(node, heap[(k - 1) // 2], distance):
        heap[k] = heap[(k - 1) // 2]
        place[heap[k]] = k
        k = (k - 1) // 2
    heap[k] = node
    place[node] = k


@inlined
def nearest(n_waiting, heap, place, distance):
    """Take the nearest of ``n_waiting`` nodes out of the heap."""
    found, node, k = heap[0], heap[n_waiting - 1], 0
    while True:
        below = 2 * k + 1
        if below >= n_waiting - 1:
            break
        if below + 1 < n_waiting - 1 and is_before(heap[below + 1], heap[below], distance):
            below += 1
        if not is_before(heap[below], node, distance):
            break
        heap[k] = heap[below]
        place[heap[k]] = k
        k = below
    heap[k] = node
    place[node] = k
    return found


@compiled
def follow(first, near, weight, unit, begin, end, means):
    """``means[node]``: the sum, over the nodes that it reaches, of the mean weight along the shortest path to each.

    A connection is as long as ``unit / weight``; of paths of the same length the one counts that was found first,
    nodes being taken by distance, then number. Of the nodes from ``begin`` to before ``end``.
    """
    n = first.size - 1
    distance, whole, steps = np.empty(n), np.empty(n), np.empty(n)
    heap, place = np.empty(n, np.int64), np.empty(n, np.int64)
    for source in range(begin, end):
        for node in range(n):
            distance[node] = np.inf
        distance[source] = whole[source] = steps[source] = 0.0
        heap[0], place[source], n_waiting, found = source, 0, 1, 0.0
        while n_waiting > 0:
            node = nearest(n_waiting, heap, place, distance)
            n_waiting -= 1
            if node != source:
                found += whole[node] / steps[node]
            for k in range(first[node], first[node + 1]):
                to, length = near[k], distance[node] + unit / weight[k]
                if length < distance[to]:
                    if distance[to] == np.inf:
                        place[to] = n_waiting
                        n_waiting += 1
                    distance[to] = length
                    whole[to] = whole[node] + weight[k]
                    steps[to] = steps[node] + 1.0
                    rise(to, heap, place, distance)
        means[source] = found
