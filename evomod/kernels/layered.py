"""Layered integer networks: birth, variation, answers, simplification (Clune et al. 2013).

A genome is a row of int8 genes: one for every edge (ordered by target, then by source), then one for
every neuron. An edge gene is 0 where there is no connection, else the place (from 1) of its weight in
the ordered alphabet; a neuron gene is the place (from 0) of its bias.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, unmanaged
from evomod.kernels.vectors import (
    ZERO,
    differing,
    either,
    fire,
    fire_in_parts,
    is_any,
    item,
    list_edges,
    load,
    lowest,
    odd,
    spread,
    store,
)

TINY = 2.0**-53
"""The resolution of a drawn double: 1 - p would be 1."""
ONE = np.uint64(1)


@inlined
def log_miss(p):
    """Logarithm of the probability of a miss, for `skip`: 1 where every draw hits, 0 where none does."""
    if p >= 1.0:
        return 1.0
    return 0.0 if p < TINY else np.log(1.0 - p)


@inlined
def skip(rng, miss):
    """Number of misses before the next hit: a geometric draw by inversion; ``miss`` is `log_miss`.

    One logarithm a hit instead of one draw a gene: 60,000 draws a generation of 1000 networks
    would cost 0.4 ms, a third of the whole generation. The other logarithm is known beforehand.
    """
    if miss > 0.0:
        return 0.0
    if miss == 0.0:
        return np.inf
    return np.floor(np.log(1.0 - rng.random()) / miss)


@inlined
def draw_edge(layers, rng):
    """An edge, its gap drawn first and then its source and target within the gap's two layers."""
    gap = int(rng.random() * (layers.size - 1))
    source = int(rng.random() * layers[gap])
    target = int(rng.random() * layers[gap + 1])
    start = 0
    for g in range(gap):
        start += layers[g] * layers[g + 1]
    return start + target * layers[gap] + source


@compiled
def birth(layers, n_weights, n_biases, attempts, rng, genomes):
    """Fill ``genomes`` with random networks; an attempt at a connection that exists is lost."""
    n_genes = genomes.shape[1]
    n_edges = 0
    for g in range(layers.size - 1):
        n_edges += layers[g] * layers[g + 1]
    for i in range(genomes.shape[0]):
        for edge in range(n_edges):
            genomes[i, edge] = 0
        for _ in range(attempts[0] + int(rng.random() * (attempts[1] - attempts[0] + 1))):
            edge = draw_edge(layers, rng)
            if genomes[i, edge] == 0:
                genomes[i, edge] = 1 + int(rng.random() * n_weights)
        for gene in range(n_edges, n_genes):
            genomes[i, gene] = int(rng.random() * n_biases)


@inlined
def stepped(value, low, high, rng):
    """A place one step away along an alphabet, drawn; it does not leave the alphabet."""
    if rng.random() < 0.5:
        return value - 1 if value > low else low
    return value + 1 if value < high else high


@inlined
def change_weights(genome, present, n, miss, n_weights, rng):
    """Move each of the n present connections one step along the alphabet, hit by hit of `skip`."""
    hit = -1.0
    while hit < n:  # one call of `skip`, for every call is compiled
        hit += 1.0 + skip(rng, miss)
        if hit < n:
            edge = present[int(hit)]
            genome[edge] = stepped(genome[edge], 1, n_weights, rng)


@inlined
def change_biases(genome, n_edges, miss, n_biases, by_step, rng):
    """Change the neurons' biases, hit by hit of `skip`: one step along the alphabet, or drawn anew."""
    n = genome.size - n_edges
    hit = -1.0
    while hit < n:
        hit += 1.0 + skip(rng, miss)
        if hit < n:
            gene = n_edges + int(hit)
            if by_step:
                genome[gene] = stepped(genome[gene], 0, n_biases - 1, rng)
            else:
                genome[gene] = int(rng.random() * n_biases)


