"""Random graphs for comparison, and the most modular graph of given degrees (Kashtan & Alon 2005)."""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, uniform


@inlined
def list_ends(adjacency, undirected, ends):
    """Connections between different nodes, row after row, into ``ends[connection, (source, target)]``.

    Of an undirected graph every edge once, from its lower node. Returns their number.
    """
    n = 0
    for i in range(adjacency.shape[0]):
        for j in range(i + 1 if undirected else 0, adjacency.shape[0]):
            if i != j and adjacency[i, j] != 0.0:
                ends[n, 0] = i
                ends[n, 1] = j
                n += 1
    return n


@inlined
def draw_pair(ends, n, layer, undirected, rng, graph, pair):
    """Draw two connections into ``pair``; whether they may exchange their targets.

    An undirected edge has no source: the second is turned round in ``ends`` in every other draw, at random.
    """
    first, second = int(uniform(rng) * n), int(uniform(rng) * n)
    pair[0] = first
    pair[1] = second
    if undirected and uniform(rng) < 0.5:
        ends[second, 0], ends[second, 1] = ends[second, 1], ends[second, 0]
    if first == second:
        return False
    s1, t1, s2, t2 = ends[first, 0], ends[first, 1], ends[second, 0], ends[second, 1]
    if layer[s1] != layer[s2] or layer[t1] != layer[t2] or s1 == t2 or s2 == t1:
        return False
    return graph[s1, t2] == 0.0 and graph[s2, t1] == 0.0


@inlined
def swap(pair, undirected, ends, graph):
    """Exchange the targets of two connections."""
    first, second = pair[0], pair[1]
    s1, t1, s2, t2 = ends[first, 0], ends[first, 1], ends[second, 0], ends[second, 1]
    graph[s1, t1] = graph[s2, t2] = 0.0
    graph[s1, t2] = graph[s2, t1] = 1.0
    if undirected:
        graph[t1, s1] = graph[t2, s2] = 0.0
        graph[t2, s1] = graph[t1, s2] = 1.0
    ends[first, 1], ends[second, 1] = t2, t1


@compiled
def rewire(adjacency, layer, undirected, swaps, rng, ends, pair, graphs):
    """Graphs with the degrees of ``adjacency[source, target]``, into ``graphs[draw, source, target]``, 0 or 1.

    Every draw starts from the original and makes ``swaps`` attempts: two connections drawn at random
    exchange their targets if sources and targets lie in the same ``layer[node]`` and neither a loop nor a
    second connection arises. A failed attempt counts, which makes all reachable graphs as likely.
    ``ends[node * node, 2]`` and ``pair[2]`` are work space.
    """
    size = adjacency.shape[0]
    for draw in range(graphs.shape[0]):
        graph = graphs[draw]
        for i in range(size):
            for j in range(size):
                graph[i, j] = 1.0 if adjacency[i, j] != 0.0 else 0.0
        n = list_ends(adjacency, undirected, ends)
        for _ in range(swaps if n > 0 else 0):
            if draw_pair(ends, n, layer, undirected, rng, graph, pair):
                swap(pair, undirected, ends, graph)


@compiled
def shuffle(places, first, rng, values):
    """Permute the weights of every block in place, ``values[draw, place]`` (Fisher & Yates).

    Block k is ``places[first[k] : first[k + 1]]``.
    """
    for draw in range(values.shape[0]):
        for block in range(first.size - 1):
            begin = first[block]
            for i in range(first[block + 1] - begin - 1, 0, -1):
                one = places[begin + i]
                other = places[begin + int(uniform(rng) * (i + 1))]
                values[draw, one], values[draw, other] = values[draw, other], values[draw, one]


@compiled
def scatter(places, n_connections, rng, values):
    """Set so many of ``places`` to 1 in ``values[draw, place]``, all sets as likely; others are left alone."""
    for draw in range(values.shape[0]):
        for _ in range(n_connections):
            place = places[int(uniform(rng) * places.size)]
            while values[draw, place] != 0.0:
                place = places[int(uniform(rng) * places.size)]
            values[draw, place] = 1.0


