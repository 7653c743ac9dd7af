"""Oracles in plain Python for pressures: networks with silent neurons, norms of weights, pruning.

Words as in `naive.py` and `naive_circuits.py`. A silent set holds node ids (of circuits: numbers of
gates). What a silent neuron does to a network is written down literally: its value is 0.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

import naive
import naive_circuits
import numpy as np
from naive_circuits import UNKNOWN, Gate, Truth

# ---------------------------------------------------------------------------------------- dropout


def layered_signs(
    layers: Sequence[int],
    connections: Mapping[naive.Edge, float],
    bias: Mapping[int, float],
    inputs: Sequence[float],
    silent: Collection[int],
    gain: float = 20.0,
) -> list[int]:
    """Signs of the outputs for one pattern, by tanh in float64, the silent neurons being 0."""
    values = [float(value) for value in inputs]
    for node in range(layers[0], sum(layers)):
        total = bias[node]
        for source in range(node):
            if (source, node) in connections:
                total += connections[source, node] * values[source]
        values.append(0.0 if node in silent else math.tanh(gain * total))
    return [(value > 0) - (value < 0) for value in values[-layers[-1] :]]


def threshold_values(
    neurons: Sequence[tuple[Sequence[tuple[int, int]], int]],
    inputs: Sequence[bool],
    silent: Collection[int],
    n_outputs: int,
) -> list[bool]:
    """Outputs of a threshold network for one pattern, its neurons as `naive_circuits.threshold_decode` has them."""
    values = [int(value) for value in inputs]
    for connections, threshold in neurons:
        total = sum(weight * values[source] for source, weight in connections)
        values.append(0 if len(values) in silent else int(total > threshold))
    return [value == 1 for value in values[-n_outputs:]]


def circuit_values(
    gates: Sequence[Gate],
    outputs: Sequence[int],
    inputs: Sequence[bool],
    silent: Collection[int],
    n_steps: int,
    ternary: bool,
) -> list[Truth]:
    """Outputs of a circuit for one pattern; a gate that an output reads is never silent."""
    off = {gate for gate in silent if gate + len(inputs) not in outputs}

    def updated(rule, values):
        new = naive_circuits._update(rule, gates, list(inputs), values)
        return [False if gate in off else value for gate, value in enumerate(new)]

    def read(values):
        return [(list(inputs) + values)[address] for address in outputs]

    if ternary:
        values = [False if gate in off else UNKNOWN for gate in range(len(gates))]
        for _ in range(len(gates) + 1):  # every update but the last makes another gate known
            values = updated(naive_circuits._kleene, values)
        return read(values)
    values = [False] * len(gates)
    for _ in range(n_steps):
        values = updated(naive_circuits._gate, values)
    settled, loose = read(values), set()
    for _ in range(n_steps):
        values = updated(naive_circuits._gate, values)
        loose |= {k for k, value in enumerate(read(values)) if value != settled[k]}
    return [UNKNOWN if k in loose else value for k, value in enumerate(settled)]


def all_silent_sets(hidden: Sequence[int], rate: Fraction) -> list[tuple[set[int], Fraction]]:
    """Every set of silent neurons with its probability."""
    found = []
    for size in range(len(hidden) + 1):
        chance = rate**size * (1 - rate) ** (len(hidden) - size)
        found += [(set(chosen), chance) for chosen in combinations(hidden, size)]
    return found


# ------------------------------------------------------------------------------- weights, pruning


def working_connections(
    layers: Sequence[int], connections: Mapping[naive.Edge, float]
) -> dict[naive.Edge, float]:
    """The connections that lead to an output."""
    reaching = set(range(sum(layers[:-1]), sum(layers)))
    for node in range(sum(layers) - 1, -1, -1):
        if any(s == node and t in reaching for s, t in connections):
            reaching.add(node)
    return {(s, t): weight for (s, t), weight in connections.items() if t in reaching}


def l1(weights: Collection[float]) -> float:
    """Sum of absolute values."""
    return sum(abs(weight) for weight in weights)


def l2(weights: Collection[float]) -> float:
    """Root of the sum of squares."""
    return math.sqrt(sum(weight * weight for weight in weights))


def prune(
    importance: Sequence[Sequence[float | None]], fraction: float, fewest: int, rng: np.random.Generator
) -> list[set[int]]:
    """Edges that every individual loses; importance None: no connection. One draw an edge, row by row."""
    gone = []
    for row in importance:
        keys = [rng.random() for _ in row]
        present = [edge for edge, value in enumerate(row) if value is not None]
        number = max(1, round(fraction * len(present)))
        number = min(number, max(0, len(present) - fewest))
        present.sort(key=lambda edge: (row[edge], keys[edge]))
        gone.append(set(present[:number]))
    return gone
