"""Oracle in plain Python: gradient learning of layered tanh networks by iRprop- (Igel & Hüsken 2003).

Words as in `naive.py`. A neuron works if a path of connections leads from it to an output, or if it is
one. What is learned is the bias of every working neuron and the weight of every connection into one.
Every sum is a loop, one addition at a time: `sum` of Python 3.12 compensates for rounding.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from naive import squashed

Edge = tuple[int, int]
Range = tuple[float, float]
Key = TypeVar("Key", Edge, int)
Linked = dict[int, list[int]]

LANES = 8
GROWTH, SHRINKAGE = 1.2, 0.5
SMALLEST_STEP, LARGEST_STEP = 1e-6, 50.0


# ----------------------------------------------------------------------------------------- network


def working_neurons(layers: Sequence[int], connections: Mapping[Edge, float]) -> list[int]:
    """Every neuron that leads to an output, outputs included, ascending."""
    working = set(range(sum(layers) - layers[-1], sum(layers)))
    for node in range(sum(layers) - layers[-1] - 1, layers[0] - 1, -1):
        if any(source == node and target in working for source, target in connections):
            working.add(node)
    return sorted(working)


def sources_of(working: Sequence[int], connections: Mapping[Edge, float]) -> Linked:
    """The sources of every working neuron, ascending."""
    return {node: sorted(s for s, t in connections if t == node) for node in working}


def targets_of(working: Sequence[int], connections: Mapping[Edge, float]) -> Linked:
    """The working targets of every working neuron, descending."""
    return {
        node: sorted((t for s, t in connections if s == node and t in working), reverse=True)
        for node in working
    }


def pattern_inputs(n_inputs: int, pattern: int) -> list[float]:
    """Inputs of a pattern: +1 where its bit is set, -1 elsewhere, the lowest bit first."""
    return [1.0 if (pattern >> i) & 1 else -1.0 for i in range(n_inputs)]


def patterns_taken(n_inputs: int) -> list[int]:
    """All patterns in their order, a few of them again and again until there are as many as lanes."""
    n_patterns = 2**n_inputs
    return [place % n_patterns for place in range(max(n_patterns, LANES))]


def node_values(
    sources: Linked,
    connections: Mapping[Edge, float],
    bias: Mapping[int, float],
    inputs: Sequence[float],
    gain: float,
) -> dict[int, float]:
    """Values of the inputs and of the working neurons for one pattern."""
    values = dict(enumerate(inputs))
    for node in sorted(sources):
        total = bias[node]
        for source in sources[node]:
            total = total + connections[source, node] * values[source]
        values[node] = squashed(gain * total)
    return values


def node_deltas(
    layers: Sequence[int],
    targets: Linked,
    connections: Mapping[Edge, float],
    values: Mapping[int, float],
    wanted: Sequence[float],
) -> dict[int, float]:
    """Delta of every working neuron for one pattern, by back-propagation, less a positive factor."""
    first_output, deltas = sum(layers) - layers[-1], {}
    for node in sorted(targets, reverse=True):
        v = values[node]
        if node >= first_output:
            t = wanted[node - first_output]
            deltas[node] = (t * t) * ((v - t) * (1.0 - v * v))
        else:
            total = 0.0
            for target in targets[node]:
                total = total + connections[node, target] * deltas[target]
            deltas[node] = total * (1.0 - v * v)
    return deltas


def mean_squared_error(
    layers: Sequence[int],
    connections: Mapping[Edge, float],
    bias: Mapping[int, float],
    targets: Sequence[Sequence[float]],
    gain: float,
) -> float:
    """Mean of (value - target)**2 over all outputs and patterns that count; 0 where none does."""
    sources = sources_of(working_neurons(layers, connections), connections)
    first_output, total, counted = sum(layers) - layers[-1], 0.0, 0
    for pattern in range(2 ** layers[0]):
        inputs = pattern_inputs(layers[0], pattern)
        values = node_values(sources, connections, bias, inputs, gain)
        for output, wanted in enumerate(targets):
            if wanted[pattern] != 0.0:
                total += (values[first_output + output] - wanted[pattern]) ** 2
                counted += 1
    return total / counted if counted else 0.0


# ---------------------------------------------------------------------------------------- gradient


def lane_sum(terms: Sequence[float]) -> float:
    """Sum of one term a pattern: every eighth first, then these eight sums one after the other."""
    lanes = [0.0] * LANES
    for place, term in enumerate(terms):
        lanes[place % LANES] = lanes[place % LANES] + term
    total = lanes[0]
    for lane in lanes[1:]:
        total = total + lane
    return total


def gradients(
    layers: Sequence[int],
    connections: Mapping[Edge, float],
    bias: Mapping[int, float],
    targets: Sequence[Sequence[float]],
    gain: float,
) -> tuple[dict[Edge, float], dict[int, float]]:
    """Gradient of the error by every weight and every bias that learns, less a positive factor."""
    working = working_neurons(layers, connections)
    sources, followers = sources_of(working, connections), targets_of(working, connections)
    values, deltas = [], []
    for pattern in patterns_taken(layers[0]):
        inputs, wanted = pattern_inputs(layers[0], pattern), [row[pattern] for row in targets]
        values.append(node_values(sources, connections, bias, inputs, gain))
        deltas.append(node_deltas(layers, followers, connections, values[-1], wanted))
    by_weight, by_bias = {}, {}
    for node in working:
        by_bias[node] = lane_sum([delta[node] for delta in deltas])
        for source in sources[node]:
            terms = [d[node] * v[source] for d, v in zip(deltas, values, strict=True)]
            by_weight[source, node] = lane_sum(terms)
    return by_weight, by_bias


# ---------------------------------------------------------------------------------------- learning


def rprop_step(
    numbers: dict[Key, float],
    slopes: Mapping[Key, float],
    sizes: dict[Key, float],
    previous: dict[Key, float],
    ends: Range,
) -> None:
    """One step of iRprop- for these numbers, their step sizes and previous gradients, all in place."""
    for key, slope in slopes.items():
        gradient, product = slope, slope * previous[key]
        if product > 0:
            sizes[key] = min(sizes[key] * GROWTH, LARGEST_STEP)
        elif product < 0:
            sizes[key] = max(sizes[key] * SHRINKAGE, SMALLEST_STEP)
            gradient = 0.0
        if gradient > 0:
            numbers[key] = numbers[key] - sizes[key]
        elif gradient < 0:
            numbers[key] = numbers[key] + sizes[key]
        numbers[key] = min(max(numbers[key], ends[0]), ends[1])
        previous[key] = gradient


def learned(
    layers: Sequence[int],
    connections: Mapping[Edge, float],
    bias: Mapping[int, float],
    targets: Sequence[Sequence[float]],
    gain: float,
    steps: int,
    first_step: float,
    ends: tuple[Range, Range],
) -> tuple[dict[Edge, float], dict[int, float]]:
    """Weights and biases after so many steps of iRprop- (Igel & Hüsken 2003), as new dicts.

    `targets[output][pattern]` is 1 or -1, or 0 where the output does not count. `ends` are the ranges
    of the weights and of the biases.
    """
    connections, bias = dict(connections), dict(bias)
    weight_sizes, bias_sizes = dict.fromkeys(connections, first_step), dict.fromkeys(bias, first_step)
    weight_previous, bias_previous = dict.fromkeys(connections, 0.0), dict.fromkeys(bias, 0.0)
    for _ in range(steps):
        by_weight, by_bias = gradients(layers, connections, bias, targets, gain)
        rprop_step(connections, by_weight, weight_sizes, weight_previous, ends[0])
        rprop_step(bias, by_bias, bias_sizes, bias_previous, ends[1])
    return connections, bias
