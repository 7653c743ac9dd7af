"""Integer genomes in which every gene has an alphabet of its own, shared by several encodings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from evomod.encodings.base import Encoding
from evomod.kernels import genes as kernels
from evomod.kernels import pointer_to
from evomod.sections import RecombinationSection

Genomes = NDArray[np.int8]


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


def alphabets(bounds: Sequence[tuple[int, int]]) -> Alphabets:
    """Alphabets from (low, high) pairs, one a gene."""
    both = np.ascontiguousarray(np.array(bounds, np.int64).T)
    return Alphabets(both, np.flatnonzero(both[1] - both[0] > 1))


class GeneEncoding(Encoding):
    """An encoding of such genomes: how they are born and vary."""

    genes: Alphabets
    variation: RecombinationSection
    recombines: ClassVar[bool] = True

    @cached_property
    def rates(self) -> NDArray[np.float64]:
        """Of crossover and of mutation, and 1 where a mutation changes a bit."""
        variation = self.variation
        return np.array((variation.crossover, variation.mutation, float(variation.change == "bit")))

    @property
    def n_genes(self) -> int:  # type: ignore[override]
        return self.genes.low.size

    def bounds(self) -> tuple[list[Any], list[Any]]:
        """Lowest and highest value of every gene."""
        return self.genes.low.tolist(), (self.genes.high - 1).tolist()

    def is_valid(self, genomes: NDArray[Any]) -> NDArray[np.bool_]:
        """``[individual]``: whether every gene lies in its alphabet."""
        inside = np.logical_and(genomes >= self.genes.low, genomes < self.genes.high)
        return np.logical_and.reduce(inside, axis=1)

    def birth(self, number: int, rng: np.random.Generator) -> Genomes:
        """Random genomes ``[individual, gene]``, every gene uniform over its alphabet."""
        genomes = np.empty((number, self.n_genes), np.int8)
        kernels.birth(self.genes.low, self.genes.high, pointer_to(rng), genomes)
        return genomes

    def vary(self, genomes: Genomes, parents: NDArray[np.int64], rng: np.random.Generator) -> Genomes:
        """Copies of the parents' rows, neighbours recombined, each mutated in at most one gene.

        Crossover at one random place between two genes; a mutation changes one gene that has a choice
        (Kashtan & Alon 2005: one random change in one of the connections).
        """
        offspring = genomes.take(parents, axis=0)  # 2 us; copied gene by gene in the kernel 18
        draws = rng.random((parents.size, 5 if self.variation.crossover > 0.0 else 3))
        kernels.vary(self.genes.both, self.genes.free, self.rates, draws, offspring)
        return offspring

    def mutants(self, genome: Genomes) -> tuple[Genomes, NDArray[np.float64]]:
        """Every genome that a mutation makes of one, ``[mutant, gene]``, and how often it does, ``[mutant]``.

        The gene is drawn first, among those with a choice, so a value counts more where there are few.
        """
        is_bit, genes = self.variation.change == "bit", self.genes
        genomes, weights = [], []
        for gene in genes.free.tolist():
            low, high = genes.both[:, gene].tolist()
            value = int(genome[gene]) - low
            others = [v for v in range(high - low) if v != value]
            if is_bit:
                others = [v for v in others if (v ^ value).bit_count() == 1]
            for other in others:
                mutant = genome.copy()
                mutant[gene] = low + other
                genomes.append(mutant)
                weights.append(1.0 / (genes.free.size * len(others)))
        shape = (len(genomes), genome.size)
        return np.array(genomes, np.int8).reshape(shape), np.array(weights, np.float64)
