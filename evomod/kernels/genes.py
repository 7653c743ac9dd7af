"""Integer genomes in which every gene has an alphabet of its own: birth, crossover, mutation.

Gene g of a genome is an int8 from ``low[g]`` up to, not including, ``high[g]``.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, n_bits, uniform


@compiled
def birth(low, high, rng, genomes):
    """Fill ``genomes`` with genes drawn uniformly from their alphabets."""
    for i in range(genomes.shape[0]):
        for gene in range(genomes.shape[1]):
            genomes[i, gene] = low[gene] + int(uniform(rng) * (high[gene] - low[gene]))


@inlined
def another(value, size, by_bit, draw):
    """Another value below ``size``: any, or one that differs in a single bit of its binary code."""
    if not by_bit:
        changed = int(draw * (size - 1))
        return changed + (changed >= value)
    if size & (size - 1) == 0:  # a power of 2, as mostly: every bit may change
        return value ^ (1 << int(draw * n_bits(np.uint64(size - 1))))
    n, bit = 0, 1
    while bit < size:
        n += value ^ bit < size
        bit *= 2
    chosen, flip, bit = int(draw * n), 0, 1
    while bit < size:  # to the end: leaving at the chosen bit is guessed wrong, 5 us a generation
        is_possible = value ^ bit < size
        flip |= bit * (is_possible & (chosen == 0))
        chosen -= is_possible
        bit *= 2
    return value ^ flip


@compiled
def vary(alphabets, free, rates, draws, offspring):
    """Recombine ``offspring``, copies of their parents, in pairs, and mutate them.

    Each has one of the genes ``free``, those with a choice, changed with probability ``rates[1]``, to a
    value that differs in one bit if ``rates[2]`` is 1. Before that, offspring 2k and 2k + 1 swap all
    genes from a random cut on with probability ``rates[0]``. ``alphabets[(low, high), gene]``.
    ``draws[offspring, (mutate?, gene, value, recombine?, cut)]`` in [0, 1): a generator as an argument
    costs 10 us a call, more than all draws; the last two are not there if nobody recombines. A gene is drawn and
    changed whether or not it is mutated: a branch, guessed wrong, took two thirds of the time.
    """
    n, n_genes = offspring.shape
    for i in range(n):
        if rates[0] > 0.0 and i % 2 == 0 and i + 1 < n and draws[i, 3] < rates[0]:
            for gene in range(1 + int(draws[i, 4] * (n_genes - 1)), n_genes):
                own = offspring[i, gene]
                offspring[i, gene] = offspring[i + 1, gene]
                offspring[i + 1, gene] = own
        if free.size:  # no branch for who is mutated: it is guessed wrong
            gene = free[int(draws[i, 1] * free.size)]
            low, size = alphabets[0, gene], alphabets[1, gene] - alphabets[0, gene]
            value = offspring[i, gene] - low
            changed = another(value, size, rates[2] == 1.0, draws[i, 2])
            offspring[i, gene] = low + (changed if draws[i, 0] < rates[1] else value)
