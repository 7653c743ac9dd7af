"""Neurons that lie somewhere: how long their connections are, and which neurons change places (Liu, Gan & Tegmark 2023).

Every layer lies on a line from 0 to 1, ``n`` neurons at ``(i + 1/2) / n``. A connection is as long as its ends are apart on the
line, and `BETWEEN` for the step from layer to layer. A neuron that changes places takes its connections with it, so that what the
network computes stays the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = list[NDArray[np.floating]]

BETWEEN = 0.1
"""From a layer to the next."""
HEAVIEST = 5
"""Neurons of a layer that look for a better place, at most."""


def first_places(layers: Sequence[int]) -> Arrays:
    """``[node]`` of every layer, inputs and outputs too.

    >>> [place.tolist() for place in first_places((2, 1))]
    [[0.25, 0.75], [0.5]]
    """
    return [(np.arange(n) + 0.5) / n for n in layers]


def lengths(places: Sequence[NDArray[np.floating]]) -> Arrays:
    """``[source, target]`` of every pair of layers.

    >>> lengths(first_places((2, 1)))[0].tolist()
    [[0.35], [0.35]]
    """
    return [np.abs(sources[:, None] - targets) + BETWEEN for sources, targets in pairwise(places)]


def wiring_length(weights: Sequence[NDArray[Any]], places: Sequence[NDArray[np.floating]]) -> float:
    """The sum of ``|w|`` times the length over all connections; ``weights[layer][source, target]``."""
    parts = zip(weights, lengths(places), strict=True)
    return float(sum((np.abs(w).astype(np.float64) * length).sum() for w, length in parts))


def exchanged(weights: Sequence[NDArray[Any]], places: Sequence[NDArray[np.floating]]) -> Arrays:
    """Places after neurons with heavy connections moved to where their connections are shorter.

    Layer by layer, inputs and outputs too. The `HEAVIEST` places, by the sum of ``|w|`` of all connections there, take their
    turns: whoever is there by then changes places with the neuron of the layer that makes the network's `wiring_length` least, or
    stays. That it is places which take turns, and not neurons, is as in the authors' program. Of equal places the first.
    """
    magnitudes = [np.abs(w).astype(np.float64) for w in weights]
    found = list(places)
    for k in range(len(found)):
        found[k] = _settled(k, magnitudes, found)
    return found


def _settled(k: int, magnitudes: Arrays, places: Arrays) -> NDArray[np.floating]:
    """Places of layer ``k``; of the other layers as they are."""
    line, node = np.sort(places[k]), np.argsort(places[k])
    load = np.zeros(node.size)
    cost = np.zeros((node.size, node.size))  # [node, place]: of its connections if it were there
    if k > 0:
        sources = magnitudes[k - 1]
        load += sources.sum(axis=0)
        cost += sources.T @ np.abs(places[k - 1][:, None] - line)
    if k < len(magnitudes):
        targets = magnitudes[k]
        load += targets.sum(axis=1)
        cost += targets @ np.abs(places[k + 1][:, None] - line)
    for place in np.argsort(-load[node], kind="stable")[:HEAVIEST]:
        mine, everywhere = node[place], np.arange(node.size)
        gain = cost[mine] - cost[mine, place] + cost[node, place] - cost[node, everywhere]
        other = int(np.argmin(gain))
        node[[place, other]] = node[[other, place]]
    settled = np.empty_like(line)
    settled[node] = line
    return settled
