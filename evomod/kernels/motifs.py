"""Census of connected subgraphs of three and four nodes (Kashtan & Alon 2005, Fig. 1c, d)."""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined


@inlined
def fresh_neighbours(neighbours, degree, node, root, level, mark, last, ahead):
    """Append to ``ahead`` the neighbours of ``node`` above ``root`` that touch no node chosen before it.

    Marks them with ``level``; returns the new number of nodes in ``ahead``.
    """
    for k in range(degree[node]):
        other = neighbours[node, k]
        if other > root and mark[other] == 0:
            mark[other] = level
            ahead[last] = other
            last += 1
    return last


@inlined
def unmark(level, first, last, mark, ahead):
    """Forget the neighbours that one node had brought."""
    for k in range(first, last):
        if mark[ahead[k]] == level:
            mark[ahead[k]] = 0


@compiled
def census(adjacency, size, classes, counts):
    """Count every connected induced subgraph of 3 or 4 nodes once, by class, into ``counts[network, class]``.

    ``adjacency[network, source, target]`` is bool; loops are not looked at. ``classes[code]`` is the class of
    nodes v0 .. v3 in any order, code being the sum of 2^bit over connections, bits 2 p and 2 p + 1 there
    and back of pair p of (v0 v1, v0 v2, v1 v2, v0 v3, v1 v3, v2 v3).

    Grows subgraphs from their lowest node, each in one order only (ESU, Wernicke 2006), so that the time
    goes with the number of connected subgraphs: 10 us at 23 nodes and 45 connections, where all sets
    of four nodes would take 45 us.
    """
    n_nodes = adjacency.shape[1]
    pair = np.empty((n_nodes, n_nodes), np.int16)  # holds codes below 4096, and stays in the cache
    neighbours, degree = np.empty((n_nodes, n_nodes), np.int64), np.empty(n_nodes, np.int64)
    mark = np.zeros(n_nodes, np.int64)
    ahead = np.empty((3, n_nodes), np.int64)
    for network in range(adjacency.shape[0]):
        for i in range(n_nodes):
            degree[i] = 0
            for j in range(n_nodes):
                there, back = adjacency[network, i, j], adjacency[network, j, i]
                pair[i, j] = (1 if there else 0) + (2 if back else 0)
                if i != j and pair[i, j] != 0:
                    neighbours[i, degree[i]] = j
                    degree[i] += 1
        for a in range(n_nodes):
            mark[a] = 1
            n1 = fresh_neighbours(neighbours, degree, a, a, 1, mark, 0, ahead[1])
            for k1 in range(n1):
                b = ahead[1, k1]
                rest = 0
                for k in range(k1 + 1, n1):
                    ahead[2, rest] = ahead[1, k]
                    rest += 1
                n2 = fresh_neighbours(neighbours, degree, b, a, 2, mark, rest, ahead[2])
                for k2 in range(n2):
                    c = ahead[2, k2]
                    code = pair[a, b] + 4 * pair[a, c] + 16 * pair[b, c]
                    if size == 3:
                        counts[network, classes[code]] += 1
                        continue
                    for k3 in range(k2 + 1, n2):
                        d = ahead[2, k3]
                        whole = code + 64 * pair[a, d] + 256 * pair[b, d] + 1024 * pair[c, d]
                        counts[network, classes[whole]] += 1
                    for k3 in range(degree[c]):  # the last node brings none, and needs no mark
                        d = neighbours[c, k3]
                        if d > a and mark[d] == 0:
                            counts[network, classes[code + 1024 * pair[c, d]]] += 1
                unmark(2, rest, n2, mark, ahead[2])
            unmark(1, 0, n1, mark, ahead[1])
            mark[a] = 0