@inlined
def present_edge(present, number, n, added):
    """The ``number``-th edge of the n listed ones and, if it is not negative, the ``added`` one, in order."""
    if added < 0:
        return present[number]
    before = 0
    for k in range(n):
        before += present[k] < added
    if number == before:
        return added
    return present[number - (number > before)]


@compiled
def vary(layers, counts, rates, rng, present, misses, offspring):
    """Mutate ``offspring``, copies of their parents.

    counts: number of weights, number of biases, fewest connections, 1 for biases by step;
    rates: weight changes a network, bias change a neuron, add and delete a connection a network;
    ``present[edge]`` and ``misses[edge + 2]`` are work space.
    """
    n_edges = 0
    for g in range(layers.size - 1):
        n_edges += layers[g] * layers[g + 1]
    misses[0] = 0.0
    for n in range(
        1, n_edges + 2
    ):  # by the number of connections: a third of all logarithms; last, biases
        misses[n] = log_miss(rates[0] / n if n <= n_edges else rates[1])
    for i in range(offspring.shape[0]):
        genome, n = offspring[i], 0
        for edge in range(n_edges):
            present[n] = edge
            n += genome[edge] != 0
        change_weights(genome, present, n, misses[n], counts[0], rng)
        change_biases(genome, n_edges, misses[n_edges + 1], counts[1], counts[3] == 1, rng)
        added = -1
        if rng.random() < rates[2] and n < n_edges:
            while added < 0 or genome[added] != 0:
                added = draw_edge(layers, rng)
            genome[added] = 1 + int(rng.random() * counts[0])
        n_now = n + (added >= 0)
        if rng.random() < rates[3] and n_now > counts[2]:
            victim = int(rng.random() * n_now)
            genome[present_edge(present, victim, n, added)] = 0


@inlined
def mark_changed(genomes, i, parent, neuron_of, todo):
    """Mark in the masks ``todo[64 neurons]`` the neurons that have a gene another than their parent's.

    32 genes are compared at once, the last 32 again with some before; shorter genomes one by one.
    """
    n = genomes.shape[1]
    for begin in range(0, n if n >= 32 else 0, 32):
        at = begin if begin + 32 <= n else n - 32
        found = differing(genomes, i * n + at, parent * n + at)
        while found != ZERO:
            neuron = neuron_of[at + lowest(found)]
            found &= found - ONE
            todo[neuron >> 6] |= ONE << np.uint64(neuron & 63)
    for gene in range(0 if n >= 32 else n):
        neuron = neuron_of[gene]
        todo[neuron >> 6] |= np.uint64(genomes[i, gene] != genomes[parent, gene]) << np.uint64(
            neuron & 63
        )


@inlined
def mark_followers(genes, edge, step, first, end, todo):
    """Mark the neurons from ``first`` to ``end`` that have a connection; to the next lead ``step`` edges more."""
    while first < end:
        m, marked = first >> 6, ZERO
        stop = 64 * (m + 1) if 64 * (m + 1) < end else end
        for neuron in range(first, stop):
            marked |= np.uint64(item(genes, edge) != 0) << np.uint64(neuron & 63)
            edge += step
        todo[m] |= marked
        first = stop


