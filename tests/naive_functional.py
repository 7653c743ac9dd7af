"""Oracles in plain Python for functional modularity and the agreement of partitions: slow and literal.

A network is `layer[node]`, `function[node]`, `bias[node]`, connections `(source, target, weight)` in their order, `outputs`
(node ids) and `gain`. A pattern is a list of 0 and 1, one an input. `held` maps nodes to the value at which they are
kept. Values are floats; None is a gate that does not come to rest.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import permutations

Vector = Sequence[float]


# ------------------------------------------------------------------------------------ evaluation


def values(network, pattern: Sequence[int], held: Mapping[int, float] | None = None) -> list:
    """Value of every node; of a circuit after `steps` synchronous updates, None if one still changes in as many more."""
    held = held or {}
    functions, n_inputs = network["function"], network["layer"].count(0)
    is_tanh = "tanh" in functions
    start = [float(bit) if bit or not is_tanh else -1.0 for bit in pattern]
    now = start + [0.0] * (len(functions) - n_inputs)
    now = [held.get(node, value) for node, value in enumerate(now)]
    if is_tanh or "threshold" in functions:
        for node in range(n_inputs, len(now)):
            now[node] = held.get(node, _fired(network, now, node))
        return now
    for _ in range(network["steps"]):
        now = _updated(network, now, held)
    rest, moving = now, set()
    for _ in range(network["steps"]):
        now = _updated(network, now, held)
        moving |= {node for node, value in enumerate(now) if value != rest[node]}
    return [None if node in moving else value for node, value in enumerate(rest)]


def _fired(network, now: Vector, node: int) -> float:
    total = network["bias"][node]
    for source, target, weight in network["connections"]:
        if target == node:
            total += weight * now[source]
    if network["function"][node] == "tanh":
        return math.tanh(network["gain"] * total)
    return 1.0 if total > 0.0 else 0.0


def _updated(network, now: Vector, held: Mapping[int, float]) -> list[float]:
    new = list(now)
    for node, name in enumerate(network["function"]):
        fed = [now[source] for source, target, _ in network["connections"] if target == node]
        if name in ("and", "nand"):
            new[node] = float(all(fed)) if name == "and" else float(not all(fed))
        elif name in ("or", "nor"):
            new[node] = float(any(fed)) if name == "or" else float(not any(fed))
        new[node] = held.get(node, new[node])
    return new


# ------------------------------------------------------------------------------------- responses


def responses(network, patterns: Sequence[Sequence[int]]):
    """Hidden units, and by similarity their responses `[unit][response]`, over patterns for which all come to rest."""
    layer, outputs = network["layer"], network["outputs"]
    units = [node for node in range(len(layer)) if layer[node] > 0 and node not in outputs]
    low = -1.0 if "tanh" in network["function"] else 0.0
    kept = []
    for pattern in patterns:
        plain = values(network, pattern)
        up = [
            [_quotient(network, pattern, i, unit, low) for i in range(layer.count(0))] for unit in units
        ]
        down = []
        for unit in units:
            yes, no = (values(network, pattern, {unit: answer}) for answer in (1.0, low))
            down.append([_difference(yes[o], no[o], low) for o in outputs])
        numbers = [plain[unit] for unit in units]
        if not any(None in row for row in (numbers, *up, *down)):
            kept.append((up, down, numbers))
    every = range(len(units))
    rows = {
        "upstream": [[x for up, _, _ in kept for x in up[k]] for k in every],
        "downstream": [[x for _, down, _ in kept for x in down[k]] for k in every],
        "covariance": [_centred([numbers[k] for _, _, numbers in kept]) for k in every],
    }
    return units, rows, len(kept)


def _quotient(network, pattern, i: int, unit: int, low: float):
    yes, no = ([*pattern[:i], bit, *pattern[i + 1 :]] for bit in (1, 0))
    return _difference(values(network, yes)[unit], values(network, no)[unit], low)


def _difference(yes, no, low: float):
    return None if None in (yes, no) else (yes - no) / (1.0 - low)


def _centred(numbers: Vector) -> list[float]:
    if len(set(numbers)) <= 1:
        return [0.0] * len(numbers)
    mean = math.fsum(numbers) / len(numbers)
    return [x - mean for x in numbers]


def similarity(rows: Sequence[Vector], n_patterns: int, normalised: bool) -> list[list[float]]:
    """Of units with each other, 0 with themselves; 0 too where a unit's root mean square is below 1e-12."""
    every = range(len(rows))
    size = [math.sqrt(math.fsum(x * x for x in row) / max(n_patterns, 1)) for row in rows]
    found = [[0.0] * len(rows) for _ in every]
    for one in every:
        for other in every:
            if one == other or min(size[one], size[other]) < 1e-12:
                continue
            product = math.fsum(x * y for x, y in zip(rows[one], rows[other], strict=True)) / n_patterns
            found[one][other] = abs(product / size[one] / size[other] if normalised else product)
    largest = 1.0 if normalised else max((max(row) for row in found), default=0.0)
    return [[0.0 if x < 1e-12 * largest else x for x in row] for row in found]


