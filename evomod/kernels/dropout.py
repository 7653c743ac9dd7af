"""Answers of networks in which some hidden neurons are silent: all silent sets of a generation at once.

The words of all sets lie behind one another, ``[.., set * word]``: 8 sets of the retina are 32 words a
neuron. ``alive[neuron, set * word]`` is all ones where a neuron is not silent, else 0. A silent neuron has
the value 0, so it says neither yes nor no, and nothing else is scaled.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, unmanaged
from evomod.kernels.vectors import (
    ZERO,
    both,
    either,
    fire,
    fire_in_parts,
    is_any,
    item,
    list_edges,
    load,
    lowest,
    odd,
    put,
    spread,
    store,
)

FILL = np.array([0, 0xFFFFFFFFFFFFFFFF], np.uint64)
"""A bit, repeated in all 64 positions of a word."""
ONE = np.uint64(1)
N7, N13, N17 = np.uint64(7), np.uint64(13), np.uint64(17)
"""Of Marsaglia's xorshift, which hashes words without a product that overflows."""


@inlined
def leads(follows, j):
    """Whether a neuron leads to an output."""
    n_masks, any_of = follows.shape[1], ZERO
    for m in range(n_masks):
        any_of |= item(follows, j * n_masks + m)
    return any_of != ZERO


@inlined
def find_followers(genes, own, neurons, n_inputs, n_outputs, follows):
    """Mark in the masks ``follows[neuron, 64 neurons]`` who is given a neuron's answer and leads to an output.

    An output follows itself, so that whoever leads to an output has a follower. The genes begin at ``own``.
    """
    n_neurons, n_masks = neurons.shape[0], follows.shape[1]
    for k in range(n_neurons * n_masks):
        put(follows, k, ZERO)
    for j in range(n_neurons - 1, -1, -1):
        m, bit, before, edge = (
            j >> 6,
            ONE << np.uint64(j & 63),
            neurons[j, 2] - n_inputs,
            own + neurons[j, 0],
        )
        if j >= n_neurons - n_outputs:
            put(follows, j * n_masks + m, bit)
        if before >= 0 and leads(follows, j):
            for k in range(neurons[j, 1]):
                place = (before + k) * n_masks + m
                put(follows, place, item(follows, place) | bit * np.uint64(item(genes, edge + k) != 0))


@inlined
def reduce(genome, neurons, follows, words, reduced):
    """Copy the genes of neurons that lead to an output, 0 (edges) and -1 (biases) for others; returns a hash.

    ``words`` are the same bytes as ``reduced``, eight genes each: as many fewer steps of the hash.
    """
    n_edges, code = genome.size - neurons.shape[0], ZERO
    for gene in range(genome.size):
        reduced[gene] = genome[gene]
    for j in range(neurons.shape[0]):
        if not leads(follows, j):
            reduced[n_edges + j] = -1
            for edge in range(neurons[j, 0], neurons[j, 0] + neurons[j, 1]):
                reduced[edge] = 0
    for k in range(words.size):
        code ^= item(words, k)
        code ^= code << N13
        code ^= code >> N7
        code ^= code << N17
    return code


@inlined
def find_equal(i, code, words, table):
    """The row before i with the same ``words[individual]``, or -1: then i is put into the ``table``.

    The size of the table is a power of two.
    """
    last = np.uint64(table.size - 1)
    place, found = code & last, -1
    while found < 0 and table[place] >= 0:
        differ = ZERO
        for k in range(words.shape[1]):
            differ |= words[i, k] ^ words[table[place], k]
        if differ == ZERO:
            found = table[place]
        place = (place + ONE) & last
    if found < 0:
        table[place] = i
    return found


@inlined
def find_silent(alive, n_words, hit, off):
    """Mark in the masks ``[row of words, 64 neurons]`` who is silent in a set of the row, and who in all."""
    for row in range(hit.shape[0]):
        for m in range(hit.shape[1]):
            hit[row, m], off[row, m] = ZERO, ZERO
        for j in range(alive.shape[0]):
            every, some = FILL[1], ZERO
            for w in range(row * n_words, (row + 1) * n_words):
                every &= alive[j, w]
                some |= alive[j, w]
            bit = ONE << np.uint64(j & 63)
            hit[row, j >> 6] |= bit * np.uint64(every == ZERO)
            off[row, j >> 6] |= bit * np.uint64(some == ZERO)


