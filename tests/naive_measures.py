"""Oracles in plain Python for measures of modularity: the papers' definitions, slow and literal.

Words as in `naive.py`. An adjacency is `a[source][target]`, a list of lists of weights >= 0, 0 being no
connection; where a function says binary, any other weight counts as 1. `modules[node]` is a label.
`layer[node]` is the node's layer. All randomness is `rng.random()`, one double at a time, in the order
that the docstrings give. Sums are exact (whole numbers, fractions) wherever weights are.
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations, product

import naive

Adjacency = Sequence[Sequence[float]]


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
    opposite connections add up and a loop of weight w counts 2 w (papers.md 1.3). No connection: 0.
    """
    terms, square = _terms(a, directed)
    return float(Fraction(_sum_within(terms, modules), square)) if square else 0.0


def best_q(a: Adjacency, directed: bool) -> tuple[float, list[int]]:
    """The largest Q over all partitions and the first partition that has it, by force.

    Partitions in the order of labels "a new label is one above the largest so far", the last node's
    label counting up first; the first is one module (Brandes et al. 2008: no quick way is known).
    """
    assert len(a) <= 9, "21,147 partitions of 9 nodes, 115,975 of 10"
    terms, _ = _terms(a, directed)
    modules = [0] * len(a)
    for candidate in naive._partitions(len(a)):
        if _sum_within(terms, candidate) > _sum_within(terms, modules):
            modules = candidate
    return weighted_q(a, modules, directed), modules


# ----------------------------------------------------------------------------------------- motifs


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
