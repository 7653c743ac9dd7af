"""Oracles in plain Python for measures of modularity: the papers' definitions, slow and literal.

Words as in `naive.py`. An adjacency is `a[source][target]`, a list of lists of Python numbers >= 0, the
weights (of an array: `tolist()`), 0 being no connection; where a function says binary, any other weight
counts as 1. A loop is a connection from a node to itself. `modules[node]` is a label.
`layer[node]` is the node's layer. All randomness is `rng.random()`, one double at a time, in the order
that the docstrings give. Sums are exact (whole numbers, fractions) wherever weights are.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations, product

import naive
import numpy as np

Adjacency = Sequence[Sequence[float]]
Edge = tuple[int, int]
Graph = tuple[tuple[int, ...], ...]


# ------------------------------------------------------------------------------------------- Q


def _whole(a: Adjacency) -> list[list[int]]:
    """The weights in a unit in which all are whole numbers; Q does not depend on the unit."""
    exact = [[Fraction(weight) for weight in row] for row in a]
    unit = math.lcm(*(weight.denominator for row in exact for weight in row))
    return [[int(weight * unit) for weight in row] for row in exact]


def _terms(a: Adjacency, directed: bool) -> tuple[list[list[int]], int]:
    """m^2 times the terms of Q, whole numbers, and m^2 (Leicht & Newman 2008; Newman 2004)."""
    w, nodes = _whole(a), range(len(a))
    if not directed:
        w = [[w[i][j] + w[j][i] for j in nodes] for i in nodes]
    s_out = [sum(row) for row in w]
    s_in = [sum(row[j] for row in w) for j in nodes]
    m = sum(s_out)
    return [[m * w[i][j] - s_out[i] * s_in[j] for j in nodes] for i in nodes], m**2


def _sum_within(terms: list[list[int]], modules: Sequence[int]) -> int:
    """Sum of the terms over pairs in the same module."""
    nodes = range(len(terms))
    return sum(terms[i][j] for i in nodes for j in nodes if modules[i] == modules[j])


def weighted_q(a: Adjacency, modules: Sequence[int], directed: bool) -> float:
    """Q of weighted networks, correctly rounded (Leicht & Newman 2008; undirected: Newman 2004).

    Directed: 1/m sum (w_ij - s_out(i) s_in(j) / m) over pairs in the same module, m the sum of weights,
    s the summed weights out of and into a node. Undirected: the same formula for w + w^T, so that
    opposite connections add up and a loop of weight w counts 2 w. No connection: 0.
    """
    terms, square = _terms(a, directed)
    return float(Fraction(_sum_within(terms, modules), square)) if square else 0.0


def best_q(a: Adjacency, directed: bool) -> tuple[float, list[int]]:
    """The largest Q over all partitions and the first partition that has it, by force.

    Partitions in the order of labels "a new label is one above the largest so far", the last node's
    label counting up first; the first is one module.
    """
    assert len(a) <= 9, "21,147 partitions of 9 nodes, 115,975 of 10"
    terms, _ = _terms(a, directed)
    modules = [0] * len(a)
    for candidate in naive._partitions(len(a)):
        if _sum_within(terms, candidate) > _sum_within(terms, modules):
            modules = candidate
    return weighted_q(a, modules, directed), modules


# ------------------------------------------------------------------------------------------ parts


def _joined(a: Adjacency) -> list[list[int]]:
    """Binary, without loops, weak: 1 where either node connects to the other."""
    nodes = range(len(a))
    return [[int(i != j and (a[i][j] != 0 or a[j][i] != 0)) for j in nodes] for i in nodes]


def components(a: Adjacency) -> list[list[int]]:
    """Nodes of every weakly connected part, in the order of their first node."""
    joined, found, seen = _joined(a), [], set()
    for start in range(len(a)):
        part, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            fresh = {node for node in range(len(a)) if joined[here][node]} - part
            part |= fresh
            waiting += fresh
        if start not in seen:
            found.append(sorted(part))
        seen |= part
    return found


# ---------------------------------------------------------------------------------- Girvan-Newman


def _shortest(joined: Adjacency, source: int) -> tuple[dict[int, int], dict[int, int]]:
    """Distance from the source and number of shortest paths, of every node that can be reached."""
    distance, paths, frontier = {source: 0}, {source: 1}, [source]
    while frontier:
        outside = [node for node in range(len(joined)) if node not in distance]
        for node in outside:
            ways = sum(paths[here] for here in frontier if joined[here][node])
            if ways:
                distance[node], paths[node] = distance[frontier[0]] + 1, ways
        frontier = [node for node in outside if node in distance]
    return distance, paths


def edge_betweenness(joined: Adjacency) -> dict[Edge, Fraction]:
    """Shortest paths over every edge (i, j), i < j, of an undirected graph (Newman & Girvan 2004).

    Every pair of nodes counts 1, in equal parts over its shortest paths. Weights do not matter.
    """
    nodes = range(len(joined))
    found = {(i, j): Fraction(0) for i, j in combinations(nodes, 2) if joined[i][j]}
    reached = [_shortest(joined, node) for node in nodes]
    for s, t in combinations(nodes, 2):
        (from_s, paths_s), (from_t, paths_t) = reached[s], reached[t]
        for i, j in found if t in from_s else ():
            for u, v in ((i, j), (j, i)):
                if u in from_s and v in from_t and from_s[u] + 1 + from_t[v] == from_s[t]:
                    found[i, j] += Fraction(paths_s[u] * paths_t[v], paths_s[t])
    return found


def girvan_newman(a: Adjacency) -> tuple[float, list[int]]:
    """Q and modules of the best level of the divisive tree (Newman & Girvan 2004).

    The graph is undirected, binary and without loops: two nodes are joined if either connects to the
    other. The edge with the largest betweenness is removed and betweenness computed anew, until no edge
    is left; of edges with exactly the same betweenness the one with the lowest (i, j), i < j. A level is
    the partition into components, the first being that of the whole graph. The level with the largest Q
    of the whole graph is kept, the first of equals. Modules are numbered in the order of their first node.
    No edge: Q = 0 and every node a module.
    """
    whole = _joined(a)
    terms, _ = _terms(whole, False)
    left = [list(row) for row in whole]
    best = _labels(components(left))
    while any(map(any, left)):
        between = edge_betweenness(left)
        i, j = max(between, key=lambda edge: (between[edge], -edge[0], -edge[1]))
        left[i][j] = left[j][i] = 0
        level = _labels(components(left))
        if _sum_within(terms, level) > _sum_within(terms, best):
            best = level
    return weighted_q(whole, best, False), best


def _labels(modules: Sequence[Sequence[int]]) -> list[int]:
    """The label of every node, modules being numbered as they are listed."""
    label = {node: number for number, module in enumerate(modules) for node in module}
    return [label[node] for node in range(len(label))]


# ----------------------------------------------------------------------------------------- motifs


@cache
def _canonical(pattern: tuple[tuple[int, ...], ...]) -> int:
    """The least number that the bits make, row after row, over all orders of the nodes."""
    numbers = []
    for order in permutations(range(len(pattern))):
        number = 0
        for source in order:
            for target in order:
                number = 2 * number + pattern[source][target]
        numbers.append(number)
    return min(numbers)


def motif_id(a: Adjacency) -> int:
    """The number of a subgraph in the motif literature (Milo et al. 2002 and 2003; mfinder).

    The least integer, over all orders of the nodes, whose bits are the adjacency [source][target] row
    after row, the first entry being the most significant bit; loops count as 0. Read with the first
    entry as the least significant bit, sum of a[i][j] 2^(n i + j), the least integer is the same one: this
    is the reading of the nodes in reverse order. Reading columns first would be another numbering.

    By hand, first entry least significant: out of one into two nodes 2^1 + 2^2 = 6; chain 2^2 + 2^3 = 12;
    from two into one 2^2 + 2^5 = 36; feed-forward loop 2^1 + 2^2 + 2^5 = 38; loop of three
    2^1 + 2^5 + 2^6 = 98; bifan 2^2 + 2^3 + 2^6 + 2^7 = 204; diamond (bi-parallel), from node 2 by 0 and
    1 to 3, 2^3 + 2^7 + 2^8 + 2^9 = 904. The number 2182 that is also found for the diamond are its bits
    in the order source, two, target (2^1 + 2^2 + 2^7 + 2^11): not the least.
    """
    nodes = range(len(a))
    return _canonical(tuple(tuple(int(i != j and a[i][j] != 0) for j in nodes) for i in nodes))


@cache
def motif_classes(size: int) -> list[int]:
    """Numbers of all connected digraphs of this many nodes, ascending: 13 of 3 nodes, 199 of 4."""
    places = [(i, j) for i in range(size) for j in range(size) if i != j]
    found = set()
    for bits in product((0, 1), repeat=len(places)):
        a = [[0] * size for _ in range(size)]
        for (i, j), bit in zip(places, bits, strict=True):
            a[i][j] = bit
        if len(components(a)) == 1:
            found.add(motif_id(a))
    return sorted(found)


def motif_census(a: Adjacency, size: int) -> dict[int, int]:
    """How often every connected induced subgraph of 3 or 4 nodes occurs (Kashtan & Alon 2005).

    One entry a class, in ascending order of its number, zeros included. Weights and loops are ignored.
    """
    assert size in (3, 4)
    counts = dict.fromkeys(motif_classes(size), 0)
    for chosen in combinations(range(len(a)), size):
        part = [[a[i][j] for j in chosen] for i in chosen]
        if len(components(part)) == 1:
            counts[motif_id(part)] += 1
    return counts


# ------------------------------------------------------------------------------------ null models


def _connections(a: Adjacency) -> list[Edge]:
    """Connections between different nodes, row after row; loops are none of them."""
    nodes = range(len(a))
    return [(i, j) for i in nodes for j in nodes if i != j and a[i][j] != 0]


def _binary(a: Adjacency) -> list[list[int]]:
    """1 where there is a connection, loops included."""
    return [[int(weight != 0) for weight in row] for row in a]


def rewire(a: Adjacency, swaps: int, rng: np.random.Generator) -> list[list[int]]:
    """A binary network with the same in- and out-degree of every node (Kashtan & Alon 2005, control 1).

    The m connections between different nodes are listed once, row after row of `a`. Then `swaps` times:
    draw first = int(rng.random() * m), then second = int(rng.random() * m). Connections (s1, t1) and
    (s2, t2) at these places of the list become (s1, t2) and (s2, t1), at the same places, if the places
    differ, s1 != t2, s2 != t1, and neither new connection is present. If not, the attempt has been made
    all the same and nothing changes: so the chain is symmetric, and uniform over the networks that it
    reaches. Loops of `a` stay and take no part. No connection: no draw.

    It reaches all networks with these degrees except that a loop of three (0 to 1 to 2 to 0) cannot
    always be turned round (Rao et al. 1996): see `all_rewirings` and `reachable_rewirings`.
    """
    return rewire_layered(a, [0] * len(a), swaps, rng)


def rewire_layered(
    a: Adjacency, layer: Sequence[int], swaps: int, rng: np.random.Generator
) -> list[list[int]]:
    """As `rewire`, and who swaps ends must agree in layers (Kashtan & Alon 2005, null of the neural networks).

    A swap is made only if also layer[s1] == layer[s2] and layer[t1] == layer[t2]; both draws are made
    first. So every node keeps its number of connections to and from every layer. Where no connection
    stays in its layer the chain reaches all such networks.
    """
    now, ends = _binary(a), _connections(a)
    for _ in range(swaps if ends else 0):
        first, second = int(rng.random() * len(ends)), int(rng.random() * len(ends))
        if first != second and _may_swap(now, layer, ends[first], ends[second]):
            ends[first], ends[second] = _swapped(now, ends[first], ends[second])
    return now


def _may_swap(now: list[list[int]], layer: Sequence[int], one: Edge, other: Edge) -> bool:
    """Whether two connections may exchange their targets."""
    (s1, t1), (s2, t2) = one, other
    same_layers = layer[s1] == layer[s2] and layer[t1] == layer[t2]
    return same_layers and s1 != t2 and s2 != t1 and not now[s1][t2] and not now[s2][t1]


def _swapped(now: list[list[int]], one: Edge, other: Edge) -> tuple[Edge, Edge]:
    """Exchange the targets of two connections in place, and say what became of the two."""
    (s1, t1), (s2, t2) = one, other
    now[s1][t1] = now[s2][t2] = 0
    now[s1][t2] = now[s2][t1] = 1
    return (s1, t2), (s2, t1)


def all_rewirings(a: Adjacency, layer: Sequence[int] | None = None) -> list[Graph]:
    """Every binary network with the degrees of `a`, and with its loops; for tiny networks.

    With `layer`: every node has its number of connections to each layer and from each layer.
    """
    layer = [0] * len(a) if layer is None else layer
    wanted = Counter((layer[i], j) for i, j in _connections(a))
    found: list[list[tuple[int, ...]]] = [[]]
    for i in range(len(a)):
        longer = [[*rows, row] for rows in found for row in _rows_like(a, layer, i)]
        found = [rows for rows in longer if _arrivals(rows, layer) <= wanted]
    return sorted(tuple(rows) for rows in found if _arrivals(rows, layer) == wanted)


def _rows_like(a: Adjacency, layer: Sequence[int], i: int) -> list[tuple[int, ...]]:
    """Rows in which node i connects to as many nodes of every layer as it does in `a`."""
    others = [j for j in range(len(a)) if j != i]
    mine = [j for j in others if a[i][j] != 0]
    rows = []
    for targets in combinations(others, len(mine)):
        if Counter(layer[j] for j in targets) == Counter(layer[j] for j in mine):
            rows.append(tuple(int(a[i][i] != 0 if j == i else j in targets) for j in range(len(a))))
    return rows


def _arrivals(rows: list[tuple[int, ...]], layer: Sequence[int]) -> Counter[Edge]:
    """Connections from every layer to every node in the first rows of a network."""
    return Counter(
        (layer[i], j) for i, row in enumerate(rows) for j, x in enumerate(row) if x and i != j
    )


def reachable_rewirings(a: Adjacency, layer: Sequence[int] | None = None) -> list[Graph]:
    """Every network that `rewire` (with `layer`: `rewire_layered`) can make of `a`, each as likely."""
    layer = [0] * len(a) if layer is None else layer
    start = tuple(tuple(row) for row in _binary(a))
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        for one, other in combinations(_connections(here), 2):
            now = [list(row) for row in here]
            if _may_swap(now, layer, one, other):
                _swapped(now, one, other)
                there = tuple(tuple(row) for row in now)
                waiting += [there] if there not in found else []
                found.add(there)
    return sorted(found)


def shuffle_within_layers(
    a: Adjacency, layer: Sequence[int], rng: np.random.Generator
) -> list[list[float]]:
    """All weights between one layer and the next permuted, zeros included (Filan et al. 2021, "layer").

    Layers are numbered 0, 1, 2 ...; the block from layer k to layer k + 1 has a place for every source
    of layer k and every target of layer k + 1, row after row. Blocks in the order of k, each by Fisher &
    Yates: for i from its last place down to 1, j = int(rng.random() * (i + 1)), and the weights at i and j
    change places. All other entries of `a` stay.
    """
    shuffled = [list(row) for row in a]
    nodes = range(len(a))
    for k in range(max(layer, default=0)):
        places = [(s, t) for s in nodes for t in nodes if layer[s] == k and layer[t] == k + 1]
        for i in range(len(places) - 1, 0, -1):
            (s1, t1), (s2, t2) = places[i], places[int(rng.random() * (i + 1))]
            shuffled[s1][t1], shuffled[s2][t2] = shuffled[s2][t2], shuffled[s1][t1]
    return shuffled


def erdos_renyi(
    n: int, m: int, rng: np.random.Generator, acyclic_layers: Sequence[int] | None = None
) -> list[list[int]]:
    """m distinct directed connections without loops, all sets as likely (Erdos & Renyi 1959, G(n, m)).

    Places are counted row after row without the diagonal: n (n - 1) of them. One connection after the
    other: draw int(rng.random() * (n (n - 1))) and draw again while that place is taken. With
    `acyclic_layers[node]`: only places from a layer to any later one are counted, row after row, and the
    draw is int(rng.random() * number of such places).
    """
    nodes, layer = range(n), acyclic_layers
    places = [(i, j) for i in nodes for j in nodes if i != j and (layer is None or layer[i] < layer[j])]
    assert m <= len(places), f"{m} connections in {len(places)} places"
    a = [[0] * n for _ in nodes]
    for _ in range(m):
        source, target = places[int(rng.random() * len(places))]
        while a[source][target]:
            source, target = places[int(rng.random() * len(places))]
        a[source][target] = 1
    return a


# ---------------------------------------------------------------------------- n-cut and hierarchy


def n_cut(w: Adjacency, modules: Sequence[int]) -> float:
    """Sum over modules of cut / (volume + 1e-8) of an undirected weighted graph (Filan et al. 2021).

    `w` is symmetric. Cut: summed weights from nodes of the module to nodes outside; volume: summed rows
    of its nodes. Low is modular; k separate modules with weights have 0, and no k modules more than k.
    """
    nodes = range(len(w))
    assert all(w[i][j] == w[j][i] for i in nodes for j in nodes), "an undirected graph is symmetric"
    total = 0.0
    for module in sorted(set(modules)):
        inside = [node for node in nodes if modules[node] == module]
        cut = math.fsum(w[i][j] for i in inside for j in nodes if modules[j] != module)
        volume = math.fsum(w[i][j] for i in inside for j in nodes)
        total += cut / (volume + 1e-8)
    return total


def _touched(a: Adjacency) -> list[int]:
    """Nodes with a connection, ascending."""
    nodes = range(len(a))
    return [i for i in nodes if any(a[i][j] != 0 or a[j][i] != 0 for j in nodes)]


def global_reaching_centrality(a: Adjacency) -> float:
    """Hierarchy of a simplified network, 0 to 1 (Mones et al. 2012 as in Mengistu et al. 2016).

    Connections are reversed (from outputs to inputs) and have weight 1; nodes without connections are
    left out, N remain. C(i) = other nodes that i reaches / (N - 1); the sum of max C - C(i) over all
    nodes / (N - 1). Fewer than two nodes: 0.
    """
    kept = _touched(a)
    if len(kept) < 2:
        return 0.0
    reach = [len(_sources(a, node) - {node}) for node in kept]
    return float(Fraction(sum(max(reach) - one for one in reach), (len(kept) - 1) ** 2))


def _sources(a: Adjacency, node: int) -> set[int]:
    """Nodes from which a path of one or more connections leads to this one."""
    found: set[int] = set()
    waiting = [node]
    while waiting:
        here = waiting.pop()
        fresh = {source for source in range(len(a)) if a[source][here] != 0} - found
        found |= fresh
        waiting += fresh
    return found


# -------------------------------------------------------------------------------------- functions


def first_split(a: Adjacency) -> list[int]:
    """The two parts of a simplified network, 0 or 1 a node, -1 without connections (Clune et al. 2013).

    By the sign of the leading eigenvector of B + B^T, B_ij = A_ij - k_out(i) k_in(j) / m, binary, over
    the nodes that have connections: > 0 is one side, <= 0 the other. Part 0 is that of the first such node.
    If no eigenvalue is above 1e-9 no split raises Q: all are part 0. Where the two largest eigenvalues are
    equal, or a component is 0, the split is arbitrary (`naive.spectral_gap` of `split_matrix`).
    """
    kept = _touched(a)
    parts = [-1] * len(a)
    if not kept:
        return parts
    values, vectors = np.linalg.eigh(np.array(split_matrix(a), dtype=np.float64))
    sides = [bool(x > 0) for x in vectors[:, -1]]
    for node, side in zip(kept, sides, strict=True):
        parts[node] = int(values[-1] > 1e-9 and side != sides[0])
    return parts


def split_matrix(a: Adjacency) -> list[list[float]]:
    """B + B^T over the nodes that have connections (Leicht & Newman 2008; Clune et al. 2013)."""
    kept = _touched(a)
    part = [[int(a[i][j] != 0) for j in kept] for i in kept]
    terms, square = _terms(part, True)
    nodes, m = range(len(kept)), math.isqrt(square)
    return [[(terms[i][j] + terms[j][i]) / m for j in nodes] for i in nodes]


def left_right(a: Adjacency, modules2: Sequence[int], left: Sequence[int], right: Sequence[int]) -> int:
    """How well two modules separate left from right inputs, 0 to all (Clune et al. 2013, "IOM").

    Sum over the two modules of |left inputs - right inputs| in it; inputs without connections in `a` are
    not counted. The retina's inputs are separated if it is 8.
    """
    kept = set(_touched(a))
    labels = {modules2[node] for node in kept}
    assert len(labels) <= 2, "a split into two"
    score = 0
    for label in labels:
        inside = {node for node in kept if modules2[node] == label}
        score += abs(len(inside & set(left)) - len(inside & set(right)))
    return score


def subgoal_readings(values: Sequence[float], table: Sequence[bool]) -> float:
    """How well a neuron tells a subgoal, by the best of four readings (Clune et al. 2013, authors' source).

    `values[pattern]` of the neuron, `table[pattern]` of the subgoal: the largest fraction of patterns for
    which value > 0, >= 0, < 0 or <= 0, the same reading for all patterns, is what the table says.
    """
    readings = (
        [value > 0 for value in values],
        [value >= 0 for value in values],
        [value < 0 for value in values],
        [value <= 0 for value in values],
    )
    pairs = [list(zip(reading, table, strict=True)) for reading in readings]
    return max(sum(says == bool(is_so) for says, is_so in pair) for pair in pairs) / len(table)


# ---------------------------------------------------------------------------------------- lesions


def lesion(
    layers: Sequence[int],
    connections: Mapping[Edge, float],
    bias: Mapping[int, float],
    silent: Collection[int],
    gain: float = 20.0,
) -> list[list[int]]:
    """Answers with some nodes silent, +1, -1 or 0, [output][pattern] (Filan et al. 2021, lesions).

    A silent node, neuron or input, has the value 0 for every pattern: so it is with all its incoming
    weights and its bias 0. Else as `naive.answer`: tanh(gain (sum w y + b)), bit i of a pattern is input i,
    +1 or -1, and an answer is the sign of the output.
    """
    answers: list[list[int]] = [[] for _ in range(layers[-1])]
    for pattern in range(2 ** layers[0]):
        values = [1.0 if pattern >> i & 1 else -1.0 for i in range(layers[0])]
        for node in range(sum(layers)):
            if node >= layers[0]:
                total = 0.0
                for source in range(node):
                    if (source, node) in connections:
                        total += connections[source, node] * values[source]
                values.append(math.tanh(gain * (total + bias[node])))
            if node in silent:
                values[node] = 0.0
        for output, value in enumerate(values[-layers[-1] :]):
            answers[output].append((value > 0) - (value < 0))
    return answers


def drops(
    score: Callable[[frozenset[int]], float], modules: Sequence[Collection[int]]
) -> dict[tuple[int, ...], float]:
    """What is lost when one module is silent, (i,), or two are, (i, j) with i < j (after Hod et al. 2021).

    `score(silent nodes)` is a fraction of right answers; drop(S) = score(none) - score(all nodes of S).
    """
    numbers = range(len(modules))
    lost = {}
    for chosen in [*combinations(numbers, 1), *combinations(numbers, 2)]:
        silent = frozenset(node for number in chosen for node in modules[number])
        lost[chosen] = score(frozenset()) - score(silent)
    return lost


def synergy(lost: Mapping[tuple[int, ...], float], i: int, j: int) -> float:
    """What two modules lose together beyond what they lose one by one: > 0 if one stands in for the other.

    drop({i, j}) - drop({i}) - drop({j}) of `drops`.
    """
    return lost[min(i, j), max(i, j)] - lost[i,] - lost[j,]


def reaching_by_distance(weights: Sequence[Sequence[float]], is_weighted: bool) -> float:
    """Global reaching centrality of Mones et al. (2012) by mean weights along paths, connections reversed.

    Paths of the least sum of 1 / weight, found by trying all simple ones; of equal ones that of the largest
    mean. Without weights the mean of 1 / distance.
    """
    nodes = [i for i in range(len(weights)) if any(weights[i]) or any(row[i] for row in weights)]
    if len(nodes) < 2:
        return 0.0
    best: dict[tuple[int, int], tuple[float, float]] = {}

    def walk(first: int, path: list[int], length: float, whole: float) -> None:
        for node in nodes:
            weight = weights[node][path[-1]]
            if weight and node not in path:
                far, mean = length + 1.0 / weight, (whole + weight) / len(path)
                known = best.get((first, node))
                if known is None or (round(far, 9), -mean) < (round(known[0], 9), -known[1]):
                    best[first, node] = (far, mean if is_weighted else 1.0 / len(path))
                walk(first, [*path, node], far, whole + weight)

    for node in nodes:
        walk(node, [node], 0.0, 0.0)
    present = [w for i, row in enumerate(weights) for w in (row if is_weighted else []) if w]
    unit = sum(present) / len(present) if present else 1.0
    others = len(nodes) - 1
    reached = [sum(m for (i, _), (_, m) in best.items() if i == node) / others / unit for node in nodes]
    return sum(max(reached) - each for each in reached) / others
