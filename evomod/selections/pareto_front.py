"""The front passes whole (Bernatskiy & Bongard 2015, authors' code), by all objectives or by fitness and age.

Place in the loop: who passes, and parents. All individuals that no other dominates pass unchanged, and all others are
replaced by mutated copies of them, each drawn uniformly. An objective with a probability below 1 takes part in so many of
all comparisons. Of individuals that are equal in every objective the newest passes, so a front never fills with equals.

"age-fitness" compares fitness and the number of generations since an individual was made, the fewer the better (AFPO; the
age of Schmidt & Lipson 2011 is that of the oldest ancestor). Individuals are ordered by when they were made.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evomod.sections import MethodSection
from evomod.selections.base import Candidates, Rows, Selection
from evomod.selections.ranking import Survivors

AT_ONCE = 2**22
"""Pairs of individuals that are compared at once, so that large populations need no table of all of them."""


def front_of(
    objectives: NDArray[np.float64], probabilities: NDArray[np.float64], rng: np.random.Generator
) -> Rows:
    """Rows, in their order, that no other dominates; where each is dominated by another, as two objectives that take part
    at times allow, those that none dominates in all objectives (our choice).

    Parameters
    ----------
    objectives
        ``[individual, objective]``, all maximised; the later of two rows is the newer one.
    probabilities
        ``[objective]``: with which each takes part in the comparison of one individual with one other.
    rng
        From which it is drawn who takes part, pair by pair, objective after objective.

    Returns
    -------
    ndarray
        ``[kept]``, at least one.
    """
    n = objectives.shape[0]
    block, found = max(1, AT_ONCE // n), []
    for first in range(0, n, block):
        rows = np.arange(first, min(n, first + block))
        found.append(rows[~_are_dominated(objectives, probabilities, rows, rng)])
    kept = np.concatenate(found)
    return kept if kept.size else front_of(objectives, np.ones_like(probabilities), rng)


def _are_dominated(
    objectives: NDArray[np.float64],
    probabilities: NDArray[np.float64],
    rows: Rows,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """``[row]``: whether another one is no worse, and better or in all things equal and newer."""
    shape = rows.size, objectives.shape[0]
    is_no_worse, is_better, all_count = np.ones(shape, bool), np.zeros(shape, bool), np.ones(shape, bool)
    for numbers, probability in zip(objectives.T, probabilities.tolist(), strict=True):
        counts = np.ones(shape, bool) if probability >= 1.0 else rng.random(shape) < probability
        is_no_worse &= ~counts | (numbers[None] >= numbers[rows, None])
        is_better |= counts & (numbers[None] > numbers[rows, None])
        all_count &= counts
    is_newer = np.arange(shape[1])[None] > rows[:, None]
    return np.logical_or.reduce(is_no_worse & (is_better | (all_count & is_newer)), axis=1)


def copies_of(kept: Rows, number: int, rng: np.random.Generator) -> Rows:
    """So many rows of those that pass, each drawn uniformly."""
    return kept[(rng.random(number) * kept.size).astype(np.int64)]


def breed(candidates: Candidates, section: MethodSection, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """The front of all objectives, and parents from it."""
    kept = front_of(candidates.objectives, candidates.probabilities, rng)
    return kept, copies_of(kept, candidates.size - kept.size, rng)


def breed_by_age(
    candidates: Candidates, section: MethodSection, rng: np.random.Generator
) -> tuple[Rows, Rows]:
    """The front of fitness and age, and parents from it."""
    both = np.stack((candidates.objectives[:, 0], -candidates.crowding), axis=1)
    kept = front_of(both, np.ones(2), rng)
    return kept, copies_of(kept, candidates.size - kept.size, rng)


def grow_older(
    candidates: Candidates, number: int, section: MethodSection, rng: np.random.Generator
) -> Survivors:
    """Everybody, a generation older; an individual's age is kept as its crowding."""
    age = candidates.crowding + (0.0 if candidates.is_again else 1.0)
    return Survivors(np.arange(number), np.zeros(number, np.int64), age)


PARETO_FRONT = Selection("pareto-front", breed, sees="objectives")
AGE_FITNESS = Selection("age-fitness", breed_by_age, grow_older)
