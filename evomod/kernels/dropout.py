"""Answers of networks in which some hidden neurons are silent: all silent sets of a generation at once.

The words of all sets lie behind one another, ``[.., set * word]``: 8 sets of the retina are 32 words a
neuron. ``alive[neuron, set * word]`` is all ones where a neuron is not silent, else 0. A silent neuron has
the value 0, so it says neither yes nor no, and nothing else is scaled.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined

ZERO = np.uint64(0)
FILL = np.array([0, 0xFFFFFFFFFFFFFFFF], np.uint64)
"""A bit, repeated in all 64 positions of a word."""
PLANES = 7
"""Sums up to 127, the range of int8."""


@compiled
def add(bits, lowest, n_planes, carry, planes):
    """Add ``bits[word] << lowest`` to the counter ``planes[plane, word]``.

    One plane after the other and words innermost, so that eight words are counted by one instruction: with
    words outermost 8 sets of the retina take half as long again.
    """
    plane = planes[lowest]
    for w in range(bits.size):
        c, t = bits[w], plane[w]
        plane[w] = t ^ c
        carry[w] = t & c
    for p in range(lowest + 1, n_planes):
        plane = planes[p]
        for w in range(carry.size):
            c, t = carry[w], plane[w]
            plane[w] = t ^ c
            carry[w] = t & c


@compiled
def decide(planes, n_planes, said):
    """Write yes, no and yes again into ``said[3 * word]``: which half of ``planes[plane, 2 * word]`` counts more."""
    n = said.size // 3
    yes, no, again = said[:n], said[n : 2 * n], said[2 * n :]
    for w in range(n):
        yes[w], no[w] = ZERO, ZERO
    for p in range(n_planes):
        ups, downs = planes[p, :n], planes[p, n:]
        for w in range(n):
            x = ups[w] ^ downs[w]
            yes[w] = (ups[w] & x) | (yes[w] & ~x)
            no[w] |= x
    for w in range(n):
        no[w] &= ~yes[w]
        again[w] = yes[w]


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


@inlined
def widen(bias, total, n_planes, planes):
    """Begin further planes of the counters, with the bias in them, until they hold ``total``; returns how many."""
    half = planes.shape[1] // 2
    while total >> n_planes > 0:
        one, other = FILL[(max(bias, 0) >> n_planes) & 1], FILL[(max(-bias, 0) >> n_planes) & 1]
        for w in range(half):
            planes[n_planes, w], planes[n_planes, half + w] = one, other
        n_planes += 1
    return n_planes


@inlined
def reduce(genome, source, first, n_inputs, reaches, reduced):
    """Copy the genes of neurons that lead to an output, 0 (edges) and -1 (biases) for others; returns a hash."""
    n_edges, code = source.size, 0
    for j in range(first.size - 1):
        here = reaches[n_inputs + j]
        for edge in range(first[j], first[j + 1]):
            reduced[edge] = genome[edge] if here else 0
            code = ((code ^ (int(reduced[edge]) + 1)) * 16777619) & 0xFFFFFFFF
        reduced[n_edges + j] = genome[n_edges + j] if here else -1
        code = ((code ^ (int(reduced[n_edges + j]) + 1)) * 16777619) & 0xFFFFFFFF
    return code


@inlined
def find_equal(i, code, reduced, table):
    """The row before i with the same ``reduced[individual, gene]``, or -1: then i is put into the ``table``."""
    place, found = code % table.size, -1
    while found < 0 and table[place] >= 0:
        differ = 0
        for gene in range(reduced.shape[1]):
            differ |= reduced[i, gene] ^ reduced[table[place], gene]
        if differ == 0:
            found = table[place]
        place = (place + 1) % table.size
    if found < 0:
        table[place] = i
    return found


@inlined
def fire(genome, edges, source, weights, bias, target, carry, planes, work):
    """Answer of one neuron, whose edges run from ``edges[0]`` to ``edges[1]``, into ``work[target]``.

    ``work[node]`` holds the words of yes, of no and of yes again, so that what a connection adds to the
    positive and to the negative units lies in one piece, whatever its sign. The counters
    ``planes[plane, (positive, negative) * word]`` have as many planes as the sum so far needs.
    """
    total, n = abs(bias), carry.size // 2
    n_planes = widen(bias, total, 0, planes)
    for edge in range(edges[0], edges[1]):
        if genome[edge] != 0:
            weight = weights[genome[edge]]
            start, size = n * int(weight < 0), abs(weight)
            bits = work[source[edge], start : start + 2 * n]
            total += size
            n_planes = widen(bias, total, n_planes, planes)
            for digit in range(PLANES):
                if (size >> digit) & 1:
                    add(bits, digit, n_planes, carry, planes)
    decide(planes, n_planes, work[target])


@compiled
def answer_layered(genomes, source, first, weights, biases, sizes, alive, slots, states, answers):
    """Yes and no of every integer network, into ``answers[(yes, no), individual, output, set * word]``.

    The neurons of the first layer answer as they do when nobody is silent, so their answers are taken from
    ``states[slots[individual], 2 * neuron + (0 yes, 1 no), word]``. ``weights[place]``, ``biases[place]``;
    ``sizes``: number of inputs, of neurons in the first layer, of outputs. Networks that are the same but for
    what leads to no output, more than half of a pool, are answered once.
    """
    n_inputs, n_first, n_outputs = sizes[0], sizes[1], sizes[2]
    n_neurons, n_all = first.size - 1, alive.shape[1]
    n_edges, n_nodes = first[n_neurons], n_inputs + n_neurons
    work, carry = np.zeros((n_nodes, 3 * n_all), np.uint64), np.empty(2 * n_all, np.uint64)
    planes = np.empty((PLANES, 2 * n_all), np.uint64)
    reaches, edges = np.empty(n_nodes, np.bool_), np.empty(2, np.int64)
    reduced, table = np.empty_like(genomes), np.full(2 * genomes.shape[0] + 1, -1)
    for i in range(genomes.shape[0]):
        genome, plain = genomes[i], states[slots[i]]
        find_effective(genome, source, first, n_inputs, n_outputs, reaches)
        code = reduce(genome, source, first, n_inputs, reaches, reduced[i])
        same = find_equal(i, code, reduced, table)
        if same >= 0:
            for k in range(n_outputs):
                for w in range(n_all):
                    answers[0, i, k, w], answers[1, i, k, w] = (
                        answers[0, same, k, w],
                        answers[1, same, k, w],
                    )
            continue
        for j in range(n_neurons):
            node = n_inputs + j
            if not reaches[node]:
                continue
            if j < n_first:
                repeat(plain[2 * j], plain[2 * j + 1], n_all, work[node])
            else:
                edges[0], edges[1] = first[j], first[j + 1]
                bias = biases[genome[n_edges + j]]
                fire(genome, edges, source, weights, bias, node, carry, planes, work)
            if j < n_neurons - n_outputs:
                silence(alive[j], work[node])
        for k in range(n_outputs):
            node = n_nodes - n_outputs + k
            for w in range(n_all):
                answers[0, i, k, w], answers[1, i, k, w] = work[node, w], work[node, n_all + w]


@inlined
def repeat(yes, no, n_all, said):
    """Copy the words of one set to all sets of ``said``: yes, no and yes again."""
    for start in range(0, n_all, yes.size):
        for w in range(yes.size):
            said[start + w], said[n_all + start + w], said[2 * n_all + start + w] = yes[w], no[w], yes[w]


@inlined
def silence(alive, said):
    """Put 0 where ``alive[set * word]`` is 0, in yes, no and yes again."""
    n = alive.size
    for w in range(n):
        said[w] &= alive[w]
    for w in range(n):
        said[n + w] &= alive[w]
        said[2 * n + w] = said[w]


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
