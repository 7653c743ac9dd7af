"""Layered integer networks: birth, variation, answers, simplification (Clune et al. 2013).

A genome is a row of int8 genes: one for every edge (ordered by target, then by source), then one for
every neuron. An edge gene is 0 where there is no connection, else the place (from 1) of its weight in
the ordered alphabet; a neuron gene is the place (from 0) of its bias.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, uniform, unmanaged
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

RARE = 2.0**-32
"""Where no change at all is rarer than this, change after change is drawn."""
ONE = np.uint64(1)


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


@unmanaged
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


@unmanaged
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
