"""Who has offspring and who survives: NSGA-II and its stochastic sibling PNSGA."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evomod.errors import EvomodError
from evomod.kernels import selection as kernels

Objectives = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Survivors:
    """Result of survivor selection."""

    rows: NDArray[np.int64]
    """``[survivor]``: row in the pool, best front first."""
    front: NDArray[np.int64]
    """``[survivor]``: number of its front, from 0."""
    crowding: NDArray[np.float64]
    """``[survivor]``: crowding distance within its whole front."""


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
    kernels.tournament(objectives, probabilities, crowding, contests, rng, winners)
    return winners


def rank(
    objectives: Objectives, probabilities: NDArray[np.float64], number: int, rng: np.random.Generator
) -> Survivors:
    """Fronts until ``number`` individuals are placed; the last front is cut by crowding distance.

    Ties are decided by row: `survive` shuffles the rows first. The first objective must have
    probability 1; objectives of probability 0 are left out.
    """
    counted = probabilities > 0.0
    used = np.ascontiguousarray(objectives[:, counted])
    orders = np.argsort(-used.T, axis=1, kind="stable")
    scan = orders[-1]
    for column in used.T[-2::-1]:
        scan = scan[np.argsort(-column[scan], kind="stable")]
    orders[0] = scan  # best first in all objectives, the first one first
    n = used.shape[0]
    front = np.empty(n, np.int64)
    if used.shape[1] <= 2:
        pair = used if used.shape[1] == 2 else np.hstack((used, np.zeros((n, 1))))
        p = float(probabilities[counted][1]) if used.shape[1] == 2 else 0.0
        kernels.fronts(pair, scan, p, number, rng, front)
    else:
        kernels.fronts_of_many(used, scan, probabilities[counted], number, rng, front)
    distance = np.empty(n)
    kernels.crowding(used, orders, front, distance)
    placed = scan[front[scan] >= 0]
    number_of_front = front[placed].astype(np.uint16 if n < 2**16 else np.int64)
    rows = placed[np.argsort(number_of_front, kind="stable")]  # radix sort where 16 bits suffice
    if rows.size > number:
        whole = int((front[rows] < front[rows[-1]]).sum())
        last = rows[whole:]
        rows[whole:] = last[np.argsort(-distance[last], kind="stable")]
        rows = rows[:number]
    return Survivors(rows, front[rows], distance[rows])


def survive(
    objectives: Objectives, probabilities: NDArray[np.float64], number: int, rng: np.random.Generator
) -> Survivors:
    """Survivors of a pool ``objectives[individual, objective]`` by NSGA-II, or PNSGA.

    The pool is shuffled first, so that position never decides between equals.
    """
    n = objectives.shape[0]
    if not 1 <= number <= n:
        raise EvomodError(f"{number} survivors were wanted from a pool of {n}.")
    shuffled = rng.permutation(n)
    survivors = rank(objectives[shuffled], probabilities, number, rng)
    return Survivors(shuffled[survivors.rows], survivors.front, survivors.crowding)
