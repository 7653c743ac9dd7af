"""Gene regulatory networks of weights -1, 0 and 1: the states that they come to rest in, and how they mutate.

A genome is the matrix of weights, row by row: gene ``target * n + source``. A state is a number whose bit k is set where
gene k is active (1) and not where it is inactive (-1).
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, n_bits, uniform

ONE = np.uint64(1)


@inlined
def follow(genome, n, following):
    """The state after each state, into ``following[state]``: active where the weighted sum of states is above 0."""
    for state in range(following.size):
        following[state] = 0
    for target in range(n):
        activators, repressors, offset = np.uint64(0), np.uint64(0), 0
        for source in range(n):
            weight = genome[target * n + source]
            offset += weight
            if weight > 0:
                activators |= ONE << np.uint64(source)
            elif weight < 0:
                repressors |= ONE << np.uint64(source)
        # a sum over -1 and 1 is twice that over 0 and 1, less all weights
        for state in range(following.size):
            bits = np.uint64(state)
            total = 2 * (n_bits(bits & activators) - n_bits(bits & repressors)) - offset
            following[state] |= int(total > 0) << target


@inlined
def is_same(genomes, i, parent):
    """Whether two rows are equal."""
    n = 0
    for gene in range(genomes.shape[1]):
        n += genomes[i, gene] != genomes[parent, gene]
    return n == 0


@inlined
def go_on(following, steps, reached, far, further):
    """The state that is reached from each after so many steps, into ``reached[state]``, by steps of 1, 2, 4, 8, ...

    In turn it would be as many loads as steps, each waiting for the one before: three times as long.
    ``far[state]`` and ``further[state]`` are work space.
    """
    for state in range(following.size):
        reached[state], far[state] = state, following[state]
    while steps > 0:
        if steps % 2 == 1:
            for state in range(following.size):
                reached[state] = far[np.uint64(reached[state])]
        steps //= 2
        if steps > 0:
            for state in range(following.size):
                further[state] = far[np.uint64(far[state])]
            far, further = further, far


@compiled
def answer(genomes, ancestors, steps, slots, work, states):
    """The states in which networks rest, into ``states[slot, (yes, no), gene, word]``: bit v for the first state v.

    A gene is active (yes) or inactive (no) in a state that no longer changes, reached in fewer than ``steps`` steps; where
    there is none it is neither. ``ancestors[individual]``: row of the parent, itself if it is answered already, or -1.
    ``work[4, state]`` is work space.
    """
    n, (following, reached, far, further) = states.shape[2], (work[0], work[1], work[2], work[3])
    for i in range(genomes.shape[0]):
        parent, mine = ancestors[i], states[slots[i]]
        if parent == i:
            continue
        if parent >= 0 and is_same(genomes, i, parent):
            mine[:] = states[slots[parent]]
            continue
        follow(genomes[i], n, following)
        go_on(following, steps - 1, reached, far, further)
        rests = far
        for first in range(following.size):
            rests[first] = following[np.uint64(reached[first])] == reached[first]
        for word in range(states.shape[3]):
            last, resting = reached[64 * word : 64 * word + 64], rests[64 * word : 64 * word + 64]
            for gene in range(n):
                yes, no = np.uint64(0), np.uint64(0)
                for k in range(last.size):
                    is_active = (last[k] >> gene) & 1
                    yes |= np.uint64(is_active & resting[k]) << np.uint64(k)
                    no |= np.uint64((1 - is_active) & resting[k]) << np.uint64(k)
                mine[0, gene, word], mine[1, gene, word] = yes, no


@inlined
def lose(genome, first, apart, n, chosen):
    """Take away connection number ``chosen`` of the n places ``first + k * apart``."""
    for k in range(n):
        place = first + k * apart
        if genome[place] != 0:
            if chosen == 0:
                genome[place] = 0
            chosen -= 1


@inlined
def gain(genome, first, apart, n, chosen, sign):
    """Put a connection into empty place number ``chosen`` of the n places ``first + k * apart``."""
    for k in range(n):
        place = first + k * apart
        if genome[place] == 0:
            if chosen == 0:
                genome[place] = sign
            chosen -= 1


@compiled
def vary(offspring, n, rates, is_fixed, rng):
    """Mutate ``offspring``, copies of their parents: every gene with probability ``rates[0]``.

    With r regulators a gene loses one with probability 4r / (4r + n - r), else gains one (Espinosa-Soto & Wagner 2010).
    If ``is_fixed``, of the connections *from* a gene one is taken away with probability ``rates[1]``, one added with
    ``rates[2]``, and else one moved; where there is none to take away or no place to add one, the next of these is done
    (Bernatskiy & Bongard 2015, authors' code). Signs are drawn.
    """
    for i in range(offspring.shape[0]):
        genome = offspring[i]
        for gene in range(n):
            if uniform(rng) >= rates[0]:
                continue
            first, apart = gene * n, 1
            if is_fixed:
                first, apart = gene, n
            r = 0
            for k in range(n):
                r += genome[first + k * apart] != 0
            draw = uniform(rng)
            if is_fixed:
                is_loss = draw < rates[1] and r > 0
                is_gain = not is_loss and draw < rates[1] + rates[2] and r < n
                is_loss, is_gain = is_loss or (not is_gain and r > 0), not is_loss
            else:
                is_loss = draw < 4.0 * r / (4.0 * r + (n - r))
                is_gain = not is_loss
            if is_loss:
                lose(genome, first, apart, n, int(uniform(rng) * r))
                r -= 1
            if is_gain:
                chosen = int(uniform(rng) * (n - r))
                gain(genome, first, apart, n, chosen, -1 if uniform(rng) < 0.5 else 1)
