"""Oracles in plain Python for genomes of plain genes, circuits and threshold networks, and for elite.

Words: a gene is an int in low .. high - 1 of its own alphabet; node ids count inputs first, then gates
(or neurons, layer by layer). A word is 64 patterns, bit v being pattern v; here every pattern is
simulated by itself, with Booleans, and packed at the end. All randomness is `rng.random()`, one
double at a time.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import pairwise

import numpy as np

WORD = 64
NAND, AND, OR, NOR = range(4)
UNKNOWN = None  # the third truth value of Kleene's logic
Truth = bool | None


def below(n: int, rng: np.random.Generator) -> int:
    """One of 0 .. n-1, from one draw."""
    return int(rng.random() * n)


def unpack(words: Iterable[int]) -> list[bool]:
    """Value in every pattern."""
    return [int(word) // 2**v % 2 == 1 for word in words for v in range(WORD)]


def pack(bits: Sequence[bool]) -> list[int]:
    """Words of 64 patterns."""
    assert len(bits) % WORD == 0
    words = []
    for start in range(0, len(bits), WORD):
        words.append(sum(2**v for v in range(WORD) if bits[start + v]))
    return words


def pack_set(members: Iterable[int]) -> int:
    """A set of small numbers as one word."""
    return sum(2**member for member in set(members))


# ------------------------------------------------------------------------------- birth, variation


def birth(low: Sequence[int], high: Sequence[int], rng: np.random.Generator) -> list[int]:
    """A random genome, gene by gene (Kashtan & Alon 2005)."""
    return [int(bottom) + below(int(top - bottom), rng) for bottom, top in zip(low, high, strict=True)]


def _flip(value: int, digit: int) -> int:
    """The number with one binary digit changed."""
    return value - 2**digit if value // 2**digit % 2 else value + 2**digit


def _other_values(value: int, size: int, by_bit: bool) -> list[int]:
    """Values below size other than this one, or those of them that differ in one binary digit."""
    if not by_bit:
        return [other for other in range(size) if other != value]
    neighbours = [value ^ 2**digit for digit in range(8)]
    return [other for other in neighbours if other < size]


def vary(
    genomes: Sequence[Sequence[int]],
    parents: Sequence[int],
    low: Sequence[int],
    high: Sequence[int],
    crossover: float,
    mutation: float,
    by_bit: bool,
    rng: np.random.Generator,
) -> list[list[int]]:
    """Copies, then one-point crossover of pairs, then one changed gene (Kashtan & Alon 2005).

    Everybody draws in advance: whether it mutates, which gene, which value, and if there is crossover,
    whether its pair recombines and where (the first of a pair decides).
    """
    draws = rng.random((len(parents), 5 if crossover > 0 else 3)).tolist()
    offspring = [[int(gene) for gene in genomes[parent]] for parent in parents]
    n_genes = len(low)
    if crossover > 0 and n_genes >= 2:
        for one, other in zip(range(0, len(offspring), 2), range(1, len(offspring), 2), strict=False):
            recombine, where = draws[one][3:]
            if recombine < crossover:
                cut = 1 + int(where * (n_genes - 1))
                left, right = offspring[one], offspring[other]
                offspring[one] = left[:cut] + right[cut:]
                offspring[other] = right[:cut] + left[cut:]
    free = [gene for gene in range(n_genes) if high[gene] - low[gene] >= 2]
    for child, (mutate, which, value, *_) in zip(offspring, draws, strict=True):
        if free and mutate < mutation:
            gene = free[int(which * len(free))]
            bottom, size = int(low[gene]), int(high[gene] - low[gene])
            others = _other_values(child[gene] - bottom, size, by_bit)
            child[gene] = bottom + others[int(value * len(others))]
    return offspring


# --------------------------------------------------------------------------------------- circuits

Gate = tuple[int, int, int]


def circuit_decode(
    genome: Sequence[int], n_gates: int, functions: Sequence[int]
) -> tuple[list[Gate], list[int]]:
    """Gates (address, address, function) and output addresses (Kashtan & Alon 2005, 2007)."""
    genes = [int(gene) for gene in genome]
    gates = []
    for g in range(n_gates):
        a, b, kind = genes[3 * g : 3 * g + 3]
        gates.append((a, b, int(functions[kind])))
    return gates, genes[3 * n_gates :]


def circuit_effective(gates: Sequence[Gate], outputs: Sequence[int], n_inputs: int) -> set[int]:
    """Gates with a directed path to an output (Kashtan & Alon 2005)."""
    found = {address - n_inputs for address in outputs if address >= n_inputs}
    grown = True
    while grown:
        sources = {address for g in found for address in gates[g][:2]}
        more = {address - n_inputs for address in sources if address >= n_inputs} - found
        found |= more
        grown = bool(more)
    return found


def _gate(function: int, a: bool, b: bool) -> bool:
    """Value of a gate."""
    if function == NAND:
        return not (a and b)
    if function == AND:
        return a and b
    if function == OR:
        return a or b
    assert function == NOR
    return not (a or b)


@cache
def _kleene(function: int, a: Truth, b: Truth) -> Truth:
    """Value of a gate: known if it is the same whatever the unknown sources are (Kleene)."""
    possible = {
        _gate(function, x, y)
        for x in ([False, True] if a is UNKNOWN else [a])
        for y in ([False, True] if b is UNKNOWN else [b])
    }
    return possible.pop() if len(possible) == 1 else UNKNOWN


def _update(rule: Callable, gates: Sequence[Gate], inputs: list, values: list) -> list:
    """Values of all gates after one update, all at once."""
    nodes = inputs + values
    return [rule(function, nodes[a], nodes[b]) for a, b, function in gates]


def circuit_synchronous(
    gates: Sequence[Gate], outputs: Sequence[int], inputs: Sequence[bool], n_steps: int
) -> list[Truth]:
    """Outputs after n_steps updates from 0; unknown if they change in as many more (Parter et al. 2008)."""
    given, values = list(inputs), [False] * len(gates)
    for _ in range(n_steps):
        values = _update(_gate, gates, given, values)
    settled = [(given + values)[address] for address in outputs]
    unsteady = [False] * len(outputs)
    for _ in range(n_steps):
        values = _update(_gate, gates, given, values)
        for place, address in enumerate(outputs):
            if (given + values)[address] != settled[place]:
                unsteady[place] = True
    return [UNKNOWN if loose else value for loose, value in zip(unsteady, settled, strict=True)]


def circuit_ternary(
    gates: Sequence[Gate], outputs: Sequence[int], inputs: Sequence[bool]
) -> list[Truth]:
    """Outputs at the fixed point of Kleene's logic, all gates unknown at first (plain logic if no cycle)."""
    given, values = list(inputs), [UNKNOWN] * len(gates)
    while True:
        new = _update(_kleene, gates, given, values)
        if new == values:
            return [(given + values)[address] for address in outputs]
        values = new


