"""Layered networks with any weights, neurons of tanh(gain * sum) in float64: answers, and learning by gradient."""

from __future__ import annotations

import numpy as np

from evomod.kernels import inlined, unmanaged
from evomod.kernels.vectors import numbers, plus, prefer_wide, put_numbers, squash, times

EIGHT = 8
"""Patterns that differ in three inputs alone, the lowest."""


@inlined
def find_reaching(genes, neurons, n_inputs, n_outputs, reaches):
    """``reaches[node]``: whether a node leads to an output."""
    for node in range(reaches.size):
        reaches[node] = node >= reaches.size - n_outputs
    for j in range(neurons.shape[0] - 1, -1, -1):
        if reaches[n_inputs + j]:
            first, source = neurons[j, 0], neurons[j, 2]
            for k in range(neurons[j, 1]):
                reaches[source + k] |= genes[first + k] != 0.0


@inlined
def is_same(genes, theirs, neurons, n_inputs, reaches):
    """Whether all genes of neurons that lead to an output are those of another network."""
    n_neurons, differ = neurons.shape[0], False
    for j in range(n_neurons):
        if reaches[n_inputs + j]:
            bias = genes.size - n_neurons + j
            differ |= genes[bias] != theirs[bias]
            for edge in range(neurons[j, 0], neurons[j, 0] + neurons[j, 1]):
                differ |= genes[edge] != theirs[edge]
    return not differ


@inlined
def list_working(genes, neurons, n_inputs, reaches, weights, sources, starts):
    """List the connections that lead to an output, neuron by neuron: those of a neuron begin at its start."""
    n = 0
    for j in range(neurons.shape[0]):
        starts[j], first, source = n, neurons[j, 0], neurons[j, 2]
        if reaches[n_inputs + j]:
            for k in range(neurons[j, 1]):
                weights[n], sources[n] = genes[first + k], source + k
                n += genes[first + k] != 0.0
    starts[neurons.shape[0]] = n