@unmanaged
def answer(
    genomes, ancestors, neurons, neuron_of, codes, heaviest, most, biases, inputs, slots, plan, todo, counters,
    work, states,
):  # fmt: skip
    """Answer every pattern by every network, into ``states[slot, 2 * neuron + (0 yes, 1 no), word]``.

    ``ancestors[individual]``: row of ``genomes`` of the parent, itself if it is answered already, or -1.
    Network i's states lie in ``slots[i]``. A neuron is computed only if its own genes or the answers of
    one of its sources differ from the parent's: after a mutation about a quarter do.

    ``neurons[neuron]``: its first edge, their number and its first source; of its followers the edge to the first,
    how many edges lie between those to neighbours, the first, and the end of them. ``neuron_of[gene]``.
    ``codes[group, node, place]``: what a source and a weight are to `list_edges`; ``heaviest``: the largest
    |weight|; ``most``: number of connections whose sum `fire` holds; ``biases[place, plane, (positive,
    negative)]``: binary digits, repeated to words, and a last place of 0;
    ``inputs[2 * input + (0 yes, 1 no), word]``. Words are a power of two and at least four. A network is
    answered in ``work[2 * node + (0 yes, 1 no), word]``, which stays in the cache, holds the inputs once
    for all and ends in two rows of zeros. Work space, too: ``plan`` of `list_edges`, the masks
    ``todo[64 neurons]`` and ``counters`` of `fire_in_parts`.
    """
    n_neurons, n_words, n_genes = neurons.shape[0], states.shape[2], genomes.shape[1]
    n_edges, n_inputs, size = n_genes - n_neurons, inputs.shape[0] // 2, states.shape[1] * n_words
    here, n_places, bias_size = 2 * n_inputs * n_words, codes.shape[2], biases.shape[1] * 2
    for k in range(0, here, 4):
        store(work, k, load(inputs, k))
    for k in range(here + size, work.size, 4):
        store(work, k, spread(ZERO))
    for i in range(genomes.shape[0]):
        parent, own, mine = ancestors[i], i * n_genes, slots[i] * size
        if parent == i:
            continue
        for m in range(todo.size):
            todo[m] = ZERO
        if parent < 0:
            for j in range(n_neurons):
                todo[j >> 6] |= ONE << np.uint64(j & 63)
        else:
            theirs = slots[parent] * size
            mark_changed(genomes, i, parent, neuron_of, todo)
            for k in range(0, size, 4):
                store(work, here + k, load(states, theirs + k))
        for m in range(todo.size):
            while todo[m] != ZERO:
                j = 64 * m + lowest(todo[m])
                todo[m] &= todo[m] - ONE
                edge, number, source = neurons[j, 0], neurons[j, 1], neurons[j, 2]
                n = list_edges(genomes, own + edge, number, codes, source * n_places, n_places, plan, 0)
                bias, is_new = bias_size * item(genomes, own + n_edges + j), False
                for block in range(0, n_words, 4):
                    if n <= most:
                        yes, no = fire(plan, 0, n, biases, bias, work, n_words, block)
                    else:
                        fire_in_parts(
                            genomes, own + edge, number, codes, source * n_places, heaviest, biases, bias, plan,
                            work, n_words, block, counters,
                        )  # fmt: skip
                        yes, no = load(counters, 0), load(counters, 4)
                    place = here + 2 * j * n_words + block
                    was_yes, was_no = load(work, place), load(work, place + n_words)
                    is_new |= is_any(either(odd(was_yes, yes), odd(was_no, no)))
                    store(work, place, yes)
                    store(work, place + n_words, no)
                if is_new and parent >= 0:
                    mark_followers(
                        genomes, own + neurons[j, 3], neurons[j, 4], neurons[j, 5], neurons[j, 6], todo
                    )
        for k in range(0, size, 4):
            store(states, mine + k, load(work, here + k))


@compiled
def simplify(source, first, n_inputs, n_outputs, reaches, working):
    """Put 0 in place of the connections ``working[network, edge]`` that lead to no output (Clune et al. 2013).

    Hidden neurons without a path from an input stay: their bias may matter. ``reaches[node]`` is work space.
    """
    n_neurons = first.size - 1
    for i in range(working.shape[0]):
        for node in range(n_inputs + n_neurons):
            reaches[node] = node >= n_inputs + n_neurons - n_outputs
        for j in range(n_neurons - 1, -1, -1):
            shift = source[first[j]] - first[j]  # the sources of a neuron are a whole layer, in order
            if not reaches[n_inputs + j]:
                for edge in range(first[j], first[j + 1]):
                    working[i, edge] = 0
            elif first[j] + shift >= n_inputs:  # nobody asks whether an input leads to an output
                for edge in range(first[j], first[j + 1]):
                    reaches[edge + shift] |= working[i, edge] != 0