def circuit_answer(
    genome: Sequence[int],
    inputs: Sequence[int],
    functions: Sequence[int],
    n_gates: int,
    n_steps: int,
    ternary: bool,
) -> list[int]:
    """Words: yes of every output, no of every output, the set of effective gates.

    inputs: a word for each input.
    """
    gates, outputs = circuit_decode(genome, n_gates, functions)
    seen: dict[tuple[bool, ...], list[Truth]] = {}  # equal patterns are simulated once
    said = []
    for pattern in zip(*(unpack([word]) for word in inputs), strict=True):
        if pattern not in seen:
            if ternary:
                seen[pattern] = circuit_ternary(gates, outputs, pattern)
            else:
                seen[pattern] = circuit_synchronous(gates, outputs, pattern, n_steps)
        said.append(seen[pattern])
    words = []
    for value in (True, False):
        for place in range(len(outputs)):
            words += pack([answers[place] is value for answers in said])
    return [*words, pack_set(circuit_effective(gates, outputs, len(inputs)))]


def circuit_simplify(genome: Sequence[int], n_inputs: int, n_gates: int, n_outputs: int) -> list[int]:
    """For each gate, for each node: how often the gate names it; 0 for gates without effect."""
    gates, outputs = circuit_decode(genome, n_gates, [NAND] * 128)
    assert len(outputs) == n_outputs
    effective = circuit_effective(gates, outputs, n_inputs)
    counts = []
    for target, (a, b, _) in enumerate(gates):
        for node in range(n_inputs + n_gates):
            counts.append([a, b].count(node) if target in effective else 0)
    return counts


# ----------------------------------------------------------------------------- threshold networks


def threshold_places(layers: Sequence[int], fan_ins: Sequence[int]) -> list[tuple[int, int, int]]:
    """For each neuron its first gene, its fan-in, the first node of the layer before it."""
    places, gene, before = [], 0, 0
    for (low, up), fan_in in zip(pairwise(layers), fan_ins, strict=True):
        for _ in range(up):
            places.append((gene, fan_in, before))
            gene += 2 * fan_in + 1
        before += low
    return places


