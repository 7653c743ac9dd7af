"""NSGA-II (Deb et al. 2002); where an objective has a probability below 1, PNSGA (Clune et al. 2013)."""

from __future__ import annotations

import numpy as np

from evomod.sections import SelectionSection
from evomod.selections.base import Candidates, Rows, Selection
from evomod.selections.ranking import Survivors


def breed(
    candidates: Candidates, section: SelectionSection, rng: np.random.Generator
) -> tuple[None, Rows]:
    """All pass into the pool; parents are the winners of tournaments, as many as there are."""
    return None, candidates.operators.parents(candidates.objectives, candidates.crowding, rng)


def survivors(
    candidates: Candidates, number: int, section: SelectionSection, rng: np.random.Generator
) -> Survivors:
    """The first fronts of the pool."""
    chosen = candidates.operators.survive(candidates.objectives, number, rng)
    if isinstance(chosen, Survivors):
        return chosen
    rows = np.asarray(chosen)  # a stock selector tells rows only: one front, no crowding
    return Survivors(rows, np.zeros(rows.size, np.int64), np.zeros(rows.size))


SELECTION = Selection("nsga2", breed, survivors, SelectionSection, "objectives", fewest=2)
