"""Oracles in plain Python for measures of modularity: the papers' definitions, slow and literal.

Words as in `naive.py`. An adjacency is `a[source][target]`, a list of lists of weights >= 0, 0 being no
connection; where a function says binary, any other weight counts as 1. `modules[node]` is a label.
`layer[node]` is the node's layer. All randomness is `rng.random()`, one double at a time, in the order
that the docstrings give. Sums are exact (whole numbers, fractions) wherever weights are.
"""

import math
from collections.abc import Sequence
from fractions import Fraction

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