@inlined
def links_gained(graph, a, at, to, undirected, modules):
    """Connections of node a with the nodes of one module, less those with the other nodes of its own.

    In one loop without branches: half of the time of a look at each module in turn.
    """
    total = 0.0
    for b in range(graph.shape[0]):
        both = graph[a, b] if undirected else graph[a, b] + graph[b, a]
        total += both * (modules[b] == to) - both * (modules[b] == at)
    own = graph[a, a] if undirected else 2.0 * graph[a, a]
    return total + own  # a loop is not a connection with another node


@inlined
def sum_degrees(graph, undirected, as_undirected, degree):
    """Connections out of and into every node, ``degree[node, (out, in)]``; returns what their products

    are divided by in m Q: m, or, where both are the sum of the two, 4 m.
    """
    size, m = graph.shape[0], 0.0
    for i in range(size):
        degree[i, 0] = degree[i, 1] = 0.0
    for i in range(size):
        for j in range(i if undirected else 0, size):
            if graph[i, j] != 0.0:
                m += 1.0
                degree[i, 0] += 1.0
                degree[j, 1] += 1.0
    if not as_undirected:
        return m
    for i in range(size):
        degree[i, 0] += degree[i, 1]
        degree[i, 1] = degree[i, 0]
    return 4.0 * m


@compiled
def anneal(adjacency, layer, shape, temperatures, rng, graphs):
    """Graphs with the degrees of ``adjacency``, as modular as annealing finds, into ``graphs[restart]``.

    Graph and partition are changed together, so that a step is cheap: by turns at random a swap as in
    `rewire`, or a node moves to another module. The objective is m Q. ``shape``: whether the graph is
    undirected, whether Q is, and the number of steps. ``temperatures``: the first and the last, in
    connections, falling geometrically; the last tenth of the steps accepts no loss.
    """
    size, undirected, steps = adjacency.shape[0], shape[0] == 1, shape[2]
    ends, pair = np.empty((size * size, 2), np.int64), np.empty(2, np.int64)
    modules, degree = np.empty(size, np.int64), np.empty((size, 2))
    out, into = np.empty(size), np.empty(size)
    for restart in range(graphs.shape[0]):
        graph = graphs[restart]
        for i in range(size):
            modules[i] = i
            for j in range(size):
                graph[i, j] = 1.0 if adjacency[i, j] != 0.0 else 0.0
        n = list_ends(adjacency, undirected, ends)
        scale = sum_degrees(graph, undirected, shape[1] == 1, degree)
        for i in range(size):
            out[i], into[i] = degree[i, 0], degree[i, 1]
        cooling = (temperatures[1] / temperatures[0]) ** (1.0 / (0.9 * steps))
        temperature = temperatures[0]
        for step in range(steps if n > 1 else 0):
            temperature = temperature * cooling if step < 0.9 * steps else 0.0
            if uniform(rng) < 0.5:
                if not draw_pair(ends, n, layer, undirected, rng, graph, pair):
                    continue
                s1, t1, s2, t2 = ends[pair[0], 0], ends[pair[0], 1], ends[pair[1], 0], ends[pair[1], 1]
                gain = 0.0
                gain += modules[s1] == modules[t2]
                gain += modules[s2] == modules[t1]
                gain -= modules[s1] == modules[t1]
                gain -= modules[s2] == modules[t2]
                if gain >= 0.0 or (temperature > 0.0 and uniform(rng) < np.exp(gain / temperature)):
                    swap(pair, undirected, ends, graph)
                continue
            a, to = int(uniform(rng) * size), int(uniform(rng) * size)
            at, o, i = modules[a], degree[a, 0], degree[a, 1]
            if at == to:
                continue
            gain = links_gained(graph, a, at, to, undirected, modules)
            gain = gain * scale + out[at] * into[at] + out[to] * into[to]
            gain -= (out[at] - o) * (into[at] - i) + (out[to] + o) * (into[to] + i)
            gain /= scale  # of a whole number: no gain is exactly 0
            if gain >= 0.0 or (temperature > 0.0 and uniform(rng) < np.exp(gain / temperature)):
                modules[a] = to
                out[at] -= o
                into[at] -= i
                out[to] += o
                into[to] += i
