"""Integer genomes in which every gene has an alphabet of its own, shared by several encodings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evomod.kernels import genes as kernels
from evomod.kernels import pointer_to
from evomod.sections import RecombinationSection


@dataclass(frozen=True, slots=True)
class Alphabets:
    """Gene g holds a value from ``low[g]`` up to, not including, ``high[g]``."""

    both: NDArray[np.int64]
    """``[(low, high), gene]``."""
    free: NDArray[np.int64]
    """Genes with a choice."""

    @property
    def low(self) -> NDArray[np.int64]:
        return self.both[0]

    @property
    def high(self) -> NDArray[np.int64]:
        return self.both[1]

    def bounds(self) -> tuple[list[Any], list[Any]]:
        """Lowest and highest value of every gene."""
        return self.low.tolist(), (self.high - 1).tolist()

    def holds(self, genomes: NDArray[Any]) -> NDArray[np.bool_]:
        """``[individual]``: whether every gene lies in its alphabet."""
        inside = np.logical_and(genomes >= self.low, genomes < self.high)
        return np.logical_and.reduce(inside, axis=1)


def alphabets(bounds: Sequence[tuple[int, int]]) -> Alphabets:
    """Alphabets from (low, high) pairs, one a gene."""
    both = np.ascontiguousarray(np.array(bounds, np.int64).T)
    return Alphabets(both, np.flatnonzero(both[1] - both[0] > 1))


def birth_genes(alphabets: Alphabets, number: int, rng: np.random.Generator) -> NDArray[np.int8]:
    """Random genomes ``[individual, gene]``, every gene uniform over its alphabet."""
    genomes = np.empty((number, alphabets.low.size), np.int8)
    kernels.birth(alphabets.low, alphabets.high, pointer_to(rng), genomes)
    return genomes


def vary_genes(
    alphabets: Alphabets,
    variation: RecombinationSection,
    genomes: NDArray[np.int8],
    parents: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int8]:
    """Copies of the parents' rows, neighbours recombined, each mutated in at most one gene.

    Crossover at one random place between two genes; a mutation changes one gene that has a choice
    (Kashtan & Alon 2005: one random change in one of the connections).
    """
    offspring = genomes.take(parents, axis=0)  # 2 us; copied gene by gene in the kernel 18
    rates = np.array((variation.crossover, variation.mutation, float(variation.change == "bit")))
    draws = rng.random((parents.size, 5 if variation.crossover > 0.0 else 3))
    kernels.vary(alphabets.both, alphabets.free, rates, draws, offspring)
    return offspring


def mutants_of_genes(
    alphabets: Alphabets, variation: RecombinationSection, genome: NDArray[np.int8]
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Every genome that a mutation makes of one, ``[mutant, gene]``, and how often it does, ``[mutant]``.

    The gene is drawn first, among those with a choice, so a value counts more where there are few.
    """
    is_bit = variation.change == "bit"
    genomes, weights = [], []
    for gene in alphabets.free.tolist():
        low, high = alphabets.both[:, gene].tolist()
        value = int(genome[gene]) - low
        others = [v for v in range(high - low) if v != value]
        if is_bit:
            others = [v for v in others if (v ^ value).bit_count() == 1]
        for other in others:
            mutant = genome.copy()
            mutant[gene] = low + other
            genomes.append(mutant)
            weights.append(1.0 / (alphabets.free.size * len(others)))
    shape = (len(genomes), genome.size)
    return np.array(genomes, np.int8).reshape(shape), np.array(weights, np.float64)
