"""Circuits of two-input gates: all patterns in one word a gate, feedback allowed (Kashtan & Alon 2005).

A genome is a row of int8 genes: for every gate two addresses and its kind, then one address an output.
An address names an input (0, 1, …) or, after the inputs, a gate. A gate is effective if a path of
addresses leads from an output to it; the others are not looked at.
"""

from __future__ import annotations

import numpy as np

from evomod.kernels import compiled, inlined, unmanaged

ZERO, ONE, ALL = np.uint64(0), np.uint64(1), np.uint64(0xFFFFFFFFFFFFFFFF)
TWO, THREE = np.uint64(2), np.uint64(3)


MASKS = np.array([[ZERO, ALL], [ZERO, ZERO], [ALL, ALL], [ALL, ZERO]], np.uint64)
"""NAND, AND, OR, NOR: what inverts both sources of an AND, and what inverts its answer."""


@inlined
def trace(genome, n_inputs, functions, n_gates, stack, depth, values):
    """Visit the effective gates depth first, giving each its answer; returns their set and the depth.

    A gate's answer is final once those of its sources are, so one visit replaces a simulation step by
    step, which costs four times as much. The depth is -1 if a gate leads back to itself: then the
    answers are void. ``values[node]`` and ``depth[node]``; bit g of the set stands for gate g. Indices are
    unsigned: numba asks of every other whether it counts from the end.
    """
    first = np.uint64(n_inputs)
    seen = done = (ONE << first) - ONE  # sets of nodes; inputs are known from the start
    deepest, cyclic = ZERO, ZERO
    for k in range(3 * n_gates, genome.size):
        top = 0
        stack[0] = genome[k]
        while top >= 0:
            node = stack[np.uint64(top)]
            bit = ONE << node
            if done & bit != ZERO:
                top -= 1
                continue
            gene = THREE * (node - first)
            a, b = np.uint64(genome[gene]), np.uint64(genome[gene + ONE])
            if seen & bit == ZERO:
                seen |= bit
                from_a, from_b = ONE << a, ONE << b
                cyclic |= (from_a | from_b) & seen & ~done
                stack[np.uint64(top + 1)] = (
                    a  # it counts if not seen yet: a branch is guessed wrong too often
                )
                top += seen & from_a == ZERO
                stack[np.uint64(top + 1)] = b
                top += seen & from_b == ZERO
                if stack[np.uint64(top)] != node:
                    continue
            function = functions[np.uint64(genome[gene + TWO])]
            m = MASKS[function, 0]
            values[node] = ((values[a] ^ m) & (values[b] ^ m)) ^ MASKS[function, 1]
            depth[node] = ONE + max(depth[a], depth[b])
            done |= bit
            top -= 1
        deepest = max(deepest, depth[np.uint64(genome[k])])
    return seen >> first, -1 if cyclic != ZERO else np.int64(deepest)


@inlined
def decode(genome, functions, gates, n_inputs, sources, masks):
    """Copy what a simulation needs of the listed gates into ``sources[gate, two]``, ``masks[gate, two]``."""
    for k in range(gates.size):
        gene = 3 * (int(gates[k]) - n_inputs)
        function = functions[genome[gene + 2]]
        sources[k, 0], sources[k, 1] = genome[gene], genome[gene + 1]
        masks[k, 0], masks[k, 1] = MASKS[function, 0], MASKS[function, 1]


@inlined
def step(gates, sources, masks, both, old, new):
    """Update the listed gates all at once: from ``both[old + node]`` into ``both[new + node]``.

    What is overwritten is the state before. Returns whether it came again: the circuit rests, or blinks with period 2.
    """
    differ = ZERO
    for k in range(gates.size):
        a, b = both[old + sources[k, 0]] ^ masks[k, 0], both[old + sources[k, 1]] ^ masks[k, 0]
        answer = (a & b) ^ masks[k, 1]
        differ |= answer ^ both[new + gates[k]]
        both[new + gates[k]] = answer
    return differ == ZERO


