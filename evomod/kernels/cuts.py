"""Inequalities that every partition keeps and a relaxed one breaks (Groetschel & Wakabayashi 1990)."""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined

LEAST = 1e-9  # a gain of the greedy search below this is rounding noise


@inlined
def grow(together, one, other, first, members, load):
    """The group that the pair, or one node twice, is with most beyond what its members are with each other.

    Greedy from a first member; returns the number of ``members[k]`` and the sum of what they gain.
    """
    n = together.shape[0]
    taken = np.zeros(n, np.bool_)
    taken[one] = taken[other] = True
    for j in range(n):
        load[j] = together[one, j] + (together[other, j] if other != one else 0.0)
    n_members, sum_of_gains, best = 0, 0.0, first
    while best >= 0:
        members[n_members] = best
        n_members += 1
        sum_of_gains += load[best]
        taken[best] = True
        most, added = LEAST, best
        best = -1
        for j in range(n):
            load[j] -= together[added, j]
            if not taken[j] and load[j] > most:
                most, best = load[j], j
    return n_members, sum_of_gains


@compiled
def separate(together, n_few, least, few, many, excess):
    """Broken inequalities x(S, T) - x(S) - x(T) <= |S|, S of one or two nodes, T of more.

    ``together[node, node]`` is the relaxed x. x(S, T) sums it over pairs between, x(S) and x(T) over
    pairs within. Greedy, from every S of ``n_few`` nodes and every first node of T. Each is written as
    ``few[cut, node]``, ``many[cut, node]`` (whether a node is in S, in T), and ``excess[cut]``, by how
    much, more than ``least``, it is broken; returns their number, at most the length of ``excess``.
    """
    n = together.shape[0]
    members, load = np.empty(n, np.int64), np.empty(n)
    n_cuts = 0
    for one in range(n):
        for other in range(one if n_few == 1 else one + 1, one + 1 if n_few == 1 else n):
            within = together[one, other] if n_few == 2 else 0.0
            for first in range(n):
                attracted = together[one, first] + together[other, first]
                if first in (one, other) or attracted < LEAST or n_cuts == excess.size:
                    continue
                n_members, between = grow(together, one, other, first, members, load)
                if n_members > n_few and between - within > n_few + least:
                    for j in range(n):
                        few[n_cuts, j] = many[n_cuts, j] = False
                    few[n_cuts, one] = few[n_cuts, other] = True
                    for k in range(n_members):
                        many[n_cuts, members[k]] = True
                    excess[n_cuts] = between - within - n_few
                    n_cuts += 1
    return n_cuts
