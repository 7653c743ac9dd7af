"""Threshold networks of limited fan-in: bits, 64 patterns a word (Kashtan & Alon 2005, retina).

A genome is a row of int8 genes: for every neuron its connections, each the place of its source in the
layer before and its sign (0 for -1, 1 for +1), then the place of its threshold. ``places[neuron]`` tells
its first gene, its fan-in and the node that is place 0 of the layer before.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined

ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
ZERO, ONE = np.uint64(0), np.uint64(1)


@inlined
def fire(genome, place, threshold, states, target):
    """Answer of one neuron to 64 patterns a word, into ``states[target]``; returns whether it changed.

    A negative connection adds 1 for each 0 of its source, and the sum must then exceed the threshold by
    one more: so the sum is a count, held bit by bit in three planes (fan-in up to 7).
    """
    limit = threshold
    for k in range(place[1]):
        limit += 1 - genome[place[0] + 2 * k + 1]
    changed = False
    for w in range(states.shape[1]):
        c0, c1, c2 = ZERO, ZERO, ZERO
        for k in range(place[1]):
            bits = states[place[2] + genome[place[0] + 2 * k], w]
            if genome[place[0] + 2 * k + 1] == 0:
                bits = ~bits
            carry = c0 & bits
            c0 ^= bits
            c2 ^= c1 & carry
            c1 ^= carry
        if limit < 0:
            on = ALL
        elif limit >= 7:
            on = ZERO
        else:
            same = c2 if limit & 4 else ~c2
            on = ZERO if limit & 4 else c2
            on |= ZERO if limit & 2 else same & c1
            same &= c1 if limit & 2 else ~c1
            on |= ZERO if limit & 1 else same & c0
        changed |= states[target, w] != on
        states[target, w] = on
    return changed


@inlined
def net_weight(genome, place, source):
    """Sum of a neuron's connections from one place of the layer before."""
    total = 0
    for k in range(place[1]):
        if genome[place[0] + 2 * k] == source:
            total += 2 * genome[place[0] + 2 * k + 1] - 1
    return total


@inlined
def trace(genome, places, n_inputs, n_outputs):
    """The set of effective neurons: those with a path of connections to an output."""
    n = places.shape[0]
    effective = ZERO
    for j in range(n - n_outputs, n):
        effective |= ONE << np.uint64(j)
    for j in range(n - 1, -1, -1):
        if (effective >> np.uint64(j)) & ONE != ZERO:
            for k in range(places[j, 1]):
                source = genome[places[j, 0] + 2 * k]
                neuron = places[j, 2] + source - n_inputs
                if neuron >= 0 and net_weight(genome, places[j], source) != 0:
                    effective |= ONE << np.uint64(neuron)
    return effective


@compiled
def answer(genomes, ancestors, places, thresholds, n_outputs, slots, states):
    """Answer every pattern by every network, into ``states[slot, node, word]``.

    ``ancestors[individual]``: row of ``genomes`` of the parent, itself if it is answered already, or -1.
    Only neurons whose genes or sources changed are computed. The row after the last node holds, in its
    first word, the set of effective neurons. The rows of the inputs are in ``states`` from the start.
    """
    n_neurons = places.shape[0]
    n_inputs = states.shape[1] - 1 - n_neurons
    dirty = np.zeros(n_inputs + n_neurons, np.bool_)
    for i in range(genomes.shape[0]):
        parent, genome, mine = ancestors[i], genomes[i], states[slots[i]]
        if parent == i:
            continue
        if parent >= 0:
            theirs = states[slots[parent]]
            for row in range(n_inputs, theirs.shape[0]):
                for w in range(theirs.shape[1]):
                    mine[row, w] = theirs[row, w]
        any_changed = parent < 0
        for j in range(n_neurons):
            first, fan_in, before = places[j]
            changed = parent < 0
            if not changed:
                for gene in range(first, first + 2 * fan_in + 1):
                    changed |= genome[gene] != genomes[parent, gene]
                any_changed |= changed
                for k in range(fan_in):
                    changed |= dirty[before + genome[first + 2 * k]]
            dirty[n_inputs + j] = changed
            if changed:
                threshold = thresholds[genome[first + 2 * fan_in]]
                dirty[n_inputs + j] = fire(genome, places[j], threshold, mine, n_inputs + j) | (
                    parent < 0
                )
        if any_changed:
            mine[n_inputs + n_neurons, 0] = trace(genome, places, n_inputs, n_outputs)


@compiled
def simplify(genomes, effective, places, first, n_inputs, working):
    """Summed weight along every edge into an effective neuron, into ``working[network, edge]``.

    ``effective[network]`` is the set of effective neurons; ``first[neuron]`` the first edge into each.
    """
    for i in range(genomes.shape[0]):
        for j in range(places.shape[0]):
            is_effective = (effective[i] >> np.uint64(j)) & ONE != ZERO
            for edge in range(first[j], first[j + 1]):
                working[i, edge] = 0
                if is_effective:
                    working[i, edge] = net_weight(genomes[i], places[j], edge - first[j])
