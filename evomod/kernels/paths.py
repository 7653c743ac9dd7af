"""From which nodes of a sparse graph others are reached, and along which paths: breadth first, or by Dijkstra's algorithm.

The nodes that a node leads to are ``near[first[node] : first[node + 1]]``.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, n_bits, unmanaged

TOGETHER = 64  # bits of a word


@compiled
def reach(first, near, begin, end, reached):
    """Add to ``reached[0, node]`` the other nodes from which paths lead to it, of those from ``begin`` to before ``end``.

    To ``reached[1, node]`` the sum of 1 / distance from them. Breadth first from 64 nodes at a time, a bit each; returns the
    connections that were looked at. In networks of a thousand nodes and more it takes an eighth of one node at a time or less.
    """
    n = first.size - 1
    seen, waiting, coming = np.zeros(n, np.uint64), np.zeros(n, np.uint64), np.zeros(n, np.uint64)
    queue, following, n_looked = np.empty(n, np.int64), np.empty(n, np.int64), 0
    for low in range(begin, end, TOGETHER):
        seen[:] = 0
        n_queue, distance = 0, 0
        for node in range(low, min(low + TOGETHER, end)):
            seen[node] = waiting[node] = np.uint64(1) << np.uint64(node - low)
            queue[n_queue] = node
            n_queue += 1
        while n_queue > 0:
            n_following = 0
            distance += 1
            for place in range(n_queue):
                node = queue[place]
                bits = waiting[node]
                waiting[node] = 0
                n_looked += first[node + 1] - first[node]
                for k in range(first[node], first[node + 1]):
                    to = near[k]
                    new = bits & ~seen[to]
                    if new != 0:
                        if coming[to] == 0:
                            following[n_following] = to
                            n_following += 1
                        coming[to] |= new
            for place in range(n_following):
                to = following[place]
                new = coming[to]
                coming[to] = 0
                seen[to] |= new
                waiting[to] = new
                reached[0, to] += n_bits(new)
                reached[1, to] += n_bits(new) / distance
            queue, following = following, queue
            n_queue = n_following
    return n_looked


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


@unmanaged
def rank(active, source, target, listed, words, counts, is_connected, hierarchy):
    """Write the global reaching centrality of the networks of ``active[network, edge]`` into ``hierarchy[network]``.

    Connections are reversed and have no weight (Mengistu et al. 2016). ``source[edge]``, ``target[edge]``: nodes. Work space:
    ``words[node, word]``, a bit for each node from which paths lead to a node, itself among them, which leaves differences
    as they are; ``listed[edge]``, ``counts[node]``, ``is_connected[node]``. Whole numbers until the division, so that equal
    networks have equal bits.

    Where edges stand in the order of their targets, and these come after their sources, one look at all finds every path and
    a second one sees that nothing is left. Active edges are listed first: of the edges that a circuit may have an eighth are.
    """
    n_nodes, n_words = words.shape
    for i in range(active.shape[0]):
        for node in range(n_nodes):
            is_connected[node] = False
            for word in range(n_words):
                words[node, word] = 0
            words[node, node // 64] = np.uint64(1) << np.uint64(node % 64)
        n_listed = 0
        for edge in range(source.size):
            listed[n_listed] = edge
            n_listed += active[i, edge] != 0
        for place in range(n_listed):
            is_connected[source[listed[place]]] = is_connected[target[listed[place]]] = True
        has_changed = True
        while has_changed:
            has_changed = False
            for place in range(n_listed):
                start, end = source[listed[place]], target[listed[place]]
                for word in range(n_words):
                    before = words[end, word]
                    words[end, word] = before | words[start, word]
                    has_changed |= words[end, word] != before
        n_connected, most = 0, 0
        for node in range(n_nodes):
            counts[node] = 0
            for word in range(n_words):
                counts[node] += n_bits(words[node, word])
            most = counts[node] if counts[node] > most else most
            n_connected += is_connected[node]
        lacking = 0
        for node in range(n_nodes):
            if is_connected[node]:
                lacking += most - counts[node]
        others = n_connected - 1 if n_connected > 1 else 1
        hierarchy[i] = lacking / (others * others)


@unmanaged
def count_connected(active, source, target, is_counted, is_connected, counts):
    """Number of nodes ``is_counted[node]`` with a connection in each of ``active[network, edge]``, into ``counts[network]``.

    ``is_connected[node]`` is work space. NumPy's ``nonzero`` and what it indexes take ten times as long.
    """
    for i in range(active.shape[0]):
        for node in range(is_connected.size):
            is_connected[node] = False
        for edge in range(source.size):
            if active[i, edge] != 0:
                is_connected[source[edge]] = is_connected[target[edge]] = True
        counts[i] = 0
        for node in range(is_connected.size):
            counts[i] += is_connected[node] & is_counted[node]