@unmanaged
def answer_layered(
    genomes, neurons, codes, heaviest, most, biases, alive, slots, states, words, table, plans, starts, counters,
    work, follows, masks, hit, off, answers,
):  # fmt: skip
    """Yes and no of every integer network, into ``answers[(yes, no), individual, output, row * word]``.

    A row of words is what ``states[slot, 2 * neuron + (0 yes, 1 no), word]`` have, and holds a set or several;
    they tell what the networks answer when nobody is silent. From there only those neurons are
    computed anew, row by row, that are given another answer than that. Networks that are the same but for
    what leads to no output, more than half of a pool, are answered once.

    ``alive[hidden, row * word]``; ``neurons``, ``codes``, ``heaviest``, ``most``, ``biases``, ``counters`` and ``work`` are those
    of `evomod.kernels.layered.answer`. Work space, too: ``plans[(all neurons, one)]``; a
    neuron begins at ``starts[neuron]``;
    ``words[individual, 8 genes]``, 0; ``table``, -1, of a power of two places, more than individuals;
    masks of 64 neurons: ``follows[neuron]``, ``masks[(to do, changed)]``, ``hit[row]`` and ``off[row]``.
    """
    n_neurons, n_words, n_outputs, n_places = (
        neurons.shape[0],
        states.shape[2],
        answers.shape[2],
        codes.shape[2],
    )
    n, n_genes, n_inputs, bias_size = (
        genomes.shape[0],
        genomes.shape[1],
        codes.shape[1] - n_neurons,
        biases.shape[1] * 2,
    )
    size, here, n_all = 2 * n_neurons * n_words, 2 * n_inputs * n_words, alive.shape[1]
    reduced, todo, changed, plan = words.view(np.int8), masks[0], masks[1], plans[0]
    find_silent(alive, n_words, hit, off)
    for k in range(here + size, work.size, 4):
        store(work, k, spread(ZERO))
    for i in range(n):
        genome, mine = genomes[i], slots[i] * size
        find_followers(genomes, i * n_genes, neurons, n_inputs, n_outputs, follows)
        code = reduce(genome, neurons, follows, words[i], reduced[i])
        same = find_equal(i, code, words, table)
        if same >= 0:
            for k in range(0, n_outputs * n_all, 4):
                store(answers, i * n_outputs * n_all + k, load(answers, same * n_outputs * n_all + k))
                no = load(answers, (n + same) * n_outputs * n_all + k)
                store(answers, (n + i) * n_outputs * n_all + k, no)
            continue
        for k in range(0, size, 4):
            store(work, here + k, load(states, mine + k))
        at, own = 0, i * n_genes
        for j in range(n_neurons):
            starts[j], source = at, neurons[j, 2]
            if source >= n_inputs and leads(follows, j):
                edge, place = own + neurons[j, 0], source * n_places
                at = list_edges(genomes, edge, neurons[j, 1], codes, place, n_places, plan, at)
        starts[n_neurons] = at
        for row in range(hit.shape[0]):
            for m in range(todo.size):
                todo[m], changed[m] = hit[row, m], ZERO
            for m in range(todo.size):
                while todo[m] != ZERO:
                    j = 64 * m + lowest(todo[m])
                    bit = todo[m] & (~todo[m] + ONE)
                    todo[m] ^= bit
                    if not leads(follows, j):
                        continue
                    bias, is_new = bias_size * item(genomes, own + n_genes - n_neurons + j), False
                    for block in range(0, n_words, 4):
                        place = here + 2 * j * n_words + block
                        was_yes, was_no = load(work, place), load(work, place + n_words)
                        yes, no = was_yes, was_no
                        if off[row, m] & bit != ZERO:
                            yes, no = spread(ZERO), spread(ZERO)
                        else:
                            if neurons[j, 2] >= n_inputs and starts[j + 1] - starts[j] <= most:
                                yes, no = fire(
                                    plan, starts[j], starts[j + 1], biases, bias, work, n_words, block
                                )
                            elif neurons[j, 2] >= n_inputs:
                                fire_in_parts(
                                    genomes, own + neurons[j, 0], neurons[j, 1], codes, neurons[j, 2] * n_places,
                                    heaviest, biases, bias, plans[1], work, n_words, block, counters,
                                )  # fmt: skip
                                yes, no = load(counters, 0), load(counters, 4)
                            if hit[row, m] & bit != ZERO:
                                said = load(alive, j * n_all + row * n_words + block)
                                yes, no = both(yes, said), both(no, said)
                        is_new |= is_any(either(odd(was_yes, yes), odd(was_no, no)))
                        store(work, place, yes)
                        store(work, place + n_words, no)
                    if is_new:
                        changed[m] |= bit
                        for k in range(todo.size):
                            todo[k] |= follows[j, k]
                        todo[m] &= ~bit  # an output follows itself
            for k in range(n_outputs):
                place = here + 2 * (n_neurons - n_outputs + k) * n_words
                said_yes = (i * n_outputs + k) * n_all + row * n_words
                said_no = ((n + i) * n_outputs + k) * n_all + row * n_words
                for block in range(0, n_words, 4):
                    store(answers, said_yes + block, load(work, place + block))
                    store(answers, said_no + block, load(work, place + n_words + block))
            for m in range(todo.size):
                while changed[m] != ZERO:
                    j = 64 * m + lowest(changed[m])
                    changed[m] &= changed[m] - ONE
                    for k in range(2 * j * n_words, 2 * (j + 1) * n_words, 4):
                        store(work, here + k, load(states, mine + k))


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
