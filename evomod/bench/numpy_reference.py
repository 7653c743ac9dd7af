"""One generation as a whole-population NumPy program, without DEAP and without evomod's kernels, for comparison.

What takes Python a loop, the sorting into fronts, is a binary search a point. As in DEAP, all objectives take
part in every comparison.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from evomod.bench.numpy_evaluation import Evaluated, evaluation, objectives_of
from evomod.bench.problem import Problem
from evomod.encodings import Circuit, Layered, Threshold
from evomod.sections import RecombinationSection, SelectionSection, VariationSection

Vary = Callable[[NDArray[Any], np.random.Generator], NDArray[Any]]


def one_generation(problem: Problem) -> Callable[[], NDArray[Any]]:
    """A call evolves a generation, from the problem's population on, and returns its individuals."""
    rng = np.random.Generator(np.random.SFC64(1))  # the quickest of NumPy's
    if isinstance(problem.setup.encoding, Layered):
        return _nsga2(problem, rng)
    return _elite(problem, rng)


# ------------------------------------------------------------------------------------------- NSGA-II


def _nsga2(problem: Problem, rng: np.random.Generator) -> Callable[[], NDArray[Any]]:
    evaluate, vary = evaluation(problem), _layered_variation(problem)
    genomes, known = problem.genomes, evaluate(problem.genomes)
    objectives = objectives_of(known)
    n = genomes.shape[0]
    rows, crowding = survivors(objectives, n, rng)

    def generation() -> NDArray[Any]:
        nonlocal genomes, known, objectives, crowding
        parents = tournament(objectives, crowding, rng)
        offspring = vary(genomes[parents], rng)
        pool = _joined(known, evaluate(offspring))
        values = objectives_of(pool)
        rows, crowding = survivors(values, n, rng)
        genomes = np.concatenate((genomes, offspring))[rows]
        known, objectives = _taken(pool, rows), values[rows]
        return genomes

    genomes, known, objectives = genomes[rows], _taken(known, rows), objectives[rows]
    return generation


def _joined(a: Evaluated, b: Evaluated) -> Evaluated:
    return Evaluated(
        np.concatenate((a.fitness, b.fitness)),
        None if a.cost is None or b.cost is None else np.concatenate((a.cost, b.cost)),
        None if a.yes is None or b.yes is None else np.concatenate((a.yes, b.yes)),
    )


def _taken(a: Evaluated, rows: NDArray[np.intp]) -> Evaluated:
    cost, yes = None if a.cost is None else a.cost[rows], None if a.yes is None else a.yes[rows]
    return Evaluated(a.fitness[rows], cost, yes)


def tournament(
    objectives: NDArray[np.float64], crowding: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.intp]:
    """As many parents as individuals: by dominance, then crowding, then a coin, everybody fights twice."""
    n = crowding.size
    a, b = np.concatenate((rng.permutation(n), rng.permutation(n)))[: 2 * n].reshape(n, 2).T
    left, right = objectives[a], objectives[b]
    worse, better = (left < right).any(axis=1), (left > right).any(axis=1)
    tied = worse == better
    a_wins = better & ~worse | tied & (crowding[a] > crowding[b])
    a_wins |= tied & (crowding[a] == crowding[b]) & (rng.random(n) < 0.5)
    return np.where(a_wins, a, b)


