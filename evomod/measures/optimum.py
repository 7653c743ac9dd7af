"""The partition of the highest modularity, proved: linear relaxations, cutting planes, branch and bound.

A partition is x = 0 or 1 for each pair of nodes, 1 in the same module, and Q is a weighted sum of x
(Brandes et al. 2008). The relaxation asks for x from 0 to 1 and for those inequalities of partitions that
its optimum breaks: triangles (same as the same is the same), and then Groetschel & Wakabayashi's (1990) of
one or two nodes against more, without which graphs that have no triangles of connections, as layered ones,
leave a gap of 15 %.
"""

from __future__ import annotations

import heapq
import itertools
import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from evomod.kernels import cuts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TOLERANCE = 1e-6
"""Of x; and of Q where weights are not whole numbers: a partition better by less is not looked for."""
BROKEN = 1e-3
"""By how much a cut must be broken to be added; less is not worth another linear programme."""
ADDED = 300
"""Inequalities of a kind that are added at a time."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One connected component, nodes that must share a module contracted; values are m Q."""

    worth: Floats
    """``[pair]``: gained by a pair in the same module."""
    pair: Ints
    """``[node, node]``: number of the pair."""
    triangles: Ints
    """``[triangle, 3]``: pairs; whoever shares a module by the first two does by the third."""
    unit: float
    """Values of partitions differ by multiples of this; 0 where weights are not whole numbers."""
    tolerance: float

    def cannot_beat(self, bound: Any, value: float) -> Any:
        """Whether no partition of at most ``bound``, a number or an array, is better than ``value``."""
        return bound < value + max(self.unit * (1.0 - TOLERANCE), self.tolerance)


@dataclass(frozen=True, slots=True)
class Rows:
    """Inequalities ``left @ x <= right`` that hold for every partition."""

    left: sparse.csr_array
    right: Floats

    def __add__(self, other: Rows) -> Rows:
        left = sparse.vstack((self.left, other.left), format="csr")
        return Rows(left, np.concatenate((self.right, other.right)))


def optimum(matrix: Floats, start: Ints, seconds: float) -> tuple[Ints, float]:
    """Modules ``[node]`` of the highest Q found, from a good ``start``, and the proved bound of Q.

    ``matrix[source, target]``: weights from 0, every node with one. What is not proved after ``seconds``
    is left as it is: the bound is then above the Q of the modules.
    """
    deadline = time.perf_counter() + seconds
    is_whole = bool((matrix == np.rint(matrix)).all()) and matrix.sum() < 2**26
    scale = matrix[matrix > 0.0].mean()  # terms of about 1 are what the solver's tolerances are made for
    matrix = matrix / scale
    m = matrix.sum()
    terms = matrix - np.outer(matrix.sum(axis=1), matrix.sum(axis=0)) / m
    group = _contracted(matrix)
    modules, bound = np.zeros(start.size, np.int64), 0.0
    for nodes in _components(matrix):
        members = group[nodes][:, None] == np.unique(group[nodes])[None, :]
        inner = members.T @ (terms + terms.T)[np.ix_(nodes, nodes)] @ members.astype(np.float64)
        problem = _problem(inner, m, m * scale**2 if is_whole else 0.0)
        first = np.array([start[nodes][member][0] for member in members.T])
        found, value = _branch_and_bound(problem, first, deadline)
        modules[nodes] = members @ found + modules.max() + 1
        bound += value + float(np.diag(inner).sum()) / 2.0
    return np.unique(modules, return_inverse=True)[1].astype(np.int64), min(bound / m, 1.0)


def _contracted(matrix: Floats) -> Ints:
    """``[node]``: a group; a node with one neighbour is in the best partition in its neighbour's module.

    So it is where the weight w between them, times m, is not below what its strengths cost at most in any
    module that has all other nodes; without a loop, always.
    """
    group, m = np.arange(len(matrix)), matrix.sum()
    out, into = matrix.sum(axis=1), matrix.sum(axis=0)
    both = matrix + matrix.T
    np.fill_diagonal(both, 0.0)
    for node in np.flatnonzero((both != 0.0).sum(axis=1) == 1):
        neighbour = int(np.argmax(both[node]))
        most = out[node] * (m - into[node]) + into[node] * (m - out[node])
        if group[neighbour] == neighbour and both[node, neighbour] * m >= most:
            group[node] = neighbour
    return group


