"""A partition of high modularity: moves of nodes, merges of modules, and kicks out of local optima.

Everything is counted in m^2 times Q: of a graph with connections 0 or 1 these are whole numbers, and
therefore exact. A node has ``strength[side, node]``, the weights out of it and into it.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined

ROUNDS, ROUNDS_A_NODE = 250, 10  # kicks: at least, and for every node of a large graph
WORSE = 0.8  # divided by the nodes: the loss in Q that is put up with in the first round, 0 in the last
NOTHING = 1e-12  # a gain in Q below this is rounding noise


@inlined
def counted(adjacency):
    """The graph as the search wants it: m, ``strength[side, node]``, and the neighbours of every node.

    ``near[node, k]`` for k below ``degree[node]``; ``link[node, node]``: the weights both ways.
    """
    n = adjacency.shape[0]
    strength, link = np.zeros((2, n)), np.zeros((n, n))
    near, degree = np.zeros((n, n), np.int64), np.zeros(n, np.int64)
    m = 0.0
    for a in range(n):
        for b in range(n):
            m += adjacency[a, b]
            strength[0, a] += adjacency[a, b]
            strength[1, b] += adjacency[a, b]
            if a != b and adjacency[a, b] + adjacency[b, a] != 0.0:
                near[a, degree[a]] = b
                degree[a] += 1
                link[a, b] = adjacency[a, b] + adjacency[b, a]
    return m, strength, near, degree, link


@inlined
def parted(graph, modules):
    """A partition, and what is kept up to date with it.

    ``total[0, module]``: its nodes; ``total[1 + side, module]``: their strengths.
    ``links[node, module]``: the weights both ways between a node and all others of a module.
    """
    _, strength, near, degree, link = graph
    n = modules.size
    module, total, links = modules.copy(), np.zeros((3, n)), np.zeros((n, n))
    for a in range(n):
        total[0, module[a]] += 1.0
        total[1, module[a]] += strength[0, a]
        total[2, module[a]] += strength[1, a]
        for k in range(degree[a]):
            links[a, module[near[a, k]]] += link[a, near[a, k]]
    return module, total, links


@inlined
def worth(node, to, graph, partition):
    """What a node adds to m^2 Q as a member of a module, be it one already or not."""
    m, strength, _, _, _ = graph
    module, total, links = partition
    out, into = total[1, to], total[2, to]
    if module[node] == to:
        out -= strength[0, node]
        into -= strength[1, node]
    return m * links[node, to] - strength[0, node] * into - strength[1, node] * out


@inlined
def put(node, to, graph, partition):
    """Move a node into a module."""
    _, strength, near, degree, link = graph
    module, total, links = partition
    was = module[node]
    module[node] = to
    total[0, was] -= 1.0
    total[0, to] += 1.0
    for side in range(2):
        total[1 + side, was] -= strength[side, node]
        total[1 + side, to] += strength[side, node]
    for k in range(degree[node]):
        other = near[node, k]
        links[other, was] -= link[node, other]
        links[other, to] += link[node, other]


@inlined
def best_merge(n_modules, graph, partition):
    """Modules whose union gains most, the higher number first, and the gain; -1 where none gains."""
    m = graph[0]
    module, total, links = partition
    most, best, into = NOTHING * m * m, -1, -1
    for one in range(n_modules):
        for other in range(one):
            if total[0, one] == 0.0 or total[0, other] == 0.0:
                continue
            gain = -total[1, one] * total[2, other] - total[2, one] * total[1, other]
            for node in range(module.size):
                if module[node] == one:
                    gain += m * links[node, other]
            if gain > most:
                most, best, into = gain, one, other
    return best, into, most


@inlined
def settle(node, n_modules, graph, partition):
    """Moves of nodes, in turn from a given one, and merges, until none gains; the gain in all.

    A node goes to the module, perhaps an empty one, that gains most by it, the first of equals.
    """
    n, tiny = partition[0].size, NOTHING * graph[0] * graph[0]
    module = partition[0]
    whole, one = 0.0, 0
    while one >= 0:
        waiting = n
        while waiting > 0:
            waiting -= 1
            stay = worth(node, module[node], graph, partition)
            most, best = tiny, module[node]
            for to in range(n_modules):
                if to != module[node]:
                    gain = worth(node, to, graph, partition) - stay
                    if gain > most:
                        most, best = gain, to
            if best != module[node]:
                whole += most
                put(node, best, graph, partition)
                n_modules = min(n, max(n_modules, best + 2))
                waiting = n - 1
            node = node + 1 if node + 1 < n else 0
        one, other, gain = best_merge(n_modules, graph, partition)
        if one >= 0:
            whole += gain
            for a in range(n):
                if module[a] == one:
                    put(a, other, graph, partition)
    return whole, n_modules


@inlined
def kick(n_modules, draws, drawn, graph, partition):
    """A drawn node goes with each neighbour at probability 1/2 into a drawn module; the gain."""
    near, degree = graph[2], graph[3]
    module = partition[0]
    middle = int(draws[drawn] * module.size)
    to = int(draws[(drawn + 1) % draws.size] * n_modules)
    drawn = (drawn + 2) % draws.size
    whole = 0.0
    for k in range(-1, degree[middle]):
        node, goes = middle, True
        if k >= 0:
            node, goes = near[middle, k], draws[drawn] < 0.5
            drawn = (drawn + 1) % draws.size
        if goes and to != module[node]:
            whole -= worth(node, module[node], graph, partition)
            whole += worth(node, to, graph, partition)
            put(node, to, graph, partition)
    return whole, drawn


@compiled
def refine(adjacency, draws, modules):
    """Iterated local search from a partition, ``modules[node]``, which becomes the best one found.

    A round: a kick, then `settle` from a drawn node. What comes out is kept if it is not worse than before
    by more than the allowance of the round, which falls to 0 in a straight line. ``draws``: numbers from
    [0, 1), taken in order and, after the last, from the first again. Every node has a connection.
    """
    n = adjacency.shape[0]
    graph = counted(adjacency)
    partition = parted(graph, modules)
    module, kept, square = partition[0], modules.copy(), graph[0] * graph[0]
    n_modules, value, kept_value, best, drawn, node = 1, 0.0, 0.0, 0.0, 0, 0
    for a in range(n):
        n_modules = min(n, max(n_modules, module[a] + 2))  # one of them is empty
    rounds = max(ROUNDS, ROUNDS_A_NODE * n)
    for number in range(rounds + 1):
        if number > 0:
            gain, drawn = kick(n_modules, draws, drawn, graph, partition)
            value += gain
            node = int(draws[drawn] * n)
            drawn = (drawn + 1) % draws.size
        gain, n_modules = settle(node, n_modules, graph, partition)
        value += gain
        if value > best + NOTHING * square:
            best = value
            for a in range(n):
                modules[a] = module[a]
        allowed = WORSE / n * (1.0 - number / rounds) + NOTHING
        if value >= kept_value - allowed * square:
            kept_value = value
            for a in range(n):
                kept[a] = module[a]
        else:
            value = kept_value
            for a in range(n):
                if module[a] != kept[a]:
                    put(a, kept[a], graph, partition)


@compiled
def refine_many(adjacencies, draws, modules):
    """Refine ``modules[network, node]`` of ``adjacencies[network, source, target]``, all by the same draws.

    Nodes of module -1 have no connection and are left out. In the end modules are numbered in the order of
    their first node.
    """
    size = adjacencies.shape[1]
    members = np.empty(size, np.int64)
    for k in range(adjacencies.shape[0]):
        n = 0
        for a in range(size):
            if modules[k, a] >= 0:
                members[n] = a
                n += 1
        if n == 0:
            continue
        inner, labels = np.empty((n, n)), np.empty(n, np.int64)
        for i in range(n):
            labels[i] = modules[k, members[i]]
            for j in range(n):
                inner[i, j] = adjacencies[k, members[i], members[j]]
        refine(inner, draws, labels)
        number, n_modules = np.full(n, -1), 0
        for i in range(n):
            if number[labels[i]] < 0:
                number[labels[i]] = n_modules
                n_modules += 1
            modules[k, members[i]] = number[labels[i]]
