"""Layered integer networks: birth, variation, answers, simplification (Clune et al. 2013).

A genome is a row of int8 genes: one for every edge (ordered by target, then by source), then one for
every neuron. An edge gene is 0 where there is no connection, else the place (from 1) of its weight in
the ordered alphabet; a neuron gene is the place (from 0) of its bias.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined

TINY = 2.0**-53
"""The resolution of a drawn double: 1 - p would be 1."""
ONE = np.uint64(1)
FILL = np.array([0, 0xFFFFFFFFFFFFFFFF], np.uint64)
"""A bit, repeated in all 64 positions of a word."""


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


@inlined
def draw_free_edge(genome, layers, limit, rng):
    """An edge without a connection; -1 if ``limit`` draws of gap, source and target found none.

    Gaps with few edges fill first, so the last free edges of a dense network are often not found: on the
    retina (limit 23**2) an edge of the first gap, when it is the only free one, in one case of eight.
    """
    edge, draws = -1, 0
    while edge < 0 and draws < limit:
        drawn = draw_edge(layers, rng)
        if genome[drawn] == 0:
            edge = drawn
        draws += 1
    return edge


@inlined
def size_of(layers):
    """Number of edges, and number of draws after which adding a connection is given up: nodes squared."""
    n_edges, n_nodes = 0, layers[layers.size - 1]
    for g in range(layers.size - 1):
        n_edges += layers[g] * layers[g + 1]
        n_nodes += layers[g]
    return n_edges, n_nodes * n_nodes


@compiled
def birth(layers, n_weights, n_biases, attempts, rng, genomes):
    """Fill ``genomes`` with random networks; an attempt at a connection that exists is drawn anew.

    As the authors of Clune et al. 2013 do it. A network without a free edge draws nothing more.
    """
    n_genes = genomes.shape[1]
    n_edges, limit = size_of(layers)
    for i in range(genomes.shape[0]):
        for edge in range(n_edges):
            genomes[i, edge] = 0
        n = 0
        for _ in range(attempts[0] + int(rng.random() * (attempts[1] - attempts[0] + 1))):
            if n == n_edges:
                break
            edge = draw_free_edge(genomes[i], layers, limit, rng)
            if edge >= 0:
                genomes[i, edge] = 1 + int(rng.random() * n_weights)
                n += 1
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
    n_edges, limit = size_of(layers)
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
            added = draw_free_edge(genome, layers, limit, rng)
            if added >= 0:
                genome[added] = 1 + int(rng.random() * counts[0])
        n_now = n + (added >= 0)
        if rng.random() < rates[3] and n_now > counts[2]:
            victim = int(rng.random() * n_now)
            genome[present_edge(present, victim, n, added)] = 0


@inlined
def fire_small(ones, n_ones, twos, n_twos, bias, states, target):
    """Answer of one neuron to 64 patterns a word; True if it differs from what ``states`` held.

    ``states[2 * node]`` has a bit where the node is +1, ``states[2 * node + 1]`` where it is -1. ``ones``
    lists the source rows that count once (the -1 row for a negative weight), ``twos`` those that count
    twice. Two binary counters of four planes (a0 .. a3, d0 .. d3: sums up to 15) hold in each bit
    position the number of positive and of negative units; the larger wins.
    """
    changed = False
    up, down = (bias, 0) if bias > 0 else (0, -bias)
    for w in range(states.shape[1]):
        a0, d0 = FILL[up & 1], FILL[down & 1]
        a1, d1 = FILL[(up >> 1) & 1], FILL[(down >> 1) & 1]
        a2, d2 = FILL[(up >> 2) & 1], FILL[(down >> 2) & 1]
        a3, d3 = FILL[(up >> 3) & 1], FILL[(down >> 3) & 1]
        for k in range(n_ones):
            c, e = states[ones[k], w], states[ones[k] ^ ONE, w]
            t = a0
            a0 ^= c
            c &= t
            t = a1
            a1 ^= c
            c &= t
            t = a2
            a2 ^= c
            c &= t
            a3 ^= c
            t = d0
            d0 ^= e
            e &= t
            t = d1
            d1 ^= e
            e &= t
            t = d2
            d2 ^= e
            e &= t
            d3 ^= e
        for k in range(n_twos):
            c, e = states[twos[k], w], states[twos[k] ^ ONE, w]
            t = a1
            a1 ^= c
            c &= t
            t = a2
            a2 ^= c
            c &= t
            a3 ^= c
            t = d1
            d1 ^= e
            e &= t
            t = d2
            d2 ^= e
            e &= t
            d3 ^= e
        yes, differ = a0 & ~d0, a0 ^ d0
        x = a1 ^ d1
        yes, differ = (a1 & x) | (yes & ~x), differ | x
        x = a2 ^ d2
        yes, differ = (a2 & x) | (yes & ~x), differ | x
        x = a3 ^ d3
        yes, differ = (a3 & x) | (yes & ~x), differ | x
        no = differ & ~yes
        changed |= (states[2 * target, w] != yes) | (states[2 * target + 1, w] != no)
        states[2 * target, w] = yes
        states[2 * target + 1, w] = no
    return changed


@inlined
def fire(ones, n_ones, twos, n_twos, bias, states, target):
    """`fire_small` with counters of seven planes: sums up to 127, the range of int8.

    Nine neurons in ten need four planes only, at half the price.
    """
    changed = False
    up, down = (bias, 0) if bias > 0 else (0, -bias)
    for w in range(states.shape[1]):
        a0, d0 = FILL[up & 1], FILL[down & 1]
        a1, d1 = FILL[(up >> 1) & 1], FILL[(down >> 1) & 1]
        a2, d2 = FILL[(up >> 2) & 1], FILL[(down >> 2) & 1]
        a3, d3 = FILL[(up >> 3) & 1], FILL[(down >> 3) & 1]
        a4, d4 = FILL[(up >> 4) & 1], FILL[(down >> 4) & 1]
        a5, d5 = FILL[(up >> 5) & 1], FILL[(down >> 5) & 1]
        a6, d6 = FILL[(up >> 6) & 1], FILL[(down >> 6) & 1]
        for k in range(n_ones):
            c, e = states[ones[k], w], states[ones[k] ^ ONE, w]
            t = a0
            a0 ^= c
            c &= t
            t = a1
            a1 ^= c
            c &= t
            t = a2
            a2 ^= c
            c &= t
            t = a3
            a3 ^= c
            c &= t
            t = a4
            a4 ^= c
            c &= t
            t = a5
            a5 ^= c
            c &= t
            a6 ^= c
            t = d0
            d0 ^= e
            e &= t
            t = d1
            d1 ^= e
            e &= t
            t = d2
            d2 ^= e
            e &= t
            t = d3
            d3 ^= e
            e &= t
            t = d4
            d4 ^= e
            e &= t
            t = d5
            d5 ^= e
            e &= t
            d6 ^= e
        for k in range(n_twos):
            c, e = states[twos[k], w], states[twos[k] ^ ONE, w]
            t = a1
            a1 ^= c
            c &= t
            t = a2
            a2 ^= c
            c &= t
            t = a3
            a3 ^= c
            c &= t
            t = a4
            a4 ^= c
            c &= t
            t = a5
            a5 ^= c
            c &= t
            a6 ^= c
            t = d1
            d1 ^= e
            e &= t
            t = d2
            d2 ^= e
            e &= t
            t = d3
            d3 ^= e
            e &= t
            t = d4
            d4 ^= e
            e &= t
            t = d5
            d5 ^= e
            e &= t
            d6 ^= e
        yes, differ = a0 & ~d0, a0 ^ d0
        x = a1 ^ d1
        yes, differ = (a1 & x) | (yes & ~x), differ | x
        x = a2 ^ d2
        yes, differ = (a2 & x) | (yes & ~x), differ | x
        x = a3 ^ d3
        yes, differ = (a3 & x) | (yes & ~x), differ | x
        x = a4 ^ d4
        yes, differ = (a4 & x) | (yes & ~x), differ | x
        x = a5 ^ d5
        yes, differ = (a5 & x) | (yes & ~x), differ | x
        x = a6 ^ d6
        yes, differ = (a6 & x) | (yes & ~x), differ | x
        no = differ & ~yes
        changed |= (states[2 * target, w] != yes) | (states[2 * target + 1, w] != no)
        states[2 * target, w] = yes
        states[2 * target + 1, w] = no
    return changed


@inlined
def gather(genes, first, last, source, units, ones, twos):
    """List the source rows of a neuron by the binary digits of their weights; returns both lengths.

    An entry that does not count is overwritten by the next: a branch would be guessed wrong too often.
    """
    n_ones, n_twos = 0, 0
    for edge in range(first, last):
        gene = np.uint64(genes[edge])  # unsigned: no check for an index counted from the end
        row = np.uint64(2 * source[edge] + units[gene, 0])
        ones[n_ones] = row
        n_ones += units[gene, 1]
        twos[n_twos] = row
        for _ in range(units[gene, 2] - 1):
            n_twos += 1
            twos[n_twos] = row
        n_twos += units[gene, 2] > 0
    return n_ones, n_twos


@inlined
def list_changed(genome, other, genes):
    """List the genes in which two genomes differ; returns how many. Without a branch, as `gather`."""
    n = 0
    for gene in range(genome.size):
        genes[n] = gene
        n += genome[gene] != other[gene]
    return n


@compiled
def answer(
    genomes, ancestors, source, first, out, units, biases, inputs, slots, rows, genes, work, states
):
    """Answer every pattern by every network, into ``states[slot, 2 * neuron + (0 yes, 1 no), word]``.

    ``ancestors[individual]``: row of ``genomes`` of the parent, itself if it is answered already, or -1.
    Network i's states lie in ``slots[i]``. A neuron is computed only if its own genes or the answers of
    one of its sources differ from the parent's: after a mutation about a quarter do. ``first[neuron]``
    is its first edge; edges ``out[0, out[1, node]]`` up to ``out[0, out[1, node + 1]]`` lead out of a node,
    and a gene belongs to neuron ``out[2, gene]``. ``units[place]``: 1 if the weight is negative, its lowest binary digit, and how
    many twos it holds; ``biases[place]``; ``inputs[2 * input + (0 yes, 1 no), word]``. A network is
    answered in ``work[2 * node + (0 yes, 1 no), word]``, which stays in the cache and holds the inputs once
    for all. ``rows[2, 64 * edge + 2]`` and ``genes[2, gene + 1]`` are work space, too.
    """
    n_neurons, n_words = first.size - 1, states.shape[2]
    n_edges, n_inputs = first[n_neurons], inputs.shape[0] // 2
    ones, twos, changed, todo = rows[0], rows[1], genes[0], genes[1]
    for row in range(2 * n_inputs):
        for w in range(n_words):
            work[row, w] = inputs[row, w]
    for j in range(n_neurons):
        todo[j] = 0
    for i in range(genomes.shape[0]):
        parent, genome = ancestors[i], genomes[i]
        if parent == i:
            continue
        if parent < 0:
            for j in range(n_neurons):
                todo[j] = 1
        else:
            theirs = states[slots[parent]]
            for row in range(theirs.shape[0]):
                for w in range(n_words):
                    work[2 * n_inputs + row, w] = theirs[row, w]
            for k in range(list_changed(genome, genomes[parent], changed)):
                todo[out[2, changed[k]]] = 1
        for j in range(n_neurons):
            if todo[j] == 0:
                continue
            todo[j], node = 0, n_inputs + j
            n_ones, n_twos = gather(genome, first[j], first[j + 1], source, units, ones, twos)
            bias = biases[genome[n_edges + j]]
            if n_ones + 2 * n_twos + abs(bias) <= 15:
                is_new = fire_small(ones, n_ones, twos, n_twos, bias, work, node)
            else:
                is_new = fire(ones, n_ones, twos, n_twos, bias, work, node)
            if is_new and parent >= 0:
                for k in range(out[1, node], out[1, node + 1]):
                    todo[out[2, out[0, k]]] |= genome[out[0, k]] != 0
        kept = states[slots[i]]
        for row in range(kept.shape[0]):
            for w in range(n_words):
                kept[row, w] = work[2 * n_inputs + row, w]


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
