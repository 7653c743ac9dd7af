"""Elites (Kashtan & Alon 2005; Kashtan et al. 2007), roulette (Parter et al. 2008) and resampling by fitness itself.

Place in the loop: who passes unchanged, and parents, by fitness alone; each method is a rule that the toolbox has as its
operator ``breed``. Those that passed the last time are the first rows: the parents in the sense of ``section.ties``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from evomod.kernels import selection as kernels
from evomod.sections import MethodSection, SelectionSection
from evomod.selections.base import Candidates, Rows, Selection
from evomod.selections.ranking import fittest

Fitness = NDArray[np.float64]


class EliteWorstSection(SelectionSection):
    """Of a method that replaces as many as it keeps."""

    @model_validator(mode="after")
    def _shares(self) -> EliteWorstSection:
        if self.elite > 0.5:
            raise ValueError(
                f"elite: method '{self.method}' replaces as many as it keeps, so at most 0.5"
            )
        return self


class RouletteSection(SelectionSection):
    """Of a method by which nobody survives."""

    @model_validator(mode="after")
    def _has_ties(self) -> RouletteSection:
        if self.ties != "random":
            raise ValueError(
                "ties: nobody survives roulette selection, so there are no ties to decide; leave ties out, "
                "or choose the method 'nsga2', 'elite' or 'elite-worst'"
            )
        return self


def pass_elite(
    section: SelectionSection, fitness: Fitness, rng: np.random.Generator
) -> tuple[Rows, Rows]:
    """The fittest pass; all others are made of them, each drawn uniformly (Kashtan & Alon 2005)."""
    kept = _elite(section, fitness, rng)
    drawn = (rng.random(fitness.size - kept.size) * kept.size).astype(np.int64)
    return kept, kept[drawn]


def replace_worst(
    section: SelectionSection, fitness: Fitness, rng: np.random.Generator
) -> tuple[Rows, Rows]:
    """The fittest pass; of the others, the worst are replaced by one copy of each that passes, and all are recombined
    in random pairs (Kashtan et al. 2007)."""
    kept = _elite(section, fitness, rng)
    others = np.delete(np.arange(fitness.size), kept)
    worst = fittest(-fitness[others], min(kept.size, others.size), rng)
    stay = np.delete(others, worst)
    copied = kept if worst.size == kept.size else rng.permutation(kept)[: worst.size]
    return kept, rng.permutation(np.concatenate((stay, copied)))


def _elite(section: SelectionSection, fitness: Fitness, rng: np.random.Generator) -> Rows:
    n_elite = max(1, round(section.elite * fitness.size))
    return fittest(fitness, n_elite, rng, section.ties, n_elite)


def resample(section: SelectionSection, fitness: Fitness, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Nobody passes; offspring are made of rows drawn by `roulette` (Parter et al. 2008)."""
    return np.empty(0, np.int64), roulette(fitness, section.strength, rng)


def roulette(fitness: Fitness, strength: float, rng: np.random.Generator) -> Rows:
    """As many rows as individuals, each drawn with a chance in proportion to exp(strength * fitness)."""
    return _drawn(np.exp(strength * (fitness - fitness.max())), rng)


def _drawn(chances: Fitness, rng: np.random.Generator) -> Rows:
    """As many rows as there are, each drawn in proportion to its chance."""
    sums, rows = np.cumsum(chances), np.empty(chances.size, np.int64)
    first = np.zeros(chances.size + 1, np.int64)
    kernels.drawn_rows(sums, rng.random(chances.size) * sums[-1], first, rows)
    return rows


def resample_in_proportion(
    section: MethodSection, fitness: Fitness, rng: np.random.Generator
) -> tuple[Rows, Rows]:
    """Nobody passes; offspring are made of rows drawn with a chance in proportion to fitness.

    What is below 0 counts as 0; where nobody is above it, all have the same chance (Bernatskiy & Bongard 2015, authors' code).
    """
    chances = np.maximum(fitness, 0.0)
    return np.empty(0, np.int64), _drawn(chances if chances.any() else np.ones(fitness.size), rng)


def breed(candidates: Candidates, section: MethodSection, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """By the run's operator ``breed``."""
    kept, parents = candidates.operators.breed(candidates.objectives[:, 0], rng)
    return kept, parents


ELITE = Selection("elite", breed, section=SelectionSection, by_fitness=pass_elite)
ELITE_WORST = Selection("elite-worst", breed, section=EliteWorstSection, by_fitness=replace_worst)
ROULETTE = Selection("roulette", breed, section=RouletteSection, by_fitness=resample)
PROPORTIONAL = Selection("proportional", breed, by_fitness=resample_in_proportion)