@inlined
def sum_inputs(bias, weights, sources, begin, end, inputs, block, n, sums, at, groups):
    """Write the sums of a neuron of the first layer into ``sums`` from ``at`` on, equal ones once; returns the end.

    Which patterns of a block differ is known: ``groups[8 patterns]`` tells where the sums of each eight begin.
    The eight that differ in the lowest inputs stay whole, and every other input of the block that is a source
    doubles their number. Four sums in five of the retina are spared, and so is their tanh.
    """
    size, edge = EIGHT, begin
    for k in range(EIGHT):
        sums[at + k] = bias
    while edge < end and (1 << sources[edge]) < EIGHT:
        for k in range(EIGHT):
            sums[at + k] += weights[edge] * inputs[sources[edge], k]
        edge += 1
    groups[0], bit = at, EIGHT
    while bit < n:
        is_source = edge < end and (1 << sources[edge]) == bit
        further = size if is_source else 0
        for k in range(bit // EIGHT):
            groups[bit // EIGHT + k] = groups[k] + further
        if is_source:
            for k in range(size):
                sums[at + size + k] = sums[at + k] + weights[edge]
                sums[at + k] -= weights[edge]
            size *= 2
            edge += 1
        bit *= 2
    while edge < end:
        for k in range(size):
            sums[at + k] += weights[edge] * inputs[sources[edge], block]
        edge += 1
    return at + size


@inlined
def sum_neurons(bias, weights, sources, begin, end, n_inputs, values, row):
    """Write the sums of a neuron of a later layer into its ``row`` of values, two sources at once."""
    n, edge = row.size, begin + ((end - begin) & 1)
    if edge > begin:
        weight, one = weights[begin], values[sources[begin] - n_inputs]
        for k in range(n):
            row[k] = bias + weight * one[k]
    else:
        for k in range(n):
            row[k] = bias
    while edge < end:
        weight, one = weights[edge], values[sources[edge] - n_inputs]
        further, other = weights[edge + 1], values[sources[edge + 1] - n_inputs]
        for k in range(n):
            row[k] = (row[k] + weight * one[k]) + further * other[k]
        edge += 2


@unmanaged
def answer(
    genes, ancestors, neurons, gain, inputs, slots, values, sums, groups, reaches, weights, sources, starts, answers
):  # fmt: skip
    """Write -1, 0 or +1, the sign of every output, into ``answers[slot, output, pattern]``.

    ``genes[individual]`` holds one weight an edge (0 is no connection), then one bias a neuron;
    ``neurons`` as in `evomod.kernels.layered.answer`; ``inputs[input, pattern]`` -1.0 or +1.0. Individual i's answers lie in
    ``slots[i]``. Networks that are their own ancestor keep the answers they have, those whose
    genes equal their parent's inherit them, but for genes of what leads to no output.

    A sum begins with the bias, and takes the sources in their order. Patterns go in blocks through
    ``values[neuron, pattern]``, which stays in the cache. Work space, too: ``sums[first layer * pattern]``,
    ``groups[neuron of it, 8 patterns]``, ``reaches[node]``, ``weights[edge + 1]``, ``sources[edge + 1]``, ``starts[neuron + 1]``.
    """
    prefer_wide()
    n_neurons, n_genes, n_outputs = neurons.shape[0], genes.shape[1], answers.shape[1]
    n_inputs, n_patterns, n, n_first = inputs.shape[0], answers.shape[2], values.shape[1], neurons[0, 5]
    for i in range(genes.shape[0]):
        parent, own, said = ancestors[i], genes[i], answers[slots[i]]
        if parent == i:
            continue
        find_reaching(own, neurons, n_inputs, n_outputs, reaches)
        if parent >= 0 and is_same(own, genes[parent], neurons, n_inputs, reaches):
            for o in range(n_outputs):
                for k in range(n_patterns):
                    said[o, k] = answers[slots[parent], o, k]
            continue
        list_working(own, neurons, n_inputs, reaches, weights, sources, starts)
        for block in range(0, n_patterns, n):
            at = 0
            for j in range(n_first):
                if reaches[n_inputs + j]:
                    at = sum_inputs(
                        own[n_genes - n_neurons + j], weights, sources, starts[j], starts[j + 1], inputs, block, n,
                        sums, at, groups[j],
                    )  # fmt: skip
            if n_first < n_neurons:
                squash(gain, sums, at)
            for j in range(n_first):
                if reaches[n_inputs + j]:
                    for group in range(groups.shape[1]):
                        for k in range(EIGHT):
                            values[j, EIGHT * group + k] = sums[groups[j, group] + k]
            for j in range(n_first, n_neurons):
                if reaches[n_inputs + j]:
                    bias = own[n_genes - n_neurons + j]
                    sum_neurons(
                        bias, weights, sources, starts[j], starts[j + 1], n_inputs, values, values[j]
                    )
                    if j < n_neurons - n_outputs:
                        squash(gain, values[j], n)
            for o in range(n_outputs):  # tanh has the sign of what it is given
                for k in range(n if n < n_patterns else n_patterns):
                    x = gain * values[n_neurons - n_outputs + o, k]
                    said[o, block + k] = np.int8(x > 0.0) - np.int8(x < 0.0)


@unmanaged
def choose(genomes, parents, draws, rates, n_edges, offspring, structure, hit):
    """Copy parents into ``offspring``, and choose which of their genes are to change their value, ``hit[offspring, gene]``.

    Each of n connections with probability ``rates[0]`` / n, each bias with ``rates[1]``, by ``draws[offspring, gene]`` in
    [0, 1). ``structure[offspring, gene]`` becomes 1 where there is a connection, and for every bias. With `connect` a tenth
    of the time of NumPy, which made a dozen arrays of this size.
    """
    for i in range(parents.size):
        own, child, draw, n = genomes[parents[i]], offspring[i], draws[i], 0
        for gene in range(own.size):
            child[gene] = own[gene]
        for edge in range(n_edges):
            structure[i, edge] = own[edge] != 0.0
            n += own[edge] != 0.0
        rate = min(1.0, rates[0] / max(n, 1))
        for edge in range(n_edges):
            hit[i, edge] = (own[edge] != 0.0) & (draw[edge] < rate)
        for bias in range(n_edges, own.size):
            structure[i, bias], hit[i, bias] = 1, draw[bias] < rates[1]


@unmanaged
def connect(structure, draws, span, offspring, hit):
    """Give ``offspring`` the connections of a ``structure``: those that are new a weight, those that are gone none.

    A new one is ``span[0] + span[1] * draws[offspring, edge]``; what is gone is hit no more.
    """
    for i in range(draws.shape[0]):
        child, here, is_hit, draw = offspring[i], structure[i], hit[i], draws[i]
        for edge in range(draw.size):
            fresh, weight = span[0] + span[1] * draw[edge], child[edge]
            weight = weight if weight != 0.0 else fresh
            child[edge] = weight if here[edge] != 0 else 0.0
            is_hit[edge] &= here[edge] != 0


SHRINK, GROW, SHORTEST, LONGEST = 0.5, 1.2, 1e-6, 50.0
"""What iRprop- (Igel & Hüsken 2003) makes of a step when the gradient's sign changes and when it stays, and their bounds."""


@inlined
def list_places(genes, neurons, n_inputs, reaches, places, sources, starts):
    """List the genes of all that leads to an output, and their sources; those of a neuron begin at its start.

    A neuron's bias comes first, as the weight of a connection from a node after all others, whose value is 1.
    """
    n, n_neurons = 0, neurons.shape[0]
    for j in range(n_neurons):
        starts[j], first, source = n, neurons[j, 0], neurons[j, 2]
        if reaches[n_inputs + j]:
            places[n], sources[n] = genes.size - n_neurons + j, n_inputs + n_neurons
            n += 1
            for k in range(neurons[j, 1]):
                places[n], sources[n] = first + k, source + k
                n += genes[first + k] != 0.0
    starts[n_neurons] = n


@inlined
def pass_forward(genes, gain, places, sources, starts, reaches, n_inputs, values):
    """Put the value of every neuron that leads to an output into its row of ``values[node, pattern]``."""
    for j in range(starts.size - 1):
        if reaches[n_inputs + j]:
            row, n = values[n_inputs + j], values.shape[1]
            for k in range(n):
                row[k] = 0.0
            for edge in range(starts[j], starts[j + 1]):
                weight, one = genes[places[edge]], values[sources[edge]]
                for k in range(n):
                    row[k] += weight * one[k]
            squash(gain, row, n)


@inlined
def add_products(one, other, n, sums, gene):
    """Add the products of two rows to the eight sums of a gene: of every eighth pattern."""
    total = numbers(sums, EIGHT * gene)
    for k in range(0, n, EIGHT):
        total = plus(total, times(numbers(one, k), numbers(other, k)))
    put_numbers(sums, EIGHT * gene, total)


@inlined
def begin_back(wanted, block, n_inputs, values, deltas):
    """Put what is wrong with every output, times its slope, into the last rows of ``deltas``, and 0 into the others."""
    n_neurons, n = deltas.shape
    n_hidden = n_neurons - wanted.shape[0]
    for j in range(n_hidden):
        for k in range(n):
            deltas[j, k] = 0.0
    for o in range(wanted.shape[0]):
        delta, row = deltas[n_hidden + o], values[n_inputs + n_hidden + o]
        for k in range(n):
            aim = wanted[o, block + k]
            delta[k] = (aim * aim) * ((row[k] - aim) * (1.0 - row[k] * row[k]))


@inlined
def pass_back(genes, places, sources, starts, reaches, n_inputs, n_outputs, values, deltas, sums):
    """Add a block's part of the gradient to ``sums[gene, eighth]``; the outputs' rows of ``deltas`` are there.

    The factor gain of every layer is left out: it changes no sign.
    """
    n_neurons, n = starts.size - 1, values.shape[1]
    for j in range(n_neurons - 1, -1, -1):
        if reaches[n_inputs + j]:
            delta, row = deltas[j], values[n_inputs + j]
            if j < n_neurons - n_outputs:
                for k in range(n):
                    delta[k] *= 1.0 - row[k] * row[k]
            for edge in range(starts[j], starts[j + 1]):
                add_products(delta, values[sources[edge]], n, sums, places[edge])
                if n_inputs <= sources[edge] < n_inputs + n_neurons:
                    weight, before = genes[places[edge]], deltas[sources[edge] - n_inputs]
                    for k in range(n):
                        before[k] += weight * delta[k]


@inlined
def step(genes, gene, sums, sizes, before, low, high):
    """Move a gene against its gradient, by iRprop-: by a step of its own, of which the gradient's size is no part."""
    gradient = sums[gene, 0]
    for k in range(1, EIGHT):
        gradient += sums[gene, k]
    agreement, size, moved = gradient * before[gene], sizes[gene], genes[gene]
    if agreement > 0.0:
        size = size * GROW if size * GROW < LONGEST else LONGEST
    elif agreement < 0.0:
        size = size * SHRINK if size * SHRINK > SHORTEST else SHORTEST
        gradient = 0.0
    if gradient > 0.0:
        moved -= size
    elif gradient < 0.0:
        moved += size
    moved = low if moved < low else moved
    genes[gene] = high if moved > high else moved
    sizes[gene], before[gene] = size, gradient


@unmanaged
def learn(
    genes, neurons, gain, inputs, wanted, n_steps, first_step, ends, values, deltas, sums, sizes, before, reaches, places,
    sources, starts, errors,
):  # fmt: skip
    """Let every network ``genes[individual]`` learn for some steps, in place, by iRprop- on its squared error.

    Of all patterns; ``errors[individual]`` becomes the sum after the last step.
    ``wanted[output, pattern]`` is -1.0 or +1.0, and 0.0 where an output is not counted; ``ends`` the lowest and the
    highest weight, then those of biases. Genes as of `answer`; those of what leads to no output stay. A weight may
    become 0 at the end of its range and leave it again.

    A gradient is eight sums, of every eighth pattern, added up in their order. Patterns go in blocks through
    ``values[node + 1, pattern]`` and ``deltas[neuron, pattern]``. Work space, too: ``sums[gene, eighth]``, ``sizes[gene]``,
    ``before[gene]``, ``reaches[node]``, ``places[gene + 1]``, ``sources[gene + 1]``, ``starts[neuron + 1]``.
    """
    prefer_wide()
    n_neurons, n_genes, n_outputs = neurons.shape[0], genes.shape[1], wanted.shape[0]
    n_inputs, n_patterns, n = inputs.shape[0], inputs.shape[1], values.shape[1]
    for k in range(n):
        values[n_inputs + n_neurons, k] = 1.0
    for i in range(genes.shape[0]):
        own = genes[i]
        find_reaching(own, neurons, n_inputs, n_outputs, reaches)
        list_places(own, neurons, n_inputs, reaches, places, sources, starts)
        for gene in range(n_genes):
            sizes[gene], before[gene] = first_step, 0.0
        errors[i] = 0.0
        for left in range(n_steps, -1, -1):
            for gene in range(n_genes if left > 0 else 0):
                for k in range(EIGHT):
                    sums[gene, k] = 0.0
            for block in range(0, n_patterns, n):
                for source in range(n_inputs):
                    for k in range(n):
                        values[source, k] = inputs[source, block + k]
                pass_forward(own, gain, places, sources, starts, reaches, n_inputs, values)
                if left == 0:
                    for o in range(n_outputs):
                        row = values[n_inputs + n_neurons - n_outputs + o]
                        for k in range(n):
                            aim = wanted[o, block + k]
                            errors[i] += (aim * aim) * ((row[k] - aim) * (row[k] - aim))
                else:
                    begin_back(wanted, block, n_inputs, values, deltas)
                    pass_back(
                        own, places, sources, starts, reaches, n_inputs, n_outputs, values, deltas, sums
                    )
            for edge in range(starts[n_neurons] if left > 0 else 0):
                gene = places[edge]
                kind = 2 if gene >= n_genes - n_neurons else 0
                step(own, gene, sums, sizes, before, ends[kind], ends[kind + 1])
