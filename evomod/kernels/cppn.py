"""Compositional pattern-producing networks: what they say at every place, and how they mutate.

A genome is a row of float64: for each hidden place its position in (0, 1), 0 where there is no node, and the number of
its function; then ``weights[target, source]``, 0 for no connection. Sources are the inputs and the hidden places, targets
the hidden places and the outputs. A connection leads from a lower to a higher position; inputs lie at 0, outputs at 2.
"""

from __future__ import annotations

import math

from evomod.kernels import compiled, inlined, uniform, unmanaged

SINE, SIGMOID, GAUSSIAN, LINEAR = 0, 1, 2, 3
"""Numbers of the functions."""


@inlined
def apply(function, x):
    """The value of a node."""
    if function == SINE:
        return math.sin(x)
    if function == SIGMOID:
        return 1.0 / (1.0 + math.exp(-x))
    if function == GAUSSIAN:
        return math.exp(-x * x)
    return x


@inlined
def sort_nodes(genome, n_hidden, order):
    """List the hidden places with a node by position, the first of equals first."""
    n = 0
    for h in range(n_hidden):
        if genome[2 * h] > 0.0:
            k = n
            while k > 0 and genome[2 * order[k - 1]] > genome[2 * h]:
                order[k] = order[k - 1]
                k -= 1
            order[k] = h
            n += 1
    return n


@unmanaged
def paint(genomes, queries, n_hidden, order, values, outputs):
    """Write ``outputs[individual, output, query]``: the sums that reach the outputs for ``queries[input, query]``.

    ``order[hidden]`` and ``values[source, query]``: work space. A node says what it says for all queries before the next
    node is asked: sums of many queries are added at once, which takes a third of the time of query after query.
    """
    n_inputs, n_queries = queries.shape
    n_outputs, n_sources = outputs.shape[1], n_inputs + n_hidden
    for s in range(n_inputs):
        for q in range(n_queries):
            values[s, q] = queries[s, q]
    for i in range(genomes.shape[0]):
        genome = genomes[i]
        n_nodes = sort_nodes(genome, n_hidden, order)
        for s in range(n_inputs, n_sources):
            for q in range(n_queries):
                values[s, q] = 0.0
        for k in range(n_nodes + n_outputs):
            is_node = k < n_nodes
            target = order[k] if is_node else n_hidden + k - n_nodes
            row = values[n_inputs + target] if is_node else outputs[i, k - n_nodes]
            first = 2 * n_hidden + target * n_sources
            for q in range(n_queries):
                row[q] = 0.0
            for s in range(n_sources):
                weight, given = genome[first + s], values[s]
                if weight != 0.0:
                    for q in range(n_queries):
                        row[q] += weight * given[q]
            if is_node:
                function = int(genome[2 * target + 1])
                for q in range(n_queries):
                    row[q] = apply(function, row[q])


@compiled
def position_of_source(genome, n_inputs, s):
    """0 of inputs, -1 of a hidden place without a node."""
    if s < n_inputs:
        return 0.0
    position = genome[2 * (s - n_inputs)]
    return position if position > 0.0 else -1.0


@compiled
def position_of_target(genome, n_hidden, t):
    """2 of outputs, -1 of a hidden place without a node."""
    if t >= n_hidden:
        return 2.0
    position = genome[2 * t]
    return position if position > 0.0 else -1.0


@compiled
def list_pairs(genome, shape, wants, pairs):
    """List the places ``target * n_sources + source`` with a connection, or those where one may be added."""
    n_inputs, n_hidden, n_outputs = shape
    n_sources, n = n_inputs + n_hidden, 0
    for t in range(n_hidden + n_outputs):
        above = position_of_target(genome, n_hidden, t)
        for s in range(n_sources):
            below = position_of_source(genome, n_inputs, s)
            is_there = genome[2 * n_hidden + t * n_sources + s] != 0.0
            pairs[n] = t * n_sources + s
            n += is_there == wants and below >= 0.0 and below < above
    return n


@compiled
def list_nodes(genome, n_hidden, wants, nodes):
    """List the hidden places with a node, or without."""
    n = 0
    for h in range(n_hidden):
        nodes[n] = h
        n += (genome[2 * h] > 0.0) == wants
    return n


