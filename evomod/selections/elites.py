"""Elites (Kashtan & Alon 2005; Kashtan et al. 2007) and roulette (Parter et al. 2008): see `selection.breed`."""

from __future__ import annotations

import numpy as np

from evomod.sections import SelectionSection
from evomod.selections.base import Candidates, Rows, Selection


def breed(
    candidates: Candidates, section: SelectionSection, rng: np.random.Generator
) -> tuple[Rows, Rows]:
    """By the run's operator ``breed``."""
    kept, parents = candidates.operators.breed(candidates.objectives[:, 0], rng)
    return kept, parents


ELITE = Selection("elite", breed, section=SelectionSection)
ELITE_WORST = Selection("elite-worst", breed, section=SelectionSection)
ROULETTE = Selection("roulette", breed, section=SelectionSection)