# ------------------------------------------------------------------------------------ partitions


def partitions(n: int) -> Iterator[list[int]]:
    """Every partition of n nodes once, as labels that count up from 0 in the order of their first node."""
    if n == 0:
        yield []
        return
    for head in partitions(n - 1):
        for label in range(max(head, default=-1) + 2):
            yield [*head, label]


def mutual_information(one: Sequence[int], other: Sequence[int]) -> float:
    n, total = len(one), 0.0
    for a in set(one):
        for b in set(other):
            both = sum(x == a and y == b for x, y in zip(one, other, strict=True))
            if both:
                total += both / n * math.log(n * both / (one.count(a) * other.count(b)))
    return total


def entropy(labels: Sequence[int]) -> float:
    n = len(labels)
    return -math.fsum(labels.count(a) / n * math.log(labels.count(a) / n) for a in set(labels))


def expected_mutual_information(one: Sequence[int], other: Sequence[int]) -> float:
    """Vinh, Epps & Bailey (2010), eq. 24a, with exact probabilities."""
    n, total = len(one), 0.0
    for a in set(one):
        for b in set(other):
            i, j = one.count(a), other.count(b)
            for k in range(max(1, i + j - n), min(i, j) + 1):
                p = Fraction(math.comb(i, k) * math.comb(n - i, j - k), math.comb(n, j))
                total += float(p) * k / n * math.log(n * k / (i * j))
    return total


def mean_over_permutations(one: Sequence[int], other: Sequence[int]) -> float:
    """The same by its meaning: every order of the labels."""
    each = [mutual_information(one, order) for order in permutations(other)]
    return math.fsum(each) / len(each)


def adjusted_mutual_information(one: Sequence[int], other: Sequence[int]) -> float:
    expected = expected_mutual_information(one, other)
    scale = (entropy(one) + entropy(other)) / 2 - expected
    return (mutual_information(one, other) - expected) / scale


# ----------------------------------------------------------------------------------- derivatives


def layer_values(
    weights, biases, x: Vector, bend, bends_outputs: bool, change=None
) -> list[list[float]]:
    """Values `[layer][unit]` from the inputs on; `change` is (layer, unit, amount), added to that value."""
    found = [[float(v) for v in x]]
    if change and change[0] == 0:
        found[0][change[1]] += change[2]
    for k, (matrix, bias) in enumerate(zip(weights, biases, strict=True), 1):
        total = [
            bias[t] + sum(found[-1][s] * matrix[s][t] for s in range(len(matrix)))
            for t in range(len(bias))
        ]
        now = [bend(v) for v in total] if k < len(weights) or bends_outputs else total
        if change and change[0] == k:
            now[change[1]] += change[2]
        found.append(now)
    return found


def derivative(weights, biases, x, bend, bends_outputs, of, by, step=1e-6) -> float:
    """Of the value (layer, unit) by another one, by a central difference."""
    up, down = (
        layer_values(weights, biases, x, bend, bends_outputs, (*by, sign * step)) for sign in (1, -1)
    )
    return (up[of[0]][of[1]] - down[of[0]][of[1]]) / (2 * step)
