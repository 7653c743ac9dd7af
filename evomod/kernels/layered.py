"""Layered integer networks: birth, variation, answers, simplification (Clune et al. 2013).

A genome is a row of int8 genes: one for every edge (ordered by target, then by source), then one for
every neuron. An edge gene is 0 where there is no connection, else the place (from 1) of its weight in
the ordered alphabet; a neuron gene is the place (from 0) of its bias.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, uniform

RARE = 2.0**-32
"""Where no change at all is rarer than this, change after change is drawn."""
ONE = np.uint64(1)
FILL = np.array([0, 0xFFFFFFFFFFFFFFFF], np.uint64)
"""A bit, repeated in all 64 positions of a word."""


@inlined
def draw_edge(layers, rng):
    """An edge, first its gap and then its source and target in the gap's two layers, by one draw."""
    share = uniform(rng) * (layers.size - 1)
    gap, start = int(share), 0
    for g in range(gap):
        start += layers[g] * layers[g + 1]
    return start + int((share - gap) * (layers[gap] * layers[gap + 1]))


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
        for _ in range(attempts[0] + int(uniform(rng) * (attempts[1] - attempts[0] + 1))):
            if n == n_edges:
                break
            edge = draw_free_edge(genomes[i], layers, limit, rng)
            if edge >= 0:
                genomes[i, edge] = 1 + int(uniform(rng) * n_weights)
                n += 1
        for gene in range(n_edges, n_genes):
            genomes[i, gene] = int(uniform(rng) * n_biases)


@inlined
def stepped(value, low, high, is_down):
    """A place one step away along an alphabet; it does not leave the alphabet."""
    moved = value - 1 if is_down else value + 1
    moved = moved if moved > low else low
    return moved if moved < high else high


@inlined
def draw_hits(genes, n, chances, rng, shares):
    """Hit each of the first n of ``genes`` with probability ``chances[0]``; returns how many are.

    They come first in the list then, each with a uniform number in ``shares``. How many is one draw, by
    inversion of the binomial distribution (``chances[1]`` for none, odds of ``chances[2]``); the whole part
    of one more is which gene, the rest its share. A draw and a logarithm a hit cost twice as much.
    """
    n_hits, chance, total = 0, chances[1], chances[1]
    if chance < RARE:
        for k in range(n):
            if uniform(rng) < chances[0]:
                genes[n_hits], genes[k] = genes[k], genes[n_hits]
                shares[n_hits] = uniform(rng)
                n_hits += 1
        return n_hits
    drawn = uniform(rng)
    while drawn >= total and n_hits < n:
        share = uniform(rng) * (n - n_hits)
        k = n_hits + int(share)
        genes[n_hits], genes[k] = genes[k], genes[n_hits]
        shares[n_hits] = share - int(share)
        chance *= chances[2] * (n - n_hits) / (n_hits + 1)
        total += chance
        n_hits += 1
    return n_hits


@inlined
def change_biases(genome, genes, n_hits, n_biases, by_step, shares):
    """Change the listed biases: one step along the alphabet, or drawn anew."""
    for k in range(n_hits):
        gene = genes[k]
        if by_step:
            genome[gene] = stepped(genome[gene], 0, n_biases - 1, shares[k] < 0.5)
        else:
            genome[gene] = int(shares[k] * n_biases)


@compiled
def vary(layers, counts, rates, chances, rng, listed, shares, offspring):
    """Mutate ``offspring``, copies of their parents.

    counts: number of weights, number of biases, fewest connections, 1 for biases by step; rates: add and
    delete a connection, a network. ``chances[n, 3]`` of `draw_hits`: of n connections' weights, and in the
    last row of the biases. ``listed[2, gene]`` and ``shares[gene]`` are work space. One draw decides both
    whether a connection comes and whether one goes, as if it were two.
    """
    n_edges, limit = size_of(layers)
    n_neurons = offspring.shape[1] - n_edges
    edges, biases, add = listed[0], listed[1], rates[0]
    goes_from, goes_to = add * (1.0 - rates[1]), add + (1.0 - add) * rates[1]
    for i in range(offspring.shape[0]):
        genome, n = offspring[i], 0
        for edge in range(n_edges):
            edges[n] = edge
            n += genome[edge] != 0
        for k in range(draw_hits(edges, n, chances[n], rng, shares)):
            genome[edges[k]] = stepped(genome[edges[k]], 1, counts[0], shares[k] < 0.5)
        for k in range(n_neurons):
            biases[k] = n_edges + k
        n_hits = draw_hits(biases, n_neurons, chances[n_edges + 1], rng, shares)
        change_biases(genome, biases, n_hits, counts[1], counts[3] == 1, shares)
        drawn = uniform(rng)
        if drawn < add and n < n_edges:
            added = draw_free_edge(genome, layers, limit, rng)
            if added >= 0:
                genome[added] = 1 + int(uniform(rng) * counts[0])
                edges[n] = added
                n += 1
        if goes_from <= drawn < goes_to and n > counts[2]:
            genome[edges[int(uniform(rng) * n)]] = 0


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
def simplify(genes, ancestors, n_known, source, target, n_outputs, listed, reaches, working):
    """Write which connections lead to an output, into ``working[network, edge]`` (Clune et al. 2013).

    Their gene ``genes[network, edge]``, 0 for all others. Hidden neurons without a path from an input stay:
    their bias may matter. The first ``n_known`` networks are done; ``ancestors[network]`` is the row of the
    parent, or -1: whoever has the same connections as one that is done has the same that lead to an output.
    Work space: ``listed[edge + 1]``, ``reaches[node]``.
    """
    n_edges, n_nodes = source.size, reaches.size
    for i in range(n_known, genes.shape[0]):
        parent = ancestors[i]
        same = 0 <= parent < i
        if same:
            for edge in range(n_edges):  # to the end: the compiler compares many at once
                same &= (genes[i, edge] != 0) == (genes[parent, edge] != 0)
        if same:
            for edge in range(n_edges):
                working[i, edge] = genes[i, edge] & -np.int8(working[parent, edge] != 0)
            continue
        n = 0
        for edge in range(n_edges):
            working[i, edge] = 0
            listed[n] = edge
            n += genes[i, edge] != 0
        for node in range(n_nodes):
            reaches[node] = -np.int8(node >= n_nodes - n_outputs)  # all bits, or none
        for k in range(n - 1, -1, -1):  # sources come before their targets
            edge = listed[k]
            keep = reaches[target[edge]]
            working[i, edge] = genes[i, edge] & keep
            reaches[source[edge]] |= keep
