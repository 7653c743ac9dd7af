"""Answers of networks in which some hidden neurons are silent: all silent sets of a generation at once.

The words of all sets lie behind one another, ``[.., set * word]``: 8 sets of the retina are 32 words a
neuron. ``alive[neuron, set * word]`` is all ones where a neuron is not silent, else 0. A silent neuron has
the value 0, so it says neither yes nor no, and nothing else is scaled.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled

ZERO = np.uint64(0)
FILL = np.array([0, 0xFFFFFFFFFFFFFFFF], np.uint64)
"""A bit, repeated in all 64 positions of a word."""
PLANES = 7
"""Sums up to 127, the range of int8."""


@compiled
def add(bits, lowest, n_planes, carry, planes):
    """Add ``bits[word] << lowest`` to the counter ``planes[plane, word]``.

    One plane after the other and words innermost, so that eight words are counted by one instruction: with
    words outermost 8 sets of the retina take 5 ms in place of 3.3.
    """
    for w in range(carry.size):
        carry[w] = bits[w]
    for p in range(lowest, n_planes):
        plane = planes[p]
        for w in range(carry.size):
            c, t = carry[w], plane[w]
            plane[w] = t ^ c
            carry[w] = t & c


@compiled
def decide(up, down, n_planes, yes, no):
    """Yes where the counter ``up[plane, word]`` is larger, no where it is smaller."""
    for w in range(yes.size):
        yes[w], no[w] = ZERO, ZERO
    for p in range(n_planes):
        a, d = up[p], down[p]
        for w in range(yes.size):
            x = a[w] ^ d[w]
            yes[w] = (a[w] & x) | (yes[w] & ~x)
            no[w] |= x
    for w in range(yes.size):
        no[w] &= ~yes[w]


@compiled
def find_effective(genome, source, first, n_inputs, n_outputs, reaches):
    """``reaches[node]``: whether a node leads to an output."""
    n_nodes = reaches.size
    for node in range(n_nodes):
        reaches[node] = node >= n_nodes - n_outputs
    for node in range(n_nodes - 1, n_inputs - 1, -1):
        if reaches[node]:
            for edge in range(first[node - n_inputs], first[node - n_inputs + 1]):
                reaches[source[edge]] |= genome[edge] != 0


@compiled
def widen(bias, total, n_planes, up, down):
    """Begin further planes of both counters, with the bias in them, until they hold ``total``; returns how many."""
    while total >> n_planes > 0:
        one, other = FILL[(max(bias, 0) >> n_planes) & 1], FILL[(max(-bias, 0) >> n_planes) & 1]
        for w in range(up.shape[1]):
            up[n_planes, w], down[n_planes, w] = one, other
        n_planes += 1
    return n_planes


@compiled
def fire(genome, edges, source, weights, bias, work, target, carry, up, down):
    """Answer of one neuron, whose edges run from ``edges[0]`` to ``edges[1]``, to all words of ``work``.

    Counters of as many planes as the sum so far needs hold the positive and the negative units.
    """
    total = abs(bias)
    n_planes = widen(bias, total, 0, up, down)
    for edge in range(edges[0], edges[1]):
        if genome[edge] != 0:
            weight = weights[genome[edge]]
            row, size = 2 * source[edge] + (weight < 0), abs(weight)
            total += size
            n_planes = widen(bias, total, n_planes, up, down)
            for digit in range(PLANES):
                if (size >> digit) & 1:
                    add(work[row], digit, n_planes, carry, up)
                    add(work[row ^ 1], digit, n_planes, carry, down)
    decide(up, down, n_planes, work[2 * target], work[2 * target + 1])


@compiled
def answer_layered(genomes, source, first, weights, biases, sizes, alive, slots, states, answers):
    """Yes and no of every integer network, into ``answers[(yes, no), individual, output, set * word]``.

    The neurons of the first layer answer as they do when nobody is silent, so their answers are taken from
    ``states[slots[individual], 2 * neuron + (0 yes, 1 no), word]``. ``weights[place]``, ``biases[place]``;
    ``sizes``: number of inputs, of neurons in the first layer, of outputs.
    """
    n_inputs, n_first, n_outputs = sizes[0], sizes[1], sizes[2]
    n_neurons, n_words, n_all = first.size - 1, states.shape[2], alive.shape[1]
    n_edges, n_nodes = first[n_neurons], n_inputs + n_neurons
    work, carry = np.zeros((2 * n_nodes, n_all), np.uint64), np.empty(n_all, np.uint64)
    up, down = np.empty((PLANES, n_all), np.uint64), np.empty((PLANES, n_all), np.uint64)
    reaches, edges = np.empty(n_nodes, np.bool_), np.empty(2, np.int64)
    for i in range(genomes.shape[0]):
        genome, plain = genomes[i], states[slots[i]]
        find_effective(genome, source, first, n_inputs, n_outputs, reaches)
        for j in range(n_neurons):
            node = n_inputs + j
            if not reaches[node]:
                continue
            if j < n_first:
                for start in range(0, n_all, n_words):
                    for w in range(n_words):
                        work[2 * node, start + w] = plain[2 * j, w]
                        work[2 * node + 1, start + w] = plain[2 * j + 1, w]
            else:
                edges[0], edges[1] = first[j], first[j + 1]
                bias = biases[genome[n_edges + j]]
                fire(genome, edges, source, weights, bias, work, node, carry, up, down)
            if j < n_neurons - n_outputs:
                for w in range(n_all):
                    work[2 * node, w] &= alive[j, w]
                    work[2 * node + 1, w] &= alive[j, w]
        for k in range(n_outputs):
            row = 2 * (n_nodes - n_outputs + k)
            for w in range(n_all):
                answers[0, i, k, w], answers[1, i, k, w] = work[row, w], work[row + 1, w]


@compiled
def answer_threshold(genomes, places, thresholds, inputs, alive, answers):
    """Yes of every threshold network, into ``answers[individual, output, set * word]``.

    ``places[neuron]``: its first gene, its fan-in, and the node that is place 0 of the layer before;
    ``inputs[input, set * word]``. It fires where more sources than its threshold are 1, those of negative
    connections taking away.
    """
    n_inputs, n_neurons, n_all, n_outputs = (
        inputs.shape[0],
        places.shape[0],
        alive.shape[1],
        answers.shape[1],
    )
    work = np.zeros((n_inputs + n_neurons, n_all), np.uint64)
    for node in range(n_inputs):
        for w in range(n_all):
            work[node, w] = inputs[node, w]
    for i in range(genomes.shape[0]):
        genome = genomes[i]
        for j in range(n_neurons):
            first, fan_in, before = places[j, 0], places[j, 1], places[j, 2]
            limit = thresholds[genome[first + 2 * fan_in]]
            for k in range(fan_in):  # a negative connection is its inverse, less 1
                limit += 1 - genome[first + 2 * k + 1]
            for w in range(n_all):
                c0, c1, c2 = ZERO, ZERO, ZERO
                for k in range(fan_in):
                    source = before + genome[first + 2 * k]
                    bits = work[source, w] ^ FILL[1 - genome[first + 2 * k + 1]]
                    t = c0 & bits
                    c0 ^= bits
                    c2 ^= c1 & t
                    c1 ^= t
                work[n_inputs + j, w] = more_than(limit, c0, c1, c2) & alive[j, w]
        for k in range(n_outputs):
            for w in range(n_all):
                answers[i, k, w] = work[n_inputs + n_neurons - n_outputs + k, w]


@compiled
def more_than(limit, c0, c1, c2):
    """Bits where a count of three planes exceeds ``limit``."""
    if limit < 0:
        return FILL[1]
    if limit >= 7:
        return FILL[0]
    more, same = ZERO, FILL[1]
    digit = FILL[(limit >> 2) & 1]
    more |= same & c2 & ~digit
    same &= ~(c2 ^ digit)
    digit = FILL[(limit >> 1) & 1]
    more |= same & c1 & ~digit
    same &= ~(c1 ^ digit)
    return more | (same & c0 & ~FILL[limit & 1])
