"""Oracle in plain Python of the refinement of a partition: by definition, whole numbers, no short cuts.

Words as in `naive.py`; weights are whole numbers. Q is counted as m^2 Q, which is then a whole number.
"""

import itertools
from collections.abc import Sequence

Adjacency = Sequence[Sequence[int]]
ROUNDS, ROUNDS_A_NODE, WORSE, NOTHING = 250, 10, 0.8, 1e-12


def scaled_q(a: Adjacency, modules: Sequence[int]) -> int:
    """m^2 Q = sum over pairs of a module of m a_ij - s_out(i) s_in(j) (Leicht & Newman 2008)."""
    nodes = range(len(a))
    s_out, s_in = [sum(row) for row in a], [sum(row[j] for row in a) for j in nodes]
    m = sum(s_out)
    pairs = itertools.product(nodes, nodes)
    return sum(m * a[i][j] - s_out[i] * s_in[j] for i, j in pairs if modules[i] == modules[j])


def _moved(modules: Sequence[int], node: int, to: int) -> list[int]:
    return [to if other == node else module for other, module in enumerate(modules)]


def _merged(modules: Sequence[int], one: int, other: int) -> list[int]:
    return [other if module == one else module for module in modules]


def _settle(a: Adjacency, modules: list[int], node: int, n_modules: int) -> tuple[list[int], int]:
    """Moves of nodes, in turn from a given one, and merges of two modules, until nothing gains.

    Of equal gains the module of the lowest number is taken; of merges the first in lexical order. There
    is always an empty module, unless there are as many as nodes.
    """
    n = len(a)
    while True:
        quiet = 0
        while quiet < n:
            now = scaled_q(a, modules)
            gains = [scaled_q(a, _moved(modules, node, to)) - now for to in range(n_modules)]
            quiet += 1
            if max(gains) > 0:
                to = gains.index(max(gains))
                modules, quiet = _moved(modules, node, to), 1
                n_modules = min(n, max(n_modules, to + 2))
            node = (node + 1) % n
        now = scaled_q(a, modules)
        pairs = [(one, two) for one in sorted(set(modules)) for two in sorted(set(modules)) if two < one]
        gains = [scaled_q(a, _merged(modules, *pair)) - now for pair in pairs]
        if max(gains, default=0) <= 0:
            return modules, n_modules
        modules = _merged(modules, *pairs[gains.index(max(gains))])


def refined(
    a: Adjacency, start: Sequence[int], draws: Sequence[float], rounds: int | None = None
) -> list[int]:
    """The best partition of an iterated local search; every node has a connection.

    First the start is settled from node 0. A round draws a node, a module (the last one may be empty), for
    every neighbour in order whether it goes with the node there (below 1/2), and the node from which the
    rest is settled. The outcome is the next round's start unless Q fell by more than WORSE / n times the
    share of rounds that are still to come.
    """
    n = len(a)
    draw = itertools.cycle(draws)
    rounds = max(ROUNDS, ROUNDS_A_NODE * n) if rounds is None else rounds
    square = sum(map(sum, a)) ** 2
    n_modules = min(n, max(start) + 2)
    kept = best = list(start)
    for number in range(rounds + 1):
        modules, first = list(kept), 0
        if number > 0:
            middle, to = int(next(draw) * n), int(next(draw) * n_modules)
            near = [j for j in range(n) if j != middle and (a[middle][j] or a[j][middle])]
            for node in [middle] + [j for j in near if next(draw) < 0.5]:
                modules[node] = to
            first = int(next(draw) * n)
        modules, n_modules = _settle(a, modules, first, n_modules)
        if scaled_q(a, modules) > scaled_q(a, best):
            best = modules
        allowed = WORSE / n * (1.0 - number / rounds) + NOTHING
        if scaled_q(a, modules) >= scaled_q(a, kept) - allowed * square:
            kept = modules
    return best


def broken_cuts(
    together: Sequence[Sequence[float]], n_few: int, least: float
) -> list[tuple[set[int], set[int], float]]:
    """Sets S, T and by how much x(S, T) - x(S) - x(T) <= |S| is broken (Groetschel & Wakabayashi 1990).

    For every S of one or two nodes and every first node of T that is with S at all: T grows by the node
    that adds most to the left side, the lowest of equals, while one adds more than 1e-9. T has more nodes
    than S, and only what is broken by more than ``least`` counts.
    """
    nodes = range(len(together))

    def added(few: tuple[int, ...], many: list[int], node: int) -> float:
        return sum(together[s][node] for s in few) - sum(together[t][node] for t in many)

    found = []
    for few in itertools.combinations(nodes, n_few):
        for first in nodes:
            if first in few or added(few, [], first) < 1e-9:
                continue
            many = [first]
            while True:
                gains = {j: added(few, many, j) for j in nodes if j not in (*few, *many)}
                best = max(gains, key=lambda j: (gains[j], -j), default=-1)
                if best < 0 or gains[best] <= 1e-9:
                    break
                many.append(best)
            between = sum(together[s][t] for s in few for t in many)
            within = sum(
                together[a][b] for group in (few, many) for a, b in itertools.combinations(group, 2)
            )
            if len(many) > n_few and between - within > n_few + least:
                found.append((set(few), set(many), between - within - n_few))
    return found
