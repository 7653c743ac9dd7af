"""What all encodings share of answers: reading them from memory, counting the right ones, free slots."""

from __future__ import annotations

import math

import numpy as np

from evomod.kernels import compiled, n_bits, unmanaged


@compiled
def read(states, slots, first, step, apart, is_pattern, yes, no):
    """Copy rows of memory ``states[slot, row, word]`` to ``yes`` and ``no[individual, output, word]``.

    Output k says yes in row ``first + k * step`` of an individual's slot and no ``apart`` rows after it, or,
    if that is 0, where it does not say yes; ``is_pattern[word]`` are the bits to keep.
    """
    if yes.shape[1] * yes.shape[2] == 1:
        for i in range(slots.size):
            said = states[slots[i], first, 0]
            denied = states[slots[i], first + apart, 0] if apart > 0 else ~said
            yes[i, 0, 0], no[i, 0, 0] = said & is_pattern[0], denied & is_pattern[0]
        return
    for i in range(slots.size):
        for k in range(yes.shape[1]):
            row = first + k * step
            for w in range(yes.shape[2]):
                said = states[slots[i], row, w]
                denied = states[slots[i], row + apart, w] if apart > 0 else ~said
                yes[i, k, w], no[i, k, w] = said & is_pattern[w], denied & is_pattern[w]


@compiled
def score(yes, no, wanted, unwanted, is_strict, n_answers, fitness):
    """Fraction of right answers, into ``fitness[individual]``.

    ``yes[individual, output, word]`` is right where ``wanted[output, word]``, ``no`` where ``unwanted``;
    if not ``is_strict`` whatever is not a yes is a no. NumPy takes 50 us for the retina, this 5.
    """
    if wanted.size == 1:  # without inner loops the compiler counts several individuals at once
        for i in range(fitness.size):
            denied = no[i, 0, 0] if is_strict else ~yes[i, 0, 0]
            fitness[i] = n_bits((yes[i, 0, 0] & wanted[0, 0]) | (denied & unwanted[0, 0])) / n_answers
        return
    for i in range(fitness.size):
        right = 0
        for k in range(wanted.shape[0]):
            for w in range(wanted.shape[1]):
                denied = no[i, k, w] if is_strict else ~yes[i, k, w]
                right += n_bits((yes[i, k, w] & wanted[k, w]) | (denied & unwanted[k, w]))
        fitness[i] = right / n_answers


@compiled
def grade(yes, no, wanted, is_strict, patterns, weights, worths, steepness, right, fitness):
    """``1 - exp(-steepness g)`` into ``fitness[individual]``, g the mean worth of the answers to ``patterns[start]``.

    An answer of which so many outputs are right is worth ``worths[number]``; ``weights[start]`` are 1 in all. ``yes``,
    ``no`` and ``wanted`` as in `score`. Right outputs are counted for a word's patterns at once, where the word changes;
    ``right[64]`` is work space.
    """
    for i in range(fitness.size):
        mean, counted = 0.0, -1
        for p in range(patterns.size):
            w = patterns[p] // 64
            if w != counted:
                counted = w
                for bit in range(right.size):
                    right[bit] = 0
                for k in range(wanted.shape[0]):
                    said = yes[i, k, w]
                    denied = no[i, k, w] if is_strict else ~said
                    hits = (said & wanted[k, w]) | (denied & ~wanted[k, w])
                    for bit in range(right.size):
                        right[bit] += np.int64((hits >> np.uint64(bit)) & np.uint64(1))
            mean += weights[p] * worths[right[patterns[p] % 64]]
        fitness[i] = -math.expm1(-steepness * mean)


@compiled
def expect(yes, no, wanted, unwanted, is_strict, weights, right):
    """Add the right answers under every silent set, times the set's weight, to ``right[individual]``.

    ``yes[individual, output, set * word]`` and ``no`` as in `score`; ``weights[set]``.
    """
    n_words = wanted.shape[1]
    for i in range(right.size):
        for s in range(weights.size):
            n = 0
            for k in range(wanted.shape[0]):
                for w in range(n_words):
                    says_yes = yes[i, k, s * n_words + w]
                    denied = no[i, k, s * n_words + w] if is_strict else ~says_yes
                    n += n_bits((says_yes & wanted[k, w]) | (denied & unwanted[k, w]))
            right[i] += weights[s] * n


@unmanaged
def differ(octets, counts, worths, distances):
    """Mean Hamming distance of ``octets[individual, octet]`` to those of all, itself included.

    Who has a bit differs in it from those without it: it is worth n less twice the number of those who have it. Worths of
    an octet's bits are added up once for each of its values, so an individual takes one addition an octet, and
    all take a tenth of the time of a matrix product over bits. Work space: ``counts[octet, value]``, 0 in the
    beginning, and ``worths[octet, value]``; writes ``distances[individual]``.
    """
    n, n_octets = octets.shape
    for i in range(n):
        for k in range(n_octets):
            counts[k, octets[i, k]] += 1
    everywhere = 0
    for k in range(n_octets):
        worths[k, 0] = 0
        for bit in range(8):
            ones, half = 0, 1 << bit
            for value in range(256):
                ones += counts[k, value] * ((value >> bit) & 1)
            for value in range(half):
                worths[k, half + value] = worths[k, value] + n - 2 * ones
            everywhere += ones
    for i in range(n):
        apart = everywhere
        for k in range(n_octets):
            apart += worths[k, octets[i, k]]
        distances[i] = apart / n


@compiled
def count_set(words, slots, numbers):
    """How many bits are set in ``words[slot]``, into ``numbers[individual]``."""
    for i in range(slots.size):
        numbers[i] = n_bits(words[slots[i]])


@compiled
def penalise(fitness, sizes, penalty, above, scored):
    """Take ``penalty`` off the fitness for everything that ``sizes[individual]`` is ``above`` a number."""
    for i in range(scored.size):
        scored[i] = fitness[i] - penalty * (max(np.int64(sizes[i]), above) - above)


@compiled
def free_slots(taken, is_taken, free):
    """List, in order, slots that are not among ``taken`` until ``free`` is full.

    ``is_taken[slot]`` is work space, False in the beginning.
    """
    for i in range(taken.size):
        is_taken[taken[i]] = True
    slot, n = 0, 0
    while n < free.size:
        free[n] = slot  # it stays if free: a branch would be guessed wrong every other time
        n += not is_taken[slot]
        slot += 1


@unmanaged
def line_up(kept, parents, place, rows, ancestors):
    """List in ``rows`` those that pass and then all other parents, and in ``ancestors`` their places there.

    Of those listed each is its own ancestor; after them come the places of the ``parents``, one an offspring.
    Returns how many are listed. ``place[row]`` is work space, -1 in the beginning.
    """
    n = kept.size
    for k in range(n):
        rows[k], place[kept[k]] = kept[k], k
    for k in range(parents.size):
        if place[parents[k]] < 0:
            rows[n], place[parents[k]] = parents[k], n
            n += 1
    for k in range(n):
        ancestors[k] = k
    for k in range(parents.size):
        ancestors[n + k] = place[parents[k]]
    return n
