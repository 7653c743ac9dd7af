"""Integer genomes in which every gene has an alphabet of its own: birth, crossover, mutation.

Gene g of a genome is an int8 from ``low[g]`` up to, not including, ``high[g]``.
"""

from __future__ import annotations

from evomod.kernels import compiled, inlined


@compiled
def birth(low, high, rng, genomes):
    """Fill ``genomes`` with genes drawn uniformly from their alphabets."""
    for i in range(genomes.shape[0]):
        for gene in range(genomes.shape[1]):
            genomes[i, gene] = low[gene] + int(rng.random() * (high[gene] - low[gene]))


@inlined
def another(value, size, by_bit, rng):
    """Another value below ``size``: any, or one that differs in a single bit of its binary code."""
    if by_bit:
        n_bits = 1
        while (size - 1) >> n_bits > 0:
            n_bits += 1
        changed = value ^ (1 << int(rng.random() * n_bits))
        while changed >= size:
            changed = value ^ (1 << int(rng.random() * n_bits))
    else:
        changed = int(rng.random() * (size - 1))
        changed += changed >= value
    return changed


@compiled
def vary(genomes, parents, alphabets, free, rates, rng, offspring):
    """Fill ``offspring`` with copies of the parents' rows, recombined in pairs and mutated.

    Offspring 2k and 2k + 1 swap all genes from a random cut on with probability ``rates[0]``; then each
    has one of the genes ``free``, those with a choice, changed with probability ``rates[1]``, to a value
    that differs in one bit if ``rates[2]`` is 1. ``alphabets[(low, high), gene]``.
    """
    n, n_genes = offspring.shape
    for i in range(n):
        for gene in range(n_genes):
            offspring[i, gene] = genomes[parents[i], gene]
    if rates[0] > 0.0 and n_genes > 1:
        for i in range(0, n - 1, 2):
            if rng.random() < rates[0]:
                for gene in range(1 + int(rng.random() * (n_genes - 1)), n_genes):
                    kept = offspring[i, gene]
                    offspring[i, gene] = offspring[i + 1, gene]
                    offspring[i + 1, gene] = kept
    if rates[1] <= 0.0 or free.size == 0:
        return
    for i in range(n):
        if rng.random() < rates[1]:
            gene = free[int(rng.random() * free.size)]
            low = alphabets[0, gene]
            size = alphabets[1, gene] - low
            offspring[i, gene] = low + another(offspring[i, gene] - low, size, rates[2] == 1.0, rng)