@inlined
def is_like(both, now, values, gates):
    """Whether the listed gates answer as in ``values``."""
    differ = ZERO
    for k in range(gates.size):
        differ |= both[now + gates[k]] ^ values[gates[k]]
    return differ == ZERO


FIRST_MARK = 16
"""Steps after which a state is first kept to compare with. Nearly all circuits that lead back into themselves rest or blink
with period 2 by the tenth; a comparison takes half of a step."""


@inlined
def simulate(gates, sources, masks, n_steps, both, values, unsteady):
    """Update all gates in ``gates`` together from zero: ``n_steps`` times, then watch as many steps more.

    ``values[node]`` is as after the first n_steps, but for the patterns of ``unsteady[node]``, of which the answer changed
    later on. ``both`` is work space for two states and holds the inputs in both. A state that was there before, two
    steps ago or at the last of 16, 32, 64, ... steps, comes again for ever: then one period tells all, whichever
    step it begins with.
    """
    old, new = np.uint64(0), np.uint64(values.size)
    for k in range(gates.size):
        both[old + gates[k]], both[new + gates[k]] = ZERO, ALL
    mark = 0
    for done in range(1, n_steps + 1):
        blinks = step(gates, sources, masks, both, old, new)
        old, new = new, old
        if blinks and done > 1:
            for k in range(gates.size):
                values[gates[k]] = both[old + gates[k]]
                unsteady[gates[k]] = both[old + gates[k]] ^ both[new + gates[k]]
            return
        if mark > 0 and is_like(both, old, values, gates):
            break
        if done == max(FIRST_MARK, 2 * mark):
            mark = done
            for k in range(gates.size):
                values[gates[k]] = both[old + gates[k]]
    for k in range(gates.size):
        values[gates[k]], unsteady[gates[k]] = both[old + gates[k]], ZERO
    for _ in range(n_steps):
        blinks = step(gates, sources, masks, both, old, new)
        old, new = new, old
        for k in range(gates.size):
            unsteady[gates[k]] |= both[old + gates[k]] ^ values[gates[k]]
        if blinks or is_like(both, old, values, gates):
            return


@inlined
def settle(gates, sources, masks, n_inputs, is_zero, values, unsteady):
    """Ternary answers: every gate is unknown at first and becomes known once its sources force it.

    ``unsteady[node]`` gets the patterns for which a gate stays unknown (Kleene's logic). ``is_zero[node]`` is
    work space.
    """
    for node in range(values.size):
        is_zero[node] = ~values[node] if node < n_inputs else ZERO
    for k in range(gates.size):
        values[gates[k]] = ZERO
    changed = True
    while changed:
        changed = False
        for k in range(gates.size):
            node, a, b, m, inverts = gates[k], sources[k, 0], sources[k, 1], masks[k, 0], masks[k, 1]
            one_a, zero_a = (values[a] & ~m) | (is_zero[a] & m), (is_zero[a] & ~m) | (values[a] & m)
            one_b, zero_b = (values[b] & ~m) | (is_zero[b] & m), (is_zero[b] & ~m) | (values[b] & m)
            both, one_of = one_a & one_b, zero_a | zero_b
            one = (both & ~inverts) | (one_of & inverts)
            zero = (one_of & ~inverts) | (both & inverts)
            changed |= (values[node] != one) | (is_zero[node] != zero)
            values[node], is_zero[node] = one, zero
    for node in range(values.size):
        unsteady[node] = ~(values[node] | is_zero[node])


@inlined
def list_gates(effective, n_inputs, gates):
    """Nodes of a set of gates, into ``gates``; returns how many."""
    n = 0
    for gate in range(gates.size):
        if (effective >> np.uint64(gate)) & ONE != ZERO:
            gates[n] = n_inputs + gate
            n += 1
    return n