def survivors(
    objectives: NDArray[np.float64], number: int, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Rows of ``number`` survivors and their crowding distances; of one objective the best, without crowding."""
    shuffled = rng.permutation(objectives.shape[0])
    if objectives.shape[1] == 1:
        rows = shuffled[np.argsort(-objectives[shuffled, 0])[:number]]
        return rows, np.zeros(number)
    values = objectives[shuffled]
    front = fronts(values)
    crowding = crowding_distances(values, front)
    rows = np.lexsort((-crowding, front))[:number]
    return shuffled[rows], crowding[rows]


def fronts(objectives: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number of the front of each row ``[individual, objective]``, of two or three objectives, from 0.

    Rows in falling order of the first objective can be dominated by earlier ones only, and a front that
    dominates a row has fronts before it that do so: a binary search over fronts (Zhang et al. 2015), each of
    which keeps the staircase of its other objectives.
    """
    order = np.lexsort(-objectives.T[::-1])
    table = objectives[order]
    is_new = np.append(True, (table[1:] != table[:-1]).any(axis=1))
    distinct = np.ascontiguousarray(-table[is_new, 1:])  # now small is good
    found = _of_two(distinct[:, 0]) if distinct.shape[1] == 1 else _of_three(distinct)
    front = np.empty(order.size, np.int64)
    front[order] = np.array(found)[np.cumsum(is_new) - 1]
    return front


def _of_two(seconds: NDArray[np.float64]) -> list[int]:
    """Fronts of points in their order by one objective, the other one given."""
    least: list[float] = []  # of each front, rising
    found = []
    for second in seconds.tolist():
        k = bisect_right(least, second)
        least[k : k + 1] = [second]
        found.append(k)
    return found


def _of_three(others: NDArray[np.float64]) -> list[int]:
    """Fronts of points in their order by one objective, the other two given."""
    seconds: list[list[float]] = []  # of each front the corners of its staircase: rising, ...
    thirds: list[list[float]] = []  # ... and falling
    found = []
    for second, third in others.tolist():
        low, high = 0, len(seconds)
        while low < high:
            middle = (low + high) // 2
            at = bisect_right(seconds[middle], second)
            if at and thirds[middle][at - 1] <= third:
                low = middle + 1
            else:
                high = middle
        if low == len(seconds):
            seconds.append([])
            thirds.append([])
        corners, depths = seconds[low], thirds[low]
        first = last = bisect_left(corners, second)
        while last < len(depths) and depths[last] >= third:
            last += 1
        corners[first:last], depths[first:last] = [second], [third]
        found.append(low)
    return found


def crowding_distances(objectives: NDArray[np.float64], front: NDArray[np.int64]) -> NDArray[np.float64]:
    """Crowding distance of each row within its front."""
    distance = np.zeros(front.size)
    for values in objectives.T:
        order = np.lexsort((values, front))
        value, own = values[order], front[order]
        begins = np.append(True, own[1:] != own[:-1])
        ends = np.append(begins[1:], True)
        first, last = np.flatnonzero(begins), np.flatnonzero(ends)
        span = np.repeat(value[last] - value[first], last - first + 1)
        share = np.zeros(front.size)
        np.divide(value[2:] - value[:-2], span[1:-1], out=share[1:-1], where=span[1:-1] > 0.0)
        share[begins | ends] = np.inf
        distance[order] += share
    return distance


# ------------------------------------------------------------------------------------------ variation


def _layered_variation(problem: Problem) -> Vary:
    encoding, variation = problem.setup.encoding, problem.setup.config.variation
    assert isinstance(encoding, Layered) and isinstance(variation, VariationSection)
    n_edges = encoding.n_edges
    weights, biases = encoding.weights, encoding.biases
    changed = _moved if encoding.is_integer else _nudged

    def vary(child: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
        edges = child[:, :n_edges]
        present = edges != 0
        n = np.count_nonzero(present, axis=1)
        draws = rng.random(child.shape, dtype=np.float32)
        rates = (variation.weight_changes / np.maximum(n, 1)).astype(np.float32)
        hit = np.nonzero(present & (draws[:, :n_edges] < rates[:, None]))
        edges[hit] = changed(edges[hit], weights, variation.eta, rng)
        hit = np.nonzero(draws[:, n_edges:] < variation.bias_rate)
        own = child[:, n_edges:]
        if encoding.is_integer:
            own[hit] = rng.integers(0, biases.size, hit[0].size)
        else:
            own[hit] = _nudged(own[hit], biases, variation.eta, rng)
        adds = np.flatnonzero((rng.random(n.size) < variation.add_connection) & (n < n_edges))
        deletes = np.flatnonzero((rng.random(n.size) < variation.delete_connection) & (n > 0))
        added = _any_of(~present[adds], rng)
        if encoding.is_integer:
            edges[adds, added] = rng.integers(1, weights.size, adds.size)
        else:
            edges[adds, added] = rng.uniform(weights[0], weights[1], adds.size)
        edges[deletes, _any_of(present[deletes], rng)] = 0
        return child

    return vary


def _any_of(choices: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.intp]:
    """A random true column of each row ``[row, column]``."""
    return (choices * (1.0 - rng.random(choices.shape, dtype=np.float32))).argmax(axis=1)


def _moved(
    places: NDArray[Any], weights: NDArray[np.float64], eta: float, rng: np.random.Generator
) -> NDArray[Any]:
    """One step along the alphabet."""
    return np.clip(places + 2 * rng.integers(0, 2, places.size) - 1, 1, weights.size - 1)


def _nudged(
    values: NDArray[Any], ends: NDArray[np.float64], eta: float, rng: np.random.Generator
) -> NDArray[Any]:
    """Bounded polynomial mutation (Deb & Agrawal 1999)."""
    low, high = ends
    draw, power = rng.random(values.size), eta + 1.0
    down = draw < 0.5
    room = 1.0 - np.where(down, values - low, high - values) / (high - low)
    share = np.where(down, draw, 1.0 - draw)
    move = (2.0 * share + (1.0 - 2.0 * share) * room**power) ** (1.0 / power) - 1.0
    return np.clip(values + np.where(down, move, -move) * (high - low), low, high)


# --------------------------------------------------------------------------------------------- elites


def _elite(problem: Problem, rng: np.random.Generator) -> Callable[[], NDArray[Any]]:
    """The best pass unchanged, all others are their recombined and mutated copies; only those are evaluated."""
    evaluate, vary = evaluation(problem), _gene_variation(problem)
    genomes, fitness = problem.genomes, evaluate(problem.genomes).fitness
    n = fitness.size
    n_elite = max(1, round(cast(SelectionSection, problem.setup.config.selection).elite * n))

    def generation() -> NDArray[Any]:
        nonlocal genomes, fitness
        elite = rng.permutation(n)  # chance decides between equals
        elite = elite[np.argpartition(-fitness[elite], n_elite - 1)[:n_elite]]
        parents = elite[rng.integers(0, n_elite, n - n_elite)]
        before = genomes[parents]
        offspring = vary(before.copy(), rng)
        differ = np.flatnonzero((offspring != before).any(axis=1))
        values = fitness[parents]
        values[differ] = evaluate(offspring[differ]).fitness
        genomes = np.concatenate((genomes[elite], offspring))
        fitness = np.concatenate((fitness[elite], values))
        return genomes

    return generation


def _gene_variation(problem: Problem) -> Vary:
    encoding, variation = problem.setup.encoding, problem.setup.config.variation
    assert isinstance(encoding, Circuit | Threshold) and isinstance(variation, RecombinationSection)
    genes = encoding.genes
    low, size, free = genes.low, genes.high - genes.low, genes.free

    def vary(child: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
        pairs = child.shape[0] // 2
        if variation.crossover > 0.0:
            swaps = np.flatnonzero(rng.random(pairs) < variation.crossover)
            cut = rng.integers(1, low.size, swaps.size)
            tail = np.arange(low.size) >= cut[:, None]
            a, b = child[2 * swaps], child[2 * swaps + 1]
            child[2 * swaps], child[2 * swaps + 1] = np.where(tail, b, a), np.where(tail, a, b)
        rows = np.flatnonzero(rng.random(child.shape[0]) < variation.mutation)
        gene = free[rng.integers(0, free.size, rows.size)]
        step = rng.integers(1, size[gene])
        child[rows, gene] = low[gene] + (child[rows, gene] - low[gene] + step) % size[gene]
        return child

    return vary
