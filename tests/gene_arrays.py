"""Genomes and words that tests of kernels make without any kernel."""

import naive_circuits as naive
import numpy as np

NOBODY = -1


def garbage(shape, rng):
    """Words that nobody may read."""
    return rng.integers(0, 2**64, shape, np.uint64)


def all_patterns(n_inputs, n_words=1):
    """``[input, word]``: pattern v gives input i the i-th binary digit of v (repeated if it is short)."""
    given_ = [[v // 2**i % 2 == 1 for v in range(64 * n_words)] for i in range(n_inputs)]
    return np.array([naive.pack(row) for row in given_], np.uint64)


def random_genomes(low, high, number, rng):
    """Genomes of any genes, not drawn by the kernels."""
    return rng.integers(low, high, (number, len(low))).astype(np.int8)


def change_one(genome, high, rng):
    """A copy that differs in exactly one gene, of those that can differ."""
    child, gene = genome.copy(), rng.choice(np.flatnonzero(np.asarray(high) >= 2))
    child[gene] = (child[gene] + rng.integers(1, high[gene])) % high[gene]
    return child
