"""Oracles of real-valued layered networks, in plain Python: signs of outputs, and how weights and connections vary."""

from collections.abc import Callable, Mapping, Sequence

import naive
import numpy as np
from naive import Edge


def changed_weight(
    weight: float, rule: str, sd: float, ends: tuple[float, float], normal: Callable[[], float]
) -> float:
    """A weight by the sum rule (plus N(0, sd)) or the product rule (times N(1, sd)), not beyond its range."""
    number = sd * normal()
    changed = weight + number if rule == "sum" else weight * (1.0 + number)
    return min(max(changed, ends[0]), ends[1])


def real_signs(
    layers: Sequence[int],
    connections: Mapping[Edge, float],
    bias: Mapping[int, float],
    inputs: Sequence[float],
    gain: float,
) -> list[int]:
    """Signs of the outputs: a sum begins with the bias and takes the sources in their order (Clune et al. 2013)."""
    values = [float(value) for value in inputs]
    for node in range(layers[0], sum(layers)):
        total = bias[node]
        for source in range(node):
            if (source, node) in connections:
                total += connections[source, node] * values[source]
        x = gain * total
        is_output = node >= sum(layers) - layers[-1]
        values.append((x > 0) - (x < 0) if is_output else naive.squashed(x))
    return [int(value) for value in values[-layers[-1] :]]


def vary_real_structure(
    layers: Sequence[int],
    parents: Sequence[Sequence[float]],
    rates: Mapping[str, float],
    ends: tuple[float, float],
    min_connections: int,
    rng: np.random.Generator,
) -> tuple[list[list[float]], list[list[bool]]]:
    """Children whose values are still their parents', and which of their genes are to change (our own convention).

    First one draw a gene of every child, then what comes and goes in each, then one draw an edge for new weights.
    """
    n_edges, hits, present = len(naive.edges(layers)), [], []
    for parent in parents:
        n = sum(weight != 0 for weight in parent[:n_edges])
        chance = min(1.0, rates["weight_changes"] / max(n, 1))
        drawn = [rng.random() for _ in parent]
        hits.append([
            draw < chance and gene != 0 if place < n_edges else draw < rates["bias"]
            for place, (gene, draw) in enumerate(zip(parent, drawn, strict=True))
        ])  # fmt: skip
    still = {**rates, "weight_changes": 0.0, "bias": 0.0}
    for parent in parents:
        is_there = [int(gene != 0 or place >= n_edges) for place, gene in enumerate(parent)]
        present.append(naive.vary(layers, is_there, 1, 2, still, "step", min_connections, rng))
    children = []
    for parent, is_there, is_hit in zip(parents, present, hits, strict=True):
        child = list(parent)
        for place in range(n_edges):
            fresh = ends[0] + (ends[1] - ends[0]) * rng.random()
            child[place] = (child[place] or fresh) if is_there[place] else 0.0
            is_hit[place] = is_hit[place] and is_there[place] != 0
        children.append(child)
    return children, hits