def _components(matrix: Floats) -> list[Ints]:
    """Nodes of the parts between which there is no connection."""
    number, label = sparse.csgraph.connected_components(sparse.csr_array(matrix), directed=False)
    return [np.flatnonzero(label == k) for k in range(number)]


def _problem(inner: Floats, m: float, whole: float) -> Problem:
    """Of the symmetric terms ``[node, node]`` of contracted nodes; times ``whole`` they are whole numbers."""
    n = len(inner)
    upper = np.triu_indices(n, 1)
    pair = np.zeros((n, n), np.int64)
    pair[upper] = np.arange(upper[0].size)
    pair += pair.T
    worth = inner[upper]
    triples = np.array(list(itertools.combinations(range(n), 3)), np.int64).reshape(-1, 3)
    sides = np.stack([pair[triples[:, a], triples[:, b]] for a, b in ((0, 1), (1, 2), (0, 2))], axis=1)
    triangles = np.concatenate([sides[:, order] for order in ((0, 1, 2), (1, 2, 0), (2, 0, 1))])
    divisor = int(np.gcd.reduce(np.rint(worth * whole).astype(np.int64))) if worth.size else 0
    unit = divisor / whole if divisor else 0.0
    return Problem(worth, pair, triangles, unit, 0.0 if unit else TOLERANCE * m)


def _branch_and_bound(problem: Problem, first: Ints, deadline: float) -> tuple[Ints, float]:
    """Modules ``[node]`` and the bound of their value, which is their value where that is proved.

    The part with the highest bound is looked at first. Where its relaxation has no partition, it is
    parted by a pair of nodes: in the same module (x = 1) or not (x = 0).
    """
    best, value = first, _value(problem, first)
    if not problem.worth.size:
        return best, 0.0
    rows = _triangle_rows(problem, np.zeros(0, np.int64))
    trivial = float(np.maximum(problem.worth, 0.0).sum())
    lower, upper = np.zeros(problem.worth.size), np.ones(problem.worth.size)
    parts = [(-trivial, 0, lower, upper)]
    number = itertools.count(1)
    proved = value  # the highest bound of a part that is closed
    while parts and not problem.cannot_beat(-parts[0][0], value):
        negative, _, lower, upper = heapq.heappop(parts)
        bound, x, rows = _relaxed(problem, rows, -negative, lower, upper, value, deadline)
        if x is None:  # no time left
            heapq.heappush(parts, (-bound, next(number), lower, upper))
            break
        found = _rounded(problem, x)
        if _value(problem, found) > value:
            best, value = found, _value(problem, found)
        fraction = np.abs(x - 0.5)
        if problem.cannot_beat(bound, value) or fraction.min() > 0.5 - TOLERANCE:
            proved = max(proved, bound)
            continue
        split = int(np.argmin(fraction))
        for low, high in ((1.0, 1.0), (0.0, 0.0)):
            sides = lower.copy(), upper.copy()
            sides[0][split], sides[1][split] = low, high
            heapq.heappush(parts, (-bound, next(number), *sides))
    proved = max([proved, *(-part[0] for part in parts)])
    return best, value if problem.unit and problem.cannot_beat(proved, value) else proved