@compiled
def insert_node(genome, shape, highest, rng, pairs, nodes):
    """Put a node into a random connection: 1, or the highest weight, into it, the old weight out of it."""
    n_inputs, n_hidden, _ = shape
    n_sources = n_inputs + n_hidden
    n, free = list_pairs(genome, shape, True, pairs), list_nodes(genome, n_hidden, False, nodes)
    if n == 0 or free == 0:
        return
    pair = pairs[int(uniform(rng) * n)]
    t, s = pair // n_sources, pair % n_sources
    below, above = (
        position_of_source(genome, n_inputs, s),
        min(position_of_target(genome, n_hidden, t), 1.0),
    )
    position = below + (above - below) * (0.25 + 0.5 * uniform(rng))
    function = int(uniform(rng) * 4)
    if not below < position < above:  # no number is left between them
        return
    h, first = nodes[0], 2 * n_hidden
    genome[2 * h], genome[2 * h + 1] = position, function
    genome[first + t * n_sources + n_inputs + h] = genome[first + pair]
    genome[first + pair] = 0.0
    genome[first + h * n_sources + s] = min(1.0, highest)


@compiled
def remove_node(genome, shape, rng, nodes):
    """Take a random node away, with its connections."""
    n_inputs, n_hidden, n_outputs = shape
    n_sources, n = n_inputs + n_hidden, list_nodes(genome, n_hidden, True, nodes)
    if n == 0:
        return
    h, first = nodes[int(uniform(rng) * n)], 2 * n_hidden
    genome[2 * h] = genome[2 * h + 1] = 0.0
    for s in range(n_sources):
        genome[first + h * n_sources + s] = 0.0
    for t in range(n_hidden + n_outputs):
        genome[first + t * n_sources + n_inputs + h] = 0.0


@compiled
def polynomial(value, low, high, eta, draw):
    """A value changed by bounded polynomial mutation (Deb & Agrawal 1995)."""
    span = high - low
    if draw < 0.5:
        room = 1.0 - (value - low) / span
        shift = (2.0 * draw + (1.0 - 2.0 * draw) * room ** (eta + 1.0)) ** (1.0 / (eta + 1.0)) - 1.0
    else:
        room = 1.0 - (high - value) / span
        shift = 1.0 - (2.0 * (1.0 - draw) + 2.0 * (draw - 0.5) * room ** (eta + 1.0)) ** (
            1.0 / (eta + 1.0)
        )
    moved = value + shift * span
    if moved < low:
        moved = low
    if moved > high:
        moved = high
    return moved


@compiled
def vary(genomes, shape, rates, bounds, rng, pairs, nodes):
    """Mutate every genome in place.

    ``shape``: numbers of inputs, hidden places and outputs. ``rates``: of a node more, a node less, a connection more,
    a connection less, a connection moved, each once a genome; then of every node's function and of every weight.
    ``bounds``: lowest and highest weight, and the crowding degree of its mutation.
    """
    n_inputs, n_hidden, n_outputs = shape
    n_sources, first = n_inputs + n_hidden, 2 * n_hidden
    low, high, eta = bounds
    for i in range(genomes.shape[0]):
        genome = genomes[i]
        if uniform(rng) < rates[0]:
            insert_node(genome, shape, high, rng, pairs, nodes)
        if uniform(rng) < rates[1]:
            remove_node(genome, shape, rng, nodes)
        if uniform(rng) < rates[2]:
            n = list_pairs(genome, shape, False, pairs)
            if n > 0:
                pair = pairs[int(uniform(rng) * n)]
                genome[first + pair] = low + (high - low) * uniform(rng)
        if uniform(rng) < rates[3]:
            n = list_pairs(genome, shape, True, pairs)
            if n > 0:
                genome[first + pairs[int(uniform(rng) * n)]] = 0.0
        if uniform(rng) < rates[4]:
            n = list_pairs(genome, shape, True, pairs)
            if n > 0:
                moved = pairs[int(uniform(rng) * n)]
                n = list_pairs(genome, shape, False, pairs)
                if n > 0:
                    pair = pairs[int(uniform(rng) * n)]
                    genome[first + pair] = genome[first + moved]
                    genome[first + moved] = 0.0
        for h in range(n_hidden):
            if genome[2 * h] > 0.0 and uniform(rng) < rates[5]:
                genome[2 * h + 1] = int(uniform(rng) * 4)
        for c in range(n_sources * (n_hidden + n_outputs)):
            if genome[first + c] != 0.0 and uniform(rng) < rates[6]:
                genome[first + c] = polynomial(genome[first + c], low, high, eta, uniform(rng))
