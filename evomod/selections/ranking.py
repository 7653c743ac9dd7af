"""Who has offspring and who survives: NSGA-II, its stochastic sibling PNSGA, and the fittest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.kernels import pointer_to
from evomod.kernels import selection as kernels
from evomod.kernels.fronts import fronts_of_many

Objectives = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Survivors:
    """Result of survivor selection."""

    rows: NDArray[np.int64]
    """``[survivor]``: row in the pool, best front first."""
    front: NDArray[np.int64]
    """``[survivor]``: number of its front, from 0; the logged individual is of front 0. All 0 where there are no fronts."""
    crowding: NDArray[np.float64]
    """``[survivor]``: crowding distance within its whole front, for the next ``breed``, or another number that a method
    notes of an individual, such as its age: of those that pass, the pool has it too. All 0 where it is not used."""


def choose_parents(
    objectives: Objectives,
    probabilities: NDArray[np.float64],
    crowding: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """As many parents as individuals, by binary tournaments over two random permutations.

    ``objectives[individual, objective]``, all maximised; ``probabilities[objective]`` with which an
    objective takes part. Decided by dominance, then crowding distance, then a coin (Clune et al. 2013,
    authors' code). Every individual fights twice.
    """
    n = objectives.shape[0]
    contests = np.concatenate((rng.permutation(n), rng.permutation(n)))
    winners = np.empty(n, np.int64)
    kernels.tournament(objectives, probabilities, crowding, contests, pointer_to(rng), winners)
    return winners


def in_order(rows: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """``rows``, each below n, in ascending order."""
    ordered = np.empty_like(rows)
    kernels.in_order(rows, np.zeros(n + 1, np.int64), ordered)
    return ordered


def rank(
    objectives: Objectives,
    probabilities: NDArray[np.float64],
    number: int,
    rng: np.random.Generator,
    shuffled: NDArray[np.int64] | None = None,
) -> Survivors:
    """Fronts until ``number`` individuals are placed; the last front is cut by crowding distance.

    Ties are decided by row, or by the place in ``shuffled``, all rows in any order. The first objective must
    have probability 1; objectives of probability 0 are left out.
    """
    counted = probabilities > 0.0
    used = objectives
    if not (counted.all() and objectives.flags.c_contiguous):
        used = np.ascontiguousarray(objectives[:, counted])
    n, n_objectives = used.shape
    orders = _orders(used, np.arange(n) if shuffled is None else shuffled)
    front, distance, scan = np.empty(n, np.int64), np.empty(n), orders[0]
    if n_objectives == 1:
        n_placed, whole = kernels.levels(used, scan, number, front, distance)
        rows = scan
    else:
        _number_fronts(used, probabilities[counted], orders, number, rng, front)
        kernels.crowding(used, orders, front, np.empty((4, n), np.int64), distance)
        rows = np.empty(n, np.int64)
        n_placed, whole = kernels.list_fronts(scan, front, np.empty(n + 1, np.int64), rows)
    if n_placed > number:
        last = rows[whole:n_placed]
        rows[whole:n_placed] = last.take((-distance.take(last)).argsort(kind="stable"))
    rows = rows[:number]
    return Survivors(rows, front.take(rows), distance.take(rows))


def _number_fronts(
    objectives: Objectives,
    probabilities: NDArray[np.float64],
    orders: NDArray[np.int64],
    number: int,
    rng: np.random.Generator,
    front: NDArray[np.int64],
) -> None:
    """Write the number of each individual's front, -1 for those that ``number`` are placed before."""
    n, draws = front.size, pointer_to(rng)
    if probabilities.size == 2:
        spared, following = np.empty((2, n + 1)), np.empty(n, np.int64)
        kernels.fronts(objectives, orders[0], probabilities[1], number, draws, spared, following, front)
    else:
        fronts_of_many(objectives, orders, probabilities, number, draws, front)


def _orders(objectives: Objectives, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows sorted by every objective, best first, ``[objective, rank]``; equals stay as in ``rows``.

    Those that are equal in the first objective are sorted by the others.
    """
    n, number = objectives.shape
    bits, words = np.ascontiguousarray(objectives.T).view(np.uint64), np.empty(n, np.uint64)
    orders = np.empty((number, n), np.int64)
    for m in range(1, number):
        _sort_down(bits[m], rows, words, orders[m])
    before = orders[-1] if number > 1 else rows
    for m in range(max(number - 2, 0), -1, -1):
        _sort_down(bits[m], before, words, orders[0])
        before = orders[0].copy() if m > 0 else rows
    return orders


def _sort_down(
    bits: NDArray[np.uint64],
    rows: NDArray[np.int64],
    words: NDArray[np.uint64],
    order: NDArray[np.int64],
) -> None:
    """Sort ``rows`` by descending value into ``order``, equals as they were; ``bits[row]`` of a float64.

    Value and place in one word make NumPy's sort stable: 2000 in 7 us, where ``argsort`` takes 55. Values
    of which more bits vary than a word has room for take a second time.
    """
    begin, before = 0, rows
    while begin < kernels.WORD:
        begin = kernels.pack_keys(bits, before, begin, words)
        words.sort()
        after = order if begin == kernels.WORD else np.empty_like(order)
        kernels.unpack_places(words, before, after)
        before = after


def survive(
    objectives: Objectives,
    probabilities: NDArray[np.float64],
    number: int,
    rng: np.random.Generator,
    ties: str = "random",
) -> Survivors:
    """Survivors of a pool ``objectives[individual, objective]`` by NSGA-II, or PNSGA.

    The first ``number`` rows of a larger pool are the parents, the others their offspring. Among equals
    chance decides, or with ``ties`` "parents-first" or "offspring-first" first the generation and then
    chance. Raises `EvomodError` for more survivors than the pool holds.
    """
    n = objectives.shape[0]
    if not 1 <= number <= n:
        raise EvomodError(f"{number} survivors were wanted from a pool of {n}.")
    order = generations_in_order(rng.permutation(n), number if n > number else 0, ties)
    return rank(objectives, probabilities, number, rng, order)


def generations_in_order(rows: NDArray[np.int64], n_parents: int, ties: str) -> NDArray[np.int64]:
    """``rows`` with the parents, which are those below ``n_parents``, first or last; each in their order."""
    if ties == "random":
        return rows
    ordered = np.empty_like(rows)
    kernels.parted(rows, n_parents, ties == "parents-first", ordered)
    return ordered


def fittest(
    fitness: NDArray[np.float64],
    number: int,
    rng: np.random.Generator,
    ties: str = "random",
    n_parents: int = 0,
) -> NDArray[np.int64]:
    """Rows of the ``number`` fittest, ascending; which of those that tie at the edge, ``ties`` decides.

    As in `survive`: chance alone, or first whether a row is a parent's, below ``n_parents``.
    """
    rows = np.empty(number, np.int64)
    if number == 0:
        return rows
    edge = np.sort(fitness)[-number]  # of 1000 in half of the time of partition
    if ties == "random":
        kernels.elite(fitness, edge, number, rng.random(fitness.size), rows)
    else:
        above = np.flatnonzero(fitness > edge)
        level = generations_in_order(rng.permutation(np.flatnonzero(fitness == edge)), n_parents, ties)
        rows = np.sort(np.concatenate((above, level[: number - above.size])))
    return rows
