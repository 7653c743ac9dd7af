"""Circuits of two-input gates: all patterns in one word a gate, feedback allowed (Kashtan & Alon 2005).

A genome is a row of int8 genes: for every gate two addresses and its kind, then one address an output.
An address names an input (0, 1, …) or, after the inputs, a gate. A gate is effective if a path of
addresses leads from an output to it; the others are not looked at.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evomod.kernels import compiled, inlined, unmanaged
from evomod.kernels.vectors import both as common
from evomod.kernels.vectors import (
    either,
    highest,
    is_any,
    lanes,
    lowest,
    odd,
    picked,
    put_pairs,
    put_sixteen,
    sixteen,
)

ZERO, ONE, ALL = np.uint64(0), np.uint64(1), np.uint64(0xFFFFFFFFFFFFFFFF)
TWO, THREE, EIGHT, BYTE = np.uint64(2), np.uint64(3), np.uint64(8), np.uint64(255)


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


MOST_NODES, MOST_INPUTS, FEWEST_GATES = 16, 4, 6
"""What `answer_sixteen` holds: a byte a node in a register, 16 patterns in two bytes; genes come 16 at a time."""
NOWHERE = 255


def places_of_genes(n_inputs: int, n_gates: int) -> NDArray[np.uint8]:
    """Where the genes of each node are, ``[(address, address, kind), part, node]``; `NOWHERE` in the other parts.

    Parts of a genome are sixteen bytes long; the last ends with the last gate.
    """
    begins = (0, min(16, 3 * n_gates - 16), 3 * n_gates - 16)
    places = np.full((3, 3, MOST_NODES), NOWHERE, np.uint8)
    for gene in range(3 * n_gates):
        part = next(k for k, begin in enumerate(begins) if begin <= gene < begin + 16)
        places[gene % 3, part, n_inputs + gene // 3] = gene - begins[part]
    return places


@inlined
def gathered(one, two, three, places, begin):
    """One kind of gene of all nodes, from the three parts of a genome."""
    found = either(picked(one, sixteen(places, begin)), picked(two, sixteen(places, begin + 16)))
    return either(found, picked(three, sixteen(places, begin + 32)))


@inlined
def is_same_sixteen(genomes, i, parent, n_gates, places, effective):
    """As `is_same`; genes are compared sixteen at a time, and then brought to the nodes that they belong to."""
    n_genes, differ = genomes.shape[1], 0
    for k in range(3 * n_gates, n_genes):
        differ |= genomes[i, k] ^ genomes[parent, k]
    own, theirs, last = i * n_genes, parent * n_genes, 3 * n_gates - 16
    second = min(16, last)
    one = odd(sixteen(genomes, own), sixteen(genomes, theirs))
    two = odd(sixteen(genomes, own + second), sixteen(genomes, theirs + second))
    three = odd(sixteen(genomes, own + last), sixteen(genomes, theirs + last))
    nodes = either(gathered(one, two, three, places, 0), gathered(one, two, three, places, 48))
    nodes = common(either(nodes, gathered(one, two, three, places, 96)), lanes(effective))
    return differ == 0 and not is_any(nodes)


@inlined
def find_effective(genome, n_gates, sets):
    """Nodes from which a path leads to an output, as bits; ``sets[node]``: the sources of each node, likewise."""
    found = ZERO
    for k in range(3 * n_gates, genome.size):
        found |= ONE << np.uint64(genome[k])
    todo = found
    while todo != ZERO:  # from both ends: each node waits for the one before it
        one, other = np.uint64(lowest(todo)), np.uint64(highest(todo))
        more = (sets[one] | sets[other]) & ~found
        todo = (todo & ~((ONE << one) | (ONE << other))) | more
        found |= more
    return found


@inlined
def update(low, high, first, second, m, inverts, gates, low_inputs, high_inputs):
    """The state of all nodes, low and high bytes, after one step more."""
    a, b = odd(picked(low, first), m), odd(picked(low, second), m)
    c, d = odd(picked(high, first), m), odd(picked(high, second), m)
    low = either(common(odd(common(a, b), inverts), gates), low_inputs)
    return low, either(common(odd(common(c, d), inverts), gates), high_inputs)


@inlined
def is_apart(low, high, other_low, other_high, where):
    """Whether two states differ in one of these nodes."""
    return is_any(common(either(odd(low, other_low), odd(high, other_high)), where))


@inlined
def simulate_sixteen(first, second, m, inverts, gates, low_inputs, high_inputs, where, n_steps):
    """As `simulate`: low and high bytes of the state, and of the patterns whose answer changes later on.

    Longer periods than 2 are waited for: a step takes as long as a comparison.
    """
    low_before, high_before = low_inputs, high_inputs
    low, high = update(
        low_inputs, high_inputs, first, second, m, inverts, gates, low_inputs, high_inputs
    )
    for _ in range(1, n_steps):
        low_now, high_now = update(low, high, first, second, m, inverts, gates, low_inputs, high_inputs)
        if not is_apart(low_now, high_now, low_before, high_before, where):
            return low_now, high_now, odd(low_now, low), odd(high_now, high)
        low_before, high_before, low, high = low, high, low_now, high_now
    low_value, high_value, low_unsteady, high_unsteady = low, high, odd(low, low), odd(high, high)
    for _ in range(n_steps):
        low, high = update(low, high, first, second, m, inverts, gates, low_inputs, high_inputs)
        low_unsteady = either(low_unsteady, odd(low, low_value))
        high_unsteady = either(high_unsteady, odd(high, high_value))
        if not is_apart(low, high, low_value, high_value, where):
            break
    return low_value, high_value, low_unsteady, high_unsteady


@unmanaged
def answer_sixteen(genomes, ancestors, inputs, functions, shape, slots, states, places, work, sets):
    """As `answer`, for circuits of 16 nodes at most, with 4 inputs at most and 6 gates or more, not ternary.

    A state of all nodes is two registers, and a step exchanges bytes within them: so every circuit is simulated,
    whether or not it leads back into itself, and it takes less than half of the time. ``places`` of
    `places_of_genes`; of a word 16 bits count. Work space: ``work[row, node]`` and ``sets[node]``, 11 rows of 16.
    """
    n_gates, n_steps = shape[0], shape[1]
    n_inputs, n_genes = inputs.size, genomes.shape[1]
    n_outputs, last = n_genes - 3 * n_gates, 3 * n_gates - 16
    for node in range(MOST_NODES):
        word = inputs[node] if node < n_inputs else ZERO
        function = functions[node if node < functions.size else 0]
        work[0, node], work[1, node] = word & BYTE, (word >> EIGHT) & BYTE
        work[2, node] = BYTE if n_inputs <= node < n_inputs + n_gates else ZERO
        work[3, node], work[4, node] = MASKS[function, 0] & BYTE, MASKS[function, 1] & BYTE
        work[5, node], work[6, node] = (1 << node) & 255, (1 << node) >> 8
    low_inputs, high_inputs, gates = sixteen(work, 0), sixteen(work, 16), sixteen(work, 32)
    by_kind, inverts_by_kind = sixteen(work, 48), sixteen(work, 64)
    low_bit, high_bit = sixteen(work, 80), sixteen(work, 96)
    for i in range(genomes.shape[0]):
        parent = ancestors[i]
        if parent == i:
            continue
        genome, state, same = genomes[i], states[slots[i]], False
        if parent >= 0:
            effective = states[slots[parent], 2 * n_outputs] << np.uint64(n_inputs)
            same = is_same_sixteen(genomes, i, parent, n_gates, places, effective)
        if same:
            for word in range(2 * n_outputs + 1):
                state[word] = states[slots[parent], word]
            continue
        one = sixteen(genomes, i * n_genes)
        two = sixteen(genomes, i * n_genes + min(16, last))
        three = sixteen(genomes, i * n_genes + last)
        first, second = gathered(one, two, three, places, 0), gathered(one, two, three, places, 48)
        kinds = gathered(one, two, three, places, 96)
        low_set = common(either(picked(low_bit, first), picked(low_bit, second)), gates)
        high_set = common(either(picked(high_bit, first), picked(high_bit, second)), gates)
        put_pairs(sets, 0, low_set, high_set)
        found = find_effective(genome, n_gates, sets)
        low, high, low_unsteady, high_unsteady = simulate_sixteen(
            first, second, picked(by_kind, kinds), picked(inverts_by_kind, kinds), gates, low_inputs, high_inputs,
            lanes(found), n_steps,
        )  # fmt: skip
        put_sixteen(work, 112, low)
        put_sixteen(work, 128, high)
        put_sixteen(work, 144, low_unsteady)
        put_sixteen(work, 160, high_unsteady)
        for k in range(n_outputs):
            node = np.uint64(genome[3 * n_gates + k])
            value = np.uint64(work[7, node]) | np.uint64(work[8, node]) << EIGHT
            wrong = np.uint64(work[9, node]) | np.uint64(work[10, node]) << EIGHT
            state[k], state[n_outputs + k] = value & ~wrong, ~value & ~wrong
        state[2 * n_outputs] = found >> np.uint64(n_inputs)


@unmanaged
def silence(genomes, silent, n_inputs, n_gates, silenced):
    """Circuits of one input more, which is 0 in all patterns: whoever reads a gate of ``silent[gate]`` reads that instead.

    Into ``silenced[circuit, gene]``. A gate that an output reads is not silent; ``silent`` may end before the last gates.
    """
    n_genes, zero = genomes.shape[1], n_inputs
    off = ZERO
    for gate in range(silent.size):
        off |= np.uint64(silent[gate]) << np.uint64(n_inputs + gate)
    for i in range(genomes.shape[0]):
        own = off
        for k in range(3 * n_gates, n_genes):
            own &= ~(ONE << np.uint64(genomes[i, k]))
            silenced[i, k] = genomes[i, k] + (genomes[i, k] >= n_inputs)
        for gene in range(0, 3 * n_gates, 3):
            for k in (gene, gene + 1):
                node = genomes[i, k]
                is_silent = (own >> np.uint64(node)) & ONE != ZERO
                silenced[i, k] = zero if is_silent else node + (node >= n_inputs)
            silenced[i, gene + 2] = genomes[i, gene + 2]


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