def _relaxed(
    problem: Problem,
    rows: Rows,
    bound: float,
    lower: Floats,
    upper: Floats,
    value: float,
    deadline: float,
) -> tuple[float, Floats | None, Rows]:
    """Bound, x and all inequalities so far of a part, once none is found broken or it cannot win.

    x is None where the time is over. The bound is that of weak duality, from the multipliers of the
    inequalities, so that it holds whatever the tolerances of the solver.
    """
    while True:
        seconds = deadline - time.perf_counter()
        if seconds <= 0.0:
            return bound, None, rows
        done = linprog(
            -problem.worth,
            A_ub=rows.left if rows.right.size else None,
            b_ub=rows.right if rows.right.size else None,
            bounds=np.stack((lower, upper), axis=1),
            method="highs",
            options={"time_limit": seconds, "presolve": False},
        )
        if done.status == 2:  # nothing fits
            return -math.inf, lower, rows
        if done.status != 0:
            return bound, None, rows
        before = bound
        multipliers = np.maximum(-done.ineqlin.marginals, 0.0) if rows.right.size else np.zeros(0)
        left_over = problem.worth - rows.left.T @ multipliers
        highest = np.maximum(left_over * lower, left_over * upper).sum() + multipliers @ rows.right
        bound = min(bound, float(highest))
        if problem.cannot_beat(bound, value):
            return bound, done.x, rows
        is_sure = problem.cannot_beat(highest - np.abs(left_over), value)
        lower[is_sure & (left_over > 0.0)] = 1.0
        upper[is_sure & (left_over < 0.0)] = 0.0
        if before - bound > TOLERANCE * before:  # else rows could be dropped and found in turn for ever
            tight = np.flatnonzero(done.slack < 0.1)
            rows = Rows(rows.left[tight], rows.right[tight])
        new = _broken(problem, done.x, lower)
        if new is None:
            return bound, done.x, rows
        rows = rows + new


def _broken(problem: Problem, x: Floats, lower: Floats) -> Rows | None:
    """Inequalities that x breaks: triangles, or else cuts; None if none is found.

    Triangles without an attracting pair, or one that is set to 1, on the first two sides are redundant
    (Miyauchi & Sukegawa 2015).
    """
    one, two, three = problem.triangles.T
    attracts = (problem.worth > 0.0) | (lower > 0.0)
    excess = np.where(attracts[one] | attracts[two], x[one] + x[two] - x[three] - 1.0, 0.0)
    broken = np.flatnonzero(excess > TOLERANCE)
    if broken.size:
        return _triangle_rows(problem, broken[np.argsort(-excess[broken], kind="stable")][: 2 * ADDED])
    found = _cut_rows(problem, x, 1) + _cut_rows(problem, x, 2)
    return found if found.right.size else None


def _triangle_rows(problem: Problem, which: Ints) -> Rows:
    columns = problem.triangles[which].ravel()
    row = np.repeat(np.arange(which.size), 3)
    signs = np.tile([1.0, 1.0, -1.0], which.size)
    left = sparse.csr_array((signs, (row, columns)), shape=(which.size, problem.worth.size))
    return Rows(left, np.ones(which.size))


def _cut_rows(problem: Problem, x: Floats, n_few: int) -> Rows:
    """The most broken inequalities of ``n_few`` nodes against more."""
    n = len(problem.pair)
    together = x[problem.pair] if x.size else np.zeros((n, n))
    np.fill_diagonal(together, 0.0)
    few, many = np.zeros((20 * ADDED, n), np.bool_), np.zeros((20 * ADDED, n), np.bool_)
    excess = np.zeros(20 * ADDED)
    found = cuts.separate(together, n_few, BROKEN, few, many, excess)
    distinct, place = np.unique(np.hstack((few, many))[:found], axis=0, return_index=True)
    order = np.argsort(-excess[:found][place], kind="stable")[:ADDED]
    s, t = distinct[order, :n].astype(np.float64), distinct[order, n:].astype(np.float64)
    a, b = np.triu_indices(n, 1)
    left = s[:, a] * t[:, b] + t[:, a] * s[:, b] - s[:, a] * s[:, b] - t[:, a] * t[:, b]
    return Rows(sparse.csr_array(left), np.full(order.size, float(n_few)))


def _rounded(problem: Problem, x: Floats) -> Ints:
    """``[node]``: modules of nodes that x puts rather together than apart."""
    n = len(problem.pair)
    together = x[problem.pair] > 0.5 if x.size else np.zeros((n, n), np.bool_)
    label: Ints = sparse.csgraph.connected_components(sparse.csr_array(together), directed=False)[1]
    return label.astype(np.int64)


def _value(problem: Problem, modules: Ints) -> float:
    """What the pairs of the same module are worth together."""
    a, b = np.triu_indices(modules.size, 1)
    return float(problem.worth[modules[a] == modules[b]].sum())
