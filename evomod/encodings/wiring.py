"""The places of a layered network: nodes, the edges between adjacent layers, coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Wiring:
    """Node ids count layer by layer from the inputs; edges are ordered by target, then by source."""

    layers: tuple[int, ...]
    source: NDArray[np.int64]
    """``[edge]``, node id."""
    target: NDArray[np.int64]
    """``[edge]``, node id."""
    first: NDArray[np.int64]
    """``[neuron + 1]``: the first edge of each neuron, and the number of edges."""
    layer: NDArray[np.int64]
    """``[node]``."""
    positions: NDArray[np.float64]
    """``[node, axis]``."""

    @property
    def n_inputs(self) -> int:
        return self.layers[0]

    @property
    def n_outputs(self) -> int:
        return self.layers[-1]

    @property
    def n_nodes(self) -> int:
        return sum(self.layers)

    @property
    def n_neurons(self) -> int:
        return self.n_nodes - self.n_inputs

    @property
    def n_edges(self) -> int:
        return self.source.size

    @property
    def is_fixed(self) -> NDArray[np.bool_]:
        """``[node]``: inputs and outputs, whose places are given."""
        return (self.layer == 0) | (self.layer == len(self.layers) - 1)


def grid(layers: tuple[int, ...]) -> NDArray[np.float64]:
    """Rows one unit apart, nodes one unit apart and centred on 0 (Clune et al. 2013, authors' code).

    >>> grid((2, 1)).tolist()
    [[-0.5, 0.0], [0.5, 0.0], [0.0, 1.0]]
    """
    rows = [[(i - (n - 1) / 2, float(y)) for i in range(n)] for y, n in enumerate(layers)]
    return np.array([point for row in rows for point in row])


def wire(layers: tuple[int, ...], positions: NDArray[np.float64] | None = None) -> Wiring:
    """All places of a network with these layers; ``positions[node, axis]`` default to `grid`."""
    starts = np.cumsum((0, *layers))
    pairs = [
        (source, target)
        for gap in range(len(layers) - 1)
        for target in range(starts[gap + 1], starts[gap + 2])
        for source in range(starts[gap], starts[gap + 1])
    ]
    source, target = np.array(pairs, np.int64).T
    neurons = np.arange(layers[0], starts[-1] + 1)
    return Wiring(
        layers=layers,
        source=np.ascontiguousarray(source),
        target=np.ascontiguousarray(target),
        first=np.searchsorted(target, neurons).astype(np.int64),
        layer=np.repeat(np.arange(len(layers)), layers).astype(np.int64),
        positions=grid(layers) if positions is None else positions,
    )