@inlined
def is_same(genome, other, n_gates, effective):
    """Whether two genomes agree in their outputs and in the gates of a set.

    Without a branch: leaving at the first difference costs more than it saves, being guessed wrong.
    """
    differ = 0
    for k in range(3 * n_gates, genome.size):
        differ |= genome[k] ^ other[k]
    for gate in range(n_gates):
        here = (genome[3 * gate] ^ other[3 * gate]) | (genome[3 * gate + 1] ^ other[3 * gate + 1])
        here |= genome[3 * gate + 2] ^ other[3 * gate + 2]
        differ |= here & -np.int64((effective >> np.uint64(gate)) & ONE)  # all bits, or none
    return differ == 0


@unmanaged
def answer(genomes, ancestors, inputs, functions, shape, slots, states, work, pairs):
    """Answer every pattern by every circuit, into ``states[slot, (yes an output, no an output, gates)]``.

    ``ancestors[individual]``: row of ``genomes`` of the parent, itself if it is answered already, or -1;
    a circuit whose effective gates are its parent's inherits. ``inputs[input]`` words; ``functions[kind]``; ``shape``: number
    of gates, steps, 1 for ternary answers. An output that does not come to rest says neither yes nor no.
    The last word of a state is the set of effective gates. ``work[8 * node]`` and
    ``pairs[2, gate, 2]`` are work space.
    """
    n_gates, n_steps, ternary = shape[0], shape[1], shape[2] == 1
    n_inputs, n_genes = inputs.size, genomes.shape[1]
    n_nodes, n_outputs = n_inputs + n_gates, n_genes - 3 * n_gates
    values, unsteady, depth = (
        work[:n_nodes],
        work[n_nodes : 2 * n_nodes],
        work[2 * n_nodes : 3 * n_nodes],
    )
    gates, both = work[3 * n_nodes : 3 * n_nodes + n_gates], work[4 * n_nodes : 6 * n_nodes]
    stack, sources, masks = work[6 * n_nodes :], pairs[0], pairs[1]
    for node in range(n_inputs):
        values[node], both[node], both[n_nodes + node] = inputs[node], inputs[node], inputs[node]
        depth[node] = ZERO
    for i in range(genomes.shape[0]):
        parent = ancestors[i]
        if parent == i:
            continue
        genome, state = genomes[i], states[slots[i]]
        same = parent >= 0 and is_same(
            genome, genomes[parent], n_gates, states[slots[parent], 2 * n_outputs]
        )
        if same:
            for word in range(2 * n_outputs + 1):
                state[word] = states[slots[parent], word]
            continue
        effective, deepest = trace(genome, n_inputs, functions, n_gates, stack, depth, values)
        rests = 0 <= deepest <= n_steps
        if not rests:
            listed = gates[: list_gates(effective, n_inputs, gates)]
            decode(genome, functions, listed, n_inputs, sources, masks)
            if ternary:
                settle(listed, sources, masks, n_inputs, both[:n_nodes], values, unsteady)
            else:
                simulate(listed, sources, masks, n_steps, both, values, unsteady)
        for k in range(n_outputs):
            node = genome[3 * n_gates + k]
            wrong = ZERO if rests or node < n_inputs else unsteady[node]
            state[k] = values[node] & ~wrong
            state[n_outputs + k] = ~values[node] & ~wrong
        state[2 * n_outputs] = effective


@compiled
def simplify(genomes, effective, first, source, n_inputs, n_gates, working):
    """Number of connections along every edge between effective nodes, into ``working[circuit, edge]``.

    ``effective[circuit]`` is the set of effective gates; ``first[gate]`` the first edge into each gate.
    """
    for i in range(genomes.shape[0]):
        for edge in range(source.size):
            working[i, edge] = 0
        for gate in range(n_gates):
            if (effective[i] >> np.uint64(gate)) & ONE != ZERO:
                for gene in (3 * gate, 3 * gate + 1):
                    edge = first[gate]
                    while edge < first[gate + 1]:
                        if source[edge] == genomes[i, gene]:
                            working[i, edge] += 1
                        edge += 1