def threshold_alphabet(layers: Sequence[int], fan_ins: Sequence[int], n_thresholds: int) -> list[int]:
    """How many values each gene has: [source, sign] for every connection, then the threshold."""
    sizes: list[int] = []
    for (low, up), fan_in in zip(pairwise(layers), fan_ins, strict=True):
        sizes += ([low, 2] * fan_in + [n_thresholds]) * up
    return sizes


def threshold_decode(
    genome: Sequence[int], places: Sequence[Sequence[int]], thresholds: Sequence[int]
) -> list[tuple[list[tuple[int, int]], int]]:
    """For each neuron its connections (source node, weight) and its threshold."""
    neurons = []
    for gene, fan_in, before in places:
        connections = []
        for k in range(fan_in):
            source, sign = int(genome[gene + 2 * k]), int(genome[gene + 2 * k + 1])
            connections.append((int(before) + source, {0: -1, 1: 1}[sign]))
        neurons.append((connections, int(thresholds[genome[gene + 2 * fan_in]])))
    return neurons


def _summed(connections: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Weight from every source, summed; connections that cancel are left out (Kashtan & Alon 2005)."""
    connections = list(connections)
    total = {node: sum(w for s, w in connections if s == node) for node, _ in connections}
    return {node: weight for node, weight in total.items() if weight != 0}


def threshold_effective(
    genome: Sequence[int], places: Sequence[Sequence[int]], n_inputs: int, n_outputs: int
) -> set[int]:
    """Neurons (from 0) with a path of connections to an output, outputs included."""
    neurons = threshold_decode(genome, places, [0] * 128)
    found = set(range(len(neurons) - n_outputs, len(neurons)))
    grown = True
    while grown:
        sources = {node for j in found for node in _summed(neurons[j][0])}
        more = {node - n_inputs for node in sources if node >= n_inputs} - found
        found |= more
        grown = bool(more)
    return found


def threshold_answer(
    genome: Sequence[int],
    inputs: Sequence[Sequence[int]],
    places: Sequence[Sequence[int]],
    thresholds: Sequence[int],
    n_outputs: int,
) -> tuple[list[list[int]], int]:
    """Words [neuron][word] and the set of effective neurons (Kashtan & Alon 2005).

    A neuron fires if the weighted sum of its sources exceeds its threshold; inputs[input][word].
    """
    neurons = threshold_decode(genome, places, thresholds)
    seen: dict[tuple[bool, ...], list[bool]] = {}  # equal patterns are simulated once
    fired = []
    for pattern in zip(*(unpack(words) for words in inputs), strict=True):
        if pattern not in seen:
            values = list(pattern)
            for connections, threshold in neurons:
                total = 0
                for source, weight in connections:
                    if values[source]:
                        total += weight
                values.append(total > threshold)
            seen[pattern] = values[len(inputs) :]
        fired.append(seen[pattern])
    rows = [pack([values[j] for values in fired]) for j in range(len(neurons))]
    return rows, pack_set(threshold_effective(genome, places, len(inputs), n_outputs))


def threshold_simplify(
    genome: Sequence[int], places: Sequence[Sequence[int]], layers: Sequence[int]
) -> list[int]:
    """Summed weight of every place, by target, then source; 0 into neurons without effect."""
    neurons = threshold_decode(genome, places, [0] * 128)
    effective = threshold_effective(genome, places, layers[0], layers[-1])
    weights, target, before = [], 0, 0
    for low, up in pairwise(layers):
        for _ in range(up):
            total = _summed(neurons[target][0])
            for source in range(before, before + low):
                weights.append(total.get(source, 0) if target in effective else 0)
            target += 1
        before += low
    return weights


# -------------------------------------------------------------------------------------- selection


def elite(fitness: Sequence[float], number: int, rng: np.random.Generator) -> list[int]:
    """Rows of the best, ascending; those tied at the edge by selection sampling (Knuth, algorithm S).

    Every row draws, needed or not.
    """
    draws = rng.random(len(fitness)).tolist()
    edge = sorted(fitness, reverse=True)[number - 1]
    level = [row for row, value in enumerate(fitness) if value == edge]
    better = [row for row, value in enumerate(fitness) if value > edge]
    wanted, taken = number - len(better), []
    for place, row in enumerate(level):
        left = len(level) - place
        if draws[row] * left < wanted - len(taken):
            taken.append(row)
    return sorted(better + taken)
